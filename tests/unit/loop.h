/* SPDX-License-Identifier: GPL-3.0-or-later */
/* loop.h - a loop device of one's own, for tests that need a real block device. */
#ifndef RR_TEST_LOOP_H
#define RR_TEST_LOOP_H

#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <linux/loop.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

struct loop {
	char path[32];		/* /dev/loopN */
	char name[16];		/* loopN */
	char file[40];		/* what it stands on */
	int fd;			/* keeps it from being taken away; O_RDWR, no O_EXCL */
	int backing;		/* the file, open */
};

static inline void loop_unpartition(const struct loop *l, int number)
{
	struct blkpg_partition part = { .pno = number };
	struct blkpg_ioctl_arg arg = { .op = BLKPG_DEL_PARTITION,
				       .datalen = sizeof(part),
				       .data = &part };

	(void)ioctl(l->fd, BLKPG, &arg);
}

/* One try to get a free one; another program may be faster. */
static inline int loop_try(struct loop *l)
{
	struct loop_config config = { .fd = (unsigned)l->backing };
	int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), n;

	if (control < 0)
		return -1;
	n = ioctl(control, LOOP_CTL_GET_FREE);
	(void)close(control);
	if (n < 0)
		return -1;
	(void)snprintf(l->name, sizeof(l->name), "loop%d", n);
	(void)snprintf(l->path, sizeof(l->path), "/dev/%s", l->name);
	l->fd = open(l->path, O_RDWR | O_CLOEXEC);
	if (l->fd < 0)
		return -1;
	if (ioctl(l->fd, LOOP_CONFIGURE, &config) == 0) {
		for (int i = 1; i <= 2; i++)
			loop_unpartition(l, i);		/* what somebody left behind */
		return 0;
	}
	(void)close(l->fd);
	l->fd = -1;
	return -1;
}

/* Takes it away again; safe for one that was never made. */
static inline void loop_remove(struct loop *l)
{
	int off = 0;

	if (l->fd >= 0) {
		(void)ioctl(l->fd, BLKROSET, &off);	/* the flag outlives the file under it */
		(void)ioctl(l->fd, LOOP_CLR_FD);
		(void)close(l->fd);
	}
	if (l->backing >= 0)
		(void)close(l->backing);
	(void)unlink(l->file);
	l->fd = l->backing = -1;
}

/* False: this machine gives none (no root, no loop module), and the test is to be skipped. */
static inline bool loop_make(struct loop *l, uint64_t bytes)
{
	int off = 0;

	(void)snprintf(l->file, sizeof(l->file), "/tmp/rawright-loop-XXXXXX");
	l->fd = -1;
	l->backing = mkstemp(l->file);
	if (l->backing >= 0 && ftruncate(l->backing, (off_t)bytes) == 0)
		for (int tries = 0; tries < 20; tries++)
			if (loop_try(l) == 0)
				return ioctl(l->fd, BLKROSET, &off) == 0;
	print_message("SKIP: no loop device to be had (root is needed)\n");
	loop_remove(l);
	return false;
}

/* The same file under a new device that is read-only. */
static inline void loop_read_only(struct loop *l)
{
	int backing = open(l->file, O_RDONLY | O_CLOEXEC);

	(void)ioctl(l->fd, LOOP_CLR_FD);
	(void)close(l->fd);
	(void)close(l->backing);
	l->backing = backing;
	l->fd = -1;
	for (int tries = 0; l->fd < 0 && tries < 20; tries++)
		(void)loop_try(l);
	assert_true(l->fd >= 0);
}

/* Makes /dev/loopNpM of [off, off + len) bytes, without a partition table. */
static inline bool loop_partition(const struct loop *l, int number, uint64_t off, uint64_t len)
{
	struct blkpg_partition part = { .start = (long long)off,
					.length = (long long)len,
					.pno = number };
	struct blkpg_ioctl_arg arg = { .op = BLKPG_ADD_PARTITION,
				       .datalen = sizeof(part),
				       .data = &part };

	return ioctl(l->fd, BLKPG, &arg) == 0;
}

#endif
