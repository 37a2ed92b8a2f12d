/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_disc.c - proves what is made of a drive's answers about a disc: tracks, sessions, sizes,
 * where there is data, sound or nothing; and that answers which make no sense are not taken.
 * Owns: nothing.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rawright/disc.h"

#define DATA  4
#define AUDIO 0

struct answer {
	uint8_t b[4096];
	size_t len;
};

static void begin(struct answer *a)
{
	memset(a, 0, sizeof(*a));
	a->len = 4;
}

static void end(struct answer *a)
{
	a->b[0] = (uint8_t)((a->len - 2) >> 8);
	a->b[1] = (uint8_t)(a->len - 2);
}

static void toc(struct answer *a, uint8_t number, uint8_t control, uint32_t lba)
{
	uint8_t *p = a->b + a->len;

	p[1] = 0x10 | control;
	p[2] = number;
	p[4] = (uint8_t)(lba >> 24);
	p[5] = (uint8_t)(lba >> 16);
	p[6] = (uint8_t)(lba >> 8);
	p[7] = (uint8_t)lba;
	a->len += 8;
}

static void full(struct answer *a, uint8_t session, uint8_t point, uint32_t lba)
{
	uint8_t *p = a->b + a->len;
	uint32_t frames = lba + 150;

	p[0] = session;
	p[1] = 0x14;
	p[3] = point;
	p[8] = (uint8_t)(frames / 75 / 60);
	p[9] = (uint8_t)(frames / 75 % 60);
	p[10] = (uint8_t)(frames % 75);
	a->len += 11;
}

/* Data, two songs, and a second session with data. */
static void make_mixed(struct rr_disc *disc)
{
	struct answer a;

	memset(disc, 0, sizeof(*disc));
	begin(&a);
	toc(&a, 1, DATA, 0);
	toc(&a, 2, AUDIO, 500);
	toc(&a, 3, AUDIO, 800);
	toc(&a, 4, DATA, 12500);
	toc(&a, 0xaa, DATA, 13000);
	end(&a);
	assert_true(rr_disc_take_toc(disc, a.b, a.len));
	begin(&a);
	full(&a, 1, 0xa0, 0);
	full(&a, 1, 1, 0);
	full(&a, 1, 2, 500);
	full(&a, 1, 3, 800);
	full(&a, 1, 0xa2, 1100);
	full(&a, 2, 4, 12500);
	full(&a, 2, 0xa2, 13000);
	end(&a);
	assert_true(rr_disc_take_sessions(disc, a.b, a.len));
	disc->capacity = 13000;
	disc->profile = 0x08;
	disc->track[2].gap = true;
}

static void tracks_and_sessions(void **state)
{
	static const struct rr_track want[] = {
		{ 1, 1, false, 0, false, 0, 500 },
		{ 2, 1, true, 0, false, 500, 800 },
		{ 3, 1, true, 0, false, 800, 1100 },
		{ 4, 2, false, 0, false, 12500, 13000 },
	};
	struct rr_disc disc;

	(void)state;
	make_mixed(&disc);
	assert_int_equal(disc.ntrack, 4);
	assert_int_equal(disc.sessions, 2);
	assert_int_equal(disc.lead_out, 13000);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(disc.track[i].number, want[i].number);
		assert_int_equal(disc.track[i].session, want[i].session);
		assert_int_equal(disc.track[i].audio, want[i].audio);
		assert_int_equal(disc.track[i].start, want[i].start);
		assert_int_equal(disc.track[i].end, want[i].end);
	}
}

static void spans(void **state)
{
	static const struct {
		uint32_t lba;
		struct rr_span span;
	} want[] = {
		{ 0, { RR_SPAN_DATA, 0, 500 } },
		{ 499, { RR_SPAN_DATA, 0, 500 } },
		{ 500, { RR_SPAN_AUDIO, 500, 800 } },
		{ 1099, { RR_SPAN_AUDIO, 800, 1100 } },
		{ 1100, { RR_SPAN_NOTHING, 1100, 12500 } },
		{ 12499, { RR_SPAN_NOTHING, 1100, 12500 } },
		{ 12500, { RR_SPAN_DATA, 12500, 12998 } },
		{ 12997, { RR_SPAN_DATA, 12500, 12998 } },
		{ 12998, { RR_SPAN_NOTHING, 12998, 13000 } },
		{ 13000, { RR_SPAN_DATA, 13000, UINT32_MAX } },
	};
	struct rr_disc disc;

	(void)state;
	make_mixed(&disc);
	disc.track[3].run_out = 2;
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		struct rr_span s = rr_disc_span(&disc, want[i].lba);

		assert_int_equal(s.kind, want[i].span.kind);
		assert_int_equal(s.start, want[i].span.start);
		assert_int_equal(s.end, want[i].span.end);
	}
	assert_int_equal(rr_disc_data_end(&disc, 0, 12998), 500);
	assert_int_equal(rr_disc_data_end(&disc, 600, 12998), 600);
	assert_int_equal(rr_disc_data_end(&disc, 1100, 12998), 12998);
	assert_int_equal(rr_disc_data_end(&disc, 12500, 12700), 12700);
}

/* The pause before a track of sound is sound, whatever the table of contents counts it to. */
static void a_pause_is_sound(void **state)
{
	struct rr_disc disc;
	struct rr_span s;

	(void)state;
	make_mixed(&disc);
	disc.track[0].end = 350;
	s = rr_disc_span(&disc, 350);
	assert_int_equal(s.kind, RR_SPAN_AUDIO);
	assert_int_equal(s.start, 350);
	assert_int_equal(s.end, 500);
	assert_int_equal(rr_disc_data_end(&disc, 0, 13000), 350);
}

/* What nobody has proven to be empty is read. */
static void a_gap_that_nobody_is_sure_of_is_read(void **state)
{
	struct rr_disc disc;
	struct rr_span s;

	(void)state;
	make_mixed(&disc);
	disc.track[2].gap = false;
	s = rr_disc_span(&disc, 1100);
	assert_int_equal(s.kind, RR_SPAN_DATA);
	assert_int_equal(s.start, 1100);
	assert_int_equal(s.end, 12500);
}

/* Data in two sessions are one image, with nothing between; sound at the end cuts that off. */
static void data_across_sessions(void **state)
{
	struct rr_disc disc;

	(void)state;
	make_mixed(&disc);
	disc.track[1].audio = disc.track[2].audio = false;
	assert_int_equal(rr_disc_data_end(&disc, 0, 13000), 13000);
	disc.track[3].audio = true;
	assert_int_equal(rr_disc_data_end(&disc, 0, 13000), 1100);
	disc.ntrack = 0;
	assert_int_equal(rr_disc_data_end(&disc, 7, 13000), 13000);
}

static void sizes(void **state)
{
	static const struct {
		uint16_t profile;
		uint32_t kernel, capacity, lead_out;
		uint8_t run_out;
		uint32_t want;
	} table[] = {
		{ 0x08, 13000, 13000, 13000, 0, 13000 },
		{ 0x08, 12950, 13000, 13000, 0, 13000 },	/* the kernel shrank it */
		{ 0x08, 13000, 0, 13000, 0, 13000 },
		{ 0x08, 524287, 0, 13000, 0, 13000 },	/* the kernel made that up */
		{ 0x10, 12950, 0, 13000, 0, 12950 },
		{ 0x09, 12998, 12998, 13000, 0, 13000 },	/* the drive leaves run-out out */
		{ 0x09, 13000, 13000, 13000, 2, 12998 },
		{ 0x09, 12998, 12998, 13000, 2, 12998 },
		{ 0x08, 13000, 13000, 400000, 0, 13000 },	/* a lie */
		{ 0x10, 13000, 13000, 13100, 0, 13000 },	/* a DVD's table is made up */
		{ 0x09, 13100, 13100, 13000, 2, 13100 },	/* something stands behind */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct rr_disc disc;

		make_mixed(&disc);
		disc.profile = table[i].profile;
		disc.capacity = table[i].capacity;
		disc.lead_out = table[i].lead_out;
		disc.track[3].run_out = table[i].run_out;
		assert_int_equal(rr_disc_sectors(&disc, table[i].kernel), table[i].want);
	}
	assert_true(rr_disc_is_burned_cd(&(struct rr_disc){ .profile = 0x0a }));
	assert_false(rr_disc_is_burned_cd(&(struct rr_disc){ .profile = 0x08 }));
	assert_string_equal(rr_disc_profile_name(0x1b), "DVD+R");
	assert_null(rr_disc_profile_name(0xffff));
}

static void tables_without_sense_are_not_taken(void **state)
{
	static const struct {
		uint8_t number[3];
		uint32_t lba[3], lead_out;
	} bad[] = {
		{ { 2, 1, 3 }, { 0, 10, 20 }, 30 },		/* numbers fall */
		{ { 1, 1, 2 }, { 0, 10, 20 }, 30 },
		{ { 1, 2, 3 }, { 0, 20, 10 }, 30 },		/* places fall */
		{ { 1, 2, 3 }, { 0, 10, 20 }, 20 },		/* ends before its last track */
		{ { 1, 2, 3 }, { 0, 10, 20 }, 0 },
		{ { 0, 100, 200 }, { 0, 10, 20 }, 30 },		/* no numbers of tracks */
	};
	struct rr_disc disc, before;
	struct answer a;

	(void)state;
	make_mixed(&disc);
	before = disc;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		begin(&a);
		for (size_t j = 0; j < 3; j++)
			toc(&a, bad[i].number[j], DATA, bad[i].lba[j]);
		if (bad[i].lead_out)
			toc(&a, 0xaa, DATA, bad[i].lead_out);
		end(&a);
		assert_false(rr_disc_take_toc(&disc, a.b, a.len));
		assert_memory_equal(&disc, &before, sizeof(disc));
	}
	for (size_t len = 0; len < 4; len++)
		assert_false(rr_disc_take_toc(&disc, a.b, len));
}

static void sessions_without_sense_are_not_taken(void **state)
{
	static const struct {
		uint8_t session[4];
		uint32_t lead_out[2];
	} bad[] = {
		{ { 2, 1, 1, 2 }, { 1100, 13000 } },	/* sessions fall */
		{ { 1, 1, 0, 2 }, { 1100, 13000 } },	/* a track without one */
		{ { 1, 1, 1, 2 }, { 12501, 13000 } },	/* ends in the next one */
		{ { 1, 1, 1, 2 }, { 700, 13000 } },	/* ends before its last track */
		{ { 1, 1, 1, 2 }, { 1100, 13001 } },	/* behind the disc */
		{ { 1, 1, 1, 2 }, { 1100, 12500 } },
	};
	struct rr_disc disc, before;
	struct answer a;

	(void)state;
	make_mixed(&disc);
	before = disc;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		begin(&a);
		for (uint8_t j = 0; j < 4; j++)
			full(&a, bad[i].session[j], (uint8_t)(j + 1), before.track[j].start);
		for (uint8_t j = 0; j < 2; j++)
			full(&a, (uint8_t)(j + 1), 0xa2, bad[i].lead_out[j]);
		end(&a);
		assert_false(rr_disc_take_sessions(&disc, a.b, a.len));
		assert_memory_equal(&disc, &before, sizeof(disc));
	}
}

/* Whatever bytes a drive answers with: tracks stay in order and within their bounds. */
static void any_bytes(void **state)
{
	unsigned seed = 1;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		struct rr_disc disc = { .ntrack = 0 };
		size_t len = (size_t)rand_r(&seed) % 200;
		uint8_t b[200];

		for (size_t j = 0; j < len; j++)
			b[j] = (uint8_t)(rand_r(&seed) % (i % 3 ? 8 : 256));
		if (len > 4 && i % 2)
			b[0] = 0;
		(void)rr_disc_take_toc(&disc, b, len);
		(void)rr_disc_take_sessions(&disc, b, len);
		assert_true(disc.ntrack <= RR_DISC_TRACKS);
		for (size_t j = 0; j < disc.ntrack; j++)
			assert_true(disc.track[j].start < disc.track[j].end);
		for (uint32_t at = 0, n = 0; at < 1000 && n < 300; n++) {
			struct rr_span s = rr_disc_span(&disc, at);

			assert_true(s.start <= at && at < s.end);
			at = s.end;
		}
	}
}

static void where_a_file_system_ends(void **state)
{
	const struct rr_track track = { .number = 1, .session = 1, .end = 1000 };
	const struct rr_track second = { .number = 2, .session = 2, .start = 12500, .end = 13000 };
	uint8_t d[RR_DISC_SECTOR] = { 1, 'C', 'D', '0', '0', '1', 1 };

	(void)state;
	d[80] = 0x2c;
	d[81] = 0x01;
	d[86] = 0x01;
	d[87] = 0x2c;
	d[129] = 8;
	assert_int_equal(rr_disc_iso_end(&track, d), 300);
	assert_int_equal(rr_disc_iso_end(&second, d), 12800);
	d[81] = d[86] = 0x32;	/* 12844: counted from the beginning of the disc */
	assert_int_equal(rr_disc_iso_end(&second, d), 12844);
	assert_int_equal(rr_disc_iso_end(&track, d), 12844);	/* more than the disc has */
	d[84] = 1;		/* the two ways of writing it differ */
	assert_int_equal(rr_disc_iso_end(&track, d), 0);
	d[84] = 0;
	d[129] = 4;		/* blocks of 1,024 bytes: nobody makes them */
	assert_int_equal(rr_disc_iso_end(&track, d), 0);
	d[129] = 8;
	d[0] = 2;		/* another descriptor */
	assert_int_equal(rr_disc_iso_end(&track, d), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tracks_and_sessions),
		cmocka_unit_test(spans),
		cmocka_unit_test(a_pause_is_sound),
		cmocka_unit_test(a_gap_that_nobody_is_sure_of_is_read),
		cmocka_unit_test(data_across_sessions),
		cmocka_unit_test(sizes),
		cmocka_unit_test(tables_without_sense_are_not_taken),
		cmocka_unit_test(sessions_without_sense_are_not_taken),
		cmocka_unit_test(any_bytes),
		cmocka_unit_test(where_a_file_system_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
