/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hold.c - the read-only flags of a source and its partitions, set while it is read.
 * Owns: nothing beside what it is handed.   Threads: find, set and clear by the main thread before
 * and after the others; check and release by any.
 *
 * BLKROGET of a partition also tells the whole disk's flag (linux/blkdev.h, bdev_read_only()): how
 * the flags stood is asked before the first is set, and each one's own is set and put back. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "rawright/drive.h"
#include "rawright/text.h"
#include "sysfs.h"

/* The device itself and none that took its name; -1 with errno. Asks for no medium. */
static int open_node(const char *path, dev_t dev)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 && S_ISBLK(st.st_mode) && st.st_rdev == dev)
		return fd;
	(void)close(fd);	/* nothing was done with it */
	errno = ENODEV;
	return -1;
}

static int flag_get(int fd, bool *flag)
{
	int value = 0;

	if (ioctl(fd, BLKROGET, &value) < 0)
		return -1;
	*flag = value != 0;
	return 0;
}

static int flag_set(int fd, bool flag)
{
	int value = flag;

	return ioctl(fd, BLKROSET, &value);
}

/* The first reason stays. */
static void cannot(struct rr_hold *hold, const char *what, const char *path, int os)
{
	if (!hold->why_not[0])
		(void)snprintf(hold->why_not, sizeof(hold->why_not), "%s %s: %s", what, path,
			       rr_err_os(os));
}

static int hold_add(struct rr_hold *hold, const char *path, dev_t dev, struct rr_err *err)
{
	rr_autofd int fd = open_node(path, dev);
	struct rr_hold_flag *grown, flag = { .dev = dev };

	if (fd < 0 || flag_get(fd, &flag.before) < 0) {
		cannot(hold, "cannot ask for the read-only flag of", path, errno);
		return 0;
	}
	grown = reallocarray(hold->flag, hold->n + 1, sizeof(*grown));
	if (!grown)
		return rr_fail_memory(err);
	hold->flag = grown;
	flag.path = strdup(path);
	if (!flag.path)
		return rr_fail_memory(err);
	hold->flag[hold->n++] = flag;
	return 0;
}

struct find {
	struct rr_hold *hold;
	struct rr_err *err;
};

static int visit_partition(void *ctx, const char *dir)
{
	struct find *find = ctx;
	struct rr_node part;
	int result;

	if (rr_node_facts(dir, &part, find->err) < 0)
		return -1;
	result = hold_add(find->hold, part.path, part.dev, find->err);
	rr_node_clear(&part);
	return result;
}

/* /dev/NAME is what lasts; the path that the person gave may be a link to it, or be elsewhere. */
static const char *lasting_path(const struct rr_node *node, const struct rr_node *now)
{
	struct stat st;

	return stat(now->path, &st) == 0 && S_ISBLK(st.st_mode) && st.st_rdev == node->dev ?
		       now->path :
		       node->path;
}

int rr_hold_find(const struct rr_node *node, struct rr_hold *hold, struct rr_err *err)
{
	rr_autofree char *dir = node->block ? rr_sysfs_dir(RR_SYSFS, node->dev) : NULL;
	struct find find = { hold, err };
	struct rr_node now;
	int result;

	memset(hold, 0, sizeof(*hold));
	if (!node->block)
		return 0;
	if (!dir)
		return rr_fail(err, RR_GONE, 0, "%s is no longer there", node->path);
	if (rr_node_facts(dir, &now, err) < 0)
		return -1;
	result = hold_add(hold, lasting_path(node, &now), node->dev, err);
	rr_node_clear(&now);
	if (!result)
		result = rr_sysfs_each_partition(dir, visit_partition, &find);
	if (result)
		rr_hold_clear(hold);
	return result;
}

/* The flags before the n-th, as they were. */
static void put_back_first(struct rr_hold *hold, size_t n)
{
	while (n-- > 0)
		rr_hold_put_back(hold->flag[n].path, hold->flag[n].dev, hold->flag[n].before);
}

/* All or none: a disk is not held while one way to write it stays open. */
void rr_hold_set(struct rr_hold *hold)
{
	if (hold->why_not[0] || hold->n == 0)
		return;
	for (size_t i = 0; i < hold->n; i++) {
		const struct rr_hold_flag *flag = &hold->flag[i];
		rr_autofd int fd = flag->before ? -1 : open_node(flag->path, flag->dev);

		if (flag->before || (fd >= 0 && flag_set(fd, true) == 0))
			continue;
		cannot(hold, "cannot set the read-only flag of", flag->path, errno);
		put_back_first(hold, i);
		return;
	}
	atomic_store(&hold->set, true);
}

void rr_hold_check(struct rr_hold *hold)
{
	for (size_t i = 0; i < hold->n && atomic_load(&hold->set); i++) {
		const struct rr_hold_flag *flag = &hold->flag[i];
		rr_autofd int fd = open_node(flag->path, flag->dev);
		bool now;

		if (fd < 0 || flag_get(fd, &now) < 0 || now)
			continue;	/* gone, which others find out; or as it should be */
		if (flag_set(fd, true) == 0)
			atomic_fetch_add(&hold->cleared, 1);
		/* Released meanwhile: then this came too late. */
		if (!atomic_load(&hold->set))
			rr_hold_put_back(flag->path, flag->dev, flag->before);
	}
}

void rr_hold_release(struct rr_hold *hold)
{
	if (atomic_exchange(&hold->set, false))
		put_back_first(hold, hold->n);
}

void rr_hold_put_back(const char *path, dev_t dev, bool before)
{
	rr_autofd int fd = open_node(path, dev);
	bool now;

	if (fd < 0)
		return;			/* gone, and its flag with it */
	if (before && flag_get(fd, &now) == 0 && now)
		return;
	(void)flag_set(fd, before);	/* nobody is left who could do more */
}

void rr_hold_clear(struct rr_hold *hold)
{
	for (size_t i = 0; i < hold->n; i++)
		free(hold->flag[i].path);
	free(hold->flag);
	hold->flag = NULL;
	hold->n = 0;
}
