/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage_digest.c - shows every byte of a pass to one digest; or to one digest for each window.
 * Owns: its digests.   Threads: its own; values are read after the pass. */
#include <string.h>

#include "rawright/pipeline.h"
#include "rawright/size.h"

struct digest_stage {
	struct rr_stage base;
	struct rr_digest *digest;
};

static int digest_take(struct rr_stage *stage, const struct rr_buf *buf, struct rr_err *err)
{
	(void)err;
	rr_digest_update(((struct digest_stage *)stage)->digest, buf->off, buf->data, buf->len);
	return 0;
}

static void digest_free(struct rr_stage *stage)
{
	rr_digest_close(((struct digest_stage *)stage)->digest);
	free(stage);
}

static const struct rr_stage_ops digest_ops = { .take = digest_take, .free = digest_free };

int rr_stage_digest_new(const struct rr_digest_algo *algo, struct rr_stage **out,
			struct rr_err *err)
{
	struct digest_stage *s = calloc(1, sizeof(*s));

	if (!s)
		return rr_fail_memory(err);
	s->base.ops = &digest_ops;
	if (rr_digest_open(algo, &s->digest, err) < 0) {
		free(s);
		return -1;
	}
	*out = &s->base;
	return 0;
}

bool rr_stage_digest_value(struct rr_stage *stage, uint64_t size, struct rr_digest_value *out)
{
	struct rr_digest *digest = ((struct digest_stage *)stage)->digest;

	out->algo = rr_digest_algo(digest);
	return rr_digest_bytes(digest) == size && rr_digest_final(digest, out->value);
}

struct windows_stage {
	struct rr_stage base;
	uint64_t window, origin, next; /* next: position in the image */
	bool stale;
	struct rr_digest *digest; /* of the window that is open, or NULL */
	uint8_t (*list)[32];
	size_t n, room;
};

static int window_close(struct windows_stage *s, struct rr_err *err)
{
	uint8_t value[RR_DIGEST_MAX];

	if (s->n == s->room) {
		size_t room = s->room ? 2 * s->room : 64;
		void *list = realloc(s->list, room * sizeof(*s->list));

		if (!list)
			return rr_fail_memory(err);
		s->list = list;
		s->room = room;
	}
	if (rr_digest_final(s->digest, value))
		memcpy(s->list[s->n++], value, sizeof(*s->list));
	else
		s->stale = true;
	rr_digest_close(s->digest);
	s->digest = NULL;
	return 0;
}

static int windows_take(struct rr_stage *stage, const struct rr_buf *buf, struct rr_err *err)
{
	struct windows_stage *s = (struct windows_stage *)stage;

	if (buf->off - s->origin != s->next)
		s->stale = true; /* windows are whole or not at all */
	for (size_t done = 0; done < buf->len && !s->stale;) {
		size_t n = (size_t)rr_min(buf->len - done, s->window - s->next % s->window);

		if (!s->digest && rr_digest_open(rr_digest_find("sha256"), &s->digest, err) < 0)
			return -1;
		rr_digest_update(s->digest, s->next, buf->data + done, n);
		s->next += n;
		done += n;
		if (s->next % s->window == 0 && window_close(s, err) < 0)
			return -1;
	}
	return 0;
}

static int windows_end(struct rr_stage *stage, struct rr_err *err)
{
	struct windows_stage *s = (struct windows_stage *)stage;

	return s->digest ? window_close(s, err) : 0;
}

static void windows_free(struct rr_stage *stage)
{
	struct windows_stage *s = (struct windows_stage *)stage;

	rr_digest_close(s->digest);
	free(s->list);
	free(s);
}

static const struct rr_stage_ops windows_ops = { .take = windows_take,
						 .end = windows_end,
						 .free = windows_free };

int rr_stage_windows_new(uint64_t window, uint64_t base, struct rr_stage **out, struct rr_err *err)
{
	struct windows_stage *s = calloc(1, sizeof(*s));

	if (!s)
		return rr_fail_memory(err);
	s->base.ops = &windows_ops;
	s->window = window;
	s->origin = base;
	*out = &s->base;
	return 0;
}

bool rr_stage_windows_take(struct rr_stage *stage, uint64_t size, uint8_t (**list)[32], size_t *n)
{
	struct windows_stage *s = (struct windows_stage *)stage;

	if (s->stale || s->next != size || atomic_load(&stage->failed))
		return false;
	*list = s->list;
	*n = s->n;
	s->list = NULL; /* now the caller's */
	return true;
}
