/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_reader.c - proves what one pass makes of a drive that fails, at each of its reads: what is
 * good is kept, what is bad is marked and nothing else, and a drive that is gone marks nothing.
 * Owns: nothing.   Threads: a pipeline's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "rawright/size.h"

static uint32_t sector_size; /* a 16th of a large read */
#define SECTORS	     21u /* one large read, and four sectors and a bit */
#define SIZE	     (20 * (uint64_t)sector_size + 1000)
#define EIO_FOR_EVER FAKE_EVER, EIO

/* One pass over a drive to a disk, with a digest. */
struct shot {
	struct fake_drive *drive;
	struct fake_disk *disk;
	struct rr_map *map;
	struct rr_stage *stage[2];
	struct fake_pass pass;
};

static void shoot(struct shot *s, struct fake_drive *drive, unsigned retries, const char *fill)
{
	*s = (struct shot){ .drive = drive, .disk = fake_disk_new(drive->src.size, 512) };
	assert_int_equal(rr_map_new(&s->map, 0, drive->src.size, RR_NON_TRIED, NULL), 0);
	s->stage[0] = fake_disk_stage(s->disk, NULL, false);
	assert_int_equal(rr_stage_digest_new(rr_digest_find("sha256"), &s->stage[1], NULL), 0);
	s->pass.flow = (struct rr_flow){ .src = &drive->src,
					 .map = s->map,
					 .stage = s->stage,
					 .nstage = 2,
					 .retries = retries,
					 .fill = fill,
					 .known_good = UINT64_MAX };
}

static void expect_ranges(const struct rr_range_list *told, const struct rr_map *map)
{
	struct rr_extent e;
	uint64_t bytes = 0;

	for (uint64_t at = 0; rr_map_next(map, at, 1u << RR_BAD, &e); at = e.off + e.len)
		bytes += e.len;
	assert_true(rr_range_total(told) == bytes);
	for (size_t i = 0; i < told->n; i++)
		for (uint64_t at = told->range[i].off; at < told->range[i].off + told->range[i].len;
		     at += 512)
			assert_int_equal(rr_map_state(map, at), RR_BAD);
}

static void expect_same_map(const struct rr_map *a, const struct rr_map *b)
{
	assert_non_null(a);
	assert_int_equal(rr_map_count(a), rr_map_count(b));
	for (size_t i = 0; i < rr_map_count(a); i++) {
		struct rr_extent x = rr_map_at(a, i), y = rr_map_at(b, i);

		assert_true(x.off == y.off && x.len == y.len && x.state == y.state);
	}
}

/* Runs it and holds against each other what must always agree. */
static void run(struct shot *s)
{
	const struct rr_flow *flow = &s->pass.flow;
	struct rr_digest_value digest;
	uint64_t size = s->drive->src.size;
	bool whole;

	fake_pass_run(&s->pass);
	whole = rr_map_total(s->map, RR_FINISHED) + rr_map_total(s->map, RR_BAD) == size;
	assert_false(s->drive->wrong);
	assert_false(s->disk->wrong);
	assert_int_equal(s->pass.rc == 0, whole && s->pass.err.kind == RR_OK);
	assert_int_equal(s->disk->finishes, s->pass.rc == 0);
	fake_expect_truth(s->drive, s->disk->data, s->map, 0, flow->fill);
	expect_same_map(s->pass.last, s->map);
	fake_expect_durable(s->disk, s->pass.last, 0, s->pass.checkpoints);
	expect_ranges(&s->pass.bad, s->map);
	assert_int_equal(rr_stage_digest_value(s->stage[1], size, &digest), whole);
	if (whole)
		fake_expect_digest(&digest, s->disk->data, (size_t)size);
}

static void clear(struct shot *s)
{
	rr_stage_free(s->stage[0]);
	rr_stage_free(s->stage[1]);
	assert_int_equal(s->disk->closed, 1);
	fake_disk_free(s->disk);
	rr_map_free(s->map);
	fake_pass_clear(&s->pass);
}

static enum rr_state state_of(const struct shot *s, size_t sector)
{
	return rr_map_state(s->map, sector * (uint64_t)s->drive->src.sector);
}

/* Sectors 5, 17, 18 and the last one, which is no whole one, cannot be read. */
static bool hurt(size_t sector)
{
	return sector == 5 || sector == 17 || sector == 18 || sector == SECTORS - 1;
}

static struct fake_drive *hurt_drive(bool direct)
{
	struct fake_drive *drive = fake_drive_new(SIZE, sector_size, 7);

	for (size_t i = 0; i < SECTORS; i++)
		if (hurt(i))
			fake_drive_damage(drive, i, 1, EIO_FOR_EVER);
	atomic_store(&drive->src.direct, direct);
	return drive;
}

/* A read that fails once costs at most the one sector that was asked for alone, without retries. */
static void judge_once(const struct shot *s, unsigned retries)
{
	bool alone = s->drive->fail_len && s->drive->fail_len <= sector_size &&
		     !s->drive->fail_known;
	size_t lost = alone && retries == 0 ? s->drive->fail_off / sector_size : SIZE_MAX;

	assert_int_equal(s->pass.rc, 0);
	for (size_t i = 0; i < SECTORS; i++)
		assert_int_equal(state_of(s, i), hurt(i) || i == lost ? RR_BAD : RR_FINISHED);
}

static void a_read_that_fails_once_costs_one_sector_at_most(void **state)
{
	(void)state;
	for (unsigned how = 0; how < 4; how++) {
		struct fake_drive *drive = hurt_drive(how & 1);
		unsigned retries = how >> 1;

		for (uint64_t k = 0, calls = 1; k < calls; k++) {
			struct shot s;

			fake_drive_heal(drive);
			drive->fail_from = k;
			drive->fail_to = k + 1;
			drive->fail_os = EIO;
			shoot(&s, drive, retries, FAKE_FILL);
			run(&s);
			judge_once(&s, retries);
			calls = drive->calls;
			clear(&s);
		}
		fake_drive_free(drive);
	}
}

/* Not the drive's damage: what a pass that broke off says of it. */
static void expect_no_invented_damage(const struct shot *s)
{
	for (size_t i = 0; i < SECTORS; i++)
		if (!hurt(i))
			assert_int_not_equal(state_of(s, i), RR_BAD);
}

static void any_other_error_ends_the_pass_and_marks_nothing(void **state)
{
	static const struct {
		int os;
		enum rr_kind kind;
	} errors[] = {
		{ ENODEV, RR_GONE },
		{ EINVAL, RR_SYSTEM },
	};

	(void)state;
	for (unsigned how = 0; how < 4; how++) {
		struct fake_drive *drive = hurt_drive(true);
		bool once = how & 2;

		for (uint64_t k = 0;; k++) {
			struct shot s;
			bool hit;

			fake_drive_heal(drive);
			drive->fail_from = k;
			drive->fail_to = once ? k + 1 : FAKE_NEVER;
			drive->fail_os = errors[how & 1].os;
			shoot(&s, drive, 0, NULL);
			run(&s);
			expect_no_invented_damage(&s);
			hit = drive->fail_len > 0;
			/* a good sector that is asked again may fail once; for ever: gone */
			if (!hit || (once && drive->fail_known && drive->fail_len <= sector_size &&
				     !hurt(drive->fail_off / sector_size)))
				assert_int_equal(s.pass.rc, 0);
			else
				assert_int_equal(
					s.pass.err.kind,
					drive->fail_known && !once &&
							!hurt(drive->fail_off / sector_size) ?
						RR_GONE :
						errors[how & 1].kind);
			clear(&s);
			if (!hit)
				break;
		}
		fake_drive_free(drive);
	}
}

/* A drive that answers every read with EIO from some moment on has fallen off the bus: it is asked
 * for what it could read before. */
static void a_drive_that_fails_for_ever_is_gone(void **state)
{
	struct fake_drive *drive = hurt_drive(true);

	(void)state;
	for (uint64_t k = 0;; k++) {
		struct shot s;

		fake_drive_heal(drive);
		drive->fail_from = k;
		drive->fail_os = EIO;
		shoot(&s, drive, 1, NULL);
		run(&s);
		expect_no_invented_damage(&s);
		if (drive->fail_len) {
			assert_int_equal(s.pass.rc, -1);
			assert_int_equal(s.pass.err.kind, RR_GONE);
		}
		clear(&s);
		if (!drive->fail_len)
			break;
	}
	fake_drive_free(drive);
}

/* Through the page cache that question proves nothing: all that is left is bad, unless nothing has
 * ever been read. */
static void without_direct_reads_what_is_left_is_bad(void **state)
{
	struct fake_drive *drive = hurt_drive(false);

	(void)state;
	for (uint64_t k = 0;; k++) {
		struct shot s;

		fake_drive_heal(drive);
		drive->fail_from = k;
		drive->fail_os = EIO;
		shoot(&s, drive, 0, NULL);
		run(&s);
		assert_int_equal(s.pass.err.kind, k ? RR_OK : RR_GONE);
		for (size_t i = 0; i < SECTORS; i++)
			assert_int_equal(state_of(&s, i), k == 0 ? RR_NON_TRIED :
							  drive->sector[i].touched && !hurt(i) ?
								   RR_FINISHED :
								   RR_BAD);
		clear(&s);
		if (!drive->fail_len)
			break;
	}
	fake_drive_free(drive);
}

/* From call k on every read fails with EIO, and alive() says: gone. Also in the middle of sectors
 * that are bad indeed: those that nobody has confirmed before are not marked. */
static void gone_in_the_middle_of_bad_sectors(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, sector_size, 8);

	(void)state;
	fake_drive_damage(drive, 3, 9, EIO_FOR_EVER);
	for (uint64_t k = 0, calls = 1; k < calls; k++) {
		struct shot s;

		fake_drive_heal(drive);
		drive->fail_from = drive->dead_from = k;
		drive->fail_os = EIO;
		shoot(&s, drive, 0, NULL);
		run(&s);
		if (s.pass.rc == 0)
			calls = k; /* dead after its last read */
		else
			assert_int_equal(s.pass.err.kind, RR_GONE);
		calls += s.pass.rc != 0;
		for (size_t i = 0; i < SECTORS; i++)
			if (i < 3 || i >= 12 || (s.pass.rc && drive->fail_off / sector_size < 12))
				assert_int_not_equal(state_of(&s, i), RR_BAD);
		clear(&s);
	}
	fake_drive_free(drive);
}

/* From call k on the drive cannot be trusted. Either one read fails, all others bring bytes, and
 * alive() says: another medium; an error may be all that is ever heard of an exchange. Or all fail
 * but for what comes without a look at the medium, which proves nothing. */
static void nothing_is_taken_on_trust_after_an_error(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, sector_size, 8);
	bool ended = false;

	(void)state;
	for (uint64_t k = 0; !ended; k++) {
		for (unsigned how = 0; how < 2; how++) {
			struct shot s;

			fake_drive_heal(drive);
			drive->fail_from = k;
			drive->fail_os = EIO;
			drive->fail_to = how ? FAKE_NEVER : k + 1;
			drive->dead_from = how ? FAKE_NEVER : k;
			drive->blank_from = how * 5 * sector_size;
			drive->blank_to = how * (SIZE - 5 * sector_size);
			shoot(&s, drive, 0, NULL);
			run(&s);
			ended = s.pass.rc == 0;
			assert_int_equal(s.pass.err.kind, ended ? RR_OK : RR_GONE);
			for (size_t i = 0; i < SECTORS && !ended; i++)
				if (i * sector_size >= drive->fail_off)
					assert_int_equal(state_of(&s, i), RR_NON_TRIED);
			clear(&s);
		}
	}
	fake_drive_free(drive);
}

/* Good sectors between bad ones are kept though the pass breaks off right behind them. */
static void good_sectors_are_kept_when_the_pass_breaks_off(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, sector_size, 9);
	struct shot s;

	(void)state;
	fake_drive_damage(drive, 3, 1, EIO_FOR_EVER);
	fake_drive_damage(drive, 9, 1, FAKE_EVER, ENODEV);
	shoot(&s, drive, 0, NULL);
	run(&s);
	assert_int_equal(s.pass.err.kind, RR_GONE);
	for (size_t i = 0; i < SECTORS; i++)
		assert_int_equal(state_of(&s, i), i == 3 ? RR_BAD :
						  i < 9	 ? RR_FINISHED :
							   RR_NON_TRIED);
	clear(&s);
	fake_drive_free(drive);
}

static void each_errno_means_what_the_kernel_means(void **state)
{
	static const struct {
		int os;
		enum rr_kind kind;
	} table[] = {
		{ EIO, RR_OK },		  { ENODATA, RR_OK },	  { EILSEQ, RR_OK },
		{ EREMOTEIO, RR_OK },	  { ETIMEDOUT, RR_OK },	  { ENOLINK, RR_OK },
		{ ENODEV, RR_GONE },	  { ENXIO, RR_GONE },	  { ENOMEDIUM, RR_GONE },
		{ ENOENT, RR_GONE },	  { ESHUTDOWN, RR_GONE }, { EBADFD, RR_GONE },
		{ EINVAL, RR_SYSTEM },	  { ENOMEM, RR_SYSTEM },  { EPERM, RR_SYSTEM },
		{ EACCES, RR_SYSTEM },	  { EFAULT, RR_SYSTEM },  { EBADF, RR_SYSTEM },
		{ EOVERFLOW, RR_SYSTEM },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct fake_drive *drive = fake_drive_new(SIZE, sector_size, i);
		bool bad = table[i].kind == RR_OK;
		struct shot s;

		fake_drive_damage(drive, 5, 1, FAKE_EVER, table[i].os);
		shoot(&s, drive, 0, NULL);
		run(&s);
		assert_int_equal(s.pass.rc, bad ? 0 : -1);
		assert_int_equal(s.pass.err.kind, table[i].kind);
		assert_int_equal(s.pass.err.os, bad ? 0 : table[i].os);
		assert_int_equal(s.pass.bad.n, bad ? 1 : 0);
		if (bad)
			assert_int_equal(s.pass.bad.range[0].os, table[i].os);
		assert_int_equal(state_of(&s, 5), bad ? RR_BAD : RR_NON_TRIED);
		assert_int_equal(state_of(&s, 4), RR_FINISHED);
		clear(&s);
		fake_drive_free(drive);
	}
}

/* No bytes and no error before the size: with a smaller medium it is gone. */
static void an_early_end_of_a_smaller_medium_is_gone(void **state)
{
	(void)state;
	for (uint64_t k = 0; k < 2; k++) {
		struct fake_drive *drive = fake_drive_new(SIZE, sector_size, 10);
		struct shot s;

		drive->fail_from = drive->shrunk_from = k;
		drive->fail_to = k + 1; /* what is left of it answers */
		drive->fail_os = 0;
		drive->size_now = SIZE - 1;
		shoot(&s, drive, 0, NULL);
		run(&s);
		assert_int_equal(s.pass.err.kind, RR_GONE);
		assert_true(rr_map_total(s.map, RR_BAD) == 0);
		assert_true(rr_map_total(s.map, RR_FINISHED) == k * 16 * sector_size);
		clear(&s);
		fake_drive_free(drive);
	}
}

/* The medium is as large as it was: the place is bad. */
static void an_early_end_of_the_same_medium_is_a_bad_place(void **state)
{
	(void)state;
	for (size_t at = 0; at < SECTORS; at++) {
		struct fake_drive *drive = fake_drive_new(SIZE, sector_size, 10);
		struct shot s;

		fake_drive_damage(drive, at, 1, FAKE_EVER, 0);
		shoot(&s, drive, 0, NULL);
		run(&s);
		assert_int_equal(s.pass.rc, 0);
		for (size_t i = 0; i < SECTORS; i++)
			assert_int_equal(state_of(&s, i), i == at ? RR_BAD : RR_FINISHED);
		assert_int_equal(s.pass.bad.n, 1);
		assert_int_equal(s.pass.bad.range[0].os, EIO);
		clear(&s);
		fake_drive_free(drive);
	}
}

/* A range given back short is read on from the last whole sector, whatever the count. */
static void short_reads_lose_nothing(void **state)
{
	const size_t cuts[] = { 1,
				511,
				512,
				513,
				sector_size - 1,
				sector_size,
				sector_size + 1,
				15 * sector_size + 1,
				16 * sector_size };

	(void)state;
	for (size_t i = 0; i < sizeof(cuts) / sizeof(*cuts); i++) {
		struct fake_drive *drive = fake_drive_new(SIZE, sector_size, 11);

		for (uint64_t k = 0, calls = 1; k < calls; k++) {
			struct shot s;

			fake_drive_heal(drive);
			drive->cut_from = k;
			drive->cut_to = k + 1;
			drive->cut = cuts[i];
			shoot(&s, drive, 0, NULL);
			run(&s);
			calls = drive->calls;
			assert_int_equal(s.pass.rc, 0);
			assert_true(rr_map_is(s.map, RR_FINISHED));
			clear(&s);
		}
		fake_drive_free(drive);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_that_fails_once_costs_one_sector_at_most),
		cmocka_unit_test(any_other_error_ends_the_pass_and_marks_nothing),
		cmocka_unit_test(a_drive_that_fails_for_ever_is_gone),
		cmocka_unit_test(without_direct_reads_what_is_left_is_bad),
		cmocka_unit_test(gone_in_the_middle_of_bad_sectors),
		cmocka_unit_test(nothing_is_taken_on_trust_after_an_error),
		cmocka_unit_test(good_sectors_are_kept_when_the_pass_breaks_off),
		cmocka_unit_test(each_errno_means_what_the_kernel_means),
		cmocka_unit_test(an_early_end_of_a_smaller_medium_is_gone),
		cmocka_unit_test(an_early_end_of_the_same_medium_is_a_bad_place),
		cmocka_unit_test(short_reads_lose_nothing),
	};

	if (rr_digest_init(NULL) < 0)
		return 1;
	sector_size = fake_piece() / 16;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
