/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.c - reads a medium to images: looks at all before anything is touched, makes what is
 * needed in an order that leaves the truth behind at any moment, and copies.
 * Owns: the places, the map, the stages.   Threads: main.
 * The order: a map that says "nothing tried", then the image, then its content, then record and
 * sums, then the map goes. A map beside an image means: not whole. */
#include <stdio.h>
#include <string.h>

#include "capture.h"
#include "identity.h"
#include "rawright/fs.h"
#include "rawright/size.h"

#define CHECKPOINT_MS 30000
#define SEGMENTS      2048u /* about so many, so that a record stays small */
#define SEGMENT_MIN   (UINT64_C(64) << 10)

uint64_t rr_segment_size(uint64_t length)
{
	uint64_t size = SEGMENT_MIN;

	while (size < length / SEGMENTS)
		size *= 2;
	return size;
}

int rr_capture_save_map(struct rr_capture *c, struct rr_place *place, const struct rr_map *source,
			char status, struct rr_err *err)
{
	struct rr_map *map = NULL;
	char *text = NULL;
	int rc = rr_map_copy(&map, source, err);

	c->info.pos = rr_map_start(source);
	c->info.status = status;
	if (rc == 0)
		rc = rr_map_print(map, &c->info, &text, err);
	if (rc == 0) {
		rr_saver_save(c->saver, place->map_path, text,
			      place->map_stood ? RR_SAVE_REPLACE : RR_SAVE_NEW);
		rr_map_free(place->durable);
		place->durable = map;
		map = NULL;
	}
	rr_map_free(map);
	return rc;
}

void rr_capture_save_record(struct rr_capture *c)
{
	char *text = NULL;

	if (!c->place[0].record_path)
		return;
	rr_run_until_now(c->job);
	if (c->job->keeper->render(c->r, &text, NULL) < 0)
		text = NULL; /* the saver tells of it */
	rr_saver_save(c->saver, c->place[0].record_path, text,
		      c->record_ours ? RR_SAVE_REPLACE : RR_SAVE_NEW);
}

/* Everything before this moment is on the disk, wherever writing has not failed. */
static void on_checkpoint(void *ctx, const struct rr_map *source)
{
	struct rr_capture *c = ctx;
	bool any = false;

	/* the record first: what it knows too much of is dropped when it is gone on with */
	for (size_t i = 0; i < c->n; i++)
		any |= !c->place[i].stream && !atomic_load(&c->place[i].stage->failed);
	if (any && rr_capture_count(c, source, NULL) == 0)
		rr_capture_save_record(c);
	for (size_t i = 0; i < c->n; i++) {
		if (c->place[i].stream || atomic_load(&c->place[i].stage->failed))
			continue;
		if (rr_capture_save_map(c, &c->place[i], source, '?', NULL) < 0)
			rr_tell_note(c->job, "map", "out of memory: %s was not brought up to date",
				     c->place[i].map_path);
	}
}

static void on_range(void *ctx, const struct rr_range *range)
{
	struct rr_capture *c = ctx;

	if (rr_range_add(&c->bad, range, NULL) < 0)
		rr_tell_note(c->job, "unreadable",
			     "out of memory: the record will know the place, but not the reason");
}

/* The marks at once: of another drive nothing else is worth a word. */
static int look(struct rr_capture *c, struct rr_err *err)
{
	for (size_t i = 0; i < c->n; i++) {
		if (rr_place_look(&c->place[i], c->conf, c->job, i, err) < 0 ||
		    (c->place[i].resume &&
		     rr_identity_marks(c->job, c->conf, &c->place[i], err) < 0))
			return -1;
		c->resumed |= c->place[i].resume;
	}
	if (rr_place_clash(c->place, c->n, c->r->source.path, err) < 0)
		return -1;
	c->record_ours = c->conf->force;
	return c->conf->force ? 0 : rr_place_room(c->place, c->n, c->conf->length, err);
}

static int identify(struct rr_capture *c, struct rr_err *err)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->place[i].resume &&
		    rr_identity_check(c->job, c->conf, &c->place[i], &c->known_good, err) < 0)
			return -1;
	return 0;
}

/* How the flags stood before a run that was killed; then the notes of this one. */
static int settle_flags(struct rr_capture *c, struct rr_err *err)
{
	struct rr_err why;

	for (size_t i = 0; i < c->n; i++)
		if (rr_identity_marks(c->job, c->conf, &c->place[i], &why) == 0)
			rr_identity_flags(&c->place[i].info, c->conf->hold);
	return rr_identity_notes(c->job, c->conf, true, &c->info, err);
}

static int add_dests(struct rr_capture *c, struct rr_err *err)
{
	c->r->dest = calloc(c->n, sizeof(*c->r->dest));
	if (!c->r->dest)
		return rr_fail_memory(err);
	for (; c->r->ndest < c->n; c->r->ndest++) {
		struct rr_dest *dest = &c->r->dest[c->r->ndest];

		dest->stream = c->place[c->r->ndest].stream;
		dest->path = strdup(c->conf->dest[c->r->ndest]);
		if (!dest->path)
			return rr_fail_memory(err);
	}
	return 0;
}

static int prepare(struct rr_capture *c, struct rr_err *err)
{
	if (look(c, err) < 0 || rr_capture_recall(c, err) < 0)
		return -1;
	return add_dests(c, err);
}

static int make_stages(struct rr_capture *c, struct rr_err *err)
{
	const struct rr_capture_conf *conf = c->conf;

	c->digest = calloc(conf->hash.n + 1, sizeof(*c->digest));
	if (!c->digest)
		return rr_fail_memory(err);
	for (; c->ndigest < conf->hash.n; c->ndigest++)
		if (rr_stage_digest_new(conf->hash.algo[c->ndigest], &c->digest[c->ndigest], err) <
		    0)
			return -1;
	if (conf->window && rr_stage_windows_new(conf->window, conf->offset, &c->windows, err) < 0)
		return -1;
	return rr_stage_segments_new(rr_segment_size(conf->length), conf->offset, &c->segments,
				     err);
}

/* Maps first, then the files they speak of. */
static int make_files(struct rr_capture *c, struct rr_err *err)
{
	for (size_t i = 0; i < c->n; i++) {
		struct rr_place *place = &c->place[i];

		if (place->stream || place->resume)
			continue;
		if (rr_capture_save_map(c, place, c->map, '?', err) < 0)
			return -1;
		place->map_made = !place->map_stood;
	}
	if (rr_watch_saver(c->job, c->saver, err) < 0)
		return -1;
	rr_hold_source(c->conf->hold, c->conf->guard_hold);
	for (size_t i = 0; i < c->n; i++)
		if (rr_place_open(&c->place[i], c->conf, err) < 0)
			return -1;
	/* sums of what the image was before: it will be another one */
	if ((c->place[0].begin_anew || c->place[0].resume) && c->place[0].sums_path)
		rr_saver_remove(c->saver, c->place[0].sums_path);
	return rr_watch_saver(c->job, c->saver, err);
}

/* What earlier runs have read. */
static void tell_finished(struct rr_capture *c)
{
	struct rr_extent e;

	for (uint64_t at = 0; rr_map_next(c->map, at, 1u << RR_FINISHED, &e);) {
		at = e.off + e.len;
		e.off -= c->conf->offset;
		rr_tell_done(c->job, "copy", &e);
	}
}

static void note_start(struct rr_capture *c)
{
	char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT];

	rr_tell_source(c->job, c->conf->hold);
	if (c->resumed)
		rr_tell_note(c->job, "resume", "going on with %s: %s of %s bytes are there",
			     c->place[0].path,
			     rr_size_grouped(a, rr_map_total(c->map, RR_FINISHED)),
			     rr_size_grouped(b, c->conf->length));
	tell_finished(c);
}

static int copy(struct rr_capture *c, struct rr_err *err)
{
	size_t n = 0;
	struct rr_stage **stage = calloc(c->n + c->ndigest + 2, sizeof(*stage));
	struct rr_flow flow = { .src = c->job->src,
				.map = c->map,
				.retries = c->conf->retries,
				.fill = c->conf->fill,
				.checkpoint_ms = CHECKPOINT_MS,
				.known_good = c->known_good };
	struct rr_pass pass = { .phase = "copy",
				.end_phase = "flush",
				.range = on_range,
				.checkpoint = on_checkpoint,
				.total = c->conf->length - rr_map_total(c->map, RR_FINISHED),
				.base = c->conf->offset,
				.ctx = c };
	int rc;

	if (!stage)
		return rr_fail_memory(err);
	for (size_t i = 0; i < c->n; i++) {
		c->place[i].stage->dest = i + 1;
		stage[n++] = c->place[i].stage;
	}
	for (size_t i = 0; i < c->ndigest; i++)
		stage[n++] = c->digest[i];
	stage[n++] = c->segments;
	if (c->windows)
		stage[n++] = c->windows;
	flow.stage = stage;
	flow.nstage = n;
	rc = rr_watch_pass(c->job, &flow, &pass, err);
	free(stage);
	return rc;
}

static int dry_run(struct rr_capture *c, struct rr_err *err)
{
	char size[RR_SIZE_TEXT];

	c->r->dry_run = true;
	if (rr_tell_start(c->job, err) < 0 || identify(c, err) < 0)
		return -1;
	for (size_t i = 0; i < c->n; i++)
		rr_tell_note(c->job, "dry-run", "would %s %s, %s bytes",
			     c->place[i].resume	    ? "go on with" :
			     c->place[i].stream	    ? "write to" :
			     c->place[i].begin_anew ? "replace" :
						      "create",
			     c->place[i].path, rr_size_grouped(size, c->conf->length));
	c->r->outcome = RR_INCOMPLETE;
	c->r->exit = RR_EXIT_OK;
	return 0;
}

static void plan(struct rr_capture *c)
{
	c->job->parts = 1 + c->conf->reread;
	for (size_t i = 0; i < c->n && c->resumed; i++)
		if (c->place[i].resume)
			rr_plan(c->job, "identify");
	rr_plan(c->job, "copy");
	rr_plan(c->job, "flush");
	for (size_t i = 0; i < c->n; i++) {
		if (!c->conf->verify || c->place[i].stream)
			continue;
		c->job->parts++;
		rr_plan(c->job, "verify");
	}
	if (c->conf->reread)
		rr_plan(c->job, "reread");
}

static int begin(struct rr_capture *c, struct rr_err *err)
{
	if (rr_saver_start(&c->saver, err) < 0 || make_stages(c, err) < 0)
		return -1;
	plan(c);
	if (rr_tell_start(c->job, err) < 0 || identify(c, err) < 0 || settle_flags(c, err) < 0 ||
	    make_files(c, err) < 0)
		return -1;
	c->r->exit = RR_EXIT_STOPPED; /* what a record says that a kill leaves behind */
	return rr_capture_count(c, c->map, err);
}

static void undo(struct rr_capture *c)
{
	struct rr_err err;

	if (c->conf->hold)
		rr_hold_release(c->conf->hold); /* before the maps that know how the flags stood */
	for (size_t i = 0; i < c->n && !c->job->stuck; i++)
		if (rr_place_undo(&c->place[i], &err) < 0)
			rr_tell_note(c->job, "destination", "%s", err.text);
}

static void clear(struct rr_capture *c)
{
	for (size_t i = 0; i < c->n; i++)
		rr_place_free(&c->place[i]);
	free(c->place);
	for (size_t i = 0; i < c->ndigest; i++)
		rr_stage_free(c->digest[i]);
	free(c->digest);
	rr_stage_free(c->windows);
	rr_stage_free(c->segments);
	rr_segment_list_clear(&c->kept);
	rr_range_list_clear(&c->bad);
	rr_map_free(c->map);
	rr_map_info_free(&c->info);
	rr_saver_end(c->saver);
	free(c);
}

static int run(struct rr_capture *c, struct rr_err *err)
{
	struct rr_err cause = { 0 };

	if (prepare(c, err) < 0)
		return -1;
	if (c->conf->dry_run)
		return dry_run(c, err);
	if (begin(c, err) < 0) {
		undo(c);
		return -1;
	}
	note_start(c);
	if (copy(c, &cause) < 0 && cause.kind == RR_OK)
		rr_fail(&cause, RR_SYSTEM, 0, "the copy ended without a reason");
	rr_capture_finish(c, &cause);
	return 0;
}

int rr_capture(struct rr_job *job, const struct rr_capture_conf *conf, struct rr_err *err)
{
	struct rr_capture *c = calloc(1, sizeof(*c));
	int rc = -1;

	if (c)
		c->place = calloc(conf->ndest, sizeof(*c->place));
	if (!c || !c->place) {
		free(c);
		return rr_fail_memory(err);
	}
	c->job = job;
	c->conf = conf;
	c->r = job->result;
	c->n = conf->ndest;
	c->known_good = UINT64_MAX;
	rc = run(c, err);
	if (!job->stuck) /* else threads still use it all */
		clear(c);
	return rc;
}
