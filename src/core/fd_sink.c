/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fd_sink.c - a file that is created exclusively, or a stream, as a place to write to.
 * Owns: the descriptor.   Threads: one writer. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "rawright/fs.h"
#include "rawright/io.h"
#include "rawright/size.h"

/* Dirty pages are sent on their way this often, so that the flush at the end is short. */
#define SEND_EVERY (UINT64_C(8) << 20)

struct fd_sink {
	struct rr_sink base;
	int fd;
	bool fresh; /* what was not written reads as zeros */
	uint64_t next; /* stream: the only offset that can come */
	uint64_t unsent;
};

static struct fd_sink *as_fd(struct rr_sink *sink)
{
	return (struct fd_sink *)sink;
}

static int fail_write(const struct rr_sink *sink, int os, uint64_t off, struct rr_err *err)
{
	char where[RR_SIZE_TEXT];

	return rr_fail(err, RR_SYSTEM, os, "cannot write %s at %s", sink->name,
		       rr_size_grouped(where, off));
}

static int file_write(struct rr_sink *sink, const void *buf, size_t len, uint64_t off,
		      struct rr_err *err)
{
	struct fd_sink *s = as_fd(sink);
	size_t put;
	int os = rr_pwrite(s->fd, buf, len, off, &put);

	if (os)
		return fail_write(sink, os, off + put, err);
	s->unsent += len;
	if (s->unsent >= SEND_EVERY) {
		/* a hint: the result that counts is fsync's */
		(void)sync_file_range(s->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
		s->unsent = 0;
	}
	return 0;
}

static int write_zeros(struct rr_sink *sink, uint64_t off, uint64_t len, struct rr_err *err)
{
	static const unsigned char zeros[65536];

	for (uint64_t done = 0; done < len;) {
		size_t n = (size_t)rr_min(len - done, sizeof(zeros));

		if (file_write(sink, zeros, n, off + done, err) < 0)
			return -1;
		done += n;
	}
	return 0;
}

static int file_hole(struct rr_sink *sink, uint64_t off, uint64_t len, struct rr_err *err)
{
	struct fd_sink *s = as_fd(sink);

	if (s->fresh)
		return 0;
	if (fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)off, (off_t)len) ==
	    0)
		return 0;
	if (errno != EOPNOTSUPP && errno != ENOSYS)
		return fail_write(sink, errno, off, err);
	return write_zeros(sink, off, len, err);
}

static int file_flush(struct rr_sink *sink, struct rr_err *err)
{
	if (fsync(as_fd(sink)->fd) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot bring %s to the disk", sink->name);
	return 0;
}

static int stream_write(struct rr_sink *sink, const void *buf, size_t len, uint64_t off,
			struct rr_err *err)
{
	struct fd_sink *s = as_fd(sink);
	size_t put;
	int os;

	if (off != s->next)
		return rr_fail(err, RR_SYSTEM, 0, "%s cannot go back or ahead: it is a stream",
			       sink->name);
	os = rr_pwrite(s->fd, buf, len, RR_STREAM, &put);
	s->next += put;
	return os ? fail_write(sink, os, s->next, err) : 0;
}

static int stream_flush(struct rr_sink *sink, struct rr_err *err)
{
	(void)sink;
	(void)err; /* a stream promises nothing */
	return 0;
}

static int stream_finish(struct rr_sink *sink, struct rr_err *err)
{
	/* EINVAL, EROFS: pipes and most devices; standard output may well be a file */
	if (fsync(as_fd(sink)->fd) < 0 && errno != EINVAL && errno != EROFS && errno != ENOTSUP)
		return rr_fail(err, RR_SYSTEM, errno, "cannot finish %s", sink->name);
	return 0;
}

static void fd_sink_close(struct rr_sink *sink)
{
	struct fd_sink *s = as_fd(sink);

	if (s->fd >= 0)
		(void)close(s->fd); /* finish() has heard of every error already */
	free(sink->name);
	free(s);
}

static const struct rr_sink_ops file_ops = {
	.write = file_write,
	.hole = file_hole,
	.flush = file_flush,
	.finish = file_flush,
	.close = fd_sink_close,
};
static const struct rr_sink_ops stream_ops = {
	.write = stream_write,
	.flush = stream_flush,
	.finish = stream_finish,
	.close = fd_sink_close,
};

static int sink_new(const char *name, int fd, const struct rr_sink_ops *ops, struct fd_sink **out,
		    struct rr_err *err)
{
	struct fd_sink *s = calloc(1, sizeof(*s));

	if (s)
		s->base.name = strdup(name);
	if (!s || !s->base.name) {
		free(s);
		if (fd >= 0)
			(void)close(fd); /* nothing was written */
		return rr_fail_memory(err);
	}
	s->base.ops = ops;
	s->fd = fd;
	*out = s;
	return 0;
}

static int file_create(struct fd_sink *s, const struct rr_file_sink_conf *conf, struct rr_err *err)
{
	s->fd = open(conf->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (s->fd < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot create %s", conf->path);
	s->fresh = true;
	(void)flock(s->fd,
		    LOCK_EX | LOCK_NB); /* nobody else has it yet; some file systems have none */
	if (ftruncate(s->fd, (off_t)conf->size) == 0)
		return 0;
	rr_fail(err, RR_SYSTEM, errno, "cannot make %s %" PRIu64 " bytes long%s", conf->path,
		conf->size,
		errno == EFBIG ?
			", more than this file system takes (FAT: 4 GiB) or a limit allows" :
			"");
	(void)unlink(conf->path); /* ours, and empty; the first error is the one to tell */
	return -1;
}

static int file_reopen(struct fd_sink *s, const struct rr_file_sink_conf *conf, struct rr_err *err)
{
	struct stat st;

	s->fd = open(conf->path, O_WRONLY | O_CLOEXEC | O_NONBLOCK);
	if (s->fd < 0 || fstat(s->fd, &st) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot open %s", conf->path);
	if (!S_ISREG(st.st_mode))
		return rr_fail(err, RR_USAGE, 0, "%s is no plain file", conf->path);
	if ((uint64_t)st.st_size > conf->size)
		return rr_fail(err, RR_REFUSED, 0,
			       "%s has %jd bytes and not %" PRIu64 ": it is no image of this",
			       conf->path, (intmax_t)st.st_size, conf->size);
	if (ftruncate(s->fd, (off_t)conf->size) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot make %s %" PRIu64 " bytes long",
			       conf->path, conf->size);
	return 0;
}

int rr_file_sink_new(const struct rr_file_sink_conf *conf, struct rr_sink **out, struct rr_err *err)
{
	struct fd_sink *s = NULL;
	int rc;

	if (sink_new(conf->path, -1, &file_ops, &s, err) < 0)
		return -1;
	rc = conf->resume ? file_reopen(s, conf, err) : file_create(s, conf, err);
	if (rc < 0)
		fd_sink_close(&s->base);
	else
		*out = &s->base;
	return rc;
}

int rr_stream_sink_new(const char *name, int fd, struct rr_sink **out, struct rr_err *err)
{
	struct fd_sink *s = NULL;

	if (sink_new(name, fd, &stream_ops, &s, err) < 0)
		return -1;
	s->base.stream = true;
	*out = &s->base;
	return 0;
}
