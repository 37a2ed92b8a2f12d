/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_compare.c - holds the bytes of a pass against another source, which it reads itself.
 * Owns: its buffer.   Threads: its own, the only one that reads the other source. */
#include <errno.h>
#include <string.h>

#include "rawright/pipeline.h"
#include "rawright/size.h"

#define PROBES 3
#define PIECE  ((size_t)1 << 20)

struct compare_stage {
	struct rr_stage base;
	struct rr_compare result;
	struct rr_source *with;
	uint64_t origin, to;
	unsigned char *data;
	bool unreadable; /* in the other source, somewhere */
	uint64_t good; /* a sector that was read well; UINT64_MAX: none yet */
};

static int add(struct compare_stage *s, uint64_t off, uint64_t len, int os, struct rr_err *err)
{
	struct rr_range range = { .off = off, .len = len, .os = os };

	return rr_range_add(&s->result.differences, &range, err);
}

/* Sector by sector, since somewhere in it is a difference. */
static int compare_sectors(struct compare_stage *s, const unsigned char *want, size_t len,
			   uint64_t off, struct rr_err *err)
{
	uint32_t sector = s->with->sector;
	const unsigned char *is = s->data + off % sector;

	for (size_t at = 0; at < len;) {
		size_t n = (size_t)rr_min(len - at, sector - (off + at) % sector);

		if (memcmp(want + at, is + at, n) != 0 && add(s, off + at, n, 0, err) < 0)
			return -1;
		at += n;
	}
	return 0;
}

/* A drive that fell off the bus may answer every read with EIO: that is no difference. */
static int still_there(struct compare_stage *s, struct rr_err *err)
{
	struct rr_source *with = s->with;
	struct rr_err why = { 0 };
	uint64_t now;
	size_t got;

	if (with->ops->alive(with, &now, err) < 0)
		return -1;
	if (now < with->size)
		return rr_fail(err, RR_GONE, 0, "%s is smaller than it was: it changed meanwhile",
			       with->name);
	if (s->good == UINT64_MAX || !atomic_load(&with->direct))
		return 0;
	for (unsigned i = 0; i < PROBES; i++)
		if (with->ops->read(with, s->data, with->sector, s->good, &got, &why) == 0 && got)
			return 0;
	return rr_fail(err, RR_GONE, 0,
		       "%s does not answer any more: what was read before cannot be read now",
		       with->name);
}

/* len bytes at off, to s->data + off % sector: read as the whole sectors that hold them. */
static int read_other(struct compare_stage *s, size_t len, uint64_t off, size_t *got,
		      struct rr_err *err)
{
	struct rr_source *with = s->with;
	size_t skip = (size_t)(off % with->sector);
	uint64_t end = rr_min(rr_align_up(off + len, with->sector), with->size);
	int rc = with->ops->read(with, s->data, (size_t)(end - (off - skip)), off - skip, got, err);

	*got = *got > skip ? (size_t)rr_min(*got - skip, len) : 0;
	return rc;
}

/* 0: all is compared. What cannot be read is a difference that says why. */
static int compare_piece(struct compare_stage *s, const unsigned char *want, size_t len,
			 uint64_t off, struct rr_err *err)
{
	struct rr_source *with = s->with;
	struct rr_err why = { 0 };
	size_t got = 0;
	int rc;

	rc = read_other(s, len, off, &got, &why);
	if (rc < 0 && why.kind != RR_MEDIUM) {
		*err = why;
		return -1;
	}
	if (got < len &&
	    off % with->sector + len > with->sector) { /* once more, a sector at a time */
		for (size_t at = 0; at < len;) {
			size_t n = (size_t)rr_min(len - at,
						  with->sector - (off + at) % with->sector);

			if (compare_piece(s, want + at, n, off + at, err) < 0)
				return -1;
			at += n;
		}
		return 0;
	}
	s->result.compared += got;
	if (got >= with->sector)
		s->good = rr_align_down(off, with->sector);
	s->unreadable |= got < len;
	if (got < len && still_there(s, err) < 0)
		return -1;
	if (got < len)
		return add(s, off, len, why.os ? why.os : EIO, err);
	return memcmp(want, s->data + off % with->sector, len) == 0 ?
		       0 :
		       compare_sectors(s, want, len, off, err);
}

static int compare_take(struct rr_stage *stage, const struct rr_buf *buf, struct rr_err *err)
{
	struct compare_stage *s = (struct compare_stage *)stage;
	uint64_t off = buf->off - s->origin + s->to;

	if (buf->state != RR_FINISHED)
		return add(s, off, buf->len, EIO, err); /* unreadable on the pass's side */
	return compare_piece(s, buf->data, buf->len, off, err);
}

static int compare_end(struct rr_stage *stage, struct rr_err *err)
{
	struct compare_stage *s = (struct compare_stage *)stage;

	if (s->result.compared || !s->unreadable)
		return 0;
	return rr_fail(err, RR_GONE, 0,
		       "not one sector of %s can be read: the drive does not answer, or the medium "
		       "is not one for it",
		       s->with->name);
}

static void compare_free(struct rr_stage *stage)
{
	struct compare_stage *s = (struct compare_stage *)stage;

	rr_range_list_clear(&s->result.differences);
	free(s->data);
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

int rr_stage_compare_new(struct rr_source *with, uint64_t base, uint64_t to, struct rr_stage **out,
			 struct rr_err *err)
{
	size_t align = rr_max(4096, with->sector);
	struct compare_stage *s = calloc(1, sizeof(*s));
	void *data = NULL;

	if (!s || posix_memalign(&data, align, PIECE + 2 * align) != 0) {
		free(s);
		return rr_fail_memory(err);
	}
	s->base.ops = &compare_ops;
	s->base.vital = true;
	s->with = with;
	s->origin = base;
	s->to = to;
	s->good = UINT64_MAX;
	s->data = data;
	*out = &s->base;
	return 0;
}
