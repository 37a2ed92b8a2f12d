/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch.h - the main thread's side of a job: tells the reporter, runs its passes, hears what is
 * wished for. */
#ifndef RR_ENGINE_WATCH_H
#define RR_ENGINE_WATCH_H

#include "rawright/job.h"
#include "rawright/pipeline.h"
#include "saver.h"

#define RR_TICK_MS 100 /* the main thread looks around so often */

/* What one pass means to the job that runs it. */
struct rr_pass {
	const char *phase;
	uint64_t total; /* bytes that the pass will read */
	const char *end_phase; /* once all is through and stages still work; NULL: the same */
	bool silent; /* unreadable ranges are nobody's news */
	bool proof; /* it only verifies: a person may skip it */
	uint64_t base; /* position of the image's first byte in the pass */
	void (*range)(void *ctx, const struct rr_range *range); /* unreadable; or NULL */
	void (*checkpoint)(void *ctx, const struct rr_map *map); /* or NULL */
	void *ctx;
};

/* pass.c. Runs until the pass has ended, or until a stop has had its time. 0: the source was read
 * to its end. -1: why not; when a thread sits in the kernel, job->stuck is set too. */
RR_MUST int rr_watch_pass(struct rr_job *job, const struct rr_flow *flow,
			  const struct rr_pass *pass, struct rr_err *err);
/* Waits for the saver. -1: its error, or RR_STOPPED when a stop did not let it finish (stuck). */
RR_MUST int rr_watch_saver(struct rr_job *job, struct rr_saver *saver, struct rr_err *err);
/* Asks the reporter what is wished for; true: a pause. */
bool rr_watch_wish(struct rr_job *job);
/* Has the end been asked for, by signal or by reporter? */
bool rr_watch_stop(struct rr_job *job);
/* A pass that was to prove something ended with RR_STOPPED: because that was skipped, and the job
 * goes on? Says so once. */
bool rr_watch_skipped(struct rr_job *job, const struct rr_err *err);

/* Tells the reporter: its time and the result are filled in. */
void rr_tell(struct rr_job *job, struct rr_event *ev);
/* A phase that is to come: before the start. What does not fit is not announced. */
void rr_plan(struct rr_job *job, const char *phase);
/* Adds this run to the result's and tells of the start. */
RR_MUST int rr_tell_start(struct rr_job *job, struct rr_err *err);
/* The run has lasted until now. */
void rr_run_until_now(struct rr_job *job);
void rr_tell_phase(struct rr_job *job, const char *phase);
void rr_tell_range(struct rr_job *job, const char *name, const struct rr_range *range);
/* What the first pass need not do: a range of the image that is there already. */
void rr_tell_done(struct rr_job *job, const char *phase, const struct rr_extent *extent);
/* The digests that the result has and that were not told yet. */
void rr_tell_digests(struct rr_job *job);
/* Each range; as notes too, when name (whose bytes they are) is not NULL. */
void rr_tell_differences(struct rr_job *job, const char *name, const struct rr_range_list *list);
/* Sets the read-only flags of the source, where there are any (hold may be NULL), ... */
void rr_hold_source(struct rr_hold *hold, void (*guard_hold)(const struct rr_hold *hold));
/* ... and what is to be told of that, and of how the source is read. */
void rr_tell_source(struct rr_job *job, const struct rr_hold *hold);
/* What is to be told of a disc: its sizes, tracks, and where it holds nothing. */
void rr_tell_disc(struct rr_job *job);
/* Once, and if it is so, that the source is read through memory: direct reads may also be refused
 * after the start. */
void rr_tell_buffered(struct rr_job *job);
/* Its last byte was read: is the source still there, and as large? */
void rr_tell_source_end(struct rr_job *job);
/* The run's end by cause: a signal's name, "error", or nothing. */
void rr_name_stop(struct rr_job *job, const struct rr_err *cause);
/* Into the result too. */
void rr_tell_note(struct rr_job *job, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
