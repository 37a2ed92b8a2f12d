/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_vusb_cd.c - proves what a CD drive of tests/vm/vusb answers: tables of contents, sessions,
 * texts, sectors in all their parts, with the codes that guard them.
 * Owns: nothing.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../vm/vusb/bytes.h"
#include "../vm/vusb/sector.h"
#include "../vm/vusb/subcode.h"
#include "vusb_bench.h"

/* Data 0-299, audio with its pregap 300-449 450-549, a gap, a second session 11950-12049. */
#define MIXED \
	"kind cd\ncatalog 0123456789012\ntitle \"The disc with a title that is long\"\n" \
	"track data data\ntrack audio audio pregap 150\ntitle Song\nperformer Band\n" \
	"isrc DEABC0512345\nsession\ntrack data second\n"

static int make(void **state)
{
	static struct bench bench;

	bench_make(&bench);
	bench_image(&bench, "data", DISC_COOKED, 300);
	bench_image(&bench, "audio", DISC_RAW, 100);
	bench_image(&bench, "second", DISC_COOKED, 100);
	*state = &bench;
	return 0;
}

static int clean(void **state)
{
	bench_close(*state);
	return 0;
}

static void the_contents_are_told_in_all_forms(void **state)
{
	static const struct {
		const char *cdb, *begins;
		size_t len;
	} row[] = {
		{ "43 00 00 00 00 00 00 01 00",
		  "00 22 01 03 00 14 01 00 00 00 00 00 00 10 02 00 00 00 01 c2 00 14 03 00 "
		  "00 00 2e ae 00 14 aa 00 00 00 2f 12", 36 },
		{ "43 02 00 00 00 00 02 01 00", "00 1a 01 03 00 10 02 00 00 00 08 00", 28 },
		{ "43 02 00 00 00 00 aa 01 00", "00 0a 01 03 00 14 aa 00 00 02 2a 32", 12 },
		{ "43 00 00 00 00 00 00 00 04", "00 22 01 03", 4 },
		{ "43 00 01 00 00 00 00 01 00", "00 0a 01 02 00 14 03 00 00 00 2e ae", 12 },
		{ "43 00 00 00 00 00 00 01 00 40", "00 0a 01 02 00 14 03 00", 12 },
		{ "43 02 02 00 00 00 00 01 00",
		  "00 7b 01 02 "
		  "01 14 00 a0 00 00 00 00 01 00 00 01 10 00 a1 00 00 00 00 02 00 00 "
		  "01 10 00 a2 00 00 00 00 00 09 19 01 14 00 01 00 00 00 00 00", 125 },
		{ "51 00 00 00 00 00 00 01 00",
		  "00 20 0e 01 02 03 03 20 00 00 00 00 00 00 00 00 ff ff ff ff ff ff ff ff", 34 },
		{ "52 01 00 00 00 02 00 01 00",
		  "00 22 02 01 00 00 0f 00 00 00 01 c2 00 00 00 00 00 00 00 00 00 00 00 00 "
		  "00 00 00 64", 36 },
		{ "52 00 00 00 2e ae 00 01 00", "00 22 03 02 00 04 01", 36 },
		{ "52 02 00 00 00 02 00 01 00", "00 22 03 02", 36 },
		{ "25", "00 00 2f 11 00 00 08 00", 8 },
		{ "42 00 40 02 00 00 00 01 00",
		  "00 15 00 14 02 00 00 00 80 30 31 32 33 34 35 36 37 38 39 30 31 32", 24 },
		{ "42 00 40 03 00 00 02 01 00", "00 15 00 14 03 10 02 00 80 44 45 41 42 43", 24 },
		{ "42 00 40 03 00 00 01 01 00", "00 15 00 14 03 14 01 00 00 00", 24 },
		{ "46 00 00 00 00 00 00 01 00",
		  "00 00 00 40 00 00 00 08 00 00 03 04 00 08 01", 68 },
		{ "46 02 00 1e 00 00 00 01 00", "00 00 00 0c 00 00 00 08 00 1e 09 04 03", 16 },
		{ "4a 01 00 00 10 00 00 00 08", "00 06 04 10 02 02 00 00", 8 },
		{ "4a 01 00 00 10 00 00 00 08", "00 06 04 10 00 02 00 00", 8 },
		{ "5a 00 2a 00 00 00 00 00 ff",
		  "00 1c 00 00 00 00 00 00 2a 14 03 00 71 7f 29", 30 },
	};
	struct bench *b = *state;

	bench_open(b, MIXED, false);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		(void)bench_ask(b, row[i].cdb);
		bench_begins(b, row[i].begins);
		assert_int_equal(b->answer.len, row[i].len);
	}
}

static void what_is_not_there_is_refused(void **state)
{
	static const struct {
		const char *cdb, *sense;
	} row[] = {
		{ "43 00 00 00 00 00 04 01 00", "5/24/00" },	/* no track 4 */
		{ "43 00 03 00 00 00 00 01 00", "5/24/00" },	/* no PMA */
		{ "52 01 00 00 00 04 00 01 00", "5/24/00" },
		{ "52 00 00 00 03 e8 00 01 00", "5/24/00" },	/* between sessions */
		{ "42 00 40 03 00 00 04 01 00", "5/24/00" },
		{ "28 00 00 00 2f 12 00 00 01", "5/21/00" },
		{ "28 00 00 00 03 e8 00 00 01", "5/21/00" },	/* between sessions */
		{ "28 00 00 00 01 c2 00 00 01", "5/64/00" },	/* audio */
		{ "2a 00 00 00 00 00 00 00 01", "5/20/00" },
		{ "be 04 00 00 00 10 00 00 01 f8", "5/64/00" },	/* data as audio */
		{ "be 08 00 00 01 c2 00 00 01 f8", "5/64/00" },	/* audio as data */
		{ "be 1c 00 00 00 00 00 00 01 f8", "5/24/00" },
	};
	struct bench *b = *state;

	bench_open(b, MIXED, false);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		(void)bench_ask(b, row[i].cdb);
		bench_fails(b, row[i].sense);
		assert_int_equal(b->answer.len, 0);
	}
}

static void sectors_have_their_parts(void **state)
{
	static const struct {
		const char *cdb;
		size_t len, user;	/* all of it; where the byte of the image begins */
	} row[] = {
		{ "be 00 00 00 00 07 00 00 01 f8 00", 2352, 16 },
		{ "be 08 00 00 00 07 00 00 02 f8 00", 2 * 2352, 16 },
		{ "be 00 00 00 00 07 00 00 01 10 00", 2048, 0 },
		{ "be 00 00 00 00 07 00 00 01 30 00", 2052, 4 },
		{ "be 00 00 00 00 07 00 00 01 18 00", 2336, 0 },
		{ "be 00 00 00 00 07 00 00 01 fa 00", 2352 + 294, 16 },
		{ "be 00 00 00 00 07 00 00 01 fc 02", 2352 + 296 + 16, 16 },
		{ "be 00 00 00 00 07 00 00 01 f8 01", 2352 + 96, 16 },
		{ "be 00 00 00 00 07 00 00 00 f8 00", 0, 0 },
		{ "b9 00 00 00 02 07 00 02 08 f8 00", 2352, 16 },
		{ "28 00 00 00 00 07 00 00 02", 4096, 0 },
		{ "a8 00 00 00 00 07 00 00 00 02", 4096, 0 },
	};
	struct bench *b = *state;

	bench_open(b, MIXED, false);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		assert_int_equal(bench_ask(b, row[i].cdb), GOOD);
		assert_int_equal(b->answer.len, row[i].len);
		if (row[i].len > 0)
			assert_int_equal(b->answer.data[row[i].user], bench_byte(7));
	}
	assert_int_equal(bench_ask(b, "be 04 00 00 01 c3 00 00 01 10 00"), GOOD);
	assert_int_equal(b->answer.len, DISC_RAW);
	assert_int_equal(b->answer.data[0], bench_byte(1));
	assert_int_equal(bench_ask(b, "be 00 00 00 01 90 00 00 01 f8 00"), GOOD);
	assert_int_equal(b->answer.data[0], 0);		/* the pregap is silence */
}

/* One request does not go over from data to audio. */
static void a_transition_ends_a_read(void **state)
{
	struct bench *b = *state;

	bench_open(b, MIXED, false);
	assert_int_equal(bench_ask(b, "be 00 00 00 01 2a 00 00 04 f8 00"), CHECK);
	bench_fails(b, "5/64/00");
	assert_true(b->drive.sense.at == 300);
	assert_int_equal(b->answer.len, 2 * DISC_RAW);
}

/* Sync, header, EDC as of ECMA-130; the values of EDC and parity were computed by other means:
 * a sector of zeros at LBA 0 and its check bytes. */
static void made_sectors_are_whole(void **state)
{
	static const uint8_t head[16] = { 0,	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
					  0xff, 0xff, 0xff, 0,	  0,	0x02, 0,    1 };
	uint8_t raw[DISC_RAW] = { 0 };
	uint8_t sum;

	(void)state;
	sector_make(raw, 0);
	assert_memory_equal(raw, head, sizeof(head));
	assert_int_equal(sector_edc(raw, SECTOR_EDC), get_le32(raw + SECTOR_EDC));
	assert_int_equal(sector_edc(raw, SECTOR_EDC + 4), 0);
	for (size_t column = 0; column < 86; column++) {
		sum = 0;
		for (size_t line = 0; line < 26; line++)
			sum ^= raw[12 + line * 86 + column];
		assert_int_equal(sum, 0);
	}
	sector_make(raw, 333000);
	assert_int_equal(raw[12], 0x74);
	assert_int_equal(raw[13], 0x02);
	assert_int_equal(raw[14], 0x00);
}

static void the_subcode_tells_where(void **state)
{
	struct bench *b = *state;
	uint8_t q[Q_SIZE];

	bench_open(b, MIXED, false);
	assert_int_equal(bench_ask(b, "be 00 00 00 01 c4 00 00 01 f8 02"), GOOD);
	memcpy(q, b->answer.data + DISC_RAW, sizeof(q));
	assert_memory_equal(q, "\x01\x02\x01\x00\x00\x02\x00\x00\x08\x02", 10);
	assert_int_equal(get_be16(q + 10), subcode_crc(q, 10));
	assert_int_equal(bench_ask(b, "be 00 00 00 01 a4 00 00 01 f8 02"), GOOD);
	assert_memory_equal(b->answer.data + DISC_RAW, "\x01\x02\x00\x00\x00\x30\x00\x00\x07\x45",
			    10);
	assert_int_equal(bench_ask(b, "be 00 00 00 00 28 00 00 01 f8 02"), GOOD);
	assert_memory_equal(b->answer.data + DISC_RAW, "\x42\x01\x23\x45\x67\x89\x01\x20", 8);
	assert_int_equal(bench_ask(b, "be 00 00 00 01 a4 00 00 01 f8 01"), GOOD);
	assert_int_equal(b->answer.data[DISC_RAW], 0x80);	/* P, and Q's first bit */
	assert_int_equal(b->answer.data[DISC_RAW + 7], 0xc0);
}

static void texts_are_packed(void **state)
{
	uint8_t packs[TEXT_PACKS * TEXT_PACK];
	struct bench *b = *state;
	char all[256] = "";
	size_t n, len = 0;

	bench_open(b, MIXED, false);
	n = subcode_text(b->drive.as, packs);
	assert_int_equal(n, 8);		/* 42 and 7 characters in packs of 12, and 3 of sizes */
	for (size_t i = 0; i < n; i++) {
		const uint8_t *p = packs + i * TEXT_PACK;

		assert_int_equal(p[2], i);
		assert_int_equal(get_be16(p + 16), subcode_crc(p, 16));
		if (p[0] != 0x80)
			continue;
		memcpy(all + len, p + 4, 12);
		len += 12;
	}
	assert_memory_equal(all, "The disc with a title that is long\0\0Song\0\0", 42);
	assert_int_equal(packs[5 * TEXT_PACK], 0x8f);
	assert_int_equal(packs[5 * TEXT_PACK + 8], 4);
	assert_int_equal(packs[5 * TEXT_PACK + 9], 1);
	assert_int_equal(bench_ask(b, "43 00 05 00 00 00 00 02 00"), GOOD);
	assert_int_equal(b->answer.len, 4 + n * TEXT_PACK);
	drive_close(&b->drive);
	bench_open(b, "kind cd\ntrack data data\n", false);
	assert_int_equal(bench_ask(b, "43 00 05 00 00 00 00 02 00"), CHECK);
}

static void damage_is_told_by_c2(void **state)
{
	struct bench *b = *state;

	bench_open(b, MIXED "on read 7 scratched\non read 460 scratched\non read 8 unreadable\n",
		   false);
	assert_int_equal(bench_read(b, 6, 2), CHECK);
	bench_fails(b, "3/11/05");
	assert_int_equal(b->answer.len, DISC_COOKED);
	assert_int_equal(bench_ask(b, "be 00 00 00 00 07 00 00 01 10 00"), CHECK);
	bench_fails(b, "3/11/05");
	assert_int_equal(bench_ask(b, "be 00 00 00 00 07 00 00 01 fa 00"), GOOD);
	assert_int_equal(b->answer.data[12], 0x00);	/* the header is whole */
	assert_int_not_equal(b->answer.data[16], bench_byte(7));
	assert_int_equal(b->answer.data[DISC_RAW + 1], 0x00);
	assert_int_equal(b->answer.data[DISC_RAW + 2], 0xff);
	assert_int_equal(b->answer.data[DISC_RAW + 293], 0xff);
	assert_int_equal(bench_ask(b, "be 00 00 00 00 06 00 00 01 fa 00"), GOOD);
	assert_int_equal(b->answer.data[DISC_RAW + 2], 0x00);
	assert_int_equal(bench_ask(b, "be 00 00 00 01 cc 00 00 01 12 00"), GOOD);
	assert_int_not_equal(b->answer.data[0], bench_byte(10));
	assert_int_equal(b->answer.data[DISC_RAW], 0xff);
	assert_int_equal(bench_ask(b, "be 00 00 00 00 08 00 00 01 fa 00"), CHECK);
	bench_fails(b, "3/11/00");
}

static void a_disc_may_run_out(void **state)
{
	struct bench *b = *state;

	bench_open(b, "kind cd\ntrack data data\nrun-out 2\n", false);
	assert_int_equal(bench_read(b, 290, 10), CHECK);
	bench_fails(b, "3/11/00");
	assert_true(b->drive.sense.at == 298);
	assert_int_equal(bench_read(b, 297, 1), GOOD);
	assert_int_equal(bench_ask(b, "25"), GOOD);
	bench_begins(b, "00 00 01 2b");
}

static void a_drive_may_not_know_read_cd(void **state)
{
	struct bench *b = *state;

	bench_open(b, MIXED "read-cd refused\n", false);
	assert_int_equal(bench_ask(b, "be 00 00 00 00 07 00 00 01 f8 00"), CHECK);
	bench_fails(b, "5/20/00");
	drive_close(&b->drive);
	bench_open(b, MIXED "read-cd zeros\n", false);
	assert_int_equal(bench_ask(b, "be 00 00 00 00 07 00 00 01 f8 00"), GOOD);
	assert_int_equal(b->answer.len, DISC_RAW);
	assert_int_equal(b->answer.data[1], 0);
	assert_int_equal(bench_read(b, 7, 1), GOOD);
	assert_int_equal(b->answer.data[0], bench_byte(7));
}

static void a_tray_opens_and_closes(void **state)
{
	struct bench *b = *state;

	bench_open(b, MIXED, false);
	assert_int_equal(bench_ask(b, "1b 00 00 00 02"), GOOD);
	assert_int_equal(bench_ask(b, "00"), CHECK);
	bench_fails(b, "2/3a/02");
	assert_int_equal(bench_ask(b, "4a 01 00 00 10 00 00 00 08"), GOOD);
	bench_begins(b, "00 06 04 10 03 01");
	assert_int_equal(bench_ask(b, "bd 00 00 00 00 00 00 00 00 08"), GOOD);
	bench_begins(b, "00 10");
	assert_int_equal(bench_ask(b, "46 00 00 00 00 00 00 00 08"), GOOD);
	bench_begins(b, "00 00 00 40 00 00 00 00");
	assert_int_equal(bench_ask(b, "1b 00 00 00 03"), GOOD);
	assert_int_equal(bench_ask(b, "00"), CHECK);
	bench_fails(b, "6/28/00");
	assert_int_equal(bench_ask(b, "00"), GOOD);
	drive_remove(&b->drive);
	assert_int_equal(bench_ask(b, "00"), CHECK);
	bench_fails(b, "2/3a/01");
}

/* Sectors that are not of mode 1 come as they are in the image. */
static void raw_tracks_stay_as_they_are(void **state)
{
	static uint8_t raw[3 * DISC_RAW];
	struct bench *b = *state;

	for (size_t i = 0; i < 3; i++) {
		uint8_t *p = raw + i * DISC_RAW;

		memset(p, (int)(i + 1), DISC_RAW);
		p[SECTOR_MODE] = 2;
	}
	raw[2 * DISC_RAW + 18] = raw[2 * DISC_RAW + 22] = 0x20;		/* form 2 */
	raw[DISC_RAW + 16] = 9;						/* no form at all */
	bench_file(b, "raw", raw, sizeof(raw));
	bench_open(b, "kind cd\ntrack raw raw\n", false);
	assert_int_equal(bench_ask(b, "be 10 00 00 00 00 00 00 01 10 00"), GOOD);
	assert_int_equal(b->answer.len, 2048);
	assert_int_equal(bench_ask(b, "be 0c 00 00 00 01 00 00 01 10 00"), GOOD);
	assert_int_equal(b->answer.len, 2336);
	assert_int_equal(bench_ask(b, "be 14 00 00 00 02 00 00 01 10 00"), GOOD);
	assert_int_equal(b->answer.len, 2328);
	assert_int_equal(bench_ask(b, "be 00 00 00 00 00 00 00 03 f8 00"), GOOD);
	assert_memory_equal(b->answer.data, raw, sizeof(raw));
	assert_int_equal(bench_read(b, 0, 3), CHECK);
	bench_fails(b, "5/64/00");
	assert_int_equal(b->answer.len, 2048);
	assert_int_equal(bench_ask(b, "43 00 02 00 00 00 00 01 00"), GOOD);
	assert_int_equal(b->answer.data[4 + 9], 0x20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, clean)
		CASE(the_contents_are_told_in_all_forms),
		CASE(what_is_not_there_is_refused),
		CASE(sectors_have_their_parts),
		CASE(a_transition_ends_a_read),
		CASE(made_sectors_are_whole),
		CASE(the_subcode_tells_where),
		CASE(texts_are_packed),
		CASE(damage_is_told_by_c2),
		CASE(a_disc_may_run_out),
		CASE(a_drive_may_not_know_read_cd),
		CASE(a_tray_opens_and_closes),
		CASE(raw_tracks_stay_as_they_are),
#undef CASE
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
