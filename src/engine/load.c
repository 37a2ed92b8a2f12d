/* SPDX-License-Identifier: GPL-3.0-or-later */
/* load.c - which part of a pass is the slow one: who was at work while the others waited.
 * Owns: nothing.   Threads: main. */
#include "pipe.h"
#include "rawright/clock.h"

#define BUSY 0.6 /* of the time: less, and nobody stands out */

/* The part of the time since the last look that was spent at work, be it still under way. */
static double load(atomic_ullong *busy_us, atomic_ullong *busy_since, uint64_t *seen_us,
		   uint64_t from_us, uint64_t now_us)
{
	uint64_t busy = atomic_load(busy_us), since = atomic_load(busy_since) * 1000;
	uint64_t worked = busy - *seen_us;

	*seen_us = busy;
	if (since && since < now_us)
		worked += now_us - (since > from_us ? since : from_us);
	return (double)worked / (double)(now_us - from_us);
}

const char *rr_pipeline_slowest(struct rr_pipeline *pipe, size_t *dest)
{
	uint64_t now = rr_clock_us(), from = pipe->load_us;
	const char *slowest = pipe->flow.dest ? "destination" : "source";
	double most;

	*dest = pipe->flow.dest ? pipe->flow.dest - 1 : 0;
	pipe->load_us = now;
	if (now <= from)
		return NULL;
	most = load(&pipe->busy_us, &pipe->busy_since, &pipe->seen_us, from, now);
	for (size_t i = 0; i < pipe->flow.nstage; i++) {
		struct rr_stage *stage = pipe->flow.stage[i];
		double its = load(&stage->busy_us, &stage->busy_since, &stage->seen_us, from, now);

		if (its <= most || atomic_load(&stage->failed))
			continue;
		most = its;
		slowest = stage->from_source ? "source" :
			  stage->dest	     ? "destination" :
					       "digest";
		*dest = stage->dest ? stage->dest - 1 : 0;
	}
	return most >= BUSY ? slowest : NULL;
}
