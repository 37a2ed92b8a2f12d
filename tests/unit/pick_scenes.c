/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_scenes.c - every page of "rawright" alone, in the states that people see.
 * Owns: nothing.   Threads: main. */
#include "pick_scenes.h"

static void choose_drive(struct walk *w, const char *path)
{
	for (size_t i = 0; i < w->pick.drives.n; i++)
		if (strcmp(w->pick.drives.line[i].cell[0], path) == 0)
			w->pick.drives.at = i;
	walk_key(w, RR_KEY_ENTER);
}

static void choose_task(struct walk *w, const char *name)
{
	rr_menu_go(&w->pick.tasks, name);
	assert_string_equal(rr_menu_chosen(&w->pick.tasks)->id, name);
}

/* ------------------------------------------------------------------ drives */

static void play_empty(struct walk *w)
{
	(void)w;
}

static void play_one(struct walk *w)
{
	walk_news(w, ONE_STICK);
}

static void play_many(struct walk *w)
{
	walk_news(w, MANY_DRIVES);
	rr_pick_say(&w->pick, NULL);
	while (w->pick.nfresh) /* they were there from the beginning */
		free(w->pick.fresh[--w->pick.nfresh]);
	walk_to(w, &rr_pick_drives_page);
	walk_key(w, RR_KEY_DOWN);
	walk_key(w, RR_KEY_DOWN);
	walk_key(w, RR_KEY_DOWN);
}

static void play_protected(struct walk *w)
{
	play_many(w);
	walk_key(w, 'a');
	walk_key(w, RR_KEY_UP);
	walk_key(w, RR_KEY_UP);
}

static void play_filter(struct walk *w)
{
	play_many(w);
	walk_key(w, '/');
	walk_type(w, "dos");
}

static void play_hostile(struct walk *w)
{
	walk_news(w, HOSTILE_DRIVES);
	walk_key(w, RR_KEY_DOWN);
}

static void play_quit(struct walk *w)
{
	walk_news(w, ONE_STICK);
	walk_key(w, RR_KEY_INTERRUPT);
}

static void play_help(struct walk *w)
{
	walk_news(w, ONE_STICK);
	walk_key(w, '?');
}

/* ------------------------------------------------------------------ tasks */

static void play_tasks(struct walk *w)
{
	play_many(w);
	choose_drive(w, "/dev/sdc");
	choose_task(w, "write");
}

static void play_task_refused(struct walk *w)
{
	play_many(w);
	walk_key(w, 'a');
	choose_drive(w, "/dev/nvme0n1");
	choose_task(w, "write");
}

static void play_gone(struct walk *w)
{
	play_tasks(w);
	walk_news(w, ONE_STICK);
}

/* ------------------------------------------------------------------ files */

#define DAY INT64_C(86400)

static const struct rr_pick_file files[] = {
	{ (char *)"debian-13.1.0-amd64-netinst.iso", 783000000, 20400 * DAY, false },
	{ (char *)"SHA256SUMS", 1500, 20400 * DAY, false },
	{ (char *)"disk12.img", 1474560, 20380 * DAY, false },
	{ (char *)"disk12.img.json", 4711, 20380 * DAY, false },
	{ (char *)"disk12.img.sums", 120, 20380 * DAY, false },
	{ (char *)"half.img", 30752000000, 20410 * DAY, false },
	{ (char *)"half.img.map", 300, 20410 * DAY, false },
	{ (char *)"huge.img", 64000000000, 20100 * DAY, false },
	{ (char *)"older", 4096, 20000 * DAY, true },
	{ (char *)"\033[31mred\xff.img", 512, 19000 * DAY, false },
	{ (char *)".hidden", 512, 19000 * DAY, false },
};
#define FILES (sizeof(files) / sizeof(*files))

/* The folder is not there: what a page would load is laid before it. */
static void lay_folder(struct walk *w, uint64_t room)
{
	struct rr_pick_folder *folder = &w->pick.folder;

	rr_pick_folder_clear(folder);
	folder->path = strdup("/home/ann/images");
	folder->file = calloc(FILES, sizeof(*folder->file));
	assert_non_null(folder->file);
	for (size_t i = 0; i < FILES; i++) {
		folder->file[i] = files[i];
		folder->file[i].name = strdup(files[i].name);
	}
	folder->n = FILES;
	folder->room_known = true;
	folder->room = room;
	rr_pick_fill_files(&w->pick.files, folder, &w->pick.files_conf);
}

static void come_to_files(struct walk *w, const char *task, uint64_t room)
{
	play_many(w);
	choose_drive(w, "/dev/sdb");
	choose_task(w, task);
	walk_key(w, RR_KEY_ENTER);
	assert_ptr_equal(w->page, &rr_pick_files_page);
	lay_folder(w, room);
}

static void play_files(struct walk *w)
{
	come_to_files(w, "write", 81900000000);
	rr_menu_go(&w->pick.files, "fdisk12.img");
	rr_menu_text(&w->pick.files, &w->pick.files.line[w->pick.files.at].detail,
		     strdup("/home/ann/images/disk12.img: 1.47 MB (1,474,560 bytes)\n"
			    "record      disk12.img.json: complete, exit status 0, 1 digest\n"
			    "checksums   disk12.img.sums: sha256 of it\n"));
}

static void type_name(struct walk *w, const char *name)
{
	rr_input_set(&w->pick.files.field, "");
	walk_type(w, name);
}

static void play_name(struct walk *w)
{
	come_to_files(w, "read", 81900000000);
	type_name(w, "stick-2026.img");
}

static void play_no_room(struct walk *w)
{
	come_to_files(w, "read", 3200000000);
	type_name(w, "stick-2026.img");
	walk_key(w, RR_KEY_ENTER);
}

/* ------------------------------------------------------------------ how, and whether */

static void play_options(struct walk *w)
{
	struct rr_err err;

	come_to_files(w, "read", 81900000000);
	assert_int_equal(rr_pick_operand(&w->pick, RR_PICK_FILE, "it's mine.img", &err), 0);
	walk_to(w, &rr_pick_options_page);
	walk_key(w, RR_KEY_DOWN);
	walk_key(w, RR_KEY_ENTER);
	walk_type(w, "md5,sha1");
	walk_key(w, RR_KEY_ENTER);
	walk_key(w, RR_KEY_DOWN);
	walk_key(w, RR_KEY_DOWN);
	walk_key(w, ' ');
}

static void play_value(struct walk *w)
{
	struct rr_err err;

	come_to_files(w, "read", 81900000000);
	assert_int_equal(rr_pick_operand(&w->pick, RR_PICK_FILE, "stick.img", &err), 0);
	walk_to(w, &rr_pick_options_page);
	rr_menu_go(&w->pick.options, "--retries");
	walk_key(w, RR_KEY_ENTER);
	walk_type(w, "often");
	walk_key(w, RR_KEY_ENTER);
}

static void play_obstacle(struct walk *w)
{
	struct rr_err err;

	play_tasks(w);
	walk_key(w, RR_KEY_ENTER);
	assert_int_equal(rr_pick_operand(&w->pick, RR_PICK_FILE, "debian.iso", &err), 0);
	walk_to(w, &rr_pick_options_page);
}

static void play_target(struct walk *w)
{
	play_many(w);
	choose_drive(w, "/dev/sdb");
	choose_task(w, "clone");
	walk_key(w, RR_KEY_ENTER);
	walk_key(w, RR_KEY_DOWN);
}

const struct pick_scene pick_scenes[] = {
	{ "pick-empty", play_empty },
	{ "pick-arrival", play_one },
	{ "pick-drives", play_many },
	{ "pick-protected", play_protected },
	{ "pick-filter", play_filter },
	{ "pick-hostile", play_hostile },
	{ "pick-quit", play_quit },
	{ "pick-help", play_help },
	{ "pick-tasks", play_tasks },
	{ "pick-refused", play_task_refused },
	{ "pick-gone", play_gone },
	{ "pick-files", play_files },
	{ "pick-name", play_name },
	{ "pick-no-room", play_no_room },
	{ "pick-options", play_options },
	{ "pick-value", play_value },
	{ "pick-obstacle", play_obstacle },
	{ "pick-target", play_target },
	{ NULL, NULL },
};
