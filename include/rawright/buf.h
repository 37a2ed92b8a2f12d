/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buf.h - buffers that many threads read, a pool that bounds them, rings that carry them. */
#ifndef RR_BUF_H
#define RR_BUF_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"
#include "rawright/err.h"
#include "rawright/map.h"

struct rr_pool;

/* A range of the source on its way. Filled by the reader alone; read-only from the first push on.
 * len 0 is a checkpoint token: whoever meets it makes durable what came before. */
struct rr_buf {
	uint64_t off;		/* position in the source */
	size_t len;
	unsigned char *data;
	enum rr_state state;	/* RR_FINISHED, or RR_BAD: data is the fill */
	void *token;		/* with len 0: what the checkpoint stands for; not owned */
	atomic_uint refs;
	struct rr_pool *pool;
	struct rr_buf *next;
};

/* Called by the thread that puts a buffer last: every holder is through with it. */
typedef void rr_retire_fn(void *ctx, const struct rr_buf *buf);

RR_MUST int rr_pool_new(struct rr_pool **out, size_t count, size_t size, size_t align,
			rr_retire_fn *retire, void *ctx, struct rr_err *err);
size_t rr_pool_buf_size(const struct rr_pool *pool);
/* Waits for a free buffer: the only place where the reader waits for others. NULL once stopped. */
RR_MUST struct rr_buf *rr_pool_get(struct rr_pool *pool);
/* Gives a buffer back that was never pushed. */
void rr_pool_unget(struct rr_buf *buf);
/* Before the first push: how many holders will put it. */
void rr_buf_share(struct rr_buf *buf, unsigned refs);
void rr_buf_put(struct rr_buf *buf);
/* Wakes the reader for good. Any thread. */
void rr_pool_stop(struct rr_pool *pool);
/* All buffers must be home. NULL allowed. */
void rr_pool_free(struct rr_pool *pool);

/* One pusher, one popper. */
struct rr_ring {
	pthread_mutex_t mu;
	pthread_cond_t cv;
	struct rr_buf **slot;
	size_t room, head, count;
	bool closed;
};
RR_MUST int rr_ring_init(struct rr_ring *ring, size_t room, struct rr_err *err);
/* room = the pool's count: never waits */
void rr_ring_push(struct rr_ring *ring, struct rr_buf *buf);
/* waits; NULL when closed and empty */
RR_MUST struct rr_buf *rr_ring_pop(struct rr_ring *ring);
void rr_ring_close(struct rr_ring *ring);
void rr_ring_destroy(struct rr_ring *ring);

#endif
