/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result.h - what a job found out: filled by the engine, rendered by record/, shown by report/.
 * All strings are owned and may be foreign. Offsets and lengths are bytes. */
#ifndef RR_RESULT_H
#define RR_RESULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clock.h"
#include "rawright/digest.h"
#include "rawright/drive.h"
#include "rawright/err.h"
#include "rawright/io.h"
#include "rawright/range.h"

#define RR_RECORD_LIMIT ((size_t)64 << 20)	/* bytes of a record that will be read */

enum rr_exit {
	RR_EXIT_OK = 0,
	RR_EXIT_FAILED = 1,
	RR_EXIT_USAGE = 2,
	RR_EXIT_BAD_SECTORS = 3,
	RR_EXIT_DIFFERENT = 4,
	RR_EXIT_REFUSED = 5,
	RR_EXIT_GONE = 6,
	RR_EXIT_STOPPED = 130,
};
/* The exit status that an error of this kind means. */
int rr_exit_of(enum rr_kind kind);
/* The weightier of two: 130, 6, 4, 1, 3, 0; 2 and 5 end a job before it starts and win over 0. */
int rr_exit_worse(int a, int b);

struct rr_digest_value {
	const struct rr_digest_algo *algo;
	uint8_t value[RR_DIGEST_MAX];
};

struct rr_run {
	char start[RR_CLOCK_TEXT], end[RR_CLOCK_TEXT];	/* UTC */
	char utc_offset[RR_CLOCK_TEXT];
	double seconds;
	bool clock_synchronised;
	char stopped_by[32];	/* "" (ran to its end), "SIGINT", "error", ... */
};

struct rr_note {
	char t[RR_CLOCK_TEXT];
	char kind[24];		/* "io", "hold", "resume", "unreadable", "destination", ... */
	char *text;
	bool placed;		/* off and len mean something */
	uint64_t off, len;
};

enum rr_dest_status { RR_DEST_OPEN, RR_DEST_WRITTEN, RR_DEST_VERIFIED, RR_DEST_NOT_VERIFIED,
		RR_DEST_DIFFERENT, RR_DEST_FAILED };
/* "verified", "not-verified", ... */
const char *rr_dest_status_name(enum rr_dest_status status);

/* A read-back of one destination. */
struct rr_verification {
	bool done;
	enum rr_how how;
	uint64_t bytes;			/* read back */
	uint64_t compared;		/* of those, how many there was something to compare with */
	/* the digests of the stream were computed again and are equal */
	bool digests_match;
	bool digests_compared;
	struct rr_range_list differences;	/* positions of the image */
};

struct rr_dest {
	char *path;
	bool stream;
	enum rr_dest_status status;
	struct rr_err err;		/* why it failed */
	struct rr_verification verification;
	const struct rr_node *drive;	/* borrowed: of a drive that is written; else NULL */
	struct rr_disk_written written;	/* of a drive: how */
};

/* What is done. */
enum rr_task { RR_TASK_READ, RR_TASK_WRITE, RR_TASK_CLONE, RR_TASK_VERIFY, RR_TASK_HASH };
const char *rr_task_name(enum rr_task task);	/* "read", ... */
/* Are destinations written? Else an image is held against what is known of it, or nothing. */
bool rr_task_writes(enum rr_task task);
/* Are the destinations drives? */
bool rr_task_to_drives(enum rr_task task);

enum rr_outcome { RR_INCOMPLETE, RR_COMPLETE, RR_COMPLETE_WITH_ERRORS, RR_FAILED };
const char *rr_outcome_name(enum rr_outcome outcome);

struct rr_case_info {
	char *number, *evidence, *examiner, *label, *note;
};

struct rr_result {
	/* who asked, for what */
	enum rr_task task;
	int argc;
	char **argv;
	struct rr_case_info info;
	struct rr_run *run;		/* the last one is this one */
	size_t nrun;

	/* from where */
	struct rr_node source;
	struct rr_disc disc;		/* of an optical drive: what it says of its disc */
	bool exclusive;			/* held by O_EXCL */
	bool mounted;			/* was read although mounted or in use */
	bool read_only_before, read_only_set;
	unsigned read_only_cleared;
	char *read_only_why_not;
	bool direct;
	char *why_buffered;
	uint64_t offset, length;	/* of the source; length is also the image's size */

	/* to where; the first is IMAGE */
	struct rr_dest *dest;
	size_t ndest;
	struct rr_verification reread;	/* --reread: the source, read once more */

	/* what came of it */
	bool dry_run;			/* all checks were made and nothing else */
	enum rr_outcome outcome;
	int exit;
	struct rr_err err;		/* what ended it, RR_OK when nothing did */
	uint64_t bytes_read;		/* good bytes of the source in the image */
	uint64_t bytes_filled;		/* unreadable, filled */
	uint64_t bytes_missing;		/* not tried, or not on the image */
	struct rr_range_list bad;
	char *fill;			/* the text, NULL: zeros */
	unsigned retries;

	struct rr_digest_value *digest;
	size_t ndigest;
	bool digest_over_image;		/* computed by reading the image, not in the stream */
	uint64_t window;		/* --window: bytes; 0: none */
	uint8_t (*window_sha256)[32];
	size_t nwindow;
	struct rr_segment_list segments;

	struct rr_note *note;
	size_t nnote;
};
void rr_result_clear(struct rr_result *r);
/* Appends a note with the time now; foreign text is allowed. Without memory it is dropped. */
void rr_result_note(struct rr_result *r, const char *kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
