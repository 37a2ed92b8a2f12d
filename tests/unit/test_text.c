/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_text.c - proves that no foreign byte reaches a terminal, a log or JSON in a harmful form.
 * Owns: nothing.   Threads: one. */
#include <iconv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rawright/text.h"

static void expect_shown(const char *in, const char *out)
{
	rr_autofree char *got = rr_text_printable(in);

	assert_non_null(got);
	assert_string_equal(got, out);
	assert_int_equal(rr_text_is_printable(in), strcmp(in, out) == 0);
}

static void good_text_stays(void **state)
{
	(void)state;
	expect_shown("", "");
	expect_shown("SanDisk Ultra 32GB ~!#", "SanDisk Ultra 32GB ~!#");
	expect_shown("Größe", "Größe");
	expect_shown("\xe6\x97\xa5\xe6\x9c\xac\xf0\x9f\x92\xbe",
		     "\xe6\x97\xa5\xe6\x9c\xac\xf0\x9f\x92\xbe");
	assert_null(rr_text_printable(NULL));
}

static void controls_are_spelled_out(void **state)
{
	(void)state;
	expect_shown("a\x1b[31mb", "a\\x1b[31mb");
	expect_shown("a\nb\r\tc\x7f", "a\\x0ab\\x0d\\x09c\\x7f");
	expect_shown("\xc2\x85\xc2\x9b", "\\xc2\\x85\\xc2\\x9b");		/* C1: NEL, CSI */
	expect_shown("\xe2\x80\xa8\xe2\x80\xa9", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9"); /* line ends */
}

static void broken_utf8_is_spelled_out(void **state)
{
	(void)state;
	expect_shown("\xc3(", "\\xc3(");
	expect_shown("\xe6\x97", "\\xe6\\x97");
	expect_shown("\x80z\xff", "\\x80z\\xff");
	expect_shown("\xc0\xaf", "\\xc0\\xaf");			/* overlong '/' */
	expect_shown("\xe0\x80\xaf", "\\xe0\\x80\\xaf");
	expect_shown("\xed\xa0\x80", "\\xed\\xa0\\x80");		/* a surrogate */
	expect_shown("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");	/* past U+10FFFF */
}

static size_t utf8_put(uint32_t c, char out[5])
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(lead[n] | c);
	out[n] = '\0';
	return n;
}

/* Unicode 15: bidirectional controls, and what is invisible but changes what is seen. */
static void hidden_characters_are_spelled_out(void **state)
{
	static const uint32_t range[][2] = {
		{ 0x00ad, 0x00ad },   { 0x061c, 0x061c },   { 0x180e, 0x180e },
		{ 0x200b, 0x200f },   { 0x202a, 0x202e },   { 0x2060, 0x2064 },
		{ 0x2066, 0x206f },   { 0xfeff, 0xfeff },   { 0xfff9, 0xfffb },
		{ 0x1d173, 0x1d17a }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 },
		{ 0xe0001, 0xe0001 }, { 0xe0020, 0xe007f },
	};
	char in[5];

	(void)state;
	for (size_t i = 0; i < sizeof(range) / sizeof(*range); i++) {
		for (uint32_t c = range[i][0]; c <= range[i][1]; c++) {
			size_t n = utf8_put(c, in);
			rr_autofree char *got = rr_text_printable(in);

			assert_non_null(got);
			assert_int_equal(strlen(got), 4 * n);
			assert_int_equal(got[0], '\\');
			assert_false(rr_text_is_printable(in));
		}
	}
}

static void zero_bytes_are_spelled_out(void **state)
{
	rr_autofree char *got = rr_text_printable_bytes("a\0b", 3);
	rr_autofree char *cut = rr_text_printable_bytes("\xc3\xa4", 1);

	(void)state;
	assert_string_equal(got, "a\\x00b");
	assert_string_equal(cut, "\\xc3");	/* never reads past len */
}

/* The C library's own decoder is the judge. */
static void any_bytes_become_clean_utf8(void **state)
{
	iconv_t judge = iconv_open("UTF-32LE", "UTF-8");
	unsigned char in[64];

	(void)state;
	assert_true(judge != (iconv_t)-1);
	srandom(1);
	for (int round = 0; round < 20000; round++) {
		size_t len = (size_t)random() % sizeof(in);

		for (size_t i = 0; i < len; i++)
			in[i] = (unsigned char)random();
		rr_autofree char *text = rr_text_printable_bytes(in, len);
		uint32_t wide[512];
		char *from = text, *to = (char *)wide;
		size_t left = strlen(text), room = sizeof(wide);

		assert_true(iconv(judge, &from, &left, &to, &room) != (size_t)-1);
		for (uint32_t *c = wide; c < (uint32_t *)to; c++)
			assert_true(*c >= 0x20 && (*c < 0x7f || *c > 0x9f));
		assert_true(rr_text_is_printable(text));
	}
	iconv_close(judge);
}

static void hex_goes_both_ways(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x9f, 0xa0, 0xff };
	rr_autofree char *hex = rr_text_hex(bytes, sizeof(bytes));
	rr_autofree char *none = rr_text_hex(bytes, 0);
	uint8_t back[4] = { 1, 1, 1, 1 };

	(void)state;
	assert_string_equal(hex, "009fa0ff");
	assert_string_equal(none, "");
	assert_true(rr_text_unhex("009FA0ff", back, 4));
	assert_memory_equal(back, bytes, 4);
	assert_false(rr_text_unhex("009fa0f", back, 4));
	assert_false(rr_text_unhex("009fa0ff0", back, 4));
	assert_false(rr_text_unhex("009fa0ff", back, 3));
	assert_false(rr_text_unhex("009fa0fg", back, 4));
	assert_false(rr_text_unhex("0x9fa0ff", back, 4));
	assert_false(rr_text_unhex(" 09fa0ff", back, 4));
	assert_true(rr_text_unhex("", back, 0));
}

static void texts_grow(void **state)
{
	rr_autostr struct rr_str str = { 0 };
	rr_autofree char *all = NULL;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		rr_str_addf(&str, "%d,", i % 10);
		rr_str_add(&str, "xy", 1);
	}
	assert_int_equal(str.len, 3000);
	assert_int_equal(strlen(str.s), 3000);
	assert_memory_equal(str.s + 2997, "9,x", 4);
	all = rr_str_take(&str);
	assert_int_equal(strlen(all), 3000);
	assert_null(str.s);
	assert_int_equal(str.len, 0);
	rr_str_addf(&str, "%s", "anew");
	assert_string_equal(str.s, "anew");
}

static void an_empty_text_is_no_failure(void **state)
{
	struct rr_str str = { 0 };
	rr_autofree char *formatted = rr_text_format("%s", "");
	rr_autofree char *taken = NULL;

	(void)state;
	assert_string_equal(formatted, "");
	taken = rr_str_take(&str);
	assert_non_null(taken);
	assert_string_equal(taken, "");
}

static void lost_memory_is_not_forgotten(void **state)
{
	struct rr_str str = { .fail = true };

	(void)state;
	rr_str_add(&str, "x", 1);
	assert_null(str.s);
	assert_null(rr_str_take(&str));
	assert_false(str.fail);		/* taken: begins anew */
}

static void lines_stay_lines(void **state)
{
	rr_autofree char *got = rr_text_printable_lines("a\tb\n\n\033c\n");
	rr_autofree char *open = rr_text_printable_lines("a\nb");
	rr_autofree char *none = rr_text_printable_lines("");

	(void)state;
	assert_string_equal(got, "a\\x09b\n\n\\x1bc\n");
	assert_string_equal(open, "a\nb");
	assert_string_equal(none, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_text_stays),
		cmocka_unit_test(controls_are_spelled_out),
		cmocka_unit_test(broken_utf8_is_spelled_out),
		cmocka_unit_test(hidden_characters_are_spelled_out),
		cmocka_unit_test(zero_bytes_are_spelled_out),
		cmocka_unit_test(any_bytes_become_clean_utf8),
		cmocka_unit_test(hex_goes_both_ways),
		cmocka_unit_test(texts_grow),
		cmocka_unit_test(an_empty_text_is_no_failure),
		cmocka_unit_test(lines_stay_lines),
		cmocka_unit_test(lost_memory_is_not_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
