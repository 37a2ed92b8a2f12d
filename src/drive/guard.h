/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard.h - the guard's picture: things, and which stands on which; for src/drive and its tests.
 *
 * Things are block devices, mounts, swap spaces and ZFS pools. A tie leads from a thing to one that
 * is lost when the first is overwritten. What uses a drive is what its ties lead to. */
#ifndef RR_DRIVE_GUARD_H
#define RR_DRIVE_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "rawright/drive.h"

/* Where the guard looks. The functions are stat(2), realpath(3) and rr_zfs_member(). */
struct rr_guard_places {
	const char *sys;		/* "/sys" */
	const char *proc;		/* "/proc" */
	int (*stat)(const char *path, struct stat *st);
	char *(*real)(const char *path, char *buf);
	bool (*zfs_member)(dev_t dev, char **pool);
};
/* rr_guard_new(), looking elsewhere; at is copied. */
RR_MUST int rr_guard_new_at(const struct rr_guard_places *at, struct rr_guard **out,
			    struct rr_err *err);
/* The whole disk of a partition, or of any other device itself: path, device number and kind of
 * node, nothing more. *disk is to be cleared. RR_GONE: not in the picture. */
RR_MUST int rr_guard_disk(const struct rr_guard *guard, const struct rr_node *node,
			  struct rr_node *disk, struct rr_err *err);
/* udev's word on the device of that number: a member of a ZFS pool? *pool: which, NULL when udev
 * does not know; the caller frees it. */
bool rr_zfs_member(dev_t dev, char **pool);

enum rr_tie_kind {
	RR_TIE_PART,	/* a partition */
	RR_TIE_SAME,	/* counts as the thing itself: its file system, its swap space */
	RR_TIE_STACK,	/* a device built on it: dm, md, bcache, loop; a pool */
	RR_TIE_FILE,	/* needs a file on it: a loop device, a swap file, a layer of an overlay */
};
struct rr_tie {
	size_t to;		/* which thing */
	enum rr_tie_kind kind;
};
enum rr_thing_kind { RR_THING_DEVICE, RR_THING_MOUNT, RR_THING_SWAP, RR_THING_POOL };
struct rr_thing {
	enum rr_thing_kind kind;
	char *name;		/* the kernel's, mount point, path of the swap space, pool; owned */
	dev_t dev;
	size_t disk;		/* of a partition; RR_NO_THING */
	char *dir;		/* of a device: its folder in sysfs; owned */
	char *backing;		/* what a loop device or a zram stands on, as sysfs says; owned */
	bool read_only;		/* a device's flag, a file system's option */
	unsigned space;		/* mount: whose view of the mounts it is in */
	int id;			/* mount: the kernel's number for it */
	struct rr_tie *tie;	/* owned */
	size_t ties;
};
#define RR_NO_THING SIZE_MAX
enum { RR_SPACE_OWN, RR_SPACE_INIT, RR_SPACES };	/* our own view, and that of process 1 */

struct rr_guard {
	struct rr_guard_places at;
	struct rr_thing *thing;	/* the devices first, by number; mounts in the order of mounting */
	size_t n, room, devices;
	dev_t resume;		/* 0: the system sleeps to no device */
	char *blind;		/* owned */
};

/* picture.c. A new thing at the end (takes name over, also on failure), or NULL without memory;
 * good until the next one. */
RR_MUST struct rr_thing *rr_guard_add(struct rr_guard *guard, enum rr_thing_kind kind, char *name);
RR_MUST int rr_guard_tie(struct rr_guard *guard, size_t from, size_t to, enum rr_tie_kind kind);
/* The device of that number, or of that path: by its number, else by the kernel's name (there may
 * be no node for it in a chroot). RR_NO_THING: none. */
size_t rr_guard_by_dev(const struct rr_guard *guard, dev_t dev);
size_t rr_guard_by_path(const struct rr_guard *guard, const char *path);
/* The mounts that may hold path in one view: those of the longest mount point above it; of several
 * on one point each may be meant. The first from index from on; RR_NO_THING: no more. */
size_t rr_guard_mount_of(const struct rr_guard *guard, unsigned space, const char *path,
			 size_t from);
/* Ties whatever may hold path, in any view, to a thing. */
RR_MUST int rr_guard_tie_file(struct rr_guard *guard, const char *path, size_t to);

/* How near a thing is to the device that was asked about. */
enum { RR_NEAR_SELF, RR_NEAR_STACK, RR_NEAR_FILE, RR_NEAR_NOT };
struct rr_reach {
	unsigned char *near;	/* for each thing; owned */
	size_t stack;		/* the nearest thing built on it; RR_NO_THING */
	size_t *queue, queued;
};
void rr_reach_clear(struct rr_reach *reach);
/* All that stands on a device. RR_GONE: it is not in the picture. */
RR_MUST int rr_reach_device(const struct rr_guard *guard, const struct rr_node *node,
			    struct rr_reach *reach, struct rr_err *err);
/* All that stands on loop devices over the file. */
RR_MUST int rr_reach_file(const struct rr_guard *guard, const char *path, struct rr_reach *reach,
			  struct rr_err *err);

/* The steps in which the picture is taken, in this order. stack.c: devices, partitions, holders,
 * btrfs. zfs.c: imported pools. mounts.c: mounts, with pools that only these tell of, and overlays;
 * it calls stack.c for what loop devices and zrams stand on. Swap spaces. zfs.c: members of pools.
 * Without err only memory can fail. */
RR_MUST int rr_guard_load_devices(struct rr_guard *guard);
RR_MUST int rr_guard_load_pools(struct rr_guard *guard);
RR_MUST int rr_guard_load_mounts(struct rr_guard *guard, struct rr_err *err);
RR_MUST int rr_guard_tie_backing(struct rr_guard *guard);
RR_MUST int rr_guard_load_swaps(struct rr_guard *guard, struct rr_err *err);
RR_MUST int rr_guard_tie_members(struct rr_guard *guard);
/* The pool of that name, made if need be; RR_NO_THING: no memory. */
size_t rr_guard_pool(struct rr_guard *guard, const char *name, size_t len);

/* system_dir.c. The rank of a mount point among the directories that a running system needs, 0 the
 * weightiest; -1: it is none of them. */
int rr_system_rank(const char *mount);

#endif
