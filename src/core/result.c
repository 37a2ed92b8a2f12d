/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result.c - what a job found out: ranges with a story, segments, notes, names and exit statuses.
 * Owns: nothing; a result owns what it points to.   Threads: one at a time for each result. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rawright/result.h"
#include "rawright/size.h"

/* A medium error that ends a job is a failure; sectors that were filled are an outcome and no
 * error: RR_EXIT_BAD_SECTORS is the engine's to say. */
int rr_exit_of(enum rr_kind kind)
{
	switch (kind) {
	case RR_OK:
		return RR_EXIT_OK;
	case RR_USAGE:
	case RR_FORMAT:
		return RR_EXIT_USAGE;
	case RR_GONE:
		return RR_EXIT_GONE;
	case RR_MISMATCH:
		return RR_EXIT_DIFFERENT;
	case RR_REFUSED:
		return RR_EXIT_REFUSED;
	case RR_STOPPED:
		return RR_EXIT_STOPPED;
	case RR_SYSTEM:
	case RR_MEDIUM:
		break;
	}
	return RR_EXIT_FAILED;
}

static size_t exit_weight(int status)
{
	static const int rising[] = {
		RR_EXIT_OK, RR_EXIT_USAGE, RR_EXIT_REFUSED, RR_EXIT_BAD_SECTORS,
		RR_EXIT_FAILED, RR_EXIT_DIFFERENT, RR_EXIT_GONE, RR_EXIT_STOPPED,
	};
	size_t n = sizeof(rising) / sizeof(*rising);

	for (size_t i = 0; i < n; i++)
		if (rising[i] == status)
			return i;
	return exit_weight(RR_EXIT_FAILED);
}

int rr_exit_worse(int a, int b)
{
	return exit_weight(a) >= exit_weight(b) ? a : b;
}

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

const char *rr_dest_status_name(enum rr_dest_status status)
{
	switch (status) {
	case RR_DEST_OPEN:
		return "open";
	case RR_DEST_WRITTEN:
		return "written";
	case RR_DEST_VERIFIED:
		return "verified";
	case RR_DEST_NOT_VERIFIED:
		return "not-verified";
	case RR_DEST_DIFFERENT:
		return "different";
	case RR_DEST_FAILED:
		break;
	}
	return "failed";
}

const char *rr_outcome_name(enum rr_outcome outcome)
{
	switch (outcome) {
	case RR_INCOMPLETE:
		return "incomplete";
	case RR_COMPLETE:
		return "complete";
	case RR_COMPLETE_WITH_ERRORS:
		return "complete-with-errors";
	case RR_FAILED:
		break;
	}
	return "failed";
}

static void clear_asked(struct rr_result *r)
{
	for (int i = 0; r->argv && i < r->argc; i++)
		free(r->argv[i]);
	free(r->argv);
	free(r->info.number);
	free(r->info.evidence);
	free(r->info.examiner);
	free(r->info.label);
	free(r->info.note);
	free(r->run);
}

static void clear_places(struct rr_result *r)
{
	rr_node_clear(&r->source);
	free(r->read_only_why_not);
	free(r->why_buffered);
	for (size_t i = 0; i < r->ndest; i++) {
		free(r->dest[i].path);
		rr_range_list_clear(&r->dest[i].verification.differences);
	}
	free(r->dest);
	rr_range_list_clear(&r->reread.differences);
}

void rr_result_clear(struct rr_result *r)
{
	clear_asked(r);
	clear_places(r);
	rr_range_list_clear(&r->bad);
	free(r->fill);
	free(r->digest);
	free(r->window_sha256);
	rr_segment_list_clear(&r->segments);
	for (size_t i = 0; i < r->nnote; i++)
		free(r->note[i].text);
	free(r->note);
	*r = (struct rr_result){ 0 };
}

/* The text of the note, or NULL. */
static char *note_text(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
static char *note_text(const char *fmt, va_list ap)
{
	char *text;

	return vasprintf(&text, fmt, ap) < 0 ? NULL : text;
}

void rr_result_note(struct rr_result *r, const char *kind, const char *fmt, ...)
{
	struct rr_note *grown, note = { 0 };
	va_list ap;

	va_start(ap, fmt);
	note.text = note_text(fmt, ap);
	va_end(ap);
	grown = note.text ? reallocarray(r->note, r->nnote + 1, sizeof(*r->note)) : NULL;
	if (!grown) {
		free(note.text);	/* a note is no reason to end a job */
		return;
	}
	(void)rr_clock_utc(note.t);
	/* Kinds are short words of ours. */
	(void)snprintf(note.kind, sizeof(note.kind), "%s", kind);
	grown[r->nnote++] = note;
	r->note = grown;
}
