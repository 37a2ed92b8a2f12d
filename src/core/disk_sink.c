/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disk_sink.c - a drive that is overwritten from its beginning on, its first piece last.
 * Owns: its buffers; never the descriptor.   Threads: one writer.
 *
 * With the first byte that comes the head of the drive (its first MiB) is cleared, and it is
 * written after all else is on the medium: until then the drive holds nothing that anybody would
 * take for a partition table or a file system. The data are written past the page cache, in whole
 * sectors; the last one is padded with zeros and nothing more. What an old table or file system
 * left beyond the data is cleared: its copy at the end of the medium would come to life again. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "rawright/clock.h"
#include "rawright/fs.h"
#include "rawright/io.h"
#include "rawright/size.h"

#define EDGE	   (UINT64_C(1) << 20) /* the head, and what is cleared at the end */
#define EDGE_PART  16 /* of a small medium the edge is this part */
#define BLOCK	   4096u /* what is cleared around an old signature */
#define DMA_ALIGN  512u /* of memory; no driver of block devices asks for more */
#define PIECE_SIZE ((size_t)64 << 10)
#define NARROW_MS  10000 /* no longer is a fault looked for: a drive may take minutes to refuse */
#define DIRTY_MAX  (UINT64_C(16) << 20) /* through the page cache: flushed as often */

struct disk_sink {
	struct rr_sink base;
	struct rr_disk_sink_conf conf;
	uint64_t edge;
	uint64_t next; /* the only offset that can come */
	unsigned char *head; /* the first `edge` bytes, kept until the end */
	unsigned char *part; /* a sector that is not whole yet, ... */
	size_t held; /* ... so many bytes of it */
	unsigned char *piece; /* PIECE_SIZE aligned bytes: zeros, or what comes unaligned */
	uint64_t dirty; /* bytes in the page cache since the last flush, at most */
	bool direct, worked;
};

/* What goes out in one call, and how far it went. */
struct piece {
	const unsigned char *p;
	size_t len, done, step; /* step: bytes asked for at once */
	uint64_t off;
};

static struct disk_sink *as_disk(struct rr_sink *sink)
{
	return (struct disk_sink *)sink;
}

static int still_there(struct disk_sink *s, struct rr_err *err)
{
	uint64_t now;

	return s->conf.alive ? s->conf.alive(s->conf.ctx, s->conf.fd, &now, err) : 0;
}

/* A drive that fell off its bus says EIO as well as ENODEV: that is no fault of a place on it. */
static int fail_write(struct disk_sink *s, int os, const struct piece *w, struct rr_err *err)
{
	char where[RR_SIZE_TEXT], sector[RR_SIZE_TEXT], room[RR_SIZE_TEXT];
	uint64_t off = w->off + w->done, len = rr_min(w->step, w->len - w->done);

	if (s->conf.same && s->conf.same(s->conf.ctx, s->conf.fd, err) < 0)
		return -1;
	if (rr_errno_is_gone(os))
		return rr_fail(err, RR_GONE, os, "%s went away while it was written, at %s",
			       s->base.name, rr_size_grouped(where, off));
	if (os == EROFS || os == EPERM || os == EACCES)
		return rr_fail(err, RR_SYSTEM, os,
			       "%s cannot be written, it is read-only: look for a lock switch",
			       s->base.name);
	if (still_there(s, err) < 0)
		return -1;
	if (len > s->conf.sector && rr_errno_is_unreadable(os))
		return rr_fail(err, RR_SYSTEM, os, "cannot write %s within %s bytes at %s",
			       s->base.name, rr_size_grouped(room, len),
			       rr_size_grouped(where, off));
	return rr_fail(err, RR_SYSTEM, os, "cannot write %s at %s (sector %s)", s->base.name,
		       rr_size_grouped(where, off), rr_size_grouped(sector, off / s->conf.sector));
}

static int disk_flush(struct rr_sink *sink, struct rr_err *err)
{
	struct disk_sink *s = as_disk(sink);
	int os;

	s->dirty = 0;
	if (fdatasync(s->conf.fd) == 0)
		return 0;
	os = errno;
	if (rr_errno_is_gone(os) || still_there(s, err) < 0)
		return rr_fail(err, RR_GONE, os, "%s went away before all was on the medium",
			       sink->name);
	return rr_fail(err, RR_SYSTEM, os, "cannot bring all to the medium of %s", sink->name);
}

/* The device takes no direct writes: through the page cache then, and flushed as often. */
static bool turn_buffered(struct disk_sink *s, int os)
{
	int flags = fcntl(s->conf.fd, F_GETFL);

	if (!s->direct || s->worked || os != EINVAL || flags < 0 ||
	    fcntl(s->conf.fd, F_SETFL, flags & ~O_DIRECT) < 0)
		return false;
	s->direct = false;
	(void)snprintf(s->conf.written->why_buffered, sizeof(s->conf.written->why_buffered),
		       "the device refused a direct write: %s", rr_err_os(os));
	return true;
}

static int put_steps(struct disk_sink *s, struct piece *w)
{
	int os = 0;

	while (!os && w->done < w->len) {
		size_t n = (size_t)rr_min(w->step, w->len - w->done), put;

		if (s->conf.same && s->conf.same(s->conf.ctx, s->conf.fd, NULL) < 0)
			return ENOMEDIUM; /* fail_write() asks again, and tells */
		os = rr_pwrite(s->conf.fd, w->p + w->done, n, w->off + w->done, &put);
		w->done += put;
	}
	return os;
}

/* A drive refuses a request as a whole, whichever of its sectors is at fault (loop devices do not).
 * Halves find the sector. Never on a medium that may be another one. */
static int put_narrowed(struct disk_sink *s, struct piece *w, int os)
{
	uint64_t until = rr_clock_ms() + NARROW_MS;
	struct rr_err err;

	while (rr_errno_is_unreadable(os) && w->step > s->conf.sector && rr_clock_ms() < until) {
		if (still_there(s, &err) < 0)
			return os; /* whoever tells of it asks once more */
		w->step = (size_t)rr_max(rr_align_down(w->step / 2, s->conf.sector),
					 s->conf.sector);
		os = put_steps(s, w);
	}
	return os;
}

/* Whole sectors from memory that is aligned. */
static int put_aligned(struct disk_sink *s, const unsigned char *p, size_t len, uint64_t off,
		       struct rr_err *err)
{
	size_t step = s->conf.most ? rr_min(len, s->conf.most) : len;
	struct piece w = { .p = p, .len = len, .step = step, .off = off };
	int os = put_steps(s, &w);

	if (os && w.done == 0 && turn_buffered(s, os))
		os = put_steps(s, &w);
	if (os)
		os = put_narrowed(s, &w, os);
	s->worked |= w.done > 0;
	s->dirty += s->direct ? 0 : w.done;
	if (os)
		return fail_write(s, os, &w, err);
	/* what waits in memory could be written to another medium, where one can be put in */
	return s->dirty >= (s->conf.most ? 1 : DIRTY_MAX) ? disk_flush(&s->base, err) : 0;
}

static int put(struct disk_sink *s, const unsigned char *p, size_t len, uint64_t off,
	       struct rr_err *err)
{
	if ((uintptr_t)p % DMA_ALIGN == 0)
		return put_aligned(s, p, len, off, err);
	for (size_t done = 0, n; done < len; done += n) {
		n = (size_t)rr_min(len - done, PIECE_SIZE);
		memcpy(s->piece, p + done, n);
		if (put_aligned(s, s->piece, n, off + done, err) < 0)
			return -1;
	}
	return 0;
}

static int put_zeros(struct disk_sink *s, uint64_t off, uint64_t len, struct rr_err *err)
{
	memset(s->piece, 0, PIECE_SIZE);
	for (uint64_t done = 0, n; done < len; done += n) {
		n = rr_min(len - done, PIECE_SIZE);
		if (put_aligned(s, s->piece, (size_t)n, off + done, err) < 0)
			return -1;
	}
	return 0;
}

/* Sectors that are whole go out; what is left of the last one waits for its rest. */
static int append(struct disk_sink *s, const unsigned char *p, size_t len, struct rr_err *err)
{
	while (len) {
		size_t whole = (size_t)rr_align_down(len, s->conf.sector), n = whole;
		uint64_t at = s->next - s->held;

		if (s->held || !whole) {
			n = (size_t)rr_min(len, s->conf.sector - s->held);
			memcpy(s->part + s->held, p, n);
			s->held += n;
			whole = s->held == s->conf.sector ? s->held : 0;
		}
		if (whole && put(s, s->held ? s->part : p, whole, at, err) < 0)
			return -1;
		s->held = whole ? 0 : s->held;
		s->next += n;
		p += n;
		len -= n;
	}
	return 0;
}

static int check_write(struct disk_sink *s, size_t len, uint64_t off, struct rr_err *err)
{
	char size[RR_SIZE_TEXT];

	if (off != s->next)
		return rr_fail(err, RR_SYSTEM, 0, "%s is written in order, from its beginning on",
			       s->base.name);
	if (len > s->conf.size - off)
		return rr_fail(err, RR_SYSTEM, ENOSPC,
			       "%s has %s bytes, and the data go on behind them", s->base.name,
			       rr_size_grouped(size, s->conf.size));
	if (off)
		return 0;
	s->conf.written->begun = true;
	return put_zeros(s, 0, s->edge, err);
}

static int disk_write(struct rr_sink *sink, const void *buf, size_t len, uint64_t off,
		      struct rr_err *err)
{
	struct disk_sink *s = as_disk(sink);
	size_t n = 0;

	if (check_write(s, len, off, err) < 0)
		return -1;
	if (off < s->edge) {
		n = (size_t)rr_min(len, s->edge - off);
		memcpy(s->head + off, buf, n);
		s->next += n;
	}
	return append(s, (const unsigned char *)buf + n, len - n, err);
}

/* [off, off + len) without what the data took, in whole units, inside the medium. */
static int add_cleared(struct disk_sink *s, uint64_t off, uint64_t len, uint64_t end,
		       struct rr_err *err)
{
	struct rr_range range = { .off = rr_max(off, end) };
	uint64_t to = rr_min(off + len, s->conf.size);

	if (to <= range.off)
		return 0;
	range.len = to - range.off;
	return rr_range_add(&s->conf.written->cleared, &range, err);
}

static int find_cleared(struct disk_sink *s, uint64_t end, struct rr_err *err)
{
	uint64_t unit = rr_max(BLOCK, s->conf.sector);

	for (size_t i = 0; i < s->conf.nold; i++)
		if (s->conf.old[i] < s->conf.size &&
		    add_cleared(s, rr_align_down(s->conf.old[i], unit), unit, end, err) < 0)
			return -1;
	return add_cleared(s, s->conf.size - s->edge, s->edge, end, err);
}

static int clear(struct disk_sink *s, uint64_t end, struct rr_err *err)
{
	struct rr_range_list *list = &s->conf.written->cleared;

	if (find_cleared(s, end, err) < 0)
		return -1;
	for (size_t i = 0; i < list->n; i++)
		if (put_zeros(s, list->range[i].off, list->range[i].len, err) < 0)
			return -1;
	/* the rest of the head was cleared when the writing began */
	return add_cleared(s, 0, s->edge, end, err);
}

static int disk_finish(struct rr_sink *sink, struct rr_err *err)
{
	struct disk_sink *s = as_disk(sink);
	uint64_t end = rr_align_up(s->next, s->conf.sector);

	if (s->next == 0)
		return 0; /* nothing came, nothing was touched */
	s->conf.written->padded = end - s->next;
	if (s->held) {
		memset(s->part + s->held, 0, s->conf.sector - s->held);
		if (put(s, s->part, s->conf.sector, s->next - s->held, err) < 0)
			return -1;
	}
	/* what the head makes of a medium it must not make of another one */
	if (clear(s, end, err) < 0 || disk_flush(sink, err) < 0 || still_there(s, err) < 0)
		return -1;
	if (put(s, s->head, (size_t)rr_min(end, s->edge), 0, err) < 0)
		return -1;
	s->conf.written->whole = disk_flush(sink, err) == 0 && still_there(s, err) == 0;
	s->conf.written->direct = s->direct;
	return s->conf.written->whole ? 0 : -1;
}

static void disk_close(struct rr_sink *sink)
{
	struct disk_sink *s = as_disk(sink);

	free(s->head);
	free(s->part);
	free(s->piece);
	free(sink->name);
	free(s);
}

static const struct rr_sink_ops disk_ops = {
	.write = disk_write,
	.flush = disk_flush,
	.finish = disk_finish,
	.close = disk_close,
};

static unsigned char *aligned_zeros(size_t len)
{
	void *p = NULL;

	if (posix_memalign(&p, BLOCK, len) != 0)
		return NULL;
	return memset(p, 0, len);
}

static void set_direct(struct disk_sink *s)
{
	int flags = fcntl(s->conf.fd, F_GETFL);

	s->direct = flags >= 0 && fcntl(s->conf.fd, F_SETFL, flags | O_DIRECT) == 0;
	if (!s->direct)
		(void)snprintf(s->conf.written->why_buffered, sizeof(s->conf.written->why_buffered),
			       "direct writes are refused: %s", rr_err_os(errno));
}

int rr_disk_sink_new(const struct rr_disk_sink_conf *conf, struct rr_sink **out, struct rr_err *err)
{
	uint64_t unit = rr_max(BLOCK, conf->sector);
	struct disk_sink *s = calloc(1, sizeof(*s));

	if (!s)
		return rr_fail_memory(err);
	s->conf = *conf;
	s->base.ops = &disk_ops;
	s->edge = rr_min(EDGE, rr_align_down(conf->size / EDGE_PART, unit));
	s->edge = rr_min(rr_max(s->edge, unit), conf->size);
	s->base.name = strdup(conf->name);
	s->head = aligned_zeros(s->edge);
	s->part = aligned_zeros(conf->sector);
	s->piece = aligned_zeros(PIECE_SIZE);
	if (!s->base.name || !s->head || !s->part || !s->piece) {
		disk_close(&s->base);
		return rr_fail_memory(err);
	}
	set_direct(s);
	*out = &s->base;
	return 0;
}
