/* SPDX-License-Identifier: GPL-3.0-or-later */
/* err.h - what went wrong, where, and why: filled once, at the place that knows most.
 * A function that can fail returns 0 or -1 and fills the rr_err of its last argument. */
#ifndef RR_ERR_H
#define RR_ERR_H

#include <stdint.h>

enum rr_kind {
	RR_OK,
	RR_SYSTEM,	/* environment or destination: no space, no memory, I/O on the image */
	RR_USAGE,	/* the command line */
	RR_FORMAT,	/* an input file that cannot be understood */
	RR_MEDIUM,	/* a place on the medium that cannot be read or written */
	RR_GONE,	/* the drive or medium went away, or is not the same one */
	RR_MISMATCH,	/* a difference where there should be none */
	RR_REFUSED,	/* for safety, or because it cannot fit; nothing was touched */
	RR_STOPPED,	/* a person or a signal asked for the end */
};

struct rr_err {
	enum rr_kind kind;
	int os;			/* errno, 0 when none is behind it */
	uint64_t off, len;	/* bytes, for RR_MEDIUM and RR_MISMATCH */
	char text[640];		/* one sentence without a full stop; may hold foreign strings */
};

/* Fills err (which may be NULL) and returns -1. With os, ": strerror" is appended. The text is
 * cut at its limit. Foreign strings go in as they are: who shows the text makes it printable. */
int rr_fail(struct rr_err *err, enum rr_kind kind, int os, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Adds the place to a filled err and returns -1. */
int rr_fail_at(struct rr_err *err, uint64_t off, uint64_t len);

/* The text of an errno, safe in any thread. */
const char *rr_err_os(int os);

/* Out of memory, in one wording. Returns -1. */
int rr_fail_memory(struct rr_err *err);

#endif
