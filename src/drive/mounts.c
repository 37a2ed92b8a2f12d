/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mounts.c - the mounts and swap spaces of the guard's picture, and what they stand on.
 * Owns: nothing; the guard has the things.   Threads: one at a time.
 *
 * A mount belongs to the device whose number it has. File systems that are on no device, on several
 * or on those of others have numbers of their own (major 0): these are asked for their source, and
 * an overlay for its layers. */
#include <errno.h>
#include <libmount/libmount.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "guard.h"
#include "rawright/text.h"

static void clean_table(struct libmnt_table **table)
{
	mnt_unref_table(*table);	/* NULL allowed */
}

static void clean_iter(struct libmnt_iter **iter)
{
	mnt_free_iter(*iter);	/* NULL allowed */
}
#define auto_table __attribute__((cleanup(clean_table)))
#define auto_iter  __attribute__((cleanup(clean_iter)))

/* The file system's own options tell, not those of one mount: a bind mount may be read-only while
 * the same file system is written elsewhere. Not told: it can be written. */
static bool is_read_only(struct libmnt_fs *fs)
{
	const char *options = mnt_fs_get_fs_options(fs);

	return options && mnt_optstr_get_option(options, "ro", NULL, NULL) == 0;
}

static int add_mount(struct rr_guard *guard, struct libmnt_fs *fs, unsigned space)
{
	struct rr_thing *t = rr_guard_add(guard, RR_THING_MOUNT, strdup(mnt_fs_get_target(fs)));

	if (!t)
		return -1;
	t->dev = mnt_fs_get_devno(fs);
	t->read_only = is_read_only(fs);
	t->space = space;
	t->id = mnt_fs_get_id(fs);
	return 0;
}

static bool is_type(struct libmnt_fs *fs, const char *type)
{
	const char *is = mnt_fs_get_fstype(fs);

	return is && strcmp(is, type) == 0;
}

static int tie_device(struct rr_guard *guard, const char *path, size_t mount, bool *found)
{
	size_t device = rr_guard_by_path(guard, path);

	if (device == RR_NO_THING)
		return 0;
	*found = true;
	return rr_guard_tie(guard, device, mount, RR_TIE_SAME);
}

/* bcachefs names all its devices: "/dev/sda1:/dev/sdb1". */
static int tie_devices(struct rr_guard *guard, const char *source, size_t mount, bool *found)
{
	rr_autofree char *list = strdup(source);
	char *rest, *path;

	if (!list || tie_device(guard, source, mount, found) < 0)
		return -1;
	if (*found || !strchr(source, ':'))
		return 0;
	for (path = strtok_r(list, ":", &rest); path; path = strtok_r(NULL, ":", &rest))
		if (tie_device(guard, path, mount, found) < 0)
			return -1;
	return 0;
}

/* XFS keeps its log and its real-time part on further devices, if it is told to (xfs(5)). */
static int tie_further(struct rr_guard *guard, struct libmnt_fs *fs, size_t mount)
{
	static const char *const names[] = { "logdev", "rtdev" };
	const char *options = mnt_fs_get_fs_options(fs);
	bool found = false;

	for (size_t i = 0; options && i < sizeof(names) / sizeof(*names); i++) {
		rr_autofree char *path = NULL;
		char *value;
		size_t len;

		if (mnt_optstr_get_option(options, names[i], &value, &len) != 0 || !value)
			continue;
		path = strndup(value, len);
		if (!path || tie_device(guard, path, mount, &found) < 0)
			return -1;
	}
	return 0;
}

/* "tank/home": a data set of the pool "tank". */
static int tie_pool(struct rr_guard *guard, const char *source, size_t mount)
{
	size_t pool = rr_guard_pool(guard, source, strcspn(source, "/@"));

	return pool == RR_NO_THING ? -1 : rr_guard_tie(guard, pool, mount, RR_TIE_SAME);
}

/* A btrfs whose source has no node here ("/dev/root") may be any that the kernel has. */
static int tie_any_btrfs(struct rr_guard *guard, size_t mount)
{
	for (size_t i = 0; i < guard->devices; i++)
		for (size_t k = 0; k < guard->thing[i].ties; k++)
			if (guard->thing[i].tie[k].kind == RR_TIE_SAME &&
			    guard->thing[i].tie[k].to < guard->devices) {
				if (rr_guard_tie(guard, i, mount, RR_TIE_SAME) < 0)
					return -1;
				break;
			}
	return 0;
}

static int tie_mount(struct rr_guard *guard, struct libmnt_fs *fs, size_t mount)
{
	const char *source = mnt_fs_get_source(fs), *type = mnt_fs_get_fstype(fs);
	size_t device = rr_guard_by_dev(guard, guard->thing[mount].dev);
	bool found = false;

	if (tie_further(guard, fs, mount) < 0)
		return -1;
	if (device != RR_NO_THING)
		return rr_guard_tie(guard, device, mount, RR_TIE_SAME);
	if (major(guard->thing[mount].dev) != 0 || !source || !type)
		return 0;
	if (is_type(fs, "zfs"))
		return tie_pool(guard, source, mount);
	if (source[0] != '/')
		return 0;
	if (tie_devices(guard, source, mount, &found) < 0)
		return -1;
	if (!found && is_type(fs, "btrfs"))
		return tie_any_btrfs(guard, mount);
	if (!found && strncmp(type, "fuse", 4) == 0)
		return rr_guard_tie_file(guard, source, mount);
	return 0;
}

/* A live system's overlay names layers as they were before it became "/". What is below it can be
 * only what such systems are made of: read-only loop devices over files elsewhere. */
static int tie_any_image(struct rr_guard *guard, size_t overlay)
{
	for (size_t i = 0; i < guard->devices; i++) {
		bool on_it = false;

		if (!guard->thing[i].read_only || !guard->thing[i].backing)
			continue;
		for (size_t k = 0; k < guard->thing[overlay].ties; k++)
			on_it |= guard->thing[overlay].tie[k].to == i;
		if (!on_it && rr_guard_tie(guard, i, overlay, RR_TIE_FILE) < 0)
			return -1;
	}
	return 0;
}

static int tie_layer(struct rr_guard *guard, const char *path, size_t overlay, bool *lost)
{
	size_t holder = rr_guard_mount_of(guard, guard->thing[overlay].space, path, 0);

	*lost |= holder == RR_NO_THING || holder == overlay;
	return path[0] == '/' ? rr_guard_tie_file(guard, path, overlay) : 0;
}

/* Layers are separated by ':', data layers by "::" (Documentation/filesystems/overlayfs.rst). */
static int tie_layers(struct rr_guard *guard, char *list, size_t overlay, bool *lost)
{
	char *rest, *path = strtok_r(list, ":", &rest);

	for (; path; path = strtok_r(NULL, ":", &rest))
		if (tie_layer(guard, path, overlay, lost) < 0)
			return -1;
	return 0;
}

static bool is_layer_option(const char *name, size_t len)
{
	static const char *const names[] = { "lowerdir", "lowerdir+", "datadir+", "upperdir",
					     "workdir" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i]) == len && memcmp(names[i], name, len) == 0)
			return true;
	return false;
}

static int tie_overlay(struct rr_guard *guard, struct libmnt_fs *fs, size_t overlay)
{
	const char *options = mnt_fs_get_fs_options(fs);
	rr_autofree char *copy = strdup(options ? options : "");
	char *rest = copy, *name, *value;
	size_t name_len, value_len;
	bool lost = false;

	if (!copy)
		return -1;
	if (!is_type(fs, "overlay"))
		return 0;
	while (mnt_optstr_next_option(&rest, &name, &name_len, &value, &value_len) == 0) {
		rr_autofree char *list = NULL;

		if (!value || !is_layer_option(name, name_len))
			continue;
		list = strndup(value, value_len);
		if (!list || tie_layers(guard, list, overlay, &lost) < 0)
			return -1;
	}
	if (lost && !guard->blind && strcmp(guard->thing[overlay].name, "/") == 0)
		return tie_any_image(guard, overlay);
	return 0;
}

/* One view of the mounts; its first thing, the others follow. */
struct view {
	struct libmnt_table *table;
	size_t first;
};

typedef int each_mount(struct rr_guard *guard, struct libmnt_fs *fs, size_t mount);

/* Visits the mounts of a view in their order, with the number of the thing that each is. */
static int for_each(struct rr_guard *guard, const struct view *view, each_mount *visit)
{
	auto_iter struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	size_t mount = view->first;

	if (!iter)
		return -1;
	while (mnt_table_next_fs(view->table, iter, &fs) == 0)
		if (mnt_fs_get_target(fs) && visit(guard, fs, mount++) < 0)
			return -1;
	return 0;
}

static int add_own(struct rr_guard *guard, struct libmnt_fs *fs, size_t mount)
{
	(void)mount;
	return add_mount(guard, fs, RR_SPACE_OWN);
}

static int add_init(struct rr_guard *guard, struct libmnt_fs *fs, size_t mount)
{
	(void)mount;
	return add_mount(guard, fs, RR_SPACE_INIT);
}

/* Is it the same list, seen from the same root? */
static bool is_same_view(struct libmnt_table *a, struct libmnt_table *b)
{
	auto_iter struct libmnt_iter *at = mnt_new_iter(MNT_ITER_FORWARD);
	auto_iter struct libmnt_iter *bt = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *x, *y;

	if (!at || !bt || mnt_table_get_nents(a) != mnt_table_get_nents(b))
		return false;
	while (mnt_table_next_fs(a, at, &x) == 0 && mnt_table_next_fs(b, bt, &y) == 0) {
		const char *xt = mnt_fs_get_target(x), *yt = mnt_fs_get_target(y);

		if (mnt_fs_get_id(x) != mnt_fs_get_id(y) || !xt || !yt || strcmp(xt, yt) != 0)
			return false;
	}
	return true;
}

static int load_view(struct rr_guard *guard, struct view *view, each_mount *add)
{
	view->first = guard->n;
	return for_each(guard, view, add);
}

/* All mounts must be there before a path is looked for, and loop devices tied before overlays. */
static int load_views(struct rr_guard *guard, struct view *own, struct view *init, bool both)
{
	if (load_view(guard, own, add_own) < 0 || (both && load_view(guard, init, add_init) < 0))
		return -1;
	if (for_each(guard, own, tie_mount) < 0 || (both && for_each(guard, init, tie_mount) < 0))
		return -1;
	if (rr_guard_tie_backing(guard) < 0 || for_each(guard, own, tie_overlay) < 0)
		return -1;
	return both ? for_each(guard, init, tie_overlay) : 0;
}

/* A chroot, a sandbox or an unshared namespace hides mounts that process 1 still sees. */
int rr_guard_load_mounts(struct rr_guard *guard, struct rr_err *err)
{
	rr_autofree char *own_path = rr_text_format("%s/self/mountinfo", guard->at.proc);
	rr_autofree char *init_path = rr_text_format("%s/1/mountinfo", guard->at.proc);
	auto_table struct libmnt_table *own = mnt_new_table();
	auto_table struct libmnt_table *init = mnt_new_table();
	struct view own_view = { .table = own }, init_view = { .table = init };
	bool both;
	int os;

	if (!own_path || !init_path || !own || !init)
		return rr_fail_memory(err);
	os = mnt_table_parse_file(own, own_path);
	if (os)
		return rr_fail(err, RR_SYSTEM, os < 0 ? -os : 0,
			       "cannot tell what is mounted: cannot read %s", own_path);
	both = mnt_table_parse_file(init, init_path) == 0;
	if (!both && !guard->blind) {
		guard->blind = rr_text_format("%s cannot be read: what is mounted only for other "
					      "programs cannot be seen",
					      init_path);
		if (!guard->blind)
			return rr_fail_memory(err);
	}
	both = both && !is_same_view(own, init);
	return load_views(guard, &own_view, &init_view, both) < 0 ? rr_fail_memory(err) : 0;
}

static int add_swap(struct rr_guard *guard, const char *path)
{
	size_t device = rr_guard_by_path(guard, path), swap = guard->n;

	if (!rr_guard_add(guard, RR_THING_SWAP, strdup(path)))
		return -1;
	if (device != RR_NO_THING)
		return rr_guard_tie(guard, device, swap, RR_TIE_SAME);
	return rr_guard_tie_file(guard, path, swap);
}

int rr_guard_load_swaps(struct rr_guard *guard, struct rr_err *err)
{
	rr_autofree char *path = rr_text_format("%s/swaps", guard->at.proc);
	auto_table struct libmnt_table *table = mnt_new_table();
	auto_iter struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	int os;

	if (!path || !table || !iter)
		return rr_fail_memory(err);
	os = mnt_table_parse_swaps(table, path);
	if (os && os != -ENOENT)	/* a kernel without swap has no such file */
		return rr_fail(err, RR_SYSTEM, os < 0 ? -os : 0,
			       "cannot tell what is used as swap: cannot read %s", path);
	while (!os && mnt_table_next_fs(table, iter, &fs) == 0)
		if (mnt_fs_get_source(fs) && add_swap(guard, mnt_fs_get_source(fs)) < 0)
			return rr_fail_memory(err);
	return 0;
}
