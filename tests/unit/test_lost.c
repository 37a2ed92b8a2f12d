/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_lost.c - proves which word is asked for before a drive is overwritten, and that what would
 * be lost is told in words that do no harm.
 * Owns: nothing.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/cli/targets.h"
#include "rawright/text.h"

#define GB UINT64_C(1000000000)

static const struct word_case {
	const char *kind, *serial;
	uint64_t bytes;
	bool removable;
	const char *word;
} words[] = {
	{ "usb-stick", "4C530001230611", 30 * GB, true, "yes" },
	{ "usb-stick", "4C530001230611", 64 * GB, true, "yes" },
	{ "usb-stick", "4C530001230611", 64 * GB + 512, true, "0611" },
	{ "usb-disk", "WX12A3", 2000 * GB, false, "12A3" },
	{ "disk", "S4XYNX0M", 8 * GB, false, "NX0M" },
	{ "disk", "S4XYNX0M", 8 * GB, true, "yes" },
	{ "disk", NULL, 8 * GB, false, "8.00 GB" },
	{ "disk", "abc", 8 * GB, false, "8.00 GB" },
	{ "disk", "nasty\033[1m", 8 * GB, false, "8.00 GB" },
	{ "disk", "ends with ", 8 * GB, false, "8.00 GB" },
	{ "floppy", NULL, 1474560, true, "yes" },
	{ "loop", NULL, 70 * GB, false, "70.0 GB" },
};

static void the_word_fits_the_risk(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		const struct word_case *c = &words[i];
		struct rr_node node = { .kind = c->kind,
					.serial = (char *)c->serial,
					.bytes = c->bytes,
					.removable = c->removable };
		char *word = rr_lost_word(&node);

		assert_non_null(word);
		assert_string_equal(word, c->word);
		free(word);
	}
}

static void what_is_lost_does_no_harm(void **state)
{
	char evil[] = "evil\033[2J\xe2\x80\xae", path[] = "/dev/sdx", model[] = "Stick\n42";
	char *mounts[] = { evil };
	struct rr_part part = { .fs = evil, .label = evil };
	struct rr_put_drive drive = {
		.node = { .path = path,
			  .kind = "usb-stick",
			  .model = model,
			  .serial = evil,
			  .port = evil,
			  .bytes = 30 * GB,
			  .content = { .known = true, .part = &part, .n = 1 } },
		.use = { .mount = mounts, .nmount = 1 }
	};
	struct rr_str out = { 0 };

	(void)state;
	rr_lost_lines(&out, &drive, true);
	assert_false(out.fail);
	assert_null(strchr(out.s, '\033'));
	assert_null(strstr(out.s, "\xe2\x80\xae"));
	assert_non_null(strstr(out.s, "Stick\\x0a42"));
	assert_non_null(strstr(out.s, "will be unmounted"));
	assert_non_null(strstr(out.s, "30.0 GB (30,000,000,000 bytes), USB stick"));
	rr_str_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_word_fits_the_risk),
		cmocka_unit_test(what_is_lost_does_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
