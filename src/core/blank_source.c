/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blank_source.c - so many bytes that nobody looks at, for a pass whose stages read for themselves.
 * Owns: nothing beside itself.   Threads: the reader. */
#include <string.h>

#include "rawright/io.h"
#include "rawright/size.h"

/* The buffer stays as it is. */
static int blank_read(struct rr_source *src, void *buf, size_t len, uint64_t off, size_t *got,
		      struct rr_err *err)
{
	(void)buf;
	(void)err;
	*got = (size_t)rr_min(len, off < src->size ? src->size - off : 0);
	return 0;
}

static int blank_alive(struct rr_source *src, uint64_t *size_now, struct rr_err *err)
{
	(void)err;
	*size_now = src->size;
	return 0;
}

static void blank_close(struct rr_source *src)
{
	free(src->name);
	free(src);
}

static const struct rr_source_ops blank_ops = { .read = blank_read,
						.alive = blank_alive,
						.close = blank_close };

int rr_blank_source_new(const char *name, uint64_t size, uint32_t sector, struct rr_source **out,
			struct rr_err *err)
{
	struct rr_source *src = calloc(1, sizeof(*src));

	if (src)
		src->name = strdup(name);
	if (!src || !src->name) {
		free(src);
		return rr_fail_memory(err);
	}
	src->ops = &blank_ops;
	src->size = size;
	src->sector = sector;
	*out = src;
	return 0;
}
