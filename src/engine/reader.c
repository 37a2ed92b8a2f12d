/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reader.c - reads the source in large pieces, around what cannot be read, and never past what is
 * known of its size.
 * Owns: the flow's map while it runs.   Threads: is one, the only one that touches the source. */
#include <errno.h>
#include <string.h>

#include "pipe.h"
#include "rawright/clock.h"
#include "rawright/size.h"

/* How often a sector that was good before is asked again before the drive counts as gone. */
#define PROBES 3
/* A read should take about so long: then progress is seen, and a stop is heard soon, on a floppy as
 * on a disk a thousand times faster. */
#define READ_FIRST    ((size_t)64 << 10)
#define READ_LEAST    ((size_t)16 << 10)
#define READ_QUICK_MS 60
#define READ_SLOW_MS  300
/* Where a sector is looked for that can be read at all, while none has been. */
#define SPOTS 16

static bool stopping(const struct rr_pipeline *pipe)
{
	return atomic_load(&pipe->stop);
}

static int stopped(struct rr_pipeline *pipe)
{
	return rr_fail(&pipe->err, RR_STOPPED, 0, "stopped");
}

static int source_read(struct rr_pipeline *pipe, void *buf, size_t len, uint64_t off, size_t *got,
		       struct rr_err *err)
{
	struct rr_source *src = pipe->flow.src;
	uint64_t began = rr_clock_us();
	int rc;

	*got = 0;
	atomic_store(&pipe->pos, off);
	atomic_store(&pipe->busy_since, began / 1000);
	rc = src->ops->read(src, buf, len, off, got, err);
	atomic_store(&pipe->busy_since, 0);
	atomic_fetch_add(&pipe->busy_us, rr_clock_us() - began);
	return rc;
}

static bool reads_well(struct rr_pipeline *pipe, uint64_t off)
{
	struct rr_source *src = pipe->flow.src;
	size_t len = (size_t)rr_min(src->sector, src->size - off), got;
	struct rr_err err;

	return source_read(pipe, pipe->probe, len, off, &got, &err) == 0 && got == len;
}

/* Nothing could be read yet: is there any place that can? A drive of which not one sector can be
 * read has not got so many bad sectors; it does not work, or not with this medium. */
static int find_good(struct rr_pipeline *pipe)
{
	struct rr_source *src = pipe->flow.src;

	for (unsigned i = 1; i <= SPOTS && !stopping(pipe); i++) {
		uint64_t off = rr_align_down((uint64_t)((double)(src->size - 1) / SPOTS * i),
					     src->sector);

		if (rr_source_blank(src, off) || !reads_well(pipe, off))
			continue;
		pipe->good = off;
		return 0;
	}
	if (stopping(pipe))
		return stopped(pipe);
	return rr_fail(&pipe->err, RR_GONE, 0,
		       "not one sector of %s can be read: the drive does not answer, or the "
		       "medium is not one for it; nothing was marked bad",
		       src->name);
}

/* The drive says it is there; a sector that was read before must say so too, for a drive that
 * fell off the bus may answer every read with EIO. From the page cache it would prove nothing. */
static int probe(struct rr_pipeline *pipe)
{
	struct rr_source *src = pipe->flow.src;
	char where[RR_SIZE_TEXT];

	if (pipe->good == UINT64_MAX)
		return find_good(pipe);
	if (!atomic_load(&src->direct))
		return 0;
	for (unsigned i = 0; i < PROBES && !stopping(pipe); i++)
		if (reads_well(pipe, pipe->good))
			return 0;
	if (stopping(pipe))
		return stopped(pipe);
	return rr_fail(&pipe->err, RR_GONE, 0,
		       "%s does not answer any more: the sector at %s, which was "
		       "read before, cannot be read now",
		       src->name, rr_size_grouped(where, pipe->good));
}

static int is_present(struct rr_pipeline *pipe)
{
	struct rr_source *src = pipe->flow.src;
	char was[RR_SIZE_TEXT], is[RR_SIZE_TEXT];
	uint64_t now;

	if (src->ops->alive(src, &now, &pipe->err) < 0)
		return -1;
	if (now < src->size)
		return rr_fail(&pipe->err, RR_GONE, 0,
			       "%s had %s bytes and has %s now: it changed while it was read",
			       src->name, rr_size_grouped(was, src->size),
			       rr_size_grouped(is, now));
	return 0;
}

static int still_there(struct rr_pipeline *pipe)
{
	return is_present(pipe) < 0 ? -1 : probe(pipe);
}

/* Into the map and onto the rings. A bad range goes out only from a drive that is still there. */
static int deliver(struct rr_pipeline *pipe, struct rr_buf *buf, const struct rr_range *bad)
{
	struct rr_word word = { .type = RR_WORD_RANGE };
	int rc = bad ? still_there(pipe) : 0;

	if (rc == 0)
		rc = rr_map_set(pipe->flow.map, buf->off, buf->len, buf->state, &pipe->err);
	if (rc < 0) {
		rr_pool_unget(buf);
		return -1;
	}
	if (bad) {
		word.range = *bad;
		word.range.off = buf->off;
		word.range.len = buf->len;
		rr_pipe_tell(pipe, &word);
	} else if (!rr_source_blank(pipe->flow.src, buf->off + buf->len - 1)) {
		pipe->good = rr_align_down(buf->off + buf->len - 1, pipe->flow.src->sector);
	}
	rr_pipe_push(pipe, buf);
	return 0;
}

static void fill(const struct rr_pipeline *pipe, unsigned char *at, size_t len)
{
	const char *text = pipe->flow.fill;
	size_t n = text ? strlen(text) : 0;

	if (n == 0)
		memset(at, 0, len);
	for (size_t i = 0; i < len && n; i++)
		at[i] = (unsigned char)text[i % n];
}

/* What a failed read of a sector means: 0 try again or give it up, -1 the pass is over. */
static int judge(struct rr_pipeline *pipe, const struct rr_err *err)
{
	if (err->kind == RR_MEDIUM)
		return 0;
	if (err->kind != RR_GONE || still_there(pipe) == 0)
		pipe->err = *err;
	return -1;
}

/* One sector, with its retries. 1 good, 0 unreadable (bad says how), -1 the pass is over. */
static int read_sector(struct rr_pipeline *pipe, unsigned char *at, size_t len, uint64_t off,
		       struct rr_range *bad)
{
	struct rr_err err = { 0 };
	size_t got;

	bad->tries = 0;
	do {
		rr_pipe_rest(pipe);
		if (stopping(pipe))
			return stopped(pipe);
		atomic_fetch_add(&pipe->retried, bad->tries > 0);
		if (source_read(pipe, at, len, off, &got, &err) == 0) {
			if (got == len)
				return 1;
			rr_fail(&err, RR_MEDIUM, EIO, "%s ended early", pipe->flow.src->name);
			/* end of file before the size: most likely gone */
			if (still_there(pipe) < 0)
				return -1;
		}
		if (judge(pipe, &err) < 0)
			return -1;
		bad->os = err.os;
	} while (bad->tries++ < pipe->flow.retries);
	return 0;
}

/* The n-th error in a row, n a power of two, asks whether the drive is there at all. */
static int count_error(struct rr_pipeline *pipe)
{
	uint64_t n = ++pipe->errors_in_row;

	return (n & (n - 1)) == 0 ? still_there(pipe) : 0;
}

/* A run of sectors with one story. */
struct run {
	struct rr_buf *buf;
	struct rr_range bad;
	uint64_t since_ms;
};

/* May another sector of this state join the run? */
static bool joins(const struct rr_pipeline *pipe, const struct run *run, size_t len,
		  enum rr_state state, const struct rr_range *bad)
{
	if (run->buf->len + len > rr_pool_buf_size(pipe->pool) ||
	    rr_clock_ms() - run->since_ms > READ_SLOW_MS)
		return false;
	return run->buf->state == state &&
	       (state == RR_FINISHED || (run->bad.os == bad->os && run->bad.tries == bad->tries));
}

static int run_deliver(struct rr_pipeline *pipe, struct run *run)
{
	struct rr_buf *buf = run->buf;

	run->buf = NULL;
	return buf ? deliver(pipe, buf, buf->state == RR_BAD ? &run->bad : NULL) : 0;
}

/* The sector at scratch joins the run, or the run goes out and a new one begins with it. */
static int run_add(struct rr_pipeline *pipe, struct run *run, uint64_t off, size_t len,
		   enum rr_state state, const struct rr_range *bad)
{
	if (run->buf && !joins(pipe, run, len, state, bad) && run_deliver(pipe, run) < 0)
		return -1;
	if (!run->buf) {
		run->buf = rr_pool_get(pipe->pool);
		if (!run->buf)
			return stopped(pipe);
		run->buf->off = off;
		run->buf->state = state;
		run->bad = *bad;
		run->since_ms = rr_clock_ms();
	}
	if (state == RR_BAD)
		fill(pipe, run->buf->data + run->buf->len, len);
	else
		memcpy(run->buf->data + run->buf->len, pipe->scratch, len);
	run->buf->len += len;
	return 0;
}

/* A token on every ring: when it comes home, the map as it stands here is on the disk. */
static void push_token(struct rr_pipeline *pipe, struct rr_buf *buf)
{
	struct rr_map *map = NULL;

	if (rr_map_copy(&map, pipe->flow.map, NULL) < 0)
		map = NULL; /* no memory: a checkpoint without a map saves nothing */
	buf->len = 0;
	buf->token = map;
	rr_pipe_push(pipe, buf);
}

static void checkpoint_if_due(struct rr_pipeline *pipe)
{
	struct rr_buf *buf;

	if (!pipe->flow.checkpoint_ms || rr_clock_ms() < pipe->next_checkpoint)
		return;
	buf = rr_pool_get(pipe->pool);
	if (buf)
		push_token(pipe, buf);
	pipe->next_checkpoint = rr_clock_ms() + pipe->flow.checkpoint_ms;
}

static int read_alone_into(struct rr_pipeline *pipe, struct run *run, uint64_t off, uint64_t len)
{
	for (uint64_t at = off, end = off + len; at < end;) {
		uint32_t sector = pipe->flow.src->sector;
		size_t n = (size_t)rr_min(end - at, sector - at % sector);
		struct rr_range bad = { 0 };
		int rc = read_sector(pipe, pipe->scratch, n, at, &bad);

		if (rc > 0)
			pipe->errors_in_row = 0;
		if (rc < 0 || (rc == 0 && count_error(pipe) < 0))
			return -1;
		if (run_add(pipe, run, at, n, rc ? RR_FINISHED : RR_BAD, &bad) < 0)
			return -1;
		checkpoint_if_due(pipe);
		at += n;
	}
	return run_deliver(pipe, run);
}

/* Sector by sector. When the pass ends in the middle, good sectors are kept, and a run of bad ones
 * that nobody has confirmed is forgotten: not tried is the truth. */
static int read_alone(struct rr_pipeline *pipe, uint64_t off, uint64_t len)
{
	struct run run = { 0 };
	int rc = read_alone_into(pipe, &run, off, len);

	if (run.buf && run.buf->state == RR_FINISHED)
		(void)run_deliver(pipe, &run); /* the pass has its error already */
	else if (run.buf)
		rr_pool_unget(run.buf);
	return rc;
}

/* No read is larger. */
static size_t limit(const struct rr_pipeline *pipe)
{
	size_t size = rr_pool_buf_size(pipe->pool);

	return pipe->flow.most ?
		       rr_min(size, rr_align_up(pipe->flow.most, pipe->flow.src->sector)) :
		       size;
}

static void choose_size(struct rr_pipeline *pipe, uint64_t took_ms, bool failed)
{
	if (failed)
		pipe->most = rr_min(pipe->most, READ_FIRST);
	else if (took_ms <= READ_QUICK_MS)
		pipe->most = rr_min(2 * pipe->most, limit(pipe));
	else if (took_ms > READ_SLOW_MS)
		pipe->most = rr_max(pipe->most / 2, rr_max(READ_LEAST, pipe->flow.src->sector));
}

/* One large read. What came before a failure is kept; the rest is read sector by sector. */
static int read_large(struct rr_pipeline *pipe, uint64_t off, size_t len)
{
	struct rr_buf *buf = rr_pool_get(pipe->pool);
	uint64_t began = rr_clock_ms();
	struct rr_err err = { 0 };
	size_t got;
	int rc;

	if (!buf)
		return stopped(pipe);
	rc = source_read(pipe, buf->data, len, off, &got, &err);
	choose_size(pipe, rr_clock_ms() - began, rc < 0 || got < len);
	if (got < len)
		got = rr_align_down(got, pipe->flow.src->sector);
	buf->off = off;
	buf->len = got;
	if (got)
		pipe->errors_in_row = 0;
	if (got == 0)
		rr_pool_unget(buf);
	else if (deliver(pipe, buf, NULL) < 0)
		return -1;
	if (rc < 0 && judge(pipe, &err) < 0)
		return -1;
	pipe->ended = rc == 0 && got < len && pipe->flow.src->stream;
	if (got == len || pipe->ended)
		return 0;
	/* an error may be all that is ever heard of another medium: before anything else is read */
	if ((rc < 0 ? is_present(pipe) : still_there(pipe)) < 0)
		return -1;
	return read_alone(pipe, off + got, len - got);
}

static int all_failed(struct rr_pipeline *pipe)
{
	for (size_t i = 0; i < pipe->flow.nstage; i++)
		if (pipe->flow.stage[i]->vital && atomic_load(&pipe->flow.stage[i]->failed)) {
			pipe->err = pipe->flow.stage[i]->err;
			return -1;
		}
	return 0;
}

static int read_all(struct rr_pipeline *pipe)
{
	bool needs_vital = atomic_load(&pipe->vital) > 0;
	struct rr_step step;
	int rc = 0;

	pipe->most = rr_max(rr_min(READ_FIRST, limit(pipe)), pipe->flow.src->sector);
	for (uint64_t at = 0; rc == 0 && !pipe->ended &&
			      rr_policy_next(pipe->flow.map, at, pipe->most, &step);
	     at = step.off + step.len) {
		rr_pipe_rest(pipe);
		if (stopping(pipe))
			return stopped(pipe);
		if (needs_vital && atomic_load(&pipe->vital) == 0)
			return all_failed(pipe);
		checkpoint_if_due(pipe);
		rc = step.alone ? read_alone(pipe, step.off, step.len) :
				  read_large(pipe, step.off, step.len);
	}
	return rc;
}

void *rr_reader_main(void *arg)
{
	struct rr_pipeline *pipe = arg;

	pipe->complete = read_all(pipe) == 0;
	push_token(pipe, &pipe->last);
	return NULL;
}
