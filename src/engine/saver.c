/* SPDX-License-Identifier: GPL-3.0-or-later */
/* saver.c - saves maps and records in the order asked for, each by temporary, sync, rename.
 * Owns: the texts given to it.   Threads: asked by main; is one. */
#include <pthread.h>
#include <string.h>

#include "rawright/wait.h"
#include "saver.h"

struct wish {
	char *path, *text; /* text NULL: remove */
	bool remove;
	enum rr_save how;
	struct wish *next;
};

struct rr_saver {
	pthread_t thread;
	pthread_mutex_t mu;
	pthread_cond_t cv;
	struct wish *first, **end; /* guarded by mu, like all below */
	bool busy, ending;
	struct rr_err err;
	char **ours; /* paths saved by this thread, its own */
	size_t nours;
};

static bool is_ours(const struct rr_saver *saver, const char *path)
{
	for (size_t i = 0; i < saver->nours; i++)
		if (strcmp(saver->ours[i], path) == 0)
			return true;
	return false;
}

/* Without memory it stays nobody's, and is not replaced later: said then. */
static void claim(struct rr_saver *saver, const char *path)
{
	char **grown = reallocarray(saver->ours, saver->nours + 1, sizeof(*grown));

	if (!grown)
		return;
	saver->ours = grown;
	grown[saver->nours] = strdup(path);
	saver->nours += grown[saver->nours] != NULL;
}

static int grant(struct rr_saver *saver, const struct wish *wish, bool failed, struct rr_err *err)
{
	bool ours = is_ours(saver, wish->path);

	if (wish->remove)
		return failed ? 0 : rr_file_remove(wish->path, err);
	if (!wish->text)
		return rr_fail_memory(err);
	if (rr_file_save(wish->path, wish->text, strlen(wish->text),
			 ours ? RR_SAVE_REPLACE : wish->how, err) < 0)
		return -1;
	if (!ours)
		claim(saver, wish->path);
	return 0;
}

static void wish_free(struct wish *wish)
{
	free(wish->path);
	free(wish->text);
	free(wish);
}

static struct wish *next_wish(struct rr_saver *saver, bool *failed)
{
	struct wish *wish;

	pthread_mutex_lock(&saver->mu);
	saver->busy = false;
	pthread_cond_broadcast(&saver->cv);
	while (!saver->first && !saver->ending)
		pthread_cond_wait(&saver->cv, &saver->mu);
	wish = saver->first;
	if (wish) {
		saver->first = wish->next;
		if (!saver->first)
			saver->end = &saver->first;
		saver->busy = true;
	}
	*failed = saver->err.kind != RR_OK;
	pthread_mutex_unlock(&saver->mu);
	return wish;
}

static void *saver_main(void *arg)
{
	struct rr_saver *saver = arg;
	bool failed;

	for (struct wish *wish; (wish = next_wish(saver, &failed)); wish_free(wish)) {
		struct rr_err err = { 0 };

		if (grant(saver, wish, failed, &err) == 0)
			continue;
		pthread_mutex_lock(&saver->mu);
		if (saver->err.kind == RR_OK)
			saver->err = err;
		pthread_mutex_unlock(&saver->mu);
	}
	return NULL;
}

int rr_saver_start(struct rr_saver **out, struct rr_err *err)
{
	struct rr_saver *saver = calloc(1, sizeof(*saver));
	int os;

	if (!saver)
		return rr_fail_memory(err);
	saver->end = &saver->first;
	pthread_mutex_init(&saver->mu, NULL);
	rr_cond_init(&saver->cv);
	os = pthread_create(&saver->thread, NULL, saver_main, saver);
	if (os) {
		free(saver);
		return rr_fail(err, RR_SYSTEM, os, "cannot start a thread");
	}
	*out = saver;
	return 0;
}

static void add_wish(struct rr_saver *saver, const char *path, char *text, bool remove,
		     enum rr_save how)
{
	struct wish *wish = calloc(1, sizeof(*wish));
	char *copy = strdup(path);

	pthread_mutex_lock(&saver->mu);
	if (wish && copy) {
		*wish = (struct wish){ .path = copy, .text = text, .remove = remove, .how = how };
		*saver->end = wish;
		saver->end = &wish->next;
	} else {
		free(wish);
		free(copy);
		free(text);
		rr_fail_memory(&saver->err);
	}
	pthread_cond_broadcast(&saver->cv);
	pthread_mutex_unlock(&saver->mu);
}

void rr_saver_save(struct rr_saver *saver, const char *path, char *text, enum rr_save how)
{
	add_wish(saver, path, text, false, how);
}

void rr_saver_remove(struct rr_saver *saver, const char *path)
{
	add_wish(saver, path, NULL, true, RR_SAVE_REPLACE);
}

bool rr_saver_idle(struct rr_saver *saver, unsigned ms)
{
	struct timespec until = rr_until(ms);
	bool idle;
	int os = 0;

	pthread_mutex_lock(&saver->mu);
	while ((saver->first || saver->busy) && os == 0)
		os = pthread_cond_timedwait(&saver->cv, &saver->mu, &until);
	idle = !saver->first && !saver->busy;
	pthread_mutex_unlock(&saver->mu);
	return idle;
}

int rr_saver_check(struct rr_saver *saver, struct rr_err *err)
{
	int rc = 0;

	pthread_mutex_lock(&saver->mu);
	if (saver->err.kind != RR_OK) {
		*err = saver->err;
		rc = -1;
	}
	pthread_mutex_unlock(&saver->mu);
	return rc;
}

void rr_saver_end(struct rr_saver *saver)
{
	if (!saver)
		return;
	pthread_mutex_lock(&saver->mu);
	saver->ending = true;
	pthread_cond_broadcast(&saver->cv);
	pthread_mutex_unlock(&saver->mu);
	(void)pthread_join(saver->thread, NULL); /* ours, joined once */
	pthread_mutex_destroy(&saver->mu);
	pthread_cond_destroy(&saver->cv);
	for (size_t i = 0; i < saver->nours; i++)
		free(saver->ours[i]);
	free(saver->ours);
	free(saver);
}
