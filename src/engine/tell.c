/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tell.c - what jobs that read a source have in common to tell: how it is held, how it ended, and
 * where it differs.
 * Owns: nothing.   Threads: main alone. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "rawright/size.h"
#include "watch.h"

#define NOTES 100 /* of differences, in a record */

void rr_tell_differences(struct rr_job *job, const char *name, const struct rr_range_list *list)
{
	char off[RR_SIZE_TEXT], len[RR_SIZE_TEXT];

	for (size_t i = 0; i < list->n; i++) {
		rr_tell_range(job, "differs", &list->range[i]);
		if (name && i < NOTES)
			rr_result_note(job->result, "differs", "%s differs: %s bytes at %s", name,
				       rr_size_grouped(len, list->range[i].len),
				       rr_size_grouped(off, list->range[i].off));
	}
}

void rr_hold_source(struct rr_hold *hold, void (*guard_hold)(const struct rr_hold *hold))
{
	if (!hold || !hold->n)
		return;
	if (guard_hold)
		guard_hold(hold);
	rr_hold_set(hold);
}

static void tell_hold(struct rr_job *job, const struct rr_hold *hold)
{
	struct rr_result *r = job->result;

	if (!hold || !hold->n)
		return;
	r->read_only_before = hold->flag[0].before;
	r->read_only_set = atomic_load(&hold->set);
	free(r->read_only_why_not);
	r->read_only_why_not = hold->why_not[0] ? strdup(hold->why_not) : NULL;
	if (!r->read_only_set)
		rr_tell_note(job, "hold", "the read-only flag of %s could not be set: %s",
			     job->src->name, hold->why_not);
}

/* Between two sessions, or run-out: zeros, and no damage. */
static void tell_nothing(struct rr_job *job, const struct rr_disc *d)
{
	const struct rr_result *r = job->result;
	uint32_t end = (uint32_t)((r->offset + r->length) / RR_DISC_SECTOR);
	char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT];

	for (uint32_t at = (uint32_t)(r->offset / RR_DISC_SECTOR); at < end;) {
		struct rr_span span = rr_disc_span(d, at);

		if (span.kind == RR_SPAN_NOTHING)
			rr_tell_note(job, "disc",
				     "nothing is recorded in sectors %s to %s, behind a session: "
				     "zeros stand there",
				     rr_size_grouped(a, span.start),
				     rr_size_grouped(b, rr_min(span.end, end) - 1));
		at = span.end;
	}
}

static void tell_tracks(struct rr_job *job, const struct rr_disc *d)
{
	const struct rr_track *last = d->ntrack ? &d->track[d->ntrack - 1] : NULL;
	unsigned audio = 0;

	for (size_t i = 0; i < d->ntrack; i++)
		audio += d->track[i].audio;
	if (audio)
		rr_tell_note(job, "disc", "%u of the disc's %zu tracks %s sound and not read",
			     audio, d->ntrack, audio == 1 ? "is" : "are");
	if (last && last->run_out)
		rr_tell_note(job, "disc",
			     "the last %u sectors of the disc cannot be read and are what burners "
			     "leave behind (run-out): they hold nothing and are not in the image",
			     last->run_out);
}

/* Three say how large the disc is: they are held against each other before it is read. */
void rr_tell_disc(struct rr_job *job)
{
	const struct rr_disc *d = &job->result->disc;
	uint64_t sectors = job->src->size / RR_DISC_SECTOR;
	char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT];
	bool optical = job->result->source.kind &&
		       strcmp(job->result->source.kind, "optical") == 0;

	if (optical && !d->capacity)
		rr_tell_note(job, "disc",
			     "the drive does not tell the size of its disc: it is not certain that "
			     "this is all of it");
	if (!d->known)
		return;
	tell_tracks(job, d);
	tell_nothing(job, d);
	if (d->lead_out && d->capacity && d->lead_out != d->capacity)
		rr_tell_note(job, "disc",
			     "the disc has %s sectors by its table of contents and %s by the drive",
			     rr_size_grouped(a, d->lead_out), rr_size_grouped(b, d->capacity));
	if (d->filesystem > sectors)
		rr_tell_note(job, "disc",
			     "the file system ends at sector %s and the disc at %s: it was not "
			     "burned to its end, or the drive does not see all of it",
			     rr_size_grouped(a, d->filesystem), rr_size_grouped(b, sectors));
}

void rr_tell_source(struct rr_job *job, const struct rr_hold *hold)
{
	rr_tell_disc(job);
	tell_hold(job, hold);
	rr_tell_buffered(job);
}

void rr_tell_buffered(struct rr_job *job)
{
	if (job->buffered_said || job->result->task == RR_TASK_WRITE ||
	    atomic_load(&job->src->direct))
		return;
	job->buffered_said = true;
	if (!job->result->why_buffered)
		job->result->why_buffered = strdup(job->src->why_buffered); /* NULL: left out */
	rr_tell_note(job, "io",
		     "%s is read through the page cache (%s): more than the bad sector itself may "
		     "be lost around it",
		     job->src->name, job->src->why_buffered);
}

void rr_tell_source_end(struct rr_job *job)
{
	struct rr_source *src = job->src;
	struct rr_err err = { 0 };
	uint64_t now;

	if (src->ops->alive(src, &now, &err) < 0)
		rr_tell_note(job, "source", "after its last byte was read: %s", err.text);
	else if (now != src->size)
		rr_tell_note(job, "source", "%s changed its size while it was read", src->name);
}

void rr_name_stop(struct rr_job *job, const struct rr_err *cause)
{
	struct rr_run *run = &job->result->run[job->result->nrun - 1];
	int signal = job->stop ? atomic_load(job->stop) : 0;
	const char *by = cause->kind == RR_OK	   ? "" :
			 cause->kind != RR_STOPPED ? "error" :
						     "request";

	if (cause->kind == RR_STOPPED && signal)
		(void)snprintf(run->stopped_by, sizeof(run->stopped_by), "SIG%s",
			       sigabbrev_np(signal));
	else
		(void)snprintf(run->stopped_by, sizeof(run->stopped_by), "%s", by);
}
