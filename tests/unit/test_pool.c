/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pool.c - proves that buffers are bounded, come home exactly once, and travel rings in order.
 * Owns: nothing.   Threads: a reader and workers, as in the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rawright/buf.h"

#define COUNT 4
#define SIZE 8192
#define WORKERS 3
#define ROUNDS 20000

static void count_retired(void *ctx, const struct rr_buf *buf)
{
	(void)buf;
	atomic_fetch_add((atomic_uint *)ctx, 1);
}

static struct rr_pool *new_pool(atomic_uint *retired)
{
	struct rr_pool *pool = NULL;
	struct rr_err err;

	atomic_init(retired, 0);
	assert_int_equal(rr_pool_new(&pool, COUNT, SIZE, 4096, count_retired, retired, &err), 0);
	return pool;
}

static void buffers_are_aligned_and_apart(void **state)
{
	atomic_uint retired;
	struct rr_pool *pool = new_pool(&retired);
	struct rr_buf *buf[COUNT];

	(void)state;
	assert_int_equal(rr_pool_buf_size(pool), SIZE);
	for (int i = 0; i < COUNT; i++) {
		buf[i] = rr_pool_get(pool);
		assert_non_null(buf[i]);
		assert_int_equal((uintptr_t)buf[i]->data % 4096, 0);
		memset(buf[i]->data, i, SIZE);
	}
	for (int i = 0; i < COUNT; i++) {
		for (size_t k = 0; k < SIZE; k++)
			assert_int_equal(buf[i]->data[k], i);
		rr_pool_unget(buf[i]);
	}
	assert_int_equal(atomic_load(&retired), 0);
	rr_pool_free(pool);
	rr_pool_free(NULL);
}

static void the_last_put_brings_it_home(void **state)
{
	atomic_uint retired;
	struct rr_pool *pool = new_pool(&retired);
	struct rr_buf *buf = rr_pool_get(pool);

	(void)state;
	rr_buf_share(buf, 3);
	rr_buf_put(buf);
	rr_buf_put(buf);
	assert_int_equal(atomic_load(&retired), 0);
	rr_buf_put(buf);
	assert_int_equal(atomic_load(&retired), 1);
	rr_pool_free(pool);
}

static void a_reused_buffer_knows_nothing(void **state)
{
	atomic_uint retired;
	struct rr_pool *pool = new_pool(&retired);

	(void)state;
	for (int i = 0; i < 2 * COUNT; i++) {
		struct rr_buf *buf = rr_pool_get(pool);

		assert_int_equal(buf->state, RR_FINISHED);
		assert_int_equal(buf->len, 0);
		assert_null(buf->token);
		buf->state = RR_BAD;
		buf->len = 77;
		buf->token = &retired;
		rr_buf_share(buf, 1);
		rr_buf_put(buf);
	}
	rr_pool_free(pool);
}

struct waiter {
	struct rr_pool *pool;
	struct rr_buf *got;
	atomic_bool back;
};

static void *wait_for_one(void *ctx)
{
	struct waiter *w = ctx;

	w->got = rr_pool_get(w->pool);
	atomic_store(&w->back, true);
	return NULL;
}

static void an_empty_pool_makes_the_reader_wait(void **state)
{
	atomic_uint retired;
	struct waiter w = { .pool = new_pool(&retired) };
	struct rr_buf *buf[COUNT];
	pthread_t thread;

	(void)state;
	for (int i = 0; i < COUNT; i++)
		buf[i] = rr_pool_get(w.pool);
	assert_int_equal(pthread_create(&thread, NULL, wait_for_one, &w), 0);
	usleep(50000);
	assert_false(atomic_load(&w.back));
	rr_buf_share(buf[2], 1);
	rr_buf_put(buf[2]);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_ptr_equal(w.got, buf[2]);
	rr_pool_free(w.pool);
}

static void stopping_wakes_the_reader_for_good(void **state)
{
	atomic_uint retired;
	struct waiter w = { .pool = new_pool(&retired) };
	struct rr_buf *buf[COUNT];
	pthread_t thread;

	(void)state;
	for (int i = 0; i < COUNT; i++)
		buf[i] = rr_pool_get(w.pool);
	w.got = buf[0];
	assert_int_equal(pthread_create(&thread, NULL, wait_for_one, &w), 0);
	usleep(50000);		/* it waits by now, most likely: both ways must work */
	rr_pool_stop(w.pool);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_null(w.got);
	rr_pool_unget(buf[1]);
	assert_null(rr_pool_get(w.pool));
	rr_pool_free(w.pool);
}

static void rings_keep_the_order(void **state)
{
	struct rr_buf buf[COUNT];
	struct rr_ring ring;
	struct rr_err err;

	(void)state;
	assert_int_equal(rr_ring_init(&ring, COUNT, &err), 0);
	for (int round = 0; round < 3; round++) {	/* the slots' end lies in the middle */
		for (int i = 0; i < COUNT - 1; i++)
			rr_ring_push(&ring, &buf[i]);
		for (int i = 0; i < COUNT - 1; i++)
			assert_ptr_equal(rr_ring_pop(&ring), &buf[i]);
	}
	rr_ring_push(&ring, &buf[0]);
	rr_ring_push(&ring, &buf[1]);
	rr_ring_close(&ring);
	assert_ptr_equal(rr_ring_pop(&ring), &buf[0]);
	assert_ptr_equal(rr_ring_pop(&ring), &buf[1]);
	assert_null(rr_ring_pop(&ring));
	assert_null(rr_ring_pop(&ring));
	rr_ring_destroy(&ring);
}

struct worker {
	pthread_t thread;
	struct rr_ring ring;
	uint64_t sum, next;
	bool in_order;
};

static void *work(void *ctx)
{
	struct worker *w = ctx;
	struct rr_buf *buf;

	w->in_order = true;
	while ((buf = rr_ring_pop(&w->ring)) != NULL) {
		uint64_t n;

		memcpy(&n, buf->data, sizeof(n));
		w->in_order = w->in_order && buf->off == w->next++ && n == buf->off * 3;
		w->sum += n;
		rr_buf_put(buf);
	}
	return NULL;
}

static void many_workers_see_every_buffer(void **state)
{
	atomic_uint retired;
	struct rr_pool *pool = new_pool(&retired);
	struct worker w[WORKERS] = { { .sum = 0 } };
	struct rr_err err;

	(void)state;
	for (int i = 0; i < WORKERS; i++) {
		assert_int_equal(rr_ring_init(&w[i].ring, COUNT, &err), 0);
		assert_int_equal(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
	}
	for (uint64_t n = 0; n < ROUNDS; n++) {
		struct rr_buf *buf = rr_pool_get(pool);
		uint64_t value = n * 3;

		assert_non_null(buf);
		buf->off = n;
		buf->len = sizeof(value);
		memcpy(buf->data, &value, sizeof(value));
		rr_buf_share(buf, WORKERS);
		for (int i = 0; i < WORKERS; i++)
			rr_ring_push(&w[i].ring, buf);
	}
	for (int i = 0; i < WORKERS; i++)
		rr_ring_close(&w[i].ring);
	for (int i = 0; i < WORKERS; i++) {
		assert_int_equal(pthread_join(w[i].thread, NULL), 0);
		assert_true(w[i].in_order);
		assert_true(w[i].sum == UINT64_C(3) * ROUNDS * (ROUNDS - 1) / 2);
		rr_ring_destroy(&w[i].ring);
	}
	assert_int_equal(atomic_load(&retired), ROUNDS);
	rr_pool_free(pool);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buffers_are_aligned_and_apart),
		cmocka_unit_test(the_last_put_brings_it_home),
		cmocka_unit_test(a_reused_buffer_knows_nothing),
		cmocka_unit_test(an_empty_pool_makes_the_reader_wait),
		cmocka_unit_test(stopping_wakes_the_reader_for_good),
		cmocka_unit_test(rings_keep_the_order),
		cmocka_unit_test(many_workers_see_every_buffer),
	};

	alarm(120);	/* a lost wake-up is a failure, not a hang */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
