/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard.c - what uses a device: one picture of the machine, and answers out of it.
 * Owns: the picture.   Threads: any; a picture never changes.
 *
 * The picture has things (devices, mounts, swap spaces, pools) and ties: what is lost with what.
 * A question follows the ties up from one device, by device numbers, never by a part of a name. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "guard.h"
#include "rawright/fs.h"
#include "rawright/text.h"
#include "sysfs.h"

void rr_use_clear(struct rr_use *use)
{
	for (size_t i = 0; i < use->nmount; i++)
		free(use->mount[i]);
	free(use->mount);
	free(use->mount_id);
	free(use->system);
	free(use->where);
	free(use->stack);
	free(use->pool);
	memset(use, 0, sizeof(*use));
}

void rr_guard_free(struct rr_guard *guard)
{
	if (!guard)
		return;
	for (size_t i = 0; i < guard->n; i++) {
		free(guard->thing[i].name);
		free(guard->thing[i].dir);
		free(guard->thing[i].backing);
		free(guard->thing[i].tie);
	}
	free(guard->thing);
	free(guard->blind);
	free(guard);
}

/* The number of the first of all pid namespaces is fixed (PROC_PID_INIT_INO, linux/proc_ns.h). */
static int find_blindness(struct rr_guard *guard)
{
	rr_autofree char *path = rr_text_format("%s/self/ns/pid", guard->at.proc);
	char link[64] = "";
	ssize_t len = path ? readlink(path, link, sizeof(link) - 1) : -1;

	if (!path)
		return -1;
	if (len < 0 || strcmp(link, "pid:[4026531836]") == 0)
		return 0;
	guard->blind = strdup("this is a container: what is mounted outside of it cannot be seen");
	return guard->blind ? 0 : -1;
}

/* "8:3", or "0:0" for none (Documentation/admin-guide/pm/hibernation.rst). */
static int find_resume(struct rr_guard *guard)
{
	rr_autofree char *path = rr_text_format("%s/power/resume", guard->at.sys);
	rr_autofree char *line = path ? rr_file_line(path) : NULL;
	unsigned maj, min;

	if (line && sscanf(line, "%u:%u", &maj, &min) == 2)
		guard->resume = makedev(maj, min);
	return path ? 0 : -1;
}

static int take_picture(struct rr_guard *guard, struct rr_err *err)
{
	if (find_blindness(guard) < 0 || find_resume(guard) < 0 ||
	    rr_guard_load_devices(guard) < 0 || rr_guard_load_pools(guard) < 0)
		return rr_fail_memory(err);
	if (rr_guard_load_mounts(guard, err) < 0 || rr_guard_load_swaps(guard, err) < 0)
		return -1;
	return rr_guard_tie_members(guard) < 0 ? rr_fail_memory(err) : 0;
}

int rr_guard_new_at(const struct rr_guard_places *at, struct rr_guard **out, struct rr_err *err)
{
	struct rr_guard *guard = calloc(1, sizeof(*guard));

	*out = NULL;
	if (!guard)
		return rr_fail_memory(err);
	guard->at = *at;
	if (take_picture(guard, err) < 0) {
		rr_guard_free(guard);
		return -1;
	}
	*out = guard;
	return 0;
}

int rr_guard_new(struct rr_guard **out, struct rr_err *err)
{
	static const struct rr_guard_places real_places = {
		.sys = RR_SYSFS,
		.proc = "/proc",
		.stat = stat,
		.real = realpath,
		.zfs_member = rr_zfs_member,
	};

	return rr_guard_new_at(&real_places, out, err);
}

const char *rr_guard_blind(const struct rr_guard *guard)
{
	return guard->blind;
}

/* The guard given, or one of our own; *own is to be freed. NULL: failed. */
static const struct rr_guard *guard_for(const struct rr_guard *guard, struct rr_guard **own,
					struct rr_err *err)
{
	if (guard)
		return guard;
	return rr_guard_new(own, err) < 0 ? NULL : *own;
}

static void clean_guard(struct rr_guard **guard)
{
	rr_guard_free(*guard);
}
#define auto_guard __attribute__((cleanup(clean_guard)))
#define auto_reach __attribute__((cleanup(rr_reach_clear)))

static int replace(char **text, const char *with)
{
	free(*text);
	*text = strdup(with);
	return *text ? 0 : -1;
}

/* Both views may have a mount: once is enough. Of several at one place the last is on top. */
static int add_mount(struct rr_use *use, const struct rr_thing *t)
{
	char **grown;
	int *ids;

	for (size_t i = 0; i < use->nmount; i++) {
		if (strcmp(use->mount[i], t->name) != 0)
			continue;
		use->mount_id[i] = t->space == RR_SPACE_OWN ? t->id : use->mount_id[i];
		return 0;
	}
	grown = reallocarray(use->mount, use->nmount + 1, sizeof(*grown));
	if (!grown)
		return -1;
	use->mount = grown;
	ids = reallocarray(use->mount_id, use->nmount + 1, sizeof(*ids));
	if (!ids)
		return -1;
	use->mount_id = ids;
	use->mount_id[use->nmount] = t->id;
	use->mount[use->nmount] = strdup(t->name);
	return use->mount[use->nmount] ? (use->nmount++, 0) : -1;
}

static int take_system(struct rr_use *use, const char *mount)
{
	int rank = rr_system_rank(mount), before = use->system ? rr_system_rank(use->system) : -1;

	if (rank < 0 || (before >= 0 && before <= rank))
		return 0;
	return replace(&use->system, mount);
}

/* What needs a file on it matters only when the system does: its file system is mounted anyway. */
static int take_mount(struct rr_use *use, const struct rr_thing *t, unsigned near)
{
	bool first = t->read_only ? !use->mounted_rw && !use->mounted_ro : !use->mounted_rw;

	if (take_system(use, t->name) < 0)
		return -1;
	if (near == RR_NEAR_FILE)
		return 0;
	if (near == RR_NEAR_SELF && add_mount(use, t) < 0)
		return -1;
	use->mounted_ro |= t->read_only;
	use->mounted_rw |= !t->read_only;
	return first ? replace(&use->where, t->name) : 0;
}

static int take_thing(const struct rr_guard *guard, struct rr_use *use, size_t i, unsigned near)
{
	const struct rr_thing *t = &guard->thing[i];

	switch (t->kind) {
	case RR_THING_MOUNT:
		return take_mount(use, t, near);
	case RR_THING_SWAP:
		use->swap = true;
		return 0;
	case RR_THING_DEVICE:
		use->hibernation |= guard->resume && t->dev == guard->resume;
		return 0;
	case RR_THING_POOL:
		return 0;
	}
	return 0;
}

static int take_stack(struct rr_use *use, const struct rr_thing *t)
{
	if (t->kind != RR_THING_POOL)
		return replace(&use->stack, t->name);
	use->stack = rr_text_format("ZFS pool %s", t->name);
	return use->stack ? replace(&use->pool, t->name) : -1;
}

static int take_all(const struct rr_guard *guard, const struct rr_reach *reach, struct rr_use *use)
{
	for (size_t i = 0; i < guard->n; i++)
		if (reach->near[i] != RR_NEAR_NOT && take_thing(guard, use, i, reach->near[i]) < 0)
			return -1;
	if (reach->stack != RR_NO_THING && take_stack(use, &guard->thing[reach->stack]) < 0)
		return -1;
	if (use->swap && !use->where && replace(&use->where, "swap") < 0)
		return -1;
	return use->stack && !use->where ? replace(&use->where, use->stack) : 0;
}

int rr_guard_use(const struct rr_guard *guard, const struct rr_node *node, struct rr_use *use,
		 struct rr_err *err)
{
	auto_guard struct rr_guard *own = NULL;
	auto_reach struct rr_reach reach = { .near = NULL };

	memset(use, 0, sizeof(*use));
	if (!node->block)
		return 0;
	guard = guard_for(guard, &own, err);
	if (!guard || rr_reach_device(guard, node, &reach, err) < 0)
		return -1;
	if (take_all(guard, &reach, use) == 0)
		return 0;
	rr_use_clear(use);
	return rr_fail_memory(err);
}

static bool holds_path(const struct rr_guard *guard, const struct rr_reach *reach, const char *path)
{
	size_t i = rr_guard_mount_of(guard, RR_SPACE_OWN, path, 0);

	for (; i != RR_NO_THING; i = rr_guard_mount_of(guard, RR_SPACE_OWN, path, i + 1))
		if (reach->near[i] != RR_NEAR_NOT)
			return true;
	return false;
}

/* Its device number, and the mount that has it: a file of btrfs or an overlay is on no device. */
int rr_guard_holds_file(const struct rr_guard *guard, const struct rr_node *node, const char *path,
			bool *holds, struct rr_err *err)
{
	auto_guard struct rr_guard *own = NULL;
	auto_reach struct rr_reach reach = { .near = NULL };
	rr_autofree char *real = NULL;
	struct stat st;
	size_t device;

	*holds = false;
	if (!node->block)
		return 0;
	guard = guard_for(guard, &own, err);
	if (!guard)
		return -1;
	real = guard->at.real(path, NULL);
	if (!real || guard->at.stat(path, &st) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot find %s", path);
	if (rr_reach_device(guard, node, &reach, err) < 0)
		return -1;
	device = rr_guard_by_dev(guard, st.st_dev);
	*holds = device != RR_NO_THING ? reach.near[device] != RR_NEAR_NOT :
					 holds_path(guard, &reach, real);
	return 0;
}

/* What would be lost with it: of a device what stands on it, of a file what stands on loop devices
 * over it. */
static int reach_of(const struct rr_guard *guard, const struct rr_node *node,
		    struct rr_reach *reach, struct rr_err *err)
{
	rr_autofree char *real = NULL;

	if (node->block)
		return rr_reach_device(guard, node, reach, err);
	real = guard->at.real(node->path, NULL);
	if (!real)
		return rr_fail(err, RR_SYSTEM, errno, "cannot find %s", node->path);
	return rr_reach_file(guard, real, reach, err);
}

static bool is_reached(const struct rr_guard *guard, const struct rr_reach *reach,
		       const struct rr_node *node)
{
	size_t i = node->block ? rr_guard_by_dev(guard, node->dev) : RR_NO_THING;

	return i != RR_NO_THING && reach->near[i] != RR_NEAR_NOT;
}

static bool are_one_file(const struct rr_guard *guard, const struct rr_node *a,
			 const struct rr_node *b)
{
	struct stat sa, sb;

	return !a->block && !b->block && guard->at.stat(a->path, &sa) == 0 &&
	       guard->at.stat(b->path, &sb) == 0 && sa.st_dev == sb.st_dev &&
	       sa.st_ino == sb.st_ino;
}

int rr_guard_same(const struct rr_guard *guard, const struct rr_node *a, const struct rr_node *b,
		  bool *same, struct rr_err *err)
{
	auto_guard struct rr_guard *own = NULL;
	auto_reach struct rr_reach on_a = { .near = NULL }, on_b = { .near = NULL };

	*same = false;
	guard = guard_for(guard, &own, err);
	if (!guard || reach_of(guard, a, &on_a, err) < 0 || reach_of(guard, b, &on_b, err) < 0)
		return -1;
	*same = is_reached(guard, &on_a, b) || is_reached(guard, &on_b, a) ||
		are_one_file(guard, a, b);
	return 0;
}

int rr_guard_disk(const struct rr_guard *guard, const struct rr_node *node, struct rr_node *disk,
		  struct rr_err *err)
{
	size_t i = rr_guard_by_dev(guard, node->dev);
	const struct rr_thing *t;

	memset(disk, 0, sizeof(*disk));
	if (i == RR_NO_THING)
		return rr_fail(err, RR_GONE, 0, "%s is no longer there", node->path);
	t = &guard->thing[i];
	t = t->disk == RR_NO_THING ? t : &guard->thing[t->disk];
	disk->path = t->dev == node->dev ? strdup(node->path) :
		     node->parent	 ? strdup(node->parent) :
					   rr_text_format("/dev/%s", t->name);
	disk->block = true;
	disk->kind = node->kind;
	disk->dev = t->dev;
	return disk->path ? 0 : rr_fail_memory(err);
}
