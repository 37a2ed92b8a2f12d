/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_inspect_hostile.c - proves that tables which were made to keep a reader busy, or are noise,
 * cost little time and no memory.
 * Owns: temporary images.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "image.h"

static void entry(uint8_t *p, uint8_t type, uint32_t start, uint32_t len)
{
	p[4] = type;
	for (int i = 0; i < 4; i++) {
		p[8 + i] = (uint8_t)(start >> 8 * i);
		p[12 + i] = (uint8_t)(len >> 8 * i);
	}
}

/* n extended partitions in a chain; looped: the last one points to the first but one. */
static void make_chain(const struct image *im, uint32_t n, bool looped)
{
	for (uint32_t i = 0; i <= n; i++) {
		uint8_t b[512] = { [510] = 0x55, [511] = 0xaa };
		uint32_t next = i < n ? 2 * i : looped ? 2 : 0;

		if (i)
			entry(b + 446, 0x83, 1, 1);
		if (!i || next)
			entry(b + 446 + (i ? 16 : 0), 5, i ? next : 2048, i ? 2 : 2 * n + 2);
		put(im, i ? (2048 + 2 * (uint64_t)(i - 1)) * 512 : 0, b, sizeof(b));
	}
}

static void endless_tables_are_bounded(void **state)
{
	struct image loop = image_new(4 * MIB), chain = image_new(64 * MIB);
	clock_t begin = clock();
	struct rr_content content;

	(void)state;
	make_chain(&loop, 20, true);
	content = look(&loop, 512);
	assert_string_equal(content.table, "dos");
	assert_true(content.n <= RR_INSPECT_PARTS);
	rr_content_clear(&content);
	make_chain(&chain, 50000, false);
	content = look(&chain, 512);
	assert_string_equal(content.table, "dos");
	assert_int_equal(content.n, 0);
	rr_content_clear(&content);
	assert_true(clock() - begin < 5 * CLOCKS_PER_SEC);
	image_close(&loop);
	image_close(&chain);
}

/* A header that claims gigabytes of entries is not believed. */
static void a_gpt_with_too_many_entries_is_bounded(void **state)
{
	struct image im = image_new(16 * MIB);
	struct rr_content content;
	uint8_t many[4] = { 0, 0, 0, 1 };

	(void)state;
	partition(&im, TWO_PARTS, "sfdisk -q FILE");
	put(&im, 512 + 80, many, sizeof(many));
	content = look(&im, 512);
	assert_string_equal(content.table, "gpt");
	assert_int_equal(content.n, 0);
	rr_content_clear(&content);
	image_close(&im);
}

static void noise_does_no_harm(void **state)
{
	struct image im = image_new(16 * MIB);
	struct rr_content content;
	struct rr_fact_list facts;
	uint32_t seed = 1;

	(void)state;
	partition(&im, TWO_PARTS, "sfdisk -q FILE");
	make(&im, "mkfs.vfat --offset 2048 FILE 4096");
	for (int round = 0; round < 300; round++) {
		uint8_t byte[2];
		uint64_t off;

		seed = seed * 1664525 + 1013904223;
		byte[0] = (uint8_t)(seed >> 24);
		byte[1] = (uint8_t)(seed >> 16);
		off = seed % 3 == 0 ? MIB + (seed >> 8) % 512 : (seed >> 8) % 2048;
		put(&im, off, byte, 1 + seed % 2);
		content = look(&im, 512);
		facts = facts_of(&im, &content);
		rr_fact_list_clear(&facts);
		rr_content_clear(&content);
	}
	image_close(&im);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(endless_tables_are_bounded),
		cmocka_unit_test(a_gpt_with_too_many_entries_is_bounded),
		cmocka_unit_test(noise_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
