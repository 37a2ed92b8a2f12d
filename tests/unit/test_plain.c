/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_plain.c - proves what a person is told while a job runs: nothing in the first second, no
 * remaining time before eight, never 100 % before the end, silence and bad places by name, nothing
 * foreign that could steer a terminal. Percents of the numeric reporter, too. */
#include "reporting.h"

static void nothing_in_the_first_second(void **state)
{
	struct fixture *f = begin(&on_terminal);

	(void)state;
	tell_phase(f, "copy");
	tell_progress(f, 999, 1000, 0, false);
	assert_string_equal(said(f), "");
	tell_progress(f, 1000, 737280, 0, false);
	holds(f, "\rcopying  50.0%  737 kB of 1.47 MB  50.0 kB/s\033[K");
	over(f);
}

static void remaining_time_from_eight_seconds_on(void **state)
{
	struct fixture *f = begin(&on_terminal);

	(void)state;
	tell_progress(f, 7999, 1000, 0, false);
	lacks(f, "left");
	tell_progress(f, 8000, 1000, 0, false);
	holds(f, "  1:05 left");
	over(f);
}

static void never_all_before_the_end_of_the_phase(void **state)
{
	struct fixture *f = begin(&on_terminal);

	(void)state;
	tell_start(f);
	tell_phase(f, "copy");
	tell_progress(f, 30000, 1474560, 0, false);
	lacks(f, "100");
	holds(f, "99.9%");
	tell_phase(f, "verify");
	holds(f, "\rcopying  100%  1.47 MB in 0:30, 40.0 kB/s\033[K\nverifying: reading back what");
	over(f);
}

static void an_interrupted_phase_is_not_called_done(void **state)
{
	struct fixture *f = begin(&on_terminal);

	(void)state;
	tell_progress(f, 30000, 1000, 0, false);
	tell_end(f);
	lacks(f, "100%");
	over(f);
}

static void silence_is_named_with_its_place(void **state)
{
	struct fixture *f = begin(&on_terminal);

	(void)state;
	tell_progress(f, 30000, 1000, 2999, false);
	lacks(f, "no answer");
	tell_progress(f, 70000, 1000, 40000, false);
	holds(f, "no answer for 40 s at sector 2,411 (1,234,432)");
	over(f);
}

static void without_a_terminal_a_line_each_ten_seconds(void **state)
{
	struct fixture *f = begin(&in_file);
	unsigned lines = 0;

	(void)state;
	for (uint64_t ms = 0; ms <= 35000; ms += 200)
		tell_progress(f, ms, 1000, 0, false);
	for (const char *p = said(f); (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 3);
	lacks(f, "\r");
	lacks(f, "\033");
	over(f);
}

/* A line of progress without its end must not swallow what comes next. */
static void other_text_begins_on_a_new_line(void **state)
{
	struct fixture *f = begin(&on_terminal);

	(void)state;
	tell_progress(f, 2000, 1000, 0, false);
	tell_note(f, "resume", "words");
	holds(f, "\033[K\nwords\n");
	over(f);
}

static void who_asks_is_answered_even_when_quiet(void **state)
{
	struct fixture *f = begin(&in_quiet);

	(void)state;
	tell_progress(f, 20000, 737280, 0, false);
	assert_string_equal(said(f), "");
	tell_progress(f, 20200, 737280, 0, true);
	holds(f, "copying  50.0%");
	holds(f, "left\n");
	over(f);
}

static void bad_places_are_named(void **state)
{
	struct fixture *f = begin(&in_quiet);

	(void)state;
	tell_start(f);
	tell_bad(f, 102400, 512);
	holds(f, "cannot read /dev/sd\\x1b[31m at 102,400 (sector 200): Input/output error\n");
	tell_bad(f, 204800, 1536);
	holds(f, "cannot read 3 sectors of /dev/sd\\x1b[31m at 204,800 (sector 400): Input/");
	assert_int_equal(send(f, &(struct rr_event){ .type = RR_EV_RANGE,
						     .name = "differs",
						     .off = 512,
						     .len = 100,
						     .state = RR_FINISHED }),
			 0);
	holds(f, "different: 100 bytes at 512 (sector 1)\n");
	over(f);
}

static void after_twenty_bad_places_they_are_counted_only(void **state)
{
	struct fixture *f = begin(&in_quiet);

	(void)state;
	tell_start(f);
	for (uint64_t i = 0; i < 20; i++)
		tell_bad(f, i * 1024, 512);
	holds(f, "at 19,456 ");
	lacks(f, "and more");
	for (uint64_t i = 20; i < 30; i++)
		tell_bad(f, i * 1024, 512);
	lacks(f, "at 20,480 ");
	holds(f, "and more; all are in the record\n");
	assert_null(strstr(strstr(f->text, "and more") + 1, "and more"));
	over(f);
}

static void quiet_leaves_out_the_calm_and_keeps_warnings(void **state)
{
	struct fixture *f = begin(&in_quiet);

	(void)state;
	tell_start(f);
	tell_phase(f, "verify");
	tell_note(f, "resume", "calm");
	assert_string_equal(said(f), "");
	tell_note(f, "hold", "flag\ncleared");
	assert_string_equal(said(f), "note: flag\\x0acleared\n");
	over(f);
}

static void the_first_line_says_what_goes_where(void **state)
{
	struct fixture *f = begin(&in_file);

	(void)state;
	tell_start(f);
	tell_phase(f, "copy");
	tell_phase(f, "flush");
	assert_string_equal(said(f), "reading /dev/sd\\x1b[31m (Old Disk, 1.47 MB) to disk.img\n");
	over(f);
	f = begin(&in_file);
	f->result.task = RR_TASK_VERIFY;
	tell_start(f);
	tell_phase(f, "compare");
	assert_string_equal(said(f),
			    "checking disk.img against /dev/sd\\x1b[31m (Old Disk, 1.47 MB)\n");
	over(f);
	f = begin(&in_file);
	f->result.task = RR_TASK_VERIFY;
	f->result.source.path = f->dest[0].path;	/* no device was named */
	tell_start(f);
	tell_phase(f, "verify");
	assert_string_equal(said(f), "checking disk.img\n");
	over(f);
}

static void a_flush_tells_how_long_it_lasts(void **state)
{
	struct fixture *f = begin(&on_terminal);

	(void)state;
	tell_start(f);
	tell_phase(f, "copy");
	assert_int_equal(
		send(f, &(struct rr_event){ .type = RR_EV_PHASE, .name = "flush", .ms = 4000 }), 0);
	tell_progress(f, 9000, 1474560, 0, false);
	holds(f, "\rflushing  0:05  waiting until all is on the disk\033[K");
	lacks(f, "copying");
	over(f);
}

static void a_gauge_hears_words_only_in_trouble(void **state)
{
	struct rr_plain_conf conf = { .quiet = true, .trouble = true };
	struct fixture *f = begin(&conf);

	(void)state;
	tell_end(f);
	assert_string_equal(said(f), "");
	f->result.exit = RR_EXIT_FAILED;
	tell_end(f);
	holds(f, "result  FAILED");
	over(f);
}

static void nobody_is_asked_without_a_terminal(void **state)
{
	const struct rr_question question = { .text = "go on?", .word = "yes" };
	struct fixture *f = begin(&in_file);

	(void)state;
	assert_int_equal(f->rep->ask(f->rep, &question), -1);
	over(f);
}

/* ------------------------------------------------------------------ numeric */

static struct fixture *begin_numeric(void)
{
	struct fixture *f = begin(&in_file);

	f->rep->close(f->rep);
	assert_int_equal(rr_numeric_new(f->fd, &f->rep, NULL), 0);
	tell_start(f);
	return f;
}

static void percents_rise_over_all_phases(void **state)
{
	struct fixture *f = begin_numeric();

	(void)state;
	tell_phase(f, "copy");
	tell_progress(f, 0, 737280, 0, false);
	tell_progress(f, 0, 737290, 0, false);
	tell_progress(f, 0, 1474560, 0, false);
	tell_phase(f, "flush");
	tell_progress(f, 0, 1474560, 0, false);
	tell_phase(f, "verify");
	tell_progress(f, 0, 0, 0, false);
	tell_progress(f, 0, 1474560, 0, false);
	tell_end(f);
	assert_string_equal(said(f), "0\n24\n49\n99\n100\n");
	over(f);
}

static void percents_of_known_passes(void **state)
{
	struct fixture *f = begin_numeric();

	(void)state;
	assert_int_equal(send(f,
			      &(struct rr_event){
				      .type = RR_EV_PHASE, .name = "copy", .part = 1, .parts = 1 }),
			 0);
	tell_progress(f, 0, 737280, 0, false);
	tell_progress(f, 0, 700000, 0, false);
	tell_progress(f, 0, 1474560, 0, false);
	tell_end(f);
	assert_string_equal(said(f), "0\n49\n99\n100\n");
	over(f);
}

static void a_hundred_means_success(void **state)
{
	struct fixture *f = begin_numeric();

	(void)state;
	tell_phase(f, "hash");
	tell_progress(f, 0, 1474560, 0, false);
	f->result.exit = RR_EXIT_BAD_SECTORS;
	tell_end(f);
	assert_string_equal(said(f), "0\n99\n");
	over(f);
}
int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_in_the_first_second),
		cmocka_unit_test(remaining_time_from_eight_seconds_on),
		cmocka_unit_test(never_all_before_the_end_of_the_phase),
		cmocka_unit_test(an_interrupted_phase_is_not_called_done),
		cmocka_unit_test(silence_is_named_with_its_place),
		cmocka_unit_test(without_a_terminal_a_line_each_ten_seconds),
		cmocka_unit_test(other_text_begins_on_a_new_line),
		cmocka_unit_test(who_asks_is_answered_even_when_quiet),
		cmocka_unit_test(bad_places_are_named),
		cmocka_unit_test(after_twenty_bad_places_they_are_counted_only),
		cmocka_unit_test(quiet_leaves_out_the_calm_and_keeps_warnings),
		cmocka_unit_test(the_first_line_says_what_goes_where),
		cmocka_unit_test(a_flush_tells_how_long_it_lasts),
		cmocka_unit_test(a_gauge_hears_words_only_in_trouble),
		cmocka_unit_test(nobody_is_asked_without_a_terminal),
		cmocka_unit_test(percents_rise_over_all_phases),
		cmocka_unit_test(percents_of_known_passes),
		cmocka_unit_test(a_hundred_means_success),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
