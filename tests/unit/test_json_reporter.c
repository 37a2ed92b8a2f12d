/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_json_reporter.c - proves that each event is one line with one JSON object, that foreign text
 * stays valid JSON, that the end carries the record as an object, and that a monitor that leaves
 * does not stop the job; and that a fan tells all and asks who can be asked. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "rawright/event.h"
#include "rawright/fs.h"

/* What the reporter writes of one event, as an object. */
static json_t *told(const struct rr_event *ev)
{
	int fd = memfd_create("events", MFD_CLOEXEC);
	struct rr_reporter *rep;
	char text[8192];
	json_error_t why;
	json_t *object;
	size_t got;

	assert_true(fd >= 0);
	assert_int_equal(rr_json_new(fd, false, &rep, NULL), 0);
	assert_int_equal(rep->event(rep, ev), 0);
	rep->close(rep);
	assert_int_equal(rr_pread(fd, text, sizeof(text), 0, &got), 0);
	close(fd);
	assert_true(got > 1 && got < sizeof(text));
	assert_ptr_equal(memchr(text, '\n', got), text + got - 1);	/* one line, ended */
	object = json_loadb(text, got, JSON_REJECT_DUPLICATES, &why);
	if (!object)
		fail_msg("%s in %.*s", why.text, (int)got, text);
	assert_int_equal(json_integer_value(json_object_get(object, "v")), 1);
	assert_int_equal(json_integer_value(json_object_get(object, "ms")), (json_int_t)ev->ms);
	return object;
}

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	assert_non_null(text);
	return text;
}

static json_int_t number_of(const json_t *object, const char *key)
{
	assert_true(json_is_integer(json_object_get(object, key)));
	return json_integer_value(json_object_get(object, key));
}

static void start_names_source_and_destinations(void **state)
{
	struct rr_dest dest[2] = { { .path = (char *)"a.img" }, { .path = (char *)"b\xff.img" } };
	struct rr_result result = { .source = { .path = (char *)"/dev/sdb",
						.kind = "usb-stick",
						.model = (char *)"Bad\033Name",
						.bytes = 1474560,
						.sector = 512 },
				    .offset = 512,
				    .length = 1024,
				    .dest = dest,
				    .ndest = 2 };
	json_t *o = told(&(struct rr_event){ .type = RR_EV_START, .result = &result });
	json_t *source = json_object_get(o, "source"), *list = json_object_get(o, "destinations");

	(void)state;
	assert_string_equal(text_of(o, "event"), "start");
	assert_string_equal(text_of(source, "model"), "Bad\\x1bName");
	assert_true(json_is_null(json_object_get(source, "serial")));
	assert_int_equal(number_of(source, "sector"), 512);
	assert_int_equal(number_of(o, "offset"), 512);
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(json_string_value(json_array_get(list, 1)), "b\\xff.img");
	json_decref(o);
}

static void phase_may_count(void **state)
{
	json_t *o = told(&(struct rr_event){
		.type = RR_EV_PHASE, .name = "copy", .part = 1, .parts = 2, .ms = 5 });

	(void)state;
	assert_string_equal(text_of(o, "phase"), "copy");
	assert_int_equal(number_of(o, "parts"), 2);
	json_decref(o);
	o = told(&(struct rr_event){ .type = RR_EV_PHASE, .name = "copy" });
	assert_true(json_is_null(json_object_get(o, "part")));
	json_decref(o);
}

static void progress_has_numbers(void **state)
{
	struct rr_event ev = { .type = RR_EV_PROGRESS,
			       .ms = 4000,
			       .now = { .phase = "verify",
					.bytes = 1,
					.total = 2,
					.rate = 3,
					.mean = 4,
					.bad = 5,
					.eta_ms = UINT64_MAX,
					.elapsed_ms = 6,
					.silent_ms = 7,
					.pos = 8,
					.sector = 512 } };
	json_t *o = told(&ev);

	(void)state;
	assert_string_equal(text_of(o, "event"), "progress");
	assert_string_equal(text_of(o, "phase"), "verify");
	assert_int_equal(number_of(o, "bytes"), 1);
	assert_int_equal(number_of(o, "total"), 2);
	assert_int_equal(number_of(o, "rate"), 3);
	assert_int_equal(number_of(o, "mean"), 4);
	assert_int_equal(number_of(o, "bad"), 5);
	assert_true(json_is_null(json_object_get(o, "eta_ms")));
	assert_int_equal(number_of(o, "elapsed_ms"), 6);
	assert_int_equal(number_of(o, "silent_ms"), 7);
	assert_int_equal(number_of(o, "offset"), 8);
	json_decref(o);
	ev.now.eta_ms = 9;
	o = told(&ev);
	assert_int_equal(number_of(o, "eta_ms"), 9);
	json_decref(o);
}

static void ranges_are_exact(void **state)
{
	json_t *o = told(&(struct rr_event){ .type = RR_EV_RANGE,
					     .off = UINT64_C(1) << 62,
					     .len = 512,
					     .state = RR_BAD,
					     .os = EIO });

	(void)state;
	assert_true(number_of(o, "offset") == (json_int_t)1 << 62);
	assert_int_equal(number_of(o, "length"), 512);
	assert_string_equal(text_of(o, "state"), "bad");
	assert_int_equal(number_of(o, "errno"), EIO);
	assert_string_equal(text_of(o, "error"), "Input/output error");
	json_decref(o);
	o = told(
		&(struct rr_event){ .type = RR_EV_RANGE, .name = "differs", .state = RR_FINISHED });
	assert_string_equal(text_of(o, "state"), "differs");
	assert_true(json_is_null(json_object_get(o, "error")));
	json_decref(o);
}

static void what_is_done_is_told_with_its_phase(void **state)
{
	json_t *o = told(&(struct rr_event){ .type = RR_EV_DONE,
					     .name = "copy",
					     .off = 65536,
					     .len = 512,
					     .state = RR_FINISHED });

	(void)state;
	assert_string_equal(text_of(o, "phase"), "copy");
	assert_int_equal(number_of(o, "offset"), 65536);
	assert_int_equal(number_of(o, "length"), 512);
	assert_string_equal(text_of(o, "state"), "finished");
	json_decref(o);
}

static void each_destination_has_its_share(void **state)
{
	struct rr_share share[] = { { .active = true, .bytes = 9, .failed = true }, { 0 } };
	struct rr_event ev = { .type = RR_EV_PROGRESS,
			       .now = { .phase = "write",
					.paused = true,
					.slowest = "destination",
					.slowest_dest = 1,
					.share = share,
					.nshare = 2 } };
	json_t *o = told(&ev), *list = json_object_get(o, "destinations");

	(void)state;
	assert_int_equal(json_array_size(list), 2);
	assert_int_equal(number_of(json_array_get(list, 0), "bytes"), 9);
	assert_true(json_is_true(json_object_get(json_array_get(list, 0), "failed")));
	assert_true(json_is_null(json_array_get(list, 1)));
	assert_true(json_is_true(json_object_get(o, "paused")));
	assert_int_equal(number_of(o, "slowest_destination"), 1);
	json_decref(o);
	ev.now.slowest = NULL;
	o = told(&ev);
	assert_true(json_is_null(json_object_get(o, "slowest")));
	assert_true(json_is_null(json_object_get(o, "slowest_destination")));
	json_decref(o);
}

static void a_note_may_hold_anything(void **state)
{
	json_t *o = told(
		&(struct rr_event){ .type = RR_EV_NOTE, .name = "io", .text = "a\"b\\\n\xc3(" });

	(void)state;
	assert_string_equal(text_of(o, "kind"), "io");
	assert_string_equal(text_of(o, "text"), "a\"b\\\\x0a\\xc3(");
	json_decref(o);
}

static void a_digest_has_name_and_hex(void **state)
{
	json_t *o = told(&(struct rr_event){ .type = RR_EV_DIGEST, .name = "md5", .text = "00ff" });

	(void)state;
	assert_string_equal(text_of(o, "name"), "md5");
	assert_string_equal(text_of(o, "hex"), "00ff");
	json_decref(o);
}

static void the_end_carries_the_record(void **state)
{
	struct rr_result result = { .exit = RR_EXIT_BAD_SECTORS,
				    .outcome = RR_COMPLETE_WITH_ERRORS };
	json_t *o =
		told(&(struct rr_event){ .type = RR_EV_END,
					 .result = &result,
					 .record = "{\n  \"schema\": \"rawright-record/1\"\n}\n" });

	(void)state;
	assert_int_equal(number_of(o, "exit"), 3);
	assert_string_equal(text_of(o, "status"), "complete-with-errors");
	assert_string_equal(text_of(json_object_get(o, "record"), "schema"), "rawright-record/1");
	assert_true(json_is_null(json_object_get(o, "error")));
	json_decref(o);
	(void)rr_fail(&result.err, RR_GONE, 0, "it went");
	o = told(&(struct rr_event){ .type = RR_EV_END, .result = &result });
	assert_true(json_is_null(json_object_get(o, "record")));
	assert_string_equal(text_of(o, "error"), "it went");
	json_decref(o);
}

/* The job goes on: event() says 0 for a pipe that nobody reads, and for one that is full. */
static void a_monitor_that_leaves_stops_nothing(void **state)
{
	struct rr_event note = { .type = RR_EV_NOTE, .name = "io", .text = "x" };
	struct rr_reporter *rep;
	int pair[2];

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(pair), 0);
	assert_int_equal(rr_json_new(pair[1], true, &rep, NULL), 0);
	close(pair[0]);
	assert_int_equal(rep->event(rep, &note), 0);
	assert_int_equal(rep->event(rep, &note), 0);
	rep->close(rep);
	assert_int_equal(fcntl(pair[1], F_GETFD), -1);	/* closed, as told */
}

static void progress_does_not_wait_for_a_slow_monitor(void **state)
{
	struct rr_event ev = { .type = RR_EV_PROGRESS };
	struct rr_reporter *rep;
	char full[4096] = { 0 };
	int pair[2];

	(void)state;
	assert_int_equal(pipe2(pair, O_NONBLOCK), 0);
	while (write(pair[1], full, sizeof(full)) > 0)
		;
	assert_int_equal(fcntl(pair[1], F_SETFL, 0), 0);
	assert_int_equal(rr_json_new(pair[1], false, &rep, NULL), 0);
	alarm(5);
	assert_int_equal(rep->event(rep, &ev), 0);
	alarm(0);
	rep->close(rep);
	close(pair[0]);
	close(pair[1]);
}

/* ------------------------------------------------------------------ fan */

struct spy {
	struct rr_reporter base;
	int answer, stop;
	int *told, *closed;
};

static int spy_event(struct rr_reporter *base, const struct rr_event *ev)
{
	struct spy *spy = (struct spy *)base;

	(void)ev;
	++*spy->told;
	return spy->stop;
}

static int spy_ask(struct rr_reporter *base, const struct rr_question *question)
{
	(void)question;
	return ((struct spy *)base)->answer;
}

static unsigned spy_stop(struct rr_reporter *base)
{
	(void)base;
	return RR_WISH_STOP;
}

static unsigned spy_skip(struct rr_reporter *base)
{
	(void)base;
	return RR_WISH_SKIP;
}

static void spy_close(struct rr_reporter *base)
{
	++*((struct spy *)base)->closed;
}

static void a_fan_tells_all_and_asks_the_first_that_can_be(void **state)
{
	int heard = 0, closed = 0;
	struct rr_reporter base = { .event = spy_event, .ask = spy_ask, .close = spy_close };
	struct rr_reporter mute = { .event = spy_event, .close = spy_close };
	struct spy a = { mute, 0, 1, &heard, &closed }, b = { base, -1, 0, &heard, &closed };
	struct spy c = { base, 1, 0, &heard, &closed }, d = { base, 0, 0, &heard, &closed };
	struct rr_reporter *each[] = { &a.base, &b.base, &c.base, &d.base }, *fan;

	(void)state;
	assert_int_equal(rr_fan_new(each, 4, &fan, NULL), 0);
	assert_int_not_equal(fan->event(fan, &(struct rr_event){ .type = RR_EV_NOTE }), 0);
	assert_int_equal(heard, 4);
	assert_int_equal(fan->ask(fan, &(struct rr_question){ .text = "?", .word = "yes" }), 1);
	assert_int_equal(fan->wish(fan), 0);
	b.base.wish = spy_stop;
	d.base.wish = spy_skip;
	assert_int_equal(fan->wish(fan), RR_WISH_STOP | RR_WISH_SKIP);
	fan->close(fan);
	assert_int_equal(closed, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(start_names_source_and_destinations),
		cmocka_unit_test(phase_may_count),
		cmocka_unit_test(progress_has_numbers),
		cmocka_unit_test(ranges_are_exact),
		cmocka_unit_test(what_is_done_is_told_with_its_phase),
		cmocka_unit_test(each_destination_has_its_share),
		cmocka_unit_test(a_note_may_hold_anything),
		cmocka_unit_test(a_digest_has_name_and_hex),
		cmocka_unit_test(the_end_carries_the_record),
		cmocka_unit_test(a_monitor_that_leaves_stops_nothing),
		cmocka_unit_test(progress_does_not_wait_for_a_slow_monitor),
		cmocka_unit_test(a_fan_tells_all_and_asks_the_first_that_can_be),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
