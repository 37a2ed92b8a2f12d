/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_result.c - proves that lists of ranges say of every byte what was said last and hold no two
 * neighbours with one story; that segments never overlap; and what exit statuses and names mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "rawright/result.h"
#include "rawright/size.h"
#include "rawright/text.h"

static void add(struct rr_range_list *list, uint64_t off, uint64_t len, int os, unsigned tries)
{
	const struct rr_range range = { off, len, os, tries };
	struct rr_err err = { 0 };

	assert_int_equal(rr_range_add(list, &range, &err), 0);
}

static void expect(const struct rr_range_list *list, size_t i, uint64_t off, uint64_t len, int os,
		   unsigned tries)
{
	assert_true(i < list->n);
	assert_int_equal(list->range[i].off, off);
	assert_int_equal(list->range[i].len, len);
	assert_int_equal(list->range[i].os, os);
	assert_int_equal(list->range[i].tries, tries);
}

static void neighbours_with_one_story_become_one(void **state)
{
	struct rr_range_list list = { 0 };

	(void)state;
	add(&list, 1024, 512, 5, 2);
	add(&list, 0, 512, 5, 2);
	assert_int_equal(list.n, 2);
	add(&list, 512, 512, 5, 2);
	assert_int_equal(list.n, 1);
	expect(&list, 0, 0, 1536, 5, 2);
	assert_int_equal(rr_range_total(&list), 1536);
	rr_range_list_clear(&list);
	assert_null(list.range);
	assert_int_equal(rr_range_total(&list), 0);
}

static void neighbours_with_other_stories_stay_apart(void **state)
{
	struct rr_range_list list = { 0 };

	(void)state;
	add(&list, 0, 512, 5, 1);
	add(&list, 512, 512, 61, 1);
	add(&list, 1024, 512, 61, 2);
	assert_int_equal(list.n, 3);
	expect(&list, 0, 0, 512, 5, 1);
	expect(&list, 1, 512, 512, 61, 1);
	expect(&list, 2, 1024, 512, 61, 2);
	rr_range_list_clear(&list);
}

static void the_last_word_replaces_what_was_there(void **state)
{
	struct rr_range_list list = { 0 };

	(void)state;
	add(&list, 0, 4096, 5, 1);
	add(&list, 1024, 512, 5, 3);
	assert_int_equal(list.n, 3);
	expect(&list, 0, 0, 1024, 5, 1);
	expect(&list, 1, 1024, 512, 5, 3);
	expect(&list, 2, 1536, 2560, 5, 1);
	add(&list, 512, 8192, 61, 1);
	assert_int_equal(list.n, 2);
	expect(&list, 0, 0, 512, 5, 1);
	expect(&list, 1, 512, 8192, 61, 1);
	rr_range_list_clear(&list);
}

static void a_cut_splits_what_it_must(void **state)
{
	struct rr_range_list list = { 0 };
	struct rr_err err = { 0 };

	(void)state;
	assert_int_equal(rr_range_cut(&list, 0, 512, &err), 0);
	add(&list, 0, 4096, 5, 1);
	assert_int_equal(rr_range_cut(&list, 1024, 1024, &err), 0);
	assert_int_equal(list.n, 2);
	expect(&list, 0, 0, 1024, 5, 1);
	expect(&list, 1, 2048, 2048, 5, 1);
	assert_int_equal(rr_range_cut(&list, 0, 512, &err), 0);
	expect(&list, 0, 512, 512, 5, 1);
	assert_int_equal(rr_range_cut(&list, 0, UINT64_MAX, &err), 0);
	assert_int_equal(list.n, 0);
	rr_range_list_clear(&list);
}

static void empty_ranges_say_nothing_and_endless_ones_are_refused(void **state)
{
	const struct rr_range endless = { UINT64_MAX, 2, 5, 1 };
	struct rr_range_list list = { 0 };
	struct rr_err err = { 0 };

	(void)state;
	add(&list, 512, 0, 5, 1);
	assert_int_equal(list.n, 0);
	add(&list, 512, 512, 5, 1);
	assert_int_equal(rr_range_add(&list, &endless, &err), -1);
	assert_int_equal(err.kind, RR_FORMAT);
	assert_int_equal(rr_range_cut(&list, UINT64_MAX, 2, &err), -1);
	assert_int_equal(list.n, 1);
	rr_range_list_clear(&list);
}

#define PLACES 300

/* What stands at a place, by the list: 0 nothing, else the errno and the tries in one number. */
static int story_at(const struct rr_range_list *list, uint64_t place)
{
	for (size_t i = 0; i < list->n; i++)
		if (place >= list->range[i].off && place < list->range[i].off + list->range[i].len)
			return list->range[i].os * 10 + (int)list->range[i].tries;
	return 0;
}

static void check_order(const struct rr_range_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct rr_range *a = &list->range[i];

		assert_true(a->len > 0);
		if (i == 0)
			continue;
		assert_true(a[-1].off + a[-1].len <= a->off);
		assert_false(a[-1].off + a[-1].len == a->off && a[-1].os == a->os &&
			     a[-1].tries == a->tries);
	}
}

static void ranges_agree_with_a_plain_model(void **state)
{
	struct rr_range_list list = { 0 };
	struct rr_err err = { 0 };
	int model[PLACES] = { 0 };
	unsigned x = 12345;

	(void)state;
	for (int step = 0; step < 5000; step++) {
		unsigned off, len, os, tries;
		uint64_t total = 0;

		x = x * 1664525u + 1013904223u;
		off = (x >> 8) % PLACES;
		len = 1 + (x >> 20) % 40;
		len = off + len > PLACES ? PLACES - off : len;
		os = 1 + (x >> 3) % 2;
		tries = 1 + (x >> 5) % 2;
		if (x >> 28 < 6)
			assert_int_equal(rr_range_cut(&list, off, len, &err), 0);
		else
			add(&list, off, len, (int)os, tries);
		for (unsigned i = off; i < off + len; i++)
			model[i] = x >> 28 < 6 ? 0 : (int)(os * 10 + tries);
		for (unsigned i = 0; i < PLACES; i++) {
			assert_int_equal(story_at(&list, i), model[i]);
			total += model[i] != 0;
		}
		assert_int_equal(rr_range_total(&list), total);
		check_order(&list);
	}
	rr_range_list_clear(&list);
}

static void add_segment(struct rr_segment_list *list, uint64_t off, uint64_t len, uint32_t crc)
{
	const struct rr_segment seg = { off, len, crc };
	struct rr_err err = { 0 };

	assert_int_equal(rr_segment_add(list, &seg, &err), 0);
}

static void segments_are_sorted_and_a_new_one_drops_those_it_overlaps(void **state)
{
	struct rr_segment_list list = { 0 };

	(void)state;
	add_segment(&list, 2048, 1024, 2);
	add_segment(&list, 0, 1024, 0);
	add_segment(&list, 1024, 1024, 1);
	add_segment(&list, 3072, 1024, 3);
	assert_int_equal(list.n, 4);
	for (size_t i = 0; i < list.n; i++) {
		assert_int_equal(list.seg[i].off, 1024 * i);
		assert_int_equal(list.seg[i].crc, i);
	}
	add_segment(&list, 1536, 1024, 9);
	assert_int_equal(list.n, 3);
	assert_int_equal(list.seg[0].crc, 0);
	assert_int_equal(list.seg[1].crc, 9);
	assert_int_equal(list.seg[1].off, 1536);
	assert_int_equal(list.seg[2].crc, 3);
	add_segment(&list, 5000, 0, 7);
	assert_int_equal(list.n, 3);
	rr_segment_list_clear(&list);
	assert_null(list.seg);
}

static void each_kind_of_error_has_its_exit_status(void **state)
{
	(void)state;
	assert_int_equal(rr_exit_of(RR_OK), 0);
	assert_int_equal(rr_exit_of(RR_SYSTEM), 1);
	assert_int_equal(rr_exit_of(RR_USAGE), 2);
	assert_int_equal(rr_exit_of(RR_FORMAT), 2);
	assert_int_equal(rr_exit_of(RR_MEDIUM), 1);
	assert_int_equal(rr_exit_of(RR_GONE), 6);
	assert_int_equal(rr_exit_of(RR_MISMATCH), 4);
	assert_int_equal(rr_exit_of(RR_REFUSED), 5);
	assert_int_equal(rr_exit_of(RR_STOPPED), 130);
}

static void the_weightier_exit_status_wins_from_either_side(void **state)
{
	static const int falling[] = { 130, 6, 4, 1, 3, 0 };

	(void)state;
	for (size_t i = 0; i < 6; i++)
		for (size_t j = i; j < 6; j++) {
			assert_int_equal(rr_exit_worse(falling[i], falling[j]), falling[i]);
			assert_int_equal(rr_exit_worse(falling[j], falling[i]), falling[i]);
		}
	assert_int_equal(rr_exit_worse(0, 2), 2);
	assert_int_equal(rr_exit_worse(5, 0), 5);
	assert_int_equal(rr_exit_worse(77, 0), 77);
}

static void the_words_are_those_of_the_record(void **state)
{
	(void)state;
	assert_string_equal(rr_outcome_name(RR_COMPLETE), "complete");
	assert_string_equal(rr_outcome_name(RR_COMPLETE_WITH_ERRORS), "complete-with-errors");
	assert_string_equal(rr_outcome_name(RR_INCOMPLETE), "incomplete");
	assert_string_equal(rr_outcome_name(RR_FAILED), "failed");
	assert_string_equal(rr_dest_status_name(RR_DEST_OPEN), "open");
	assert_string_equal(rr_dest_status_name(RR_DEST_WRITTEN), "written");
	assert_string_equal(rr_dest_status_name(RR_DEST_VERIFIED), "verified");
	assert_string_equal(rr_dest_status_name(RR_DEST_NOT_VERIFIED), "not-verified");
	assert_string_equal(rr_dest_status_name(RR_DEST_DIFFERENT), "different");
	assert_string_equal(rr_dest_status_name(RR_DEST_FAILED), "failed");
}

static void a_note_has_a_time_a_kind_and_its_text(void **state)
{
	struct rr_result r = { 0 };

	(void)state;
	rr_result_note(&r, "io", "sector %d of \"%s\"", 7, "A\n");
	rr_result_note(&r, "a kind that is far longer than there is room for", "x");
	assert_int_equal(r.nnote, 2);
	assert_string_equal(r.note[0].kind, "io");
	assert_string_equal(r.note[0].text, "sector 7 of \"A\n\"");
	assert_int_equal(strlen(r.note[0].t), strlen("2026-11-23T15:29:22.123Z"));
	assert_false(r.note[0].placed);
	assert_int_equal(strlen(r.note[1].kind), sizeof(r.note[1].kind) - 1);
	rr_result_clear(&r);
	assert_int_equal(r.nnote, 0);
}

/* Every owned thing once; the sanitizer tells what was forgotten. */
static void clear_frees_everything(void **state)
{
	struct rr_result r = { .argc = 1, .ndest = 1, .nrun = 1 };

	(void)state;
	r.argv = calloc(2, sizeof(*r.argv));
	r.run = calloc(1, sizeof(*r.run));
	r.dest = calloc(1, sizeof(*r.dest));
	r.digest = calloc(1, sizeof(*r.digest));
	r.window_sha256 = calloc(1, sizeof(*r.window_sha256));
	assert_true(r.argv && r.run && r.dest && r.digest && r.window_sha256);
	r.argv[0] = strdup("rawright");
	r.info.number = strdup("1");
	r.info.evidence = strdup("2");
	r.info.examiner = strdup("3");
	r.info.label = strdup("4");
	r.info.note = strdup("5");
	r.source.path = strdup("/dev/x");
	r.read_only_why_not = strdup("no root");
	r.why_buffered = strdup("no O_DIRECT");
	r.fill = strdup("BAD!");
	r.dest[0].path = strdup("out.img");
	add(&r.dest[0].verification.differences, 0, 512, 0, 0);
	add(&r.bad, 0, 512, 5, 1);
	add_segment(&r.segments, 0, 512, 1);
	rr_result_clear(&r);
	assert_int_equal(r.argc, 0);
	assert_null(r.argv);
	assert_null(r.dest);
	assert_int_equal(r.bad.n, 0);
	rr_result_clear(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_with_one_story_become_one),
		cmocka_unit_test(neighbours_with_other_stories_stay_apart),
		cmocka_unit_test(the_last_word_replaces_what_was_there),
		cmocka_unit_test(a_cut_splits_what_it_must),
		cmocka_unit_test(empty_ranges_say_nothing_and_endless_ones_are_refused),
		cmocka_unit_test(ranges_agree_with_a_plain_model),
		cmocka_unit_test(segments_are_sorted_and_a_new_one_drops_those_it_overlaps),
		cmocka_unit_test(each_kind_of_error_has_its_exit_status),
		cmocka_unit_test(the_weightier_exit_status_wins_from_either_side),
		cmocka_unit_test(the_words_are_those_of_the_record),
		cmocka_unit_test(a_note_has_a_time_a_kind_and_its_text),
		cmocka_unit_test(clear_frees_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
