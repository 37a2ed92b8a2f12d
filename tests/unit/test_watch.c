/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_watch.c - proves that the watch notices drives that come, go and change, that a burst of
 * events is one piece of news, and how it ends; and what a survey says to another.
 * Owns: nothing.   Threads: one. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/time.h>

#include <cmocka.h>

#include "../../src/drive/watch.h"
#include "mocked.h"
#include "rawright/clock.h"
#include "world.h"

static atomic_int stop;

#define TARGET "/devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host4/target4:0:0"
#define SDB    TARGET "/4:0:0:0/block/sdb"
#define SDX    TARGET "/4:0:0:1/block/sdx"

/* What was told, a word each: "added sdb", "changed sdb medium content". */
static int tell(void *ctx, const struct rr_change *change)
{
	const struct rr_seen *seen = change->now ? change->now : change->was;
	struct rr_str *str = ctx;

	rr_str_addf(str, "%s%s %s", str->len ? "; " : "",
		    change->kind == RR_ADDED   ? "added" :
		    change->kind == RR_REMOVED ? "removed" :
						 "changed",
		    seen->node.name);
	for (size_t i = 0; rr_change_word(change->what, i); i++)
		rr_str_addf(str, " %s", rr_change_word(change->what, i));
	return 0;
}

struct scene {
	struct world *world;
	struct rr_watch *watch;
	struct rr_survey survey;
	int null;
};

static void scene_begin(struct scene *s)
{
	struct rr_err err;

	s->world = world_new("every.umockdev", true);
	assert_int_equal(rr_watch_new_at("udev", &s->watch, &err), 0);
	assert_int_equal(rr_survey_take(&s->survey, false, &err), 0);
	s->null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	atomic_store(&stop, 0);
}

static void scene_end(struct scene *s)
{
	rr_survey_clear(&s->survey);
	rr_watch_free(s->watch);
	world_free(s->world);
	assert_int_equal(close(s->null), 0);
}

/* Waits for news, and holds what they are against it. */
static void scene_tells(struct scene *s, const char *want)
{
	rr_autostr struct rr_str told = { 0 };
	enum rr_watched what;
	struct rr_survey now;
	struct rr_err err;

	assert_int_equal(rr_watch_wait(s->watch, &stop, s->null, &what, &err), 0);
	assert_int_equal(what, RR_WATCH_NEWS);
	assert_int_equal(rr_survey_take(&now, false, &err), 0);
	rr_str_add(&told, "", 0);
	assert_int_equal(rr_survey_compare(&s->survey, &now, tell, &told, &err), 0);
	assert_string_equal(told.s, want);
	rr_survey_clear(&s->survey);
	s->survey = now;
}

/* A second unit of the stick that sdb is. */
static const char sdx[] =
	"P: " SDX "\nN: sdx\nE: DEVNAME=/dev/sdx\nE: DEVTYPE=disk\nE: SUBSYSTEM=block\n"
	"E: MAJOR=60\nE: MINOR=240\nE: ID_MODEL=Thing\nA: dev=60:240\\n\nA: size=2048\\n\n"
	"A: removable=1\\n\nA: ro=0\\n\n\n"
	"P: " SDX "/sdx1\nN: sdx1\nE: DEVNAME=/dev/sdx1\nE: DEVTYPE=partition\n"
	"E: SUBSYSTEM=block\nE: MAJOR=60\nE: MINOR=241\nA: dev=60:241\\n\nA: size=1024\\n\n"
	"A: partition=1\\n\nA: ro=0\\n\n";

static void add_sdx(const struct scene *s)
{
	GError *error = NULL;

	if (!umockdev_testbed_add_from_string(s->world->bed, sdx, &error))
		fail_msg("%s", error->message);
	umockdev_testbed_uevent(s->world->bed, "/sys" SDX, "add");
	umockdev_testbed_uevent(s->world->bed, "/sys" SDX "/sdx1", "add");
}

static void drives_come_and_go(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s);
	umockdev_testbed_uevent(s.world->bed, "/sys" SDB, "remove");
	umockdev_testbed_remove_device(s.world->bed, "/sys" SDB "/sdb1");
	umockdev_testbed_remove_device(s.world->bed, "/sys" SDB);
	scene_tells(&s, "removed sdb");
	add_sdx(&s);			/* a burst of events, and one piece of news */
	for (int i = 0; i < 5; i++)
		umockdev_testbed_uevent(s.world->bed, "/sys" SDX, "change");
	scene_tells(&s, "added sdx");
	scene_end(&s);
}

/* Pulled out and another one plugged in between two looks: no change, but one less and one more. */
static void another_drive_is_no_change(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s);
	umockdev_testbed_set_property(s.world->bed, "/sys" SDB, "ID_SERIAL_SHORT", "ANOTHER");
	umockdev_testbed_uevent(s.world->bed, "/sys" SDB, "change");
	scene_tells(&s, "removed sdb; added sdb");
	scene_end(&s);
}

static void a_medium_comes_and_goes(void **state)
{
	const char *sdf = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-5/1-5:1.0/host7/target7:0:0/"
			  "7:0:0:1/block/sdf";
	struct scene s;

	(void)state;
	scene_begin(&s);
	umockdev_testbed_set_attribute(s.world->bed, sdf, "size", "7862400");
	umockdev_testbed_set_attribute(s.world->bed, sdf, "diskseq", "77");
	umockdev_testbed_set_property(s.world->bed, sdf, "ID_FS_TYPE", "vfat");
	umockdev_testbed_uevent(s.world->bed, sdf, "change");
	scene_tells(&s, "changed sdf medium content writable");
	umockdev_testbed_set_attribute(s.world->bed, sdf, "diskseq", "78");
	umockdev_testbed_uevent(s.world->bed, sdf, "change");
	scene_tells(&s, "changed sdf medium");
	umockdev_testbed_set_property(s.world->bed, sdf, "ID_FS_LABEL", "NEW");
	umockdev_testbed_uevent(s.world->bed, sdf, "change");
	scene_tells(&s, "changed sdf content");
	umockdev_testbed_set_attribute(s.world->bed, sdf, "size", "0");
	umockdev_testbed_uevent(s.world->bed, sdf, "change");
	scene_tells(&s, "changed sdf medium content writable");
	scene_end(&s);
}

static void nothing_new_is_told_of_nothing(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s);
	umockdev_testbed_uevent(s.world->bed, "/sys" SDB, "change");
	scene_tells(&s, "");
	scene_end(&s);
}

static void on_alarm(int sig)
{
	atomic_store(&stop, sig);
}

/* The signal comes while poll() waits; it must not take until the next event. */
static void a_signal_ends_it(void **state)
{
	struct sigaction act = { .sa_handler = on_alarm };
	struct itimerval soon = { .it_value = { .tv_usec = 50000 } };
	uint64_t start = rr_clock_ms();
	enum rr_watched what;
	struct rr_err err;
	struct scene s;

	(void)state;
	scene_begin(&s);
	assert_int_equal(sigaction(SIGALRM, &act, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &soon, NULL), 0);
	do /* mounts of this machine, by others, are news too */
		assert_int_equal(rr_watch_wait(s.watch, &stop, s.null, &what, &err), 0);
	while (what == RR_WATCH_NEWS);
	assert_int_equal(what, RR_WATCH_STOPPED);
	assert_true(rr_clock_ms() - start < 20000);
	scene_end(&s);
}

static void a_reader_that_went_away_ends_it(void **state)
{
	enum rr_watched what;
	struct rr_err err;
	struct scene s;
	int ends[2];

	(void)state;
	scene_begin(&s);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(close(ends[0]), 0);
	do
		assert_int_equal(rr_watch_wait(s.watch, &stop, ends[1], &what, &err), 0);
	while (what == RR_WATCH_NEWS);
	assert_int_equal(what, RR_WATCH_CLOSED);
	assert_int_equal(close(ends[1]), 0);
	scene_end(&s);
}

/* ------------------------------------------------------------------ two surveys, by hand */

static void mounting_is_a_change_of_use(void **state)
{
	char name[] = "sdx", where[] = "/media/x", *mounts[] = { where };
	struct rr_seen before = { .node = { .name = name, .kind = "usb-stick" } }, after = before;
	struct rr_survey was = { .drive = &before, .n = 1 }, now = { .drive = &after, .n = 1 };
	rr_autostr struct rr_str told = { 0 };
	struct rr_err err;

	(void)state;
	after.use = (struct rr_use){ .mounted_rw = true, .mount = mounts, .nmount = 1 };
	after.write = (struct rr_verdict){ .ban = RR_BAN_LIFTABLE, .rule = "mounted" };
	assert_int_equal(rr_survey_compare(&was, &now, tell, &told, &err), 0);
	assert_string_equal(told.s, "changed sdx use writable");
}

/* Texts do not run into each other, and nothing is not the same as an empty text. */
static void texts_are_told_apart(void **state)
{
	char name[] = "sdx", ab[] = "ab", c[] = "c", a[] = "a", bc[] = "bc", empty[] = "";
	struct rr_part one = { .fs = ab, .label = c }, other = { .fs = a, .label = bc };
	struct rr_seen before = { .node = { .name = name, .kind = "disk" } }, after = before;
	struct rr_survey was = { .drive = &before, .n = 1 }, now = { .drive = &after, .n = 1 };
	rr_autostr struct rr_str told = { 0 };
	struct rr_err err;

	(void)state;
	before.node.content = (struct rr_content){ .part = &one, .n = 1 };
	after.node.content = (struct rr_content){ .part = &other, .n = 1 };
	after.node.firmware = empty;
	assert_int_equal(rr_survey_compare(&was, &now, tell, &told, &err), 0);
	assert_string_equal(told.s, "changed sdx content facts");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(drives_come_and_go),
		cmocka_unit_test(another_drive_is_no_change),
		cmocka_unit_test(a_medium_comes_and_goes),
		cmocka_unit_test(nothing_new_is_told_of_nothing),
		cmocka_unit_test(a_signal_ends_it),
		cmocka_unit_test(a_reader_that_went_away_ends_it),
		cmocka_unit_test(mounting_is_a_change_of_use),
		cmocka_unit_test(texts_are_told_apart),
	};

	(void)argc;
	begin_mocked(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
