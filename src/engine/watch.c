/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch.c - the main thread's side of a job: tells the reporter, keeps time, hears the stop.
 * Owns: nothing.   Threads: main alone. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rawright/clock.h"
#include "rawright/size.h"
#include "rawright/text.h"
#include "watch.h"

#define TICK_MS	     100
#define SHOW_MS	     200 /* at most five progress events a second */
#define STOP_MS	     400 /* what a stop leaves to a pass, of the second it may take in all */
#define STOP_SAVE_MS 200
#define ETA_AFTER_MS 8000
#define SAMPLES	     16 /* of the rate, each SAMPLE_MS apart */
#define SAMPLE_MS    500

static void tell(struct rr_job *job, struct rr_event *ev)
{
	ev->ms = rr_clock_ms() - job->start_ms;
	ev->result = job->result;
	if (job->reporter->event(job->reporter, ev) != 0)
		job->stop_said = true;
}

int rr_tell_start(struct rr_job *job, struct rr_err *err)
{
	struct rr_result *r = job->result;
	struct rr_run *run = reallocarray(r->run, r->nrun + 1, sizeof(*run));

	if (!run)
		return rr_fail_memory(err);
	r->run = run;
	run += r->nrun++;
	*run = (struct rr_run){ .clock_synchronised = rr_clock_synchronised() };
	(void)rr_clock_utc(run->start);
	(void)rr_clock_offset(run->utc_offset);
	job->start_ms = rr_clock_ms();
	job->started = true;
	tell(job, &(struct rr_event){ .type = RR_EV_START });
	return 0;
}

void rr_run_until_now(struct rr_job *job)
{
	struct rr_run *run = &job->result->run[job->result->nrun - 1];

	(void)rr_clock_utc(run->end);
	run->seconds = (double)(rr_clock_ms() - job->start_ms) / 1000;
}

void rr_tell_phase(struct rr_job *job, const char *phase)
{
	bool data = strcmp(phase, "flush") != 0 && strcmp(phase, "identify") != 0;

	job->part += data && job->part < job->parts;
	tell(job,
	     &(struct rr_event){
		     .type = RR_EV_PHASE, .name = phase, .part = job->part, .parts = job->parts });
}

void rr_tell_range(struct rr_job *job, const char *name, const struct rr_range *range)
{
	tell(job, &(struct rr_event){ .type = RR_EV_RANGE,
				      .name = name,
				      .off = range->off,
				      .len = range->len,
				      .state = RR_BAD,
				      .os = range->os });
}

static void tell_digest(struct rr_job *job, const struct rr_digest_value *digest)
{
	rr_autofree char *hex = rr_text_hex(digest->value, digest->algo->size);

	if (hex)
		tell(job, &(struct rr_event){
				  .type = RR_EV_DIGEST, .name = digest->algo->name, .text = hex });
}

void rr_tell_note(struct rr_job *job, const char *kind, const char *fmt, ...)
{
	char text[800];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap); /* cut at its limit: meant so */
	va_end(ap);
	rr_result_note(job->result, kind, "%s", text);
	tell(job, &(struct rr_event){ .type = RR_EV_NOTE, .name = kind, .text = text });
}

void rr_job_end(struct rr_job *job, const struct rr_err *failed, char **record)
{
	struct rr_result *r = job->result;
	char *text = NULL;

	if (failed) {
		r->err = *failed;
		r->exit = rr_exit_of(failed->kind);
		r->outcome = r->exit == RR_EXIT_FAILED ? RR_FAILED : RR_INCOMPLETE;
	}
	if (!job->started)
		return;
	if (!r->run[r->nrun - 1].end[0]) /* a saved record has said it already */
		rr_run_until_now(job);
	for (size_t i = 0; i < r->ndigest; i++)
		tell_digest(job, &r->digest[i]);
	if (job->keeper->render(r, &text, NULL) < 0)
		text = NULL; /* out of memory: the end is told without it */
	tell(job, &(struct rr_event){ .type = RR_EV_END, .record = text });
	if (record)
		*record = text;
	else
		free(text);
}

bool rr_watch_stop(struct rr_job *job)
{
	return job->stop_said || (job->stop && atomic_load(job->stop));
}

/* How fast, lately and on the whole. */
struct meter {
	uint64_t start_ms, next_ms, shown_ms;
	uint64_t ms[SAMPLES], bytes[SAMPLES];
	unsigned n;
};

static void meter_sample(struct meter *m, uint64_t now, uint64_t bytes)
{
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

static void progress(struct rr_job *job, struct meter *m, const struct rr_pass *pass,
		     const char *phase, const struct rr_counts *counts, bool asked)
{
	uint64_t now = rr_clock_ms(), elapsed = now - m->start_ms;
	unsigned oldest = m->n > SAMPLES ? m->n % SAMPLES : 0;
	struct rr_event ev = { .type = RR_EV_PROGRESS, .asked = asked };

	ev.now = (struct rr_progress){
		.phase = phase,
		.bytes = counts->done,
		.total = pass->total,
		.bad = counts->bad,
		.elapsed_ms = elapsed,
		.silent_ms = counts->silent_ms,
		.pos = counts->pos,
		.sector = job->src ? job->src->sector : 512,
		.eta_ms = UINT64_MAX,
		.mean = per_second(counts->done, elapsed),
	};
	if (m->n)
		ev.now.rate = per_second(counts->done - m->bytes[oldest], now - m->ms[oldest]);
	if (elapsed >= ETA_AFTER_MS && ev.now.rate && counts->done <= pass->total)
		ev.now.eta_ms = (uint64_t)((double)(pass->total - counts->done) * 1000 /
					   (double)ev.now.rate);
	m->shown_ms = now;
	tell(job, &ev);
}

static void hear(struct rr_job *job, struct rr_pipeline *pipe, const struct rr_pass *pass)
{
	struct rr_word word;

	while (rr_pipeline_word(pipe, &word)) {
		if (word.type == RR_WORD_RANGE) {
			if (pass->range)
				pass->range(pass->ctx, &word.range);
			if (!pass->silent)
				rr_tell_range(job, "unreadable", &word.range);
		} else if (word.type == RR_WORD_NOTE) {
			rr_tell_note(job, word.kind, "%s", word.text);
		} else if (word.map && pass->checkpoint) {
			pass->checkpoint(pass->ctx, word.map);
		}
		rr_map_free(word.type == RR_WORD_CHECKPOINT ? word.map : NULL);
	}
}

/* One turn of the loop: what was said, what is to be shown. */
static void turn(struct rr_job *job, struct rr_pipeline *pipe, const struct rr_pass *pass,
		 struct meter *m, bool *flushing)
{
	bool asked = job->show && atomic_exchange(job->show, 0);
	uint64_t now = rr_clock_ms();
	struct rr_counts counts;

	hear(job, pipe, pass);
	rr_pipeline_counts(pipe, &counts);
	meter_sample(m, now, counts.done);
	/* read is not yet written: what the buffers hold may keep a slow drive busy for long */
	if (!counts.reading && counts.done >= pass->total && !*flushing && pass->end_phase) {
		rr_tell_phase(job, pass->end_phase);
		*flushing = true;
	}
	if (asked || now - m->shown_ms >= SHOW_MS)
		progress(job, m, pass, *flushing ? pass->end_phase : pass->phase, &counts, asked);
}

/* True: all threads have ended. False: a stop has had its time. */
static bool run(struct rr_job *job, struct rr_pipeline *pipe, const struct rr_pass *pass,
		struct meter *m)
{
	uint64_t leave_at = UINT64_MAX;
	bool flushing = false;

	while (!rr_pipeline_wait(pipe, TICK_MS)) {
		turn(job, pipe, pass, m, &flushing);
		if (rr_watch_stop(job) && leave_at == UINT64_MAX) {
			rr_pipeline_stop(pipe);
			leave_at = rr_clock_ms() + STOP_MS;
		}
		if (rr_clock_ms() >= leave_at)
			return false;
	}
	return true;
}

int rr_watch_pass(struct rr_job *job, const struct rr_flow *flow, const struct rr_pass *pass,
		  struct rr_err *err)
{
	struct meter m = { .start_ms = rr_clock_ms(), .shown_ms = rr_clock_ms() };
	struct rr_pipeline *pipe;
	struct rr_counts counts;

	if (rr_watch_stop(job))
		return rr_fail(err, RR_STOPPED, 0, "stopped");
	rr_tell_phase(job, pass->phase);
	if (rr_pipeline_start(&pipe, flow, err) < 0)
		return -1;
	if (!run(job, pipe, pass, &m)) {
		job->stuck = true;
		hear(job, pipe, pass);
		rr_pipeline_abandon(pipe);
		return rr_fail(err, RR_STOPPED, 0, "stopped");
	}
	hear(job, pipe, pass);
	rr_pipeline_counts(pipe, &counts);
	progress(job, &m, pass, pass->phase, &counts, false);
	return rr_pipeline_join(pipe, err);
}

int rr_watch_saver(struct rr_job *job, struct rr_saver *saver, struct rr_err *err)
{
	while (!rr_saver_idle(saver, TICK_MS)) {
		if (!rr_watch_stop(job))
			continue;
		if (rr_saver_idle(saver, STOP_SAVE_MS))
			break;
		job->stuck = true;
		return rr_fail(err, RR_STOPPED, 0, "stopped");
	}
	return rr_saver_check(saver, err);
}
