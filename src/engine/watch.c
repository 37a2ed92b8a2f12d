/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch.c - the main thread's side of a job: tells the reporter, and hears what is wished for.
 * Owns: nothing.   Threads: main alone. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rawright/clock.h"
#include "rawright/size.h"
#include "rawright/text.h"
#include "watch.h"

#define STOP_SAVE_MS 200 /* what a stop leaves to the saver, of the second it may take in all */

void rr_tell(struct rr_job *job, struct rr_event *ev)
{
	ev->ms = rr_clock_ms() - job->start_ms;
	ev->result = job->result;
	if (job->reporter->event(job->reporter, ev) != 0)
		job->stop_said = true;
}

void rr_plan(struct rr_job *job, const char *phase)
{
	if (job->nplan < RR_PLAN)
		job->plan[job->nplan++] = phase;
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
	rr_tell(job, &(struct rr_event){
			  .type = RR_EV_START, .plan = job->plan, .nplan = job->nplan });
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
	rr_tell(job,
	     &(struct rr_event){
		     .type = RR_EV_PHASE, .name = phase, .part = job->part, .parts = job->parts });
}

void rr_tell_range(struct rr_job *job, const char *name, const struct rr_range *range)
{
	rr_tell(job, &(struct rr_event){ .type = RR_EV_RANGE,
				      .name = name,
				      .off = range->off,
				      .len = range->len,
				      .state = RR_BAD,
				      .os = range->os });
}

void rr_tell_done(struct rr_job *job, const char *phase, const struct rr_extent *extent)
{
	rr_tell(job, &(struct rr_event){ .type = RR_EV_DONE,
				      .name = phase,
				      .off = extent->off,
				      .len = extent->len,
				      .state = extent->state });
}

static void tell_digest(struct rr_job *job, const struct rr_digest_value *digest)
{
	rr_autofree char *hex = rr_text_hex(digest->value, digest->algo->size);

	if (hex)
		rr_tell(job, &(struct rr_event){
				  .type = RR_EV_DIGEST, .name = digest->algo->name, .text = hex });
}

void rr_tell_digests(struct rr_job *job)
{
	for (; job->ndigest < job->result->ndigest; job->ndigest++)
		tell_digest(job, &job->result->digest[job->ndigest]);
}

void rr_tell_note(struct rr_job *job, const char *kind, const char *fmt, ...)
{
	char text[800];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap); /* cut at its limit: meant so */
	va_end(ap);
	rr_result_note(job->result, kind, "%s", text);
	rr_tell(job, &(struct rr_event){ .type = RR_EV_NOTE, .name = kind, .text = text });
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
	rr_tell_digests(job);
	if (job->keeper->render(r, &text, NULL) < 0)
		text = NULL; /* out of memory: the end is told without it */
	rr_tell(job, &(struct rr_event){ .type = RR_EV_END, .record = text });
	if (record)
		*record = text;
	else
		free(text);
}

bool rr_watch_stop(struct rr_job *job)
{
	return job->stop_said || (job->stop && atomic_load(job->stop));
}

bool rr_watch_wish(struct rr_job *job)
{
	struct rr_reporter *reporter = job->reporter;
	unsigned wish = reporter->wish ? reporter->wish(reporter) : 0;

	job->stop_said |= (wish & RR_WISH_STOP) != 0;
	job->skip |= (wish & RR_WISH_SKIP) != 0;
	return wish & RR_WISH_PAUSE;
}

bool rr_watch_skipped(struct rr_job *job, const struct rr_err *err)
{
	if (err->kind != RR_STOPPED || !job->skip || rr_watch_stop(job))
		return false;
	if (!job->skip_said)
		rr_tell_note(job, "verify", "the verification was skipped, as asked for meanwhile");
	job->skip_said = true;
	return true;
}

int rr_watch_saver(struct rr_job *job, struct rr_saver *saver, struct rr_err *err)
{
	while (!rr_saver_idle(saver, RR_TICK_MS)) {
		(void)rr_watch_wish(job); /* there is nothing to pause */
		if (!rr_watch_stop(job))
			continue;
		if (rr_saver_idle(saver, STOP_SAVE_MS))
			break;
		job->stuck = true;
		return rr_fail(err, RR_STOPPED, 0, "stopped");
	}
	return rr_saver_check(saver, err);
}
