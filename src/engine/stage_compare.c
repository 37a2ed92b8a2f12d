/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_compare.c - holds the bytes of a pass against another source, which it reads itself.
 * Owns: its buffer.   Threads: its own, the only one that reads the other source. */
#include <errno.h>
#include <string.h>

#include "other.h"
#include "rawright/pipeline.h"

struct compare_stage {
	struct rr_stage base;
	struct rr_compare result;
	struct rr_other other;
	uint64_t origin, to;
	const struct rr_range_list *zeros; /* borrowed; or NULL */
	/* of the buffer that is being compared: its bytes, and where they should stand */
	const unsigned char *want;
	uint64_t want_off;
};

static int compare_piece(void *ctx, uint64_t off, size_t len, const unsigned char *data, int os,
			 struct rr_err *err)
{
	struct compare_stage *s = ctx;
	struct rr_range range = { .off = off, .len = len, .os = os };

	if (!data)
		return rr_range_add(&s->result.differences, &range, err);
	s->result.compared += len;
	return rr_other_differ(&s->other, off, len, s->want + (off - s->want_off), data,
			       &s->result.differences, err);
}

static int compare_take(struct rr_stage *stage, const struct rr_buf *buf, struct rr_err *err)
{
	struct compare_stage *s = (struct compare_stage *)stage;
	uint64_t off = buf->off - s->origin + s->to;
	struct rr_range range = { .off = off, .len = buf->len, .os = EIO };

	if (buf->state != RR_FINISHED) /* unreadable on the pass's side */
		return rr_range_add(&s->result.differences, &range, err);
	s->want = buf->data;
	s->want_off = off;
	return rr_other_read(&s->other, off, buf->len, compare_piece, s, err);
}

static int compare_end(struct rr_stage *stage, struct rr_err *err)
{
	struct compare_stage *s = (struct compare_stage *)stage;

	if (s->zeros && rr_other_zeros(&s->other, s->zeros, &s->result.differences, err) < 0)
		return -1;
	return rr_other_judge(&s->other, err);
}

static void compare_free(struct rr_stage *stage)
{
	struct compare_stage *s = (struct compare_stage *)stage;

	rr_range_list_clear(&s->result.differences);
	rr_other_clear(&s->other);
	free(s);
}

static const struct rr_stage_ops compare_ops = {
	.take = compare_take,
	.end = compare_end,
	.free = compare_free,
};

struct rr_compare *rr_stage_compare_result(struct rr_stage *stage)
{
	return &((struct compare_stage *)stage)->result;
}

void rr_stage_compare_zeros(struct rr_stage *stage, const struct rr_range_list *zeros)
{
	((struct compare_stage *)stage)->zeros = zeros;
}

int rr_stage_compare_new(struct rr_source *with, uint64_t base, uint64_t to, struct rr_stage **out,
			 struct rr_err *err)
{
	struct compare_stage *s = calloc(1, sizeof(*s));

	if (!s)
		return rr_fail_memory(err);
	if (rr_other_init(&s->other, with, err) < 0) {
		free(s);
		return -1;
	}
	s->base.ops = &compare_ops;
	s->base.vital = true;
	s->origin = base;
	s->to = to;
	*out = &s->base;
	return 0;
}
