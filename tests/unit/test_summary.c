/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_summary.c - proves how a job's end is put in words: what was read to where, how it was
 * verified, its digests, what is wrong, and what can be done next, and that no more is promised
 * than holds. */
#include "reporting.h"

static void the_result_of_a_good_read(void **state)
{
	struct fixture *f = begin(&in_quiet);

	(void)state;
	tell_end(f);
	assert_string_equal(said(f),
		"read    /dev/sd\\x1b[31m: 1,474,560 bytes (1.47 MB)\n"
		"to      disk.img: verified by reading it back from the disk\n"
		"MD5     abcd0000000000000000000000000000\n"
		"result  complete and verified\n");
	over(f);
}

static void the_result_of_a_check(void **state)
{
	struct fixture *f = begin(&in_quiet);

	(void)state;
	f->result.task = RR_TASK_VERIFY;
	tell_start(f);
	tell_phase(f, "compare");
	f->range[0] = (struct rr_range){ .off = 512, .len = 512 };
	f->result.reread = (struct rr_verification){ .done = true,
						     .differences = { .range = f->range, .n = 1 } };
	f->result.exit = RR_EXIT_DIFFERENT;
	tell_end(f);
	lacks(f, "read    ");
	holds(f, "image   disk.img: verified");
	holds(f, "medium  /dev/sd\\x1b[31m: DIFFERENT: 512 bytes in 1 place, the first at 512\n");
	over(f);
}

/* The command prints its digests on standard output, and there is nothing to add. */
static void a_good_hash_is_quiet(void **state)
{
	struct fixture *f = begin(&in_quiet);

	(void)state;
	f->result.ndest = 0;
	tell_end(f);
	assert_string_equal(said(f), "");
	f->result.exit = RR_EXIT_FAILED;
	tell_end(f);
	holds(f, "result  FAILED (exit status 1)\n");
	over(f);
}

static void a_dry_run_promises_nothing(void **state)
{
	struct fixture *f = begin(&in_quiet);

	(void)state;
	f->dest[0].status = RR_DEST_OPEN;
	f->result.dry_run = true;
	f->result.outcome = RR_INCOMPLETE;
	tell_start(f);
	tell_note(f, "dry-run", "would");
	tell_end(f);
	assert_string_equal(said(f),
			    "would\nresult  all checks were passed; nothing was read or written\n");
	over(f);
}

static void the_result_with_bad_sectors(void **state)
{
	struct fixture *f = begin(&in_quiet);

	(void)state;
	f->range[0] = (struct rr_range){ .off = 1024, .len = 1536, .os = EIO };
	f->result.bad = (struct rr_range_list){ .range = f->range, .n = 1 };
	f->result.bytes_read -= 1536;
	f->result.bytes_filled = 1536;
	f->result.exit = RR_EXIT_BAD_SECTORS;
	tell_end(f);
	holds(f, ": 1,473,024 of 1,474,560 bytes (1.47 MB)\n");
	holds(f, "bad     3 sectors in 1 place could not be read; filled with zeros\n");
	holds(f, "result  complete, but some sectors could not be read (exit status 3)\n");
	holds(f, "next    ");
	holds(f, "--retries 10");
	over(f);
}

static void the_result_when_stopped(void **state)
{
	struct fixture *f = begin(&in_quiet);

	(void)state;
	f->result.run = f->run;
	f->result.nrun = 1;
	(void)snprintf(f->run[0].stopped_by, sizeof(f->run[0].stopped_by), "SIGINT");
	f->dest[0].status = RR_DEST_OPEN;
	f->result.exit = RR_EXIT_STOPPED;
	f->result.bytes_read = 1024;
	f->result.bytes_missing = 1473536;
	tell_end(f);
	holds(f, "to      disk.img: incomplete\n");
	holds(f, "miss    1,473,536 bytes are not on the image yet\n");
	holds(f, "result  STOPPED by SIGINT (exit status 130)\n");
	holds(f, "next    the same command again goes on where this one stopped\n");
	over(f);
}

/* A stream cannot be gone on with: nobody may be told that it can. */
static void nothing_is_promised_of_a_stream(void **state)
{
	struct fixture *f = begin(&in_quiet);

	(void)state;
	f->dest[0].stream = true;
	f->dest[0].status = RR_DEST_NOT_VERIFIED;
	f->result.exit = RR_EXIT_STOPPED;
	tell_end(f);
	lacks(f, "next");
	holds(f, "written, not verified (a stream cannot be read back)");
	over(f);
}

static void each_destination_has_its_own_line(void **state)
{
	struct fixture *f = begin(&in_quiet);

	(void)state;
	f->result.ndest = 2;
	f->dest[0].verification.how = RR_HOW_CACHE;
	f->dest[1] = (struct rr_dest){ .path = (char *)"b.img", .status = RR_DEST_FAILED };
	(void)rr_fail(&f->dest[1].err, RR_SYSTEM, ENOSPC, "cannot write b.img");
	f->result.exit = RR_EXIT_FAILED;
	tell_end(f);
	holds(f, "disk.img: verified from the cache: the file system keeps it in memory\n");
	holds(f, "b.img: FAILED: cannot write b.img: No space left on device\n");
	over(f);
}

static void a_difference_is_placed(void **state)
{
	struct fixture *f = begin(&in_quiet);

	(void)state;
	f->range[0] = (struct rr_range){ .off = 102400, .len = 700 };
	f->dest[0].status = RR_DEST_DIFFERENT;
	f->dest[0].verification.differences = (struct rr_range_list){ .range = f->range, .n = 1 };
	f->result.exit = RR_EXIT_DIFFERENT;
	tell_end(f);
	holds(f, "disk.img: DIFFERENT: 700 bytes in 1 place, the first at 102,400\n");
	holds(f, "result  DIFFERENT (exit status 4)\n");
	over(f);
}

static void colours_are_never_alone(void **state)
{
	struct rr_plain_conf conf = { .quiet = true, .color = true };
	struct fixture *f = begin(&conf);

	(void)state;
	tell_end(f);
	holds(f, "result  \033[32mcomplete and verified\033[0m\n");
	over(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_result_of_a_good_read),
		cmocka_unit_test(the_result_of_a_check),
		cmocka_unit_test(a_good_hash_is_quiet),
		cmocka_unit_test(a_dry_run_promises_nothing),
		cmocka_unit_test(the_result_with_bad_sectors),
		cmocka_unit_test(the_result_when_stopped),
		cmocka_unit_test(nothing_is_promised_of_a_stream),
		cmocka_unit_test(each_destination_has_its_own_line),
		cmocka_unit_test(a_difference_is_placed),
		cmocka_unit_test(colours_are_never_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
