/* SPDX-License-Identifier: GPL-3.0-or-later */
/* picture.c - the things of the guard's picture, how they are tied, and what hangs on a device.
 * Owns: nothing; the guard has the things.   Threads: any, once the picture is taken. */
#include <stdio.h>
#include <string.h>

#include "guard.h"
#include "rawright/text.h"
#include "sysfs.h"

struct rr_thing *rr_guard_add(struct rr_guard *guard, enum rr_thing_kind kind, char *name)
{
	size_t room = guard->room ? guard->room * 2 : 64;
	struct rr_thing *t = guard->thing;

	if (guard->n == guard->room) {
		t = reallocarray(guard->thing, room, sizeof(*t));
		if (t) {
			guard->thing = t;
			guard->room = room;
		}
	}
	if (!t || !name) {
		free(name);
		return NULL;
	}
	t = &guard->thing[guard->n++];
	memset(t, 0, sizeof(*t));
	t->kind = kind;
	t->name = name;
	t->disk = RR_NO_THING;
	return t;
}

int rr_guard_tie(struct rr_guard *guard, size_t from, size_t to, enum rr_tie_kind kind)
{
	struct rr_thing *t = &guard->thing[from];
	struct rr_tie *grown = reallocarray(t->tie, t->ties + 1, sizeof(*grown));

	if (!grown)
		return -1;
	t->tie = grown;
	t->tie[t->ties++] = (struct rr_tie){ .to = to, .kind = kind };
	return 0;
}

size_t rr_guard_by_dev(const struct rr_guard *guard, dev_t dev)
{
	size_t low = 0, high = guard->devices;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (guard->thing[middle].dev < dev)
			low = middle + 1;
		else
			high = middle;
	}
	return low < guard->devices && guard->thing[low].dev == dev ? low : RR_NO_THING;
}

/* "/dev/cciss/c0d0" is "cciss!c0d0" in sysfs. */
static bool is_node_of(const char *path, const struct rr_thing *t)
{
	const char *name = t->name;

	for (path += 5; *path && (*path == *name || (*path == '/' && *name == '!')); path++)
		name++;
	return !*path && !*name;
}

size_t rr_guard_by_path(const struct rr_guard *guard, const char *path)
{
	struct stat st;

	if (guard->at.stat(path, &st) == 0 && S_ISBLK(st.st_mode))
		return rr_guard_by_dev(guard, st.st_rdev);
	for (size_t i = 0; strncmp(path, "/dev/", 5) == 0 && i < guard->devices; i++)
		if (is_node_of(path, &guard->thing[i]))
			return i;
	return RR_NO_THING;
}

/* The length of the mount point when it is above path, or is path; 0: it is not. */
static size_t covers(const char *mount, const char *path)
{
	size_t len = strlen(mount);

	if (len == 1)
		return path[0] == '/';
	return strncmp(mount, path, len) == 0 && (!path[len] || path[len] == '/') ? len : 0;
}

size_t rr_guard_mount_of(const struct rr_guard *guard, unsigned space, const char *path,
			 size_t from)
{
	size_t best = 1, found = RR_NO_THING;

	for (size_t i = guard->devices; i < guard->n; i++) {
		const struct rr_thing *t = &guard->thing[i];
		size_t len = 0;

		if (t->kind == RR_THING_MOUNT && t->space == space)
			len = covers(t->name, path);
		if (len < best || (len == best && (i < from || found != RR_NO_THING)))
			continue;
		found = i < from ? RR_NO_THING : i;
		best = len;
	}
	return found;
}

int rr_guard_tie_file(struct rr_guard *guard, const char *path, size_t to)
{
	for (unsigned space = 0; space < RR_SPACES; space++) {
		size_t i = rr_guard_mount_of(guard, space, path, 0);

		for (; i != RR_NO_THING; i = rr_guard_mount_of(guard, space, path, i + 1))
			if (i != to && rr_guard_tie(guard, i, to, RR_TIE_FILE) < 0)
				return -1;
	}
	return 0;
}

void rr_reach_clear(struct rr_reach *reach)
{
	free(reach->near);
	free(reach->queue);
	memset(reach, 0, sizeof(*reach));
}

/* A thing comes into the queue once for each nearness at most. */
static int reach_new(const struct rr_guard *guard, struct rr_reach *reach, struct rr_err *err)
{
	memset(reach, 0, sizeof(*reach));
	reach->stack = RR_NO_THING;
	reach->near = malloc(guard->n + 1);
	reach->queue = reallocarray(NULL, guard->n + 1, RR_NEAR_NOT * sizeof(*reach->queue));
	if (!reach->near || !reach->queue) {
		rr_reach_clear(reach);
		return rr_fail_memory(err);
	}
	memset(reach->near, RR_NEAR_NOT, guard->n + 1);
	return 0;
}

static void reach_add(struct rr_reach *reach, size_t i, unsigned near)
{
	if (near >= reach->near[i])
		return;
	reach->near[i] = (unsigned char)near;
	reach->queue[reach->queued++] = i;
}

static unsigned nearness(unsigned near, enum rr_tie_kind kind)
{
	unsigned least = kind == RR_TIE_FILE  ? RR_NEAR_FILE :
			 kind == RR_TIE_STACK ? RR_NEAR_STACK :
						RR_NEAR_SELF;

	return near > least ? near : least;
}

static void reach_ties(const struct rr_guard *guard, struct rr_reach *reach, size_t i, bool parts)
{
	const struct rr_thing *t = &guard->thing[i];

	for (size_t k = 0; k < t->ties; k++) {
		unsigned near = nearness(reach->near[i], t->tie[k].kind);

		if (t->tie[k].kind == RR_TIE_PART && !parts)
			continue;
		if (near == RR_NEAR_STACK && reach->stack == RR_NO_THING)
			reach->stack = t->tie[k].to;
		reach_add(reach, t->tie[k].to, near);
	}
}

static void reach_grow(const struct rr_guard *guard, struct rr_reach *reach, size_t next)
{
	for (; next < reach->queued; next++)
		reach_ties(guard, reach, reach->queue[next], true);
}

/* The pools that a member of that label may belong to: without a label any. */
static void reach_pool(const struct rr_guard *guard, const char *label, struct rr_reach *reach)
{
	for (size_t i = guard->devices; i < guard->n; i++) {
		const struct rr_thing *t = &guard->thing[i];

		if (t->kind != RR_THING_POOL || (label && strcmp(label, t->name) != 0))
			continue;
		if (reach->stack == RR_NO_THING)
			reach->stack = i;
		reach_add(reach, i, RR_NEAR_STACK);
	}
}

/* What is known of the medium itself, also where udev is not running. */
static void reach_pools(const struct rr_guard *guard, const struct rr_content *content,
			struct rr_reach *reach)
{
	for (size_t i = 0; i < content->n; i++)
		if (content->part[i].fs && strcmp(content->part[i].fs, "zfs_member") == 0)
			reach_pool(guard, content->part[i].label, reach);
}

/* Who uses the whole disk of a partition uses the partition, but not its neighbours. */
int rr_reach_device(const struct rr_guard *guard, const struct rr_node *node,
		    struct rr_reach *reach, struct rr_err *err)
{
	size_t i = rr_guard_by_dev(guard, node->dev), next = 0;

	if (i == RR_NO_THING)
		return rr_fail(err, RR_GONE, 0, "%s is no longer there", node->path);
	if (reach_new(guard, reach, err) < 0)
		return -1;
	reach_add(reach, i, RR_NEAR_SELF);
	i = guard->thing[i].disk;
	if (i != RR_NO_THING) {
		reach_ties(guard, reach, reach->queue[next++], true);
		reach->near[i] = RR_NEAR_SELF;
		reach_ties(guard, reach, i, false);
	}
	reach_pools(guard, &node->content, reach);
	reach_grow(guard, reach, next);
	return 0;
}

static bool is_same_file(const struct rr_guard *guard, const char *a, const char *b)
{
	struct stat sa, sb;

	if (strcmp(a, b) == 0)
		return true;
	return guard->at.stat(a, &sa) == 0 && guard->at.stat(b, &sb) == 0 &&
	       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

int rr_reach_file(const struct rr_guard *guard, const char *path, struct rr_reach *reach,
		  struct rr_err *err)
{
	if (reach_new(guard, reach, err) < 0)
		return -1;
	for (size_t i = 0; i < guard->devices; i++)
		if (guard->thing[i].backing && is_same_file(guard, guard->thing[i].backing, path))
			reach_add(reach, i, RR_NEAR_STACK);
	reach_grow(guard, reach, 0);
	return 0;
}
