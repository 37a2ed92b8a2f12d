/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_map.c - proves that a map always says what a plain table of bytes would say.
 * Owns: nothing.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rawright/map.h"

#define START 1000u
#define LEN 120u

static struct rr_map *new_map(enum rr_state state)
{
	struct rr_map *map = NULL;
	struct rr_err err;

	assert_int_equal(rr_map_new(&map, START, LEN, state, &err), 0);
	return map;
}

/* Sorted, without gaps, from start to end, and neighbours differ. */
static void expect_well_formed(const struct rr_map *map)
{
	uint64_t next = rr_map_start(map);

	for (size_t i = 0; i < rr_map_count(map); i++) {
		struct rr_extent e = rr_map_at(map, i);

		assert_true(e.off == next && e.len > 0);
		assert_true(i == 0 || rr_map_at(map, i - 1).state != e.state);
		next = e.off + e.len;
	}
	assert_true(next == rr_map_end(map));
}

static void expect_as(const struct rr_map *map, const uint8_t *table)
{
	uint64_t total[RR_STATES] = { 0 };

	expect_well_formed(map);
	for (unsigned i = 0; i < LEN; i++) {
		assert_int_equal(rr_map_state(map, START + i), table[i]);
		total[table[i]]++;
	}
	for (unsigned s = 0; s < RR_STATES; s++) {
		assert_true(rr_map_total(map, (enum rr_state)s) == total[s]);
		assert_int_equal(rr_map_is(map, (enum rr_state)s), total[s] == LEN);
	}
}

/* rr_map_next against a walk over the table. */
static void expect_next(const struct rr_map *map, const uint8_t *table, uint64_t from,
			unsigned states)
{
	struct rr_extent e = { 0 };
	unsigned i = from > START ? (unsigned)(from - START) : 0, end;

	while (i < LEN && !(states & 1u << table[i]))
		i++;
	assert_int_equal(rr_map_next(map, from, states, &e), i < LEN);
	if (i >= LEN)
		return;
	for (end = i; end < LEN && table[end] == table[i]; end++)
		;
	assert_true(e.off == START + i && e.len == end - i);
	assert_int_equal(e.state, table[i]);
}

static void a_new_map_is_of_one_state(void **state)
{
	struct rr_map *map = new_map(RR_NON_TRIED);

	(void)state;
	assert_true(rr_map_start(map) == START);
	assert_true(rr_map_end(map) == START + LEN);
	assert_int_equal(rr_map_count(map), 1);
	assert_true(rr_map_is(map, RR_NON_TRIED));
	rr_map_free(map);
	rr_map_free(NULL);
}

static void random_changes(struct rr_map *map, uint8_t *table, int rounds)
{
	struct rr_err err;

	for (int round = 0; round < rounds; round++) {
		unsigned off = (unsigned)random() % LEN;
		unsigned len = 1 + (unsigned)random() % (random() % 4 ? 8 : LEN);
		unsigned to = (unsigned)random() % RR_STATES;

		if (len > LEN - off)
			len = LEN - off;
		assert_int_equal(rr_map_set(map, START + off, len, (enum rr_state)to, &err), 0);
		memset(table + off, (int)to, len);
		expect_as(map, table);
	}
}

static void any_change_is_as_in_a_table(void **state)
{
	uint8_t table[LEN] = { 0 };
	struct rr_map *map = new_map(RR_NON_TRIED);

	(void)state;
	srandom(2);
	random_changes(map, table, 20000);
	rr_map_free(map);
}

static void next_finds_what_a_walk_finds(void **state)
{
	uint8_t table[LEN] = { 0 };
	struct rr_map *map = new_map(RR_NON_TRIED);

	(void)state;
	srandom(3);
	for (int round = 0; round < 300; round++) {
		random_changes(map, table, 5);
		for (uint64_t from = START - 2; from < START + LEN + 2; from++)
			expect_next(map, table, from, (unsigned)random() % (1u << RR_STATES));
	}
	rr_map_free(map);
}

static void a_copy_stands_alone(void **state)
{
	uint8_t table[LEN] = { 0 }, before[LEN];
	struct rr_map *map = new_map(RR_NON_TRIED), *copy = NULL;
	struct rr_err err;

	(void)state;
	srandom(4);
	random_changes(map, table, 100);
	memcpy(before, table, LEN);
	assert_int_equal(rr_map_copy(&copy, map, &err), 0);
	random_changes(map, table, 100);
	expect_as(copy, before);
	random_changes(copy, before, 200);	/* its room grows by itself */
	expect_as(map, table);
	rr_map_free(map);
	rr_map_free(copy);
}

static void equal_is_equal_in_every_byte(void **state)
{
	struct rr_map *one = new_map(RR_NON_TRIED), *two = new_map(RR_NON_TRIED), *longer = NULL;
	struct rr_err err;

	(void)state;
	assert_true(rr_map_equal(one, two));
	for (unsigned i = 0; i < LEN; i++) {
		assert_int_equal(rr_map_set(one, START + i, 1, RR_BAD, &err), 0);
		assert_false(rr_map_equal(one, two));
		assert_int_equal(rr_map_set(two, START + i, 1, RR_FINISHED, &err), 0);
		assert_false(rr_map_equal(one, two));
		assert_int_equal(rr_map_set(two, START + i, 1, RR_BAD, &err), 0);
		assert_true(rr_map_equal(one, two));
	}
	assert_int_equal(rr_map_new(&longer, START, LEN + 1, RR_BAD, &err), 0);
	assert_false(rr_map_equal(one, longer));
	assert_false(rr_map_equal(longer, one));
	rr_map_free(one);
	rr_map_free(two);
	rr_map_free(longer);
}

static void large_drives_fit(void **state)
{
	const uint64_t size = INT64_MAX, mid = UINT64_C(5) << 60;
	struct rr_map *map = NULL;
	struct rr_extent e;
	struct rr_err err;

	(void)state;
	assert_int_equal(rr_map_new(&map, 0, size, RR_NON_TRIED, &err), 0);
	assert_int_equal(rr_map_set(map, mid, 512, RR_BAD, &err), 0);
	assert_int_equal(rr_map_set(map, size - 1, 1, RR_FINISHED, &err), 0);
	expect_well_formed(map);
	assert_int_equal(rr_map_count(map), 4);
	assert_true(rr_map_next(map, 0, 1u << RR_BAD, &e));
	assert_true(e.off == mid && e.len == 512);
	assert_true(rr_map_total(map, RR_NON_TRIED) == size - 513);
	rr_map_free(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_map_is_of_one_state),
		cmocka_unit_test(any_change_is_as_in_a_table),
		cmocka_unit_test(next_finds_what_a_walk_finds),
		cmocka_unit_test(a_copy_stands_alone),
		cmocka_unit_test(equal_is_equal_in_every_byte),
		cmocka_unit_test(large_drives_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
