/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_vusb_describe.c - proves that descriptions of drives are understood as tests/vm/vusb's
 * README.md tells, and that nonsense is refused with its line.
 * Owns: nothing.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../vm/vusb/describe.h"

static struct description *parse(const char *text, struct rr_err *err)
{
	char *copy = strdup(text);
	struct description *d = description_parse("/some/where/drive.txt", copy, err);

	free(copy);
	return d;
}

static struct description *good(const char *text)
{
	struct rr_err err = { 0 };
	struct description *d = parse(text, &err);

	if (!d)
		fail_msg("%s", err.text);
	return d;
}

static void what_is_left_out_is_usual(void **state)
{
	struct description *d = good("kind stick\nimage s.img\n");

	(void)state;
	assert_int_equal(d->kind, STICK);
	assert_int_equal(d->speed, HIGH_SPEED);
	assert_int_equal(d->transport, BULK);
	assert_int_equal(d->sector_size, 512);
	assert_string_equal(d->image, "/some/where/s.img");
	assert_true(d->port == UINT64_MAX);
	assert_int_equal(d->nfault, 0);
	description_free(d);
	d = good("kind cd\ntrack data a.iso\n");
	assert_int_equal(d->sector_size, 2048);
	description_free(d);
	d = good("kind floppy\nno-medium");
	assert_int_equal(d->speed, FULL_SPEED);
	assert_true(d->no_medium);
	description_free(d);
}

static void all_keys_are_understood(void **state)
{
	struct description *d = good("# a drive\n"
				     "kind stick # of a kind\n"
				     "\timage  /abs/s.img\r\n"
				     "sector-size 4096\nsectors 100\nclaim 1000 wrap\n"
				     "vendor Acme\nproduct \"Data Stick 3\"\nrevision 2.00\n"
				     "serial S1\nusb-vendor 0951\nusb-product ffff\n"
				     "speed super\nport 3\nfixed\nwrite-protected\n"
				     "ready-after 2s\nlog l.txt\n");

	(void)state;
	assert_string_equal(d->image, "/abs/s.img");
	assert_int_equal(d->sector_size, 4096);
	assert_int_equal(d->sectors, 100);
	assert_int_equal(d->claim, 1000);
	assert_int_equal(d->beyond, BEYOND_WRAP);
	assert_string_equal(d->product, "Data Stick 3");
	assert_string_equal(d->revision, "2.00");
	assert_string_equal(d->serial, "S1");
	assert_int_equal(d->usb_vendor, 0x951);
	assert_int_equal(d->usb_product, 0xffff);
	assert_int_equal(d->speed, SUPER_SPEED);
	assert_int_equal(d->port, 3);
	assert_true(d->fixed && d->write_protected);
	assert_int_equal(d->ready_after_ms, 2000);
	assert_string_equal(d->log, "/some/where/l.txt");
	description_free(d);
}

static void a_disc_is_made_of_tracks(void **state)
{
	struct description *d = good("kind cd\ntitle \"The disc\"\ncatalog 1234567890123\n"
				     "track data a.iso\n"
				     "track audio b.raw pregap 150\ntitle Song\nisrc DEABC0512345\n"
				     "session\ntrack raw c.bin\nread-cd zeros\nrun-out 2\n");

	(void)state;
	assert_int_equal(d->ntrack, 3);
	assert_string_equal(d->title, "The disc");
	assert_string_equal(d->catalog, "1234567890123");
	assert_string_equal(d->track[1].title, "Song");
	assert_string_equal(d->track[1].isrc, "DEABC0512345");
	assert_int_equal(d->track[1].pregap, 150);
	assert_false(d->track[1].new_session);
	assert_true(d->track[2].new_session);
	assert_int_equal(d->track[2].kind, TRACK_RAW);
	assert_int_equal(d->read_cd, READ_CD_ZEROS);
	assert_int_equal(d->run_out, 2);
	description_free(d);
}

static void faults_are_understood(void **state)
{
	static const struct {
		const char *line;
		enum effect effect;
		uint64_t first, last, time_ms, after, times;
		uint8_t key;
		uint16_t code;
	} row[] = {
		{ "read 100 unreadable", EFFECT_SENSE, 100, 100, 0, 0, FOR_EVER, 3, 0x1100 },
		{ "read 100-109 unreadable times 3", EFFECT_SENSE, 100, 109, 0, 0, 3, 3, 0x1100 },
		{ "write all unwritable", EFFECT_SENSE, 0, UINT64_MAX, 0, 0, FOR_EVER, 3, 0x0c00 },
		{ "any 5 aborted after 2", EFFECT_SENSE, 5, 5, 0, 2, FOR_EVER, 11, 0 },
		{ "any 5 hardware", EFFECT_SENSE, 5, 5, 0, 0, FOR_EVER, 4, 0x4400 },
		{ "write 5 protected", EFFECT_SENSE, 5, 5, 0, 0, FOR_EVER, 7, 0x2700 },
		{ "read 5 sense 3/14/00", EFFECT_SENSE, 5, 5, 0, 0, FOR_EVER, 3, 0x1400 },
		{ "read 5 slow 300ms", EFFECT_SLOW, 5, 5, 300, 0, FOR_EVER, 0, 0 },
		{ "read 5 not-ready 2s", EFFECT_NOT_READY, 5, 5, 2000, 0, 1, 0, 0 },
		{ "read 5 attention", EFFECT_ATTENTION, 5, 5, 0, 0, 1, 0, 0 },
		{ "any 5 gone", EFFECT_GONE, 5, 5, 0, 0, 1, 0, 0 },
		{ "any 5 gone back 1s", EFFECT_GONE, 5, 5, 1000, 0, 1, 0, 0 },
		{ "read 5 swap o.img after 1 times 2", EFFECT_SWAP, 5, 5, 0, 1, 2, 0, 0 },
		{ "read 5 mute", EFFECT_MUTE, 5, 5, 0, 0, FOR_EVER, 0, 0 },
		{ "write 5 vanishes", EFFECT_VANISHES, 5, 5, 0, 0, FOR_EVER, 0, 0 },
	};
	char text[160];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct description *d;
		struct fault *f;

		(void)snprintf(text, sizeof(text), "kind stick\nimage s\non %s\n", row[i].line);
		d = good(text);
		assert_int_equal(d->nfault, 1);
		f = &d->fault[0];
		assert_int_equal(f->effect, row[i].effect);
		assert_true(f->first == row[i].first && f->last == row[i].last);
		assert_true(f->time_ms == row[i].time_ms);
		assert_true(f->after == row[i].after && f->times == row[i].times);
		assert_int_equal(f->sense.key, row[i].key);
		assert_int_equal(f->sense.code, row[i].code);
		description_free(d);
	}
}

static void who_comes_back_is_named(void **state)
{
	struct description *d = good("kind stick\nimage s\non read 1 gone back 1s as other.txt\n");

	(void)state;
	assert_true(d->fault[0].back);
	assert_string_equal(d->fault[0].name, "/some/where/other.txt");
	description_free(d);
}

static void nonsense_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *says;
	} row[] = {
		{ "kind stick\nimage s\ncolour red\n", ":3: 'colour' is not known here" },
		{ "kind drum\n", ":1: 'drum' is not one of: stick, floppy, cd" },
		{ "kind\n", ":1: '' is not one of" },
		{ "kind stick\nimage\n", ":2: the name of a file is missing" },
		{ "kind stick stick\n", ":1: 'stick' does not belong here" },
		{ "product \"Data\n", ":1: a quotation mark has no other one" },
		{ "vendor \"Nine char\"\n", "more than 8 characters" },
		{ "sectors -1\n", "'-1' is not a number" },
		{ "sectors 0x10\n", "is not a number" },
		{ "sectors 99999999999999999999\n", "is not a number" },
		{ "sector-size 8192\n", "8192 is too large" },
		{ "kind stick\nimage s\nsector-size 520\n", "a sector has 512" },
		{ "usb-vendor 10000\n", "is too large" },
		{ "usb-vendor xyz\n", "'xyz' is not a number" },
		{ "ready-after 3\n", "'3' is not a time" },
		{ "ready-after 3h\n", "'3h' is not a time" },
		{ "ready-after 99999999s\n", "is too long" },
		{ "kind stick\n", "no medium is described" },
		{ "kind cd\nimage s\n", "a CD is made of tracks" },
		{ "kind stick\ntrack data s\n", "only a CD has tracks" },
		{ "kind stick\nimage s\ntransport cbi\n", "only a floppy drive" },
		{ "session\n", "between two tracks" },
		{ "isrc X\n", "belongs behind a track" },
		{ "track data\n", "the name of a file is missing" },
		{ "track data a pregap 5000\n", "5000 is too large" },
		{ "on\n", "on what? read, write or any" },
		{ "on read\n", "which sectors?" },
		{ "on read 5\n", "what happens there?" },
		{ "on read 9-5 unreadable\n", "'9-5' are no sectors" },
		{ "on read 5- unreadable\n", "'5-' are no sectors" },
		{ "on read 5 explodes\n", "'explodes' is nothing that can happen" },
		{ "on write 5 unreadable\n", "'unreadable' is only for 'on read'" },
		{ "on any 5 unwritable\n", "'unwritable' is only for 'on write'" },
		{ "on read 5 slow\n", "a time is missing" },
		{ "on read 5 swap\n", "the name of a file is missing" },
		{ "on read 5 sense 3-11\n", "which sense?" },
		{ "on read 5 unreadable times\n", "a number is missing" },
		{ "on read 5 unreadable 3\n", "'3' does not belong here" },
		{ "a b c d e f g h i j k l m n o p q\n", "more than 16 words" },
	};
	struct rr_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		err.kind = RR_OK;
		assert_null(parse(row[i].text, &err));
		assert_int_equal(err.kind, RR_FORMAT);
		if (!strstr(err.text, row[i].says))
			fail_msg("'%s' does not say '%s'", err.text, row[i].says);
	}
}

static void changes_are_told_apart(void **state)
{
	static const struct {
		const char *text;
		bool drive, medium;
	} row[] = {
		{ "kind stick\nimage s\n", false, false },
		{ "kind stick\nimage s\non read 1 unreadable\n", false, false },
		{ "kind stick\nimage other\n", false, true },
		{ "kind stick\nimage s\nwrite-protected\n", false, true },
		{ "kind stick\nimage s\nno-medium\n", false, true },
		{ "kind stick\nimage s\nclaim 5\n", false, true },
		{ "kind stick\nimage s\nserial other\n", true, false },
		{ "kind floppy\nimage s\n", true, false },
		{ "kind stick\nimage s\nspeed full\n", true, false },
	};
	struct description *first = good(row[0].text);

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct description *d = good(row[i].text);

		assert_int_equal(description_other_drive(first, d), row[i].drive);
		assert_int_equal(description_other_medium(first, d), row[i].medium);
		description_free(d);
	}
	description_free(first);
}

/* A block of the manual, with its indented paragraphs, up to the next one that is not indented; its
 * indentation taken away. */
static char *block_at(const char *at)
{
	const char *end = strstr(at, "\n\n");
	char *block = calloc(1, 4096), *to = block;

	assert_non_null(block);
	while (end && strncmp(end, "\n\n    ", 6) == 0)
		end = strstr(end + 2, "\n\n");
	assert_non_null(end);
	assert_true(end - at < 4096);
	for (; at < end; at++) {
		if ((to == block || to[-1] == '\n') && *at == ' ')
			continue;
		*to++ = *at;
	}
	return block;
}

/* README.md, three times "    kind": an example that does not work is worse than none. */
static void the_examples_of_the_manual_are_good(void **state)
{
	const char *srcdir = getenv("srcdir");
	char path[512], *text = calloc(1, 65536), *at = text;
	size_t n = 0;
	FILE *in;

	(void)state;
	assert_non_null(text);
	(void)snprintf(path, sizeof(path), "%s/tests/vm/vusb/README.md", srcdir ? srcdir : ".");
	in = fopen(path, "re");
	assert_non_null(in);
	assert_true(fread(text, 1, 65535, in) > 0);
	(void)fclose(in);
	for (; (at = strstr(at, "\n    kind ")); n++) {
		char *block = block_at(++at);

		description_free(good(block));
		free(block);
	}
	assert_int_equal(n, 3);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_left_out_is_usual),
		cmocka_unit_test(all_keys_are_understood),
		cmocka_unit_test(a_disc_is_made_of_tracks),
		cmocka_unit_test(faults_are_understood),
		cmocka_unit_test(who_comes_back_is_named),
		cmocka_unit_test(nonsense_is_refused_with_its_line),
		cmocka_unit_test(changes_are_told_apart),
		cmocka_unit_test(the_examples_of_the_manual_are_good),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
