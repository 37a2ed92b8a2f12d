/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_segments.c - proves that pieces and windows cover what passed and tell its sums, and that
 * what differs from known pieces, or from another source, is named exactly.
 * Owns: nothing.   Threads: a pipeline's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "rawright/size.h"

#define SECTOR 512u
#define SIZE   UINT64_C(300333)
#define WINDOW 8192u

static uint32_t crc_of(const void *data, size_t len)
{
	struct rr_crc *crc = NULL;
	uint32_t value;

	assert_int_equal(rr_crc_open(&crc, NULL), 0);
	rr_crc_update(crc, data, len);
	value = rr_crc_take(crc);
	rr_crc_close(crc);
	return value;
}

/* All of the drive, past one stage. */
static void pass_by(struct fake_drive *drive, struct rr_stage *stage)
{
	struct fake_pass pass = { .flow = { .src = &drive->src,
					    .stage = &stage,
					    .nstage = 1,
					    .known_good = UINT64_MAX } };

	assert_int_equal(rr_map_new(&pass.flow.map, 0, drive->src.size, RR_NON_TRIED, NULL), 0);
	fake_pass_run(&pass);
	assert_int_equal(pass.rc, 0);
	assert_false(atomic_load(&stage->failed));
	rr_map_free(pass.flow.map);
	fake_pass_clear(&pass);
}

static struct rr_stage *check_stage(struct fake_drive *drive, const struct rr_segment_list *known)
{
	struct rr_stage *stage = NULL;

	assert_int_equal(rr_stage_check_new(known, WINDOW, &stage, NULL), 0);
	pass_by(drive, stage);
	return stage;
}

/* The pieces of a list: sorted, apart, each with the sum of its bytes. */
static void expect_sums(const struct rr_segment_list *list, const unsigned char *image)
{
	uint64_t at = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct rr_segment *seg = &list->seg[i];

		assert_true(seg->off >= at && seg->len > 0 && seg->off + seg->len <= SIZE);
		assert_int_equal(seg->crc, crc_of(image + seg->off, seg->len));
		assert_true(seg->off / WINDOW == (seg->off + seg->len - 1) / WINDOW);
		at = seg->off + seg->len;
	}
}

static void the_sum_is_that_of_zip(void **state)
{
	(void)state;
	assert_int_equal(crc_of("123456789", 9),
			 0xcbf43926u); /* the check value of CRC-32/ISO-HDLC */
}

/* Damage, checkpoints and the window cut them; together they are the image. */
static void segments_cover_all_that_passed(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 1);
	struct rr_segment_list list = { 0 };
	struct rr_stage *stage = NULL;
	uint64_t bytes = 0;

	(void)state;
	assert_int_equal(rr_stage_segments_new(WINDOW, 0, &stage, NULL), 0);
	pass_by(drive, stage);
	assert_int_equal(rr_stage_segments_copy(stage, &list, NULL), 0);
	expect_sums(&list, drive->data);
	assert_int_equal(list.n, SIZE / WINDOW + 1);
	for (size_t i = 0; i < list.n; i++)
		bytes += list.seg[i].len;
	assert_true(bytes == SIZE);
	rr_segment_list_clear(&list);
	rr_stage_free(stage);
	fake_drive_free(drive);
}

/* A damaged sector is a piece of its own: it is never part of one that counts as read. */
static void what_is_filled_is_a_piece_of_its_own(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 2);
	struct rr_segment_list list = { 0 };
	struct rr_stage *stage = NULL;
	bool found = false;

	(void)state;
	fake_drive_damage(drive, 100, 2, FAKE_EVER, EIO);
	assert_int_equal(rr_stage_segments_new(WINDOW, 0, &stage, NULL), 0);
	pass_by(drive, stage);
	assert_int_equal(rr_stage_segments_copy(stage, &list, NULL), 0);
	memset(drive->data + 100 * SECTOR, 0, 2 * SECTOR); /* as the image has it */
	expect_sums(&list, drive->data);
	for (size_t i = 0; i < list.n; i++)
		found |= list.seg[i].off == 100 * SECTOR && list.seg[i].len == 2 * SECTOR;
	assert_true(found);
	rr_segment_list_clear(&list);
	rr_stage_free(stage);
	fake_drive_free(drive);
}

/* What has passed since the last checkpoint is nobody's business yet. */
static void a_copy_is_what_stood_at_the_last_checkpoint(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 3);
	struct rr_segment_list list = { 0 };
	struct rr_stage *stage = NULL;
	struct rr_pipeline *pipe = NULL;
	struct fake_pass pass = { .flow = { .src = &drive->src,
					    .stage = &stage,
					    .nstage = 1,
					    .known_good = UINT64_MAX } };
	struct rr_word word;

	(void)state;
	drive->hold_at = 1;
	assert_int_equal(rr_map_new(&pass.flow.map, 0, SIZE, RR_NON_TRIED, NULL), 0);
	assert_int_equal(rr_stage_segments_new(WINDOW, 0, &stage, NULL), 0);
	assert_int_equal(rr_pipeline_start(&pipe, &pass.flow, &pass.err), 0);
	fake_gate_await(&drive->gate); /* something has passed, nothing is marked */
	assert_int_equal(rr_stage_segments_copy(stage, &list, NULL), 0);
	assert_int_equal(list.n, 0);
	rr_pipeline_stop(pipe);
	fake_gate_open(&drive->gate);
	assert_true(rr_pipeline_wait(pipe, fake_limit_ms(10000)));
	while (rr_pipeline_word(pipe, &word))
		rr_map_free(word.map);
	assert_int_equal(rr_pipeline_join(pipe, &pass.err), -1);
	assert_int_equal(rr_stage_segments_copy(stage, &list, NULL), 0);
	assert_true(list.n > 0);
	expect_sums(&list, drive->data);
	assert_true(list.seg[list.n - 1].off + list.seg[list.n - 1].len ==
		    rr_map_total(pass.flow.map, RR_FINISHED));
	rr_segment_list_clear(&list);
	rr_stage_free(stage);
	rr_map_free(pass.flow.map);
	fake_drive_free(drive);
}

static void windows_are_the_sums_of_their_bytes(void **state)
{
	static const uint64_t sizes[] = { 512, 1000, WINDOW, SIZE - 1, SIZE, SIZE + 1 };
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 4);

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct rr_stage *stage = NULL;
		uint8_t(*list)[32] = NULL;
		size_t n = 0;

		fake_drive_heal(drive);
		assert_int_equal(rr_stage_windows_new(sizes[i], 0, &stage, NULL), 0);
		pass_by(drive, stage);
		assert_false(rr_stage_windows_take(stage, SIZE - 1, &list, &n));
		assert_true(rr_stage_windows_take(stage, SIZE, &list, &n));
		assert_int_equal(n, (SIZE + sizes[i] - 1) / sizes[i]);
		for (size_t w = 0; w < n; w++) {
			struct rr_digest_value value = { .algo = rr_digest_find("sha256") };
			uint64_t off = w * sizes[i];

			memcpy(value.value, list[w], 32);
			fake_expect_digest(&value, drive->data + off, rr_min(sizes[i], SIZE - off));
		}
		free(list);
		rr_stage_free(stage);
	}
	fake_drive_free(drive);
}

/* Known pieces over a part of the image, of any lengths, with gaps or without. */
static void random_known(const struct fake_drive *drive, struct rr_segment_list *known,
			 uint64_t *seed, bool gaps)
{
	for (uint64_t at = 0; at < SIZE;) {
		struct rr_segment seg = { .off = at, .len = 1 + fake_below(seed, 20000) };

		seg.len = rr_min(seg.len, SIZE - at);
		seg.crc = crc_of(drive->data + at, seg.len);
		at += seg.len;
		if (!gaps || fake_below(seed, 2))
			assert_int_equal(rr_segment_add(known, &seg, NULL), 0);
	}
}

static uint64_t total(const struct rr_segment_list *list)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < list->n; i++)
		sum += list->seg[i].len;
	return sum;
}

/* Known and found: each byte is in one of them, and in one alone. */
static void expect_parted(const struct rr_segment_list *known, const struct rr_segment_list *found)
{
	unsigned char *in = calloc(1, SIZE);

	assert_non_null(in);
	for (size_t i = 0; i < known->n; i++)
		memset(in + known->seg[i].off, 1, known->seg[i].len);
	for (size_t i = 0; i < found->n; i++)
		for (uint64_t at = found->seg[i].off; at < found->seg[i].off + found->seg[i].len;
		     at++)
			assert_int_equal(in[at]++, 0);
	assert_null(memchr(in, 0, SIZE));
	free(in);
}

static void what_is_as_it_was_has_no_difference(void **state)
{
	uint64_t seed = 5;

	(void)state;
	for (unsigned round = 0; round < 40; round++) {
		struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, seed);
		struct rr_segment_list known = { 0 };
		struct rr_stage *stage;
		struct rr_check *check;

		if (round)
			random_known(drive, &known, &seed, round & 1);
		stage = check_stage(drive, &known);
		check = rr_stage_check_result(stage);
		assert_int_equal(check->differences.n, 0);
		assert_true(check->compared == total(&known));
		expect_sums(&check->found, drive->data);
		expect_parted(&known, &check->found);
		rr_stage_free(stage);
		rr_segment_list_clear(&known);
		fake_drive_free(drive);
	}
}

/* Exactly the pieces that hold a byte that changed. */
static void expect_differences(const struct rr_segment_list *known, const bool *changed,
			       const struct rr_range_list *differences)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < known->n; i++) {
		const struct rr_segment *seg = &known->seg[i];
		bool named = false;

		for (size_t j = 0; j < differences->n; j++)
			named |= differences->range[j].off <= seg->off &&
				 seg->off + seg->len <=
					 differences->range[j].off + differences->range[j].len;
		assert_int_equal(named, changed[i]);
		bytes += changed[i] ? seg->len : 0;
	}
	assert_true(bytes == rr_range_total(differences));
}

/* A bit somewhere, or a sector that cannot be read any more. */
static void spoil(struct fake_drive *drive, const struct rr_segment_list *known, bool *changed,
		  uint64_t *seed)
{
	uint64_t at = fake_below(seed, SIZE), from = at, to = at + 1;
	bool unreadable = fake_below(seed, 3) == 0 && at >= SECTOR;

	if (unreadable) {
		from = rr_align_down(at, SECTOR);
		to = from + SECTOR;
		fake_drive_damage(drive, (size_t)(at / SECTOR), 1, FAKE_EVER, EIO);
	} else {
		drive->data[at] ^= (unsigned char)(1u << fake_below(seed, 8));
	}
	for (size_t i = 0; i < known->n; i++)
		changed[i] |= known->seg[i].off < to &&
			      known->seg[i].off + known->seg[i].len > from;
}

static void a_difference_is_named_exactly(void **state)
{
	uint64_t seed = 6;

	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, round);
		struct rr_segment_list known = { 0 };
		bool changed[2048] = { false };
		struct rr_stage *stage;
		struct rr_check *check;

		random_known(drive, &known, &seed, round & 1);
		for (uint64_t n = 1 + fake_below(&seed, 4); n > 0; n--)
			spoil(drive, &known, changed, &seed);
		stage = check_stage(drive, &known);
		check = rr_stage_check_result(stage);
		expect_differences(&known, changed, &check->differences);
		assert_true(check->compared == total(&known));
		rr_stage_free(stage);
		rr_segment_list_clear(&known);
		fake_drive_free(drive);
	}
}

/* Zeros stand for what could not be read; a piece that was zeros is not found by its sum. */
static void what_cannot_be_read_differs_from_zeros_too(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 11);
	struct rr_segment seg = { .off = 20 * SECTOR, .len = 4 * SECTOR };
	struct rr_segment_list known = { 0 };
	struct rr_stage *stage;
	struct rr_check *check;

	(void)state;
	memset(drive->data + seg.off, 0, seg.len);
	seg.crc = crc_of(drive->data + seg.off, seg.len);
	assert_int_equal(rr_segment_add(&known, &seg, NULL), 0);
	fake_drive_damage(drive, 21, 1, FAKE_EVER, EIO);
	stage = check_stage(drive, &known);
	check = rr_stage_check_result(stage);
	assert_int_equal(check->differences.n, 1);
	assert_true(check->differences.range[0].off == seg.off);
	rr_stage_free(stage);
	rr_segment_list_clear(&known);
	fake_drive_free(drive);
}

/* The image is shorter than what is known of it: the piece that is cut differs. */
static void a_piece_that_is_cut_short_differs(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 7);
	struct rr_segment seg = { .off = SIZE - 1000, .len = 2000, .crc = 0 };
	struct rr_segment_list known = { 0 };
	struct rr_stage *stage;
	struct rr_check *check;

	(void)state;
	seg.crc = crc_of(drive->data + seg.off, 999);
	assert_int_equal(rr_segment_add(&known, &seg, NULL), 0);
	stage = check_stage(drive, &known);
	check = rr_stage_check_result(stage);
	assert_int_equal(check->differences.n, 1);
	assert_true(check->differences.range[0].off == SIZE - 1000);
	rr_stage_free(stage);
	rr_segment_list_clear(&known);
	fake_drive_free(drive);
}

/* Two sources, the second with its first byte elsewhere. */
static void compare(struct fake_drive *one, struct fake_drive *two, uint64_t to,
		    struct rr_stage **stage)
{
	assert_int_equal(rr_stage_compare_new(&two->src, 0, to, stage, NULL), 0);
	pass_by(one, *stage);
	assert_false(two->wrong);
}

/* One sector more that differs; *os as the comparison should tell it. */
static void differ(struct fake_drive *one, struct fake_drive *two, uint64_t to, size_t i, int *os,
		   uint64_t *seed)
{
	static const int reasons[] = { 0, ENODATA, EIO };
	int why = reasons[fake_below(seed, 3)];

	if (*os >= 0 || i == 0)
		return;
	*os = why;
	if (why == 0)
		two->data[to + i * SECTOR + fake_below(seed, SECTOR)] ^= 1;
	else if (why == ENODATA)
		fake_drive_damage(two, i + to / SECTOR, 1, FAKE_EVER, ENODATA);
	else
		fake_drive_damage(one, i, 1, FAKE_EVER, EIO);
}

static const struct rr_range *range_at(const struct rr_range_list *list, uint64_t at)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->range[i].off <= at && at < list->range[i].off + list->range[i].len)
			return &list->range[i];
	return NULL;
}

/* Sector by sector, with the reason, also where only one side can be read. Positions are the
 * other's. */
static void a_comparison_names_the_sectors_that_differ(void **state)
{
	uint64_t seed = 8;

	(void)state;
	for (unsigned round = 0; round < 40; round++) {
		uint64_t to = fake_below(&seed, 10) * SECTOR;
		struct fake_drive *one = fake_drive_new(SIZE, SECTOR, round);
		struct fake_drive *two = fake_drive_new(SIZE + to, SECTOR, 99);
		struct rr_compare *result;
		struct rr_stage *stage;
		int os[SIZE / SECTOR + 1];

		memset(os, -1, sizeof(os));
		memcpy(two->data + to, one->data, SIZE);
		for (unsigned n = 0; n < round; n++) {
			size_t i = (size_t)fake_below(&seed, SIZE / SECTOR);

			differ(one, two, to, i, &os[i], &seed);
		}
		compare(one, two, to, &stage);
		result = rr_stage_compare_result(stage);
		for (size_t i = 0; i <= SIZE / SECTOR; i++) {
			const struct rr_range *hit = range_at(&result->differences,
							      to + i * SECTOR);

			assert_int_equal(hit ? hit->os : -1, os[i]);
		}
		rr_stage_free(stage);
		fake_drive_free(one);
		fake_drive_free(two);
	}
}

/* The other source's sectors are larger: it is asked for whole ones all the same. */
static void a_comparison_with_larger_sectors(void **state)
{
	struct fake_drive *one = fake_drive_new(SIZE, SECTOR, 10);
	struct fake_drive *two = fake_drive_new(SIZE, 8 * SECTOR, 10);
	struct rr_stage *stage = NULL;
	struct rr_compare *result;

	(void)state;
	fake_drive_damage(one, 100, 1, FAKE_EVER, EIO);
	two->data[200 * SECTOR] ^= 1;
	compare(one, two, 0, &stage);
	result = rr_stage_compare_result(stage);
	assert_non_null(range_at(&result->differences, 100 * SECTOR));
	assert_non_null(range_at(&result->differences, 200 * SECTOR));
	assert_null(range_at(&result->differences, 99 * SECTOR));
	assert_null(range_at(&result->differences, 101 * SECTOR));
	rr_stage_free(stage);
	fake_drive_free(one);
	fake_drive_free(two);
}

static void the_other_source_gone_is_no_difference(void **state)
{
	struct fake_drive *one = fake_drive_new(SIZE, SECTOR, 9),
			  *two = fake_drive_new(SIZE, SECTOR, 9);
	struct rr_stage *stage = NULL;
	struct fake_pass pass = {
		.flow = { .src = &one->src, .stage = &stage, .nstage = 1, .known_good = UINT64_MAX }
	};

	(void)state;
	fake_drive_damage(two, 300, 1, FAKE_EVER, ENODEV);
	assert_int_equal(rr_map_new(&pass.flow.map, 0, SIZE, RR_NON_TRIED, NULL), 0);
	assert_int_equal(rr_stage_compare_new(&two->src, 0, 0, &stage, NULL), 0);
	fake_pass_run(&pass);
	assert_true(atomic_load(&stage->failed));
	assert_int_equal(stage->err.kind, RR_GONE);
	assert_int_equal(rr_stage_compare_result(stage)->differences.n, 0);
	rr_stage_free(stage);
	rr_map_free(pass.flow.map);
	fake_pass_clear(&pass);
	fake_drive_free(one);
	fake_drive_free(two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sum_is_that_of_zip),
		cmocka_unit_test(segments_cover_all_that_passed),
		cmocka_unit_test(what_is_filled_is_a_piece_of_its_own),
		cmocka_unit_test(a_copy_is_what_stood_at_the_last_checkpoint),
		cmocka_unit_test(windows_are_the_sums_of_their_bytes),
		cmocka_unit_test(what_is_as_it_was_has_no_difference),
		cmocka_unit_test(a_difference_is_named_exactly),
		cmocka_unit_test(what_cannot_be_read_differs_from_zeros_too),
		cmocka_unit_test(a_piece_that_is_cut_short_differs),
		cmocka_unit_test(a_comparison_names_the_sectors_that_differ),
		cmocka_unit_test(a_comparison_with_larger_sectors),
		cmocka_unit_test(the_other_source_gone_is_no_difference),
	};

	if (rr_digest_init(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
