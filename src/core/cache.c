/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cache.c - gets what is cached of a file or device out of memory.
 * Owns: nothing.   Threads: any. */
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "rawright/io.h"
#include "rawright/size.h"

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

bool rr_cache_drop(int fd, uint64_t size)
{
	const uint64_t step = UINT64_C(256) << 20;

	if (fsync(fd) < 0)
		return false;
	(void)ioctl(fd, BLKFLSBUF, 0); /* what counts is whether it is gone: asked below */
	if (posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0 ||
	    posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM) != 0)
		return false;
	for (uint64_t off = 0; off < size; off += step)
		if (any_cached(fd, off, (size_t)rr_min(step, size - off)))
			return false;
	return true;
}
