/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_vusb_scsi.c - proves what sticks and floppy drives of tests/vm/vusb answer to commands.
 * Owns: nothing.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "vusb_bench.h"

#define STICK_OF_100 \
	"kind stick\nimage image\nvendor Acme\nproduct \"Data Stick\"\nrevision 2.01\nserial S123\n"

static int make(void **state)
{
	static struct bench bench;

	bench_make(&bench);
	bench_image(&bench, "image", 512, 100);
	*state = &bench;
	return 0;
}

static int clean(void **state)
{
	bench_close(*state);
	return 0;
}

static void a_stick_answers(void **state)
{
	static const struct {
		const char *cdb, *begins;
		size_t len;
	} row[] = {
		{ "00", "", 0 },
		{ "12 00 00 00 24", "00 80 05 02 1f 00 00 00 41 63 6d 65 20 20 20 20 44 61", 36 },
		{ "12 00 00 00 05", "00 80 05 02 1f", 5 },
		{ "12 01 00 00 ff", "00 00 00 03 00 80 83", 7 },
		{ "12 01 80 00 ff", "00 80 00 04 53 31 32 33", 8 },
		{ "12 01 83 00 ff", "00 83 00 20 02 01 00 1c 41 63 6d 65 20", 36 },
		{ "25", "00 00 00 63 00 00 02 00", 8 },
		{ "9e 10 00 00 00 00 00 00 00 00 00 00 00 20",
		  "00 00 00 00 00 00 00 63 00 00 02 00", 32 },
		{ "1a 00 3f 00 c0", "23 00 00 00 01 0a", 36 },
		{ "1a 00 08 00 c0", "17 00 00 00 08 12", 24 },
		{ "5a 00 08 00 00 00 00 00 c0", "00 1a 00 00 00 00 00 00 08 12", 28 },
		{ "23 00 00 00 00 00 00 00 ff", "00 00 00 08 00 00 00 64 02 00 02 00", 12 },
		{ "08 00 00 02 01", "03 03", 512 },
		{ "28 00 00 00 00 02 00 00 01", "03 03", 512 },
		{ "28 00 00 00 00 02 00 00 00", "", 0 },
		{ "a8 00 00 00 00 02 00 00 00 03", "03 03", 1536 },
		{ "88 00 00 00 00 00 00 00 00 02 00 00 00 02", "03 03", 1024 },
		{ "a0 00 00 00 00 00 00 00 00 10", "00 00 00 08 00 00 00 00 00", 16 },
		{ "2f 00 00 00 00 00 00 00 64", "", 0 },
		{ "35", "", 0 },
		{ "03 00 00 00 12", "70 00 00 00 00 00 00 0a", 18 },
	};
	struct bench *b = *state;

	bench_open(b, STICK_OF_100, false);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		(void)bench_ask(b, row[i].cdb);
		bench_begins(b, row[i].begins);
		assert_int_equal(b->answer.len, row[i].len);
	}
}

static void a_stick_refuses(void **state)
{
	static const struct {
		const char *cdb, *sense;
	} row[] = {
		{ "28 00 00 00 00 64 00 00 01", "5/21/00" },
		{ "28 00 00 00 00 63 00 00 02", "5/21/00" },
		{ "28 00 ff ff ff ff 00 ff ff", "5/21/00" },
		{ "88 00 ff ff ff ff ff ff ff ff ff ff ff ff", "5/21/00" },
		{ "12 01 b0 00 ff", "5/24/00" },
		{ "12 00 80 00 ff", "5/24/00" },
		{ "1a 00 2a 00 ff", "5/24/00" },
		{ "9e 12", "5/24/00" },
		{ "2a 00 00 00 00 02 00 00 01", "5/24/00" },	/* and brings no data */
		{ "be", "5/20/00" },
		{ "43", "5/20/00" },
		{ "ff", "5/20/00" },
	};
	struct bench *b = *state;

	bench_open(b, STICK_OF_100, false);
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		(void)bench_ask(b, row[i].cdb);
		bench_fails(b, row[i].sense);
		assert_int_equal(b->answer.len, 0);
	}
}

static void sense_is_told_once(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "on read 90 unreadable\n", false);
	assert_int_equal(bench_read(b, 80, 20), CHECK);
	assert_int_equal(bench_ask(b, "03 00 00 00 12"), GOOD);
	bench_begins(b, "f0 00 03 00 00 00 5a 0a 00 00 00 00 11 00 00 00 00 00");
	assert_int_equal(bench_ask(b, "03 00 00 00 12"), GOOD);
	bench_begins(b, "70 00 00 00 00 00 00 0a");
}

/* Plugged in, a drive tells of its medium; what only asks who it is does not take that away. */
static void attention_waits_for_who_must_hear_it(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100, true);
	assert_int_equal(bench_ask(b, "12 00 00 00 24"), GOOD);
	assert_int_equal(bench_ask(b, "1e 00 00 00 01"), GOOD);
	assert_int_equal(bench_ask(b, "00"), CHECK);
	bench_fails(b, "6/28/00");
	assert_int_equal(bench_ask(b, "00"), GOOD);
}

static void a_medium_goes_and_comes(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100, false);
	assert_int_equal(bench_ask(b, "1e 00 00 00 01"), GOOD);
	assert_int_equal(bench_ask(b, "1b 00 00 00 02"), CHECK);
	bench_fails(b, "5/53/02");
	assert_int_equal(bench_ask(b, "1e"), GOOD);
	assert_int_equal(bench_ask(b, "1b 00 00 00 02"), GOOD);
	assert_int_equal(bench_ask(b, "25"), CHECK);
	bench_fails(b, "2/3a/00");
	assert_int_equal(bench_ask(b, "23 00 00 00 00 00 00 00 ff"), GOOD);
	bench_begins(b, "00 00 00 08 00 00 0b 40 03");
	assert_int_equal(bench_ask(b, "1b 00 00 00 03"), GOOD);
	assert_int_equal(bench_ask(b, "00"), CHECK);
	bench_fails(b, "6/28/00");
	assert_int_equal(bench_ask(b, "25"), GOOD);
}

static void a_medium_may_take_its_time(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "ready-after 3s\n", false);
	assert_int_equal(bench_ask(b, "00"), CHECK);
	bench_fails(b, "2/04/01");
	b->drive.now_ms = 3000;
	assert_int_equal(bench_ask(b, "00"), GOOD);
}

static void what_is_protected_stays(void **state)
{
	static const uint8_t data[512];
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "write-protected\n", false);
	b->out = data;
	b->out_len = sizeof(data);
	assert_int_equal(bench_ask(b, "2a 00 00 00 00 02 00 00 01"), CHECK);
	bench_fails(b, "7/27/00");
	assert_int_equal(bench_ask(b, "1a 00 3f 00 c0"), GOOD);
	bench_begins(b, "23 00 80");
	assert_int_equal(bench_read(b, 2, 1), GOOD);
	assert_int_equal(b->answer.data[0], bench_byte(2));
}

/* Writes sector 150 of a stick that has 100 of the 200 that it claims. */
static enum status write_150(struct bench *b)
{
	static uint8_t data[512];

	memset(data, 0xee, sizeof(data));
	b->out = data;
	b->out_len = sizeof(data);
	return bench_ask(b, "2a 00 00 00 00 96 00 00 01");
}

static void capacity_can_lie(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "claim 200 vanish\n", false);
	assert_int_equal(bench_ask(b, "25"), GOOD);
	bench_begins(b, "00 00 00 c7");
	assert_int_equal(write_150(b), GOOD);
	assert_int_equal(bench_read(b, 99, 52), GOOD);
	assert_int_equal(b->answer.data[0], bench_byte(99));
	assert_int_equal(b->answer.data[51 * 512], 0);
	assert_int_equal(bench_read(b, 50, 1), GOOD);
	assert_int_equal(b->answer.data[0], bench_byte(50));
	assert_int_equal(bench_read(b, 200, 1), CHECK);
}

static void capacity_can_wrap(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "claim 200 wrap\n", false);
	assert_int_equal(write_150(b), GOOD);
	assert_int_equal(bench_read(b, 50, 1), GOOD);
	assert_int_equal(b->answer.data[0], 0xee);
	assert_int_equal(bench_read(b, 95, 60), GOOD);
	assert_int_equal(b->answer.data[5 * 512], bench_byte(0));
	assert_int_equal(b->answer.data[55 * 512], 0xee);
}

static void capacity_can_fail(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "claim 200 fail\n", false);
	assert_int_equal(write_150(b), CHECK);
	bench_fails(b, "3/0c/00");
	assert_int_equal(bench_read(b, 98, 10), CHECK);
	bench_fails(b, "3/11/00");
	assert_true(b->drive.sense.at == 100);
	assert_int_equal(b->answer.len, 2 * 512);
}

static void a_stick_may_be_larger_than_ten_bytes_say(void **state)
{
	struct bench *b = *state;

	bench_open(b, STICK_OF_100 "claim 8000000000\n", false);
	assert_int_equal(bench_ask(b, "25"), GOOD);
	bench_begins(b, "ff ff ff ff 00 00 02 00");
	assert_int_equal(bench_ask(b, "9e 10 00 00 00 00 00 00 00 00 00 00 00 20"), GOOD);
	bench_begins(b, "00 00 00 01 dc d6 4f ff");
}

static void a_floppy_drive_knows_its_disk(void **state)
{
	static const struct {
		uint32_t size;
		size_t sectors;
		const char *type, *capacities;
	} row[] = {
		{ 512, 2880, "00 26 94", "00 00 00 20 00 00 0b 40 02 00 02 00 00 00 0b 40" },
		{ 512, 2400, "00 26 93", "00 00 00 20 00 00 09 60 02 00 02 00" },
		{ 1024, 1232, "00 26 93", "00 00 00 20 00 00 04 d0 02 00 04 00" },
		{ 512, 1440, "00 26 1e", "00 00 00 18 00 00 05 a0 02 00 02 00 00 00 05 a0" },
		{ 512, 1000, "00 26 00", "00 00 00 08 00 00 03 e8 02 00 02 00" },
	};
	struct bench *b = *state;
	char text[128];

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		bench_image(b, "image", row[i].size, row[i].sectors);
		(void)snprintf(text, sizeof(text), "kind floppy\nimage image\nsector-size %u\n",
			       row[i].size);
		bench_open(b, text, false);
		assert_int_equal(bench_ask(b, "5a 00 05 00 00 00 00 00 c0"), GOOD);
		bench_begins(b, row[i].type);
		assert_int_equal(bench_ask(b, "23 00 00 00 00 00 00 00 ff"), GOOD);
		bench_begins(b, row[i].capacities);
		drive_close(&b->drive);
	}
	bench_open(b, "kind floppy\nno-medium\n", false);
	assert_int_equal(bench_ask(b, "23 00 00 00 00 00 00 00 ff"), GOOD);
	bench_begins(b, "00 00 00 08 00 00 0b 40 03 00 02 00");
	assert_int_equal(bench_ask(b, "00"), CHECK);
	bench_fails(b, "2/3a/00");
	assert_int_equal(bench_ask(b, "12 01 80 00 ff"), CHECK);
	assert_int_equal(bench_ask(b, "1a 00 3f 00 c0"), CHECK);
	bench_fails(b, "5/20/00");
}

static void a_floppy_is_formatted_by_tracks(void **state)
{
	uint8_t list[12] = { 0, 0xb1, 0, 8, 0, 0, 0x0b, 0x40, 0, 0, 2, 0 };
	struct bench *b = *state;

	bench_image(b, "image", 512, 2880);
	bench_open(b, "kind floppy\nimage image\non write 72-80 unwritable\n", false);
	b->out = list;
	b->out_len = sizeof(list);
	assert_int_equal(bench_ask(b, "04 17 01 00 00 00 00 00 0c"), GOOD);
	assert_int_equal(b->answer.len, 0);
	assert_int_equal(bench_read(b, 53, 20), GOOD);
	assert_int_equal(b->answer.data[0], bench_byte(53));
	assert_int_equal(b->answer.data[512], 0xf6);
	assert_int_equal(b->answer.data[18 * 512], 0xf6);
	assert_int_equal(b->answer.data[19 * 512], bench_byte(72));
	list[1] = 0xb0;		/* the other side: 72 is its first sector */
	assert_int_equal(bench_ask(b, "04 17 02 00 00 00 00 00 0c"), CHECK);
	bench_fails(b, "3/0c/00");
	assert_int_equal(bench_ask(b, "04 17 50 00 00 00 00 00 0c"), CHECK);
	bench_fails(b, "5/24/00");
}

static void the_log_tells_what_was_asked(void **state)
{
	static const char want[] = "read 10 2 good\nread 20 1 3/11/00\nff 5/20/00\n";
	struct bench *b = *state;
	char path[96], got[128] = "";
	int fd;

	bench_open(b, STICK_OF_100 "log log\non read 20 unreadable\n", false);
	(void)bench_read(b, 10, 2);
	(void)bench_read(b, 20, 1);
	(void)bench_ask(b, "ff");
	(void)snprintf(path, sizeof(path), "%s/log", b->folder);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(read(fd, got, sizeof(got) - 1), (ssize_t)strlen(want));
	assert_string_equal(got, want);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, clean)
		CASE(a_stick_answers),
		CASE(a_stick_refuses),
		CASE(sense_is_told_once),
		CASE(attention_waits_for_who_must_hear_it),
		CASE(a_medium_goes_and_comes),
		CASE(a_medium_may_take_its_time),
		CASE(what_is_protected_stays),
		CASE(capacity_can_lie),
		CASE(capacity_can_wrap),
		CASE(capacity_can_fail),
		CASE(a_stick_may_be_larger_than_ten_bytes_say),
		CASE(a_floppy_drive_knows_its_disk),
		CASE(a_floppy_is_formatted_by_tracks),
		CASE(the_log_tells_what_was_asked),
#undef CASE
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
