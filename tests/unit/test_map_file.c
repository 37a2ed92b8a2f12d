/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_map_file.c - proves that maps are written as GNU ddrescue reads them, and that whatever text
 * comes back is understood or refused with its line, never half understood.
 * Owns: nothing.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rawright/map.h"
#include "rawright/text.h"

#define SIZE 1474560u

static int parse(const char *text, struct rr_map **map, struct rr_map_info *info,
		 struct rr_err *err)
{
	return rr_map_parse(text, "f.map", 0, SIZE, 512, map, info, err);
}

static void expect_extent(const struct rr_map *map, size_t i, uint64_t off, uint64_t len,
			  enum rr_state state)
{
	struct rr_extent e;

	assert_true(i < rr_map_count(map));
	e = rr_map_at(map, i);
	assert_true(e.off == off);
	assert_true(e.len == len);
	assert_int_equal(e.state, state);
}

/* As ddrescue 1.27 writes it. */
static const char from_ddrescue[] =
	"# Mapfile. Created by GNU ddrescue version 1.27\n"
	"# Command line: ddrescue -d /dev/fd0 f.img f.map\n"
	"# Start time:   2026-11-23 10:00:00\n"
	"# current_pos  current_status  current_pass\n"
	"0x00019000     -               3\n"
	"#      pos        size  status\n"
	"0x00000000  0x00019000  +\n"
	"0x00019000  0x00000200  -\n"
	"0x00019200  0x00000400  /\n"
	"0x00019600  0x00000600  *\n"
	"0x00019C00  0x0014E400  ?\n";

static void the_map_of_ddrescue_is_understood(void **state)
{
	struct rr_map_info info;
	struct rr_map *map = NULL;
	struct rr_err err;

	(void)state;
	assert_int_equal(parse(from_ddrescue, &map, &info, &err), 0);
	assert_int_equal(rr_map_count(map), 5);
	expect_extent(map, 0, 0, 0x19000, RR_FINISHED);
	expect_extent(map, 1, 0x19000, 0x200, RR_BAD);
	expect_extent(map, 2, 0x19200, 0x400, RR_NON_SCRAPED);
	expect_extent(map, 3, 0x19600, 0x600, RR_NON_TRIMMED);
	expect_extent(map, 4, 0x19c00, 0x14e400, RR_NON_TRIED);
	assert_true(info.pos == 0x19000);
	assert_int_equal(info.status, '-');
	assert_int_equal(info.pass, 3);
	assert_int_equal(info.nnote, 0);
	rr_map_free(map);
	rr_map_info_free(&info);
}

static void what_people_write_by_hand_is_understood(void **state)
{
	static const char text[] =
		"   # by hand\r\n\r\n"
		"0 ?\r\n"			/* before version 1.20 there was no pass */
		"0\t01000 + # octal\r\n"
		"512 512 -\n"
		"0x400 1024 /\n"
		"#0x800 1024 +\n"
		"2048 0X200 *";			/* and no end of line */
	struct rr_map_info info;
	struct rr_map *map = NULL;
	struct rr_err err;

	(void)state;
	assert_int_equal(parse(text, &map, &info, &err), 0);
	assert_int_equal(rr_map_count(map), 5);
	expect_extent(map, 0, 0, 512, RR_FINISHED);
	expect_extent(map, 1, 512, 512, RR_BAD);
	expect_extent(map, 2, 1024, 1024, RR_NON_SCRAPED);
	expect_extent(map, 3, 2048, 512, RR_NON_TRIMMED);
	expect_extent(map, 4, 2560, SIZE - 2560, RR_NON_TRIED);	/* left out: not tried */
	assert_int_equal(info.status, '?');
	rr_map_free(map);
	rr_map_info_free(&info);
}

static void what_breaks_the_rules_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *line;
	} row[] = {
		{ "", "" },
		{ "# nothing else\n", "" },
		{ "0 x\n", "line 1" },
		{ "0\n", "line 1" },
		{ "0 + 0\n0 512 +\n", "line 1" },
		{ "0 + one\n", "line 1" },
		{ "0 + 1 1\n", "line 1" },
		{ "0x + 1\n", "line 1" },
		{ "0 + 1\n0 512 +\n1024 512 +\n", "line 3" },		/* a gap */
		{ "0 + 1\n0 1024 +\n512 512 +\n", "line 3" },		/* an overlap */
		{ "0 + 1\n512 512 +\n0 512 +\n", "line 3" },		/* backwards */
		{ "0 + 1\n0 512 x\n", "line 2" },
		{ "0 + 1\n0 512 F\n", "line 2" },		/* a status, and no state */
		{ "0 + 1\n0 512\n", "line 2" },
		{ "0 + 1\n0 512 ++\n", "line 2" },
		{ "0 + 1\n0 512 + 1\n", "line 2" },
		{ "0 + 1\n-512 512 +\n", "line 2" },
		{ "0 + 1\n0 -512 +\n", "line 2" },
		{ "0 + 1\n0 0x10000000000000000 +\n", "line 2" },
		{ "0 + 1\n512 0xFFFFFFFFFFFFFFFF ?\n", "line 2" },
		{ "0 + 1\n0 0x9000000000000000 ?\n", "line 2" },	/* more than an off_t */
		{ "0 + 1\n0 089 +\n", "line 2" },
		{ "0 + 1\n0 512s +\n", "line 2" },
		{ "0 + 1\n0 512 +\n512 0 -\n", "line 3" },
		{ "0 + 1\n0 1474561 +\n", "line 2" },		/* past the end of the drive */
		{ "0 + 1\n0 1474560 +\n1474560 512 -\n", "line 3" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct rr_map *map = NULL;
		struct rr_map_info info;
		struct rr_err err = { 0 };

		assert_int_equal(parse(row[i].text, &map, &info, &err), -1);
		assert_int_equal(err.kind, RR_FORMAT);
		assert_non_null(strstr(err.text, "f.map"));
		assert_non_null(strstr(err.text, row[i].line));
		assert_null(map);
	}
}

/* A sector is read as a whole: half of one is worth its less processed half. */
static void parts_of_sectors_are_widened(void **state)
{
	static const char text[] =
		"0 ? 1\n0 700 +\n700 100 -\n800 1000 +\n1800 10 ?\n1810 1474 +\n3284 300 /\n"
		"3584 100 *\n3684 1470876 +\n";
	struct rr_map_info info;
	struct rr_map *map = NULL;
	struct rr_err err;

	(void)state;
	assert_int_equal(parse(text, &map, &info, &err), 0);
	expect_extent(map, 0, 0, 512, RR_FINISHED);
	expect_extent(map, 1, 512, 512, RR_BAD);
	expect_extent(map, 2, 1024, 512, RR_FINISHED);
	expect_extent(map, 3, 1536, 512, RR_NON_TRIED);
	expect_extent(map, 4, 2048, 1024, RR_FINISHED);
	expect_extent(map, 5, 3072, 512, RR_NON_SCRAPED);
	expect_extent(map, 6, 3584, 512, RR_NON_TRIMMED);
	expect_extent(map, 7, 4096, SIZE - 4096, RR_FINISHED);
	rr_map_free(map);
	rr_map_info_free(&info);
}

static void a_part_of_a_drive_has_its_own_map(void **state)
{
	struct rr_map_info info;
	struct rr_map *map = NULL;
	struct rr_err err;

	(void)state;
	assert_int_equal(
		rr_map_parse("0 ? 1\n4096 512 +\n", "f.map", 4096, 8192, 512, &map, &info, &err),
		0);
	assert_true(rr_map_start(map) == 4096 && rr_map_end(map) == 12288);
	expect_extent(map, 0, 4096, 512, RR_FINISHED);
	expect_extent(map, 1, 4608, 7680, RR_NON_TRIED);
	rr_map_free(map);
	rr_map_info_free(&info);
	assert_int_equal(
		rr_map_parse("0 ? 1\n0 512 +\n", "f.map", 4096, 8192, 512, &map, &info, &err), -1);
	assert_int_equal(err.kind, RR_FORMAT);
}

static void notes_come_back(void **state)
{
	struct rr_map_info info = { .pos = 512, .status = '+', .pass = 2 }, back;
	struct rr_map *map = NULL, *again = NULL;
	rr_autofree char *text = NULL;
	struct rr_err err;

	(void)state;
	assert_int_equal(rr_map_info_add(&info, "serial=A=1 \xc3\xa4", &err), 0);
	assert_int_equal(rr_map_info_add(&info, "model=two\nlines", &err), 0);
	assert_int_equal(rr_map_new(&map, 0, SIZE, RR_BAD, &err), 0);
	assert_int_equal(rr_map_print(map, &info, &text, &err), 0);
	assert_int_equal(parse(text, &again, &back, &err), 0);
	assert_int_equal(back.nnote, 2);
	assert_string_equal(rr_map_info_get(&back, "serial"), "A=1 \xc3\xa4");
	assert_string_equal(rr_map_info_get(&back, "model"), "two\\x0alines");
	assert_null(rr_map_info_get(&back, "seri"));
	assert_null(rr_map_info_get(&back, "wwn"));
	assert_true(back.pos == 512);
	assert_int_equal(back.status, '+');
	assert_int_equal(back.pass, 2);
	assert_true(rr_map_is(again, RR_BAD));
	rr_map_free(map);
	rr_map_free(again);
	rr_map_info_free(&info);
	rr_map_info_free(&back);
}

static void any_map_survives_the_round_trip(void **state)
{
	(void)state;
	srandom(6);
	for (int round = 0; round < 200; round++) {
		struct rr_map_info info = { .status = '?' }, back;
		struct rr_map *map = NULL, *again = NULL;
		rr_autofree char *text = NULL;
		struct rr_err err;

		assert_int_equal(rr_map_new(&map, 0, SIZE, RR_NON_TRIED, &err), 0);
		for (int i = 0; i < 50; i++)
			assert_int_equal(rr_map_set(map, (uint64_t)random() % 2800 * 512,
						    512 * (1 + (uint64_t)random() % 80),
						    (enum rr_state)(random() % RR_STATES), &err),
					 0);
		assert_int_equal(rr_map_print(map, &info, &text, &err), 0);
		assert_int_equal(parse(text, &again, &back, &err), 0);
		assert_int_equal(rr_map_count(again), rr_map_count(map));
		for (size_t i = 0; i < rr_map_count(map); i++) {
			struct rr_extent e = rr_map_at(map, i);

			expect_extent(again, i, e.off, e.len, e.state);
		}
		rr_map_free(map);
		rr_map_free(again);
		rr_map_info_free(&back);
	}
}

/* Broken texts: refused, or a map that covers the drive. */
static void no_text_does_harm(void **state)
{
	static const char pick[] = "0123456789abcdefxX?*/-+# \t\r\nFG\x80";
	char text[sizeof(from_ddrescue)];

	(void)state;
	srandom(7);
	for (int round = 0; round < 30000; round++) {
		struct rr_map_info info;
		struct rr_map *map = NULL;
		struct rr_err err = { 0 };
		uint64_t next = 0;

		memcpy(text, from_ddrescue, sizeof(text));
		for (long n = 1 + random() % 4; n > 0; n--)
			text[150 + (size_t)random() % (sizeof(text) - 151)] =
				pick[(size_t)random() % (sizeof(pick) - 1)];
		if (parse(text, &map, &info, &err) < 0) {
			assert_int_equal(err.kind, RR_FORMAT);
			continue;
		}
		for (size_t i = 0; i < rr_map_count(map); i++) {
			assert_true(rr_map_at(map, i).off == next && next % 512 == 0);
			next += rr_map_at(map, i).len;
		}
		assert_true(next == SIZE);
		rr_map_free(map);
		rr_map_info_free(&info);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_map_of_ddrescue_is_understood),
		cmocka_unit_test(what_people_write_by_hand_is_understood),
		cmocka_unit_test(what_breaks_the_rules_is_refused_with_its_line),
		cmocka_unit_test(parts_of_sectors_are_widened),
		cmocka_unit_test(a_part_of_a_drive_has_its_own_map),
		cmocka_unit_test(notes_come_back),
		cmocka_unit_test(any_map_survives_the_round_trip),
		cmocka_unit_test(no_text_does_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
