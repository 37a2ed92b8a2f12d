/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fault.c - decides which fault has its turn, and what it does to data.
 * Owns: nothing.   Threads: one; judging counts. */
#include "fault.h"

#include <string.h>

#include "rawright/size.h"

#define WRONG_MASK 0x55

static bool touches(const struct fault *fault, uint64_t first, uint64_t last)
{
	return fault->first <= last && first <= fault->last;
}

static bool has_turn(const struct fault *fault, bool writing, uint64_t first, uint64_t last)
{
	uint64_t nth = fault->touched;		/* of this command, from 0 on */

	if (!(writing ? fault->on_write : fault->on_read) || !touches(fault, first, last))
		return false;
	return nth >= fault->after && nth - fault->after < fault->times;
}

static bool stops(const struct fault *fault)
{
	return fault->effect < EFFECT_SLOW;
}

struct verdict fault_judge(struct fault *fault, size_t n, bool writing, uint64_t first,
		uint64_t count)
{
	struct verdict v = { .at = first + count };
	uint64_t last = first + count - 1;

	for (size_t i = 0; i < n && count > 0; i++) {
		uint64_t at = rr_max(first, fault[i].first);

		if (stops(&fault[i]) && has_turn(&fault[i], writing, first, last) && at < v.at) {
			v.stop = &fault[i];
			v.at = at;
		}
	}
	last = v.stop ? v.at : last;
	for (size_t i = 0; i < n; i++) {
		struct fault *f = &fault[i];
		bool reached = (writing ? f->on_write : f->on_read) && count > 0 &&
			       touches(f, first, last);

		f->acts = reached && has_turn(f, writing, first, last) &&
			  (!stops(f) || f == v.stop);
		f->touched += reached && (!stops(f) || f->acts || f->touched < f->after);
		if (f->acts && f->effect == EFFECT_SLOW)
			v.wait_ms += f->time_ms;
	}
	return v;
}

/* What a byte is changed by in this command. */
static uint8_t mask_of(const struct fault *fault)
{
	if (fault->effect == EFFECT_DIFFERS)
		return (uint8_t)((fault->touched - 1) % 256);
	return fault->effect == EFFECT_WRONG || fault->effect == EFFECT_SCRATCHED ? WRONG_MASK : 0;
}

void fault_spoil(const struct fault *fault, size_t n, uint64_t first, uint64_t count,
		uint32_t sector_size, uint8_t *data)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t from = rr_max(first, fault[i].first);
		uint64_t last = rr_min(first + count - 1, fault[i].last);
		uint8_t mask = mask_of(&fault[i]);

		if (!fault[i].acts || count == 0 || !touches(&fault[i], first, last))
			continue;
		for (uint64_t at = (from - first) * sector_size;
		     at < (last + 1 - first) * sector_size; at++)
			data[at] = fault[i].effect == EFFECT_ZEROS ? 0 : data[at] ^ mask;
	}
}

bool fault_acts(const struct fault *fault, size_t n, enum effect effect, uint64_t sector)
{
	for (size_t i = 0; i < n; i++)
		if (fault[i].acts && fault[i].effect == effect &&
		    touches(&fault[i], sector, sector))
			return true;
	return false;
}

void fault_keep_counts(struct fault *fault, size_t n, const struct fault *before, size_t nbefore)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < nbefore; j++)
			if (strcmp(fault[i].line, before[j].line) == 0)
				fault[i].touched = before[j].touched;
}
