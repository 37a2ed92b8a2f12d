/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disk.c - a block device opened to be read: nobody else uses it, and it is the one that was meant.
 * Owns: the descriptor until the source has it.   Threads: main opens, the reader asks alive(). */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>

#include "disc_source.h"
#include "file.h"
#include "opened.h"
#include "rawright/drive.h"
#include "rawright/io.h"

static void opened_free(void *ctx)
{
	struct rr_opened *o = ctx;

	rr_opened_clear(o);
	free(o);
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

/* The descriptor, or -1. O_EXCL of a device is refused while a file system or another holder has
 * claimed it (open(2)); it keeps others from mounting it later. */
static int open_disk(const struct rr_node *node, const struct rr_use *use, bool allowed,
		     bool *exclusive, struct rr_err *err)
{
	int fd = -1;

	*exclusive = !use->mounted_ro;
	if (*exclusive)
		fd = rr_open_exclusive(node->path, O_RDONLY);
	if (fd < 0 && *exclusive && errno == EINTR)
		return rr_fail(err, RR_STOPPED, 0, "stopped while %s was held by another program",
			       node->path);
	if (fd < 0 && *exclusive && errno == EBUSY) {
		if (!allowed)
			return rr_opened_busy(
				node, "end that, or read it as it is with --allow-mounted", err);
		*exclusive = false;
	}
	if (fd < 0 && !*exclusive)
		fd = open(node->path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? rr_opened_fail(node, false, errno, err) : fd;
}

/* Takes fd and o over, also on failure. */
static int make_source(const struct rr_node *node, struct rr_opened *o, int fd,
		       struct rr_source **out, struct rr_err *err)
{
	struct rr_fd_source_conf conf = {
		.name = node->path,
		.fd = fd,
		.want_direct = true,
		.alive = rr_opened_alive,
		.same = rr_opened_same_medium,
		.free_ctx = opened_free,
		.ctx = o,
	};
	int sector = 0, result;

	result = rr_opened_check(node, o, fd, &conf.size, err);
	if (!result && ioctl(fd, BLKSSZGET, &sector) < 0)
		result = rr_fail(err, RR_GONE, errno, "cannot ask %s for its sector size",
				 node->path);
	if (result < 0) {
		(void)close(fd); /* nothing was read from it */
		opened_free(o);
		return -1;
	}
	conf.sector = (uint32_t)sector;
	return rr_fd_source_new(&conf, out, err);
}

/* Of an optical drive the disc is asked, and read with all that it has. */
static int make_disc_source(const struct rr_node *node, struct rr_opened *o, int fd,
			    struct rr_disc *disc, struct rr_source **out, struct rr_err *err)
{
	struct rr_source *inner;
	struct rr_disc own;
	uint64_t now;

	if (!disc)
		disc = &own;
	if (make_source(node, o, fd, &inner, err) < 0)
		return -1;
	if (rr_disc_ask(fd, node->path, disc, err) < 0 ||
	    inner->ops->alive(inner, &now, err) < 0) { /* what was asked is of this medium */
		rr_source_close(inner);
		return -1;
	}
	if (disc->known && !node->partition && inner->sector == RR_DISC_SECTOR &&
	    inner->size / RR_DISC_SECTOR < UINT32_MAX)
		return rr_disc_source_new(inner, fd, disc, out, err);
	disc->known = false;
	*out = inner;
	return 0;
}

static int disk_open(const struct rr_node *node, const struct rr_open_conf *conf,
		     struct rr_source **out, bool *exclusive, struct rr_err *err)
{
	__attribute__((cleanup(rr_use_clear))) struct rr_use use = { .where = NULL };
	struct rr_opened *o;
	int fd;

	if (rr_guard_use(NULL, node, &use, err) < 0)
		return -1;
	if ((use.mounted_rw || use.swap || use.stack) && !conf->allow_mounted)
		return refuse_use(node, &use, err);
	o = calloc(1, sizeof(*o));
	if (!o)
		return rr_fail_memory(err);
	o->hold = conf->hold;
	fd = rr_opened_expect(node, o, err) < 0 ?
		     -1 :
		     open_disk(node, &use, conf->allow_mounted, exclusive, err);
	if (fd < 0) {
		opened_free(o);
		return -1;
	}
	return o->optical ? make_disc_source(node, o, fd, conf->disc, out, err) :
			    make_source(node, o, fd, out, err);
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
