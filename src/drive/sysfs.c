/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sysfs.c - block devices as folders of sysfs: attributes, partitions, holders.
 * Owns: nothing.   Threads: any. */
#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "rawright/fs.h"
#include "rawright/text.h"
#include "sysfs.h"

#define PAGE_MAX 4096	/* no attribute is larger (Documentation/filesystems/sysfs.rst) */

char *rr_sysfs_dir(const char *sys, dev_t dev)
{
	rr_autofree char *link = rr_text_format("%s/dev/block/%u:%u", sys, major(dev), minor(dev));

	return link ? realpath(link, NULL) : NULL;
}

const char *rr_sysfs_name(const char *dir)
{
	const char *slash = strrchr(dir, '/');

	return slash ? slash + 1 : dir;
}

char *rr_sysfs_raw(const char *dir, const char *attr)
{
	rr_autofree char *path = rr_text_format("%s/%s", dir, attr);
	rr_autofd int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char text[PAGE_MAX + 1];
	size_t len;

	if (fd < 0 || rr_pread(fd, text, PAGE_MAX, 0, &len) != 0)
		return NULL;
	text[len] = '\0';
	len = strlen(text);
	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
	return *text ? strdup(text) : NULL;
}

char *rr_sysfs_text(const char *dir, const char *attr)
{
	rr_autofree char *raw = rr_sysfs_raw(dir, attr);
	size_t len, start;

	if (!raw)
		return NULL;
	start = strspn(raw, " \t\n");
	for (len = strlen(raw); len > start && isspace((unsigned char)raw[len - 1]); len--)
		raw[len - 1] = '\0';
	return len > start ? strdup(raw + start) : NULL;
}

uint64_t rr_sysfs_number(const char *dir, const char *attr)
{
	rr_autofree char *text = rr_sysfs_text(dir, attr);

	return text ? strtoull(text, NULL, 10) : 0;
}

bool rr_sysfs_has(const char *dir, const char *attr)
{
	rr_autofree char *path = rr_text_format("%s/%s", dir, attr);
	struct stat st;

	return path && stat(path, &st) == 0;
}

bool rr_sysfs_up(char *dir)
{
	char *slash = strrchr(dir, '/');

	if (!slash || slash == dir)
		return false;
	*slash = '\0';
	return true;
}

char *rr_sysfs_above(const char *dir, const char *attr)
{
	char *above = strdup(dir);

	while (above && rr_sysfs_up(above))
		if (rr_sysfs_has(above, attr))
			return above;
	free(above);
	return NULL;
}

bool rr_sysfs_dev(const char *dir, dev_t *dev)
{
	rr_autofree char *text = rr_sysfs_text(dir, "dev");
	unsigned maj, min;

	if (!text || sscanf(text, "%u:%u", &maj, &min) != 2)
		return false;
	*dev = makedev(maj, min);
	return true;
}

char *rr_sysfs_disk(const char *dir)
{
	size_t parent = (size_t)(rr_sysfs_name(dir) - dir);

	return parent > 1 && rr_sysfs_has(dir, "partition") ? strndup(dir, parent - 1) :
							      strdup(dir);
}

int rr_sysfs_each(const char *dir, const char *sub, rr_sysfs_visit *visit, void *ctx)
{
	rr_autofree char *path = rr_text_format("%s/%s", dir, sub);
	rr_autodir DIR *folder = path ? opendir(path) : NULL;
	int result = 0;

	for (struct dirent *e; !result && folder && (e = readdir(folder)) != NULL;) {
		rr_autofree char *link = NULL, *entry = NULL;

		if (e->d_name[0] == '.')
			continue;
		link = rr_text_format("%s/%s", path, e->d_name);
		entry = link ? realpath(link, NULL) : NULL;
		if (entry)		/* else it went away meanwhile */
			result = visit(ctx, entry);
	}
	return result;
}

/* They are folders of the disk's own, by names that begin with its name: no link is followed. */
int rr_sysfs_each_partition(const char *dir, rr_sysfs_visit *visit, void *ctx)
{
	const char *disk = rr_sysfs_name(dir);
	rr_autodir DIR *folder = rr_sysfs_has(dir, "partition") ? NULL : opendir(dir);
	int result = 0;

	for (struct dirent *e; !result && folder && (e = readdir(folder)) != NULL;) {
		rr_autofree char *entry = NULL;

		if (strncmp(e->d_name, disk, strlen(disk)) != 0)
			continue;
		entry = rr_text_format("%s/%s", dir, e->d_name);
		if (entry && rr_sysfs_has(entry, "partition"))
			result = visit(ctx, entry);
	}
	return result;
}
