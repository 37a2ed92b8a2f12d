/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_proof.c - reads another source where its pass is, whatever that brings, and shows what it
 * reads to stages of its own: so a medium is held against the checksums of what was written to it.
 * Owns: its buffer and the stages.   Threads: its own, also for the stages that it owns. */
#include <string.h>

#include "other.h"
#include "rawright/pipeline.h"

struct proof_stage {
	struct rr_stage base;
	struct rr_compare result;
	struct rr_other other;
	struct rr_stage **inner;
	size_t ninner;
	const struct rr_range_list *zeros; /* borrowed; or NULL */
	unsigned char *blank; /* a sector, for one that cannot be read */
};

static int show(struct proof_stage *s, const struct rr_buf *buf, struct rr_err *err)
{
	for (size_t i = 0; i < s->ninner; i++)
		if (s->inner[i]->ops->take(s->inner[i], buf, err) < 0)
			return -1;
	return 0;
}

static int proof_piece(void *ctx, uint64_t off, size_t len, const unsigned char *data, int os,
		       struct rr_err *err)
{
	struct proof_stage *s = ctx;
	struct rr_range range = { .off = off, .len = len, .os = os };
	struct rr_buf buf = { .off = off, .len = len, .state = data ? RR_FINISHED : RR_BAD };

	if (!data && rr_range_add(&s->result.differences, &range, err) < 0)
		return -1;
	s->result.compared += data ? len : 0;
	buf.data = data ? (unsigned char *)data : s->blank; /* shown, not written to */
	return show(s, &buf, err);
}

static int proof_take(struct rr_stage *stage, const struct rr_buf *buf, struct rr_err *err)
{
	struct proof_stage *s = (struct proof_stage *)stage;

	return rr_other_read(&s->other, buf->off, buf->len, proof_piece, s, err);
}

static int proof_end(struct rr_stage *stage, struct rr_err *err)
{
	struct proof_stage *s = (struct proof_stage *)stage;

	for (size_t i = 0; i < s->ninner; i++)
		if (s->inner[i]->ops->end && s->inner[i]->ops->end(s->inner[i], err) < 0)
			return -1;
	if (s->zeros && rr_other_zeros(&s->other, s->zeros, &s->result.differences, err) < 0)
		return -1;
	return rr_other_judge(&s->other, err);
}

static void proof_free(struct rr_stage *stage)
{
	struct proof_stage *s = (struct proof_stage *)stage;

	for (size_t i = 0; i < s->ninner; i++)
		rr_stage_free(s->inner[i]);
	free(s->inner);
	rr_range_list_clear(&s->result.differences);
	rr_other_clear(&s->other);
	free(s->blank);
	free(s);
}

static const struct rr_stage_ops proof_ops = {
	.take = proof_take,
	.end = proof_end,
	.free = proof_free,
};

struct rr_compare *rr_stage_proof_result(struct rr_stage *stage)
{
	return &((struct proof_stage *)stage)->result;
}

int rr_stage_proof_new(struct rr_source *with, struct rr_stage *const *inner, size_t n,
		       const struct rr_range_list *zeros, struct rr_stage **out, struct rr_err *err)
{
	struct proof_stage *s = calloc(1, sizeof(*s));

	if (!s)
		return rr_fail_memory(err);
	s->inner = calloc(n, sizeof(*s->inner));
	s->blank = calloc(1, with->sector);
	if (!s->inner || !s->blank || rr_other_init(&s->other, with, err) < 0) {
		proof_free(&s->base);
		return rr_fail_memory(err);
	}
	memcpy(s->inner, inner, n * sizeof(*inner)); /* now the stage's */
	s->ninner = n;
	s->base.ops = &proof_ops;
	s->base.vital = true;
	s->zeros = zeros;
	*out = &s->base;
	return 0;
}
