/* SPDX-License-Identifier: GPL-3.0-or-later */
/* restore.c - writes a source to drives, all at once, each with an end of its own.
 * Owns: stages, maps, sources of the second pass.   Threads: main. */
#include <string.h>

#include "capture.h"
#include "rawright/size.h"
#include "rawright/text.h"
#include "restore.h"

/* A cylinder of the common floppy, two or a half of others: less than a second's work for it, so
 * that there is progress to be seen, and an end when it is asked for. */
#define FLOPPY_PIECE 18432u

static void worse(struct rr_restore *w, int status)
{
	w->r->exit = rr_exit_worse(w->r->exit, status);
}

void rr_restore_failed(struct rr_restore *w, struct rr_restore_drive *d, const struct rr_err *err)
{
	d->dest->status = RR_DEST_FAILED;
	d->dest->err = *err;
	worse(w, rr_exit_of(err->kind));
	rr_tell_note(w->job, "destination", "%s", err->text);
}

static int add_dests(struct rr_restore *w, struct rr_err *err)
{
	struct rr_result *r = w->r;

	r->dest = calloc(w->n, sizeof(*r->dest));
	if (!r->dest)
		return rr_fail_memory(err);
	for (; r->ndest < w->n; r->ndest++) {
		struct rr_dest *dest = &r->dest[r->ndest];

		w->drive[r->ndest].conf = &w->conf->place[r->ndest];
		w->drive[r->ndest].dest = dest;
		dest->drive = w->conf->place[r->ndest].node;
		if (strcmp(dest->drive->kind, "floppy") == 0)
			w->most = FLOPPY_PIECE;
		dest->path = strdup(dest->drive->path);
		if (!dest->path)
			return rr_fail_memory(err);
	}
	return 0;
}

static int make_writer(struct rr_restore_drive *d, uint64_t base, struct rr_err *err)
{
	const struct rr_target_facts *facts = rr_target_facts(d->conf->target);
	struct rr_disk_sink_conf conf = { .name = facts->path,
					  .fd = facts->fd,
					  .size = facts->size,
					  .sector = facts->sector,
					  .most = facts->most,
					  .nold = d->conf->nold,
					  .alive = rr_target_alive,
					  .same = rr_target_same,
					  .ctx = d->conf->target,
					  .written = &d->written };
	struct rr_sink_stage_conf stage = { .base = base };

	d->old = calloc(d->conf->nold + 1, sizeof(*d->old));
	if (!d->old)
		return rr_fail_memory(err);
	for (size_t i = 0; i < d->conf->nold; i++)
		d->old[i] = d->conf->old[i].off;
	conf.old = d->old;
	if (rr_disk_sink_new(&conf, &stage.sink, err) < 0)
		return -1;
	if (rr_stage_sink_new(&stage, &d->stage, err) == 0)
		return 0;
	rr_sink_close(stage.sink);
	return -1;
}

static int make_stages(struct rr_restore *w, struct rr_err *err)
{
	const struct rr_digest_list *hash = &w->conf->hash;

	for (size_t i = 0; i < w->n; i++)
		if (make_writer(&w->drive[i], w->conf->offset, err) < 0)
			return -1;
	w->digest = calloc(hash->n + 1, sizeof(*w->digest));
	if (!w->digest)
		return rr_fail_memory(err);
	for (; w->ndigest < hash->n; w->ndigest++)
		if (rr_stage_digest_new(hash->algo[w->ndigest], &w->digest[w->ndigest], err) < 0)
			return -1;
	if (rr_stage_segments_new(rr_segment_size(w->conf->length), w->conf->offset, &w->segments,
				  err) < 0)
		return -1;
	return rr_map_new(&w->map, w->conf->offset, w->conf->length, RR_NON_TRIED, err);
}

static void on_range(void *ctx, const struct rr_range *range)
{
	struct rr_restore *w = ctx;

	if (rr_range_add(&w->r->bad, range, NULL) < 0)
		rr_tell_note(w->job, "unreadable", "out of memory: the place will not be listed");
}

/* What will come, as far as it is known; 0: it is not. */
static uint64_t expected(const struct rr_restore *w)
{
	if (!w->job->src->stream)
		return w->conf->length;
	return w->conf->known_length == UINT64_MAX ? 0 : w->conf->known_length;
}

static int write_pass(struct rr_restore *w, struct rr_err *err)
{
	struct rr_stage **stage = calloc(w->n + w->ndigest + 1, sizeof(*stage));
	struct rr_flow flow = { .src = w->job->src,
				.map = w->map,
				.stage = stage,
				.retries = w->conf->retries,
				.fill = w->conf->fill,
				.most = w->most,
				.known_good = UINT64_MAX };
	struct rr_pass pass = { .phase = "write",
				.end_phase = "flush",
				.total = expected(w),
				.base = w->conf->offset,
				.range = on_range,
				.ctx = w };
	int rc;

	if (!stage)
		return rr_fail_memory(err);
	for (size_t i = 0; i < w->n; i++) {
		w->drive[i].stage->dest = i + 1;
		stage[flow.nstage++] = w->drive[i].stage;
	}
	for (size_t i = 0; i < w->ndigest; i++)
		stage[flow.nstage++] = w->digest[i];
	stage[flow.nstage++] = w->segments;
	rc = rr_watch_pass(w->job, &flow, &pass, err);
	free(stage);
	return rc;
}

/* Names of the old signatures that were cleared, once each: "gpt backup, linux_raid_member". */
static void add_names(struct rr_str *str, const struct rr_restore_drive *d, uint64_t end)
{
	for (size_t i = 0; i < d->conf->nold; i++) {
		bool before = d->conf->old[i].off < end;

		for (size_t j = 0; j < i && !before; j++)
			before = d->conf->old[j].off >= end &&
				 strcmp(d->conf->old[j].name, d->conf->old[i].name) == 0;
		if (!before)
			rr_str_addf(str, "%s%s", str->len ? ", " : "", d->conf->old[i].name);
	}
}

static void tell_written(struct rr_restore *w, const struct rr_restore_drive *d)
{
	const struct rr_disk_written *written = &d->dest->written;
	rr_autostr struct rr_str names = { 0 };
	char n[RR_SIZE_TEXT];

	add_names(&names, d, w->r->length);
	if (names.len && !names.fail)
		rr_tell_note(w->job, "cleared",
			     "beyond the image %s still held signs of what was on it before (%s): "
			     "they were cleared",
			     d->dest->path, names.s);
	if (written->padded)
		rr_tell_note(w->job, "padded",
			     "the image ends inside a sector: %s bytes of zeros fill it on %s",
			     rr_size_grouped(n, written->padded), d->dest->path);
	if (!written->direct)
		rr_tell_note(w->job, "io", "%s was written through the page cache (%s)",
			     d->dest->path, written->why_buffered);
}

static void judge_writers(struct rr_restore *w, bool complete)
{
	for (size_t i = 0; i < w->n; i++) {
		struct rr_restore_drive *d = &w->drive[i];

		d->dest->written = d->written; /* its list too */
		d->written = (struct rr_disk_written){ 0 };
		if (atomic_load(&d->stage->failed)) {
			rr_restore_failed(w, d, &d->stage->err);
		} else if (complete && w->r->length) {
			d->dest->status = RR_DEST_WRITTEN;
			tell_written(w, d);
		}
	}
}

/* What came of the source, as the map says. A stream's bound is no length. */
static void count(struct rr_restore *w)
{
	w->r->bytes_read = rr_map_total(w->map, RR_FINISHED);
	w->r->bytes_filled = rr_map_total(w->map, RR_BAD);
	if (w->job->src->stream)
		w->r->length = w->r->bytes_read;
	w->r->bytes_missing = w->r->length - w->r->bytes_read - w->r->bytes_filled;
	w->r->direct = atomic_load(&w->job->src->direct);
	if (w->conf->hold)
		w->r->read_only_cleared = atomic_load(&w->conf->hold->cleared);
	if (rr_stage_segments_copy(w->segments, &w->r->segments, NULL) < 0)
		rr_tell_note(w->job, "record", "out of memory: the record is not whole");
}

/* Does the image hold what its own checksums say? Whatever was written holds the same. */
static void judge_known(struct rr_restore *w)
{
	for (size_t i = 0; i < w->conf->nknown; i++) {
		const struct rr_digest_value *known = &w->conf->known[i];

		for (size_t j = 0; j < w->r->ndigest; j++) {
			if (w->r->digest[j].algo != known->algo ||
			    memcmp(w->r->digest[j].value, known->value, known->algo->size) == 0)
				continue;
			rr_fail(&w->r->err, RR_MISMATCH, 0,
				"%s is not what it should be: its %s is another one than in %s",
				w->job->src->name, known->algo->name, w->conf->known_from);
			worse(w, RR_EXIT_DIFFERENT);
			rr_tell_note(w->job, "differs", "%s", w->r->err.text);
			return;
		}
	}
	if (w->conf->nknown)
		rr_tell_note(w->job, "info", "%s is what %s says", w->job->src->name,
			     w->conf->known_from);
}

static void not_verified(struct rr_restore *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->drive[i].dest->status == RR_DEST_WRITTEN)
			w->drive[i].dest->status = RR_DEST_NOT_VERIFIED;
}

/* All is written that could be: digests, and the proof. */
static void after_write(struct rr_restore *w, struct rr_err *cause)
{
	if (!rr_take_digests(w->r, w->digest, w->ndigest, NULL, w->r->length))
		rr_fail(cause, RR_SYSTEM, 0, "there is no digest of %s: out of memory",
			w->job->src->name);
	else
		judge_known(w);
	rr_tell_digests(w->job);
	if (cause->kind == RR_OK && (!w->conf->verify || rr_restore_prove(w, cause) == 0))
		rr_tell_source_end(w->job);
	if (w->r->bytes_filled)
		worse(w, RR_EXIT_BAD_SECTORS);
}

static void set_outcome(struct rr_restore *w, bool complete)
{
	bool failed = w->r->err.kind == RR_MISMATCH;

	for (size_t i = 0; i < w->n; i++)
		failed |= w->drive[i].dest->status == RR_DEST_FAILED ||
			  w->drive[i].dest->status == RR_DEST_DIFFERENT;
	if (failed)
		w->r->outcome = RR_FAILED;
	else if (!complete)
		w->r->outcome = w->r->exit == RR_EXIT_FAILED ? RR_FAILED : RR_INCOMPLETE;
	else
		w->r->outcome = w->r->bytes_filled ? RR_COMPLETE_WITH_ERRORS : RR_COMPLETE;
}

static void finish(struct rr_restore *w, struct rr_err *cause)
{
	w->r->exit = RR_EXIT_OK;
	if (!w->job->stuck) {
		rr_tell_buffered(w->job);
		count(w);
		judge_writers(w, cause->kind == RR_OK);
		if (cause->kind == RR_OK && w->r->length == 0)
			rr_fail(cause, RR_SYSTEM, 0, "%s is empty: nothing was written",
				w->job->src->name);
		if (cause->kind == RR_OK)
			after_write(w, cause);
	}
	if (cause->kind != RR_OK) {
		worse(w, rr_exit_of(cause->kind));
		w->r->err = *cause;
	}
	if (w->job->stuck) { /* what a sleeping thread has written is not known */
		for (size_t i = 0; i < w->n; i++)
			w->drive[i].dest->written.begun = true;
		w->r->exit = RR_EXIT_STOPPED;
		rr_name_stop(w->job, cause);
		return;
	}
	not_verified(w);
	rr_name_stop(w->job, cause);
	set_outcome(w, cause->kind == RR_OK);
	if (w->conf->hold)
		rr_hold_release(w->conf->hold);
}

static int dry_run(struct rr_restore *w, struct rr_err *err)
{
	char size[RR_SIZE_TEXT];

	if (rr_tell_start(w->job, err) < 0)
		return -1;
	for (size_t i = 0; i < w->n; i++)
		rr_tell_note(w->job, "dry-run", "would overwrite %s with %s%s%s",
			     w->drive[i].dest->path,
			     expected(w) ? rr_size_grouped(size, expected(w)) : "",
			     expected(w) ? " bytes of " : "", w->job->src->name);
	w->r->outcome = RR_INCOMPLETE;
	w->r->exit = RR_EXIT_OK;
	return 0;
}

int rr_restore_alive(const struct rr_restore_drive *d, struct rr_err *err)
{
	const struct rr_target_facts *facts = rr_target_facts(d->conf->target);
	uint64_t now;

	if (rr_target_alive(d->conf->target, facts->fd, &now, err) < 0)
		return -1;
	if (now == facts->size)
		return 0;
	return rr_fail(err, RR_GONE, 0, "%s changed its size: it is another medium", facts->path);
}

/* The first may have changed while the last was waited for. */
static int all_alive(const struct rr_restore *w, struct rr_err *err)
{
	for (size_t i = 0; i < w->n; i++)
		if (rr_restore_alive(&w->drive[i], err) < 0)
			return -1;
	return 0;
}

static int run(struct rr_restore *w, struct rr_err *err)
{
	struct rr_err cause = { 0 };

	w->r->dry_run = w->conf->dry_run;
	if (add_dests(w, err) < 0)
		return -1;
	if (w->conf->dry_run)
		return dry_run(w, err);
	w->job->parts = 1 + w->conf->verify;
	rr_plan(w->job, "write");
	rr_plan(w->job, "flush");
	if (w->conf->verify)
		rr_plan(w->job, "verify");
	if (all_alive(w, err) < 0 || make_stages(w, err) < 0 || rr_tell_start(w->job, err) < 0)
		return -1;
	rr_hold_source(w->conf->hold, w->conf->guard_hold);
	rr_tell_source(w->job, w->conf->hold);
	if (write_pass(w, &cause) < 0 && cause.kind == RR_OK)
		rr_fail(&cause, RR_SYSTEM, 0, "the writing ended without a reason");
	finish(w, &cause);
	return 0;
}

static void drive_clear(struct rr_restore_drive *d)
{
	rr_stage_free(d->stage);
	rr_stage_free(d->proof);
	rr_source_close(d->medium);
	rr_range_list_clear(&d->zeros);
	rr_range_list_clear(&d->written.cleared);
	free(d->old);
}

static void clear(struct rr_restore *w)
{
	for (size_t i = 0; i < w->n; i++)
		drive_clear(&w->drive[i]);
	free(w->drive);
	for (size_t i = 0; i < w->ndigest; i++)
		rr_stage_free(w->digest[i]);
	free(w->digest);
	rr_stage_free(w->segments);
	rr_map_free(w->map);
	rr_map_free(w->again);
	rr_source_close(w->blank);
	free(w);
}

int rr_restore(struct rr_job *job, const struct rr_restore_conf *conf, struct rr_err *err)
{
	struct rr_restore *w = calloc(1, sizeof(*w));
	int rc;

	if (w)
		w->drive = calloc(conf->n, sizeof(*w->drive));
	if (!w || !w->drive) {
		free(w);
		return rr_fail_memory(err);
	}
	w->job = job;
	w->conf = conf;
	w->r = job->result;
	w->n = conf->n;
	rc = run(w, err);
	if (!job->stuck) /* else threads still use it all */
		clear(w);
	return rc;
}
