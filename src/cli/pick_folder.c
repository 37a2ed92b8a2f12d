/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_folder.c - what is in a folder: names as bytes, sizes, dates, and the room there is.
 * Owns: what it lists, until that is cleared.   Threads: main. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "pick.h"
#include "rawright/fs.h"

#define FILES_MOST 20000u /* a list of more is nothing to choose from */

void rr_pick_folder_clear(struct rr_pick_folder *folder)
{
	for (size_t i = 0; i < folder->n; i++)
		free(folder->file[i].name);
	free(folder->file);
	free(folder->path);
	free(folder->trouble);
	*folder = (struct rr_pick_folder){ 0 };
}

/* Folders and plain files, be it by way of a link; nothing else is an image, or holds one. */
static int add(struct rr_pick_folder *folder, int at, const char *name, struct rr_err *err)
{
	struct rr_pick_file *file;
	struct stat st;

	if (fstatat(at, name, &st, 0) < 0 || (!S_ISDIR(st.st_mode) && !S_ISREG(st.st_mode)))
		return 0;
	file = reallocarray(folder->file, folder->n + 1, sizeof(*file));
	if (!file)
		return rr_fail_memory(err);
	folder->file = file;
	file[folder->n] = (struct rr_pick_file){ .name = strdup(name),
						 .bytes = (uint64_t)st.st_size,
						 .when = st.st_mtim.tv_sec,
						 .folder = S_ISDIR(st.st_mode) };
	if (!file[folder->n].name)
		return rr_fail_memory(err);
	folder->n++;
	return 0;
}

static int add_all(struct rr_pick_folder *folder, DIR *dir, struct rr_err *err)
{
	const struct dirent *entry;

	while ((errno = 0, entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (folder->n == FILES_MOST) {
			folder->trouble = strdup("There are more files here than are shown.");
			return 0;
		}
		if (add(folder, dirfd(dir), entry->d_name, err) < 0)
			return -1;
	}
	if (errno)
		folder->trouble = rr_text_format("Not all of it can be read: %s.",
						 rr_err_os(errno));
	return 0;
}

int rr_pick_folder_load(const char *path, struct rr_pick_folder *out, struct rr_err *err)
{
	struct rr_pick_folder folder = { .path = strdup(path) };
	rr_autofree char *inside = rr_text_format("%s/.", path);
	rr_autodir DIR *dir = opendir(path);

	if (!folder.path || !inside) {
		free(folder.path);
		return rr_fail_memory(err);
	}
	if (!dir)
		folder.trouble = rr_text_format("It cannot be read: %s.", rr_err_os(errno));
	if (dir && add_all(&folder, dir, err) < 0) {
		rr_pick_folder_clear(&folder);
		return -1;
	}
	folder.room_known = rr_space_free(inside, &folder.room, NULL) == 0;
	*out = folder;
	return 0;
}

/* One part of a path: none for "." and doubled slashes, one less for "..". */
static void walk(struct rr_str *path, const char *part, size_t len)
{
	if (len == 0 || (len == 1 && *part == '.'))
		return;
	if (len == 2 && part[0] == '.' && part[1] == '.') {
		while (path->len && path->s[path->len - 1] != '/')
			path->len--;
		path->len -= path->len > 0;
		return;
	}
	rr_str_add(path, "/", 1);
	rr_str_add(path, part, len);
}

char *rr_pick_path(const char *folder, const char *name)
{
	const char *const from[] = { *name == '/' ? "" : folder, name };
	rr_autostr struct rr_str path = { 0 };

	for (size_t i = 0; i < 2; i++)
		for (const char *p = from[i]; *p;) {
			size_t len = strcspn(p, "/");

			walk(&path, p, len);
			p += len + (p[len] == '/');
		}
	if (!path.len)
		return strdup("/");
	path.s[path.len] = '\0';
	return rr_str_take(&path);
}
