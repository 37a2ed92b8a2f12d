/* SPDX-License-Identifier: GPL-3.0-or-later */
/* floppy_format.h - the floppy formats that have a name: geometry, size, media byte. */
#ifndef RR_FLOPPY_FORMAT_H
#define RR_FLOPPY_FORMAT_H

#include <stddef.h>
#include <stdint.h>

/* Sources: Linux drivers/block/floppy.c, floppy_type[]; mtools 4.0.33, old_dos.c (what DOS 1 and 2
 * took for granted when there was no BPB); ECMA-107, 2nd edition, 10.1 (media bytes). */
struct rr_floppy_format {
	const char *name;		/* "1.44M, 3.5 inch HD" */
	uint8_t cylinders, heads, sectors;
	uint16_t sector;		/* bytes */
	uint8_t media;			/* FAT's media byte on such a disk; 0: no FAT of DOS */
	/* Without a BPB, DOS 1 and 2 knew these by the media byte; 0: there was always a BPB. */
	uint8_t old_cluster;		/* sectors of a cluster */
	uint8_t old_fat;		/* sectors of a FAT */
	uint8_t old_root;		/* entries of the root directory */
};
/* In bytes. */
uint64_t rr_floppy_format_size(const struct rr_floppy_format *format);
/* The i-th; NULL after the last. */
const struct rr_floppy_format *rr_floppy_format_at(size_t i);
/* The first with this size, and the next after `after`; NULL: none (any more). Several formats
 * have the same size: 40 tracks on two sides, or 80 on one. */
const struct rr_floppy_format *rr_floppy_format_of_size(uint64_t bytes,
		const struct rr_floppy_format *after);
/* The one with this size and geometry; NULL: it has no name. */
const struct rr_floppy_format *rr_floppy_format_of(uint64_t bytes, unsigned heads,
		unsigned sectors);
/* The one that DOS 1 or 2 knew by its media byte alone; NULL. */
const struct rr_floppy_format *rr_floppy_format_old(uint8_t media);

#endif
