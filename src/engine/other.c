/* SPDX-License-Identifier: GPL-3.0-or-later */
/* other.c - a second source, read by a stage where its pass is: around what cannot be read, and
 * only as long as it is there.
 * Owns: its buffer.   Threads: the stage's. */
#include <errno.h>
#include <string.h>

#include "other.h"
#include "rawright/size.h"

#define PROBES 3
#define PIECE  ((size_t)1 << 20)

int rr_other_init(struct rr_other *o, struct rr_source *with, struct rr_err *err)
{
	size_t align = rr_max(4096, with->sector);
	void *data = NULL;

	*o = (struct rr_other){ .with = with, .good = UINT64_MAX };
	if (posix_memalign(&data, align, PIECE + 2 * align) != 0)
		return rr_fail_memory(err);
	o->data = data;
	return 0;
}

void rr_other_clear(struct rr_other *o)
{
	free(o->data);
	o->data = NULL;
}

/* A drive that fell off the bus may answer every read with EIO: that is no difference. */
static int still_there(struct rr_other *o, struct rr_err *err)
{
	struct rr_source *with = o->with;
	struct rr_err why = { 0 };
	uint64_t now;
	size_t got;

	if (with->ops->alive(with, &now, err) < 0)
		return -1;
	if (now < with->size)
		return rr_fail(err, RR_GONE, 0, "%s is smaller than it was: it changed meanwhile",
			       with->name);
	if (o->good == UINT64_MAX || !atomic_load(&with->direct))
		return 0;
	for (unsigned i = 0; i < PROBES; i++)
		if (with->ops->read(with, o->data, with->sector, o->good, &got, &why) == 0 && got)
			return 0;
	return rr_fail(err, RR_GONE, 0,
		       "%s does not answer any more: what was read before cannot be read now",
		       with->name);
}

/* len bytes at off, to o->data + off % sector: read as the whole sectors that hold them. */
static int read_sectors(struct rr_other *o, size_t len, uint64_t off, size_t *got,
			struct rr_err *err)
{
	struct rr_source *with = o->with;
	size_t skip = (size_t)(off % with->sector);
	uint64_t end = rr_min(rr_align_up(off + len, with->sector), with->size);
	int rc = with->ops->read(with, o->data, (size_t)(end - (off - skip)), off - skip, got, err);

	*got = *got > skip ? (size_t)rr_min(*got - skip, len) : 0;
	return rc;
}

/* How much of len bytes at off stands in the first of its sectors. */
static size_t in_sector(const struct rr_other *o, uint64_t off, size_t len)
{
	return (size_t)rr_min(len, o->with->sector - off % o->with->sector);
}

int rr_other_read(struct rr_other *o, uint64_t off, size_t len, rr_other_fn *fn, void *ctx,
		  struct rr_err *err)
{
	struct rr_err why = { 0 };
	size_t got = 0;

	if (read_sectors(o, len, off, &got, &why) < 0 && why.kind != RR_MEDIUM) {
		*err = why;
		return -1;
	}
	if (got < len && in_sector(o, off, len) < len) { /* once more, a sector at a time */
		for (size_t at = 0, n; at < len; at += n) {
			n = in_sector(o, off + at, len - at);
			if (rr_other_read(o, off + at, n, fn, ctx, err) < 0)
				return -1;
		}
		return 0;
	}
	o->read += got;
	if (got >= o->with->sector && !rr_source_blank(o->with, off))
		o->good = rr_align_down(off, o->with->sector);
	if (got == len)
		return fn(ctx, off, len, o->data + off % o->with->sector, 0, err);
	o->unreadable = true;
	if (still_there(o, err) < 0)
		return -1;
	return fn(ctx, off, len, NULL, why.os ? why.os : EIO, err);
}

int rr_other_differ(const struct rr_other *o, uint64_t off, size_t len, const unsigned char *want,
		    const unsigned char *is, struct rr_range_list *differences, struct rr_err *err)
{
	if (memcmp(want, is, len) == 0)
		return 0;
	for (size_t at = 0, n; at < len; at += n) {
		struct rr_range range = { .off = off + at };

		n = in_sector(o, off + at, len - at);
		range.len = n;
		if (memcmp(want + at, is + at, n) != 0 &&
		    rr_range_add(differences, &range, err) < 0)
			return -1;
	}
	return 0;
}

struct zeros {
	const struct rr_other *other;
	const unsigned char *want;
	struct rr_range_list *differences;
};

static int zeros_read(void *ctx, uint64_t off, size_t len, const unsigned char *data, int os,
		      struct rr_err *err)
{
	struct zeros *z = ctx;
	struct rr_range range = { .off = off, .len = len, .os = os };

	if (!data)
		return rr_range_add(z->differences, &range, err);
	return rr_other_differ(z->other, off, len, z->want, data, z->differences, err);
}

int rr_other_zeros(struct rr_other *o, const struct rr_range_list *zeros,
		   struct rr_range_list *differences, struct rr_err *err)
{
	rr_autofree unsigned char *want = calloc(1, PIECE);
	struct zeros z = { .other = o, .want = want, .differences = differences };

	if (!want)
		return rr_fail_memory(err);
	for (size_t i = 0; i < zeros->n; i++) {
		const struct rr_range *range = &zeros->range[i];

		for (uint64_t done = 0, n; done < range->len; done += n) {
			n = rr_min(range->len - done, PIECE);
			if (rr_other_read(o, range->off + done, (size_t)n, zeros_read, &z, err) < 0)
				return -1;
		}
	}
	return 0;
}

int rr_other_judge(const struct rr_other *o, struct rr_err *err)
{
	if (o->read || !o->unreadable)
		return 0;
	return rr_fail(err, RR_GONE, 0,
		       "not one sector of %s can be read: the drive does not answer, or the medium "
		       "is not one for it",
		       o->with->name);
}
