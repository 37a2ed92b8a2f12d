/* SPDX-License-Identifier: GPL-3.0-or-later */
/* aside.c - work that may hang in the kernel, done by a thread that can be left behind.
 * Owns: the thread, until it is left.   Threads: main waits, the thread works. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#include "look.h"
#include "rawright/wait.h"

#define STEP_MS 100
#define SLOW_MS 5000

/* On the heap: a thread that was left behind still looks at it. */
struct rr_aside {
	pthread_t thread;
	pthread_mutex_t mu;
	pthread_cond_t cv;
	bool done;
	void (*work)(void *ctx);
	void *ctx;
	int wake;
};

static void *run(void *arg)
{
	struct rr_aside *a = arg;

	a->work(a->ctx);
	pthread_mutex_lock(&a->mu);
	a->done = true;
	pthread_cond_signal(&a->cv);
	if (a->wake >= 0)
		(void)eventfd_write(a->wake, 1); /* full: it was not heard yet */
	pthread_mutex_unlock(&a->mu);
	return NULL;
}

static void dispose(struct rr_aside *a)
{
	pthread_cond_destroy(&a->cv);
	pthread_mutex_destroy(&a->mu);
	free(a);
}

int rr_aside_begin(void (*work)(void *ctx), void *ctx, int wake, struct rr_aside **out,
		   struct rr_err *err)
{
	struct rr_aside *a = calloc(1, sizeof(*a));
	int os;

	if (!a)
		return rr_fail_memory(err);
	a->work = work;
	a->ctx = ctx;
	a->wake = wake;
	pthread_mutex_init(&a->mu, NULL);
	rr_cond_init(&a->cv);
	os = pthread_create(&a->thread, NULL, run, a);
	if (os) {
		dispose(a);
		return rr_fail(err, RR_SYSTEM, os, "cannot start a thread");
	}
	*out = a;
	return 0;
}

bool rr_aside_done(struct rr_aside *a)
{
	bool done;

	pthread_mutex_lock(&a->mu);
	done = a->done;
	pthread_mutex_unlock(&a->mu);
	return done;
}

bool rr_aside_end(struct rr_aside *a)
{
	bool done;

	pthread_mutex_lock(&a->mu);
	done = a->done;
	a->wake = -1;	/* whose it is may close it now */
	pthread_mutex_unlock(&a->mu);
	if (!done)
		return false;
	(void)pthread_join(a->thread, NULL);	/* it is done */
	dispose(a);
	return true;
}

static void wait_for(struct rr_aside *a, const atomic_int *stop, void (*slow)(void *ctx))
{
	pthread_mutex_lock(&a->mu);
	for (unsigned waited = 0; !a->done && !atomic_load(stop); waited += STEP_MS) {
		struct timespec until = rr_until(STEP_MS);

		(void)pthread_cond_timedwait(&a->cv, &a->mu, &until);	/* asked above */
		if (waited == SLOW_MS && slow && !a->done)
			slow(a->ctx);
	}
	pthread_mutex_unlock(&a->mu);
}

int rr_aside(struct rr_cli *cli, void (*work)(void *ctx), void (*slow)(void *ctx), void *ctx,
	     struct rr_err *err)
{
	struct rr_aside *a;

	if (rr_aside_begin(work, ctx, -1, &a, err) < 0)
		return -1;
	wait_for(a, cli->stop, slow);
	if (rr_aside_end(a))
		return 0;
	cli->stuck = true;
	return rr_fail(err, RR_STOPPED, 0, "stopped before the drive had answered");
}
