/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_pass.c - a pass over what fake.c makes, run to its end.
 * Owns: nothing.   Threads: the test's; the pipeline has its own. */
#include "fake.h"
#include "rawright/clock.h"

static void hear(struct fake_pass *pass, struct rr_pipeline *pipe)
{
	struct rr_word word;

	while (rr_pipeline_word(pipe, &word)) {
		if (word.type == RR_WORD_RANGE)
			assert_int_equal(rr_range_add(&pass->bad, &word.range, NULL), 0);
		if (word.type != RR_WORD_CHECKPOINT)
			continue;
		assert_non_null(word.map);
		pass->checkpoints++;
		if (pass->checkpoint)
			pass->checkpoint(pass->ctx, word.map, pass->checkpoints);
		rr_map_free(pass->last);
		pass->last = word.map;
	}
}

void fake_pass_run(struct fake_pass *pass)
{
	uint64_t limit = rr_clock_ms() + fake_limit_ms(20000);
	struct rr_pipeline *pipe = NULL;

	assert_int_equal(rr_pipeline_start(&pipe, &pass->flow, &pass->err), 0);
	if (pass->stop) {
		fake_nap(pass->stop_us);
		rr_pipeline_stop(pipe);
	}
	while (!rr_pipeline_wait(pipe, 5)) {
		hear(pass, pipe);
		assert_true(rr_clock_ms() < limit);
	}
	hear(pass, pipe);
	pass->rc = rr_pipeline_join(pipe, &pass->err);
}

void fake_pass_clear(struct fake_pass *pass)
{
	rr_range_list_clear(&pass->bad);
	rr_map_free(pass->last);
	*pass = (struct fake_pass){ 0 };
}

static int no_take(struct rr_stage *stage, const struct rr_buf *buf, struct rr_err *err)
{
	(void)stage;
	(void)buf;
	(void)err;
	return 0;
}

uint32_t fake_piece(void)
{
	static const struct rr_stage_ops ops = { .take = no_take };
	struct fake_drive *drive = fake_drive_new(UINT64_C(16) << 20, 512, 1);
	struct rr_stage stage = { .ops = &ops }, *stages = &stage;
	struct fake_pass pass = { .flow = { .src = &drive->src,
					    .stage = &stages,
					    .nstage = 1,
					    .known_good = UINT64_MAX } };
	uint32_t len;

	assert_int_equal(rr_map_new(&pass.flow.map, 0, drive->src.size, RR_NON_TRIED, NULL), 0);
	drive->fail_from = drive->fail_to = 0; /* only to see what is asked for */
	fake_pass_run(&pass);
	len = (uint32_t)drive->fail_len;
	rr_map_free(pass.flow.map);
	fake_pass_clear(&pass);
	fake_drive_free(drive);
	return len;
}
