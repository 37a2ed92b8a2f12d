/* SPDX-License-Identifier: GPL-3.0-or-later */
/* finish.c - what follows the copy of a read: read-back, verdicts, record and sums, and the map's
 * end where nothing is missing.
 * Owns: nothing.   Threads: main. */
#include <stdio.h>
#include <string.h>

#include "capture.h"
#include "identity.h"
#include "rawright/clock.h"
#include "rawright/size.h"

#define RECORD_MS 100

static void worse(struct rr_capture *c, int status)
{
	c->r->exit = rr_exit_worse(c->r->exit, status);
}

static void dest_failed(struct rr_capture *c, size_t i, const struct rr_err *err)
{
	struct rr_dest *dest = &c->r->dest[i];

	dest->status = RR_DEST_FAILED;
	dest->err = *err;
	worse(c, RR_EXIT_FAILED);
	rr_tell_note(c->job, "destination", "%s", err->text);
}

static void judge_places(struct rr_capture *c, bool complete)
{
	for (size_t i = 0; i < c->n; i++) {
		if (atomic_load(&c->place[i].stage->failed))
			dest_failed(c, i, &c->place[i].stage->err);
		else if (complete)
			c->r->dest[i].status = RR_DEST_WRITTEN;
	}
}

static bool usable(const struct rr_capture *c, size_t i)
{
	return !c->place[i].stream && c->r->dest[i].status == RR_DEST_WRITTEN;
}

/* What was read back against what there was to compare it with. */
static void judge_readback(struct rr_capture *c, size_t i)
{
	struct rr_dest *dest = &c->r->dest[i];
	const struct rr_verification *v = &dest->verification;
	char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT];

	if (v->differences.n) {
		dest->status = RR_DEST_DIFFERENT;
		worse(c, RR_EXIT_DIFFERENT);
		rr_tell_differences(c->job, dest->path, &v->differences);
	} else if (v->compared == c->conf->length) {
		dest->status = RR_DEST_VERIFIED;
	} else {
		dest->status = RR_DEST_NOT_VERIFIED;
		rr_tell_note(
			c->job, "verify",
			"%s of %s bytes of %s could be verified: of the rest, earlier runs left no "
			"checksum",
			rr_size_grouped(a, v->compared), rr_size_grouped(b, c->conf->length),
			dest->path);
	}
}

/* -1: the job was stopped. What else goes wrong is the destination's own failure. */
static int read_back(struct rr_capture *c, size_t i, bool want_digests, struct rr_err *err)
{
	int rc = rr_readback(c, i, want_digests, err);

	if (rc == 1) {
		*err = (struct rr_err){ 0 };
		if (c->r->dest[i].verification.differences.n)
			judge_readback(c, i);
		return 0;
	}
	if (rc == 0) {
		/* a difference that came to light while only digests were asked for is one, too */
		if (c->conf->verify || c->r->dest[i].verification.differences.n)
			judge_readback(c, i);
		return 0;
	}
	if (err->kind == RR_STOPPED)
		return -1;
	dest_failed(c, i, err);
	return 0;
}

static int read_back_all(struct rr_capture *c, struct rr_err *err)
{
	bool have = rr_take_digests(c->r, c->digest, c->ndigest, c->windows, c->conf->length);

	rr_tell_digests(c->job);
	for (size_t i = 0; i < c->n; i++) {
		if (!usable(c, i)) {
			if (c->r->dest[i].status == RR_DEST_WRITTEN)
				c->r->dest[i].status = RR_DEST_NOT_VERIFIED;
			continue;
		}
		if ((c->conf->verify || !have) && read_back(c, i, !have, err) < 0)
			return -1;
		have = have || c->r->ndigest > 0;
		rr_tell_digests(c->job);
		if (c->r->dest[i].status == RR_DEST_WRITTEN)
			c->r->dest[i].status = RR_DEST_NOT_VERIFIED;
	}
	return 0;
}

/* The place whose image a second reading is compared with; n when there is none. */
static size_t first_good(const struct rr_capture *c)
{
	for (size_t i = 0; i < c->n; i++)
		if (!c->place[i].stream && (c->r->dest[i].status == RR_DEST_VERIFIED ||
					    c->r->dest[i].status == RR_DEST_NOT_VERIFIED))
			return i;
	return c->n;
}

/* All that was readable is to be read once more. */
static int reread_map(const struct rr_capture *c, struct rr_map **out, struct rr_err *err)
{
	struct rr_extent e;

	if (rr_map_new(out, c->conf->offset, c->conf->length, RR_FINISHED, err) < 0)
		return -1;
	for (uint64_t at = 0; rr_map_next(c->map, at, 1u << RR_FINISHED, &e); at = e.off + e.len)
		if (rr_map_set(*out, e.off, e.len, RR_NON_TRIED, err) < 0)
			return -1;
	return 0;
}

static int reread_pass(struct rr_capture *c, struct rr_source *image, struct rr_map *map,
		       struct rr_err *err)
{
	struct rr_verification *v = &c->r->reread;
	struct rr_stage *stage;
	struct rr_flow flow = { .src = c->job->src,
				.map = map,
				.stage = &stage,
				.nstage = 1,
				.retries = c->conf->retries,
				.known_good = c->known_good };
	struct rr_pass pass = { .phase = "reread",
				.total = rr_map_total(map, RR_NON_TRIED),
				.base = c->conf->offset,
				.silent = true,
				.proof = true };
	struct rr_compare *compare;
	int rc;

	if (rr_stage_compare_new(image, c->conf->offset, 0, &stage, err) < 0)
		return -1;
	stage->dest = first_good(c) + 1;
	rc = rr_watch_pass(c->job, &flow, &pass, err);
	if (c->job->stuck)
		return -1;
	if (rc == 0 && atomic_load(&stage->failed)) {
		*err = stage->err;
		rc = -1;
	}
	compare = rr_stage_compare_result(stage);
	v->done = rc == 0;
	if (rc < 0 && rr_watch_skipped(c->job, err)) {
		*err = (struct rr_err){ 0 };
		rc = 0;
	}
	v->how = atomic_load(&c->job->src->direct) ? RR_HOW_DIRECT : RR_HOW_CACHE;
	v->bytes = v->compared = compare->compared;
	v->differences = compare->differences;
	compare->differences = (struct rr_range_list){ 0 };
	rr_stage_free(stage);
	return rc;
}

/* The source, read a second time, against the image. */
static int reread(struct rr_capture *c, struct rr_err *err)
{
	size_t i = first_good(c);
	enum rr_how how; /* where the image comes from now: it was verified before */
	struct rr_source *image = NULL;
	struct rr_map *map = NULL;
	int rc;

	if (i == c->n) {
		rr_tell_note(c->job, "reread",
			     "there is no image to compare a second reading with");
		return 0;
	}
	rc = rr_image_source_new(c->place[i].path, &image, &how, err);
	if (rc == 0)
		rc = reread_map(c, &map, err);
	if (rc == 0)
		rc = reread_pass(c, image, map, err);
	if (c->job->stuck)
		return -1;
	rr_source_close(image);
	rr_map_free(map);
	if (rc == 0 && c->r->reread.differences.n) {
		worse(c, RR_EXIT_DIFFERENT);
		rr_tell_note(c->job, "reread", "%s gave other data when it was read again",
			     c->job->src->name);
		rr_tell_differences(c->job, c->job->src->name, &c->r->reread.differences);
	}
	return rc;
}

/* A place of the image that is not what was read is not there: the next run reads it again. */
static int unfinish(const struct rr_capture *c, size_t i, struct rr_map **out, struct rr_err *err)
{
	const struct rr_range_list *list = &c->r->dest[i].verification.differences;

	if (rr_map_copy(out, c->map, err) < 0)
		return -1;
	for (size_t j = 0; j < list->n; j++)
		if (rr_map_set(*out, list->range[j].off + c->conf->offset, list->range[j].len,
			       RR_NON_TRIED, err) < 0)
			return -1;
	return 0;
}

/* The map goes where nothing is missing, after record and sums are safe. */
static void end_map(struct rr_capture *c, size_t i, bool complete)
{
	struct rr_place *place = &c->place[i];
	struct rr_map *map = NULL;
	struct rr_err err = { 0 };
	int rc = 0;

	if (place->stream)
		return;
	if (c->r->dest[i].status == RR_DEST_FAILED || !complete) {
		/* what the last checkpoint knew, without the flags, which are put back */
		rc = place->durable ? rr_map_copy(&map, place->durable, &err) : 0;
		if (rc == 0 && map)
			rc = rr_capture_save_map(c, place, map, '?', &err);
		rr_map_free(map);
	} else if (c->r->dest[i].status == RR_DEST_DIFFERENT) {
		rc = unfinish(c, i, &map, &err);
		if (rc == 0)
			rc = rr_capture_save_map(c, place, map, '?', &err);
		rr_map_free(map);
	} else if (rr_map_is(c->map, RR_FINISHED) && !c->conf->keep_map) {
		rr_saver_remove(c->saver, place->map_path);
	} else {
		rc = rr_capture_save_map(c, place, c->map, '+', &err);
	}
	if (rc < 0)
		rr_tell_note(c->job, "map", "%s", err.text);
}

static void save_sums(struct rr_capture *c)
{
	const struct rr_place *place = &c->place[0];
	enum rr_dest_status status = c->r->dest[0].status;
	char *text = NULL;

	if (!place->sums_path || (status != RR_DEST_VERIFIED && status != RR_DEST_NOT_VERIFIED) ||
	    !c->r->ndigest)
		return;
	if (c->job->keeper->sums(c->r, place->path, &text, NULL) < 0)
		text = NULL; /* the saver tells of it */
	rr_saver_save(c->saver, place->sums_path, text,
		      c->record_ours ? RR_SAVE_REPLACE : RR_SAVE_NEW);
}

static void set_outcome(struct rr_capture *c, bool complete)
{
	const struct rr_place *image = &c->place[0];

	if (!complete)
		c->r->outcome = c->r->exit == RR_EXIT_FAILED ? RR_FAILED : RR_INCOMPLETE;
	else if (c->r->dest[0].status == RR_DEST_FAILED ||
		 c->r->dest[0].status == RR_DEST_DIFFERENT)
		c->r->outcome = RR_FAILED; /* the record is IMAGE's, whatever became of others */
	else
		c->r->outcome = c->r->bytes_filled ? RR_COMPLETE_WITH_ERRORS : RR_COMPLETE;
	if (c->r->dest[0].status == RR_DEST_FAILED && image->durable) {
		c->r->bytes_read = rr_map_total(image->durable, RR_FINISHED);
		c->r->bytes_filled = rr_map_total(image->durable, RR_BAD);
		c->r->bytes_missing = c->conf->length - c->r->bytes_read - c->r->bytes_filled;
	}
}

/* Saving has its own failure, which comes after all else and changes the verdict. */
static void save_all(struct rr_capture *c, bool complete)
{
	struct rr_err err = { 0 };

	/* the source is not read any more; the map that knows how its flags stood goes last */
	if (c->conf->hold && !c->job->stuck)
		rr_hold_release(c->conf->hold);
	rr_map_info_free(&c->info);
	if (rr_identity_notes(c->job, c->conf, false, &c->info, &err) < 0)
		rr_tell_note(c->job, "map", "%s", err.text);
	if (complete)
		save_sums(c);
	rr_capture_save_record(c);
	for (size_t i = 0; i < c->n; i++)
		end_map(c, i, complete);
	if (rr_watch_saver(c->job, c->saver, &err) == 0)
		return;
	worse(c, rr_exit_of(err.kind));
	if (c->r->err.kind == RR_OK)
		c->r->err = err;
	rr_tell_note(c->job, "record", "%s", err.text);
	if (c->job->stuck)
		return;
	rr_capture_save_record(c); /* the one on the disk thought that all was well */
	while (!rr_saver_idle(c->saver, RECORD_MS) && !rr_watch_stop(c->job))
		;
}

/* The passes after a copy that reached the end of the source. */
static void after_copy(struct rr_capture *c, struct rr_err *cause)
{
	if (read_back_all(c, cause) == 0 && c->conf->reread)
		(void)reread(c, cause); /* cause says it */
	if (cause->kind == RR_OK)
		rr_tell_source_end(c->job);
	if (c->r->bytes_filled)
		worse(c, RR_EXIT_BAD_SECTORS);
}

void rr_capture_finish(struct rr_capture *c, const struct rr_err *copy)
{
	struct rr_err cause = *copy;
	bool complete;

	c->r->exit = RR_EXIT_OK;
	if (c->job->stuck) { /* the map, and what is counted, belong to a thread that sleeps */
		c->r->err = cause;
		c->r->exit = RR_EXIT_STOPPED;
		rr_name_stop(c->job, &cause);
		rr_capture_save_record(c);
		if (rr_watch_saver(c->job, c->saver, &cause) < 0 && cause.kind != RR_STOPPED)
			rr_tell_note(c->job, "record", "%s", cause.text);
		return;
	}
	judge_places(c, cause.kind == RR_OK);
	if (rr_capture_count(c, c->map, NULL) < 0)
		rr_tell_note(c->job, "record", "out of memory: the record is not whole");
	if (cause.kind == RR_OK)
		after_copy(c, &cause);
	complete = cause.kind == RR_OK;
	if (!complete) {
		worse(c, rr_exit_of(cause.kind));
		c->r->err = cause;
	}
	if (c->job->stuck)
		c->r->exit = RR_EXIT_STOPPED;
	rr_name_stop(c->job, &cause);
	set_outcome(c, complete);
	save_all(c, complete);
}
