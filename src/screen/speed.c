/* SPDX-License-Identifier: GPL-3.0-or-later */
/* speed.c - how fast a phase is: smoothed over some seconds, and a history that never outgrows its
 * place, since two neighbours become one when it is full.
 * Owns: nothing.   Threads: main. */
#include <math.h>

#include "model.h"

#define SMOOTH_MS 9000.0 /* what is older counts for a third and less */
#define SAMPLE_MS 1000

void rr_speed_start(struct rr_speed *s)
{
	*s = (struct rr_speed){ .each_ms = SAMPLE_MS, .least = UINT64_MAX, .eta_ms = UINT64_MAX };
}

static void halve(struct rr_speed *s)
{
	for (size_t i = 0; i < RR_SAMPLES / 2; i++)
		s->sample[i] = (s->sample[2 * i] + s->sample[2 * i + 1]) / 2;
	s->n = RR_SAMPLES / 2;
	s->each_ms *= 2;
}

static void add_sample(struct rr_speed *s, uint64_t ms, uint64_t bytes)
{
	uint64_t rate;

	s->part_ms += ms;
	s->part_bytes += bytes;
	if (s->part_ms < s->each_ms)
		return;
	rate = (uint64_t)((double)s->part_bytes * 1000 / (double)s->part_ms);
	if (s->n > 0 && rate < s->least) /* in its first second a drive starts up */
		s->least = rate;
	if (s->n == RR_SAMPLES)
		halve(s);
	s->sample[s->n++] = rate;
	s->part_ms = s->part_bytes = 0;
}

/* How much the newest ms count. In the beginning all counts alike: the first burst, which buffers
 * swallow, is not to be seen for long. */
static double weight(uint64_t ms, uint64_t elapsed_ms)
{
	if ((double)elapsed_ms < SMOOTH_MS)
		return (double)ms / (double)elapsed_ms;
	return 1 - exp(-(double)ms / SMOOTH_MS);
}

void rr_speed_add(struct rr_speed *s, const struct rr_progress *now)
{
	uint64_t ms = now->elapsed_ms > s->ms ? now->elapsed_ms - s->ms : 0;
	uint64_t bytes = now->bytes > s->bytes ? now->bytes - s->bytes : 0;
	double rate;

	s->mean = now->mean;
	if (ms == 0)
		return;
	rate = (double)bytes * 1000 / (double)ms;
	s->smooth += weight(ms, now->elapsed_ms) * (rate - s->smooth);
	add_sample(s, ms, bytes);
	s->ms = now->elapsed_ms;
	s->bytes = now->bytes;
}
