/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ring.c - hands buffers from one thread to another, oldest first.
 * Owns: its slots; never the buffers.   Threads: one pusher, one popper. */
#include "rawright/buf.h"

int rr_ring_init(struct rr_ring *ring, size_t room, struct rr_err *err)
{
	*ring = (struct rr_ring){ .room = room };
	ring->slot = calloc(room, sizeof(*ring->slot));
	if (!ring->slot)
		return rr_fail_memory(err);
	pthread_mutex_init(&ring->mu, NULL);
	pthread_cond_init(&ring->cv, NULL);
	return 0;
}

void rr_ring_push(struct rr_ring *ring, struct rr_buf *buf)
{
	pthread_mutex_lock(&ring->mu);
	ring->slot[(ring->head + ring->count) % ring->room] = buf;
	ring->count++;
	pthread_cond_signal(&ring->cv);
	pthread_mutex_unlock(&ring->mu);
}

struct rr_buf *rr_ring_pop(struct rr_ring *ring)
{
	struct rr_buf *buf = NULL;

	pthread_mutex_lock(&ring->mu);
	while (!ring->count && !ring->closed)
		pthread_cond_wait(&ring->cv, &ring->mu);
	if (ring->count) {
		buf = ring->slot[ring->head];
		ring->head = (ring->head + 1) % ring->room;
		ring->count--;
	}
	pthread_mutex_unlock(&ring->mu);
	return buf;
}

void rr_ring_close(struct rr_ring *ring)
{
	pthread_mutex_lock(&ring->mu);
	ring->closed = true;
	pthread_cond_broadcast(&ring->cv);
	pthread_mutex_unlock(&ring->mu);
}

void rr_ring_destroy(struct rr_ring *ring)
{
	if (!ring->slot)
		return;
	pthread_mutex_destroy(&ring->mu);
	pthread_cond_destroy(&ring->cv);
	free(ring->slot);
	ring->slot = NULL;
}
