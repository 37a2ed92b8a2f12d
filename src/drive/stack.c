/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stack.c - the block devices of the guard's picture, and which is built on which.
 * Owns: nothing; the guard has the things.   Threads: one at a time.
 *
 * dm, md and bcache stand in the "holders" of what they are built on; a loop device tells its
 * backing file, a zram its backing device, and a btrfs on several devices lists its members. */
#include <stdio.h>
#include <string.h>

#include "guard.h"
#include "rawright/text.h"
#include "sysfs.h"

static int add_device(void *ctx, const char *dir)
{
	struct rr_guard *guard = ctx;
	const char *name = rr_sysfs_name(dir);
	struct rr_thing *t;
	dev_t dev;

	if (!rr_sysfs_dev(dir, &dev))
		return 0;		/* it went away meanwhile */
	t = rr_guard_add(guard, RR_THING_DEVICE, strdup(name));
	if (!t)
		return -1;
	t->dev = dev;
	t->dir = strdup(dir);
	t->read_only = rr_sysfs_number(dir, "ro") != 0;
	if (strncmp(name, "loop", 4) == 0)
		t->backing = rr_sysfs_raw(dir, "loop/backing_file");
	if (strncmp(name, "zram", 4) == 0)
		t->backing = rr_sysfs_raw(dir, "backing_dev");
	return t->dir ? 0 : -1;
}

static int by_number(const void *x, const void *y)
{
	dev_t a = ((const struct rr_thing *)x)->dev, b = ((const struct rr_thing *)y)->dev;

	return a < b ? -1 : a > b;
}

/* Names are unique among block devices, partitions included. */
static size_t by_name(const struct rr_guard *guard, const char *name, size_t len)
{
	for (size_t i = 0; i < guard->devices; i++)
		if (strncmp(guard->thing[i].name, name, len) == 0 && !guard->thing[i].name[len])
			return i;
	return RR_NO_THING;
}

/* The folder of a partition lies in that of its disk. */
static int tie_partition(struct rr_guard *guard, size_t i)
{
	const char *end = rr_sysfs_name(guard->thing[i].dir), *start;
	size_t disk;

	if (end == guard->thing[i].dir || !rr_sysfs_has(guard->thing[i].dir, "partition"))
		return 0;
	for (start = --end; start > guard->thing[i].dir && start[-1] != '/';)
		start--;
	disk = by_name(guard, start, (size_t)(end - start));
	if (disk == RR_NO_THING)
		return 0;
	guard->thing[i].disk = disk;
	return rr_guard_tie(guard, disk, i, RR_TIE_PART);
}

struct holders {
	struct rr_guard *guard;
	size_t of;
};

static int tie_holder(void *ctx, const char *entry)
{
	struct holders *h = ctx;
	const char *name = rr_sysfs_name(entry);
	size_t i = by_name(h->guard, name, strlen(name));

	return i == RR_NO_THING ? 0 : rr_guard_tie(h->guard, h->of, i, RR_TIE_STACK);
}

#define NO_MEMBER RR_NO_THING

/* The members are tied in a ring, be there only one: who overwrites one spoils them all. */
struct btrfs {
	struct rr_guard *guard;
	size_t first, last;
};

static int tie_member(void *ctx, const char *entry)
{
	struct btrfs *b = ctx;
	const char *name = rr_sysfs_name(entry);
	size_t i = by_name(b->guard, name, strlen(name));

	if (i == RR_NO_THING)
		return 0;
	if (b->first == NO_MEMBER)
		b->first = i;
	else if (rr_guard_tie(b->guard, b->last, i, RR_TIE_SAME) < 0)
		return -1;
	b->last = i;
	return 0;
}

static int tie_btrfs(void *ctx, const char *dir)
{
	struct btrfs b = { .guard = ctx, .first = NO_MEMBER };

	if (rr_sysfs_each(dir, "devices", tie_member, &b) < 0)
		return -1;
	if (b.first == NO_MEMBER)
		return 0;
	return rr_guard_tie(b.guard, b.last, b.first, RR_TIE_SAME);
}

int rr_guard_load_devices(struct rr_guard *guard)
{
	if (rr_sysfs_each(guard->at.sys, "dev/block", add_device, guard) < 0)
		return -1;
	guard->devices = guard->n;
	if (guard->n)
		qsort(guard->thing, guard->n, sizeof(*guard->thing), by_number);
	for (size_t i = 0; i < guard->devices; i++) {
		struct holders h = { guard, i };

		if (tie_partition(guard, i) < 0 ||
		    rr_sysfs_each(guard->thing[i].dir, "holders", tie_holder, &h) < 0)
			return -1;
	}
	return rr_sysfs_each(guard->at.sys, "fs/btrfs", tie_btrfs, guard);
}

/* A file that was unlinked has " (deleted)" behind its name, and is still where it was. */
int rr_guard_tie_backing(struct rr_guard *guard)
{
	for (size_t i = 0; i < guard->devices; i++) {
		const char *path = guard->thing[i].backing;
		size_t under = path ? rr_guard_by_path(guard, path) : RR_NO_THING;
		int result = 0;

		if (under != RR_NO_THING)
			result = rr_guard_tie(guard, under, i, RR_TIE_STACK);
		else if (path && path[0] == '/')
			result = rr_guard_tie_file(guard, path, i);
		if (result < 0)
			return -1;
	}
	return 0;
}
