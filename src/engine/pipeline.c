/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pipeline.c - starts, watches and ends the threads of one pass.
 * Owns: the pool, the rings, the words.   Threads: called by main; runs one thread a stage. */
#include <string.h>

#include "pipe.h"
#include "rawright/clock.h"
#include "rawright/size.h"
#include "rawright/wait.h"

#define BUFFERS	    8
#define BUFFER_SIZE ((size_t)1 << 20)
#define SILENT_MS   1000 /* a stage that takes so long for a piece has a place worth telling */

void rr_stage_free(struct rr_stage *stage)
{
	if (stage)
		stage->ops->free(stage);
}

void rr_pipe_tell(struct rr_pipeline *pipe, const struct rr_word *word)
{
	struct rr_word *copy = malloc(sizeof(*copy));

	if (!copy) {
		rr_map_free(word->map);
		return;
	}
	*copy = *word;
	copy->next = NULL;
	pthread_mutex_lock(&pipe->mu);
	*pipe->word_end = copy;
	pipe->word_end = &copy->next;
	pthread_mutex_unlock(&pipe->mu);
}

bool rr_pipeline_word(struct rr_pipeline *pipe, struct rr_word *out)
{
	struct rr_word *word;

	pthread_mutex_lock(&pipe->mu);
	word = pipe->word;
	if (word) {
		pipe->word = word->next;
		if (!pipe->word)
			pipe->word_end = &pipe->word;
	}
	pthread_mutex_unlock(&pipe->mu);
	if (!word)
		return false;
	*out = *word;
	free(word);
	return true;
}

/* Without memory it is not told: progress counts it all the same. */
static void note_gone(struct rr_pipeline *pipe, const struct rr_buf *buf)
{
	struct rr_range range = { .off = buf->off, .len = buf->len, .tries = buf->state };

	pthread_mutex_lock(&pipe->mu);
	if (rr_range_add(&pipe->gone, &range, NULL) < 0)
		rr_range_list_clear(&pipe->gone);
	pthread_mutex_unlock(&pipe->mu);
}

/* Every holder is through with the buffer: only now has the range made progress. */
static void retire(void *ctx, const struct rr_buf *buf)
{
	struct rr_pipeline *pipe = ctx;

	if (buf->len == 0) {
		rr_pipe_tell(pipe,
			     &(struct rr_word){ .type = RR_WORD_CHECKPOINT, .map = buf->token });
		return;
	}
	note_gone(pipe, buf);
	atomic_fetch_add(&pipe->done, buf->len);
	if (buf->state == RR_BAD)
		atomic_fetch_add(&pipe->bad, buf->len);
}

void rr_pipe_push(struct rr_pipeline *pipe, struct rr_buf *buf)
{
	rr_buf_share(buf, (unsigned)pipe->flow.nstage);
	for (size_t i = 0; i < pipe->flow.nstage; i++)
		rr_ring_push(&pipe->flow.stage[i]->ring, buf);
}

static void thread_ended(struct rr_pipeline *pipe)
{
	pthread_mutex_lock(&pipe->mu);
	pipe->running--;
	pthread_cond_broadcast(&pipe->cv);
	pthread_mutex_unlock(&pipe->mu);
}

static void stage_result(struct rr_stage *stage, int rc)
{
	if (rc == 0)
		return;
	atomic_store(&stage->failed, true);
	if (stage->vital)
		atomic_fetch_sub(&stage->pipe->vital, 1);
}

static int stage_do(struct rr_stage *stage, const struct rr_buf *buf)
{
	int rc;

	if (buf->len) {
		uint64_t began = rr_clock_us();

		atomic_store(&stage->pos, buf->off);
		atomic_store(&stage->busy_since, began / 1000);
		rc = stage->ops->take(stage, buf, &stage->err);
		atomic_store(&stage->busy_since, 0);
		atomic_fetch_add(&stage->busy_us, rr_clock_us() - began);
		atomic_fetch_add(&stage->took, rc == 0 ? buf->len : 0);
		return rc;
	}
	return stage->ops->mark ? stage->ops->mark(stage, &stage->err) : 0;
}

/* A stage that has failed still hands its buffers back: the others go on. */
static void *stage_main(void *arg)
{
	struct rr_stage *stage = arg;

	for (struct rr_buf *buf; (buf = rr_ring_pop(&stage->ring));) {
		if (!atomic_load(&stage->failed))
			stage_result(stage, stage_do(stage, buf));
		rr_buf_put(buf);
	}
	if (stage->pipe->complete && !atomic_load(&stage->failed) && stage->ops->end)
		stage_result(stage, stage->ops->end(stage, &stage->err));
	thread_ended(stage->pipe);
	return NULL;
}

static void *reader_thread(void *arg)
{
	struct rr_pipeline *pipe = arg;

	rr_reader_main(pipe);
	atomic_store(&pipe->reading, false);
	for (size_t i = 0; i < pipe->flow.nstage; i++)
		rr_ring_close(&pipe->flow.stage[i]->ring); /* its lock publishes `complete` */
	thread_ended(pipe);
	return NULL;
}

static void pipe_free(struct rr_pipeline *pipe)
{
	struct rr_word word;

	while (rr_pipeline_word(pipe, &word))
		rr_map_free(word.map);
	for (size_t i = 0; i < pipe->flow.nstage; i++)
		rr_ring_destroy(&pipe->flow.stage[i]->ring);
	rr_pool_free(pipe->pool);
	rr_range_list_clear(&pipe->gone);
	pthread_mutex_destroy(&pipe->mu);
	pthread_cond_destroy(&pipe->cv);
	free(pipe->scratch);
	free(pipe->flow.stage);
	free(pipe);
}

static int pipe_init(struct rr_pipeline *pipe, const struct rr_flow *flow, struct rr_err *err)
{
	pipe->flow = *flow;
	pipe->flow.stage = calloc(flow->nstage, sizeof(*flow->stage));
	if (!pipe->flow.stage)
		return rr_fail_memory(err);
	memcpy(pipe->flow.stage, flow->stage, flow->nstage * sizeof(*flow->stage));
	pipe->word_end = &pipe->word;
	pipe->good = flow->known_good;
	pipe->next_checkpoint = rr_clock_ms() + flow->checkpoint_ms;
	pipe->load_us = rr_clock_us();
	atomic_store(&pipe->reading, true);
	pthread_mutex_init(&pipe->mu, NULL);
	rr_cond_init(&pipe->cv);
	return 0;
}

static int pipe_memory(struct rr_pipeline *pipe, struct rr_err *err)
{
	size_t align = rr_max(4096, pipe->flow.src->sector);
	void *scratch = NULL;

	if (rr_pool_new(&pipe->pool, BUFFERS, BUFFER_SIZE, align, retire, pipe, err) < 0)
		return -1;
	pipe->last.pool = pipe->pool;
	if (posix_memalign(&scratch, align, 2 * align) != 0)
		return rr_fail_memory(err);
	pipe->scratch = scratch;
	pipe->probe = pipe->scratch + align;
	for (size_t i = 0; i < pipe->flow.nstage; i++) {
		struct rr_stage *stage = pipe->flow.stage[i];

		stage->pipe = pipe;
		if (stage->vital)
			atomic_fetch_add(&pipe->vital, 1);
		if (rr_ring_init(&stage->ring, BUFFERS + 1, err) < 0)
			return -1;
	}
	return 0;
}

static int start_thread(struct rr_pipeline *pipe, pthread_t *thread, void *(*body)(void *),
			void *arg, struct rr_err *err)
{
	int os = pthread_create(thread, NULL, body, arg);

	if (os)
		return rr_fail(err, RR_SYSTEM, os, "cannot start a thread");
	pthread_mutex_lock(&pipe->mu);
	pipe->running++;
	pthread_mutex_unlock(&pipe->mu);
	return 0;
}

/* Started stages end by themselves once their rings are closed. */
static int pipe_run(struct rr_pipeline *pipe, struct rr_err *err)
{
	size_t n = 0;
	int rc = 0;

	pthread_mutex_lock(&pipe->mu);
	pipe->running = 1; /* nobody reaches 0 before all are counted */
	pthread_mutex_unlock(&pipe->mu);
	for (; n < pipe->flow.nstage && rc == 0; n++)
		rc = start_thread(pipe, &pipe->flow.stage[n]->thread, stage_main,
				  pipe->flow.stage[n], err);
	if (rc == 0)
		rc = start_thread(pipe, &pipe->reader, reader_thread, pipe, err);
	else
		n--;
	if (rc < 0)
		for (size_t i = 0; i < n; i++) {
			rr_ring_close(&pipe->flow.stage[i]->ring);
			(void)pthread_join(pipe->flow.stage[i]->thread,
					   NULL); /* ours, joined once */
		}
	thread_ended(pipe);
	return rc;
}

int rr_pipeline_start(struct rr_pipeline **out, const struct rr_flow *flow, struct rr_err *err)
{
	struct rr_pipeline *pipe = calloc(1, sizeof(*pipe));

	if (!pipe)
		return rr_fail_memory(err);
	if (pipe_init(pipe, flow, err) < 0) {
		free(pipe);
		return -1;
	}
	if (pipe_memory(pipe, err) < 0 || pipe_run(pipe, err) < 0) {
		pipe_free(pipe);
		return -1;
	}
	*out = pipe;
	return 0;
}

bool rr_pipeline_wait(struct rr_pipeline *pipe, unsigned ms)
{
	struct timespec until = rr_until(ms);
	bool ended;
	int os = 0;

	pthread_mutex_lock(&pipe->mu);
	while (pipe->running && os == 0)
		os = pthread_cond_timedwait(&pipe->cv, &pipe->mu, &until);
	ended = pipe->running == 0;
	pthread_mutex_unlock(&pipe->mu);
	return ended;
}

static uint64_t since(atomic_ullong *began, uint64_t now)
{
	uint64_t ms = atomic_load(began);

	return ms && now > ms ? now - ms : 0;
}

void rr_pipeline_counts(struct rr_pipeline *pipe, struct rr_counts *now)
{
	uint64_t ms = rr_clock_ms();

	now->done = atomic_load(&pipe->done);
	now->bad = atomic_load(&pipe->bad);
	now->pos = atomic_load(&pipe->pos);
	now->silent_ms = since(&pipe->busy_since, ms);
	now->reading = atomic_load(&pipe->reading);
	now->retried = atomic_load(&pipe->retried);
	for (size_t i = 0; i < pipe->flow.nstage; i++) {
		struct rr_stage *stage = pipe->flow.stage[i];
		uint64_t silent = since(&stage->busy_since, ms);

		if (silent <= now->silent_ms)
			continue;
		now->silent_ms = silent;
		if (silent >= SILENT_MS) /* else it is only the one that is just at work */
			now->pos = atomic_load(&stage->pos);
	}
}

void rr_pipeline_done(struct rr_pipeline *pipe, struct rr_range_list *list)
{
	pthread_mutex_lock(&pipe->mu);
	*list = pipe->gone;
	pipe->gone = (struct rr_range_list){ 0 };
	pthread_mutex_unlock(&pipe->mu);
}

void rr_pipeline_shares(struct rr_pipeline *pipe, struct rr_share *share, size_t n)
{
	uint64_t ms = rr_clock_ms();

	memset(share, 0, n * sizeof(*share));
	for (size_t i = 0; i < pipe->flow.nstage; i++) {
		struct rr_stage *stage = pipe->flow.stage[i];

		if (stage->dest == 0 || stage->dest > n)
			continue;
		share[stage->dest - 1] =
			(struct rr_share){ .active = true,
					   .failed = atomic_load(&stage->failed),
					   .bytes = atomic_load(&stage->took),
					   .silent_ms = since(&stage->busy_since, ms) };
	}
}

void rr_pipe_rest(struct rr_pipeline *pipe)
{
	pthread_mutex_lock(&pipe->mu);
	while (pipe->pause && !atomic_load(&pipe->stop))
		pthread_cond_wait(&pipe->cv, &pipe->mu);
	pthread_mutex_unlock(&pipe->mu);
}

void rr_pipeline_pause(struct rr_pipeline *pipe, bool pause)
{
	pthread_mutex_lock(&pipe->mu);
	pipe->pause = pause;
	pthread_cond_broadcast(&pipe->cv);
	pthread_mutex_unlock(&pipe->mu);
}

void rr_pipeline_stop(struct rr_pipeline *pipe)
{
	pthread_mutex_lock(&pipe->mu);
	atomic_store(&pipe->stop, true);
	pthread_cond_broadcast(&pipe->cv); /* a reader that rests */
	pthread_mutex_unlock(&pipe->mu);
	rr_pool_stop(pipe->pool);
}

int rr_pipeline_join(struct rr_pipeline *pipe, struct rr_err *err)
{
	int rc = 0;

	(void)pthread_join(pipe->reader, NULL); /* ours, joined once */
	for (size_t i = 0; i < pipe->flow.nstage; i++)
		(void)pthread_join(pipe->flow.stage[i]->thread, NULL);
	if (!pipe->complete) {
		*err = pipe->err;
		rc = -1;
	}
	pipe_free(pipe);
	return rc;
}

void rr_pipeline_abandon(struct rr_pipeline *pipe)
{
	(void)pthread_detach(pipe->reader); /* ours, not joined */
	for (size_t i = 0; i < pipe->flow.nstage; i++)
		(void)pthread_detach(pipe->flow.stage[i]->thread);
}
