/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookout.c - surveys taken by a thread of their own, whenever something happened.
 * Owns: the watch and the survey nobody has taken yet.   Threads: main takes, the thread looks. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>

#include "pick.h"
#include "rawright/wait.h"

#define PATIENCE_MS 1000

/* Without a thread to tell it, it is freed by whoever is last. */
struct rr_lookout {
	pthread_mutex_t mu;
	pthread_cond_t cv;
	atomic_int stop;
	int wake;
	struct rr_watch *watch;
	struct rr_survey survey;	/* under mu, as all that follows */
	int open;	/* the reading end of a pipe: the watch ends when it is closed; -1 */
	bool fresh, resting, busy, done, left;
	struct rr_err err;
};

static void dispose(struct rr_lookout *l)
{
	rr_watch_free(l->watch);
	rr_survey_clear(&l->survey);
	rr_clean_fd(&l->open);
	pthread_cond_destroy(&l->cv);
	pthread_mutex_destroy(&l->mu);
	free(l);
}

static void publish(struct rr_lookout *l, struct rr_survey *survey)
{
	pthread_mutex_lock(&l->mu);
	rr_survey_clear(&l->survey);
	l->survey = *survey;
	l->fresh = true;
	if (!l->left)
		(void)eventfd_write(l->wake, 1); /* full: it was not heard yet */
	pthread_mutex_unlock(&l->mu);
}

/* When it may, with an end of a pipe whose other one is for those who want the watch to end. -1: it
 * is over. */
static int begin(struct rr_lookout *l)
{
	int pipe[2] = { -1, -1 };

	pthread_mutex_lock(&l->mu);
	while (l->resting && !atomic_load(&l->stop))
		(void)pthread_cond_wait(&l->cv, &l->mu);	/* asked above */
	if (!atomic_load(&l->stop) && pipe2(pipe, O_CLOEXEC) == 0) {
		l->open = pipe[0];
		l->busy = true;
	}
	pthread_mutex_unlock(&l->mu);
	return pipe[1];
}

static void end(struct rr_lookout *l)
{
	pthread_mutex_lock(&l->mu);
	l->busy = false;
	rr_clean_fd(&l->open);
	l->open = -1;
	pthread_cond_broadcast(&l->cv);
	pthread_mutex_unlock(&l->mu);
}

/* The watch is older than the first survey: nothing can come in between. */
static int look(struct rr_lookout *l, int out, struct rr_err *err)
{
	enum rr_watched what = RR_WATCH_NEWS;

	while (what == RR_WATCH_NEWS) {
		struct rr_survey survey;

		if (rr_survey_take(&survey, true, err) < 0)
			return -1;
		publish(l, &survey);
		if (rr_watch_wait(l->watch, &l->stop, out, &what, err) < 0)
			return -1;
	}
	return 0;
}

static int look_until_stopped(struct rr_lookout *l, struct rr_err *err)
{
	int rc = 0;

	while (rc == 0 && !atomic_load(&l->stop)) {
		rr_autofd int out = begin(l);

		if (out < 0 && !atomic_load(&l->stop))
			rc = rr_fail(err, RR_SYSTEM, errno, "cannot make a pipe");
		else if (out >= 0)
			rc = look(l, out, err);
		end(l);
	}
	return rc;
}

static void *run(void *arg)
{
	struct rr_lookout *l = arg;
	struct rr_err err = { 0 };
	bool left;

	if (look_until_stopped(l, &err) == 0)
		err.kind = RR_OK;
	pthread_mutex_lock(&l->mu);
	l->err = err;
	l->done = true;
	left = l->left;
	if (!left && err.kind != RR_OK)
		(void)eventfd_write(l->wake, 1);	/* as above */
	pthread_cond_broadcast(&l->cv);
	pthread_mutex_unlock(&l->mu);
	if (left)
		dispose(l);
	return NULL;
}

int rr_lookout_new(int wake, struct rr_lookout **out, struct rr_err *err)
{
	struct rr_lookout *l = calloc(1, sizeof(*l));
	pthread_t thread;
	int os;

	if (!l)
		return rr_fail_memory(err);
	l->wake = wake;
	l->open = -1;
	pthread_mutex_init(&l->mu, NULL);
	rr_cond_init(&l->cv);
	if (rr_watch_new(&l->watch, err) < 0) {
		dispose(l);
		return -1;
	}
	os = pthread_create(&thread, NULL, run, l);
	if (os) {
		dispose(l);
		return rr_fail(err, RR_SYSTEM, os, "cannot start a thread");
	}
	(void)pthread_detach(thread);	/* it is ours; `done` tells its end */
	*out = l;
	return 0;
}

bool rr_lookout_take(struct rr_lookout *l, struct rr_survey *survey, struct rr_err *err)
{
	bool fresh;

	pthread_mutex_lock(&l->mu);
	fresh = l->fresh;
	if (fresh)
		*survey = l->survey;
	if (fresh)
		l->survey = (struct rr_survey){ 0 };
	l->fresh = false;
	*err = l->err;
	pthread_mutex_unlock(&l->mu);
	return fresh;
}

/* Under mu: until the thread is through with what it does, or for a while. */
static void wait_for(struct rr_lookout *l, const bool *what, bool wanted)
{
	struct timespec until = rr_until(PATIENCE_MS);
	int os = 0;

	rr_clean_fd(&l->open);
	l->open = -1;
	pthread_cond_broadcast(&l->cv);
	while (*what != wanted && os == 0)
		os = pthread_cond_timedwait(&l->cv, &l->mu, &until);
}

void rr_lookout_rest(struct rr_lookout *l, bool rest)
{
	pthread_mutex_lock(&l->mu);
	l->resting = rest;
	if (rest)
		wait_for(l, &l->busy, false);
	else
		pthread_cond_broadcast(&l->cv);
	pthread_mutex_unlock(&l->mu);
}

bool rr_lookout_end(struct rr_lookout *l)
{
	bool done;

	if (!l)
		return true;
	atomic_store(&l->stop, 1);
	pthread_mutex_lock(&l->mu);
	wait_for(l, &l->done, true);
	done = l->done;
	l->left = !done;
	pthread_mutex_unlock(&l->mu);
	if (done)
		dispose(l);
	return done;
}
