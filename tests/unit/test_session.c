/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_session.c - proves that what is written while pages are shown is kept whole, whatever bytes
 * it has, that of very much the end is kept and says so, and that a command opens what was chosen.
 * Owns: nothing.   Threads: main. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/screen/session.h"
#include "rawright/cli.h"

#define LEFT_OUT "(It was very much: what stood before is left out.)\n"

static void open_kept(struct rr_session *s)
{
	*s = (struct rr_session){ .memory = memfd_create("test", MFD_CLOEXEC) };
	assert_true(s->memory >= 0);
}

static void keep(struct rr_session *s, const void *text, size_t len)
{
	assert_int_equal(write(s->memory, text, len), (ssize_t)len);
}

static void check_kept(const struct rr_session *s, size_t mark, const char *want)
{
	rr_autofree char *kept = rr_session_kept(s, mark);

	assert_non_null(kept);
	assert_string_equal(kept, want);
}

static void any_bytes_are_kept(void **state)
{
	static const char first[] = "one\0two\033[2J\n\nthree", second[] = "\n\xff four\n";
	struct rr_session s;
	size_t mark;

	(void)state;
	open_kept(&s);
	check_kept(&s, 0, "");
	keep(&s, first, sizeof(first)); /* with its NUL */
	mark = rr_session_mark(&s);
	check_kept(&s, mark, "");
	keep(&s, second, sizeof(second) - 1);
	check_kept(&s, 0, "one\\x00two\\x1b[2J\n\nthree\\x00\n\\xff four\n");
	check_kept(&s, mark, "\n\\xff four\n");
	(void)close(s.memory);
}

static void of_very_much_the_end_is_kept(void **state)
{
	enum { LINES = 20000, LINE = 64 };
	rr_autofree char *kept = NULL;
	char line[LINE + 1];
	struct rr_session s;

	(void)state;
	open_kept(&s);
	for (int i = 0; i < LINES; i++) {
		(void)snprintf(line, sizeof(line), "%0*d\n", LINE - 1, i);
		keep(&s, line, LINE);
	}
	keep(&s, "\0last\n", 6);
	kept = rr_session_kept(&s, 0);
	assert_non_null(kept);
	assert_int_equal(strncmp(kept, LEFT_OUT, strlen(LEFT_OUT)), 0);
	assert_int_equal(strcspn(kept + strlen(LEFT_OUT), "\n"), LINE - 1); /* no half line */
	assert_string_equal(kept + strlen(kept) - 9, "\\x00last\n");
	(void)close(s.memory);
}

/* Between the page and the opening: the command looks once more at what it was told. */
static void what_was_chosen_is_what_is_opened(void **state)
{
	static char model[] = "Ultra", other[] = "Other", serial[] = "4C53", path[] = "/dev/sdb";
	static char name[] = "sdb", fd0[] = "fd0";
	const struct rr_node chosen = { .path = path, .name = name, .kind = "usb-stick",
					.model = model, .serial = serial, .diskseq = 41,
					.bytes = 4096 };
	const struct rr_cli cli = { .meant = { { path, model, serial, 41, 4096 } }, .nmeant = 1 };
	struct rr_node node;
	struct rr_err err = { 0 };

	(void)state;
	assert_int_equal(rr_cli_check_meant(&cli, &chosen, &err), 0);
	for (unsigned what = 0; what < 7; what++) {
		bool same = what > 3;

		node = chosen;
		node.model = what == 0 ? other : node.model;
		node.serial = what == 1 ? other : node.serial;
		node.diskseq = what == 2 ? 42 : node.diskseq;
		node.bytes = what == 3 ? 8192 : node.bytes;
		node.path = what == 4 ? fd0 : node.path;	/* another drive: not meant */
		if (what == 5) {	/* learnt by opening */
			node.name = fd0;
			node.bytes = 1474560;
			node.diskseq = 50;
		}
		node.serial = what == 6 ? NULL : node.serial;	/* not known any more */
		assert_int_equal(rr_cli_check_meant(&cli, &node, &err), same ? 0 : -1);
		assert_true(same || err.kind == RR_GONE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_bytes_are_kept),
		cmocka_unit_test(of_very_much_the_end_is_kept),
		cmocka_unit_test(what_was_chosen_is_what_is_opened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
