/* SPDX-License-Identifier: GPL-3.0-or-later */
/* out.h - what the reporters share: a slow reader, foreign text, the words of the result. */
#ifndef RR_REPORT_OUT_H
#define RR_REPORT_OUT_H

#include <poll.h>
#include <stdbool.h>

#include "rawright/result.h"
#include "rawright/text.h"

/* Would a short line go out at once? Progress is left out for a reader that does not read (a
 * terminal held by Ctrl-S, a full pipe): the next one says more. */
static inline bool rr_out_ready(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1;
}

/* report/summary.c. The block at the end, in plain words, each line with its end. wrote: the
 * destinations were written; else an image was held against what is known of it. */
void rr_out_result(struct rr_str *out, const struct rr_result *r, bool wrote, bool color);
/* s, made printable; "-" for NULL. */
void rr_out_foreign(struct rr_str *out, const char *s);
/* "3 sectors", "100 bytes" when that is no whole number of them. */
void rr_out_extent(struct rr_str *out, uint64_t len, uint32_t sector);

#endif
