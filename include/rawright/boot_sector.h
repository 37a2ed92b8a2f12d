/* SPDX-License-Identifier: GPL-3.0-or-later */
/* boot_sector.h - the boot sector of a FAT file system, and what in it disagrees with what. */
#ifndef RR_BOOT_SECTOR_H
#define RR_BOOT_SECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/floppy_format.h"

/* Sources: Microsoft, FAT32 File System Specification, version 1.03 ("fatgen103"), "Boot Sector and
 * BPB" and "FAT Type Determination"; ECMA-107, 2nd edition, 9.1 and 9.2 (FDC Descriptor) and 10.1
 * (Format Identifier: the first byte of the FAT). All numbers on the medium are little-endian. */

/* What does not fit together. A medium can be sound with some of them: Atari floppies have no
 * 55 AA, partitions are often larger than their file system. */
enum rr_boot_doubt {
	RR_BOOT_BEYOND = 1u << 0,	/* the file system ends behind the end of the medium: cut */
	RR_BOOT_SHORT = 1u << 1,	/* it ends before the end of the medium */
	RR_BOOT_MEDIA = 1u << 2,	/* media byte of the BPB and first byte of the FAT differ */
	RR_BOOT_TYPE_TEXT = 1u << 3,	/* the text says another FAT than the number of clusters */
	RR_BOOT_GEOMETRY = 1u << 4,	/* no floppy format of this size has that geometry */
	RR_BOOT_FORMAT_MEDIA = 1u << 5,	/* that floppy format has another media byte */
	RR_BOOT_SIGNATURE = 1u << 6,	/* no 55 AA at byte 510 */
	RR_BOOT_FAT_SIZE = 1u << 7,	/* the FAT has no room for all clusters */
	RR_BOOT_FEW_CLUSTERS = 1u << 8,	/* laid out as FAT32, with clusters for FAT12 or FAT16 */
	RR_BOOT_NO_DATA = 1u << 9,	/* FATs and root directory leave no room for a cluster */
	RR_BOOT_JUMP = 1u << 10,	/* it does not begin with a jump: a PC would not boot it */
};
#define RR_BOOT_DOUBTS 11

struct rr_boot_sector {
	bool bpb;		/* there is a BPB whose numbers can be true; else by old rules */
	bool signature;		/* 55 AA at byte 510 */
	bool jump;		/* EB xx 90 or E9 xx xx */
	uint8_t oem[8];		/* raw */
	uint16_t sector;	/* bytes */
	uint8_t cluster_sectors;
	uint16_t reserved;	/* sectors before the first FAT */
	uint8_t fats;
	uint16_t root_entries;	/* 0 on FAT32 */
	uint32_t sectors;	/* all of the file system's */
	uint8_t media;
	uint32_t fat_sectors;	/* of one FAT */
	uint16_t track_sectors, heads;	/* as the BPB has them; 0 is possible */
	uint32_t hidden;	/* sectors before the file system; 16 bits without 28/29 */
	uint64_t bytes;		/* sectors * sector */
	uint32_t clusters;
	unsigned fat_bits;	/* 12, 16 or 32, by the number of clusters; 0: no room for any */
	int fat_media;		/* first byte of the FAT; -1: not among the bytes looked at */
	bool serial_known;	/* an extended boot record (28 or 29) */
	uint32_t serial;
	bool label_known;	/* 29: label and type_text are there */
	uint8_t label[11], type_text[8];	/* raw, padded with blanks */
	const struct rr_floppy_format *format;	/* the named one of this size and geometry; NULL */
	unsigned doubts;	/* of rr_boot_doubt */
};
/* Decodes the first len bytes of a file system (2 KiB are enough but for the FAT of FAT32); medium:
 * bytes there are for it, 0: not known. False: it is no FAT, neither with a BPB nor as DOS 1 and 2
 * had it (then the size of the medium must be one of theirs). No other bytes are needed. */
bool rr_boot_sector_decode(const void *bytes, size_t len, uint64_t medium,
		struct rr_boot_sector *out);

#endif
