/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.h - what happened, for good: the JSON record and the checksum file. */
#ifndef RR_RECORD_H
#define RR_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"
#include "rawright/err.h"
#include "rawright/result.h"

#define RR_RECORD_SCHEMA "rawright-record/1"

/* record/record.c. A new JSON text (indented, one final newline); caller frees. Schema:
 * docs/rawright-record.schema.json. */
RR_MUST int rr_record_render(const struct rr_result *r, char **out, struct rr_err *err);
/* What an earlier run left, to go on with or to verify by: runs, bad ranges, segments, digests,
 * windows, notes, case, length, outcome, verification.  name is for messages. RR_FORMAT when it is
 * no such record. On failure *r is left cleared. */
RR_MUST int rr_record_parse(const char *text, size_t len, const char *name, struct rr_result *r,
		struct rr_err *err);

/* record/sums.c. The checksum file: "#" lines, then BSD tags of the digests that `cksum -c` checks,
 * for the last part of path. Names are escaped as coreutils escapes them. Caller frees. */
RR_MUST int rr_sums_print(const struct rr_result *r, const char *path, char **out,
		struct rr_err *err);
/* One line without its end ("SHA256 (name) = hex"); escaped where it must be. For an algorithm
 * without a tag the upper-case name stands there. Caller frees; NULL without memory. */
RR_MUST char *rr_sums_line(const struct rr_digest_value *digest, const char *name);

/* A line of a checksum file, BSD tags or plain ("hex  name", "hex *name"), escapes undone. */
struct rr_sum {
	char *name;		/* owned */
	char tag[32];		/* of a tagged line, "" else */
	char hex[2 * RR_DIGEST_MAX + 1];
};
struct rr_sum_list {
	struct rr_sum *sum;
	size_t n;
};
/* Comments and blank lines are skipped; a line that is neither is RR_FORMAT with its number. */
RR_MUST int rr_sums_parse(const char *text, const char *name, struct rr_sum_list *list,
		struct rr_err *err);
void rr_sum_list_clear(struct rr_sum_list *list);

#endif
