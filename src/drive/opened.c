/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opened.c - a block device opened: is it still the one that was meant, and is it still there?
 * Owns: the texts of an rr_opened.   Threads: main opens; who reads or writes asks alive. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <linux/fd.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "opened.h"
#include "rawright/size.h"
#include "sysfs.h"

void rr_opened_clear(struct rr_opened *o)
{
	free(o->path);
	free(o->dir);
	memset(o, 0, sizeof(*o));
}

/* BLKGETDISKSEQ came with kernel 5.15; 0: not known. */
static uint64_t ask_diskseq(int fd)
{
	uint64_t seq = 0;

	return ioctl(fd, BLKGETDISKSEQ, &seq) == 0 ? seq : 0;
}

/* The kernel goes on telling the size of a disc or diskette that was taken out. */
static bool is_medium_out(const struct rr_opened *o, int fd)
{
	struct floppy_drive_struct floppy = { .flags = 0 };

	if (o->optical) {
		int status = ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT);

		return status == CDS_NO_DISC || status == CDS_TRAY_OPEN;
	}
	if (o->floppy && ioctl(fd, FDPOLLDRVSTAT, &floppy) == 0)
		return (floppy.flags & (FD_DISK_CHANGED | FD_DISK_NEWCHANGE)) != 0;
	return false;
}

void rr_drive_prompt(const char *path)
{
	struct stat st;
	int fd = -1;

	if (stat(path, &st) == 0 && S_ISBLK(st.st_mode))
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0)
		(void)close(fd); /* nothing was done with it */
}

static int fail_medium(const struct rr_opened *o, struct rr_err *err)
{
	return rr_fail(err, RR_GONE, 0, "the medium in %s was taken out or changed", o->path);
}

int rr_opened_same_medium(void *ctx, int fd, struct rr_err *err)
{
	const struct rr_opened *o = ctx;

	return o->diskseq && ask_diskseq(fd) != o->diskseq ? fail_medium(o, err) : 0;
}

/* A drive tells of an exchange once, by refusing a command (SAM-5: unit attention).
 * Whoever sent that command hears an error, and the kernel refuses what follows, until it looked at
 * the drive anew (drivers/scsi/sd.c, sd_check_events()); then the new medium is read and written
 * through the old descriptor. An opening makes it look now, and count. */
static void look_for_change(const struct rr_opened *o, int fd)
{
	char self[32];

	if (!o->removable || o->floppy)
		return;
	(void)snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
	rr_drive_prompt(self);
}

int rr_opened_alive(void *ctx, int fd, uint64_t *size_now, struct rr_err *err)
{
	struct rr_opened *o = ctx;
	dev_t dev;

	if (is_medium_out(o, fd))
		return fail_medium(o, err);
	look_for_change(o, fd);
	if (ioctl(fd, BLKGETSIZE64, size_now) < 0)
		return rr_fail(err, RR_GONE, errno, "%s went away", o->path);
	if (*size_now == 0 || !rr_sysfs_dev(o->dir, &dev) || dev != o->dev)
		return rr_fail(err, RR_GONE, 0, "%s went away", o->path);
	/* a stick that is being pulled out may look like a change of medium for a moment */
	if (rr_opened_same_medium(o, fd, err) < 0)
		return -1;
	if (o->hold)
		rr_hold_check(o->hold);
	return 0;
}

int rr_open_exclusive(const char *path, int mode)
{
	int fd = open(path, mode | O_EXCL | O_CLOEXEC);

	for (unsigned waited = 0; fd < 0 && errno == EBUSY && waited < RR_BUSY_MS;
	     waited += RR_BUSY_STEP_MS) {
		if (poll(NULL, 0, RR_BUSY_STEP_MS) < 0)
			return -1; /* EINTR */
		fd = open(path, mode | O_EXCL | O_CLOEXEC);
	}
	return fd;
}

int rr_opened_fail(const struct rr_node *node, bool write, int os, struct rr_err *err)
{
	bool floppy = strcmp(node->kind, "floppy") == 0;

	if (os == ENOMEDIUM || (os == ENXIO && floppy))
		return rr_fail(err, RR_GONE, 0, "there is no medium in %s: put one in", node->path);
	if (os == ENXIO || os == ENODEV || os == ENOENT)
		return rr_fail(err, RR_GONE, os, "%s went away", node->path);
	if (os == EROFS && write)
		return rr_fail(err, RR_REFUSED, os,
			       "%s is write-protected: look for a lock switch or tab on the medium",
			       node->path);
	if (os == EACCES || os == EPERM)
		return rr_fail(err, RR_SYSTEM, os,
			       "you may not %s %s: become root, or join the group that "
			       "owns it (ls -l %s)",
			       write ? "write" : "read", node->path, node->path);
	return rr_fail(err, RR_SYSTEM, os, "cannot open %s", node->path);
}

int rr_opened_busy(const struct rr_node *node, const char *what, struct rr_err *err)
{
	rr_autofree char *holder = rr_guard_holder(node);

	return rr_fail(err, RR_REFUSED, EBUSY, "%s is held by %s: %s", node->path,
		       holder ? holder :
				"something that /proc does not show (a mount of another namespace, "
				"a RAID)",
		       what);
}

/* Any opening makes the kernel look for a change of medium, and one that it finds counts as a new
 * disk (block/disk-events.c): where media come and go a new number alone is no sign of another
 * drive. Who wants it strict has opened the drive once already before the number was asked for. */
static bool opening_may_count(const struct rr_node *node, const struct rr_opened *o)
{
	return !o->strict && (node->removable || strcmp(node->kind, "floppy") == 0 ||
			      strcmp(node->kind, "optical") == 0);
}

static int fail_changed(const struct rr_node *node, struct rr_err *err)
{
	return rr_fail(err, RR_GONE, 0,
		       "%s is not what it was a moment ago: another drive or medium took its "
		       "place; look with \"rawright list\" and try again",
		       node->path);
}

static int check_sizes(const struct rr_node *node, const struct rr_opened *o, int fd,
		       uint64_t *size, struct rr_err *err)
{
	char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT];
	uint64_t sysfs;

	if (ioctl(fd, BLKGETSIZE64, size) < 0)
		return rr_fail(err, RR_GONE, errno, "cannot ask %s for its size", node->path);
	if (*size == 0)
		return rr_opened_fail(node, false, ENOMEDIUM, err);
	sysfs = rr_sysfs_number(o->dir, "size") * 512; /* asked now: stale before the opening */
	if (*size != sysfs)
		return rr_fail(err, RR_GONE, 0,
			       "%s has %s bytes as it was opened and %s bytes in /sys: it is "
			       "being changed; try again",
			       node->path, rr_size_grouped(a, *size), rr_size_grouped(b, sysfs));
	if (node->bytes && *size != node->bytes &&
	    (!opening_may_count(node, o) || o->diskseq == node->diskseq))
		return rr_fail(err, RR_GONE, 0,
			       "%s has %s bytes and had %s bytes a moment ago: it is another "
			       "medium, or is being changed; try again",
			       node->path, rr_size_grouped(a, *size),
			       rr_size_grouped(b, node->bytes));
	return 0;
}

int rr_opened_check(const struct rr_node *node, struct rr_opened *o, int fd, uint64_t *size,
		    struct rr_err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot inspect %s", node->path);
	if (!S_ISBLK(st.st_mode) || st.st_rdev != node->dev)
		return fail_changed(node, err);
	o->diskseq = ask_diskseq(fd);
	if (o->diskseq && node->diskseq && o->diskseq != node->diskseq &&
	    !opening_may_count(node, o))
		return fail_changed(node, err);
	return check_sizes(node, o, fd, size, err);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

int rr_opened_same(const struct rr_node *node, struct rr_err *err)
{
	struct rr_node now;
	bool same;

	if (rr_drive_probe(node->path, &now, err) < 0)
		return -1;
	same = now.dev == node->dev && same_text(now.serial, node->serial) &&
	       same_text(now.vendor, node->vendor) && same_text(now.model, node->model) &&
	       (now.bytes == node->bytes || !now.bytes || !node->bytes);
	rr_node_clear(&now);
	return same ? 0 : fail_changed(node, err);
}

int rr_opened_expect(const struct rr_node *node, struct rr_opened *o, struct rr_err *err)
{
	rr_autofree char *disk = NULL;
	uint64_t seq;

	o->dir = rr_sysfs_dir(RR_SYSFS, node->dev);
	if (!o->dir)
		return rr_fail(err, RR_GONE, 0, "%s went away", node->path);
	disk = rr_sysfs_disk(o->dir);
	o->path = strdup(node->path);
	if (!disk || !o->path)
		return rr_fail_memory(err);
	o->dev = node->dev;
	o->optical = strcmp(node->kind, "optical") == 0;
	o->removable = node->removable || o->optical;
	o->floppy = strncmp(rr_sysfs_name(disk), "fd", 2) == 0;
	seq = rr_sysfs_number(disk, "diskseq");
	if (!seq || !node->diskseq || seq == node->diskseq)
		return 0;
	return opening_may_count(node, o) ? rr_opened_same(node, err) : fail_changed(node, err);
}
