/* SPDX-License-Identifier: GPL-3.0-or-later */
/* holder.c - who has a device open, found in /proc only to name it in a message.
 * Owns: nothing.   Threads: any.
 *
 * Processes come and go meanwhile, and those of others cannot be looked into: what cannot be read
 * is passed over. A kernel's own hold (a mount in another namespace, md) is not to be seen here. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "rawright/drive.h"
#include "rawright/fs.h"
#include "rawright/text.h"
#include "sysfs.h"

#define LOOKS_MAX 200000	/* descriptors: a second or two on a busy machine */

struct search {
	dev_t dev[257];		/* the device and its partitions, or a partition and its disk */
	size_t n;
	size_t looks;
};

static int search_add(void *ctx, const char *dir)
{
	struct search *s = ctx;
	dev_t dev;

	if (s->n < sizeof(s->dev) / sizeof(*s->dev) && rr_sysfs_dev(dir, &dev))
		s->dev[s->n++] = dev;
	return 0;
}

/* O_EXCL of a disk is refused when a partition is held, and the other way round. */
static void search_fill(struct search *s, dev_t dev)
{
	rr_autofree char *dir = rr_sysfs_dir(RR_SYSFS, dev);
	rr_autofree char *disk = dir ? rr_sysfs_disk(dir) : NULL;

	s->dev[s->n++] = dev;
	if (disk && strcmp(disk, dir) != 0)
		(void)search_add(s, disk);			/* always 0 */
	else if (disk)
		(void)rr_sysfs_each_partition(disk, search_add, s);	/* always 0 */
}

/* The name is asked first: a stat(2) of a file on a dead network server would not come back. */
static bool is_match(const struct search *s, int folder, const char *fd)
{
	char link[64];
	ssize_t len = readlinkat(folder, fd, link, sizeof(link));
	struct stat st;

	if (len < 5 || memcmp(link, "/dev/", 5) != 0)
		return false;
	if (fstatat(folder, fd, &st, 0) < 0 || !S_ISBLK(st.st_mode))
		return false;
	for (size_t i = 0; i < s->n; i++)
		if (s->dev[i] == st.st_rdev)
			return true;
	return false;
}

static bool process_matches(struct search *s, const char *pid)
{
	rr_autofree char *path = rr_text_format("/proc/%s/fd", pid);
	rr_autodir DIR *folder = path ? opendir(path) : NULL;

	for (struct dirent *e; folder && s->looks < LOOKS_MAX && (e = readdir(folder)) != NULL;
	     s->looks++)
		if (is_match(s, dirfd(folder), e->d_name))
			return true;
	return false;
}

static char *process_name(const char *pid)
{
	rr_autofree char *path = rr_text_format("/proc/%s/comm", pid);
	rr_autofree char *name = path ? rr_file_line(path) : NULL;

	return name ? rr_text_format("%s (%s)", name, pid) : rr_text_format("process %s", pid);
}

char *rr_guard_holder(const struct rr_node *node)
{
	struct search s = { .n = 0 };
	rr_autodir DIR *proc = opendir("/proc");

	if (!node->block)
		return NULL;
	search_fill(&s, node->dev);
	for (struct dirent *e; proc && (e = readdir(proc)) != NULL;) {
		if (!isdigit((unsigned char)e->d_name[0]) ||
		    strtol(e->d_name, NULL, 10) == getpid())
			continue;
		if (process_matches(&s, e->d_name))
			return process_name(e->d_name);
	}
	return NULL;
}
