/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_capture.c - proves that a whole read leaves the truth behind (status, map, image, digests,
 * record) whichever read of the drive fails, and that the same read once more finishes it.
 * Owns: nothing.   Threads: a job's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "rawright/size.h"

static uint32_t sector_size; /* a 16th of the first large read */
#define SECTORS 21u
#define SIZE	(20 * (uint64_t)sector_size + 1000)

static bool hurt(size_t sector)
{
	return sector == 5 || sector == 17 || sector == 18 || sector == SECTORS - 1;
}

static void damage(struct fake_drive *drive, unsigned fails)
{
	for (size_t i = 0; i < SECTORS; i++)
		if (hurt(i))
			fake_drive_damage(drive, i, 1, fails, EIO);
}

static void a_sound_drive_is_read_and_verified(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, sector_size, 1);
	struct fake_job job;

	(void)state;
	fake_job_init(&job, drive);
	fake_job_run(&job);
	fake_job_expect_truth(&job);
	assert_int_equal(job.result.exit, RR_EXIT_OK);
	assert_int_equal(job.result.dest[0].status, RR_DEST_VERIFIED);
	assert_true(job.result.dest[0].verification.compared == SIZE);
	fake_job_expect_whole(&job, 0);
	assert_int_equal(fake_job_files(&job), 3); /* image, record, sums */
	fake_job_run(&job); /* it is there: refused */
	assert_int_equal(job.rc, -1);
	assert_int_equal(job.err.kind, RR_REFUSED);
	assert_int_equal(job.result.exit, RR_EXIT_REFUSED);
	fake_job_free(&job);
	fake_drive_free(drive);
}

/* Checkpoints are saved while the copy runs: what they say is what a kill leaves behind. */
static int expect_unfinished(struct fake_job *job, const struct rr_event *ev)
{
	(void)job;
	if (ev->type == RR_EV_PHASE &&
	    (strcmp(ev->name, "copy") == 0 || strcmp(ev->name, "flush") == 0)) {
		assert_int_equal(ev->result->exit, RR_EXIT_STOPPED);
		assert_int_equal(ev->result->outcome, RR_INCOMPLETE);
	}
	return 0;
}

static void no_record_says_too_early_that_all_is_well(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, sector_size, 1);
	struct fake_job job;

	(void)state;
	fake_job_init(&job, drive);
	job.hook = expect_unfinished;
	fake_job_run(&job);
	assert_int_equal(job.result.exit, RR_EXIT_OK);
	fake_job_free(&job);
	fake_drive_free(drive);
}

/* One way for a drive to fail at its k-th read, and the statuses that may come of it. */
struct way {
	int os;
	bool ever, dies;
	uint64_t shrinks_by;
	int exits[3]; /* beside that of no fault at all, 3 */
};

static const struct way ways[] = {
	{ .os = EIO },
	{ .os = EIO, .ever = true, .exits = { 6 } },
	{ .os = EIO, .ever = true, .dies = true, .exits = { 6 } },
	{ .os = ENODEV, .exits = { 6 } },
	{ .os = EINVAL, .exits = { 1 } },
	{ .os = ENOMEM, .ever = true, .exits = { 1, 6 } },
	{ .ever = true, .shrinks_by = 512, .exits = { 6 } },
};

static void arm(struct fake_drive *drive, const struct way *way, uint64_t k)
{
	fake_drive_heal(drive);
	damage(drive, FAKE_EVER);
	drive->fail_from = k;
	drive->fail_to = way->ever ? FAKE_NEVER : k + 1;
	drive->fail_os = way->os;
	drive->dead_from = way->dies ? k : FAKE_NEVER;
	if (way->shrinks_by) {
		drive->shrunk_from = k;
		drive->size_now = SIZE - way->shrinks_by;
	}
}

static bool may_exit(const struct way *way, int status)
{
	for (size_t i = 0; i < 3; i++)
		if (way->exits[i] && way->exits[i] == status)
			return true;
	return status == RR_EXIT_BAD_SECTORS;
}

/* Bad, says the map: but only what was hurt, or the one sector that a read which failed once was
 * for. A drive that is gone leaves no marks on what it would have read. */
static void expect_marks(const struct fake_job *job, const struct way *way)
{
	struct rr_map *map = fake_job_map(job, 0);
	struct fake_drive *drive = job->drive;
	size_t once = !way->ever && way->os == EIO && drive->fail_len <= sector_size ?
			      drive->fail_off / sector_size :
			      SIZE_MAX;

	for (size_t i = 0; map && i < SECTORS; i++)
		if (rr_map_state(map, i * (uint64_t)sector_size) == RR_BAD)
			assert_true(hurt(i) || i == once);
	rr_map_free(map);
}

/* The k-th read fails; the same command on a drive that answers again; and on one whose sectors
 * can be read at last. */
static bool fail_and_go_on(struct fake_job *job, const struct way *way, uint64_t k)
{
	struct fake_drive *drive = job->drive;
	size_t runs;
	bool hit;

	arm(drive, way, k);
	fake_job_run(job);
	assert_int_equal(job->rc, 0);
	fake_job_expect_truth(job);
	expect_marks(job, way);
	hit = drive->fail_len > 0;
	assert_true(may_exit(way, job->result.exit));
	if (!hit || way->exits[0] == 0)
		assert_int_equal(job->result.exit, RR_EXIT_BAD_SECTORS);

	fake_drive_heal(drive);
	fake_job_run(job);
	fake_job_expect_truth(job);
	assert_int_equal(job->result.exit, RR_EXIT_BAD_SECTORS);
	assert_true(job->result.bytes_filled == 3 * sector_size + 1000);
	runs = job->result.nrun;

	damage(drive, 0);
	fake_job_run(job);
	fake_job_expect_truth(job);
	assert_int_equal(job->result.exit, RR_EXIT_OK);
	fake_job_expect_whole(job, 0);
	assert_int_equal(job->result.nrun, runs + 1);
	assert_int_equal(job->result.dest[0].status, RR_DEST_VERIFIED);
	fake_job_clean(job);
	return hit;
}

static void whichever_read_fails_the_truth_stays_behind(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct fake_drive *drive = fake_drive_new(SIZE, sector_size, i);
		struct fake_job job;
		uint64_t k = 0;

		fake_job_init(&job, drive);
		job.conf.fill = i & 1 ? FAKE_FILL : NULL;
		while (fail_and_go_on(&job, &ways[i], k))
			k++;
		assert_true(k > 20);
		fake_job_free(&job);
		fake_drive_free(drive);
	}
}

/* While it is gone on with, the drive's answers are asked for twice: to know it again, and to go
 * on. Whichever fails, the image is not worse than before. */
static void whichever_read_of_a_resumed_job_fails(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, sector_size, 11);
	struct fake_job job;
	uint64_t k = 0;
	bool hit = true;

	(void)state;
	fake_job_init(&job, drive);
	for (; hit; k++) {
		const struct way gone = { .os = EIO, .ever = true, .dies = true, .exits = { 6 } };
		struct rr_map *before, *after;

		arm(drive, &gone, 15);
		fake_job_run(&job);
		assert_int_equal(job.result.exit, RR_EXIT_GONE);
		before = fake_job_map(&job, 0);
		arm(drive, &gone, k);
		fake_job_run(&job);
		hit = drive->fail_len > 0;
		assert_int_equal(job.result.exit, hit ? RR_EXIT_GONE : RR_EXIT_BAD_SECTORS);
		fake_job_expect_truth(&job);
		after = fake_job_map(&job, 0);
		for (uint64_t at = 0; at < SIZE; at += sector_size)
			if (rr_map_state(before, at) == RR_FINISHED)
				assert_int_equal(rr_map_state(after, at), RR_FINISHED);
		rr_map_free(before);
		rr_map_free(after);
		fake_drive_heal(drive);
		fake_job_run(&job);
		fake_job_expect_truth(&job);
		assert_int_equal(job.result.exit, RR_EXIT_BAD_SECTORS);
		fake_job_clean(&job);
	}
	assert_true(k > 10);
	fake_job_free(&job);
	fake_drive_free(drive);
}

static void each_errno_has_its_status(void **state)
{
	static const struct {
		int os, exit;
	} table[] = {
		{ EIO, 3 },	  { ENODATA, 3 }, { EILSEQ, 3 }, { EREMOTEIO, 3 }, { ETIMEDOUT, 3 },
		{ ENOLINK, 3 },	  { ENODEV, 6 },  { ENXIO, 6 },	 { ENOMEDIUM, 6 }, { ENOENT, 6 },
		{ ESHUTDOWN, 6 }, { EBADFD, 6 },  { EINVAL, 1 }, { ENOMEM, 1 },	   { EPERM, 1 },
		{ EACCES, 1 },	  { EFAULT, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct fake_drive *drive = fake_drive_new(SIZE, sector_size, i);
		struct fake_job job;

		fake_drive_damage(drive, 7, 1, FAKE_EVER, table[i].os);
		fake_job_init(&job, drive);
		fake_job_run(&job);
		fake_job_expect_truth(&job);
		assert_int_equal(job.result.exit, table[i].exit);
		assert_int_equal(job.result.bad.n, table[i].exit == 3);
		assert_int_equal(job.unreadable.n, table[i].exit == 3);
		if (table[i].exit == 3)
			assert_int_equal(job.result.bad.range[0].os, table[i].os);
		else
			assert_int_equal(job.result.err.os, table[i].os);
		fake_job_free(&job);
		fake_drive_free(drive);
	}
}

/* The content decides, and it is looked at before anything is touched. */
static void another_drive_is_refused(void **state)
{
	struct fake_drive *one = fake_drive_new(SIZE, sector_size, 12);
	struct fake_drive *two = fake_drive_new(SIZE, sector_size, 13);
	rr_autofree char *before = NULL, *after = NULL;
	struct fake_job job;
	size_t len;

	(void)state;
	one->fail_from = one->dead_from = 1;
	one->fail_os = EIO;
	fake_job_init(&job, one);
	fake_job_run(&job);
	assert_int_equal(job.result.exit, RR_EXIT_GONE);
	assert_true(job.result.bytes_read > 0);
	before = fake_job_load(&job, 0, "", &len);
	job.drive = two;
	fake_job_run(&job);
	assert_int_equal(job.rc, -1);
	assert_int_equal(job.result.exit, RR_EXIT_GONE);
	after = fake_job_load(&job, 0, "", &len);
	assert_memory_equal(before, after, len);
	job.drive = one;
	fake_drive_heal(one);
	fake_job_run(&job);
	fake_job_expect_whole(&job, 0);
	fake_job_free(&job);
	fake_drive_free(one);
	fake_drive_free(two);
}

/* The marks decide before the record of the first one is looked at. */
static void another_serial_number_is_refused(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, sector_size, 14);
	struct fake_job job;

	(void)state;
	drive->fail_from = drive->dead_from = 1;
	drive->fail_os = EIO;
	fake_job_init(&job, drive);
	job.serial = "one";
	fake_job_run(&job);
	assert_int_equal(job.result.exit, RR_EXIT_GONE);
	fake_drive_heal(drive);
	job.serial = "two";
	fake_job_run(&job);
	assert_int_equal(job.rc, -1);
	assert_int_equal(job.result.exit, RR_EXIT_GONE);
	assert_non_null(strstr(job.err.text, "its serial was one and is two here"));
	job.serial = "one";
	fake_job_run(&job);
	fake_job_expect_whole(&job, 0);
	fake_job_free(&job);
	fake_drive_free(drive);
}

static size_t notes(const struct fake_job *job, const char *kind)
{
	size_t n = 0;

	for (size_t i = 0; i < job->result.nnote; i++)
		n += strcmp(job->result.note[i].kind, kind) == 0;
	return n;
}

static void direct_reads_refused_on_the_way_are_told_once(void **state)
{
	for (uint64_t from = 0; from < 3; from++) {
		struct fake_drive *drive = fake_drive_new(SIZE, sector_size, 15);
		struct fake_job job;

		(void)state;
		drive->buffered_from = from == 2 ? FAKE_NEVER : from;
		atomic_store(&drive->src.direct, from > 0);
		fake_job_init(&job, drive);
		fake_job_run(&job);
		assert_int_equal(job.result.exit, RR_EXIT_OK);
		assert_int_equal(job.result.direct, from == 2);
		assert_int_equal(notes(&job, "io"), from < 2);
		assert_int_equal(job.result.why_buffered != NULL, from < 2);
		fake_job_free(&job);
		fake_drive_free(drive);
	}
}

/* Any damage, range, fill and sector: what the random passes prove of a pass holds for a job. */
static void random_jobs_end_in_the_same_image(void **state)
{
	static const uint32_t sizes[] = { 512, 2048, 4096 };
	uint64_t seed = 14;

	(void)state;
	for (unsigned round = 0; round < 60; round++) {
		uint32_t sector = sizes[fake_below(&seed, 3)];
		struct fake_drive *drive = fake_drive_new(50000 + fake_below(&seed, 800000), sector,
							  seed);
		struct fake_job job;

		fake_job_init(&job, drive);
		for (uint64_t n = fake_below(&seed, 6); n > 0; n--)
			fake_drive_damage(drive, (size_t)fake_below(&seed, drive->nsector),
					  (size_t)fake_below(&seed, 30), FAKE_EVER, ENODATA);
		job.conf.offset = fake_below(&seed, 20) * sector;
		job.conf.length -= job.conf.offset;
		job.conf.fill = fake_below(&seed, 2) ? FAKE_FILL : NULL;
		job.conf.sparse = fake_below(&seed, 2);
		job.conf.window = fake_below(&seed, 2) ? 5000 : 0;
		job.conf.reread = fake_below(&seed, 2);
		job.conf.retries = (unsigned)fake_below(&seed, 2);
		drive->fail_from = fake_below(&seed, 60);
		drive->fail_to = drive->fail_from + 1;
		drive->fail_os = ENODEV;
		for (unsigned run = 0; run < 3; run++) {
			fake_job_run(&job);
			fake_job_expect_truth(&job);
			if (run == 1)
				fake_drive_damage(drive, 0, drive->nsector, 0, 0);
			if (run < 2 && job.result.exit == RR_EXIT_OK)
				break;
		}
		fake_job_expect_whole(&job, 0);
		assert_int_equal(job.result.nwindow,
				 job.conf.window ? (job.conf.length + 4999) / 5000 : 0);
		fake_job_free(&job);
		fake_drive_free(drive);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_drive_is_read_and_verified),
		cmocka_unit_test(no_record_says_too_early_that_all_is_well),
		cmocka_unit_test(whichever_read_fails_the_truth_stays_behind),
		cmocka_unit_test(whichever_read_of_a_resumed_job_fails),
		cmocka_unit_test(each_errno_has_its_status),
		cmocka_unit_test(another_drive_is_refused),
		cmocka_unit_test(another_serial_number_is_refused),
		cmocka_unit_test(direct_reads_refused_on_the_way_are_told_once),
		cmocka_unit_test(random_jobs_end_in_the_same_image),
	};

	if (rr_digest_init(NULL) < 0)
		return 1;
	sector_size = fake_piece() / 16;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
