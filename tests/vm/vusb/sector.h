/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sector.h - the bytes around the 2048 of a sector of a CD: ECMA-130, 14, and annexes A and B. */
#ifndef VUSB_SECTOR_H
#define VUSB_SECTOR_H

#include <stddef.h>
#include <stdint.h>

#define SECTOR_SYNC   12	/* where the header begins */
#define SECTOR_MODE   15
#define SECTOR_USER   16	/* of mode 1 */
#define SECTOR_USER_2 24	/* of mode 2, form 1 */
#define SECTOR_EDC    2064

/* Completes a sector of mode 1 whose 2048 bytes are in place: sync, header, EDC, ECC. */
void sector_make(uint8_t raw[2352], uint32_t lba);

/* Error detection code of some bytes. */
uint32_t sector_edc(const uint8_t *data, size_t len);

/* Minutes, seconds and frames of an LBA, in binary. */
void sector_msf(uint32_t lba, uint8_t msf[3]);

static inline uint8_t sector_bcd(uint8_t n)
{
	return (uint8_t)(n / 10 << 4 | n % 10);
}

#endif
