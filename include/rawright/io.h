/* SPDX-License-Identifier: GPL-3.0-or-later */
/* io.h - where bytes come from and where they go. */
#ifndef RR_IO_H
#define RR_IO_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"
#include "rawright/err.h"
#include "rawright/range.h"

struct rr_source {
	const struct rr_source_ops *ops;
	char *name;		/* as the person knows it; owned */
	uint64_t size;		/* bytes, known at the start: the bound of every loop */
	bool stream;		/* read once, in order; size is a bound until its end was seen */
	uint32_t sector;	/* the smallest unit that can be read, a power of two; offsets and
				 * lengths are multiples of it, but for the tail of a file */
	/* reads go to the medium itself (O_DIRECT), not to the page cache */
	atomic_bool direct;
	char why_buffered[200];	/* when not direct: the reason in words */
};

struct rr_source_ops {
	/* Reads len bytes at off into buf, which is aligned to the sector and has room for len
	 * rounded up to it. *got says how many bytes came,
			in every case. Less than len with 0: the medium ended early, and the caller,
	 * who knows the size, decides. -1: RR_MEDIUM (unreadable at off + *got), RR_GONE,
			RR_SYSTEM.
	 * Reader thread. */
	int (*read)(struct rr_source *, void *buf, size_t len, uint64_t off, size_t *got,
			struct rr_err *);
	/* Present, the same one, and how large now? -1 with RR_GONE: absent or another one. Also
	 * looks after what protects the source (its read-only flag). Reader thread. */
	int (*alive)(struct rr_source *, uint64_t *size_now, struct rr_err *);
	/* Do the bytes at off come without a look at the medium, as there is nothing on it? Such a
	 * read proves nothing of the drive. NULL: none do. Any thread. */
	bool (*blank)(struct rr_source *, uint64_t off);
	void (*close)(struct rr_source *);	/* frees everything; never fails */
};

bool rr_source_blank(struct rr_source *src, uint64_t off);
void rr_source_close(struct rr_source *src);	/* NULL allowed */

struct rr_sink {
	const struct rr_sink_ops *ops;
	char *name;		/* owned */
	bool stream;		/* cannot seek: takes each byte once, in order */
};

struct rr_sink_ops {
	int (*write)(struct rr_sink *, const void *buf, size_t len, uint64_t off, struct rr_err *);
	/* The range reads as zeros from now on. NULL: zeros must be written. */
	int (*hole)(struct rr_sink *, uint64_t off, uint64_t len, struct rr_err *);
	/* What was written is on stable storage, as far as the destination can promise it. */
	int (*flush)(struct rr_sink *, struct rr_err *);
	/* All is written: trailers, then durable. Nothing is written after it. */
	int (*finish)(struct rr_sink *, struct rr_err *);
	void (*close)(struct rr_sink *);	/* frees everything; never fails */
};

void rr_sink_close(struct rr_sink *sink);	/* NULL allowed */

/* core/fd_source.c - an open descriptor as a source: pread, O_DIRECT when it is true.
 * What the descriptor can do is judged by statx(2) STATX_DIOALIGN (linux/stat.h, 6.1) and by
 * trying; a refusal leaves a reason in why_buffered. */
struct rr_fd_source_conf {
	const char *name;
	int fd;			/* O_RDONLY; taken over, also on failure */
	uint64_t size;
	uint32_t sector;
	bool want_direct;
	/* NULL for a plain file, else asked by alive(); ctx is closed with the source */
	int (*alive)(void *ctx, int fd, uint64_t *size_now, struct rr_err *);
	/* asked after every read, before its bytes are given: do they come from the medium that was
	 * opened? -1 with RR_GONE: no. Cheap. NULL: a medium cannot be exchanged */
	int (*same)(void *ctx, int fd, struct rr_err *);
	void (*free_ctx)(void *ctx);
	void *ctx;
};
RR_MUST int rr_fd_source_new(const struct rr_fd_source_conf *conf, struct rr_source **out,
		struct rr_err *err);

/* Which errno say "this place cannot be read" (Linux block/blk-core.c, blk_errors[]): EIO, ENODATA,
 * EILSEQ, EREMOTEIO, ETIMEDOUT, ENOLINK. */
bool rr_errno_is_unreadable(int os);
/* Which say "no such device any more": ENODEV, ENXIO, ENOMEDIUM, ENOENT, ESHUTDOWN, EBADFD. */
bool rr_errno_is_gone(int os);

/* core/fd_sink.c - a regular file, or a stream (pipe, character device, standard output). */
struct rr_file_sink_conf {
	const char *path;	/* the name shown, and the file to create */
	uint64_t size;		/* set at creation */
	bool resume;		/* the file exists, no larger, and is opened and not created */
};
/* Creates path exclusively, locks it (flock) and sets its size; on failure nothing is left. */
RR_MUST int rr_file_sink_new(const struct rr_file_sink_conf *conf, struct rr_sink **out,
		struct rr_err *err);
/* A stream; fd is taken over, also on failure. */
RR_MUST int rr_stream_sink_new(const char *name, int fd, struct rr_sink **out, struct rr_err *err);

/* core/disk_sink.c - a drive to be overwritten from its beginning on, in order. Its first MiB (of a
 * medium under 16 MiB: a sixteenth of it) is cleared when the first byte comes, and written by
 * finish() after all else is on the medium: what was begun and not finished looks like nothing.
 * The last sector is padded with zeros. Beyond the data, the last MiB and the 4 KiB around each old
 * signature are cleared. Direct writes where the device takes them. */
struct rr_disk_written {	/* what became of it; read after the pass */
	bool begun;			/* something of it was touched */
	bool whole;			/* all is on the medium, the first MiB too */
	bool direct;
	char why_buffered[200];
	uint64_t padded;		/* bytes of zeros behind the data, to the sector's end */
	struct rr_range_list cleared;	/* zeros beyond the data; the caller clears the list */
};
struct rr_disk_sink_conf {
	const char *name;
	int fd;			/* O_RDWR; borrowed */
	uint64_t size;
	uint32_t sector;
	uint32_t most;		/* bytes written in one call, whole sectors; 0: any number */
	const uint64_t *old;	/* where old signatures stand; borrowed */
	size_t nold;
	/* asked after an error: still there and the same? -1 with RR_GONE: no */
	int (*alive)(void *ctx, int fd, uint64_t *size_now, struct rr_err *err);
	/* asked before every write: is the medium the one that was opened? Cheap; NULL allowed */
	int (*same)(void *ctx, int fd, struct rr_err *err);
	void *ctx;
	struct rr_disk_written *written;	/* filled by the writer; the caller's, zeroed */
};
/* write() fails with RR_GONE when the drive went away, else with RR_SYSTEM. What cannot be written
 * is tried again in halves, ten seconds at most, to find the sector. */
RR_MUST int rr_disk_sink_new(const struct rr_disk_sink_conf *conf, struct rr_sink **out,
		struct rr_err *err);

/* core/stream_source.c - standard input or a pipe as a source: read once, in order, to its end.
 * size is a bound until the end has been seen, and then the number of bytes that came. An end
 * before `least` bytes is RR_SYSTEM: the stream is cut. fd is taken over, also on failure. */
RR_MUST int rr_stream_source_new(const char *name, int fd, uint64_t bound, uint64_t least,
		struct rr_source **out, struct rr_err *err);

/* core/blank_source.c - so many bytes that nobody looks at: drives a pass whose stages read for
 * themselves. */
RR_MUST int rr_blank_source_new(const char *name, uint64_t size, uint32_t sector,
		struct rr_source **out, struct rr_err *err);

/* core/image_source.c - an image opened to be read from the disk and not from memory. *how says
 * whether that holds: O_DIRECT; or synced, dropped from the cache and proven gone by mincore(2);
 * or neither (tmpfs). */
enum rr_how { RR_HOW_DIRECT, RR_HOW_DROPPED, RR_HOW_CACHE };
RR_MUST int rr_image_source_new(const char *path, struct rr_source **out, enum rr_how *how,
		struct rr_err *err);
/* core/cache.c. Synced, dropped from the page cache, and seen to be out of it, by mincore(2). No
 * read-ahead from here on: what is read then comes from the disk. False: something may still be
 * cached. Of a block device what others wrote goes out too (BLKFLSBUF, linux/fs.h; takes root). */
bool rr_cache_drop(int fd, uint64_t size);
const char *rr_how_name(enum rr_how how);	/* "direct", "cache-dropped", "cache" */

#endif
