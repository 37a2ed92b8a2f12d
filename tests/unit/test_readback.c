/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_readback.c - proves what a read says of an image that is not what was read: the place, the
 * status, and that the next run mends it; and of one of which only a part is known.
 * Owns: nothing.   Threads: a job's. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"
#include "rawright/size.h"

#define SECTOR 512u
#define SIZE   ((UINT64_C(1) << 20) + 7 * SECTOR + 100)
#define PIECE  (UINT64_C(64) << 10) /* the least that segments are */

/* What happens behind the program's back, at the beginning of a phase. */
static const char *at_phase;
static uint64_t spoil_at;
static size_t spoil_dest;

static int spoil_image(struct fake_job *job, const struct rr_event *ev)
{
	if (ev->type == RR_EV_PHASE && strcmp(ev->name, at_phase) == 0)
		fake_job_xor(job, spoil_dest, spoil_at, 1);
	return 0;
}

static int change_drive(struct fake_job *job, const struct rr_event *ev)
{
	if (ev->type == RR_EV_PHASE && strcmp(ev->name, at_phase) == 0)
		job->drive->data[spoil_at] ^= 1;
	return 0;
}

/* The range is the piece that holds the byte, and no more. */
static void expect_place(const struct rr_range_list *list, uint64_t off)
{
	assert_int_equal(list->n, 1);
	assert_true(list->range[0].off == rr_align_down(off, PIECE));
	assert_true(list->range[0].len == rr_min(PIECE, SIZE - list->range[0].off));
}

static void a_byte_that_changed_is_found_and_mended(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < 12; round++) {
		struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, round);
		struct fake_job job;
		struct rr_map *map;

		fake_job_init(&job, drive);
		job.hook = spoil_image;
		at_phase = "verify";
		spoil_dest = 0;
		spoil_at = round == 0 ? 0 : round == 1 ? SIZE - 1 : fake_below(&seed, SIZE);
		fake_job_run(&job);
		assert_int_equal(job.result.exit, RR_EXIT_DIFFERENT);
		assert_int_equal(job.result.dest[0].status, RR_DEST_DIFFERENT);
		assert_int_equal(job.result.outcome, RR_FAILED);
		expect_place(&job.result.dest[0].verification.differences, spoil_at);
		assert_false(fake_job_has(&job, 0, ".sums"));
		map = fake_job_map(&job, 0);
		assert_int_equal(rr_map_state(map, spoil_at), RR_NON_TRIED);
		assert_true(rr_map_total(map, RR_NON_TRIED) ==
			    job.result.dest[0].verification.differences.range[0].len);
		rr_map_free(map);

		job.hook = NULL;
		fake_job_run(&job);
		fake_job_expect_truth(&job);
		assert_int_equal(job.result.exit, RR_EXIT_OK);
		assert_int_equal(job.result.dest[0].status, RR_DEST_VERIFIED);
		fake_job_expect_whole(&job, 0);
		fake_job_free(&job);
		fake_drive_free(drive);
	}
}

/* A change that no CRC-32 sees: its own polynomial, added to the bytes. */
static int spoil_by_polynomial(struct fake_job *job, const struct rr_event *ev)
{
	const uint64_t poly = UINT64_C(0xedb88320) << 1 | 1;

	if (ev->type != RR_EV_PHASE || strcmp(ev->name, at_phase) != 0)
		return 0;
	for (unsigned i = 0; i < 5; i++)
		fake_job_xor(job, 0, spoil_at + i, (unsigned char)(poly >> 8 * i));
	return 0;
}

/* The digests do; the place is not known then, so it may be anywhere. */
static void what_no_segment_sees_the_digests_see(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 2);
	struct fake_job job;

	(void)state;
	fake_job_init(&job, drive);
	job.hook = spoil_by_polynomial;
	at_phase = "verify";
	spoil_at = 300000;
	fake_job_run(&job);
	assert_int_equal(job.result.exit, RR_EXIT_DIFFERENT);
	assert_int_equal(job.result.dest[0].verification.differences.n, 1);
	assert_true(rr_range_total(&job.result.dest[0].verification.differences) == SIZE);
	fake_job_free(&job);
	fake_drive_free(drive);
}

/* The copies are read back one after the other, the first one first. */
static int spoil_before_its_turn(struct fake_job *job, const struct rr_event *ev)
{
	if (ev->type == RR_EV_PHASE && strcmp(ev->name, at_phase) == 0 && job->ends == 0) {
		fake_job_xor(job, spoil_dest, spoil_at, 1);
		job->hook = NULL;
	}
	return 0;
}

static void of_two_only_the_one_that_differs_is_blamed(void **state)
{
	(void)state;
	for (size_t bad = 0; bad < 2; bad++) {
		struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, bad);
		struct fake_job job;

		fake_job_init(&job, drive);
		job.conf.ndest = 2;
		job.hook = spoil_before_its_turn;
		at_phase = "verify";
		spoil_dest = bad;
		spoil_at = 400000;
		fake_job_run(&job);
		assert_int_equal(job.result.exit, RR_EXIT_DIFFERENT);
		assert_int_equal(job.result.dest[bad].status, RR_DEST_DIFFERENT);
		assert_int_equal(job.result.dest[!bad].status, RR_DEST_VERIFIED);
		expect_place(&job.result.dest[bad].verification.differences, spoil_at);
		assert_true(fake_job_has(&job, bad, ".map"));
		assert_false(fake_job_has(&job, !bad, ".map"));
		assert_int_equal(fake_job_has(&job, 0, ".sums"), bad == 1);
		fake_job_free(&job);
		fake_drive_free(drive);
	}
}

/* Nobody asked for a verification; but where an image is read again for its digests, and what is
 * known of it does not hold, it is not called whole. */
static void a_known_difference_is_told_without_verification(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 3);
	struct fake_job job;

	(void)state;
	fake_job_init(&job, drive);
	job.conf.verify = false;
	fake_drive_damage(drive, 2000, 1, FAKE_EVER, EIO);
	fake_job_run(&job);
	fake_job_expect_truth(&job);
	assert_int_equal(job.result.exit, RR_EXIT_BAD_SECTORS);
	fake_job_xor(&job, 0, 70000, 1); /* not among the sectors by which it is known again */
	fake_drive_damage(drive, 2000, 1, 0, 0);
	fake_job_run(&job);
	assert_int_not_equal(job.result.exit, RR_EXIT_OK);
	fake_job_free(&job);
	fake_drive_free(drive);
}

/* An image with unreadable sectors has its sums; once it is gone on with, they are not its sums any
 * more, and must not stand there when the run ends early. */
static void sums_do_not_outlive_their_image(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 4);
	struct fake_job job;

	(void)state;
	fake_job_init(&job, drive);
	fake_drive_damage(drive, 1000, 1, FAKE_EVER, EIO);
	fake_drive_damage(drive, 1500, 1, FAKE_EVER, EIO);
	fake_job_run(&job);
	assert_int_equal(job.result.exit, RR_EXIT_BAD_SECTORS);
	assert_true(fake_job_has(&job, 0, ".sums"));
	fake_drive_damage(drive, 1000, 1, 0, 0); /* one of them becomes readable, ... */
	fake_drive_damage(drive, 1500, 1, FAKE_EVER, ENODEV); /* ... and at the other it goes */
	fake_job_run(&job);
	assert_int_equal(job.result.exit, RR_EXIT_GONE);
	assert_true(job.result.bytes_filled == SECTOR);
	assert_false(fake_job_has(&job, 0, ".sums"));
	fake_job_free(&job);
	fake_drive_free(drive);
}

/* Another tool read what this one could not, and its map says so: what the record knows of that
 * place is the fill's, and holds no more. */
static void what_another_tool_has_rescued_is_kept(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 4);
	struct fake_job job;
	rr_autofree char *map = NULL;
	int fd;

	(void)state;
	fake_job_init(&job, drive);
	fake_drive_damage(drive, 1000, 2, FAKE_EVER, EIO);
	fake_job_run(&job);
	assert_int_equal(job.result.exit, RR_EXIT_BAD_SECTORS);
	fd = open(job.path[0], O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, drive->data + 1000 * SECTOR, 2 * SECTOR, 1000 * SECTOR),
			 2 * SECTOR);
	assert_int_equal(close(fd), 0);
	map = fake_job_load(&job, 0, ".map", NULL);
	assert_non_null(strrchr(map, '-'));
	*strrchr(map, '-') = '+';
	fake_job_save(&job, 0, ".map", map);
	fake_job_run(&job);
	fake_job_expect_truth(&job);
	assert_int_equal(job.result.exit, RR_EXIT_OK);
	fake_job_expect_whole(&job, 0);
	fake_job_free(&job);
	fake_drive_free(drive);
}

/* Segments known in part: what earlier runs left no checksum of cannot be verified, and is not
 * called so. The digests are those of the image. */
static void without_its_record_a_resumed_image_is_not_verified(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 4);
	struct fake_job job;

	(void)state;
	fake_job_init(&job, drive);
	drive->fail_from = drive->dead_from = 3;
	drive->fail_os = EIO;
	fake_job_run(&job);
	assert_int_equal(job.result.exit, RR_EXIT_GONE);
	assert_true(job.result.bytes_read > PIECE);
	fake_job_remove(&job, 0, ".json");
	fake_drive_heal(drive);
	fake_job_run(&job);
	fake_job_expect_truth(&job);
	assert_int_equal(job.result.exit, RR_EXIT_OK);
	assert_int_equal(job.result.dest[0].status, RR_DEST_NOT_VERIFIED);
	assert_true(job.result.dest[0].verification.compared > 0);
	assert_true(job.result.dest[0].verification.compared < SIZE);
	assert_true(job.result.digest_over_image);
	fake_job_expect_whole(&job, 0);
	fake_job_free(&job);
	fake_drive_free(drive);
}

/* With its record, all is known; what changed between the runs is found. */
static void what_changed_between_the_runs_is_found(void **state)
{
	uint64_t seed = 5;

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, round);
		struct fake_job job;
		uint64_t at;

		fake_job_init(&job, drive);
		drive->fail_from = drive->dead_from = 4;
		drive->fail_os = EIO;
		fake_job_run(&job);
		assert_int_equal(job.result.exit, RR_EXIT_GONE);
		at = fake_below(&seed, job.result.bytes_read);
		fake_job_xor(&job, 0, at, 1);
		fake_drive_heal(drive);
		fake_job_run(&job);
		if (job.rc < 0) { /* it hit one of the sectors that are compared first */
			assert_int_equal(job.result.exit, RR_EXIT_GONE);
		} else {
			assert_int_equal(job.result.exit, RR_EXIT_DIFFERENT);
			expect_place(&job.result.dest[0].verification.differences, at);
			assert_int_equal(job.result.ndigest, 0); /* of a wrong image */
			fake_job_run(&job);
			fake_job_expect_truth(&job);
			assert_int_equal(job.result.exit, RR_EXIT_OK);
			fake_job_expect_whole(&job, 0);
		}
		fake_job_free(&job);
		fake_drive_free(drive);
	}
}

/* A second reading of the drive gives other bytes: the sector is named, by its place in the image;
 * on a disk with larger sectors than the drive's, the larger one. */
static void a_drive_that_gives_other_bytes_is_told_of(void **state)
{
	uint64_t seed = 6;

	(void)state;
	for (unsigned round = 0; round < 12; round++) {
		struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, round);
		struct fake_job job;
		uint64_t offset = round & 1 ? fake_below(&seed, 300) * SECTOR : 0;
		const struct rr_range *range;

		fake_job_init(&job, drive);
		job.conf.offset = offset;
		job.conf.length = SIZE - offset;
		job.conf.reread = true;
		fake_drive_damage(drive, 1000, round % 3, FAKE_EVER, EIO);
		job.hook = change_drive;
		at_phase = "reread";
		spoil_at = round == 0 ? SIZE - 1 : offset + fake_below(&seed, 400000 - offset);
		fake_job_run(&job);
		assert_int_equal(job.result.exit, RR_EXIT_DIFFERENT);
		assert_true(job.result.reread.done);
		assert_true(job.result.reread.compared == job.result.bytes_read);
		assert_int_equal(job.result.reread.differences.n, 1);
		range = &job.result.reread.differences.range[0];
		assert_true(range->off <= spoil_at - offset && range->len <= 4096);
		assert_true(spoil_at - offset < range->off + range->len);
		fake_job_free(&job);
		fake_drive_free(drive);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_byte_that_changed_is_found_and_mended),
		cmocka_unit_test(what_no_segment_sees_the_digests_see),
		cmocka_unit_test(of_two_only_the_one_that_differs_is_blamed),
		cmocka_unit_test(a_known_difference_is_told_without_verification),
		cmocka_unit_test(sums_do_not_outlive_their_image),
		cmocka_unit_test(what_another_tool_has_rescued_is_kept),
		cmocka_unit_test(without_its_record_a_resumed_image_is_not_verified),
		cmocka_unit_test(what_changed_between_the_runs_is_found),
		cmocka_unit_test(a_drive_that_gives_other_bytes_is_told_of),
	};

	if (rr_digest_init(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
