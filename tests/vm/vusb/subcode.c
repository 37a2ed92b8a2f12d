/* SPDX-License-Identifier: GPL-3.0-or-later */
/* subcode.c - makes the Q channel.
 * Owns: nothing.   Threads: any. */
#include "subcode.h"

#include <ctype.h>
#include <string.h>

#include "bytes.h"
#include "sector.h"

#define ADR_POSITION 1
#define ADR_CATALOG  2
#define ADR_ISRC     3
#define PAUSE	     150	/* sectors that P marks in front of the first track */

uint16_t subcode_crc(const uint8_t *data, size_t len)
{
	uint16_t crc = 0;

	for (size_t i = 0; i < len; i++) {
		crc ^= (uint16_t)(data[i] << 8);
		for (int bit = 0; bit < 8; bit++)
			crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
	}
	return (uint16_t)~crc;
}

uint8_t subcode_control(const struct track *track)
{
	return track_is_audio(track) ? 0 : 4;
}

/* A time in BCD; LBA 0 of the disc is two seconds, of a track it is none. */
static void put_time(uint8_t *p, uint32_t frames)
{
	p[0] = sector_bcd((uint8_t)(frames / (60 * 75)));
	p[1] = sector_bcd((uint8_t)(frames / 75 % 60));
	p[2] = sector_bcd((uint8_t)(frames % 75));
}

static void put_position(const struct disc *disc, const struct track *track, uint32_t lba,
		uint8_t *q)
{
	bool pregap = lba < track->start;

	q[0] = (uint8_t)(subcode_control(track) << 4 | ADR_POSITION);
	q[1] = sector_bcd((uint8_t)(track - disc->track + 1));
	q[2] = pregap ? 0 : 1;		/* index 0 counts down to 1 */
	put_time(q + 3, pregap ? track->start - lba : lba - track->start);
	put_time(q + 7, lba + PAUSE);
}

/* Thirteen digits, packed. */
static void put_catalog(const char *digits, uint8_t *q)
{
	q[0] = (uint8_t)((q[0] & 0xf0) | ADR_CATALOG);
	memset(q + 1, 0, 8);
	for (size_t i = 0; i < 13 && isdigit((unsigned char)digits[i]); i++)
		q[1 + i / 2] |= (uint8_t)((digits[i] - '0') << (i % 2 ? 0 : 4));
}

/* Five characters of six bits, two bits of nothing, seven digits: 22.3.3.2. */
static void put_isrc(const char *isrc, uint8_t *q)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < 5; i++)
		bits = bits << 6 | (uint64_t)(((unsigned char)isrc[i] - '0') & 0x3f);
	bits <<= 2;
	for (size_t i = 5; i < 12; i++)
		bits = bits << 4 | (uint64_t)((unsigned char)(isrc[i] - '0') & 0x0f);
	q[0] = (uint8_t)((q[0] & 0xf0) | ADR_ISRC);
	put_be64(q + 1, bits << 4);
}

void subcode_q(const struct disc *disc, const struct description *d, const struct track *track,
		uint32_t lba, uint8_t q[Q_SIZE])
{
	const char *isrc = d->track[track - disc->track].isrc;

	memset(q, 0, Q_SIZE);
	put_position(disc, track, lba, q);
	if (d->catalog && lba % 100 == 40)
		put_catalog(d->catalog, q);
	else if (isrc && strlen(isrc) == 12 && lba % 100 == 80)
		put_isrc(isrc, q);
	put_be16(q + 10, subcode_crc(q, 10));
}

void subcode_raw(const struct track *track, uint32_t lba, const uint8_t q[Q_SIZE], uint8_t raw[96])
{
	bool p = lba < track->start;

	for (size_t i = 0; i < 96; i++)
		raw[i] = (uint8_t)((p ? 0x80 : 0) | (q[i / 8] >> (7 - i % 8) & 1) << 6);
}
