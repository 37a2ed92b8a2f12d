/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_size.c - proves that sizes are read and shown as size.h promises, to the last bit.
 * Owns: nothing.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rawright/size.h"

static void good_sizes_are_read(void **state)
{
	static const struct {
		const char *text;
		uint64_t n;
		bool sectors;
	} row[] = {
		{ "0", 0, false },
		{ "512", 512, false },
		{ "007", 7, false },
		{ "10s", 10, true },
		{ "0s", 0, true },
		{ "64k", 64000, false },
		{ "1M", 1000000, false },
		{ "2G", 2000000000, false },
		{ "3T", 3000000000000, false },
		{ "64Ki", 65536, false },
		{ "1Mi", 1048576, false },
		{ "2Gi", 2147483648, false },
		{ "3Ti", 3298534883328, false },
		{ "18446744073709551615", UINT64_MAX, false },
		{ "16777215Ti", UINT64_MAX - (UINT64_C(1) << 40) + 1, false },
	};
	struct rr_size size;
	struct rr_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		memset(&size, 0xff, sizeof(size));
		size.sectors = !row[i].sectors;
		assert_int_equal(rr_size_parse(row[i].text, &size, &err), 0);
		assert_true(size.n == row[i].n);
		assert_int_equal(size.sectors, row[i].sectors);
	}
}

static void anything_else_is_a_usage_error(void **state)
{
	static const char *const row[] = {
		"",
		" ",
		"s",
		"k",
		"-1",
		"+1",
		" 1",
		"1 ",
		"1 k",
		"0x10",
		"1.5M",
		"1,000",
		"1K",
		"1m",
		"1kB",
		"1KiB",
		"1ki",
		"1MI",
		"1b",
		"1S",
		"1ss",
		"1sk",
		"1P",
		"1E3",
		"1Ki ",
		"\xc2\xb2",
		"18446744073709551616",
		"99999999999999999999999",
		"18446744073709551615k",
		"16777216Ti",
		"18446744073709551616s",
	};
	struct rr_size size;
	struct rr_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		err.kind = RR_OK;
		assert_int_equal(rr_size_parse(row[i], &size, &err), -1);
		assert_int_equal(err.kind, RR_USAGE);
		assert_non_null(strstr(err.text, row[i]));
	}
}

static void sectors_become_bytes(void **state)
{
	struct rr_size size = { .n = 4, .sectors = true };
	struct rr_err err;
	uint64_t bytes;

	(void)state;
	assert_int_equal(rr_size_bytes(&size, 4096, &bytes, &err), 0);
	assert_true(bytes == 16384);
	size.sectors = false;
	assert_int_equal(rr_size_bytes(&size, 4096, &bytes, &err), 0);
	assert_true(bytes == 4);
	size.n = INT64_MAX;
	assert_int_equal(rr_size_bytes(&size, 512, &bytes, &err), 0);
	assert_true(bytes == INT64_MAX);
}

static void what_no_file_can_hold_is_refused(void **state)
{
	const struct rr_size row[] = {
		{ .n = (uint64_t)INT64_MAX + 1 },
		{ .n = UINT64_MAX },
		{ .n = UINT64_C(1) << 54, .sectors = true },	/* 2^63 bytes */
		{ .n = UINT64_C(1) << 55, .sectors = true },	/* 2^64: 0 if it wrapped */
		{ .n = UINT64_MAX, .sectors = true },
	};
	struct rr_err err;
	uint64_t bytes;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		err.kind = RR_OK;
		assert_int_equal(rr_size_bytes(&row[i], 512, &bytes, &err), -1);
		assert_int_equal(err.kind, RR_USAGE);
	}
}

static void digits_stand_in_threes(void **state)
{
	char buf[RR_SIZE_TEXT];

	(void)state;
	assert_string_equal(rr_size_grouped(buf, 0), "0");
	assert_string_equal(rr_size_grouped(buf, 999), "999");
	assert_string_equal(rr_size_grouped(buf, 1000), "1,000");
	assert_string_equal(rr_size_grouped(buf, 1474560), "1,474,560");
	assert_string_equal(rr_size_grouped(buf, 100000), "100,000");
	assert_string_equal(rr_size_grouped(buf, UINT64_MAX), "18,446,744,073,709,551,615");
	assert_ptr_equal(rr_size_grouped(buf, 1), buf);
}

static void people_see_three_digits(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} row[] = {
		{ 0, "0 bytes" },	   { 1, "1 byte" },
		{ 512, "512 bytes" },	   { 999, "999 bytes" },
		{ 1000, "1.00 kB" },	   { 1474560, "1.47 MB" },
		{ 9994, "9.99 kB" },	   { 9995, "10.0 kB" },
		{ 99949, "99.9 kB" },	   { 99950, "100 kB" },
		{ 999499, "999 kB" },	   { 999500, "1.00 MB" },
		{ 1000000000, "1.00 GB" }, { 999500000000000, "1.00 PB" },
		{ UINT64_MAX, "18.4 EB" },
	};
	char buf[RR_SIZE_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++)
		assert_string_equal(rr_size_human(buf, row[i].bytes), row[i].text);
}

static void offsets_do_not_wrap(void **state)
{
	uint64_t end;

	(void)state;
	assert_true(rr_extent_end(UINT64_MAX - 1, 1, &end));
	assert_true(end == UINT64_MAX);
	assert_false(rr_extent_end(UINT64_MAX, 1, &end));
	assert_false(rr_extent_end(1, UINT64_MAX, &end));
	assert_true(rr_align_down(1023, 512) == 512);
	assert_true(rr_align_down(512, 512) == 512);
	assert_true(rr_align_up(513, 512) == 1024);
	assert_true(rr_align_up(512, 512) == 512);
	assert_true(rr_align_up(0, 512) == 0);
	assert_true(rr_align_up(UINT64_C(1) << 63, 4096) == UINT64_C(1) << 63);
	assert_true(rr_min(3, UINT64_MAX) == 3);
	assert_true(rr_max(3, UINT64_MAX) == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_sizes_are_read),
		cmocka_unit_test(anything_else_is_a_usage_error),
		cmocka_unit_test(sectors_become_bytes),
		cmocka_unit_test(what_no_file_can_hold_is_refused),
		cmocka_unit_test(digits_stand_in_threes),
		cmocka_unit_test(people_see_three_digits),
		cmocka_unit_test(offsets_do_not_wrap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
