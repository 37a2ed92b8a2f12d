/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sector.c - makes whole sectors of a CD.
 * Owns: nothing.   Threads: any. */
#include "sector.h"

#include <string.h>

#include "bytes.h"

#define EDC_POLYNOMIAL 0xd8018001u	/* (x^16 + x^15 + x^2 + 1)(x^16 + x^2 + x + 1), reversed */
#define GF_POLYNOMIAL  0x11d
#define LBA_ZERO       150		/* frames before LBA 0 */

/* The Reed-Solomon product code runs over the bytes from 12 on, as words of two bytes: P over 43
 * columns of 24, Q over 26 diagonals of 43; each byte of a word on its own. */
#define ECC_AT	 12
#define P_AT	 2076
#define Q_AT	 2248

struct code {
	unsigned vectors, length;	/* how many, and data bytes in each */
	unsigned from, step;		/* vector i begins at i / 2 * from, and goes on by step */
	unsigned modulo;		/* ... around the end of this many bytes */
	unsigned out;			/* where its two parity bytes go */
};

static const struct code code_p = { 86, 24, 2, 86, 2064, P_AT };
static const struct code code_q = { 52, 43, 86, 88, 2236, Q_AT };

uint32_t sector_edc(const uint8_t *data, size_t len)
{
	uint32_t edc = 0;

	for (size_t i = 0; i < len; i++) {
		edc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			edc = edc & 1 ? edc >> 1 ^ EDC_POLYNOMIAL : edc >> 1;
	}
	return edc;
}

static uint8_t gf_double(uint8_t a)
{
	return (uint8_t)(a << 1 ^ (a & 0x80 ? GF_POLYNOMIAL : 0));
}

/* Division by 3 in GF(2^8), where 3 is x + 1: the product with its inverse. */
static uint8_t gf_third(uint8_t a)
{
	uint8_t product = 0, inverse = 0xf4;	/* 3 * 0xf4 = 1 */

	for (; inverse; inverse >>= 1, a = gf_double(a))
		product ^= inverse & 1 ? a : 0;
	return product;
}

/* Two bytes such that the sum of all is 0, and their sum weighted by powers of 2, too. */
static void parity(const struct code *code, uint8_t *raw, unsigned vector)
{
	unsigned at = vector / 2 * code->from + vector % 2;
	uint8_t weighted = 0, sum = 0;

	for (unsigned i = 0; i < code->length; i++) {
		weighted = gf_double((uint8_t)(weighted ^ raw[ECC_AT + at]));
		sum ^= raw[ECC_AT + at];
		at = (at + code->step) % code->modulo;
	}
	raw[code->out + vector] = gf_third((uint8_t)(gf_double(weighted) ^ sum));
	raw[code->out + code->vectors + vector] = raw[code->out + vector] ^ sum;
}

void sector_msf(uint32_t lba, uint8_t msf[3])
{
	uint32_t frame = lba + LBA_ZERO;

	msf[0] = (uint8_t)(frame / (60 * 75));
	msf[1] = (uint8_t)(frame / 75 % 60);
	msf[2] = (uint8_t)(frame % 75);
}

void sector_make(uint8_t raw[2352], uint32_t lba)
{
	uint8_t msf[3];

	memset(raw, 0xff, SECTOR_SYNC);
	raw[0] = raw[SECTOR_SYNC - 1] = 0;
	sector_msf(lba, msf);
	for (int i = 0; i < 3; i++)
		raw[SECTOR_SYNC + i] = sector_bcd(msf[i]);
	raw[SECTOR_MODE] = 1;
	put_le32(raw + SECTOR_EDC, sector_edc(raw, SECTOR_EDC));
	memset(raw + SECTOR_EDC + 4, 0, 8);
	for (unsigned i = 0; i < code_p.vectors; i++)
		parity(&code_p, raw, i);
	for (unsigned i = 0; i < code_q.vectors; i++)
		parity(&code_q, raw, i);
}
