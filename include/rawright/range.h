/* SPDX-License-Identifier: GPL-3.0-or-later */
/* range.h - lists of places: ranges with a story, and pieces with their CRC-32. */
#ifndef RR_RANGE_H
#define RR_RANGE_H

#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"
#include "rawright/err.h"

/* A range with a story: unreadable, different, or cleared. Kept sorted by offset; neighbours with
 * the same story are one. Positions are the source's. */
struct rr_range {
	uint64_t off, len;
	int os;			/* errno of the last try, 0 when none */
	unsigned tries;		/* reads of each sector that failed, the last ones alone */
};
struct rr_range_list {
	struct rr_range *range;
	size_t n, room;
};
RR_MUST int rr_range_add(struct rr_range_list *list, const struct rr_range *range,
		struct rr_err *err);
/* Takes [off, off + len) out, splitting what it must. */
RR_MUST int rr_range_cut(struct rr_range_list *list, uint64_t off, uint64_t len,
		struct rr_err *err);
uint64_t rr_range_total(const struct rr_range_list *list);
void rr_range_list_clear(struct rr_range_list *list);

/* A piece of the image with its CRC-32: what a later read-back is compared with, place by place.
 * Positions are the image's. */
struct rr_segment {
	uint64_t off, len;
	uint32_t crc;
};
struct rr_segment_list {
	struct rr_segment *seg;
	size_t n, room;
};
/* Kept sorted by offset. Those that the new one overlaps are dropped: their CRC holds no more. */
RR_MUST int rr_segment_add(struct rr_segment_list *list, const struct rr_segment *seg,
		struct rr_err *err);
void rr_segment_list_clear(struct rr_segment_list *list);

#endif
