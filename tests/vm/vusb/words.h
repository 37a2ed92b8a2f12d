/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.h - a line of a description, taken apart into words and numbers. */
#ifndef VUSB_WORDS_H
#define VUSB_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "rawright/err.h"

#define WORDS_MAX 16

/* The words point into the line. */
struct words {
	const char *path;	/* of the description, for messages */
	unsigned line;
	char *word[WORDS_MAX];
	size_t n;
	size_t at;		/* the next one to take */
};

/* Takes a line apart at blanks, which spoils it. "two words" are one; # begins a remark. path and
 * line are set before. RR_FORMAT: too many words, or a quotation mark without its other one. */
int words_split(struct words *w, char *line, struct rr_err *err);

/* The next word, NULL at the end. */
const char *words_next(struct words *w);

/* The next word if it is this one. */
int words_take(struct words *w, const char *word);

/* RR_FORMAT, with the place in front. Returns -1. */
int words_fail(const struct words *w, struct rr_err *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* RR_FORMAT if there is one more word than was understood. */
int words_end(struct words *w, struct rr_err *err);

/* The next word as a number of at most max, decimal. */
int words_number(struct words *w, uint64_t max, uint64_t *out, struct rr_err *err);

/* The next word as a number of at most max, hexadecimal. */
int words_hex(struct words *w, uint64_t max, uint64_t *out, struct rr_err *err);

/* The next word as a time, "300ms" or "2s", in milliseconds. */
int words_time(struct words *w, uint64_t *out_ms, struct rr_err *err);

/* The next word as sectors, "100", "100-109" (both ends belong to it) or "all". */
int words_range(struct words *w, uint64_t *first, uint64_t *last, struct rr_err *err);

#endif
