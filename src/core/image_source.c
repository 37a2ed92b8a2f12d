/* SPDX-License-Identifier: GPL-3.0-or-later */
/* image_source.c - an image opened to be read from the disk and not from memory.
 * Owns: the descriptor, until a source takes it over.   Threads: the opener's. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "dio.h"
#include "rawright/io.h"
#include "rawright/size.h"

const char *rr_how_name(enum rr_how how)
{
	static const char *const names[] = { "direct", "cache-dropped", "cache" };

	return names[how];
}

/* Is any page of [off, off + len) in the page cache? Not known counts as yes. */
static bool any_cached(int fd, uint64_t off, size_t len)
{
	long page = sysconf(_SC_PAGESIZE);
	size_t pages = (len + (size_t)page - 1) / (size_t)page;
	rr_autofree unsigned char *in = malloc(pages);
	void *at = in ? mmap(NULL, len, PROT_READ, MAP_SHARED, fd, (off_t)off) : MAP_FAILED;
	bool cached = at == MAP_FAILED || mincore(at, len, in) < 0;

	for (size_t i = 0; i < pages && !cached; i++)
		cached = in[i] & 1;
	if (at != MAP_FAILED)
		(void)munmap(at, len); /* a mapping of our own */
	return cached;
}

/* Synced, dropped, and seen to be out of the cache. No read-ahead from here on: what is read
 * then comes from the disk. */
static bool drop(int fd, uint64_t size)
{
	const uint64_t step = UINT64_C(256) << 20;

	if (fsync(fd) < 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0 ||
	    posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM) != 0)
		return false;
	for (uint64_t off = 0; off < size; off += step)
		if (any_cached(fd, off, (size_t)rr_min(step, size - off)))
			return false;
	return true;
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
	       drop(conf.fd, conf.size) ? RR_HOW_DROPPED :
					  RR_HOW_CACHE;
	if (rr_fd_source_new(&conf, out, err) < 0)
		return -1;
	if (*how == RR_HOW_DIRECT && !atomic_load(&(*out)->direct))
		*how = drop(conf.fd, conf.size) ? RR_HOW_DROPPED : RR_HOW_CACHE;
	return 0;
}
