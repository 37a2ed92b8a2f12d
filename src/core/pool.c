/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool.c - a bounded set of aligned buffers: the only place where the reader waits for others.
 * Owns: the buffers.   Threads: get by the reader, put by any. */
#include "rawright/buf.h"

struct rr_pool {
	pthread_mutex_t mu;
	pthread_cond_t cv;
	struct rr_buf *idle; /* guarded by mu */
	bool stopped; /* guarded by mu */
	struct rr_buf *all;
	unsigned char *memory;
	size_t count, size;
	rr_retire_fn *retire;
	void *ctx;
};

int rr_pool_new(struct rr_pool **out, size_t count, size_t size, size_t align, rr_retire_fn *retire,
		void *ctx, struct rr_err *err)
{
	struct rr_pool *pool = calloc(1, sizeof(*pool));
	void *memory = NULL;

	if (pool)
		pool->all = calloc(count, sizeof(*pool->all));
	if (!pool || !pool->all || posix_memalign(&memory, align, count * size) != 0) {
		if (pool)
			free(pool->all);
		free(pool);
		return rr_fail_memory(err);
	}
	pthread_mutex_init(&pool->mu, NULL);
	pthread_cond_init(&pool->cv, NULL);
	pool->memory = memory;
	pool->count = count;
	pool->size = size;
	pool->retire = retire;
	pool->ctx = ctx;
	for (size_t i = count; i-- > 0;) {
		pool->all[i].data = pool->memory + i * size;
		pool->all[i].pool = pool;
		pool->all[i].next = pool->idle;
		pool->idle = &pool->all[i];
	}
	*out = pool;
	return 0;
}

size_t rr_pool_buf_size(const struct rr_pool *pool)
{
	return pool->size;
}

struct rr_buf *rr_pool_get(struct rr_pool *pool)
{
	struct rr_buf *buf = NULL;

	pthread_mutex_lock(&pool->mu);
	while (!pool->idle && !pool->stopped)
		pthread_cond_wait(&pool->cv, &pool->mu);
	if (!pool->stopped) {
		buf = pool->idle;
		pool->idle = buf->next;
		buf->next = NULL;
		buf->token = NULL;
		buf->state = RR_FINISHED;
		buf->len = 0;
	}
	pthread_mutex_unlock(&pool->mu);
	return buf;
}

void rr_pool_unget(struct rr_buf *buf)
{
	struct rr_pool *pool = buf->pool;

	pthread_mutex_lock(&pool->mu);
	buf->next = pool->idle;
	pool->idle = buf;
	pthread_cond_signal(&pool->cv);
	pthread_mutex_unlock(&pool->mu);
}

void rr_buf_share(struct rr_buf *buf, unsigned refs)
{
	atomic_store(&buf->refs, refs);
}

void rr_buf_put(struct rr_buf *buf)
{
	if (atomic_fetch_sub(&buf->refs, 1) != 1)
		return;
	buf->pool->retire(buf->pool->ctx, buf);
	rr_pool_unget(buf);
}

void rr_pool_stop(struct rr_pool *pool)
{
	pthread_mutex_lock(&pool->mu);
	pool->stopped = true;
	pthread_cond_broadcast(&pool->cv);
	pthread_mutex_unlock(&pool->mu);
}

void rr_pool_free(struct rr_pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_destroy(&pool->mu);
	pthread_cond_destroy(&pool->cv);
	free(pool->memory);
	free(pool->all);
	free(pool);
}
