/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_vusb_fault.c - proves whose turn it is when a command meets faults: by place, by order, by
 * count; what happens to data, to the drive, and what a reading of the description keeps.
 * Owns: nothing.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vusb_bench.h"

#define STICK_OF_100 "kind stick\nimage image\nserial S\n"

static int make(void **state)
{
	static struct bench bench;

	bench_make(&bench);
	bench_image(&bench, "image", 512, 100);
	bench_image(&bench, "other", 512, 50);
	*state = &bench;
	return 0;
}

static int clean(void **state)
{
	bench_close(*state);
	return 0;
}

static void for_ever_is_for_ever(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "on read 10-11 unreadable\n", false);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(bench_read(b, 8, 8), CHECK);
		bench_fails(b, "3/11/00");
		assert_true(b->drive.sense.placed && b->drive.sense.at == 10);
		assert_int_equal(b->answer.len, 2 * 512);
		assert_int_equal(b->answer.data[512], bench_byte(9));
	}
	assert_int_equal(bench_read(b, 12, 8), GOOD);
	assert_int_equal(bench_read(b, 2, 8), GOOD);
	assert_int_equal(bench_read(b, 11, 1), CHECK);
	assert_int_equal(b->answer.len, 0);
}

static void so_many_tries_and_no_more(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "on read 10 unreadable times 2\n", false);
	assert_int_equal(bench_read(b, 10, 1), CHECK);
	assert_int_equal(bench_read(b, 9, 3), CHECK);
	assert_int_equal(bench_read(b, 11, 1), GOOD);
	assert_int_equal(bench_read(b, 10, 1), GOOD);
	assert_int_equal(bench_read(b, 10, 1), GOOD);
}

static void some_are_let_go_first(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "on read 10 unreadable after 2 times 1\n", false);
	assert_int_equal(bench_read(b, 10, 1), GOOD);
	assert_int_equal(bench_read(b, 10, 1), GOOD);
	assert_int_equal(bench_read(b, 10, 1), CHECK);
	assert_int_equal(bench_read(b, 10, 1), GOOD);
}

/* A drive that stops at 10 never came to 20: the one try there is still to come. */
static void what_is_not_reached_is_not_counted(void **state)
{
	struct bench *b = *state;

	bench_open(b,
		   STICK_OF_100 "on read 20 unreadable times 1\non read 10 aborted times 1\n"
				"on read 20 differs\n",
		   false);
	assert_int_equal(bench_read(b, 5, 30), CHECK);
	bench_fails(b, "b/00/00");
	assert_int_equal(bench_read(b, 5, 30), CHECK);
	bench_fails(b, "3/11/00");
	assert_true(b->drive.sense.at == 20);
	assert_int_equal(bench_read(b, 5, 30), GOOD);
}

/* At the same sector the first line has its turn, and hands over when it has had it. */
static void at_one_place_the_first_line_counts(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "on read 10 aborted times 1\non read 10 hardware times 1\n",
		   false);
	assert_int_equal(bench_read(b, 10, 1), CHECK);
	bench_fails(b, "b/00/00");
	assert_int_equal(bench_read(b, 10, 1), CHECK);
	bench_fails(b, "4/44/00");
	assert_int_equal(bench_read(b, 10, 1), GOOD);
}

static void reads_and_writes_are_two_things(void **state)
{
	static const uint8_t data[512];
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "on write 10 unwritable\non read 20 unreadable\n", false);
	b->out = data;
	b->out_len = sizeof(data);
	assert_int_equal(bench_read(b, 10, 1), GOOD);
	assert_int_equal(bench_ask(b, "2a 00 00 00 00 0a 00 00 01 00"), CHECK);
	bench_fails(b, "3/0c/00");
	assert_int_equal(bench_ask(b, "2a 00 00 00 00 14 00 00 01 00"), GOOD);
}

static void slow_ones_add_up(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "on read 10 slow 300ms\non read 12 slow 1s times 1\n", false);
	assert_int_equal(bench_read(b, 10, 1), GOOD);
	assert_int_equal(b->answer.wait_ms, 300);
	assert_int_equal(bench_read(b, 10, 5), GOOD);
	assert_int_equal(b->answer.wait_ms, 1300);
	assert_int_equal(bench_read(b, 10, 5), GOOD);
	assert_int_equal(b->answer.wait_ms, 300);
	assert_int_equal(bench_read(b, 11, 1), GOOD);
	assert_int_equal(b->answer.wait_ms, 0);
}

static void data_are_changed_as_said(void **state)
{
	struct bench *b = *state;
	uint8_t first;

	bench_open(b, STICK_OF_100 "on read 10 zeros\non read 11 wrong\non read 12 differs\n",
		   false);
	assert_int_equal(bench_read(b, 9, 5), GOOD);
	assert_int_equal(b->answer.data[0], bench_byte(9));
	assert_int_equal(b->answer.data[512], 0);
	assert_int_equal(b->answer.data[1023], 0);
	assert_int_not_equal(b->answer.data[1024], bench_byte(11));
	first = b->answer.data[1024];
	assert_int_equal(b->answer.data[1536], bench_byte(12));
	assert_int_equal(b->answer.data[2048], bench_byte(13));
	assert_int_equal(bench_read(b, 11, 2), GOOD);
	assert_int_equal(b->answer.data[0], first);
	assert_int_not_equal(b->answer.data[512], bench_byte(12));
	first = b->answer.data[512];
	assert_int_equal(bench_read(b, 12, 1), GOOD);
	assert_int_not_equal(b->answer.data[0], first);
}

static void writes_vanish_or_go_wrong(void **state)
{
	uint8_t data[3 * 512];
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "on write 10 vanishes\non write 11 wrong\n", false);
	memset(data, 0xee, sizeof(data));
	b->out = data;
	b->out_len = sizeof(data);
	assert_int_equal(bench_ask(b, "2a 00 00 00 00 0a 00 00 03 00"), GOOD);
	assert_int_equal(bench_read(b, 10, 3), GOOD);
	assert_int_equal(b->answer.data[0], bench_byte(10));
	assert_int_not_equal(b->answer.data[512], 0xee);
	assert_int_not_equal(b->answer.data[512], bench_byte(11));
	assert_int_equal(b->answer.data[1024], 0xee);
}

static void short_means_half_and_good(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "on read 10 short times 1\n", false);
	assert_int_equal(bench_read(b, 10, 4), GOOD);
	assert_int_equal(b->answer.len, 1024);
	assert_int_equal(b->answer.data[0], bench_byte(10));
	assert_int_equal(bench_read(b, 10, 4), GOOD);
	assert_int_equal(b->answer.len, 2048);
}

static void a_drive_can_be_mute_or_gone(void **state)
{
	struct bench *b = *state;

	bench_open(b,
		   STICK_OF_100 "on read 10 mute times 1\non read 20 gone back 2s\n"
				"on read 30 phase-error times 1\n",
		   false);
	assert_int_equal(bench_read(b, 10, 1), MUTE);
	assert_int_equal(bench_read(b, 10, 1), GOOD);
	assert_int_equal(bench_read(b, 30, 1), PHASE_ERROR);
	assert_int_equal(bench_read(b, 20, 1), GONE);
	assert_non_null(b->answer.fault);
	assert_int_equal(b->answer.fault->time_ms, 2000);
	assert_int_equal(bench_read(b, 20, 1), GOOD);
	assert_null(b->answer.fault);
}

static void not_ready_for_a_while(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "on read 10 not-ready 2s\n", false);
	b->drive.now_ms = 1000;
	assert_int_equal(bench_read(b, 10, 1), CHECK);
	bench_fails(b, "2/04/01");
	b->drive.now_ms = 2999;
	assert_int_equal(bench_read(b, 50, 1), CHECK);
	bench_fails(b, "2/04/01");
	assert_int_equal(bench_ask(b, "00 00 00 00 00 00"), CHECK);
	b->drive.now_ms = 3000;
	assert_int_equal(bench_read(b, 10, 1), GOOD);
}

static void another_medium_is_told_once(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "on read 60 swap other\non read 10 attention\n", false);
	assert_int_equal(bench_read(b, 10, 1), CHECK);
	bench_fails(b, "6/28/00");
	assert_int_equal(bench_read(b, 10, 1), GOOD);
	assert_int_equal(bench_read(b, 60, 1), CHECK);
	bench_fails(b, "6/28/00");
	assert_int_equal(bench_read(b, 60, 1), CHECK);
	bench_fails(b, "5/21/00");
	assert_int_equal(bench_ask(b, "25"), GOOD);
	bench_begins(b, "00 00 00 31 00 00 02 00");
}

static void a_medium_can_be_ejected_by_itself(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "on read 10 eject\n", false);
	assert_int_equal(bench_read(b, 9, 2), CHECK);
	bench_fails(b, "2/3a/00");
	assert_int_equal(bench_read(b, 9, 1), CHECK);
	bench_fails(b, "2/3a/00");
}

static void a_line_that_stays_goes_on_counting(void **state)
{
	struct bench *b = *state;
	enum change change;
	struct rr_err err;

	bench_open(b, STICK_OF_100 "on read 10 unreadable times 3\n", false);
	assert_int_equal(bench_read(b, 10, 1), CHECK);
	assert_int_equal(bench_read(b, 10, 1), CHECK);
	bench_describe(b, STICK_OF_100 "on read 20 unreadable\non  read 10 unreadable times 3\n");
	assert_int_equal(drive_reload(&b->drive, &change, &err), 0);
	assert_int_equal(change, CHANGE_NONE);
	assert_int_equal(bench_read(b, 20, 1), CHECK);
	assert_int_equal(bench_read(b, 10, 1), CHECK);
	assert_int_equal(bench_read(b, 10, 1), GOOD);
}

static void a_bad_description_changes_nothing(void **state)
{
	struct bench *b = *state;
	enum change change;
	struct rr_err err;

	bench_open(b, STICK_OF_100, false);
	bench_describe(b, STICK_OF_100 "on read explode\n");
	assert_int_equal(drive_reload(&b->drive, &change, &err), -1);
	bench_describe(b, "kind stick\nserial S\nimage missing\n");
	assert_int_equal(drive_reload(&b->drive, &change, &err), -1);
	assert_int_equal(bench_read(b, 60, 1), GOOD);
	bench_describe(b, "kind stick\nserial S\nimage other\n");
	assert_int_equal(drive_reload(&b->drive, &change, &err), 0);
	assert_int_equal(change, CHANGE_MEDIUM);
	assert_int_equal(bench_read(b, 1, 1), CHECK);
	bench_fails(b, "6/28/00");
	assert_int_equal(bench_read(b, 1, 1), GOOD);
	bench_describe(b, "kind stick\nserial T\nimage other\n");
	assert_int_equal(drive_reload(&b->drive, &change, &err), 0);
	assert_int_equal(change, CHANGE_DRIVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, clean)
		CASE(for_ever_is_for_ever),
		CASE(so_many_tries_and_no_more),
		CASE(some_are_let_go_first),
		CASE(what_is_not_reached_is_not_counted),
		CASE(at_one_place_the_first_line_counts),
		CASE(reads_and_writes_are_two_things),
		CASE(slow_ones_add_up),
		CASE(data_are_changed_as_said),
		CASE(writes_vanish_or_go_wrong),
		CASE(short_means_half_and_good),
		CASE(a_drive_can_be_mute_or_gone),
		CASE(not_ready_for_a_while),
		CASE(another_medium_is_told_once),
		CASE(a_medium_can_be_ejected_by_itself),
		CASE(a_line_that_stays_goes_on_counting),
		CASE(a_bad_description_changes_nothing),
#undef CASE
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
