/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h - foreign strings (labels, models, file names) made fit for terminals, logs and JSON. */
#ifndef RR_TEXT_H
#define RR_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"

/* A new string that is valid UTF-8 and holds no control character, no bidirectional or other
 * invisible formatting character, and no line end: such bytes stand as \xNN. NULL without memory
 * or for NULL. The caller frees it. */
RR_MUST char *rr_text_printable(const char *s);

/* The same for len bytes that may hold NUL. */
RR_MUST char *rr_text_printable_bytes(const void *s, size_t len);

/* The same line by line: line ends stay. */
RR_MUST char *rr_text_printable_lines(const char *s);

/* Was there nothing to make printable? */
bool rr_text_is_printable(const char *s);

/* Does a shell take it as it is, as a word of a command and no option? */
bool rr_text_is_shell_word(const char *s);

/* The bytes of s in lower-case hex; NULL without memory. The caller frees it. */
RR_MUST char *rr_text_hex(const void *s, size_t len);

/* Hex digits, either case, exactly 2 * len of them, into out. False for anything else. */
RR_MUST bool rr_text_unhex(const char *hex, uint8_t *out, size_t len);

/* printf into a new string; NULL without memory. The caller frees it. */
RR_MUST char *rr_text_format(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A growing text. fail is set once memory ran out; further additions are then ignored. */
struct rr_str {
	char *s;	/* NUL-terminated once anything was added; owned */
	size_t len, room;
	bool fail;
};
void rr_str_add(struct rr_str *str, const void *s, size_t len);
void rr_str_addf(struct rr_str *str, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Hands the text over (never NULL unless memory ran out) and empties str. */
RR_MUST char *rr_str_take(struct rr_str *str);
void rr_str_free(struct rr_str *str);
static inline void rr_clean_str(struct rr_str *str)
{
	rr_str_free(str);
}
#define rr_autostr __attribute__((cleanup(rr_clean_str)))

#endif
