/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pass.c - the main thread's side of one pass: shows what happens, keeps time, pauses, stops.
 * Owns: nothing.   Threads: main alone. */
#include <string.h>

#include "rawright/clock.h"
#include "rawright/size.h"
#include "watch.h"

#define SHOW_MS	     200 /* at most five progress events a second */
#define STOP_MS	     400 /* what a stop leaves to a pass, of the second it may take in all */
#define ETA_AFTER_MS 8000
#define SAMPLES	     16 /* of the rate, each SAMPLE_MS apart */
#define SAMPLE_MS    500
#define LOAD_MS	     2000 /* for so long it is counted who works and who waits */

/* How fast, lately and on the whole; a pause counts for nothing. */
struct meter {
	uint64_t start_ms, next_ms, shown_ms, load_ms;
	uint64_t ms[SAMPLES], bytes[SAMPLES];
	unsigned n;
	bool paused;
	uint64_t paused_ms, pause_ms; /* of pauses that are over; when this one began */
	const char *slowest;
	size_t slowest_dest;
};

/* One run of a pass. */
struct turn {
	struct rr_job *job;
	struct rr_pipeline *pipe;
	const struct rr_pass *pass;
	struct meter m;
	bool flushing;
};

/* The pass's own time. */
static uint64_t meter_now(const struct meter *m)
{
	return (m->paused ? m->pause_ms : rr_clock_ms()) - m->paused_ms;
}

static void meter_pause(struct meter *m, bool pause)
{
	uint64_t now = rr_clock_ms();

	if (pause && !m->paused)
		m->pause_ms = now;
	else if (!pause && m->paused)
		m->paused_ms += now - m->pause_ms;
	m->paused = pause;
}

static void meter_sample(struct meter *m, uint64_t bytes)
{
	uint64_t now = meter_now(m);

	if (now < m->next_ms)
		return;
	m->ms[m->n % SAMPLES] = now;
	m->bytes[m->n % SAMPLES] = bytes;
	m->n++;
	m->next_ms = now + SAMPLE_MS;
}

static uint64_t per_second(uint64_t bytes, uint64_t ms)
{
	return ms ? (uint64_t)((double)bytes * 1000 / (double)ms) : 0;
}

static void meter_load(struct turn *t)
{
	struct meter *m = &t->m;
	uint64_t now = rr_clock_ms();

	if (now - m->load_ms < LOAD_MS)
		return;
	m->load_ms = now;
	m->slowest = rr_pipeline_slowest(t->pipe, &m->slowest_dest);
}

static void tell_done(struct turn *t)
{
	struct rr_range_list list;

	rr_pipeline_done(t->pipe, &list);
	for (size_t i = 0; i < list.n; i++)
		rr_tell_done(t->job, t->pass->phase,
			     &(struct rr_extent){ .off = list.range[i].off - t->pass->base,
						  .len = list.range[i].len,
						  .state = (enum rr_state)list.range[i].tries });
	rr_range_list_clear(&list);
}

static void add_shares(const struct turn *t, struct rr_progress *now)
{
	if (!t->job->share)
		return;
	now->nshare = t->job->result->ndest;
	rr_pipeline_shares(t->pipe, t->job->share, now->nshare);
	now->share = t->job->share;
}

static void progress(struct turn *t, const struct rr_counts *counts, bool asked)
{
	struct meter *m = &t->m;
	uint64_t now = meter_now(m), elapsed = now - m->start_ms;
	unsigned oldest = m->n > SAMPLES ? m->n % SAMPLES : 0;
	struct rr_event ev = { .type = RR_EV_PROGRESS, .asked = asked };

	tell_done(t);
	ev.now = (struct rr_progress){
		.phase = t->flushing ? t->pass->end_phase : t->pass->phase,
		.bytes = counts->done,
		.total = t->pass->total,
		.bad = counts->bad,
		.elapsed_ms = elapsed,
		.silent_ms = counts->silent_ms,
		.pos = counts->pos,
		.sector = t->job->src ? t->job->src->sector : 512,
		.eta_ms = UINT64_MAX,
		.mean = per_second(counts->done, elapsed),
		.retried = counts->retried,
		.paused = m->paused,
		.slowest = m->slowest,
		.slowest_dest = m->slowest_dest,
	};
	add_shares(t, &ev.now);
	if (m->n)
		ev.now.rate = per_second(counts->done - m->bytes[oldest], now - m->ms[oldest]);
	if (elapsed >= ETA_AFTER_MS && ev.now.rate && counts->done <= t->pass->total)
		ev.now.eta_ms = (uint64_t)((double)(t->pass->total - counts->done) * 1000 /
					   (double)ev.now.rate);
	m->shown_ms = rr_clock_ms();
	rr_tell(t->job, &ev);
}

static void hear(struct turn *t)
{
	const struct rr_pass *pass = t->pass;
	struct rr_word word;

	while (rr_pipeline_word(t->pipe, &word)) {
		if (word.type == RR_WORD_RANGE) {
			if (pass->range)
				pass->range(pass->ctx, &word.range);
			if (!pass->silent)
				rr_tell_range(t->job, "unreadable", &word.range);
		} else if (word.type == RR_WORD_NOTE) {
			rr_tell_note(t->job, word.kind, "%s", word.text);
		} else if (word.map && pass->checkpoint) {
			pass->checkpoint(pass->ctx, word.map);
		}
		rr_map_free(word.type == RR_WORD_CHECKPOINT ? word.map : NULL);
	}
}

/* One turn of the loop: what was said, what is to be shown. */
static void turn(struct turn *t)
{
	bool asked = t->job->show && atomic_exchange(t->job->show, 0);
	struct rr_counts counts;

	hear(t);
	rr_pipeline_counts(t->pipe, &counts);
	meter_sample(&t->m, counts.done);
	meter_load(t);
	/* read is not yet written: what the buffers hold may keep a slow drive busy for long */
	if (!counts.reading && counts.done >= t->pass->total && !t->flushing &&
	    t->pass->end_phase) {
		rr_tell_phase(t->job, t->pass->end_phase);
		t->flushing = true;
	}
	if (asked || rr_clock_ms() - t->m.shown_ms >= SHOW_MS)
		progress(t, &counts, asked);
}

static bool is_skipped(const struct turn *t)
{
	return t->pass->proof && t->job->skip;
}

static void obey(struct turn *t)
{
	bool pause = rr_watch_wish(t->job);

	if (pause != t->m.paused) {
		meter_pause(&t->m, pause);
		rr_pipeline_pause(t->pipe, pause);
	}
	if (is_skipped(t))
		rr_pipeline_stop(t->pipe);
}

/* True: all threads have ended. False: a stop has had its time. */
static bool run(struct turn *t)
{
	uint64_t leave_at = UINT64_MAX;

	while (!rr_pipeline_wait(t->pipe, RR_TICK_MS)) {
		turn(t);
		obey(t);
		if (rr_watch_stop(t->job) && leave_at == UINT64_MAX) {
			rr_pipeline_stop(t->pipe);
			leave_at = rr_clock_ms() + STOP_MS;
		}
		if (rr_clock_ms() >= leave_at)
			return false;
	}
	return true;
}

static int watch(struct turn *t, struct rr_err *err)
{
	struct rr_counts counts;

	if (!run(t)) {
		t->job->stuck = true;
		hear(t);
		rr_pipeline_abandon(t->pipe);
		return rr_fail(err, RR_STOPPED, 0, "stopped");
	}
	hear(t);
	rr_pipeline_counts(t->pipe, &counts);
	t->flushing = false;
	meter_pause(&t->m, false);
	progress(t, &counts, false);
	return rr_pipeline_join(t->pipe, err);
}

int rr_watch_pass(struct rr_job *job, const struct rr_flow *flow, const struct rr_pass *pass,
		  struct rr_err *err)
{
	uint64_t now = rr_clock_ms();
	struct turn t = { .job = job,
			  .pass = pass,
			  .m = { .start_ms = now, .shown_ms = now, .load_ms = now } };
	int rc;

	(void)rr_watch_wish(job); /* a pause is obeyed below */
	if (rr_watch_stop(job) || is_skipped(&t))
		return rr_fail(err, RR_STOPPED, 0, "stopped");
	rr_tell_phase(job, pass->phase);
	if (rr_pipeline_start(&t.pipe, flow, err) < 0)
		return -1;
	/* without memory nobody is told who has taken how much */
	job->share = calloc(job->result->ndest + 1, sizeof(*job->share));
	obey(&t);
	rc = watch(&t, err);
	free(job->share);
	job->share = NULL;
	return rc;
}
