/* SPDX-License-Identifier: GPL-3.0-or-later */
/* image_source.c - an image opened to be read from the disk and not from memory.
 * Owns: the descriptor, until a source takes it over.   Threads: the opener's. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "dio.h"
#include "rawright/io.h"

const char *rr_how_name(enum rr_how how)
{
	static const char *const names[] = { "direct", "cache-dropped", "cache" };

	return names[how];
}

int rr_image_source_new(const char *path, struct rr_source **out, enum rr_how *how,
			struct rr_err *err)
{
	struct rr_fd_source_conf conf = { .name = path, .sector = 512 };
	uint32_t mem, off;
	struct stat st;

	conf.fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (conf.fd < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot open %s", path);
	if (fstat(conf.fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		(void)close(conf.fd); /* nothing was written to it */
		return rr_fail(err, RR_USAGE, 0, "%s is no plain file", path);
	}
	conf.size = (uint64_t)st.st_size;
	conf.want_direct = rr_dio_ask(conf.fd, &mem, &off) == RR_DIO_YES;
	*how = conf.want_direct		? RR_HOW_DIRECT :
	       rr_cache_drop(conf.fd, conf.size) ? RR_HOW_DROPPED :
					  RR_HOW_CACHE;
	if (rr_fd_source_new(&conf, out, err) < 0)
		return -1;
	if (*how == RR_HOW_DIRECT && !atomic_load(&(*out)->direct))
		*how = rr_cache_drop(conf.fd, conf.size) ? RR_HOW_DROPPED : RR_HOW_CACHE;
	return 0;
}
