/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_wish.c - proves what a person at a reporter can wish for while a job runs: a pause in which
 * not one read begins and no time counts, no verification, the end; and that every range a pass is
 * through with is told, once.
 * Owns: nothing.   Threads: a job's. */
#include <errno.h>
#include <string.h>

#include "fake.h"
#include "rawright/clock.h"

#define SECTOR 512u
#define SIZE   ((UINT64_C(3) << 20) + 7 * SECTOR + 100)
#define SLOW   30000 /* us of a read */

static unsigned wish; /* what the reporter of this test wants now */

static unsigned wanted(struct rr_reporter *base)
{
	(void)base;
	return wish;
}

struct seen {
	struct fake_job job; /* first: its hook is given it */
	uint64_t copied, verified, next; /* bytes told as done; where the next range must begin */
	bool gap; /* they did not come in order, each once */
	uint64_t begun_ms, calls, elapsed_ms; /* of the pause: when, and what there was before */
	unsigned paused, digests, share_ticks;
	bool grew; /* a read began in the pause, or its time counted */
	bool note, slow_said;
};

static void done(struct seen *s, const struct rr_event *ev)
{
	bool copy = strcmp(ev->name, "copy") == 0;

	s->gap |= ev->off != s->next;
	s->next = ev->off + ev->len;
	if (copy)
		s->copied += ev->len;
	else
		s->verified += ev->len;
}

static void progress(struct seen *s, const struct rr_progress *now)
{
	s->share_ticks += now->nshare == 1 && now->share[0].active;
	s->slow_said |= now->slowest && strcmp(now->slowest, "source") == 0;
	if (!now->paused)
		return;
	s->grew |= s->paused > 1 &&
		   (s->job.drive->calls != s->calls || now->elapsed_ms > s->elapsed_ms);
	s->calls = s->job.drive->calls;
	s->elapsed_ms = now->elapsed_ms;
	s->paused++;
}

static int watch(struct fake_job *job, const struct rr_event *ev)
{
	struct seen *s = (struct seen *)job;

	if (ev->type == RR_EV_PHASE)
		s->next = 0;
	if (ev->type == RR_EV_DONE)
		done(s, ev);
	if (ev->type == RR_EV_PROGRESS)
		progress(s, &ev->now);
	s->digests += ev->type == RR_EV_DIGEST;
	s->note |= ev->type == RR_EV_NOTE && strstr(ev->text, "skipped");
	return 0;
}

static struct seen *begin(struct fake_drive *drive)
{
	struct seen *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	wish = 0;
	fake_job_init(&s->job, drive);
	s->job.reporter.wish = wanted;
	s->job.hook = watch;
	return s;
}

static void over(struct seen *s)
{
	fake_job_free(&s->job);
	fake_drive_free(s->job.drive);
	free(s);
}

static void every_range_is_told_once(void **state)
{
	struct seen *s = begin(fake_drive_new(SIZE, SECTOR, 1));

	(void)state;
	fake_drive_damage(s->job.drive, 100, 3, FAKE_EVER, EIO);
	fake_job_run(&s->job);
	assert_int_equal(s->job.result.exit, RR_EXIT_BAD_SECTORS);
	assert_false(s->gap);
	assert_true(s->copied == SIZE);
	assert_true(s->verified == SIZE);
	assert_int_equal(s->digests, 1);
	assert_int_equal(s->job.job.nplan, 3);
	assert_string_equal(s->job.job.plan[0], "copy");
	assert_string_equal(s->job.job.plan[2], "verify");
	over(s);
}

/* By positions of the image, also where the source is read from its middle on. */
static void ranges_are_those_of_the_image(void **state)
{
	struct seen *s = begin(fake_drive_new(SIZE, SECTOR, 2));

	(void)state;
	s->job.conf.offset = 100 * SECTOR;
	s->job.conf.length = SIZE - 100 * SECTOR;
	fake_job_run(&s->job);
	assert_false(s->gap);
	assert_true(s->copied == s->job.conf.length);
	assert_true(s->verified == s->job.conf.length);
	over(s);
}

static int pause_a_while(struct fake_job *job, const struct rr_event *ev)
{
	struct seen *s = (struct seen *)job;

	(void)watch(job, ev);
	if (ev->type == RR_EV_PROGRESS && !s->begun_ms) {
		s->begun_ms = rr_clock_ms();
		wish = RR_WISH_PAUSE;
	}
	if (s->paused >= 5)
		wish = 0;
	return 0;
}

static void in_a_pause_nothing_is_read(void **state)
{
	struct seen *s = begin(fake_drive_new(SIZE, SECTOR, 3));

	(void)state;
	s->job.drive->us = SLOW;
	s->job.hook = pause_a_while;
	fake_job_run(&s->job);
	assert_true(s->paused >= 5);
	assert_false(s->grew);
	assert_int_equal(s->job.result.exit, RR_EXIT_OK);
	assert_true(s->share_ticks > 0);
	fake_job_expect_whole(&s->job, 0);
	over(s);
}

static int pause_then_stop(struct fake_job *job, const struct rr_event *ev)
{
	struct seen *s = (struct seen *)job;

	(void)watch(job, ev);
	if (ev->type == RR_EV_PROGRESS)
		wish = RR_WISH_PAUSE;
	if (s->paused >= 2)
		wish |= RR_WISH_STOP;
	return 0;
}

static void a_stop_is_heard_in_a_pause(void **state)
{
	struct seen *s = begin(fake_drive_new(SIZE, SECTOR, 4));

	(void)state;
	s->job.drive->us = SLOW;
	s->job.hook = pause_then_stop;
	fake_job_run(&s->job);
	assert_false(s->job.job.stuck);
	assert_int_equal(s->job.result.exit, RR_EXIT_STOPPED);
	assert_string_equal(s->job.result.run[0].stopped_by, "request");
	fake_job_expect_truth(&s->job);
	over(s);
}

static int skip_at(struct fake_job *job, const struct rr_event *ev)
{
	(void)watch(job, ev);
	if (ev->type == RR_EV_PHASE && strcmp(ev->name, "verify") == 0)
		fake_job_xor(job, 0, 5, 1);
	if (ev->type == RR_EV_DONE && strcmp(ev->name, "verify") == 0)
		wish = RR_WISH_SKIP;
	return 0;
}

static void a_skipped_verification_is_no_verification(void **state)
{
	struct seen *s = begin(fake_drive_new(SIZE, SECTOR, 5));

	(void)state;
	wish = RR_WISH_SKIP;
	fake_job_run(&s->job);
	assert_int_equal(s->job.result.exit, RR_EXIT_OK);
	assert_int_equal(s->job.result.dest[0].status, RR_DEST_NOT_VERIFIED);
	assert_false(s->job.result.dest[0].verification.done);
	assert_true(s->verified == 0);
	assert_true(s->note);
	assert_int_equal(s->digests, 1);
	assert_false(fake_job_has(&s->job, 0, ".map"));
	over(s);
}

/* What a verification has found until it is given up is not forgotten. */
static void a_difference_outlives_the_skip(void **state)
{
	struct seen *s = begin(fake_drive_new(UINT64_C(48) << 20, SECTOR, 7));

	(void)state;
	s->job.hook = skip_at;
	fake_job_run(&s->job);
	assert_int_equal(s->job.result.dest[0].status, RR_DEST_DIFFERENT);
	assert_int_equal(s->job.result.exit, RR_EXIT_DIFFERENT);
	over(s);
}

static void who_is_slow_is_named(void **state)
{
	struct seen *s = begin(fake_drive_new(SIZE, SECTOR, 6));

	(void)state;
	s->job.drive->us = 150000;
	fake_job_run(&s->job);
	assert_true(s->slow_said);
	over(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_range_is_told_once),
		cmocka_unit_test(ranges_are_those_of_the_image),
		cmocka_unit_test(in_a_pause_nothing_is_read),
		cmocka_unit_test(a_stop_is_heard_in_a_pause),
		cmocka_unit_test(a_skipped_verification_is_no_verification),
		cmocka_unit_test(a_difference_outlives_the_skip),
		cmocka_unit_test(who_is_slow_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
