/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_pick.c - proves that each page looks as tests/golden/pick-*.txt has it, in every window, and
 * that keys lead where they should and nowhere else. "test_pick --write" writes the files anew:
 * look at what git diff says of it.
 * Owns: nothing.   Threads: main. */
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <sys/stat.h>

#include "golden.h"
#include "pick_scenes.h"

/* ------------------------------------------------------------------ the question, the result */

static const char question[] =
	"debian-13.1.0-amd64-netinst.iso (783 MB) is to be written.\n"
	"All that is on this drive will be lost:\n"
	"/dev/sdb: SanDisk Ultra, serial 4C530001230611, 30.8 GB (30,752,000,000 bytes), USB stick "
	"at usb 2-1.3\n"
	"  holds: dos: vfat \"PHOTOS\"\n"
	"  mounted on /media/ann/PHOTOS: will be unmounted\n";
static const char result[] =
	"rawright write --unmount debian-13.1.0-amd64-netinst.iso /dev/sdb\n"
	"\n"
	"writing debian-13.1.0-amd64-netinst.iso (783 MB) to /dev/sdb (30.8 GB)\n"
	"verifying: reading back what was written\n"
	"image   debian-13.1.0-amd64-netinst.iso: 783,286,272 bytes (783 MB)\n"
	"to      /dev/sdb: verified by reading the medium itself\n"
	"SHA256  4d8e17f2fe0405103dd832d5f4fc03f8476050c4b04c32ee4fed6065034d6c9a\n"
	"result  complete and verified\n";

struct still {
	const char *name, *typed;
	bool enter;
};
static const struct still stills[] = {
	{ "pick-ask", "", false },
	{ "pick-ask-typed", "yes", false },
	{ "pick-ask-wrong", "no", true },
	{ "pick-result", NULL, false },
};
#define STILLS (sizeof(stills) / sizeof(*stills))

static void draw_panel(void *ctx, struct rr_grid *grid)
{
	rr_panel_draw(ctx, grid);
}

static void draw_still(struct rr_str *out, const struct still *still)
{
	struct rr_asking asking = { .text = question, .word = "yes" };
	struct rr_sheet sheet = { .text = result, .line = "result  ", .mood = RR_MENU_GOOD };
	struct rr_panel panel = { .title = "Done",
				  .place = "exit status 0",
				  .hints = rr_pick_result_page.hints,
				  .sheet = &sheet };

	if (still->typed)
		rr_asking_panel(&asking, &panel);
	for (const char *p = still->typed; p && *p; p++)
		(void)rr_panel_key(&panel, 24, 80, (unsigned char)*p);
	if (still->enter)
		assert_int_equal(rr_panel_key(&panel, 24, 80, RR_KEY_ENTER), RR_DID_EDIT);
	golden_add(out, draw_panel, &panel);
}

/* ------------------------------------------------------------------ golden files */

static bool each(bool (*with)(const char *name, const struct rr_str *text))
{
	bool all = true;

	for (const struct pick_scene *scene = pick_scenes; scene->name; scene++) {
		rr_autostr struct rr_str text = { 0 };
		struct walk w;

		walk_begin(&w, NO_DRIVE);
		scene->play(&w);
		golden_add(&text, draw_panel, &w.panel);
		walk_end(&w);
		all &= with(scene->name, &text);
	}
	for (size_t i = 0; i < STILLS; i++) {
		rr_autostr struct rr_str text = { 0 };

		draw_still(&text, &stills[i]);
		all &= with(stills[i].name, &text);
	}
	return all;
}

static void every_page_looks_as_it_should(void **state)
{
	(void)state;
	assert_true(each(golden_is));
}

/* No size may make a page write outside of its cells; ASCII stays ASCII. */
static void any_size_can_be_drawn(void **state)
{
	(void)state;
	for (const struct pick_scene *scene = pick_scenes; scene->name; scene++) {
		struct rr_grid grid = { 0 };
		struct walk w;

		walk_begin(&w, NO_DRIVE);
		scene->play(&w);
		for (unsigned rows = 1; rows <= 61; rows += rows < 26 ? 1 : 7)
			for (unsigned cols = 1; cols <= 141; cols += cols < 82 ? 1 : 13) {
				assert_int_equal(
					rr_grid_make(&grid, rows, cols, &rr_face_ascii, NULL), 0);
				rr_panel_draw(&w.panel, &grid);
				for (unsigned i = 0; i < rows * cols; i++)
					assert_true(grid.cell[i].c >= L' ' &&
						    grid.cell[i].c < 0x7f);
			}
		rr_grid_free(&grid);
		walk_end(&w);
	}
}

/* ------------------------------------------------------------------ keys */

/* A line of help that is wider than what 80 columns leave for it would be broken, and look torn. */
static void help_fits_80_columns(void **state)
{
	static const struct rr_pick_page *const pages[] = {
		&rr_pick_drives_page,  &rr_pick_tasks_page,   &rr_pick_files_page,
		&rr_pick_target_page,  &rr_pick_options_page, &rr_pick_info_page,
		&rr_pick_result_page,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		for (const char *line = pages[i]->help; line && *line;) {
			size_t len = strcspn(line, "\n");

			assert_in_range(len, 0, 78);
			line += len + (line[len] == '\n');
		}
}

static void nothing_is_chosen_beforehand(void **state)
{
	struct walk w;

	(void)state;
	walk_begin(&w, ONE_STICK);
	assert_null(rr_menu_chosen(&w.pick.drives));
	walk_key(&w, RR_KEY_ENTER);
	assert_ptr_equal(w.page, &rr_pick_drives_page);
	walk_key(&w, RR_KEY_DOWN);
	walk_key(&w, RR_KEY_ENTER);
	assert_ptr_equal(w.page, &rr_pick_tasks_page);
	rr_menu_go(&w.pick.tasks, "clone");
	walk_key(&w, RR_KEY_ENTER);
	assert_ptr_equal(w.page, &rr_pick_target_page);
	assert_null(rr_menu_chosen(&w.pick.targets));
	walk_end(&w);
}

static void what_is_protected_is_not_written(void **state)
{
	struct walk w;

	(void)state;
	walk_begin(&w, MANY_DRIVES);
	walk_key(&w, 'a');
	for (size_t i = 0; i < w.pick.drives.n; i++)
		if (strcmp(w.pick.drives.line[i].cell[0], "/dev/nvme0n1") == 0)
			w.pick.drives.at = i;
	walk_key(&w, RR_KEY_ENTER);
	assert_ptr_equal(w.page, &rr_pick_tasks_page);
	rr_menu_go(&w.pick.tasks, "write");
	walk_key(&w, RR_KEY_ENTER);
	assert_ptr_equal(w.page, &rr_pick_tasks_page);
	rr_menu_go(&w.pick.tasks, "read");
	walk_key(&w, RR_KEY_ENTER);
	assert_ptr_equal(w.page, &rr_pick_files_page);
	walk_end(&w);
}

static void the_cursor_stays_with_its_drive(void **state)
{
	struct walk w;

	(void)state;
	walk_begin(&w, ONE_STICK);
	walk_key(&w, RR_KEY_DOWN);
	walk_news(&w, MANY_DRIVES);
	assert_string_equal(rr_menu_chosen(&w.pick.drives)->cell[0], "/dev/sdb");
	w.pick.survey.drive[2].node.diskseq++; /* another one at the same name */
	walk_news(&w, HOSTILE_DRIVES);
	assert_null(rr_menu_chosen(&w.pick.drives));
	walk_end(&w);
}

static void a_drive_that_is_exchanged_is_not_gone_on_with(void **state)
{
	struct walk w;

	(void)state;
	walk_begin(&w, ONE_STICK);
	walk_key(&w, RR_KEY_DOWN);
	walk_key(&w, RR_KEY_ENTER);
	assert_non_null(rr_pick_drive(&w.pick));
	w.pick.survey.drive[0].node.diskseq++;
	assert_null(rr_pick_drive(&w.pick));
	walk_end(&w);
}

static void only_the_word_goes_on(void **state)
{
	struct rr_asking asking = { .text = question, .word = "0611" };
	struct rr_panel panel;

	(void)state;
	rr_asking_panel(&asking, &panel);
	assert_int_equal(rr_panel_key(&panel, 24, 80, RR_KEY_ENTER), RR_DID_EDIT);
	for (const char *p = "061"; *p; p++)
		(void)rr_panel_key(&panel, 24, 80, (unsigned char)*p);
	assert_int_equal(rr_panel_key(&panel, 24, 80, RR_KEY_ENTER), RR_DID_EDIT);
	assert_true(asking.wrong);
	for (const char *p = "0611"; *p; p++)
		(void)rr_panel_key(&panel, 24, 80, (unsigned char)*p);
	assert_false(asking.wrong);
	/* what cannot be seen cannot be answered */
	assert_int_equal(rr_panel_key(&panel, 9, 80, RR_KEY_ENTER), RR_DID_NOTHING);
	assert_int_equal(rr_panel_key(&panel, 24, 80, RR_KEY_ENTER), RR_DID_CHOOSE);
	assert_int_equal(rr_panel_key(&panel, 24, 80, RR_KEY_ESCAPE), RR_DID_BACK);
	assert_int_equal(rr_panel_key(&panel, 24, 80, RR_KEY_INTERRUPT), RR_DID_NOTHING);
	assert_int_equal(rr_panel_key(&panel, 24, 80, RR_KEY_INTERRUPT), RR_DID_QUIT);
}

/* In a small window the drive can stand below what is seen. */
static void a_long_question_is_read_to_its_end(void **state)
{
	rr_autofree char *text = rr_text_format("%s%s%s", result, result, question);
	struct rr_asking asking = { .text = text, .word = "yes" };
	struct rr_panel panel;

	(void)state;
	rr_asking_panel(&asking, &panel);
	for (const char *p = "yes"; *p; p++)
		(void)rr_panel_key(&panel, 10, 40, (unsigned char)*p);
	assert_int_equal(rr_panel_key(&panel, 10, 40, RR_KEY_ENTER), RR_DID_KEY);
	for (size_t before = SIZE_MAX; before != asking.top;) {
		assert_false(asking.read);
		assert_int_equal(rr_panel_key(&panel, 10, 40, RR_KEY_ENTER), RR_DID_KEY);
		before = asking.top;
		(void)rr_panel_key(&panel, 10, 40, RR_KEY_DOWN);
		if (asking.read)
			break;
	}
	assert_true(asking.read);
	assert_int_equal(rr_panel_key(&panel, 10, 40, RR_KEY_UP), RR_DID_MOVE);
	assert_int_equal(rr_panel_key(&panel, 10, 40, RR_KEY_ENTER), RR_DID_CHOOSE);
	/* in a window that shows all of it nothing is to be scrolled */
	asking.read = false;
	asking.top = 0;
	assert_int_equal(rr_panel_key(&panel, 60, 80, RR_KEY_ENTER), RR_DID_CHOOSE);
}

/* ------------------------------------------------------------------ the command line */

static void check_text(struct walk *w, const char *want)
{
	rr_autofree char *text = rr_pick_line_text(&w->pick.line);

	assert_string_equal(text, want);
}

static void what_would_be_typed(void **state)
{
	struct rr_pick_option *hash;
	struct walk w;
	struct rr_err err;

	(void)state;
	walk_begin(&w, ONE_STICK);
	walk_key(&w, RR_KEY_DOWN);
	walk_key(&w, RR_KEY_ENTER);
	walk_key(&w, RR_KEY_ENTER);
	assert_int_equal(rr_pick_operand(&w.pick, RR_PICK_FILE, "a b.img", &err), 0);
	check_text(&w, "rawright read /dev/sdb 'a b.img'");
	assert_int_equal(rr_pick_operand(&w.pick, RR_PICK_FILE, "-it's\n\xff", &err), 0);
	check_text(&w, "rawright read -- /dev/sdb $'-it\\'s\\x0a\\xff'");
	hash = rr_pick_option_of(&w.pick.line, "--hash");
	assert_non_null(hash);
	hash->on = true;
	hash->value = strdup("--odd");
	check_text(&w, "rawright read --hash --odd -- /dev/sdb $'-it\\'s\\x0a\\xff'");
	assert_int_equal(rr_pick_line_check(&w.pick.line, &err), 0);
	assert_null(rr_pick_option_of(&w.pick.line, "--yes"));
	assert_null(rr_pick_option_of(&w.pick.line, "--screen"));
	walk_end(&w);
}

static void values_are_checked(void **state)
{
	struct rr_pick_option *retries;
	struct walk w;

	(void)state;
	walk_begin(&w, ONE_STICK);
	walk_key(&w, RR_KEY_DOWN);
	walk_key(&w, RR_KEY_ENTER);
	walk_key(&w, RR_KEY_ENTER);
	walk_to(&w, &rr_pick_options_page);
	retries = rr_pick_option_of(&w.pick.line, "--retries");
	rr_menu_go(&w.pick.options, "--retries");
	walk_key(&w, RR_KEY_ENTER);
	walk_type(&w, "often");
	walk_key(&w, RR_KEY_ENTER);
	assert_false(retries->on);
	assert_non_null(w.pick.notice);
	walk_key(&w, 'u' & 0x1f);
	walk_type(&w, "7");
	walk_key(&w, RR_KEY_ENTER);
	assert_true(retries->on);
	assert_string_equal(retries->value, "7");
	walk_key(&w, ' ');
	assert_false(retries->on);
	walk_end(&w);
}

static void a_mounted_source_is_pointed_to(void **state)
{
	struct walk w;

	(void)state;
	walk_begin(&w, ONE_STICK);
	w.pick.survey.drive[0].use.mounted_rw = true;
	w.pick.survey.drive[0].use.where = strdup("/media/\033x");
	walk_key(&w, RR_KEY_DOWN);
	walk_key(&w, RR_KEY_ENTER);
	walk_key(&w, RR_KEY_ENTER);
	walk_to(&w, &rr_pick_options_page);
	assert_string_equal(rr_menu_chosen(&w.pick.options)->id, "--allow-mounted");
	assert_string_equal(w.pick.notice, "Mounted on /media/\\x1bx, it is not read: unmount it, "
					   "or set --allow-mounted.");
	walk_key(&w, ' ');
	walk_to(&w, &rr_pick_options_page);
	assert_string_equal(rr_menu_chosen(&w.pick.options)->id, "start");
	walk_end(&w);
}

/* ------------------------------------------------------------------ pieces */

static void names_are_bytes(void **state)
{
	struct rr_input in = { 0 };

	(void)state;
	rr_input_set(&in, "a\xff");
	(void)rr_input_key(&in, 0xe9);
	(void)rr_input_key(&in, 0x20ac);
	assert_string_equal(in.text, "a\xff\xc3\xa9\xe2\x82\xac");
	(void)rr_input_key(&in, RR_KEY_BACKSPACE);
	assert_string_equal(in.text, "a\xff\xc3\xa9");
	(void)rr_input_key(&in, RR_KEY_LEFT);
	(void)rr_input_key(&in, RR_KEY_BACKSPACE);
	assert_string_equal(in.text, "a\xc3\xa9");
	(void)rr_input_key(&in, 0x202e); /* would turn the text around */
	(void)rr_input_key(&in, 0x1b);
	assert_string_equal(in.text, "a\xc3\xa9");
	(void)rr_input_key(&in, RR_KEY_HOME);
	(void)rr_input_key(&in, 'x');
	assert_string_equal(in.text, "xa\xc3\xa9");
}

static void paths(void **state)
{
	static const char *const cases[][3] = {
		{ "/a/b", "c.img", "/a/b/c.img" }, { "/a/b", "..", "/a" },
		{ "/a", "..", "/" },		   { "/", "..", "/" },
		{ "/", "x", "/x" },		   { "/a/b", "/c", "/c" },
		{ "/a", "./b//../c/", "/a/c" },	   { "/a", "../../../x", "/x" },
		{ "/a", "..b", "/a/..b" },	   { "/a", "", "/a" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		rr_autofree char *got = rr_pick_path(cases[i][0], cases[i][1]);

		assert_string_equal(got, cases[i][2]);
	}
}

/* ------------------------------------------------------------------ a folder that is there */

static void put_file(int at, const char *name, size_t len)
{
	rr_autofd int fd = openat(at, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)len), 0);
}

static void check_name(const struct rr_pick_folder *folder, const char *name, uint64_t bytes,
		       bool bad, const char *says)
{
	rr_autofree char *path = rr_pick_path(folder->path, name);
	bool is_bad;
	rr_autofree char *words = rr_pick_name_words(path, folder, bytes, &is_bad);

	assert_non_null(words);
	if (!strstr(words, says) || is_bad != bad)
		fail_msg("%s: %s", name, words);
}

static void a_name_for_a_new_image(void **state)
{
	char path[] = "/tmp/rr-pick-XXXXXX";
	struct rr_pick_folder folder;
	struct rr_err err;
	rr_autofd int at = -1;

	(void)state;
	assert_non_null(mkdtemp(path));
	at = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	put_file(at, "whole.img", 512);
	put_file(at, "half.img", 512);
	put_file(at, "half.img.map", 0);
	assert_int_equal(mkdirat(at, "folder", 0700), 0);
	assert_int_equal(mkfifoat(at, "pipe", 0600), 0);
	assert_int_equal(symlinkat("nowhere", at, "dangling"), 0);
	assert_int_equal(rr_pick_folder_load(path, &folder, &err), 0);
	assert_int_equal(folder.n, 4);
	assert_true(folder.room_known);
	folder.room = 1000;
	check_name(&folder, "new.img", 1000, false, "a new file");
	check_name(&folder, "new.img", 1001, true, "NO ROOM");
	check_name(&folder, "whole.img", 512, true, "IT IS THERE ALREADY");
	check_name(&folder, "half.img", 5000, false, "gone on with");
	check_name(&folder, "folder", 1, true, "IT IS A FOLDER");
	rr_pick_folder_clear(&folder);
	assert_int_equal(rr_pick_folder_load("/nowhere/at/all", &folder, &err), 0);
	assert_non_null(folder.trouble);
	rr_pick_folder_clear(&folder);
	for (const char *const *name = (const char *const[]){ "whole.img", "half.img",
							      "half.img.map", "pipe", "dangling",
							      NULL };
	     *name; name++)
		assert_int_equal(unlinkat(at, *name, 0), 0);
	assert_int_equal(unlinkat(at, "folder", AT_REMOVEDIR), 0);
	assert_int_equal(rmdir(path), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_page_looks_as_it_should),
		cmocka_unit_test(any_size_can_be_drawn),
		cmocka_unit_test(help_fits_80_columns),
		cmocka_unit_test(nothing_is_chosen_beforehand),
		cmocka_unit_test(what_is_protected_is_not_written),
		cmocka_unit_test(the_cursor_stays_with_its_drive),
		cmocka_unit_test(a_drive_that_is_exchanged_is_not_gone_on_with),
		cmocka_unit_test(only_the_word_goes_on),
		cmocka_unit_test(a_long_question_is_read_to_its_end),
		cmocka_unit_test(what_would_be_typed),
		cmocka_unit_test(values_are_checked),
		cmocka_unit_test(a_mounted_source_is_pointed_to),
		cmocka_unit_test(names_are_bytes),
		cmocka_unit_test(paths),
		cmocka_unit_test(a_name_for_a_new_image),
	};

	(void)setenv("TZ", "UTC0", 1); /* dates of files are shown in local time */
	if (!setlocale(LC_CTYPE, "C.UTF-8")) {
		printf("SKIP: there is no locale C.UTF-8\n");
		return 77;
	}
	if (argc > 1 && strcmp(argv[1], "--write") == 0)
		return each(golden_write) ? 0 : 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
