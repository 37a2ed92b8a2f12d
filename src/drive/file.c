/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.c - a plain file, opened to be read as a drive would be.
 * Owns: nothing beside the source it makes.   Threads: any. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "file.h"
#include "rawright/io.h"
#include "rawright/size.h"

static int check_same(const struct rr_node *node, const struct stat *st, struct rr_err *err)
{
	char was[RR_SIZE_TEXT], is[RR_SIZE_TEXT];

	if (!S_ISREG(st->st_mode))
		return rr_fail(err, RR_GONE, 0, "%s is no longer a plain file", node->path);
	if ((uint64_t)st->st_size != node->bytes)
		return rr_fail(err, RR_GONE, 0,
			       "%s has %s bytes now and had %s a moment ago: something is "
			       "writing it",
			       node->path, rr_size_grouped(is, (uint64_t)st->st_size),
			       rr_size_grouped(was, node->bytes));
	return 0;
}

int rr_file_open(const struct rr_node *node, struct rr_source **out, struct rr_err *err)
{
	/* O_NONBLOCK: whatever has taken the file's place, opening it must not wait. */
	int fd = open(node->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct rr_fd_source_conf conf = {
		.name = node->path,
		.fd = fd,
		.size = node->bytes,
		.sector = node->sector,
		.want_direct = true,
	};
	struct stat st;
	int result;

	if (fd < 0)
		return rr_fail(err, errno == ENOENT ? RR_GONE : RR_SYSTEM, errno, "cannot open %s",
			       node->path);
	result = fstat(fd, &st) < 0 ?
			 rr_fail(err, RR_SYSTEM, errno, "cannot inspect %s", node->path) :
			 check_same(node, &st, err);
	if (result < 0) {
		(void)close(fd);	/* nothing was read from it */
		return -1;
	}
	return rr_fd_source_new(&conf, out, err);
}
