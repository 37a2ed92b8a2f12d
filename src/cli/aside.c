/* SPDX-License-Identifier: GPL-3.0-or-later */
/* aside.c - work that may hang in the kernel, done by a thread that can be left behind.
 * Owns: the thread, until it is left.   Threads: main waits, the thread works. */
#include <pthread.h>
#include <stdlib.h>

#include "look.h"
#include "rawright/wait.h"

#define STEP_MS 100
#define SLOW_MS 5000

/* On the heap: a thread that was left behind still looks at it. */
struct aside {
	pthread_mutex_t mu;
	pthread_cond_t cv;
	bool done;
	void (*work)(void *ctx);
	void *ctx;
};

static void *run(void *arg)
{
	struct aside *a = arg;

	a->work(a->ctx);
	pthread_mutex_lock(&a->mu);
	a->done = true;
	pthread_cond_signal(&a->cv);
	pthread_mutex_unlock(&a->mu);
	return NULL;
}

static bool wait_for(struct aside *a, const atomic_int *stop, void (*slow)(void *ctx))
{
	bool done;

	pthread_mutex_lock(&a->mu);
	for (unsigned waited = 0; !a->done && !atomic_load(stop); waited += STEP_MS) {
		struct timespec until = rr_until(STEP_MS);

		(void)pthread_cond_timedwait(&a->cv, &a->mu, &until);	/* asked above */
		if (waited == SLOW_MS && slow && !a->done)
			slow(a->ctx);
	}
	done = a->done;
	pthread_mutex_unlock(&a->mu);
	return done;
}

int rr_aside(struct rr_cli *cli, void (*work)(void *ctx), void (*slow)(void *ctx), void *ctx,
	     struct rr_err *err)
{
	struct aside *a = calloc(1, sizeof(*a));
	pthread_t thread;
	int os;

	if (!a)
		return rr_fail_memory(err);
	a->work = work;
	a->ctx = ctx;
	pthread_mutex_init(&a->mu, NULL);
	rr_cond_init(&a->cv);
	os = pthread_create(&thread, NULL, run, a);
	if (!os && !wait_for(a, cli->stop, slow)) {
		cli->stuck = true;
		return rr_fail(err, RR_STOPPED, 0, "stopped before the drive had answered");
	}
	if (!os)
		(void)pthread_join(thread, NULL);	/* it is done */
	pthread_cond_destroy(&a->cv);
	pthread_mutex_destroy(&a->mu);
	free(a);
	return os ? rr_fail(err, RR_SYSTEM, os, "cannot start a thread") : 0;
}
