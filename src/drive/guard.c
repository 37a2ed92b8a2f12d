/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard.c - what uses a device now: mounts, swap, and devices built on it.
 * Owns: nothing.   Threads: any.
 *
 * First the family of the device: it, its partitions, and all that stands on them (dm, md, bcache
 * by the holders of sysfs; loop devices by their backing file; further members of a btrfs). Then
 * every mount and swap is held against the family by device number, never by a part of a name. */
#include <errno.h>
#include <libmount/libmount.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "guard.h"
#include "rawright/text.h"
#include "sysfs.h"

struct family {
	const struct rr_guard_places *at;
	dev_t *dev;
	size_t n;
	bool stacked;		/* what is being added stands on the device */
	char *stack;		/* the first that does; owned */
	bool grew, no_memory;
};

static void clean_family(struct family *f)
{
	free(f->dev);
	free(f->stack);
}

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

void rr_use_clear(struct rr_use *use)
{
	for (size_t i = 0; i < use->nmount; i++)
		free(use->mount[i]);
	free(use->mount);
	free(use->system);
	free(use->where);
	free(use->stack);
	memset(use, 0, sizeof(*use));
}

static bool family_has(const struct family *f, dev_t dev)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->dev[i] == dev)
			return true;
	return false;
}

/* Adds one device; false when it was there already, or there is no memory. */
static bool family_add(struct family *f, dev_t dev)
{
	dev_t *grown;

	if (family_has(f, dev))
		return false;
	grown = reallocarray(f->dev, f->n + 1, sizeof(*grown));
	if (!grown) {
		f->no_memory = true;
		return false;
	}
	f->dev = grown;
	f->dev[f->n++] = dev;
	f->grew = true;
	return true;
}

static int visit_device(void *ctx, const char *dir);

static int visit_holder(void *ctx, const char *dir)
{
	struct family *f = ctx;
	bool outer = f->stacked;
	int result;

	f->stacked = true;
	result = visit_device(ctx, dir);
	f->stacked = outer;
	return result;
}

/* The device at dir with its partitions and holders; each device once, so it comes to an end. */
static int visit_device(void *ctx, const char *dir)
{
	struct family *f = ctx;
	dev_t dev;

	if (!rr_sysfs_dev(dir, &dev) || !family_add(f, dev))
		return f->no_memory ? -1 : 0;
	if (f->stacked && !f->stack)
		f->stack = strdup(rr_sysfs_name(dir));
	if (rr_sysfs_each_partition(dir, visit_device, f) < 0)
		return -1;
	return rr_sysfs_each(dir, "holders", visit_holder, f);
}

/* A loop device over a device of the family. One over a file counts by its file system's mount. */
static int visit_loop(void *ctx, const char *dir)
{
	struct family *f = ctx;
	rr_autofree char *backing = NULL;
	dev_t dev;

	if (strncmp(rr_sysfs_name(dir), "loop", 4) != 0)
		return 0;
	backing = rr_sysfs_raw(dir, "loop/backing_file");
	if (!backing || !f->at->devnum(backing, &dev) || !family_has(f, dev))
		return 0;
	return visit_holder(f, dir);
}

/* One btrfs on several devices is mounted by the name of one of them. */
struct btrfs {
	struct family *family;
	bool ours;
	bool add;
};

static int visit_member(void *ctx, const char *dir)
{
	struct btrfs *b = ctx;
	dev_t dev;

	if (!rr_sysfs_dev(dir, &dev))
		return 0;
	b->ours |= family_has(b->family, dev);
	if (b->add)
		(void)family_add(b->family, dev);	/* no_memory is asked for below */
	return b->family->no_memory ? -1 : 0;
}

/* The members join as they are, not with their disks: what else is on those is none of ours. */
static int visit_btrfs(void *ctx, const char *dir)
{
	struct btrfs b = { .family = ctx };

	if (rr_sysfs_each(dir, "devices", visit_member, &b) < 0)
		return -1;
	b.add = b.ours;
	return b.add ? rr_sysfs_each(dir, "devices", visit_member, &b) : 0;
}

/* A loop device may stand on what came last, and more on the loop device: until nothing comes. */
static int family_grow(struct family *f)
{
	int result = 0;

	do {
		f->grew = false;
		result = rr_sysfs_each(f->at->sys, "block", visit_loop, f);
	} while (!result && f->grew);
	if (!result)
		result = rr_sysfs_each(f->at->sys, "fs/btrfs", visit_btrfs, f);
	return result;
}

static int family_find(const struct rr_node *node, struct family *f, struct rr_err *err)
{
	rr_autofree char *dir = rr_sysfs_dir(f->at->sys, node->dev);
	rr_autofree char *disk = dir ? rr_sysfs_disk(dir) : NULL;
	dev_t whole;

	if (!dir)
		return rr_fail(err, RR_GONE, 0, "%s is no longer there", node->path);
	if (visit_device(f, dir) < 0)
		return rr_fail_memory(err);
	/* Who uses the whole disk of a partition uses the partition, but not its neighbours. */
	if (disk && rr_sysfs_dev(disk, &whole) && family_add(f, whole) &&
	    rr_sysfs_each(disk, "holders", visit_holder, f) < 0)
		return rr_fail_memory(err);
	if (!disk || family_grow(f) < 0 || f->no_memory)
		return rr_fail_memory(err);
	return 0;
}

/* btrfs, and what FUSE mounts, have device numbers of their own: then their source is asked. */
static bool family_mounts(const struct family *f, struct libmnt_fs *fs)
{
	const char *source = mnt_fs_get_source(fs);
	dev_t dev = mnt_fs_get_devno(fs);

	if (family_has(f, dev))
		return true;
	return major(dev) == 0 && source && source[0] == '/' && f->at->devnum(source, &dev) &&
	       family_has(f, dev);
}

/* The file system's own options tell, not those of one mount: a bind mount may be read-only while
 * the same file system is written elsewhere. Not told: it can be written. */
static bool is_read_only(struct libmnt_fs *fs)
{
	const char *options = mnt_fs_get_fs_options(fs);

	return options && mnt_optstr_get_option(options, "ro", NULL, NULL) == 0;
}

static int take_where(struct rr_use *use, const char *where, struct rr_err *err)
{
	free(use->where);
	use->where = strdup(where);
	return use->where ? 0 : rr_fail_memory(err);
}

static int take_mount(struct libmnt_fs *fs, struct rr_use *use, struct rr_err *err)
{
	bool read_only = is_read_only(fs);
	bool first = read_only ? !use->mounted_rw && !use->mounted_ro : !use->mounted_rw;

	use->mounted_ro |= read_only;
	use->mounted_rw |= !read_only;
	return first ? take_where(use, mnt_fs_get_target(fs), err) : 0;
}

static int find_mounts(const struct family *f, struct rr_use *use, struct rr_err *err)
{
	auto_table struct libmnt_table *table = mnt_new_table();
	auto_iter struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	int os;

	if (!table || !iter)
		return rr_fail_memory(err);
	os = mnt_table_parse_file(table, f->at->mountinfo);
	if (os)
		return rr_fail(err, RR_SYSTEM, os < 0 ? -os : 0,
			       "cannot tell what is mounted: cannot read %s", f->at->mountinfo);
	while (mnt_table_next_fs(table, iter, &fs) == 0)
		if (mnt_fs_get_target(fs) && family_mounts(f, fs) && take_mount(fs, use, err) < 0)
			return -1;
	return 0;
}

static int find_swaps(const struct family *f, struct rr_use *use, struct rr_err *err)
{
	auto_table struct libmnt_table *table = mnt_new_table();
	auto_iter struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
	struct libmnt_fs *fs;
	int os;

	if (!table || !iter)
		return rr_fail_memory(err);
	os = mnt_table_parse_swaps(table, f->at->swaps);
	if (os && os != -ENOENT)	/* a kernel without swap has no such file */
		return rr_fail(err, RR_SYSTEM, os < 0 ? -os : 0,
			       "cannot tell what is used as swap: cannot "
			       "read %s",
			       f->at->swaps);
	while (!os && mnt_table_next_fs(table, iter, &fs) == 0) {
		const char *source = mnt_fs_get_source(fs);
		dev_t dev;

		use->swap |= source && f->at->devnum(source, &dev) && family_has(f, dev);
	}
	return 0;
}

int rr_guard_use_at(const struct rr_guard_places *at, const struct rr_node *node,
		    struct rr_use *use, struct rr_err *err)
{
	__attribute__((cleanup(clean_family))) struct family family = { .at = at };
	int result;

	memset(use, 0, sizeof(*use));
	if (!node->block)
		return 0;
	result = family_find(node, &family, err);
	if (!result)
		result = find_mounts(&family, use, err);
	if (!result)
		result = find_swaps(&family, use, err);
	if (!result && use->swap && !use->where)
		result = take_where(use, "swap", err);
	if (!result && family.stack && !use->where)
		result = take_where(use, family.stack, err);
	use->stack = family.stack;
	family.stack = NULL;		/* now the use's */
	if (result)
		rr_use_clear(use);
	return result;
}

static bool devnum_of_node(const char *path, dev_t *dev)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISBLK(st.st_mode))
		return false;
	*dev = st.st_rdev;
	return true;
}

static const struct rr_guard_places real_places = {
	.sys = RR_SYSFS,
	.mountinfo = "/proc/self/mountinfo",
	.swaps = "/proc/swaps",
	.devnum = devnum_of_node,
};

struct rr_guard {
	struct rr_guard_places at;
};

int rr_guard_new(struct rr_guard **out, struct rr_err *err)
{
	*out = calloc(1, sizeof(**out));
	if (!*out)
		return rr_fail_memory(err);
	(*out)->at = real_places;
	return 0;
}

void rr_guard_free(struct rr_guard *guard)
{
	free(guard);
}

const char *rr_guard_blind(const struct rr_guard *guard)
{
	(void)guard;
	return NULL;
}

int rr_guard_use(const struct rr_guard *guard, const struct rr_node *node, struct rr_use *use,
		 struct rr_err *err)
{
	(void)guard;
	return rr_guard_use_at(&real_places, node, use, err);
}
