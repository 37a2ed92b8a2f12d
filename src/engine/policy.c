/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policy.c - which range is read next: a pure function of the map.
 * Owns: nothing.   Threads: the reader. */
#include "rawright/pipeline.h"
#include "rawright/size.h"

bool rr_policy_next(const struct rr_map *map, uint64_t from, size_t most, struct rr_step *out)
{
	struct rr_extent e;

	if (!rr_map_next(map, from, ~(1u << RR_FINISHED), &e))
		return false;
	out->off = e.off;
	out->len = (size_t)rr_min(e.len, most - e.off % most); /* large reads end on round places */
	out->alone = e.state == RR_BAD || e.state == RR_NON_SCRAPED;
	return true;
}
