/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look.c - looks at a drive or an image file: from outside, then opened for reading.
 * Owns: the descriptor, while it looks.   Threads: main, and the one of rr_aside(). */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "look.h"
#include "rawright/floppy_format.h"
#include "rawright/fs.h"
#include "rawright/text.h"

#define FILE_GROUP "file"

static char *text_of(const struct rr_err *err)
{
	return strdup(err->text);	/* NULL: without memory nothing is said */
}

void rr_info_clear(struct rr_info *info)
{
	rr_node_clear(&info->node);
	rr_use_clear(&info->use);
	rr_content_clear(&info->content);
	rr_fact_list_clear(&info->about);
	rr_fact_list_clear(&info->facts);
	for (size_t i = 0; i < info->nbeside; i++) {
		free(info->beside[i].path);
		free(info->beside[i].text);
	}
	free(info->beside);
	free(info->unpack);
	free(info->trouble);
	free(info->unknown);
	*info = (struct rr_info){ 0 };
}

/* What cannot be known is told, and is no failure: it is not what was asked for. */
static void look_at_use(struct rr_info *info)
{
	struct rr_guard *guard = NULL;
	struct rr_want want = { .target = &info->node };
	struct rr_err err;

	if (rr_guard_new(&guard, &err) < 0) {
		info->unknown = text_of(&err);
		return;
	}
	want.guard = guard;
	info->use_known = rr_guard_use(guard, &info->node, &info->use, &err) == 0;
	info->judged = info->use_known && rr_rules_judge(&want, &info->verdict, &err) == 0;
	if (!info->judged)
		info->unknown = text_of(&err);
	else if (rr_guard_blind(guard))
		info->unknown = strdup(rr_guard_blind(guard));
	rr_guard_free(guard);
}

int rr_look_outside(const char *path, struct rr_info *info, struct rr_err *err)
{
	if (rr_drive_probe(path, &info->node, err) < 0)
		return -1;
	if (info->node.block)
		look_at_use(info);
	return 0;
}

static int fail_open(const struct rr_node *node, int os, struct rr_err *err)
{
	bool floppy = strcmp(node->kind, "floppy") == 0;

	if (os == ENOMEDIUM || (os == ENXIO && floppy))
		return rr_fail(err, RR_GONE, 0, "there is no medium in %s", node->path);
	if (os == EACCES || os == EPERM)
		return rr_fail(err, RR_SYSTEM, os,
			       "you may not read %s, so what is on it is not known for sure: "
			       "become root, or join the group that owns it (ls -l %s)",
			       node->path, node->path);
	return rr_fail(err, RR_SYSTEM, os, "cannot open %s", node->path);
}

/* A plain opening would draw the tray in (drivers/cdrom/cdrom.c, open_for_data()): it is asked for
 * first, by an opening that does nothing. */
static int check_tray(const struct rr_node *node, struct rr_err *err)
{
	rr_autofd int fd = open(node->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	int status = fd < 0 ? -1 : ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT);

	if (fd < 0)
		return fail_open(node, errno, err);
	if (status == CDS_TRAY_OPEN)
		return rr_fail(err, RR_GONE, 0, "the tray of %s is open", node->path);
	if (status == CDS_NO_DISC)
		return rr_fail(err, RR_GONE, 0, "there is no disc in %s", node->path);
	if (status == CDS_DRIVE_NOT_READY)
		return rr_fail(err, RR_GONE, 0, "%s is not ready: try again in some seconds",
			       node->path);
	return 0;
}

/* O_NONBLOCK: whatever has taken a file's place, opening it must not wait. For a drive it would
 * mean that nobody looks for a medium. */
static int open_target(const struct rr_node *node, struct rr_err *err)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (node->block ? 0 : O_NONBLOCK), fd;
	struct stat st;

	if (strcmp(node->kind, "optical") == 0 && check_tray(node, err) < 0)
		return -1;
	fd = open(node->path, flags);
	if (fd < 0)
		return fail_open(node, errno, err);
	if (fstat(fd, &st) == 0 && (node->block ? S_ISBLK(st.st_mode) && st.st_rdev == node->dev :
						  S_ISREG(st.st_mode)))
		return fd;
	(void)close(fd);	/* nothing was read */
	return rr_fail(err, RR_GONE, 0, "%s is not what it was a moment ago", node->path);
}

static int find_size(struct rr_info *info, int fd, struct rr_err *err)
{
	off_t size = lseek(fd, 0, SEEK_END);
	int sector = 0;

	if (size < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot ask %s for its size",
			       info->node.path);
	if (size == 0 && info->node.block)
		return fail_open(&info->node, ENOMEDIUM, err);
	info->size = (uint64_t)size;
	if (info->node.block && ioctl(fd, BLKSSZGET, &sector) == 0 && sector > 0)
		info->sector = (uint32_t)sector;
	else if (!info->sector)
		info->sector = rr_inspect_sector(fd, 512);
	info->opened = true;
	return 0;
}

static void count_sectors(struct rr_info *info, uint32_t sector)
{
	static const char *const keys[] = { "sectors of 512", "sectors of 2,048",
					     "sectors of 4,096" };
	const char *key = keys[sector == 512 ? 0 : sector == 2048 ? 1 : 2];
	uint64_t n = info->size / sector, over = info->size % sector;
	char count[RR_SIZE_TEXT], rest[RR_SIZE_TEXT];

	rr_size_grouped(count, n);
	if (over)
		rr_fact_number(&info->about, FILE_GROUP, key, n,
			       "%s, and %s bytes more", count, rr_size_grouped(rest, over));
	else
		rr_fact_number(&info->about, FILE_GROUP, key, n, "%s", count);
}

static void find_floppy(struct rr_info *info)
{
	const struct rr_floppy_format *format = NULL;

	while ((format = rr_floppy_format_of_size(info->size, format)) != NULL)
		rr_fact_add(&info->about, FILE_GROUP, "as a floppy", "%s", format->name);
}

static void look_at_file(struct rr_info *info, int fd)
{
	char bytes[RR_SIZE_TEXT];
	struct stat st;
	uint64_t stored;

	count_sectors(info, 512);
	count_sectors(info, 2048);
	count_sectors(info, 4096);
	find_floppy(info);
	if (fstat(fd, &st) == 0) {
		stored = (uint64_t)st.st_blocks * 512;
		if (stored < info->size)
			rr_fact_number(&info->about, FILE_GROUP, "stored", stored,
				       "%s bytes: the rest is holes, or compressed by the file "
				       "system",
				       rr_size_grouped(bytes, stored));
	}
	if (info->size == 0)
		rr_fact_doubt(&info->about, FILE_GROUP, "the file is empty");
}

/* The drive knows better how large its disc is than the kernel does after an error. */
static int look_at_disc(struct rr_info *info, int fd, struct rr_err *err)
{
	uint64_t kernel = info->size / RR_DISC_SECTOR;
	struct rr_disc disc;

	if (rr_disc_ask(fd, info->node.path, &disc, err) < 0)
		return -1;
	if (disc.known && kernel < UINT32_MAX)
		info->size = (uint64_t)rr_disc_sectors(&disc, (uint32_t)kernel) * RR_DISC_SECTOR;
	rr_disc_facts(&disc, info->size, &info->facts);
	return 0;
}

static int look_at_format(struct rr_info *info, int fd, struct rr_err *err)
{
	uint64_t size = info->node.block ? 0 : info->size;
	int rc = rr_inspect_file(fd, info->node.path, size, &info->container, err);
	const struct rr_container *c = info->container;
	const char *command = c ? (c->unpack ? c->unpack : c->convert) : NULL;

	if (!command)
		return rc;
	info->unpack = rr_container_command(command, info->node.path);
	info->facts.fail |= !info->unpack;
	return rc;
}

static int check_parts(const struct rr_info *info, struct rr_err *err)
{
	for (size_t i = 0; i < info->content.n; i++)
		if (info->content.part[i].fs &&
		    strcmp(info->content.part[i].fs, RR_FS_UNREADABLE) == 0)
			return rr_fail(err, RR_MEDIUM, 0,
				       "not all of %s can be read: what is \"unreadable\" above "
				       "is not known",
				       info->node.path);
	return 0;
}

/* Each looks, whatever became of those before; the first trouble is told. */
static int look_at_content(struct rr_info *info, int fd, struct rr_err *err)
{
	const struct rr_subject subject = {
		.fd = fd,
		.name = info->node.path,
		.size = info->size,
		.sector = info->sector,
		.content = &info->content,
	};
	struct rr_err later;
	int rc = look_at_format(info, fd, err);

	if (rr_inspect_content(fd, info->node.path, info->sector, info->size, &info->content,
			       rc ? &later : err) < 0)
		rc = -1;
	if (check_parts(info, rc ? &later : err) < 0)
		rc = -1;
	for (size_t i = 0; rr_inspectors[i]; i++)
		if (rr_inspectors[i]->look(&subject, &info->facts, rc ? &later : err) < 0)
			rc = -1;
	return rc;
}

int rr_look_inside(struct rr_info *info)
{
	struct rr_err err = { 0 };
	rr_autofd int fd = open_target(&info->node, &err);
	int rc = fd < 0 ? -1 : find_size(info, fd, &err);

	if (!rc && !info->node.block)
		look_at_file(info, fd);
	if (!rc && strcmp(info->node.kind, "optical") == 0)
		rc = look_at_disc(info, fd, &err);
	if (!rc)
		rc = look_at_content(info, fd, &err);
	if (!rc)
		return RR_EXIT_OK;
	info->trouble = text_of(&err);
	return err.kind == RR_GONE ? RR_EXIT_GONE : RR_EXIT_FAILED;
}
