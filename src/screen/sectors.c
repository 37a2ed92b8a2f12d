/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sectors.c - the map of an image: so many slots, each of some sectors, and what became of them. Of
 * what is small every sector has a slot.
 * Owns: the slots and the lists of places.   Threads: main. */
#include <string.h>

#include "model.h"
#include "rawright/size.h"

#define SLOTS 8192u

const char *rr_spot_name(enum rr_spot spot)
{
	static const char *const names[RR_SPOTS] = {
		[RR_SPOT_PROVEN] = "verified", [RR_SPOT_DONE] = "copied",
		[RR_SPOT_TODO] = "to do",      [RR_SPOT_BUSY] = "at work",
		[RR_SPOT_SLOW] = "slow",       [RR_SPOT_DIFFERS] = "different",
		[RR_SPOT_BAD] = "unreadable",
	};

	return names[spot];
}

void rr_sectors_start(struct rr_sectors *s, uint64_t length, uint32_t sector)
{
	uint64_t unit = sector ? sector : 512;

	rr_sectors_clear(s);
	s->at = UINT64_MAX;
	if (length == 0 || length > UINT64_MAX / 2)
		return;
	if (length / unit >= SLOTS)
		unit = rr_align_up(length / SLOTS + 1, unit);
	s->n = (size_t)((length + unit - 1) / unit);
	s->slot = calloc(s->n, sizeof(*s->slot));
	if (!s->slot) {
		s->n = 0;
		return;
	}
	s->length = length;
	s->unit = unit;
}

void rr_sectors_clear(struct rr_sectors *s)
{
	free(s->slot);
	rr_range_list_clear(&s->bad);
	rr_range_list_clear(&s->differs);
	*s = (struct rr_sectors){ 0 };
}

/* Cuts a range at the image's end. */
static uint64_t end_of(const struct rr_sectors *s, uint64_t off, uint64_t len)
{
	uint64_t end;

	return rr_extent_end(off, len, &end) && end < s->length ? end : s->length;
}

static uint64_t slot_size(const struct rr_sectors *s, size_t i)
{
	return rr_min(s->unit, s->length - i * s->unit);
}

void rr_sectors_add(struct rr_sectors *s, uint64_t off, uint64_t len, bool proof)
{
	uint64_t end = end_of(s, off, len);

	while (off < end) {
		size_t i = (size_t)(off / s->unit);
		uint64_t n = rr_min(end, (i + 1) * s->unit) - off;
		uint64_t *sum = proof ? &s->slot[i].proven : &s->slot[i].done;

		*sum = rr_min(*sum + n, slot_size(s, i));
		off += n;
	}
}

void rr_sectors_slow(struct rr_sectors *s, uint64_t off)
{
	if (off >= s->length)
		return;
	s->slot[off / s->unit].slow = true;
	s->slow = true;
}

void rr_sectors_trouble(struct rr_sectors *s, const struct rr_range *range, bool differs)
{
	struct rr_range_list *list = differs ? &s->differs : &s->bad;
	struct rr_range plain = { .off = range->off, .len = range->len };

	if (list->n < RR_LISTED && rr_range_add(list, &plain, NULL) < 0)
		return; /* no memory: the end will tell of it */
}

static bool touches(const struct rr_range_list *list, uint64_t off, uint64_t end)
{
	size_t low = 0, high = list->n;

	while (low < high) { /* the first that ends after off */
		size_t mid = low + (high - low) / 2;

		if (list->range[mid].off + list->range[mid].len > off)
			high = mid;
		else
			low = mid + 1;
	}
	return low < list->n && list->range[low].off < end;
}

static enum rr_spot slot_spot(const struct rr_sectors *s, size_t i)
{
	const struct rr_slot *slot = &s->slot[i];
	uint64_t size = slot_size(s, i);

	if (slot->slow)
		return RR_SPOT_SLOW;
	if (slot->proven == size)
		return RR_SPOT_PROVEN;
	return slot->done == size ? RR_SPOT_DONE : RR_SPOT_TODO;
}

enum rr_spot rr_sectors_spot(const struct rr_sectors *s, uint64_t off, uint64_t len)
{
	uint64_t end = end_of(s, off, len);
	enum rr_spot worst = RR_SPOT_PROVEN;

	if (touches(&s->bad, off, end))
		return RR_SPOT_BAD;
	if (touches(&s->differs, off, end))
		return RR_SPOT_DIFFERS;
	if (s->at != UINT64_MAX && s->at >= off && s->at < end)
		worst = RR_SPOT_BUSY;
	for (size_t i = (size_t)(off / s->unit); i < s->n && i * s->unit < end; i++) {
		enum rr_spot spot = slot_spot(s, i);

		worst = spot > worst ? spot : worst;
	}
	return worst;
}

void rr_sectors_cell(const struct rr_sectors *s, size_t i, size_t n, uint64_t *off, uint64_t *len)
{
	uint64_t from = (uint64_t)i * s->n / n, to = (uint64_t)(i + 1) * s->n / n;

	*off = from * s->unit;
	*len = rr_min(to * s->unit, s->length) - *off;
}

/* The greatest i with i * slots / n <= slot. */
size_t rr_sectors_find(const struct rr_sectors *s, size_t n, uint64_t off)
{
	if (off >= s->length || n == 0)
		return 0;
	return (size_t)(((off / s->unit + 1) * n - 1) / s->n);
}
