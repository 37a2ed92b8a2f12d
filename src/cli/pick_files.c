/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_files.c - the files of a folder as lines to choose from, and what is known of one.
 * Owns: nothing.   Threads: main. */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "look.h"
#include "pick.h"
#include "rawright/fs.h"
#include "rawright/inspect.h"

/* Files that tell about an image, by what stands behind its name. */
static const struct beside {
	const char *suffix, *word;
} besides[] = {
	{ ".map", "unfinished" },   { ".json", "record" },	{ ".sums", "checksums" },
	{ ".sha256", "checksums" }, { ".sha512", "checksums" }, { ".sha1", "checksums" },
	{ ".md5", "checksums" },
};
#define BESIDES (sizeof(besides) / sizeof(*besides))

/* ------------------------------------------------------------------ in order */

static int by_name(const void *a, const void *b)
{
	const struct rr_pick_file *const *x = a, *const *y = b;

	if ((*x)->folder != (*y)->folder)
		return (*x)->folder ? -1 : 1;
	return strverscmp((*x)->name, (*y)->name);
}

static int by_date(const void *a, const void *b)
{
	const struct rr_pick_file *const *x = a, *const *y = b;

	if ((*x)->folder || (*y)->folder || (*x)->when == (*y)->when)
		return by_name(a, b);
	return (*x)->when > (*y)->when ? -1 : 1;
}

/* Names alone, to be looked up. */
static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct names {
	const char **name;	/* in order; owned */
	const struct rr_pick_file **file;	/* in the order of showing; owned */
	size_t n;
};

static void clear_names(struct names *names)
{
	free(names->name);
	free(names->file);
}

static bool sort(const struct rr_pick_folder *folder, bool name_first, struct names *names)
{
	names->n = folder->n;
	names->name = calloc(folder->n + 1, sizeof(*names->name));
	names->file = calloc(folder->n + 1, sizeof(*names->file));
	if (!names->name || !names->file)
		return false;
	for (size_t i = 0; i < folder->n; i++) {
		names->name[i] = folder->file[i].name;
		names->file[i] = &folder->file[i];
	}
	qsort(names->name, names->n, sizeof(*names->name), by_bytes);
	qsort(names->file, names->n, sizeof(*names->file), name_first ? by_name : by_date);
	return true;
}

static bool has(const struct names *names, const char *name)
{
	return bsearch(&name, names->name, names->n, sizeof(*names->name), by_bytes) != NULL;
}

/* ------------------------------------------------------------------ lines */

/* Does it tell about a file that is there, too? */
static bool is_beside(const struct names *names, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < BESIDES; i++) {
		size_t tail = strlen(besides[i].suffix);
		rr_autofree char *image = len > tail ? strndup(name, len - tail) : NULL;

		if (image && strcmp(name + len - tail, besides[i].suffix) == 0 &&
		    has(names, image))
			return true;
	}
	return false;
}

static char *words_beside(const struct names *names, const char *name)
{
	rr_autostr struct rr_str str = { 0 };
	const char *last = "";

	for (size_t i = 0; i < BESIDES; i++) {
		rr_autofree char *path = rr_text_format("%s%s", name, besides[i].suffix);

		if (!path || !has(names, path) || strcmp(last, besides[i].word) == 0)
			continue;
		last = besides[i].word;
		rr_str_addf(&str, "%s%s", str.len ? ", " : "", last);
	}
	return rr_str_take(&str);
}

static char *date_of(int64_t when)
{
	time_t t = (time_t)when;
	char buf[40];
	struct tm tm;

	if (!localtime_r(&t, &tm) || !strftime(buf, sizeof(buf), "%Y-%m-%d %H:%M", &tm))
		return strdup("?");
	return strdup(buf);
}

static char *shown_name(const struct rr_pick_file *file)
{
	rr_autofree char *name = rr_text_printable(file->name);

	return name ? rr_text_format("%s%s", name, file->folder ? "/" : "") : NULL;
}

static void fill(struct rr_menu *menu, struct rr_menu_line *line, const struct rr_pick_file *file,
		 const struct names *names, const struct rr_pick_files *conf)
{
	bool large = !file->folder && conf->most && file->bytes > conf->most;
	char size[RR_SIZE_TEXT];

	line->cell[0] = shown_name(file);
	line->cell[1] = strdup(file->folder ? "" : rr_size_human(size, file->bytes));
	line->cell[2] = date_of(file->when);
	line->cell[3] = large	       ? strdup("too large for the drive") :
			file->folder ? strdup("folder") :
				       words_beside(names, file->name);
	line->opens = file->folder;
	line->off = large;
	line->mood = large ? RR_MENU_WARN : RR_MENU_PLAIN;
	for (size_t c = 0; c < 4; c++)
		menu->fail |= !line->cell[c];
}

static void add_parent(struct rr_menu *menu, const struct rr_pick_folder *folder)
{
	struct rr_menu_line *line;

	if (strcmp(folder->path, "/") == 0)
		return;
	line = rr_menu_add(menu, "d..");
	if (!line)
		return;
	line->cell[0] = strdup("../");
	line->cell[3] = strdup("one up");
	line->opens = true;
	menu->fail |= !line->cell[0] || !line->cell[3];
}

static void put_head(struct rr_menu *menu, const struct rr_pick_folder *folder,
		     const struct rr_pick_files *conf)
{
	rr_autofree char *path = rr_text_printable(folder->path);
	rr_autostr struct rr_str str = { 0 };
	char room[RR_SIZE_TEXT];

	rr_str_addf(&str, "%s\nFolder  %s", conf->about ? conf->about : "", path ? path : "?");
	if (folder->trouble)
		rr_str_addf(&str, "   %s", folder->trouble);
	else if (folder->room_known && conf->new_file)
		rr_str_addf(&str, "   %s free", rr_size_human(room, folder->room));
	rr_menu_text(menu, &menu->head, path ? rr_str_take(&str) : NULL);
}

void rr_pick_fill_files(struct rr_menu *menu, const struct rr_pick_folder *folder,
			const struct rr_pick_files *conf)
{
	static const struct rr_menu_column columns[] = {
		{ .title = "NAME", .rank = 0, .least = 16 },
		{ .title = "SIZE", .rank = 1, .least = 9, .right = true },
		{ .title = "CHANGED", .rank = 3, .least = 16 },
		{ .title = "BESIDE IT", .rank = 2, .least = 9, .judges = true },
	};
	struct names names = { 0 };

	rr_menu_empty(menu);
	menu->col = columns;
	menu->ncol = sizeof(columns) / sizeof(*columns);
	put_head(menu, folder, conf);
	add_parent(menu, folder);
	menu->fail |= !sort(folder, conf->by_name, &names);
	for (size_t i = 0; !menu->fail && i < names.n; i++) {
		const struct rr_pick_file *file = names.file[i];
		rr_autofree char *id = rr_text_format("%c%s", file->folder ? 'd' : 'f', file->name);
		struct rr_menu_line *line;

		if ((*file->name == '.' && !conf->hidden) ||
		    (!file->folder && is_beside(&names, file->name)))
			continue;
		line = id ? rr_menu_add(menu, id) : NULL;
		if (line)
			fill(menu, line, file, &names, conf);
		menu->fail |= !line;
	}
	clear_names(&names);
	rr_menu_settle(menu);
}

/* ------------------------------------------------------------------ one file */

static void add_beside(struct rr_str *str, struct rr_info *info)
{
	str->fail |= !rr_look_beside(info);
	for (size_t i = 0; i < info->nbeside; i++) {
		rr_autofree char *text = rr_text_printable(info->beside[i].text);
		const char *slash = strrchr(info->beside[i].path, '/');
		rr_autofree char *name = rr_text_printable(slash ? slash + 1 :
								   info->beside[i].path);

		if (text && name)
			rr_str_addf(str, "%-12s%s: %s\n", info->beside[i].what, name, text);
	}
	if (!info->nbeside)
		rr_str_addf(str, "%-12snothing beside it tells what it should be\n", "checksums");
}

static void add_container(struct rr_str *str, const struct rr_info *info)
{
	rr_autofd int fd = open(info->node.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const struct rr_container *what = NULL;

	if (fd < 0)
		rr_str_addf(str, "%-12sit cannot be read\n", "!");
	else if (rr_inspect_file(fd, info->node.path, info->node.bytes, &what, NULL) == 0 && what)
		rr_str_addf(str, "%-12sno raw image: %s\n", "!", what->brief);
}

char *rr_pick_file_words(const char *path)
{
	rr_autofree char *printable = rr_text_printable(path);
	rr_autostr struct rr_str str = { 0 };
	char human[RR_SIZE_TEXT], bytes[RR_SIZE_TEXT];
	struct rr_info info = { 0 };
	struct rr_err err;

	if (!printable)
		return NULL;
	if (rr_drive_probe(path, &info.node, &err) < 0)
		return rr_text_printable(err.text);
	rr_str_addf(&str, "%s: %s", printable, rr_size_human(human, info.node.bytes));
	if (info.node.bytes >= 1000)
		rr_str_addf(&str, " (%s bytes)", rr_size_grouped(bytes, info.node.bytes));
	rr_str_addf(&str, "\n");
	add_container(&str, &info);
	add_beside(&str, &info);
	rr_info_clear(&info);
	return rr_str_take(&str);
}

/* ------------------------------------------------------------------ a name for a new one */

static void add_room(struct rr_str *str, const struct rr_pick_folder *folder, uint64_t bytes,
		     bool *bad)
{
	char have[RR_SIZE_TEXT], need[RR_SIZE_TEXT];

	if (!folder->room_known || !bytes)
		return;
	rr_size_human(have, folder->room);
	rr_size_human(need, bytes);
	*bad = folder->room < bytes;
	if (*bad)
		rr_str_addf(str, "room        NO ROOM: %s are needed, and %s are free there\n",
			    need, have);
	else
		rr_str_addf(str, "room        %s are needed, %s are free there\n", need, have);
}

char *rr_pick_name_words(const char *path, const struct rr_pick_folder *folder, uint64_t bytes,
			 bool *bad)
{
	rr_autofree char *printable = rr_text_printable(path);
	rr_autofree char *map = rr_text_format("%s.map", path);
	rr_autostr struct rr_str str = { 0 };
	struct stat st;

	*bad = false;
	if (!printable || !map)
		return NULL;
	rr_str_addf(&str, "%s\n", printable);
	if (stat(path, &st) < 0) {
		rr_str_addf(&str, "image       a new file\n");
		add_room(&str, folder, bytes, bad);
		return rr_str_take(&str);
	}
	if (S_ISREG(st.st_mode) && rr_path_exists(map)) {
		rr_str_addf(&str, "image       it is there, and unfinished: it is gone on with, "
				  "if it is this drive's\n");
		return rr_str_take(&str);
	}
	*bad = true;
	rr_str_addf(&str, S_ISDIR(st.st_mode) ?
				  "image       IT IS A FOLDER: type a name behind it\n" :
				  "image       IT IS THERE ALREADY, and is not overwritten: choose "
				  "another name\n");
	return rr_str_take(&str);
}
