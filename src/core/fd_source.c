/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fd_source.c - an open descriptor as a source: pread, O_DIRECT when it is true.
 * Owns: the descriptor and the context it was given.   Threads: read and alive by the reader. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "dio.h"
#include "rawright/fs.h"
#include "rawright/io.h"
#include "rawright/size.h"

struct fd_source {
	struct rr_source base;
	struct rr_fd_source_conf conf;
	bool direct_worked;
};

static struct fd_source *as_fd(struct rr_source *src)
{
	return (struct fd_source *)src;
}

static int set_direct(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return errno;
	flags = on ? flags | O_DIRECT : flags & ~O_DIRECT;
	return fcntl(fd, F_SETFL, flags) < 0 ? errno : 0;
}

/* No more than was asked for, and that at once. After each error the kernel reads less at a time,
 * soon single pages (mm/filemap.c, shrink_readahead_size_eio()): NORMAL sets that right. */
static void advise(int fd)
{
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_NORMAL); /* an advice, as the next one */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM);
}

/* The reason stands before the flag falls: whoever sees the flag down may read it. */
static void refused(struct fd_source *s, const char *why, int os)
{
	(void)set_direct(s->conf.fd, false); /* was off, or comes off: taking it off cannot fail */
	advise(s->conf.fd);
	if (os)
		(void)snprintf(s->base.why_buffered, sizeof(s->base.why_buffered), "%s: %s", why,
			       rr_err_os(os));
	else
		(void)snprintf(s->base.why_buffered, sizeof(s->base.why_buffered), "%s", why);
	atomic_store(&s->base.direct, false);
}

static int fail_read(const struct fd_source *s, int os, uint64_t off, struct rr_err *err)
{
	char where[RR_SIZE_TEXT], sector[RR_SIZE_TEXT];
	enum rr_kind kind = rr_errno_is_gone(os)       ? RR_GONE :
			    rr_errno_is_unreadable(os) ? RR_MEDIUM :
							 RR_SYSTEM;

	rr_fail(err, kind, os, "cannot read %s at %s (sector %s)", s->base.name,
		rr_size_grouped(where, off), rr_size_grouped(sector, off / s->base.sector));
	return rr_fail_at(err, off, s->base.sector);
}

/* Direct reads keep to whole sectors: the tail of a file is asked for with the rest of its sector,
 * and a count that is no multiple of the sector is the end of the file. */
static int read_direct(struct fd_source *s, void *buf, size_t len, uint64_t off, size_t *got)
{
	size_t want = rr_align_up(len, s->base.sector);

	for (*got = 0; *got < want && *got % s->base.sector == 0;) {
		ssize_t n = pread(s->conf.fd, (char *)buf + *got, want - *got, (off_t)(off + *got));

		if (n == 0)
			break;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		*got += (size_t)n;
	}
	*got = rr_min(*got, len);
	return 0;
}

static int fd_read(struct rr_source *src, void *buf, size_t len, uint64_t off, size_t *got,
		   struct rr_err *err)
{
	struct fd_source *s = as_fd(src);
	int os;

	if (atomic_load(&src->direct)) {
		os = read_direct(s, buf, len, off, got);
		if (os == EINVAL && !s->direct_worked) {
			refused(s, "the device refused a direct read", os);
			return fd_read(src, buf, len, off, got, err);
		}
		s->direct_worked |= *got > 0;
	} else {
		os = rr_pread(s->conf.fd, buf, len, off, got);
		if (os)
			advise(s->conf.fd);
	}
	if (s->conf.same && s->conf.same(s->conf.ctx, s->conf.fd, err) < 0) {
		*got = 0;
		return -1;
	}
	return os ? fail_read(s, os, off + *got, err) : 0;
}

static int fd_alive(struct rr_source *src, uint64_t *size_now, struct rr_err *err)
{
	struct fd_source *s = as_fd(src);
	struct stat st;

	if (s->conf.alive)
		return s->conf.alive(s->conf.ctx, s->conf.fd, size_now, err);
	if (fstat(s->conf.fd, &st) < 0)
		return rr_fail(err, RR_GONE, errno, "%s is gone", src->name);
	*size_now = (uint64_t)st.st_size;
	return 0;
}

static void fd_close(struct rr_source *src)
{
	struct fd_source *s = as_fd(src);

	if (s->conf.fd >= 0)
		(void)close(s->conf.fd); /* only read from */
	if (s->conf.free_ctx)
		s->conf.free_ctx(s->conf.ctx);
	free(src->name);
	free(s);
}

static const struct rr_source_ops fd_source_ops = { .read = fd_read,
						    .alive = fd_alive,
						    .close = fd_close };

/* Nobody says whether direct reads work: one sector shows it. Unreadable is not refused. */
static int try_direct(struct fd_source *s)
{
	rr_autofree void *buf = NULL;
	size_t got;
	int os = posix_memalign(&buf, rr_max(4096, s->base.sector), s->base.sector);

	if (!os)
		os = read_direct(s, buf, rr_min(s->base.sector, s->base.size), 0, &got);
	return rr_errno_is_unreadable(os) ? 0 : os;
}

static void judge_direct(struct fd_source *s)
{
	uint32_t mem = 0, off = 0;
	enum rr_dio dio = rr_dio_ask(s->conf.fd, &mem, &off);
	struct stat st;
	int os;

	if (!s->conf.want_direct)
		return refused(s, "direct reads were not asked for", 0);
	if (rr_dio_in_memory(s->conf.fd))
		return refused(s, "the file system keeps the file in memory", 0);
	if (dio == RR_DIO_NO)
		return refused(s, "the kernel offers no direct reads of it", 0);
	if (dio == RR_DIO_YES && fstat(s->conf.fd, &st) == 0 && S_ISREG(st.st_mode))
		s->base.sector = (uint32_t)rr_max(s->base.sector, rr_max(mem, off));
	os = set_direct(s->conf.fd, true);
	if (!os && dio == RR_DIO_UNKNOWN)
		os = try_direct(s);
	if (os)
		return refused(s, "direct reads are refused", os);
	atomic_store(&s->base.direct, true);
}

int rr_fd_source_new(const struct rr_fd_source_conf *conf, struct rr_source **out,
		     struct rr_err *err)
{
	struct fd_source *s = calloc(1, sizeof(*s));

	if (!s) {
		(void)close(conf->fd); /* only read from */
		if (conf->free_ctx)
			conf->free_ctx(conf->ctx);
		return rr_fail_memory(err);
	}
	s->conf = *conf;
	s->base.ops = &fd_source_ops;
	s->base.size = conf->size;
	s->base.sector = conf->sector;
	s->base.name = strdup(conf->name);
	if (!s->base.name) {
		fd_close(&s->base);
		return rr_fail_memory(err);
	}
	judge_direct(s);
	*out = &s->base;
	return 0;
}
