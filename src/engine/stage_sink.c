/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_sink.c - writes the bytes of a pass to one destination.
 * Owns: the sink.   Threads: its own. */
#include <string.h>

#include "rawright/pipeline.h"
#include "rawright/size.h"

#define BLOCK 4096u /* what a hole is made of */

struct sink_stage {
	struct rr_stage base;
	struct rr_sink *sink;
	uint64_t origin;
	bool sparse;
};

static bool all_zero(const unsigned char *p, size_t len)
{
	return len == 0 || (p[0] == 0 && memcmp(p, p + 1, len - 1) == 0);
}

static int put_run(struct sink_stage *s, const unsigned char *p, size_t len, uint64_t off,
		   bool zero, struct rr_err *err)
{
	if (zero)
		return s->sink->ops->hole(s->sink, off, len, err);
	return s->sink->ops->write(s->sink, p, len, off, err);
}

/* Runs of zero blocks become holes, the others are written; off is the image's. */
static int put_sparse(struct sink_stage *s, const unsigned char *p, size_t len, uint64_t off,
		      struct rr_err *err)
{
	size_t from = 0, at = 0;
	bool zero = false;

	while (at < len) {
		size_t n = (size_t)rr_min(len - at, BLOCK - (off + at) % BLOCK);
		bool z = all_zero(p + at, n);

		if (z != zero && at > from &&
		    put_run(s, p + from, at - from, off + from, zero, err) < 0)
			return -1;
		from = z != zero ? at : from;
		zero = z;
		at += n;
	}
	return len > from ? put_run(s, p + from, len - from, off + from, zero, err) : 0;
}

static int put(struct sink_stage *s, const unsigned char *p, size_t len, uint64_t off,
	       struct rr_err *err)
{
	if (s->sparse && s->sink->ops->hole)
		return put_sparse(s, p, len, off, err);
	return s->sink->ops->write(s->sink, p, len, off, err);
}

static int sink_take(struct rr_stage *stage, const struct rr_buf *buf, struct rr_err *err)
{
	struct sink_stage *s = (struct sink_stage *)stage;

	return put(s, buf->data, buf->len, buf->off - s->origin, err);
}

static int sink_mark(struct rr_stage *stage, struct rr_err *err)
{
	struct rr_sink *sink = ((struct sink_stage *)stage)->sink;

	return sink->ops->flush(sink, err);
}

static int sink_end(struct rr_stage *stage, struct rr_err *err)
{
	struct rr_sink *sink = ((struct sink_stage *)stage)->sink;

	return sink->ops->finish(sink, err);
}

static void sink_free(struct rr_stage *stage)
{
	struct sink_stage *s = (struct sink_stage *)stage;

	rr_sink_close(s->sink);
	free(s);
}

static const struct rr_stage_ops sink_ops = {
	.take = sink_take,
	.mark = sink_mark,
	.end = sink_end,
	.free = sink_free,
};

int rr_stage_sink_new(const struct rr_sink_stage_conf *conf, struct rr_stage **out,
		      struct rr_err *err)
{
	struct sink_stage *s = calloc(1, sizeof(*s));

	if (!s)
		return rr_fail_memory(err);
	s->base.ops = &sink_ops;
	s->base.vital = true;
	s->sink = conf->sink;
	s->origin = conf->base;
	s->sparse = conf->sparse;
	*out = &s->base;
	return 0;
}
