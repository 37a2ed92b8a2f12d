/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream_source.c - standard input or a pipe as a source: read once, in order, to its end.
 * Owns: the descriptor.   Threads: the reader. */
#include <string.h>

#include "rawright/fs.h"
#include "rawright/io.h"
#include "rawright/size.h"

struct stream_source {
	struct rr_source base;
	int fd;
	uint64_t next; /* the only offset that can be read */
	uint64_t least;
};

static int stream_read(struct rr_source *src, void *buf, size_t len, uint64_t off, size_t *got,
		       struct rr_err *err)
{
	struct stream_source *s = (struct stream_source *)src;
	char where[RR_SIZE_TEXT], least[RR_SIZE_TEXT];
	int os;

	*got = 0;
	if (off != s->next)
		return rr_fail(err, RR_SYSTEM, 0, "%s can be read only once, and in order",
			       src->name);
	os = rr_pread(s->fd, buf, len, RR_STREAM, got);
	s->next += *got;
	if (os)
		return rr_fail(err, RR_SYSTEM, os, "cannot read %s at %s", src->name,
			       rr_size_grouped(where, s->next));
	if (*got == len)
		return 0;
	if (s->next < s->least)
		return rr_fail(err, RR_SYSTEM, 0, "%s ended after %s of %s bytes: it was cut",
			       src->name, rr_size_grouped(where, s->next),
			       rr_size_grouped(least, s->least));
	src->size = s->next; /* its end was seen: now it is known */
	return 0;
}

static int stream_alive(struct rr_source *src, uint64_t *size_now, struct rr_err *err)
{
	(void)err; /* whoever is at the other end, what came has come */
	*size_now = src->size;
	return 0;
}

static void stream_close(struct rr_source *src)
{
	(void)close(((struct stream_source *)src)->fd); /* only read from */
	free(src->name);
	free(src);
}

static const struct rr_source_ops stream_ops = { .read = stream_read,
						 .alive = stream_alive,
						 .close = stream_close };

int rr_stream_source_new(const char *name, int fd, uint64_t bound, uint64_t least,
			 struct rr_source **out, struct rr_err *err)
{
	struct stream_source *s = calloc(1, sizeof(*s));

	if (s)
		s->base.name = strdup(name);
	if (!s || !s->base.name) {
		free(s);
		(void)close(fd); /* only read from */
		return rr_fail_memory(err);
	}
	s->base.ops = &stream_ops;
	s->base.size = bound;
	s->base.sector = 1;
	s->base.stream = true;
	(void)snprintf(s->base.why_buffered, sizeof(s->base.why_buffered), "it is a stream");
	s->fd = fd;
	s->least = least;
	*out = &s->base;
	return 0;
}
