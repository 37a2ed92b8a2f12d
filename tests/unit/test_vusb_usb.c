/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_vusb_usb.c - proves that the drives of tests/vm/vusb keep to the transports of USB:
 * bulk-only and control/bulk/interrupt, their failures, and how a host gets them going again.
 * Owns: nothing.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../vm/vusb/bytes.h"
#include "../vm/vusb/usb.h"
#include "vusb_bench.h"

#define CSW_SIZE 13

/* A device on the bench, and what came of the last transfer. */
struct host {
	struct bench bench;
	struct usb usb;
	uint8_t data[8192];
	struct transfer t;
};

static int make(void **state)
{
	static struct host host;

	memset(&host, 0, sizeof(host));
	bench_make(&host.bench);
	bench_image(&host.bench, "image", 512, 2880);
	*state = &host;
	return 0;
}

static int clean(void **state)
{
	struct host *h = *state;

	usb_free(&h->usb);
	bench_close(&h->bench);
	return 0;
}

static void plug(struct host *h, const char *text)
{
	bench_open(&h->bench, text, true);
	usb_start(&h->usb, &h->bench.drive);
	h->bench.drive.attention.key = NO_SENSE;
}

static enum reply in(struct host *h, unsigned endpoint, size_t len)
{
	h->t = (struct transfer){ .data = h->data, .len = len };
	memset(h->data, 0xcc, sizeof(h->data));
	return usb_in(&h->usb, endpoint, &h->t);
}

/* A control request, its eight bytes in hex; data go or come by its direction. */
static enum reply control(struct host *h, const char *hex, const uint8_t *out, size_t out_len)
{
	uint8_t setup[USB_SETUP_SIZE];

	assert_int_equal(bench_hex(hex, setup, sizeof(setup)), sizeof(setup));
	h->t = (struct transfer){ .data = h->data, .len = get_le16(setup + 6) };
	return usb_control(&h->usb, setup, out, out_len, &h->t);
}

/* A command block wrapper. */
static enum reply command(struct host *h, const char *cdb, uint32_t len, bool to_host)
{
	uint8_t cbw[31] = { 'U', 'S', 'B', 'C', 1, 2, 3, 4 };

	put_le32(cbw + 8, len);
	cbw[12] = to_host ? 0x80 : 0;
	cbw[14] = (uint8_t)bench_hex(cdb, cbw + 15, CDB_SIZE);
	return usb_out(&h->usb, ENDPOINT_OUT, cbw, sizeof(cbw));
}

static void status_is(struct host *h, uint32_t residue, uint8_t status)
{
	assert_int_equal(in(h, ENDPOINT_IN, CSW_SIZE), REPLY_DONE);
	assert_int_equal(h->t.done, CSW_SIZE);
	assert_memory_equal(h->data, "USBS\1\2\3\4", 8);
	assert_int_equal(get_le32(h->data + 8), residue);
	assert_int_equal(h->data[12], status);
}

static void a_command_has_data_and_status(void **state)
{
	struct host *h = *state;

	plug(h, "kind stick\nimage image\n");
	assert_int_equal(in(h, ENDPOINT_IN, 512), REPLY_LATER);
	assert_int_equal(command(h, "28 00 00 00 00 05 00 00 04 00", 2048, true), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_IN, 1024), REPLY_DONE);
	assert_int_equal(h->data[1023], bench_byte(6));
	assert_int_equal(in(h, ENDPOINT_IN, 1024), REPLY_DONE);
	assert_int_equal(h->data[0], bench_byte(7));
	status_is(h, 0, 0);
	assert_int_equal(command(h, "00 00 00 00 00 00", 0, true), REPLY_DONE);
	status_is(h, 0, 0);
}

static void data_are_taken_in_pieces(void **state)
{
	static uint8_t data[1024];
	struct host *h = *state;

	plug(h, "kind stick\nimage image\n");
	memset(data, 0xee, sizeof(data));
	assert_int_equal(command(h, "2a 00 00 00 00 05 00 00 02 00", 1024, false), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_IN, CSW_SIZE), REPLY_LATER);
	assert_int_equal(usb_out(&h->usb, ENDPOINT_OUT, data, 512), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_IN, CSW_SIZE), REPLY_LATER);
	assert_int_equal(usb_out(&h->usb, ENDPOINT_OUT, data + 512, 512), REPLY_DONE);
	status_is(h, 0, 0);
	assert_int_equal(bench_read(&h->bench, 6, 2), GOOD);
	assert_int_equal(h->bench.answer.data[0], 0xee);
	assert_int_equal(h->bench.answer.data[512], bench_byte(7));
}

/* Less than was asked for: a short packet ends it, or a stall where there is none to be short. */
static void less_than_asked_for_is_told(void **state)
{
	struct host *h = *state;

	plug(h, "kind stick\nimage image\non read 7 unreadable\n");
	assert_int_equal(command(h, "12 00 00 00 ff 00", 255, true), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_IN, 255), REPLY_DONE);
	assert_int_equal(h->t.done, 36);
	status_is(h, 255 - 36, 0);
	assert_int_equal(command(h, "28 00 00 00 00 05 00 00 04 00", 2048, true), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_IN, 2048), REPLY_STALL);
	assert_int_equal(h->t.done, 1024);
	assert_int_equal(in(h, ENDPOINT_IN, CSW_SIZE), REPLY_STALL);
	assert_int_equal(control(h, "02 01 00 00 81 00 00 00", NULL, 0), REPLY_DONE);
	status_is(h, 1024, 1);
	assert_int_equal(command(h, "ff 00 00 00 00 00", 512, true), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_IN, 512), REPLY_STALL);
	assert_int_equal(h->t.done, 0);
	assert_int_equal(control(h, "02 01 00 00 81 00 00 00", NULL, 0), REPLY_DONE);
	status_is(h, 512, 1);
}

static void nonsense_wants_a_reset(void **state)
{
	static const uint8_t nonsense[31] = "nonsense";
	struct host *h = *state;

	plug(h, "kind stick\nimage image\n");
	assert_int_equal(usb_out(&h->usb, ENDPOINT_OUT, nonsense, sizeof(nonsense)), REPLY_STALL);
	assert_int_equal(control(h, "02 01 00 00 02 00 00 00", NULL, 0), REPLY_DONE);
	assert_int_equal(command(h, "00 00 00 00 00 00", 0, true), REPLY_STALL);
	assert_int_equal(control(h, "21 ff 00 00 00 00 00 00", NULL, 0), REPLY_DONE);
	assert_int_equal(control(h, "82 00 00 00 81 00 02 00", NULL, 0), REPLY_DONE);
	assert_int_equal(h->data[0], 1);
	assert_int_equal(control(h, "02 01 00 00 81 00 00 00", NULL, 0), REPLY_DONE);
	assert_int_equal(control(h, "02 01 00 00 02 00 00 00", NULL, 0), REPLY_DONE);
	assert_int_equal(command(h, "00 00 00 00 00 00", 0, true), REPLY_DONE);
	status_is(h, 0, 0);
}

static void a_mute_drive_is_reset(void **state)
{
	struct host *h = *state;

	plug(h, "kind stick\nimage image\non read 5 mute times 2\n");
	assert_int_equal(command(h, "28 00 00 00 00 05 00 00 01 00", 512, true), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_IN, 512), REPLY_LATER);
	assert_int_equal(usb_wakes_at_ms(&h->usb), 0);
	assert_int_equal(command(h, "00 00 00 00 00 00", 0, true), REPLY_LATER);
	assert_int_equal(control(h, "21 ff 00 00 00 00 00 00", NULL, 0), REPLY_DONE);
	assert_int_equal(command(h, "28 00 00 00 00 05 00 00 01 00", 512, true), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_IN, 512), REPLY_LATER);
	assert_int_equal(control(h, "00 09 01 00 00 00 00 00", NULL, 0), REPLY_DONE);
	assert_int_equal(command(h, "28 00 00 00 00 05 00 00 01 00", 512, true), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_IN, 512), REPLY_DONE);
	status_is(h, 0, 0);
}

static void a_slow_answer_comes_in_time(void **state)
{
	struct host *h = *state;

	plug(h, "kind stick\nimage image\non read 5 slow 300ms\n");
	h->bench.drive.now_ms = 1000;
	assert_int_equal(command(h, "28 00 00 00 00 05 00 00 01 00", 512, true), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_IN, 512), REPLY_LATER);
	assert_int_equal(usb_wakes_at_ms(&h->usb), 1300);
	h->bench.drive.now_ms = 1300;
	assert_int_equal(in(h, ENDPOINT_IN, 512), REPLY_DONE);
	status_is(h, 0, 0);
}

static void it_leaves_when_it_is_told_to(void **state)
{
	struct host *h = *state;

	plug(h, "kind stick\nimage image\non read 5 gone\non read 9 phase-error\n");
	assert_int_equal(command(h, "28 00 00 00 00 09 00 00 01 00", 512, true), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_IN, 512), REPLY_STALL);
	assert_int_equal(control(h, "02 01 00 00 81 00 00 00", NULL, 0), REPLY_DONE);
	status_is(h, 512, 2);
	assert_null(usb_leaves(&h->usb));
	assert_int_equal(command(h, "28 00 00 00 00 05 00 00 01 00", 512, true), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_IN, 512), REPLY_LATER);
	assert_non_null(usb_leaves(&h->usb));
}

static enum reply cbi_ask(struct host *h, const char *cdb)
{
	uint8_t bytes[CBI_CDB_SIZE] = { 0 };

	(void)bench_hex(cdb, bytes, sizeof(bytes));
	return control(h, "21 00 00 00 00 00 0c 00", bytes, sizeof(bytes));
}

static void interrupt_is(struct host *h, uint8_t code, uint8_t qualifier)
{
	assert_int_equal(in(h, ENDPOINT_INTERRUPT, 2), REPLY_DONE);
	assert_int_equal(h->data[0], code);
	assert_int_equal(h->data[1], qualifier);
}

static void a_floppy_drive_talks_by_interrupts(void **state)
{
	static uint8_t data[512];
	struct host *h = *state;

	plug(h, "kind floppy\nimage image\ntransport cbi\non read 7 unreadable\n");
	assert_int_equal(in(h, ENDPOINT_INTERRUPT, 2), REPLY_LATER);
	assert_int_equal(cbi_ask(h, "28 00 00 00 00 05 00 00 02 00"), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_IN, 1024), REPLY_DONE);
	assert_int_equal(h->data[512], bench_byte(6));
	interrupt_is(h, 0, 0);
	assert_int_equal(cbi_ask(h, "28 00 00 00 00 05 00 00 04 00"), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_IN, 2048), REPLY_STALL);
	assert_int_equal(h->t.done, 1024);
	assert_int_equal(control(h, "02 01 00 00 81 00 00 00", NULL, 0), REPLY_DONE);
	interrupt_is(h, 0x11, 0);
	memset(data, 0xee, sizeof(data));
	assert_int_equal(cbi_ask(h, "2a 00 00 00 00 05 00 00 01 00"), REPLY_DONE);
	assert_int_equal(in(h, ENDPOINT_INTERRUPT, 2), REPLY_LATER);
	assert_int_equal(usb_out(&h->usb, ENDPOINT_OUT, data, sizeof(data)), REPLY_DONE);
	interrupt_is(h, 0, 0);
	assert_int_equal(bench_read(&h->bench, 5, 1), GOOD);
	assert_int_equal(h->bench.answer.data[0], 0xee);
}

static void a_drive_says_what_it_is(void **state)
{
	static const struct {
		const char *text, *request, *begins;
		size_t len;
	} row[] = {
		{ "kind stick\nimage image\n", "80 06 00 01 00 00 40 00",
		  "12 01 00 02 00 00 00 40 09 12 01 00 00 01 01 02 03 01", 18 },
		{ "kind stick\nimage image\nserial \"\"\n", "80 06 00 01 00 00 40 00",
		  "12 01 00 02 00 00 00 40 09 12 01 00 00 01 01 02 00 01", 18 },
		{ "kind stick\nimage image\n", "80 06 00 02 00 00 ff 00",
		  "09 02 20 00 01 01 00 80 fa 09 04 00 00 02 08 06 50 00 07 05 81 02 00 02 00 "
		  "07 05 02 02 00 02 00", 32 },
		{ "kind stick\nimage image\n", "80 06 00 02 00 00 09 00", "09 02 20 00", 9 },
		{ "kind stick\nimage image\nspeed super\n", "80 06 00 02 00 00 ff 00",
		  "09 02 2c 00", 44 },
		{ "kind stick\nimage image\nspeed super\n", "80 06 00 0f 00 00 ff 00",
		  "05 0f 16 00 02 07 10 02", 22 },
		{ "kind floppy\nimage image\n", "80 06 00 02 00 00 ff 00",
		  "09 02 20 00 01 01 00 80 fa 09 04 00 00 02 08 04 50", 32 },
		{ "kind floppy\nimage image\ntransport cbi\n", "80 06 00 02 00 00 ff 00",
		  "09 02 27 00 01 01 00 80 fa 09 04 00 00 03 08 04 00", 39 },
		{ "kind cd\nno-medium\n", "80 06 00 02 00 00 ff 00",
		  "09 02 20 00 01 01 00 80 fa 09 04 00 00 02 08 02 50", 32 },
		{ "kind stick\nimage image\nserial AB1\n", "80 06 03 03 09 04 ff 00",
		  "08 03 41 00 42 00 31 00", 8 },
		{ "kind stick\nimage image\n", "80 06 00 03 00 00 ff 00", "04 03 09 04", 4 },
		{ "kind stick\nimage image\n", "a1 fe 00 00 00 00 01 00", "00", 1 },
	};
	struct host *h = *state;
	uint8_t want[64];

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		size_t n = bench_hex(row[i].begins, want, sizeof(want));

		plug(h, row[i].text);
		assert_int_equal(control(h, row[i].request, NULL, 0), REPLY_DONE);
		assert_int_equal(h->t.done, row[i].len);
		assert_memory_equal(h->data, want, n);
		usb_free(&h->usb);
		drive_close(&h->bench.drive);
	}
	plug(h, "kind floppy\nimage image\ntransport cbi\n");
	assert_int_equal(control(h, "a1 fe 00 00 00 00 01 00", NULL, 0), REPLY_STALL);
	assert_int_equal(control(h, "80 06 00 06 00 00 0a 00", NULL, 0), REPLY_STALL);
	assert_int_equal(control(h, "80 06 09 03 09 04 ff 00", NULL, 0), REPLY_STALL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define CASE(name) cmocka_unit_test_setup_teardown(name, make, clean)
		CASE(a_command_has_data_and_status),
		CASE(data_are_taken_in_pieces),
		CASE(less_than_asked_for_is_told),
		CASE(nonsense_wants_a_reset),
		CASE(a_mute_drive_is_reset),
		CASE(a_slow_answer_comes_in_time),
		CASE(it_leaves_when_it_is_told_to),
		CASE(a_floppy_drive_talks_by_interrupts),
		CASE(a_drive_says_what_it_is),
#undef CASE
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
