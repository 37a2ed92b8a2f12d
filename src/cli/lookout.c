/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lookout.c - surveys taken by a thread of their own, whenever something happened.
 * Owns: the watch and the survey nobody has taken yet.   Threads: main takes, the thread looks. */
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>

#include "pick.h"
#include "rawright/wait.h"

#define PATIENCE_MS 1000 /* the watch looks at its stop flag twice a second */

/* Without a thread to tell it, it is freed by whoever is last. */
struct rr_lookout {
	pthread_mutex_t mu;
	pthread_cond_t cv;
	atomic_int stop;
	int wake;
	struct rr_watch *watch;
	struct rr_survey survey;	/* under mu, as all that follows */
	bool fresh, done, left;
	struct rr_err err;
};

static void dispose(struct rr_lookout *l)
{
	rr_watch_free(l->watch);
	rr_survey_clear(&l->survey);
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

/* The watch is older than the first survey: nothing can come in between. */
static int look(struct rr_lookout *l, struct rr_err *err)
{
	enum rr_watched what = RR_WATCH_NEWS;

	while (what == RR_WATCH_NEWS) {
		struct rr_survey survey;

		if (rr_survey_take(&survey, true, err) < 0)
			return -1;
		publish(l, &survey);
		if (rr_watch_wait(l->watch, &l->stop, -1, &what, err) < 0)
			return -1;
	}
	return 0;
}

static void *run(void *arg)
{
	struct rr_lookout *l = arg;
	struct rr_err err = { 0 };
	bool left;

	if (look(l, &err) == 0)
		err.kind = RR_OK;
	pthread_mutex_lock(&l->mu);
	l->err = err;
	l->done = true;
	left = l->left;
	if (!left && err.kind != RR_OK)
		(void)eventfd_write(l->wake, 1);	/* as above */
	pthread_cond_signal(&l->cv);
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

bool rr_lookout_end(struct rr_lookout *l)
{
	struct timespec until = rr_until(PATIENCE_MS);
	bool done;
	int os = 0;

	if (!l)
		return true;
	atomic_store(&l->stop, 1);
	pthread_mutex_lock(&l->mu);
	while (!l->done && os == 0)
		os = pthread_cond_timedwait(&l->cv, &l->mu, &until);
	done = l->done;
	l->left = !done;
	pthread_mutex_unlock(&l->mu);
	if (done)
		dispose(l);
	return done;
}
