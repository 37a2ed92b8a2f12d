/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_machines.c - proves what the rules say of each drive of the machines in tests/data/machines:
 * which are never written, which need an option, which are free; and that it is quick.
 * Owns: nothing.   Threads: one. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "fake.h"
#include "machine.h"
#include "rawright/clock.h"
#include "rawright/fs.h"
#include "rawright/text.h"

#define QUICK_MS 100	/* for a hundred drives and as many loop devices */

static const char *const bans[] = { "free", "liftable", "refused", "protected" };

static void set_wish(struct rr_want *want, struct rr_node *source, const char *word)
{
	if (strcmp(word, "unmount") == 0)
		want->unmount = true;
	else if (strcmp(word, "fixed") == 0)
		want->allow_fixed = true;
	else if (strncmp(word, "bytes=", 6) == 0)
		want->bytes = strtoull(word + 6, NULL, 10);
	else if (strncmp(word, "source=", 7) == 0) {
		machine_node(word + 7, source);
		want->source = source;
	} else
		fail_msg("what is %s?", word);
}

/* "system: system: /home", after the ban; or nothing. */
static char *judge(struct rr_want *want)
{
	struct rr_verdict verdict;
	struct rr_err err;

	if (rr_rules_judge(want, &verdict, &err) < 0)
		return rr_text_format("error: %s", err.text);
	assert_int_equal(verdict.ban == RR_BAN_NONE, verdict.rule == NULL);
	assert_int_equal(verdict.ban == RR_BAN_NONE, *verdict.text == '\0');
	if (!verdict.rule)
		return strdup(bans[RR_BAN_NONE]);
	if (!strstr(verdict.text, want->target->path))
		fail_msg("\"%s\" does not name %s", verdict.text, want->target->path);
	return rr_text_format("%s %s: %s", bans[verdict.ban], verdict.rule, verdict.brief);
}

/* One line, without its "ask ": is the answer the expected one? */
static bool ask(const struct rr_guard *guard, const char *what, char *line)
{
	char *expected = strstr(line, " -> "), *rest, *word;
	rr_autofree char *question = strdup(line), *got = NULL;
	struct rr_node target, source = { .path = NULL };
	struct rr_want want = { .target = &target, .guard = guard };
	bool right;

	assert_non_null(expected);
	*expected = '\0';
	expected += 4;
	machine_node(strtok_r(line, " ", &rest), &target);
	while ((word = strtok_r(NULL, " ", &rest)) != NULL)
		set_wish(&want, &source, word);
	got = judge(&want);
	right = strcmp(got, expected) == 0;
	if (!right)
		print_error("%s: %s\n     but: %s\n", what, question, got);
	rr_node_clear(&target);
	rr_node_clear(&source);
	return right;
}

static bool sees(const struct rr_guard *guard, const char *what, const char *expected)
{
	const char *blind = rr_guard_blind(guard);

	if (expected ? blind && strstr(blind, expected) : !blind)
		return true;
	print_error("%s: blind: %s\n", what, blind);
	return false;
}

/* How many answers were wrong. */
static size_t check_machine(const char *path)
{
	rr_autofree char *text = NULL;
	char *line, *rest, *blind = NULL;
	struct rr_guard *guard;
	size_t wrong = 0, asked = 0;
	struct rr_err err;

	assert_int_equal(rr_file_load(path, 1 << 16, &text, NULL, &err), 0);
	machine_make(text);
	guard = machine_guard();
	for (rest = text; (line = strsep(&rest, "\n")) != NULL;) {
		if (strncmp(line, "blind ", 6) == 0)
			blind = line + 6;
		if (strncmp(line, "ask ", 4) != 0)
			continue;
		wrong += !ask(guard, path, line + 4);
		asked++;
	}
	wrong += !sees(guard, path, blind);
	assert_true(asked > 0);
	rr_guard_free(guard);
	machine_remove();
	return wrong;
}

static void rules_know_every_machine(void **state)
{
	const char *top = getenv("srcdir");
	rr_autofree char *pattern = rr_text_format("%s/tests/data/machines/[a-z]*",
						   top ? top : ".");
	size_t wrong = 0;
	glob_t found;

	(void)state;
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	assert_true(found.gl_pathc >= 20);
	for (size_t i = 0; i < found.gl_pathc; i++)
		wrong += check_machine(found.gl_pathv[i]);
	globfree(&found);
	assert_int_equal(wrong, 0);
}

static void judge_one(const char *text, const char *name, struct rr_verdict *verdict)
{
	struct rr_guard *guard;
	struct rr_node target;
	struct rr_want want = { .target = &target };
	struct rr_err err;

	machine_make(text);
	guard = machine_guard();
	machine_node(name, &target);
	want.guard = guard;
	want.bytes = 5000000000;
	if (rr_rules_judge(&want, verdict, &err) < 0)
		fail_msg("%s", err.text);
	rr_node_clear(&target);
	rr_guard_free(guard);
	machine_remove();
}

static const struct words {
	const char *machine, *device, *text;
} words[] = {
	{ "disk sdb 8:16 usb-disk\npart sdb1 8:17 sdb\n"
	  "mount 20 1 8:17 / /media/ann/PHOTOS rw - vfat /dev/sdb1 rw\n",
	  "sdb", "/dev/sdb is mounted on /media/ann/PHOTOS: unmount it, or say --unmount" },
	{ "disk sdb 8:16 usb-disk\nmount 20 1 8:17 / / rw - vfat /dev/sdz rw\n", "sdb",
	  "/dev/sdb is too small: it has 4,000,000,000 bytes, and 5,000,000,000 bytes are to be "
	  "written, 1,000,000,000 more; take a larger one" },
	{ "disk sdb 8:16 usb-disk\npart sdb1 8:17 sdb\npart sdb2 8:18 sdb\n"
	  "disk dm-0 253:0 virtual\nholder sdb1 dm-0\n"
	  "mount 20 1 253:0 / / rw - ext4 /dev/mapper/root rw\n",
	  "sdb2",
	  "/dev/sdb2 is part of /dev/sdb, which carries / of the running system, by way of dm-0: "
	  "it is never written; name another drive" },
	{ "disk sdb 8:16 usb-disk\ndisk md5 9:5 virtual\nholder sdb md5\n"
	  "mount 20 1 8:99 / / rw - vfat /dev/sdz rw\n",
	  "sdb",
	  "/dev/sdb is in use by md5, which is built on it: stop that first (mdadm --stop)" },
	{ "disk sr0 11:0 optical removable read-only\nmount 20 1 8:99 / / rw - vfat /dev/sdz rw\n",
	  "sr0", "/dev/sr0 is read-only: discs are burned, not written as drives are" },
};

static void words_say_what_can_be_done(void **state)
{
	struct rr_verdict verdict;

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		judge_one(words[i].machine, words[i].device, &verdict);
		assert_string_equal(verdict.text, words[i].text);
	}
}

/* A label may be anything, and its mount point is made of it. */
static void long_names_are_cut_between_characters(void **state)
{
	static const char e[] = "\xe2\x82\xac";		/* the euro sign: three bytes */

	(void)state;
	for (size_t pad = 1; pad <= 3; pad++) {
		rr_autostr struct rr_str text = { 0 };
		struct rr_verdict verdict;

		rr_str_addf(&text, "disk sdb 8:16 usb-disk\nmount 20 1 8:16 / /%.*s", (int)pad,
			    "xxx");
		for (int i = 0; i < 1200; i++)
			rr_str_addf(&text, "%s", e);
		rr_str_addf(&text, " rw - vfat /dev/sdb rw\n");
		judge_one(text.s, "sdb", &verdict);
		assert_true(rr_text_is_printable(verdict.brief));
		assert_true(rr_text_is_printable(verdict.text));
		assert_non_null(strstr(verdict.brief, "\xe2\x82\xac..."));
		assert_non_null(strstr(verdict.text, "say --unmount"));
	}
}

static void file_is_no_target(void **state)
{
	struct rr_guard *guard;
	struct rr_node target;
	struct rr_want want = { .target = &target };
	struct rr_verdict verdict;
	struct rr_err err;

	(void)state;
	machine_make("disk sdb 8:16 usb-disk\nfile /a 8:16\n"
		     "mount 1 1 8:1 / / rw - ext4 /dev/sda rw\n");
	guard = machine_guard();
	want.guard = guard;
	machine_node("/a", &target);
	assert_int_equal(rr_rules_judge(&want, &verdict, &err), -1);
	assert_int_equal(err.kind, RR_USAGE);
	rr_node_clear(&target);
	rr_guard_free(guard);
	machine_remove();
}

/* What cannot be known must not be taken for free. */
static void what_came_later_is_not_free(void **state)
{
	struct rr_guard *guard;
	struct rr_node target, source;
	struct rr_want want = { .target = &target, .source = &source };
	struct rr_verdict verdict;
	struct rr_err err;

	(void)state;
	machine_make("disk sdb 8:16 usb-disk\nfile /a 8:1\n"
		     "mount 1 1 8:1 / / rw - ext4 /dev/sda rw\n");
	guard = machine_guard();
	want.guard = guard;
	machine_node("sdb", &target);
	machine_node("/a", &source);
	target.dev++;
	assert_int_equal(rr_rules_judge(&want, &verdict, &err), -1);
	assert_int_equal(err.kind, RR_GONE);
	target.dev--;
	source.path[1] = 'b';
	assert_int_equal(rr_rules_judge(&want, &verdict, &err), -1);
	assert_int_equal(err.kind, RR_SYSTEM);
	rr_node_clear(&target);
	rr_node_clear(&source);
	rr_guard_free(guard);
	machine_remove();
}

static void make_crowd(struct rr_str *text)
{
	for (unsigned i = 0; i < 100; i++) {
		rr_str_addf(text, "disk sd%u 8:%u usb-stick\npart sd%up1 259:%u sd%u\n", i, i, i, i,
			    i);
		rr_str_addf(text, "mount %u 1 259:%u / /media/%u rw - ext4 /dev/sd%up1 rw\n",
			    i + 20, i, i, i);
		rr_str_addf(text, "loop loop%u 7:%u /media/%u/image\n", i, i, i);
	}
}

static void hundred_drives_are_quick(void **state)
{
	rr_autostr struct rr_str text = { 0 };
	struct rr_guard *guard;
	uint64_t start;
	struct rr_err err;

	(void)state;
	make_crowd(&text);
	machine_make(text.s);
	start = rr_clock_ms();
	guard = machine_guard();
	for (unsigned i = 0; i < 100; i++) {
		char path[] = "/dev/sdx";
		const struct rr_node node = { .path = path, .block = true, .dev = makedev(8, i) };
		struct rr_use use;

		assert_int_equal(rr_guard_use(guard, &node, &use, &err), 0);
		assert_int_equal(use.nmount, 1);
		assert_null(use.stack);
		rr_use_clear(&use);
	}
	print_message("%u ms\n", (unsigned)(rr_clock_ms() - start));
	assert_true(rr_clock_ms() - start < fake_limit_ms(QUICK_MS));
	rr_guard_free(guard);
	machine_remove();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_know_every_machine),
		cmocka_unit_test(words_say_what_can_be_done),
		cmocka_unit_test(long_names_are_cut_between_characters),
		cmocka_unit_test(file_is_no_target),
		cmocka_unit_test(what_came_later_is_not_free),
		cmocka_unit_test(hundred_drives_are_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
