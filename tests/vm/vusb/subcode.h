/* SPDX-License-Identifier: GPL-3.0-or-later */
/* subcode.h - what runs beside the sectors of a CD: the Q channel, CD-Text, their check sums. */
#ifndef VUSB_SUBCODE_H
#define VUSB_SUBCODE_H

#include "disc.h"

#define Q_SIZE	   12
#define TEXT_PACK  18
#define TEXT_PACKS 255	/* a block holds no more: MMC-3, annex J */

/* The Q channel of a sector: ECMA-130, 22.3, in BCD, with its CRC. Every hundredth sector holds the
 * disc's catalog number, another one the track's ISRC, where there are such. */
void subcode_q(const struct disc *disc, const struct description *d, const struct track *track,
		uint32_t lba, uint8_t q[Q_SIZE]);

/* All eight channels as they lie on the disc: bit 7 of each of 96 bytes is P, bit 6 is Q. */
void subcode_raw(const struct track *track, uint32_t lba, const uint8_t q[Q_SIZE],
		uint8_t raw[96]);

/* Control of a track's Q channel in the low bits: 4 is data. */
uint8_t subcode_control(const struct track *track);

/* The packs of CD-Text for the titles and performers of d; their number, 0: there is none. */
size_t subcode_text(const struct description *d, uint8_t packs[TEXT_PACKS * TEXT_PACK]);

/* CRC-16 of CD: x^16 + x^12 + x^5 + 1, inverted. */
uint16_t subcode_crc(const uint8_t *data, size_t len);

#endif
