/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session_job.c - a job on the terminal of a session: its progress, and the question before it.
 * Owns: the reporter of the progress.   Threads: main. */
#include "panels.h"
#include "rawright/clock.h"
#include "rawright/text.h"
#include "session.h"

struct job {
	struct rr_reporter base;
	struct rr_session *session;
	struct rr_reporter *progress;
};

static int job_event(struct rr_reporter *base, const struct rr_event *ev)
{
	struct job *job = (struct job *)base;

	return job->progress->event(job->progress, ev);
}

static unsigned job_wish(struct rr_reporter *base)
{
	struct job *job = (struct job *)base;

	return job->progress->wish(job->progress);
}

static void job_close(struct rr_reporter *base)
{
	struct job *job = (struct job *)base;

	job->progress->close(job->progress);
	free(job);
}

/* ------------------------------------------------------------------ the question */

/* What was said until now (that not all mounts can be seen, that a checksum file was not
 * understood) belongs to what is asked. */
static char *question_text(const struct rr_session *s, const struct rr_question *question)
{
	rr_autofree char *said = rr_session_kept(s, s->job_mark);
	rr_autofree char *asked = rr_text_printable_lines(question->text);

	if (!said || !asked)
		return NULL;
	return rr_text_format("%s%s%s", said, *said ? "\n" : "", asked);
}

static int job_ask(struct rr_reporter *base, const struct rr_question *question)
{
	struct rr_session *s = ((struct job *)base)->session;
	rr_autofree char *text = question_text(s, question);
	struct rr_asking asking = { .text = text, .word = question->word };
	struct rr_panel page;
	enum rr_did did;

	if (!text) {
		s->declined = true;
		return 0; /* nobody else may ask: pages hide what is written to the terminal */
	}
	rr_asking_panel(&asking, &page);
	s->drawn = NULL; /* another page may have stood there */
	rr_terminal_forget_keys(s->terminal); /* they are no answer: it was not asked yet */
	do
		did = rr_session_show(s, &page, -1, NULL);
	while (did != RR_DID_CHOOSE && did != RR_DID_BACK && did != RR_DID_QUIT);
	s->declined = did != RR_DID_CHOOSE;
	s->quitting = did == RR_DID_QUIT;
	rr_terminal_let_interrupt(s->terminal); /* until the job begins */
	return did == RR_DID_CHOOSE;
}

bool rr_session_declined(const struct rr_session *s)
{
	return s->declined;
}

int rr_session_reporter(struct rr_session *s, struct rr_reporter **out, struct rr_err *err)
{
	struct job *job = calloc(1, sizeof(*job));
	struct rr_screen_conf conf = s->conf;

	if (!job)
		return rr_fail_memory(err);
	conf.lent = s->terminal;
	conf.fd = s->real;
	conf.day_s += (long)((rr_clock_ms() - s->open_ms) / 1000);
	if (rr_screen_new(&conf, &job->progress, err) < 0) {
		free(job);
		return -1;
	}
	job->base = (struct rr_reporter){
		.event = job_event, .ask = job_ask, .wish = job_wish, .close = job_close
	};
	job->session = s;
	s->job_mark = rr_session_mark(s);
	*out = &job->base;
	return 0;
}
