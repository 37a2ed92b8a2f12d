/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_policy.c - proves that what is not finished is read once, in order, in pieces that end on
 * round places, and sector by sector where a large read has failed before.
 * Owns: nothing.   Threads: one. */
#include "fake.h"

#include "rawright/size.h"

#define MOST ((size_t)1 << 20)

static struct rr_map *new_map(uint64_t off, uint64_t len, enum rr_state state)
{
	struct rr_map *map = NULL;

	assert_int_equal(rr_map_new(&map, off, len, state, NULL), 0);
	return map;
}

static void set(struct rr_map *map, uint64_t off, uint64_t len, enum rr_state state)
{
	assert_int_equal(rr_map_set(map, off, len, state, NULL), 0);
}

static void a_finished_map_needs_nothing(void **state)
{
	struct rr_map *map = new_map(4096, 10 * MOST, RR_FINISHED);
	struct rr_step step;

	(void)state;
	assert_false(rr_policy_next(map, 0, MOST, &step));
	assert_false(rr_policy_next(map, 5 * MOST, MOST, &step));
	set(map, 4096, 512, RR_NON_TRIED);
	assert_false(rr_policy_next(map, 4608, MOST, &step)); /* behind it, nothing */
	rr_map_free(map);
}

static void each_state_is_read_in_its_way(void **state)
{
	static const struct {
		enum rr_state state;
		bool alone;
	} ways[] = {
		{ RR_NON_TRIED, false },
		{ RR_NON_TRIMMED, false },
		{ RR_NON_SCRAPED, true },
		{ RR_BAD, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct rr_map *map = new_map(0, MOST, RR_FINISHED);
		struct rr_step step;

		set(map, 2048, 1024, ways[i].state);
		assert_true(rr_policy_next(map, 0, MOST, &step));
		assert_true(step.off == 2048 && step.len == 1024);
		assert_int_equal(step.alone, ways[i].alone);
		rr_map_free(map);
	}
}

static void pieces_end_on_round_places(void **state)
{
	struct rr_map *map = new_map(512, 3 * MOST, RR_NON_TRIED);
	struct rr_step step;

	(void)state;
	assert_true(rr_policy_next(map, 0, MOST, &step));
	assert_true(step.off == 512 && step.len == MOST - 512);
	assert_true(rr_policy_next(map, step.off + step.len, MOST, &step));
	assert_true(step.off == MOST && step.len == MOST);
	assert_true(rr_policy_next(map, 3 * MOST, MOST, &step));
	assert_true(step.off == 3 * MOST && step.len == 512); /* the rest of the last one */
	assert_true(rr_policy_next(map, 700, MOST, &step)); /* from the middle */
	assert_true(step.off == 700 && step.len == MOST - 700);
	rr_map_free(map);
}

static void places_beyond_32_bits_are_told_whole(void **state)
{
	const uint64_t far = UINT64_C(16) << 40;
	struct rr_map *map = new_map(0, far + 3 * MOST, RR_FINISHED);
	struct rr_step step;

	(void)state;
	set(map, far, 3 * MOST, RR_NON_TRIED);
	assert_true(rr_policy_next(map, 0, MOST, &step));
	assert_true(step.off == far && step.len == MOST);
	rr_map_free(map);

	map = new_map(0, far, RR_NON_TRIED); /* longer than 32 bits can say */
	assert_true(rr_policy_next(map, far - 5, MOST, &step));
	assert_true(step.off == far - 5 && step.len == 5);
	rr_map_free(map);
}

/* Walks the map as the reader does and paints what it is told to read. */
static void walk(const struct rr_map *map, size_t most, unsigned char *painted, uint64_t start)
{
	struct rr_step step;
	uint64_t at = 0;

	for (; rr_policy_next(map, at, most, &step); at = step.off + step.len) {
		assert_true(step.off >= at && step.len > 0);
		assert_true(step.off + step.len <= rr_map_end(map));
		assert_true(step.off / most == (step.off + step.len - 1) / most);
		for (uint64_t i = step.off; i < step.off + step.len; i++) {
			enum rr_state s = rr_map_state(map, i);

			assert_int_not_equal(s, RR_FINISHED);
			assert_int_equal(step.alone, s == RR_BAD || s == RR_NON_SCRAPED);
			assert_int_equal(painted[i - start]++, 0);
		}
	}
}

static void any_map_is_read_once_and_whole(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < 300; round++) {
		uint64_t start = fake_below(&seed, 100), len = 1 + fake_below(&seed, 900);
		struct rr_map *map = new_map(start, len,
					     (enum rr_state)fake_below(&seed, RR_STATES));
		unsigned char painted[1000] = { 0 };

		for (uint64_t n = fake_below(&seed, 20); n > 0; n--) {
			uint64_t off = fake_below(&seed, len);

			set(map, start + off, 1 + fake_below(&seed, len - off),
			    (enum rr_state)fake_below(&seed, RR_STATES));
		}
		walk(map, 1 + fake_below(&seed, 64), painted, start);
		for (uint64_t i = 0; i < len; i++)
			assert_int_equal(painted[i], rr_map_state(map, start + i) != RR_FINISHED);
		rr_map_free(map);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finished_map_needs_nothing),
		cmocka_unit_test(each_state_is_read_in_its_way),
		cmocka_unit_test(pieces_end_on_round_places),
		cmocka_unit_test(places_beyond_32_bits_are_told_whole),
		cmocka_unit_test(any_map_is_read_once_and_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
