/* SPDX-License-Identifier: GPL-3.0-or-later */
/* other.h - a second source, read by a stage where its pass is. */
#ifndef RR_ENGINE_OTHER_H
#define RR_ENGINE_OTHER_H

#include "rawright/io.h"
#include "rawright/range.h"

struct rr_other {
	struct rr_source *with; /* borrowed */
	unsigned char *data;
	uint64_t read; /* bytes that came */
	bool unreadable; /* somewhere */
	uint64_t good; /* a sector that was read well; UINT64_MAX: none yet */
};
RR_MUST int rr_other_init(struct rr_other *o, struct rr_source *with, struct rr_err *err);
void rr_other_clear(struct rr_other *o);

/* What was read at off; data NULL: these bytes (a sector's at most) cannot be read, os says why. */
typedef int rr_other_fn(void *ctx, uint64_t off, size_t len, const unsigned char *data, int os,
			struct rr_err *err);
/* Reads [off, off + len), at most 1 MiB, in one piece where that goes, else sector by sector, and
 * hands it to fn in order. -1: what fn returned, or RR_GONE: it is not there any more. */
RR_MUST int rr_other_read(struct rr_other *o, uint64_t off, size_t len, rr_other_fn *fn, void *ctx,
			  struct rr_err *err);
/* Are these ranges zeros? What is not, or cannot be read, is added to differences, by sectors. */
RR_MUST int rr_other_zeros(struct rr_other *o, const struct rr_range_list *zeros,
			   struct rr_range_list *differences, struct rr_err *err);
/* Sector by sector: where do len bytes at off differ from want? Added to differences. */
RR_MUST int rr_other_differ(const struct rr_other *o, uint64_t off, size_t len,
			    const unsigned char *want, const unsigned char *is,
			    struct rr_range_list *differences, struct rr_err *err);
/* At the end of a pass: RR_GONE when nothing at all could be read. */
RR_MUST int rr_other_judge(const struct rr_other *o, struct rr_err *err);

#endif
