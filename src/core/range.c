/* SPDX-License-Identifier: GPL-3.0-or-later */
/* range.c - lists of places: ranges with a story, and pieces with their CRC-32.
 * Owns: nothing; a list owns what it points to.   Threads: one at a time for each list. */
#include <stdlib.h>
#include <string.h>

#include "rawright/range.h"
#include "rawright/size.h"

/* Room for more elements of size bytes; the list at *at may move. */
static int make_room(void **at, size_t n, size_t *room, size_t more, size_t size,
		     struct rr_err *err)
{
	size_t want = n + more > 2 * *room ? n + more : 2 * *room;
	void *grown;

	if (n + more <= *room)
		return 0;
	grown = reallocarray(*at, want, size);
	if (!grown)
		return rr_fail_memory(err);
	*at = grown;
	*room = want;
	return 0;
}

static int range_room(struct rr_range_list *list, size_t more, struct rr_err *err)
{
	void *at = list->range;

	if (make_room(&at, list->n, &list->room, more, sizeof(*list->range), err) < 0)
		return -1;
	list->range = at;
	return 0;
}

/* Index of the first range that ends after off. */
static size_t range_find(const struct rr_range_list *list, uint64_t off)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (list->range[mid].off + list->range[mid].len > off)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static void range_insert(struct rr_range_list *list, size_t i, const struct rr_range *range)
{
	memmove(&list->range[i + 1], &list->range[i], (list->n - i) * sizeof(*list->range));
	list->range[i] = *range;
	list->n++;
}

static void range_remove(struct rr_range_list *list, size_t i, size_t n)
{
	memmove(&list->range[i], &list->range[i + n], (list->n - i - n) * sizeof(*list->range));
	list->n -= n;
}

/* Takes [off, end) out; there is room for one range more. */
static void range_take(struct rr_range_list *list, uint64_t off, uint64_t end)
{
	size_t first = range_find(list, off), last = first;
	struct rr_range *r = list->range + first;

	if (first < list->n && r->off < off) {
		struct rr_range tail = *r;

		r->len = off - r->off;
		first = last = first + 1;
		tail.len -= r->len;
		tail.off = off;
		range_insert(list, first, &tail);
	}
	while (last < list->n && list->range[last].off + list->range[last].len <= end)
		last++;
	if (last < list->n && list->range[last].off < end) {
		list->range[last].len -= end - list->range[last].off;
		list->range[last].off = end;
	}
	if (last > first)
		range_remove(list, first, last - first);
}

static bool range_joins(const struct rr_range *a, const struct rr_range *b)
{
	return a->off + a->len == b->off && a->os == b->os && a->tries == b->tries;
}

/* Makes one of the ranges i and i + 1 where they tell the same. */
static void range_join(struct rr_range_list *list, size_t i)
{
	if (i + 1 >= list->n || !range_joins(&list->range[i], &list->range[i + 1]))
		return;
	list->range[i].len += list->range[i + 1].len;
	range_remove(list, i + 1, 1);
}

static int range_end(uint64_t off, uint64_t len, uint64_t *end, struct rr_err *err)
{
	if (rr_extent_end(off, len, end))
		return 0;
	return rr_fail(err, RR_FORMAT, 0, "a range of %ju bytes at %ju ends past 2^64",
		       (uintmax_t)len, (uintmax_t)off);
}

int rr_range_add(struct rr_range_list *list, const struct rr_range *range, struct rr_err *err)
{
	struct rr_range copy = *range;
	uint64_t end;
	size_t i;

	if (copy.len == 0)
		return 0;
	if (range_end(copy.off, copy.len, &end, err) < 0 || range_room(list, 2, err) < 0)
		return -1;
	range_take(list, copy.off, end);
	i = range_find(list, copy.off);
	range_insert(list, i, &copy);
	range_join(list, i);
	if (i > 0)
		range_join(list, i - 1);
	return 0;
}

int rr_range_cut(struct rr_range_list *list, uint64_t off, uint64_t len, struct rr_err *err)
{
	uint64_t end;

	if (list->n == 0 || len == 0)
		return 0;
	if (range_end(off, len, &end, err) < 0 || range_room(list, 1, err) < 0)
		return -1;
	range_take(list, off, end);
	return 0;
}

uint64_t rr_range_total(const struct rr_range_list *list)
{
	uint64_t total = 0;

	for (size_t i = 0; i < list->n; i++)
		total += list->range[i].len;	/* they do not overlap: the sum fits */
	return total;
}

void rr_range_list_clear(struct rr_range_list *list)
{
	free(list->range);
	*list = (struct rr_range_list){ 0 };
}

/* Index of the first segment that ends after off. */
static size_t segment_find(const struct rr_segment_list *list, uint64_t off)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (list->seg[mid].off + list->seg[mid].len > off)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

int rr_segment_add(struct rr_segment_list *list, const struct rr_segment *seg, struct rr_err *err)
{
	struct rr_segment copy = *seg;
	void *at = list->seg;
	size_t first, last;
	uint64_t end;

	if (copy.len == 0)
		return 0;
	if (range_end(copy.off, copy.len, &end, err) < 0 ||
	    make_room(&at, list->n, &list->room, 1, sizeof(*list->seg), err) < 0)
		return -1;
	list->seg = at;
	first = last = segment_find(list, copy.off);
	while (last < list->n && list->seg[last].off < end)
		last++;
	memmove(&list->seg[first + 1], &list->seg[last], (list->n - last) * sizeof(*list->seg));
	list->seg[first] = copy;
	list->n = list->n - (last - first) + 1;
	return 0;
}

void rr_segment_list_clear(struct rr_segment_list *list)
{
	free(list->seg);
	*list = (struct rr_segment_list){ 0 };
}
