/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disk.c - a block device opened to be read: nobody else uses it, and it is the one that was meant.
 * Owns: the descriptor until the source has it.   Threads: main opens, the reader asks alive(). */
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

#include "file.h"
#include "rawright/drive.h"
#include "rawright/io.h"
#include "rawright/size.h"
#include "rawright/text.h"
#include "sysfs.h"

#define BUSY_MS	     5000u /* so long a device that somebody holds is asked for again */
#define BUSY_STEP_MS 100

/* What the device was when it was opened, to be found the same by alive(). */
struct disk {
	char *path; /* as the person knows it */
	char *dir; /* its folder in sysfs */
	dev_t dev;
	uint64_t diskseq; /* 0: not known */
	bool optical, floppy; /* floppy: of the PC's own controller */
	struct rr_hold *hold;
};

static void disk_free(void *ctx)
{
	struct disk *d = ctx;

	if (!d)
		return;
	free(d->path);
	free(d->dir);
	free(d);
}

/* BLKGETDISKSEQ came with kernel 5.15; 0: not known. */
static uint64_t ask_diskseq(int fd)
{
	uint64_t seq = 0;

	return ioctl(fd, BLKGETDISKSEQ, &seq) == 0 ? seq : 0;
}

/* The kernel goes on telling the size of a disc or diskette that was taken out. */
static bool is_medium_out(const struct disk *d, int fd)
{
	struct floppy_drive_struct floppy = { .flags = 0 };

	if (d->optical) {
		int status = ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT);

		return status == CDS_NO_DISC || status == CDS_TRAY_OPEN;
	}
	if (d->floppy && ioctl(fd, FDPOLLDRVSTAT, &floppy) == 0)
		return (floppy.flags & (FD_DISK_CHANGED | FD_DISK_NEWCHANGE)) != 0;
	return false;
}

static int disk_alive(void *ctx, int fd, uint64_t *size_now, struct rr_err *err)
{
	struct disk *d = ctx;
	dev_t dev;

	if (ioctl(fd, BLKGETSIZE64, size_now) < 0)
		return rr_fail(err, RR_GONE, errno, "%s went away", d->path);
	if (*size_now == 0 || !rr_sysfs_dev(d->dir, &dev) || dev != d->dev)
		return rr_fail(err, RR_GONE, 0, "%s went away", d->path);
	if (d->diskseq && ask_diskseq(fd) != d->diskseq)
		return rr_fail(err, RR_GONE, 0, "the medium in %s was changed", d->path);
	if (is_medium_out(d, fd))
		return rr_fail(err, RR_GONE, 0, "the medium in %s was taken out or changed",
			       d->path);
	if (d->hold)
		rr_hold_check(d->hold);
	return 0;
}

static int refuse_use(const struct rr_node *node, const struct rr_use *use, struct rr_err *err)
{
	static const char *const anyway = "or read it as it is with --allow-mounted";

	if (use->mounted_rw)
		return rr_fail(err, RR_REFUSED, 0,
			       "%s is mounted on %s and may change while it is read: unmount "
			       "it, %s",
			       node->path, use->where, anyway);
	if (use->swap)
		return rr_fail(err, RR_REFUSED, 0,
			       "%s is in use as swap space: turn it off (swapoff), %s", node->path,
			       anyway);
	return rr_fail(err, RR_REFUSED, 0,
		       "%s is in use by %s, which is built on it: stop that, %s", node->path,
		       use->stack, anyway);
}

static int refuse_busy(const struct rr_node *node, struct rr_err *err)
{
	rr_autofree char *holder = rr_guard_holder(node);

	return rr_fail(err, RR_REFUSED, EBUSY,
		       "%s is held by %s: end that, or read it as it is with "
		       "--allow-mounted",
		       node->path,
		       holder ? holder :
				"something that /proc does not show (a mount of another namespace, "
				"a RAID)");
}

static int fail_open(const struct rr_node *node, int os, struct rr_err *err)
{
	bool floppy = strcmp(node->kind, "floppy") == 0;

	if (os == ENOMEDIUM || (os == ENXIO && floppy))
		return rr_fail(err, RR_GONE, os, "there is no medium in %s: put one in",
			       node->path);
	if (os == ENXIO || os == ENODEV || os == ENOENT)
		return rr_fail(err, RR_GONE, os, "%s went away", node->path);
	if (os == EACCES || os == EPERM)
		return rr_fail(err, RR_SYSTEM, os,
			       "you may not read %s: become root, or join the group that "
			       "owns it (ls -l %s)",
			       node->path, node->path);
	return rr_fail(err, RR_SYSTEM, os, "cannot open %s", node->path);
}

/* A program that was ended while its drive did not answer holds the device until it does; most
 * others let go as soon. A signal ends the wait. */
static int open_exclusive(const char *path)
{
	int fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);

	for (unsigned waited = 0; fd < 0 && errno == EBUSY && waited < BUSY_MS;
	     waited += BUSY_STEP_MS) {
		if (poll(NULL, 0, BUSY_STEP_MS) < 0)
			return -1; /* EINTR */
		fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);
	}
	return fd;
}

/* The descriptor, or -1. O_EXCL of a device is refused while a file system or another holder has
 * claimed it (open(2)); it keeps others from mounting it later. */
static int open_disk(const struct rr_node *node, const struct rr_use *use, bool allowed,
		     bool *exclusive, struct rr_err *err)
{
	int fd = -1;

	*exclusive = !use->mounted_ro;
	if (*exclusive)
		fd = open_exclusive(node->path);
	if (fd < 0 && *exclusive && errno == EINTR)
		return rr_fail(err, RR_STOPPED, 0, "stopped while %s was held by another program",
			       node->path);
	if (fd < 0 && *exclusive && errno == EBUSY) {
		if (!allowed)
			return refuse_busy(node, err);
		*exclusive = false;
	}
	if (fd < 0 && !*exclusive)
		fd = open(node->path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? fail_open(node, errno, err) : fd;
}

/* Any opening makes the kernel look for a change of medium, and one that it finds counts as a new
 * disk (block/disk-events.c): where media come and go a new number alone is no sign of another
 * drive. */
static bool opening_may_count(const struct rr_node *node)
{
	return node->removable || strcmp(node->kind, "floppy") == 0 ||
	       strcmp(node->kind, "optical") == 0;
}

static int fail_changed(const struct rr_node *node, struct rr_err *err)
{
	return rr_fail(err, RR_GONE, 0,
		       "%s is not what it was a moment ago: another drive or medium took its "
		       "place; look with \"rawright list\" and try again",
		       node->path);
}

static int check_sizes(const struct rr_node *node, const struct disk *d, int fd, uint64_t *size,
		       struct rr_err *err)
{
	char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT];
	uint64_t sysfs;

	if (ioctl(fd, BLKGETSIZE64, size) < 0)
		return rr_fail(err, RR_GONE, errno, "cannot ask %s for its size", node->path);
	if (*size == 0)
		return fail_open(node, ENOMEDIUM, err);
	sysfs = rr_sysfs_number(d->dir, "size") * 512; /* asked now: stale before the opening */
	if (*size != sysfs)
		return rr_fail(err, RR_GONE, 0,
			       "%s has %s bytes as it was opened and %s bytes in /sys: it is "
			       "being changed; try again",
			       node->path, rr_size_grouped(a, *size), rr_size_grouped(b, sysfs));
	if (node->bytes && *size != node->bytes &&
	    (!opening_may_count(node) || d->diskseq == node->diskseq))
		return rr_fail(err, RR_GONE, 0,
			       "%s has %s bytes and had %s bytes a moment ago: it is another "
			       "medium, or is being changed; try again",
			       node->path, rr_size_grouped(a, *size),
			       rr_size_grouped(b, node->bytes));
	return 0;
}

/* Is what was opened the device that was meant? Notes what alive() will hold it against. */
static int check_opened(const struct rr_node *node, struct disk *d, int fd, uint64_t *size,
			struct rr_err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot inspect %s", node->path);
	if (!S_ISBLK(st.st_mode) || st.st_rdev != node->dev)
		return fail_changed(node, err);
	d->diskseq = ask_diskseq(fd);
	if (d->diskseq && node->diskseq && d->diskseq != node->diskseq && !opening_may_count(node))
		return fail_changed(node, err);
	return check_sizes(node, d, fd, size, err);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* A new disk sequence number: still the same drive? */
static int check_again(const struct rr_node *node, struct rr_err *err)
{
	struct rr_node now;
	bool same;

	if (!opening_may_count(node))
		return fail_changed(node, err);
	if (rr_drive_probe(node->path, &now, err) < 0)
		return -1;
	same = now.dev == node->dev && same_text(now.serial, node->serial) &&
	       same_text(now.vendor, node->vendor) && same_text(now.model, node->model) &&
	       (now.bytes == node->bytes || !now.bytes || !node->bytes);
	rr_node_clear(&now);
	return same ? 0 : fail_changed(node, err);
}

/* What must hold before the opening; fills d. */
static int check_before(const struct rr_node *node, struct disk *d, struct rr_err *err)
{
	uint64_t seq = 0;
	rr_autofree char *disk = NULL;

	d->dir = rr_sysfs_dir(RR_SYSFS, node->dev);
	if (!d->dir)
		return rr_fail(err, RR_GONE, 0, "%s went away", node->path);
	disk = rr_sysfs_disk(d->dir);
	d->path = strdup(node->path);
	if (!disk || !d->path)
		return rr_fail_memory(err);
	d->dev = node->dev;
	d->optical = strcmp(node->kind, "optical") == 0;
	d->floppy = strncmp(rr_sysfs_name(disk), "fd", 2) == 0;
	seq = rr_sysfs_number(disk, "diskseq");
	return seq && node->diskseq && seq != node->diskseq ? check_again(node, err) : 0;
}

/* Takes fd and d over, also on failure. */
static int make_source(const struct rr_node *node, struct disk *d, int fd, struct rr_source **out,
		       struct rr_err *err)
{
	struct rr_fd_source_conf conf = {
		.name = node->path,
		.fd = fd,
		.want_direct = true,
		.alive = disk_alive,
		.free_ctx = disk_free,
		.ctx = d,
	};
	int sector = 0, result;

	result = check_opened(node, d, fd, &conf.size, err);
	if (!result && ioctl(fd, BLKSSZGET, &sector) < 0)
		result = rr_fail(err, RR_GONE, errno, "cannot ask %s for its sector size",
				 node->path);
	if (result < 0) {
		(void)close(fd); /* nothing was read from it */
		disk_free(d);
		return -1;
	}
	conf.sector = (uint32_t)sector;
	return rr_fd_source_new(&conf, out, err);
}

static int disk_open(const struct rr_node *node, const struct rr_open_conf *conf,
		     struct rr_source **out, bool *exclusive, struct rr_err *err)
{
	__attribute__((cleanup(rr_use_clear))) struct rr_use use = { .where = NULL };
	struct disk *d;
	int fd;

	if (rr_guard_use(NULL, node, &use, err) < 0)
		return -1;
	if ((use.mounted_rw || use.swap || use.stack) && !conf->allow_mounted)
		return refuse_use(node, &use, err);
	d = calloc(1, sizeof(*d));
	if (!d)
		return rr_fail_memory(err);
	d->hold = conf->hold;
	fd = check_before(node, d, err) < 0 ?
		     -1 :
		     open_disk(node, &use, conf->allow_mounted, exclusive, err);
	if (fd < 0) {
		disk_free(d);
		return -1;
	}
	return make_source(node, d, fd, out, err);
}

int rr_drive_open(const struct rr_node *node, const struct rr_open_conf *conf,
		  struct rr_source **out, bool *exclusive, struct rr_err *err)
{
	bool got = false;

	*exclusive = false;
	if (!node->block)
		return rr_file_open(node, out, err);
	if (disk_open(node, conf, out, &got, err) < 0)
		return -1;
	*exclusive = got;
	return 0;
}
