/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pipeline.c - proves what a pass makes of destinations that fail, at each of their calls: the
 * others go on, a checkpoint never claims what is not durable, and a stop ends it at any moment.
 * Owns: nothing.   Threads: a pipeline's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "rawright/clock.h"
#include "rawright/size.h"

#define SECTOR 4096u
#define SIZE   ((UINT64_C(3) << 20) + 5 * SECTOR + 100)
#define OFFSET (3 * (uint64_t)SECTOR) /* of the source, in some of the tests */

/* A pass to two disks, with a digest. */
struct shot {
	struct fake_drive *drive;
	struct fake_disk *disk[2];
	struct rr_map *map;
	struct rr_stage *stage[3];
	uint64_t off, len;
	struct fake_pass pass;
	uint64_t failed_flush; /* the checkpoint from which a disk must not be trusted */
};

static void shoot_at(struct shot *s, struct fake_drive *drive, uint64_t off)
{
	struct rr_sink_stage_conf conf = { .base = off };

	*s = (struct shot){ .drive = drive, .off = off, .len = drive->src.size - off };
	assert_int_equal(rr_map_new(&s->map, off, s->len, RR_NON_TRIED, NULL), 0);
	for (size_t i = 0; i < 2; i++) {
		s->disk[i] = fake_disk_new(s->len, 512);
		s->stage[i] = fake_disk_stage(s->disk[i], &conf, false);
	}
	assert_int_equal(rr_stage_digest_new(rr_digest_find("sha256"), &s->stage[2], NULL), 0);
	s->pass.flow = (struct rr_flow){ .src = &drive->src,
					 .map = s->map,
					 .stage = s->stage,
					 .nstage = 3,
					 .known_good = UINT64_MAX };
}

static void shoot(struct shot *s, struct fake_drive *drive)
{
	shoot_at(s, drive, 0);
}

static void clear(struct shot *s)
{
	for (size_t i = 0; i < 3; i++)
		rr_stage_free(s->stage[i]);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(s->disk[i]->closed, 1);
		assert_false(s->disk[i]->wrong);
		fake_disk_free(s->disk[i]);
	}
	assert_false(s->drive->wrong);
	rr_map_free(s->map);
	fake_pass_clear(&s->pass);
}

static bool failed(const struct shot *s, size_t i)
{
	return atomic_load(&s->stage[i]->failed);
}

static void expect_whole(const struct shot *s, size_t i)
{
	assert_false(failed(s, i));
	assert_int_equal(s->disk[i]->finishes, 1);
	assert_memory_equal(s->disk[i]->data, s->drive->data + s->off, s->len);
	fake_expect_durable(s->disk[i], s->map, s->off, s->disk[i]->flushes);
}

static void expect_failure(const struct shot *s, size_t i, int os)
{
	assert_true(failed(s, i));
	assert_int_equal(s->stage[i]->err.kind, RR_SYSTEM);
	assert_int_equal(s->stage[i]->err.os, os);
}

/* At each write, ENOSPC or EIO: the disk has failed and is not touched again; the other is whole,
 * and the pass reaches its end. */
static void a_write_that_fails_costs_one_destination(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 1);
	unsigned writes = 1;

	(void)state;
	for (unsigned k = 0; k <= writes; k++)
		for (unsigned bad = 0; bad < 2; bad++) {
			struct rr_digest_value digest;
			struct shot s;

			fake_drive_heal(drive);
			shoot_at(&s, drive, OFFSET);
			s.disk[bad]->fail_write = k;
			s.disk[bad]->os = bad ? EIO : ENOSPC;
			s.pass.flow.checkpoint_ms = 1;
			fake_pass_run(&s.pass);
			assert_int_equal(s.pass.rc, 0);
			expect_whole(&s, !bad);
			writes = s.disk[!bad]->writes;
			if (k < writes) {
				expect_failure(&s, bad, s.disk[bad]->os);
				assert_int_equal(s.disk[bad]->writes, k + 1);
				assert_int_equal(s.disk[bad]->finishes, 0);
			} else {
				expect_whole(&s, bad);
			}
			assert_true(rr_stage_digest_value(s.stage[2], s.len, &digest));
			fake_expect_digest(&digest, drive->data + OFFSET, (size_t)s.len);
			clear(&s);
		}
	fake_drive_free(drive);
}

static void flush_and_finish_that_fail_cost_one_destination(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 2);

	(void)state;
	for (unsigned how = 0; how < 4; how++) {
		unsigned bad = how & 1;
		struct shot s;

		fake_drive_heal(drive);
		shoot(&s, drive);
		s.disk[bad]->os = EIO;
		if (how & 2)
			s.disk[bad]->fail_flush = 0;
		else
			s.disk[bad]->fail_finish = 0;
		fake_pass_run(&s.pass);
		assert_int_equal(s.pass.rc, 0);
		expect_whole(&s, !bad);
		expect_failure(&s, bad, EIO);
		assert_int_equal(s.disk[bad]->flushes, 1);
		assert_int_equal(s.disk[bad]->finishes, how & 2 ? 0 : 1);
		clear(&s);
	}
	fake_drive_free(drive);
}

/* When the last destination has failed, nobody needs the bytes: the pass ends with its error, and
 * without reading on to the end. */
static void the_last_destination_that_fails_ends_the_pass(void **state)
{
	struct fake_drive *drive = fake_drive_new(UINT64_C(24) << 20, SECTOR, 3);

	(void)state;
	for (uint64_t k = 0; k < 4; k++) {
		struct shot s;

		fake_drive_heal(drive);
		drive->us = 2000;
		shoot(&s, drive);
		s.disk[0]->fail_write = 1;
		s.disk[1]->fail_write = k;
		fake_pass_run(&s.pass);
		assert_int_equal(s.pass.rc, -1);
		assert_int_equal(s.pass.err.kind, RR_SYSTEM);
		assert_int_equal(s.pass.err.os, ENOSPC);
		expect_failure(&s, 0, ENOSPC);
		expect_failure(&s, 1, ENOSPC);
		assert_true(rr_map_total(s.map, RR_FINISHED) < drive->src.size);
		clear(&s);
	}
	fake_drive_free(drive);
}

/* What rr_capture() does at a checkpoint, held against what each disk had made durable with the
 * flush of that very checkpoint. A disk that has failed is not believed any more. */
static void judge_checkpoint(void *ctx, const struct rr_map *map, unsigned n)
{
	struct shot *s = ctx;

	for (size_t i = 0; i < 2; i++)
		if (!failed(s, i))
			fake_expect_durable(s->disk[i], map, s->off, n);
	assert_true(!s->failed_flush || n < s->failed_flush || failed(s, 0));
}

static void slow_shot(struct shot *s, struct fake_drive *drive)
{
	fake_drive_heal(drive);
	drive->us = 1000;
	shoot_at(s, drive, OFFSET);
	s->disk[0]->us = 1500;
	s->disk[1]->us = 500;
	s->pass.flow.checkpoint_ms = 1;
	s->pass.checkpoint = judge_checkpoint;
	s->pass.ctx = s;
}

static void a_checkpoint_claims_only_what_is_durable(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 4);
	unsigned flushes = 1;

	(void)state;
	fake_drive_damage(drive, 300, 3, FAKE_EVER, EIO);
	for (uint64_t k = 0; k <= flushes && k < 15; k++) { /* slow builds have hundreds */
		struct shot s;

		slow_shot(&s, drive);
		s.disk[0]->fail_flush = k;
		s.failed_flush = k + 1;
		fake_pass_run(&s.pass);
		assert_int_equal(s.pass.rc, 0);
		flushes = s.disk[1]->flushes;
		assert_int_equal(flushes, s.pass.checkpoints);
		assert_true(flushes > 2);
		assert_int_equal(failed(&s, 0), k < flushes);
		fake_expect_truth(drive, s.disk[1]->data, s.pass.last, OFFSET, NULL);
		assert_true(rr_map_total(s.pass.last, RR_BAD) == 3 * SECTOR);
		clear(&s);
	}
	fake_drive_free(drive);
}

static void a_stop_at_any_moment_leaves_the_truth(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 5);
	uint64_t seed = 5;
	unsigned early = 0;

	(void)state;
	fake_drive_damage(drive, 300, 40, FAKE_EVER, EIO);
	for (unsigned round = 0; round < 30; round++) {
		struct shot s;

		slow_shot(&s, drive);
		s.pass.stop = true;
		s.pass.stop_us = (unsigned)fake_below(&seed, 60000);
		fake_pass_run(&s.pass);
		assert_int_equal(s.pass.err.kind, s.pass.rc ? RR_STOPPED : RR_OK);
		assert_int_equal(s.disk[0]->finishes, s.pass.rc == 0);
		early += s.pass.rc != 0;
		/* a last checkpoint follows a stop: nothing that was read is lost */
		assert_true(rr_map_total(s.pass.last, RR_FINISHED) ==
			    rr_map_total(s.map, RR_FINISHED));
		assert_true(rr_map_total(s.pass.last, RR_BAD) == rr_map_total(s.map, RR_BAD));
		fake_expect_truth(drive, s.disk[0]->data, s.pass.last, OFFSET, NULL);
		fake_expect_truth(drive, s.disk[1]->data, s.pass.last, OFFSET, NULL);
		clear(&s);
	}
	assert_true(early > 0);
	fake_drive_free(drive);
}

static void end_of(struct rr_pipeline *pipe, struct shot *s)
{
	struct rr_word word;

	assert_true(rr_pipeline_wait(pipe, fake_limit_ms(10000)));
	while (rr_pipeline_word(pipe, &word))
		rr_map_free(word.type == RR_WORD_CHECKPOINT ? word.map : NULL);
	s->pass.rc = rr_pipeline_join(pipe, &s->pass.err);
}

/* The reader waits for a buffer that a disk does not give back: the stop wakes it all the same. */
static void a_stop_wakes_a_reader_without_buffers(void **state)
{
	struct fake_drive *drive = fake_drive_new(UINT64_C(24) << 20, SECTOR, 6);
	struct rr_pipeline *pipe = NULL;
	struct rr_counts counts;
	struct shot s;
	uint64_t begun;

	(void)state;
	shoot(&s, drive);
	s.disk[0]->hold_at = 1;
	assert_int_equal(rr_pipeline_start(&pipe, &s.pass.flow, &s.pass.err), 0);
	fake_gate_await(&s.disk[0]->gate);
	assert_false(rr_pipeline_wait(pipe, 200)); /* long enough to use all buffers up */
	rr_pipeline_stop(pipe);
	begun = rr_clock_ms();
	do {
		assert_false(rr_pipeline_wait(pipe, 1));
		rr_pipeline_counts(pipe, &counts);
		assert_true(rr_clock_ms() - begun < fake_limit_ms(5000));
	} while (counts.reading);
	fake_gate_open(&s.disk[0]->gate);
	end_of(pipe, &s);
	assert_int_equal(s.pass.err.kind, RR_STOPPED);
	assert_true(rr_map_total(s.map, RR_FINISHED) > 0);
	fake_expect_truth(drive, s.disk[0]->data, s.map, 0, NULL);
	fake_expect_durable(s.disk[1], s.map, 0, 1);
	clear(&s);
	fake_drive_free(drive);
}

/* Whoever waited for a buffer asks whether it is still the same medium, before it reads on. */
static void after_a_rest_the_reader_asks_whether_it_is_there(void **state)
{
	struct fake_drive *drive = fake_drive_new(UINT64_C(24) << 20, SECTOR, 16);
	struct rr_pipeline *pipe = NULL;
	struct shot s;

	(void)state;
	drive->dead_from = 0;	/* its reads are good: only the question tells */
	shoot(&s, drive);
	s.disk[0]->hold_at = 0;
	assert_int_equal(rr_pipeline_start(&pipe, &s.pass.flow, &s.pass.err), 0);
	fake_gate_await(&s.disk[0]->gate);
	assert_false(rr_pipeline_wait(pipe, fake_limit_ms(1500))); /* the buffers are full */
	fake_gate_open(&s.disk[0]->gate);
	end_of(pipe, &s);
	assert_int_equal(s.pass.err.kind, RR_GONE);
	assert_true(rr_map_total(s.map, RR_FINISHED) > 0);
	assert_true(rr_map_total(s.map, RR_FINISHED) < drive->src.size);
	fake_expect_truth(drive, s.disk[0]->data, s.map, 0, NULL);
	clear(&s);
	fake_drive_free(drive);
}

static void a_read_that_does_not_answer_is_told_of(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 7);
	struct rr_pipeline *pipe = NULL;
	struct rr_counts counts;
	struct shot s;

	(void)state;
	drive->hold_at = 2;
	shoot(&s, drive);
	assert_int_equal(rr_pipeline_start(&pipe, &s.pass.flow, &s.pass.err), 0);
	fake_gate_await(&drive->gate);
	rr_pipeline_stop(pipe);
	assert_false(rr_pipeline_wait(pipe, 100));
	rr_pipeline_counts(pipe, &counts);
	assert_true(counts.reading);
	assert_true(counts.silent_ms >= 50 && counts.silent_ms < fake_limit_ms(10000));
	assert_true(counts.pos == drive->log[2].off);
	fake_gate_open(&drive->gate);
	end_of(pipe, &s);
	assert_int_equal(s.pass.err.kind, RR_STOPPED);
	assert_true(rr_map_total(s.map, RR_FINISHED) == drive->log[2].off + drive->log[2].len);
	clear(&s);
	fake_drive_free(drive);
}

/* A stage of the test's own: is every byte shown to it once, in order? */
struct witness {
	struct rr_stage base;
	uint64_t next, fail_at; /* it fails at the buffer that holds this */
	unsigned marks, ends;
	bool out_of_order;
};

static int witness_take(struct rr_stage *stage, const struct rr_buf *buf, struct rr_err *err)
{
	struct witness *w = (struct witness *)stage;

	w->out_of_order |= buf->off != w->next;
	w->next = buf->off + buf->len;
	if (w->fail_at < w->next)
		return rr_fail(err, RR_SYSTEM, ENOMEM, "a witness failed");
	return 0;
}

static int witness_mark(struct rr_stage *stage, struct rr_err *err)
{
	(void)err;
	((struct witness *)stage)->marks++;
	return 0;
}

static int witness_end(struct rr_stage *stage, struct rr_err *err)
{
	(void)err;
	((struct witness *)stage)->ends++;
	return 0;
}

/* Nobody is vital: the pass goes to its end whoever fails, and the others see it all. */
static void a_stage_that_fails_harms_no_other(void **state)
{
	static const struct rr_stage_ops ops = { .take = witness_take,
						 .mark = witness_mark,
						 .end = witness_end };
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 10);
	struct witness w[5] = { { .next = 0 } };
	struct rr_stage *stage[5];
	struct fake_pass pass = { .flow = { .src = &drive->src,
					    .stage = stage,
					    .nstage = 5,
					    .known_good = UINT64_MAX } };

	(void)state;
	fake_drive_damage(drive, 300, 3, FAKE_EVER, EIO);
	for (size_t i = 0; i < 5; i++) {
		w[i].base.ops = &ops;
		w[i].fail_at = i * 1000000; /* the last one: never */
		stage[i] = &w[i].base;
	}
	assert_int_equal(rr_map_new(&pass.flow.map, 0, SIZE, RR_NON_TRIED, NULL), 0);
	fake_pass_run(&pass);
	assert_int_equal(pass.rc, 0);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(atomic_load(&stage[i]->failed), i < 4);
		assert_false(w[i].out_of_order);
		assert_int_equal(w[i].marks, i < 4 ? 0 : 1);
		assert_int_equal(w[i].ends, i < 4 ? 0 : 1);
	}
	assert_true(w[4].next == SIZE && w[0].next < w[3].next);
	rr_map_free(pass.flow.map);
	fake_pass_clear(&pass);
	fake_drive_free(drive);
}

/* Blocks of zeros become holes where the destination has them, and the content is the same. */
static void zeros_become_holes(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 9);
	uint64_t seed = 9;

	(void)state;
	for (unsigned n = 0; n < 20; n++) {
		uint64_t at = fake_below(&seed, SIZE - 30000);

		memset(drive->data + at, 0, fake_below(&seed, 30000));
	}
	memset(drive->data, 0, 8192);
	memset(drive->data + SIZE - 5000, 0, 5000);
	for (unsigned how = 0; how < 4; how++) {
		struct rr_sink_stage_conf conf = { .sparse = how & 1 };
		struct fake_disk *disk = fake_disk_new(SIZE, 4);
		struct rr_map *map = NULL;
		struct fake_pass pass = { 0 };
		struct rr_stage *stage = fake_disk_stage(disk, &conf, how & 2);

		assert_int_equal(rr_map_new(&map, 0, SIZE, RR_NON_TRIED, NULL), 0);
		pass.flow = (struct rr_flow){ .src = &drive->src,
					      .map = map,
					      .stage = &stage,
					      .nstage = 1,
					      .known_good = UINT64_MAX };
		fake_pass_run(&pass);
		assert_int_equal(disk->holes > 10, how == 3);
		for (size_t i = 0; i < disk->nunit; i++)
			assert_int_equal(disk->written[i], 1);
		assert_memory_equal(disk->data, drive->data, SIZE);
		rr_stage_free(stage);
		fake_pass_clear(&pass);
		rr_map_free(map);
		fake_disk_free(disk);
	}
	fake_drive_free(drive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_write_that_fails_costs_one_destination),
		cmocka_unit_test(flush_and_finish_that_fail_cost_one_destination),
		cmocka_unit_test(the_last_destination_that_fails_ends_the_pass),
		cmocka_unit_test(a_checkpoint_claims_only_what_is_durable),
		cmocka_unit_test(a_stop_at_any_moment_leaves_the_truth),
		cmocka_unit_test(a_stop_wakes_a_reader_without_buffers),
		cmocka_unit_test(after_a_rest_the_reader_asks_whether_it_is_there),
		cmocka_unit_test(a_read_that_does_not_answer_is_told_of),
		cmocka_unit_test(a_stage_that_fails_harms_no_other),
		cmocka_unit_test(zeros_become_holes),
	};

	if (rr_digest_init(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
