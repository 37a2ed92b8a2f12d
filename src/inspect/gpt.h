/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gpt.h - headers of GUID partition tables, as far as src/inspect needs them.
 * UEFI Specification 2.10, 5.3.2 "GPT Header"; numbers are little-endian. */
#ifndef RR_INSPECT_GPT_H
#define RR_INSPECT_GPT_H

#include <stdbool.h>
#include <stdint.h>

#include "rawright/clean.h"
#include "rawright/content.h"
#include "rawright/err.h"

struct rr_gpt {
	bool there;		/* "EFI PART" stands there */
	bool sound;		/* and the header's CRC is right */
	uint64_t own, alternate;	/* sectors: where this one and the other one are */
	uint64_t first, last;	/* sectors that partitions may use */
	uint64_t entries_at;	/* sector */
	uint32_t entries, entry_bytes;
	uint8_t guid[16];	/* of the disk */
};
/* The header at byte off. Returns 0 or the errno; behind the end nothing is there. */
RR_MUST int rr_gpt_read(int fd, uint64_t off, struct rr_gpt *out);
/* Bytes of the partition entries. */
uint64_t rr_gpt_entries_bytes(const struct rr_gpt *gpt);
/* Is it the first header of a medium larger than size, as in an image that was cut? */
bool rr_gpt_is_cut(const struct rr_gpt *gpt, uint64_t size, uint32_t sector);

/* gpt_parts.c. What libblkid does not tell of a cut image: table, its UUID and all partitions, but
 * not what is on them. RR_MEDIUM, RR_SYSTEM. */
RR_MUST int rr_gpt_parts(int fd, const char *name, uint32_t sector, const struct rr_gpt *gpt,
		struct rr_content *out, struct rr_err *err);

#endif
