/* SPDX-License-Identifier: GPL-3.0-or-later */
/* target.c - a drive opened to be written: exclusively, locked, and proven to be the one that was
 * meant.
 * Owns: its descriptors.   Threads: main opens and closes; the writer and the reader that verifies
 * ask alive.
 *
 * Three things, since each alone leaves a way open: O_EXCL keeps mounts and other holders away,
 * but not a second program that simply opens and writes; flock(2) on the whole disk keeps udev and
 * what listens to it from probing and mounting (systemd.io/BLOCK_DEVICE_LOCKING); the disk sequence
 * number says that this is the drive that was looked at. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "opened.h"
#include "rawright/fs.h"
#include "rawright/io.h"
#include "rawright/size.h"
#include "sysfs.h"

#define PAGE	       4096u /* no segment of a request is smaller, but for the first and last */
#define ONE_REQUEST_MAX (UINT32_C(1) << 30)

struct rr_target {
	struct rr_target_facts facts;
	struct rr_opened opened;
	int lock; /* the whole disk of a partition; -1: fd itself is locked */
};

const struct rr_target_facts *rr_target_facts(const struct rr_target *target)
{
	return &target->facts;
}

int rr_target_alive(void *target, int fd, uint64_t *size_now, struct rr_err *err)
{
	return rr_opened_alive(&((struct rr_target *)target)->opened, fd, size_now, err);
}

int rr_target_same(void *target, int fd, struct rr_err *err)
{
	return rr_opened_same_medium(&((struct rr_target *)target)->opened, fd, err);
}

static int stopped(const struct rr_node *node, struct rr_err *err)
{
	return rr_fail(err, RR_STOPPED, 0, "stopped while %s was held by another program",
		       node->path);
}

static int open_target(const struct rr_node *node, struct rr_target *t, struct rr_err *err)
{
	t->facts.fd = rr_open_exclusive(node->path, O_RDWR);
	if (t->facts.fd >= 0)
		return 0;
	if (errno == EINTR)
		return stopped(node, err);
	if (errno == EBUSY)
		return rr_opened_busy(node, "unmount it or end that, and try again", err);
	return rr_opened_fail(node, true, errno, err);
}

/* udev holds a shared lock while it probes: that passes. */
static int lock_patiently(const struct rr_node *node, int fd, struct rr_err *err)
{
	int failed = flock(fd, LOCK_EX | LOCK_NB);

	for (unsigned waited = 0; failed && errno == EWOULDBLOCK && waited < RR_BUSY_MS;
	     waited += RR_BUSY_STEP_MS) {
		if (poll(NULL, 0, RR_BUSY_STEP_MS) < 0)
			return stopped(node, err);
		failed = flock(fd, LOCK_EX | LOCK_NB);
	}
	if (!failed)
		return 0;
	if (errno == EWOULDBLOCK)
		return rr_opened_busy(node, "its lock (flock) is taken; end that, and try again",
				      err);
	return rr_fail(err, RR_SYSTEM, errno, "cannot lock %s", node->path);
}

/* The whole disk of a partition, and nothing that took its name. */
static int open_disk_of(const struct rr_node *node, const char *dir, struct rr_err *err)
{
	rr_autofree char *disk = rr_sysfs_disk(dir);
	int fd = open(node->parent, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	dev_t dev;

	if (fd < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot lock %s, the disk of %s",
			       node->parent, node->path);
	if (disk && rr_sysfs_dev(disk, &dev) && fstat(fd, &st) == 0 && S_ISBLK(st.st_mode) &&
	    st.st_rdev == dev)
		return fd;
	(void)close(fd); /* nothing was done with it */
	return rr_fail(err, RR_GONE, 0, "%s is not the disk of %s", node->parent, node->path);
}

/* What listens to udev takes the lock of the whole disk. */
static int lock_target(const struct rr_node *node, struct rr_target *t, struct rr_err *err)
{
	if (!node->partition)
		return lock_patiently(node, t->facts.fd, err);
	t->lock = open_disk_of(node, t->opened.dir, err);
	return t->lock < 0 ? -1 : lock_patiently(node, t->lock, err);
}

/* Where media can be exchanged one call makes one request. The kernel goes on with the others of a
 * call when one was refused because of another medium, and that would be overwritten. */
static uint32_t one_request(const struct rr_target *t)
{
	rr_autofree char *disk = rr_sysfs_disk(t->opened.dir);
	uint64_t kib, pages, bytes;

	if (!disk || !t->opened.removable)
		return 0;
	kib = rr_sysfs_number(disk, "queue/max_sectors_kb");
	pages = rr_sysfs_number(disk, "queue/max_segments");
	bytes = rr_min(kib * 1024, rr_max(pages, 2) * PAGE - PAGE);
	return (uint32_t)rr_min(rr_max(rr_align_down(bytes, t->facts.sector), t->facts.sector),
				ONE_REQUEST_MAX);
}

static int check_target(const struct rr_node *node, struct rr_target *t, struct rr_err *err)
{
	int sector = 0, read_only = 0;

	if (rr_opened_check(node, &t->opened, t->facts.fd, &t->facts.size, err) < 0 ||
	    rr_opened_same(node, err) < 0)
		return -1;
	if (ioctl(t->facts.fd, BLKSSZGET, &sector) < 0 ||
	    ioctl(t->facts.fd, BLKROGET, &read_only) < 0)
		return rr_fail(err, RR_GONE, errno, "cannot ask %s for its sector size",
			       node->path);
	t->facts.sector = (uint32_t)sector;
	t->facts.most = one_request(t);
	return read_only ? rr_opened_fail(node, true, EROFS, err) : 0;
}

/* A PC's floppy drive counts a new disk whenever it is opened after a change. */
static bool is_strict(const struct rr_node *node)
{
	return strncmp(node->name, "fd", 2) != 0;
}

int rr_target_open(const struct rr_node *node, struct rr_target **out, struct rr_err *err)
{
	struct rr_target *t = calloc(1, sizeof(*t));

	if (!t)
		return rr_fail_memory(err);
	t->facts.fd = t->lock = -1;
	t->opened.strict = is_strict(node);
	if (rr_opened_expect(node, &t->opened, err) < 0 || open_target(node, t, err) < 0 ||
	    lock_target(node, t, err) < 0 || check_target(node, t, err) < 0) {
		rr_target_close(t);
		return -1;
	}
	t->facts.path = t->opened.path;
	*out = t;
	return 0;
}

/* Takes the facts again under the same name. */
static int probe_again(struct rr_node *node, int fd, struct rr_err *err)
{
	struct rr_node now;
	uint64_t bytes = 0;

	if (rr_drive_probe(node->path, &now, err) < 0)
		return -1;
	rr_node_clear(node);
	*node = now;
	if (ioctl(fd, BLKGETSIZE64, &bytes) < 0 || bytes == 0)
		return rr_opened_fail(node, true, ENOMEDIUM, err);
	node->bytes = bytes;
	return 0;
}

int rr_target_try(const struct rr_node *node, struct rr_err *err)
{
	rr_autofd int fd = open(node->path, O_RDONLY | O_EXCL | O_CLOEXEC);

	if (fd < 0 && errno != EBUSY)
		return rr_opened_fail(node, true, errno, err);
	if (fd < 0 || (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK))
		return rr_opened_busy(node, "end that before it is written", err);
	return 0;
}

int rr_target_edges(int fd, uint64_t size, unsigned char edges[RR_TARGET_EDGES])
{
	const size_t half = RR_TARGET_EDGES / 2;
	size_t a, b;

	if (size < half)
		return -1;
	return rr_pread(fd, edges, half, 0, &a) == 0 && a == half &&
			       rr_pread(fd, edges + half, half, size - half, &b) == 0 && b == half ?
		       0 :
		       -1;
}

bool rr_target_is_certain(const struct rr_node *node)
{
	return node->diskseq != 0 && is_strict(node);
}

int rr_target_look(struct rr_node *node, int *fd, struct rr_err *err)
{
	*fd = open(node->path, O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return rr_opened_fail(node, true, errno, err);
	if (probe_again(node, *fd, err) == 0)
		return 0;
	(void)close(*fd); /* nothing was read from it */
	*fd = -1;
	return -1;
}

void rr_target_reread(struct rr_target *t)
{
	(void)ioctl(t->facts.fd, BLKRRPART); /* EINVAL: it has no partitions; else udev's matter */
}

int rr_target_source(struct rr_target *t, struct rr_source **out, enum rr_how *how,
		     struct rr_err *err)
{
	struct rr_fd_source_conf conf = {
		.name = t->facts.path,
		.fd = fcntl(t->facts.fd, F_DUPFD_CLOEXEC, 3), /* one open file: O_EXCL, lock */
		.size = t->facts.size,
		.sector = t->facts.sector,
		.want_direct = true,
		.alive = rr_target_alive,
		.same = rr_target_same,
		.ctx = t,
	};

	if (conf.fd < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot read %s back", t->facts.path);
	if (rr_fd_source_new(&conf, out, err) < 0)
		return -1;
	*how = atomic_load(&(*out)->direct)		 ? RR_HOW_DIRECT :
	       rr_cache_drop(t->facts.fd, t->facts.size) ? RR_HOW_DROPPED :
							   RR_HOW_CACHE;
	return 0;
}

void rr_target_close(struct rr_target *t)
{
	if (!t)
		return;
	if (t->facts.fd >= 0)
		(void)close(t->facts.fd); /* whatever was written has been flushed, or failed */
	if (t->lock >= 0)
		(void)close(t->lock);
	rr_opened_clear(&t->opened);
	free(t);
}
