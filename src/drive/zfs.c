/* SPDX-License-Identifier: GPL-3.0-or-later */
/* zfs.c - ZFS pools that are imported, and which devices may be members of them.
 * Owns: nothing.   Threads: one at a time.
 *
 * ZFS tells sysfs nothing of what it stands on. Its pools are folders of /proc/spl/kstat/zfs
 * (OpenZFS, module/os/linux/spl/spl-kstat.c); a member's label is the name of its pool (libblkid).
 * A member without a known label may belong to any of them. */
#include <fcntl.h>
#include <libudev.h>
#include <string.h>
#include <sys/stat.h>

#include "guard.h"
#include "rawright/text.h"

bool rr_zfs_member(dev_t dev, char **pool)
{
	struct udev *udev = udev_new();
	struct udev_device *d = udev ? udev_device_new_from_devnum(udev, 'b', dev) : NULL;
	const char *fs = d ? udev_device_get_property_value(d, "ID_FS_TYPE") : NULL;
	const char *label = d ? udev_device_get_property_value(d, "ID_FS_LABEL") : NULL;
	bool member = fs && strcmp(fs, "zfs_member") == 0;

	*pool = member && label ? strdup(label) : NULL;	/* no memory: of any pool */
	if (d)
		(void)udev_device_unref(d);		/* returns NULL */
	if (udev)
		(void)udev_unref(udev);			/* as above */
	return member;
}

static bool is_pool(const struct rr_thing *t, const char *name, size_t len)
{
	return t->kind == RR_THING_POOL && strlen(t->name) == len &&
	       memcmp(t->name, name, len) == 0;
}

size_t rr_guard_pool(struct rr_guard *guard, const char *name, size_t len)
{
	for (size_t i = guard->devices; i < guard->n; i++)
		if (is_pool(&guard->thing[i], name, len))
			return i;
	return rr_guard_add(guard, RR_THING_POOL, strndup(name, len)) ? guard->n - 1 : RR_NO_THING;
}

int rr_guard_load_pools(struct rr_guard *guard)
{
	rr_autofree char *path = rr_text_format("%s/spl/kstat/zfs", guard->at.proc);
	rr_autodir DIR *folder = path ? opendir(path) : NULL;
	struct stat st;

	for (struct dirent *e; folder && (e = readdir(folder)) != NULL;) {
		if (e->d_name[0] == '.' || fstatat(dirfd(folder), e->d_name, &st, 0) < 0 ||
		    !S_ISDIR(st.st_mode))
			continue;
		if (rr_guard_pool(guard, e->d_name, strlen(e->d_name)) == RR_NO_THING)
			return -1;
	}
	return path ? 0 : -1;
}

static bool has_pools(const struct rr_guard *guard)
{
	for (size_t i = guard->devices; i < guard->n; i++)
		if (guard->thing[i].kind == RR_THING_POOL)
			return true;
	return false;
}

static int tie_member(struct rr_guard *guard, size_t device, const char *pool)
{
	for (size_t i = guard->devices; i < guard->n; i++) {
		const struct rr_thing *t = &guard->thing[i];

		if (t->kind != RR_THING_POOL || (pool && strcmp(pool, t->name) != 0))
			continue;
		if (rr_guard_tie(guard, device, i, RR_TIE_STACK) < 0)
			return -1;
	}
	return 0;
}

int rr_guard_tie_members(struct rr_guard *guard)
{
	if (!has_pools(guard))
		return 0;
	for (size_t i = 0; i < guard->devices; i++) {
		rr_autofree char *pool = NULL;

		if (guard->at.zfs_member(guard->thing[i].dev, &pool) &&
		    tie_member(guard, i, pool) < 0)
			return -1;
	}
	return 0;
}
