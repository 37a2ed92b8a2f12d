/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_list.c - proves how drives are put into words, cells and columns: what is said of what, that
 * nothing is lost in a narrow table, and that foreign strings do no harm in table or JSON.
 * Owns: nothing.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/cli/list.h"
#include "../../src/cli/table_out.h"
#include "rawright/fs.h"
#include "rawright/nodes.h"
#include "rawright/text.h"
#include "rawright/words.h"

static char vfat[] = "vfat", photos[] = "PHOTOS", dos[] = "dos";
static char kingsley[] = "Kingsley", runner[] = "DataRunner 3.0";
static char path[] = "/dev/sdb", sdb[] = "sdb";
static struct rr_part one = { .number = 1, .fs = vfat, .label = photos };

static struct rr_seen stick(void)
{
	return (struct rr_seen){
		.node = {
			.path = path, .name = sdb, .kind = "usb-stick", .vendor = kingsley,
			.model = runner, .bytes = 30943996000, .medium = true, .speed = 5000,
			.content = { .known = true, .table = dos, .part = &one, .n = 1 },
		},
	};
}

/* ------------------------------------------------------------------ words */

static void says(char *text, const char *want)
{
	assert_non_null(text);
	assert_string_equal(text, want);
	free(text);
}

static void a_drive_is_put_into_words(void **state)
{
	struct rr_seen s = stick();

	(void)state;
	says(rr_words_drive(&s.node),
	     "USB stick, Kingsley DataRunner 3.0, 30.9 GB, dos: vfat \"PHOTOS\"");
	says(rr_words_speed(&s.node), "5 Gbit/s");
	s.node.speed = 480;
	says(rr_words_speed(&s.node), "480 Mbit/s");
	s.node.speed = 0;
	says(rr_words_speed(&s.node), "");
	s.node.bytes = 0;
	says(rr_words_size(&s.node), "?");
	s.node.medium = false;
	says(rr_words_size(&s.node), "");
}

static void vendor_and_model_stand_once(void **state)
{
	char qemu[] = "QEMU", disk[] = "QEMU HARDDISK";
	struct rr_node n = { .vendor = qemu, .model = disk };

	(void)state;
	says(rr_words_model(&n), "QEMU HARDDISK");
	n.model = NULL;
	says(rr_words_model(&n), "QEMU");
	n.vendor = NULL;
	says(rr_words_model(&n), "");
}

static void content_is_put_into_words(void **state)
{
	char box[] = "0x05", linux_type[] = "0x83";
	struct rr_part three[] = { { .number = 1, .fs = vfat }, { .number = 2, .type = box },
				   { .number = 5, .type = linux_type } };
	char disc[] = "CD-R", audio[] = "CD, 12 audio tracks", file[] = "/srv/a.img";
	struct rr_node n = { .kind = "optical" };

	(void)state;
	says(rr_words_content(&n), "no disc");
	n.kind = "card-reader";
	says(rr_words_content(&n), "no card");
	n.kind = "floppy";
	says(rr_words_content(&n), "no medium");
	n.medium = true;
	says(rr_words_content(&n), "?");
	n.disc = audio;
	says(rr_words_content(&n), "CD, 12 audio tracks");
	n.disc = disc;
	n.content = (struct rr_content){ .known = true, .part = &one, .n = 1 };
	says(rr_words_content(&n), "CD-R: vfat \"PHOTOS\"");
	n.content = (struct rr_content){ .known = true, .table = dos, .part = three, .n = 3 };
	n.disc = NULL;
	says(rr_words_content(&n), "dos: vfat, extended, unknown");
	n.content = (struct rr_content){ .known = true, .part = &one, .n = 1 };
	n.backing = file;
	says(rr_words_content(&n), "/srv/a.img: vfat \"PHOTOS\"");
}

static void use_and_verdict_are_put_into_words(void **state)
{
	char a[] = "/media/a", b[] = "/media/b", dm[] = "dm-0", *mounts[] = { a, b };
	struct rr_use use = { .mount = mounts, .nmount = 2, .swap = true, .stack = dm };
	struct rr_verdict v = { .ban = RR_BAN_NONE, .rule = "mounted" };

	(void)state;
	says(rr_words_use(&use), "mounted on /media/a, mounted on /media/b, swap, dm-0");
	says(rr_words_write(&v), "yes");
	v.ban = RR_BAN_LIFTABLE;
	(void)snprintf(v.brief, sizeof(v.brief), "mounted on /a");
	says(rr_words_write(&v), "no: mounted on /a (--unmount)");
	v = (struct rr_verdict){ .ban = RR_BAN_LIFTABLE, .rule = "fixed", .brief = "a fixed disk" };
	says(rr_words_write(&v), "no: a fixed disk (--allow-fixed)");
	v = (struct rr_verdict){ .ban = RR_BAN_PROTECTED, .rule = "mounted", .brief = "holds /" };
	says(rr_words_write(&v), "no: holds /");
}

/* ------------------------------------------------------------------ columns */

static char *chosen(const char *text, struct rr_err *err)
{
	const struct rr_list_column **col;
	rr_autostr struct rr_str str = { 0 };
	size_t n;

	if (rr_list_columns_parse(text, &col, &n, err) < 0)
		return NULL;
	for (size_t i = 0; i < n; i++)
		rr_str_addf(&str, "%s%s", i ? "," : "", col[i]->name);
	free(col);
	return rr_str_take(&str);
}

static void columns_are_chosen(void **state)
{
	struct rr_err err;

	(void)state;
	says(chosen(NULL, &err), "NAME,SIZE,KIND,MODEL,CONTENT,WRITE");
	says(chosen("serial,Name", &err), "SERIAL,NAME");
	says(chosen("name,name", &err), "NAME");
	says(chosen("+PORT,NAME", &err), "NAME,SIZE,KIND,MODEL,CONTENT,WRITE,PORT");
	for (size_t i = 0; rr_list_column_at(i); i++)
		says(chosen(rr_list_column_at(i)->name, &err), rr_list_column_at(i)->name);
}

static void unknown_columns_are_refused(void **state)
{
	static const char *const wrong[] = { "", "+", "nam", "NAMES", "name,", ",name", "a,+size" };
	struct rr_err err;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_null(chosen(wrong[i], &err));
		assert_int_equal(err.kind, RR_USAGE);
		assert_non_null(strstr(err.text, "DISKSEQ"));	/* the last: none is cut off */
	}
}

/* ------------------------------------------------------------------ the table */

static const struct rr_table_column two[] = { { "A", false, false }, { "B", false, true } };

static void table(char *const *cell, size_t n, size_t width, const char *want)
{
	char *text;
	struct rr_err err;

	assert_int_equal(rr_table_text(two, 2, cell, n, width, &text, &err), 0);
	says(text, want);
}

static void long_cells_go_on_below(void **state)
{
	char a[] = "x", blanks[] = "one two three four", path_cell[] = "/media/someone/PHOTOS";
	char word[] = "abcdefghijklmnop";

	(void)state;
	table((char *[]){ a, blanks }, 1, 0, "A B\nx one two three four\n");
	table((char *[]){ a, blanks }, 1, 12, "A B\nx one two\n  three four\n");
	table((char *[]){ a, path_cell }, 1, 12, "A B\nx /media/\n  someone/\n  PHOTOS\n");
	table((char *[]){ a, word }, 1, 12, "A B\nx abcdefghij\n  klmnop\n");
	/* No narrower than it can be read. */
	table((char *[]){ a, word }, 1, 3, "A B\nx abcdefgh\n  ijklmnop\n");
}

/* What one column's lines leave over saves lines in another. */
static void room_left_over_is_used(void **state)
{
	static const struct rr_table_column three[] = {
		{ "A", false, false }, { "B", false, true }, { "C", false, true },
	};
	char a[] = "x", b[] = "nothing recognised", c[] = "yes", d[] = "no: mounted on /mnt/photos";
	char *cell[] = { a, b, c, a, b, d }, *text;
	struct rr_err err;

	(void)state;
	assert_int_equal(rr_table_text(three, 3, cell, 2, 35, &text, &err), 0);
	says(text, "A B                  C\n"
		   "x nothing recognised yes\n"
		   "x nothing recognised no: mounted on\n"
		   "                     /mnt/photos\n");
	assert_int_equal(rr_table_text(three, 3, cell, 2, 34, &text, &err), 0);
	says(text, "A B          C\n"
		   "x nothing    yes\n"
		   "  recognised\n"
		   "x nothing    no: mounted on\n"
		   "  recognised /mnt/photos\n");
}

/* Wide characters take two columns each, combining ones none. */
static void widths_are_those_of_the_terminal(void **state)
{
	char a[] = "漢字", b[] = "Größe 漢字漢字 e\xcc\x81", c[] = "x", d[] = "y";

	(void)state;
	table((char *[]){ a, b, c, d }, 2, 13,
	      "A    B\n漢字 Größe\n     漢字漢字\n     e\xcc\x81\nx    y\n");
}

static void a_page_in_a_cell_is_cut(void **state)
{
	rr_autofree char *page = calloc(1, 4097);
	char a[] = "x", *text;
	struct rr_err err;

	(void)state;
	assert_non_null(page);
	memset(page, 'y', 4096);
	assert_int_equal(rr_table_text(two, 2, (char *[]){ a, page }, 1, 0, &text, &err), 0);
	assert_int_equal(strlen(text), strlen("A B\nx \n") + RR_TABLE_CELL_MAX);
	assert_non_null(strstr(text, "yyy...\n"));
	free(text);
}

/* ------------------------------------------------------------------ hostile strings */

static char evil[] = "\033]0;owned\007\xe2\x80\xae" "gpj\nroot \xff";

/* Nothing may reach a terminal but the line ends of the table itself. */
static void assert_harmless(const char *text)
{
	for (const char *p = text; *p; p++)
		assert_true(*p == '\n' || (unsigned char)*p >= ' ');
	assert_null(strstr(text, "\xe2\x80\xae"));
	assert_null(strchr(text, '\xff'));
}

static void hostile_strings_do_no_harm_in_cells(void **state)
{
	struct rr_seen s = stick();
	char *mounts[] = { evil };
	struct rr_part part = { .fs = evil, .label = evil };

	(void)state;
	s.node.path = s.node.vendor = s.node.model = s.node.serial = s.node.firmware = evil;
	s.node.wwn = s.node.bus = s.node.port = s.node.by_id = s.node.label = evil;
	s.node.disc = s.node.backing = s.node.content.table = evil;
	s.node.content.part = &part;
	s.use = (struct rr_use){ .mount = mounts, .nmount = 1, .stack = evil, .system = evil };
	s.write.ban = RR_BAN_REFUSED;
	(void)snprintf(s.write.brief, sizeof(s.write.brief), "%s", evil);
	for (size_t i = 0; rr_list_column_at(i); i++) {
		rr_autofree char *cell = rr_list_column_at(i)->fill(&s);

		assert_non_null(cell);
		assert_harmless(cell);
		assert_null(strchr(cell, '\n'));
	}
	s.node.content.part = &one;	/* not ours to free */
}

/* What was written to the file, and the file away. */
static char *written(int fd)
{
	char *text = calloc(1, 65536);
	size_t got;

	assert_non_null(text);
	assert_int_equal(rr_pread(fd, text, 65535, 0, &got), 0);
	return text;
}

static void hostile_strings_do_no_harm_in_json(void **state)
{
	FILE *file = tmpfile();
	struct rr_seen s = stick();
	struct rr_survey survey = { .drive = &s, .n = 1, .blind = evil };
	rr_autofree char *hex = rr_text_hex(evil, strlen(evil)), *text = NULL, *want = NULL;
	struct rr_err err;

	(void)state;
	assert_non_null(file);
	s.node.model = evil;
	assert_int_equal(rr_report_survey(&survey, false, fileno(file), "file", &err), 0);
	text = written(fileno(file));
	assert_harmless(text);
	want = rr_text_format("\"model_hex\":\"%s\"", hex);
	assert_non_null(strstr(text, want));
	assert_non_null(strstr(text, "\"model\":\"\\\\x1b]0;owned\\\\x07"));
	assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);	/* one line */
	assert_int_equal(fclose(file), 0);
}

/* ------------------------------------------------------------------ changes */

static void changes_are_told_in_json(void **state)
{
	FILE *file = tmpfile();
	struct rr_seen s = stick();
	struct rr_change change = { .kind = RR_CHANGED, .what = RR_CHANGED_USE | RR_CHANGED_WRITE,
				    .was = &s, .now = &s };
	static const char want[] = "{\"v\":1,\"event\":\"changed\",\"what\":[\"use\",\"writable\"],"
				   "\"drive\":{\"path\":\"/dev/sdb\"";
	rr_autofree char *text = NULL;
	bool closed = true;
	struct rr_err err;

	(void)state;
	assert_non_null(file);
	assert_int_equal(rr_report_change(&change, fileno(file), "file", &closed, &err), 0);
	text = written(fileno(file));
	assert_false(closed);
	assert_memory_equal(text, want, strlen(want));
	assert_int_equal(fclose(file), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_drive_is_put_into_words),
		cmocka_unit_test(vendor_and_model_stand_once),
		cmocka_unit_test(content_is_put_into_words),
		cmocka_unit_test(use_and_verdict_are_put_into_words),
		cmocka_unit_test(columns_are_chosen),
		cmocka_unit_test(unknown_columns_are_refused),
		cmocka_unit_test(long_cells_go_on_below),
		cmocka_unit_test(room_left_over_is_used),
		cmocka_unit_test(widths_are_those_of_the_terminal),
		cmocka_unit_test(a_page_in_a_cell_is_cut),
		cmocka_unit_test(hostile_strings_do_no_harm_in_cells),
		cmocka_unit_test(hostile_strings_do_no_harm_in_json),
		cmocka_unit_test(changes_are_told_in_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
