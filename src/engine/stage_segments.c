/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_segments.c - keeps the CRC-32 of each piece of the image, and holds a later reading of the
 * image against them, so that a difference has a place.
 * Owns: its lists.   Threads: its own; the published copy may be asked for by any. */
#include <string.h>

#include "rawright/pipeline.h"
#include "rawright/size.h"

struct segments_stage {
	struct rr_stage base;
	uint64_t window, origin;
	struct rr_crc *crc;
	struct rr_segment open; /* len 0: none */
	enum rr_state state; /* of the open one */
	struct rr_segment_list list;
	pthread_mutex_t mu;
	struct rr_segment_list published; /* guarded by mu */
};

static int segment_close(struct segments_stage *s, struct rr_err *err)
{
	struct rr_segment seg = s->open;

	if (!seg.len)
		return 0;
	seg.crc = rr_crc_take(s->crc);
	s->open.len = 0;
	return rr_segment_add(&s->list, &seg, err);
}

static int segments_take(struct rr_stage *stage, const struct rr_buf *buf, struct rr_err *err)
{
	struct segments_stage *s = (struct segments_stage *)stage;
	uint64_t at = buf->off - s->origin;

	if ((at != s->open.off + s->open.len || buf->state != s->state) &&
	    segment_close(s, err) < 0)
		return -1;
	s->state = buf->state;
	for (size_t done = 0; done < buf->len;) {
		size_t n = (size_t)rr_min(buf->len - done, s->window - at % s->window);

		if (!s->open.len)
			s->open.off = at;
		rr_crc_update(s->crc, buf->data + done, n);
		s->open.len += n;
		at += n;
		done += n;
		if (at % s->window == 0 && segment_close(s, err) < 0)
			return -1;
	}
	return 0;
}

static int list_copy(const struct rr_segment_list *from, struct rr_segment_list *to,
		     struct rr_err *err)
{
	rr_segment_list_clear(to);
	for (size_t i = 0; i < from->n; i++)
		if (rr_segment_add(to, &from->seg[i], err) < 0)
			return -1;
	return 0;
}

static int segments_publish(struct rr_stage *stage, struct rr_err *err)
{
	struct segments_stage *s = (struct segments_stage *)stage;
	int rc = segment_close(s, err);

	if (rc < 0)
		return -1;
	pthread_mutex_lock(&s->mu);
	rc = list_copy(&s->list, &s->published, err);
	pthread_mutex_unlock(&s->mu);
	return rc;
}

int rr_stage_segments_copy(struct rr_stage *stage, struct rr_segment_list *out, struct rr_err *err)
{
	struct segments_stage *s = (struct segments_stage *)stage;
	int rc;

	pthread_mutex_lock(&s->mu);
	rc = list_copy(&s->published, out, err);
	pthread_mutex_unlock(&s->mu);
	return rc;
}

static void segments_free(struct rr_stage *stage)
{
	struct segments_stage *s = (struct segments_stage *)stage;

	rr_crc_close(s->crc);
	rr_segment_list_clear(&s->list);
	rr_segment_list_clear(&s->published);
	pthread_mutex_destroy(&s->mu);
	free(s);
}

static const struct rr_stage_ops segments_ops = {
	.take = segments_take,
	.mark = segments_publish,
	.end = segments_publish,
	.free = segments_free,
};

int rr_stage_segments_new(uint64_t window, uint64_t base, struct rr_stage **out, struct rr_err *err)
{
	struct segments_stage *s = calloc(1, sizeof(*s));

	if (!s)
		return rr_fail_memory(err);
	if (rr_crc_open(&s->crc, err) < 0) {
		free(s);
		return -1;
	}
	pthread_mutex_init(&s->mu, NULL);
	s->base.ops = &segments_ops;
	s->window = window;
	s->origin = base;
	*out = &s->base;
	return 0;
}

struct check_stage {
	struct rr_stage base;
	const struct rr_segment_list *known;
	uint64_t window;
	struct rr_check check;
	struct rr_crc *crc;
	size_t i; /* the known segment at or after `at` */
	uint64_t at; /* position in the image; everything before was looked at */
	uint64_t from; /* where the piece that is open began */
	bool holed; /* part of it could not be read */
};

/* Up to where does the piece at s->at go? *known: it is a known segment. */
static uint64_t piece_end(struct check_stage *s, bool *known)
{
	const struct rr_segment_list *list = s->known;
	uint64_t window_end = rr_align_down(s->from, s->window) + s->window;

	while (s->i < list->n && list->seg[s->i].off + list->seg[s->i].len <= s->at)
		s->i++;
	*known = s->i < list->n && list->seg[s->i].off <= s->at;
	if (*known)
		return list->seg[s->i].off + list->seg[s->i].len;
	return s->i < list->n ? rr_min(window_end, list->seg[s->i].off) : window_end;
}

static int piece_close(struct check_stage *s, bool known, struct rr_err *err)
{
	struct rr_segment seg = { .off = s->from,
				  .len = s->at - s->from,
				  .crc = rr_crc_take(s->crc) };
	struct rr_range range = { .off = seg.off, .len = seg.len };
	bool holed = s->holed;

	s->from = s->at;
	s->holed = false;
	if (!seg.len || (holed && !known))
		return 0;
	if (!known)
		return rr_segment_add(&s->check.found, &seg, err);
	s->check.compared += seg.len;
	if (holed || s->known->seg[s->i].crc != seg.crc)
		return rr_range_add(&s->check.differences, &range, err);
	return 0;
}

static int check_take(struct rr_stage *stage, const struct rr_buf *buf, struct rr_err *err)
{
	struct check_stage *s = (struct check_stage *)stage;

	for (size_t done = 0; done < buf->len;) {
		bool known;
		uint64_t end = piece_end(s, &known);
		size_t n = (size_t)rr_min(buf->len - done, end - s->at);

		rr_crc_update(s->crc, buf->data + done, n);
		s->holed |= buf->state != RR_FINISHED;
		s->at += n;
		done += n;
		if (s->at == end && piece_close(s, known, err) < 0)
			return -1;
	}
	return 0;
}

static int check_end(struct rr_stage *stage, struct rr_err *err)
{
	struct check_stage *s = (struct check_stage *)stage;
	const struct rr_segment_list *list = s->known;
	bool known = s->from < s->at && s->i < list->n && list->seg[s->i].off <= s->from;

	return piece_close(s, known,
			   err); /* known and cut short: its CRC differs, and rightly so */
}

static void check_free(struct rr_stage *stage)
{
	struct check_stage *s = (struct check_stage *)stage;

	rr_crc_close(s->crc);
	rr_range_list_clear(&s->check.differences);
	rr_segment_list_clear(&s->check.found);
	free(s);
}

static const struct rr_stage_ops check_ops = { .take = check_take,
					       .end = check_end,
					       .free = check_free };

struct rr_check *rr_stage_check_result(struct rr_stage *stage)
{
	return &((struct check_stage *)stage)->check;
}

int rr_stage_check_new(const struct rr_segment_list *known, uint64_t window, struct rr_stage **out,
		       struct rr_err *err)
{
	struct check_stage *s = calloc(1, sizeof(*s));

	if (!s)
		return rr_fail_memory(err);
	if (rr_crc_open(&s->crc, err) < 0) {
		free(s);
		return -1;
	}
	s->base.ops = &check_ops;
	s->known = known;
	s->window = window;
	*out = &s->base;
	return 0;
}
