/* SPDX-License-Identifier: GPL-3.0-or-later */
/* story.c - what is known of a read: what earlier runs left, and what the map says now.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "capture.h"
#include "rawright/fs.h"
#include "rawright/size.h"

/* What is known of an unreadable extent: parts with a story, and, where a record was lost or a
 * foreign tool changed the map, parts without one. *i: the first story that may matter. */
static int tell_story(struct rr_capture *c, const struct rr_extent *e, size_t *i,
		      struct rr_err *err)
{
	uint64_t at = e->off, end = e->off + e->len;

	while (*i < c->bad.n && c->bad.range[*i].off + c->bad.range[*i].len <= at)
		++*i;
	for (size_t j = *i; at < end; j++) {
		struct rr_range part = { .off = at, .len = end - at };

		if (j < c->bad.n && c->bad.range[j].off <= at) {
			part = c->bad.range[j];
			part.len = rr_min(end, part.off + part.len) - at;
			part.off = at;
		} else if (j < c->bad.n && c->bad.range[j].off < end) {
			part.len = c->bad.range[j--].off - at;
		}
		if (rr_range_add(&c->r->bad, &part, err) < 0)
			return -1;
		at += part.len;
	}
	return 0;
}

static int rebuild_bad(struct rr_capture *c, const struct rr_map *source, struct rr_err *err)
{
	struct rr_extent e;
	size_t i = 0;

	rr_range_list_clear(&c->r->bad);
	for (uint64_t at = 0; rr_map_next(source, at, 1u << RR_BAD, &e); at = e.off + e.len)
		if (tell_story(c, &e, &i, err) < 0)
			return -1;
	return 0;
}

static int rebuild_segments(struct rr_capture *c, struct rr_err *err)
{
	struct rr_segment_list now = { 0 };
	int rc = c->segments ? rr_stage_segments_copy(c->segments, &now, err) : 0;

	rr_segment_list_clear(&c->r->segments);
	for (size_t i = 0; i < c->kept.n && rc == 0; i++)
		rc = rr_segment_add(&c->r->segments, &c->kept.seg[i], err);
	for (size_t i = 0; i < now.n && rc == 0; i++)
		rc = rr_segment_add(&c->r->segments, &now.seg[i], err);
	rr_segment_list_clear(&now);
	return rc;
}

int rr_capture_count(struct rr_capture *c, const struct rr_map *source, struct rr_err *err)
{
	c->r->bytes_read = rr_map_total(source, RR_FINISHED);
	c->r->bytes_filled = rr_map_total(source, RR_BAD);
	c->r->bytes_missing = c->conf->length - c->r->bytes_read - c->r->bytes_filled;
	if (c->conf->hold)
		c->r->read_only_cleared = c->cleared_before + atomic_load(&c->conf->hold->cleared);
	c->r->direct = atomic_load(&c->job->src->direct);
	if (rebuild_bad(c, source, err) < 0)
		return -1;
	return rebuild_segments(c, err);
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool same_or_unknown(const char *a, const char *b)
{
	return !a || !b || strcmp(a, b) == 0;
}

/* Is it the record of this image of this source? */
static bool is_its_record(const struct rr_capture *c, const struct rr_result *old)
{
	return old->offset == c->conf->offset && old->length == c->conf->length &&
	       old->source.bytes == c->job->src->size && old->ndest > 0 && old->dest[0].path &&
	       same_or_unknown(old->source.serial, c->r->source.serial) &&
	       strcmp(last_part(old->dest[0].path), last_part(c->place[0].path)) == 0;
}

static void take_text(char **to, char **from)
{
	if (*to)
		return;
	*to = *from;
	*from = NULL;
}

/* What was said of the case, and what happened, stays; what this run adds comes behind it. */
static void take_over(struct rr_capture *c, struct rr_result *old)
{
	struct rr_case_info *info = &c->r->info;

	c->r->run = old->run;
	c->r->nrun = old->nrun;
	c->r->note = old->note;
	c->r->nnote = old->nnote;
	c->bad = old->bad;
	c->kept = old->segments;
	take_text(&info->number, &old->info.number);
	take_text(&info->evidence, &old->info.evidence);
	take_text(&info->examiner, &old->info.examiner);
	take_text(&info->label, &old->info.label);
	take_text(&info->note, &old->info.note);
	c->r->mounted |= old->mounted;
	c->cleared_before = old->read_only_cleared;
	old->run = NULL;
	old->nrun = 0;
	old->note = NULL;
	old->nnote = 0;
	old->bad = (struct rr_range_list){ 0 };
	old->segments = (struct rr_segment_list){ 0 };
}

static int recall(struct rr_capture *c, struct rr_err *err)
{
	const char *path = c->place[0].record_path;
	struct rr_result old = { 0 };
	rr_autofree char *text = NULL;
	size_t len;
	int rc = 0;

	if (!path || !rr_path_exists(path))
		return 0;
	if (rr_file_load(path, RR_RECORD_LIMIT, &text, &len, err) < 0 ||
	    c->job->keeper->parse(text, len, path, &old, err) < 0)
		return -1;
	if (is_its_record(c, &old))
		take_over(c, &old);
	else
		rc = rr_fail(err, RR_REFUSED, 0,
			     "%s is the record of something else: move it away, or name another "
			     "one with --record",
			     path);
	c->record_ours = rc == 0;
	rr_result_clear(&old);
	return rc;
}

/* Did an earlier run fill a part of it? Then its CRC is the fill's; and where the map says that the
 * place is good now, another tool has put something better there. *i: the first filled range that
 * may matter; both lists ascend. */
static bool was_filled(const struct rr_range_list *bad, size_t *i, uint64_t off, uint64_t end)
{
	while (*i < bad->n && bad->range[*i].off + bad->range[*i].len <= off)
		++*i;
	return *i < bad->n && bad->range[*i].off < end;
}

/* Only segments of which the image has every byte, and which nobody will read again. */
static int drop_stale_segments(struct rr_capture *c, struct rr_err *err)
{
	struct rr_segment_list still = { 0 };
	struct rr_extent e;
	size_t filled = 0;

	for (size_t i = 0; i < c->kept.n; i++) {
		uint64_t off = c->kept.seg[i].off + c->conf->offset, end = off + c->kept.seg[i].len;

		if (end > rr_map_end(c->map) || was_filled(&c->bad, &filled, off, end) ||
		    (rr_map_next(c->map, off, ~(1u << RR_FINISHED), &e) && e.off < end))
			continue;
		if (rr_segment_add(&still, &c->kept.seg[i], err) < 0)
			return -1;
	}
	rr_segment_list_clear(&c->kept);
	c->kept = still;
	return 0;
}

/* What is missing is read: everything, or what the maps of unfinished images say. Those that are
 * gone on with together must be equally far: nothing that one has may depend on what another
 * lacks. */
static int plan_map(struct rr_capture *c, struct rr_err *err)
{
	if (!c->resumed)
		return rr_map_new(&c->map, c->conf->offset, c->conf->length, RR_NON_TRIED, err);
	for (size_t i = 0; i < c->n; i++)
		if (!c->place[i].have || !rr_map_equal(c->place[i].have, c->place[0].have))
			return rr_fail(err, RR_REFUSED, 0,
				       "%s and %s are not equally far: finish the unfinished image "
				       "by itself, and copy it then",
				       c->place[0].path, c->place[i].path);
	return rr_map_copy(&c->map, c->place[0].have, err);
}

int rr_capture_recall(struct rr_capture *c, struct rr_err *err)
{
	if (plan_map(c, err) < 0)
		return -1;
	if (!c->resumed && (!c->place[0].begin_anew || c->conf->force))
		return 0;
	return recall(c, err) < 0 ? -1 : drop_stale_segments(c, err);
}
