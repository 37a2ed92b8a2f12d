/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parts.h - the parts of a record as JSON, and words that both directions use. */
#ifndef RR_PARTS_H
#define RR_PARTS_H

#include <jansson.h>

#include "rawright/clean.h"
#include "rawright/result.h"

/* Each a new value, NULL without memory. */
RR_MUST json_t *rr_part_runs(const struct rr_result *r);
RR_MUST json_t *rr_part_source(const struct rr_result *r);
RR_MUST json_t *rr_part_destination(const struct rr_result *r);
/* what: "image" or "source", whichever was read. */
RR_MUST json_t *rr_part_verification(const struct rr_verification *v, const char *what);
RR_MUST json_t *rr_part_result(const struct rr_result *r);
RR_MUST json_t *rr_part_digests(const struct rr_result *r);
RR_MUST json_t *rr_part_windows(const struct rr_result *r);
RR_MUST json_t *rr_part_segments(const struct rr_result *r);
RR_MUST json_t *rr_part_events(const struct rr_result *r);

/* A text member of the case or of the source, by its place in the struct. */
struct rr_field {
	const char *key;
	size_t at;
};
/* Key NULL after the last. */
extern const struct rr_field rr_case_fields[], rr_source_fields[];

/* Whether the digests that were computed again were equal. */
#define RR_DIGESTS_MATCH "match"
#define RR_DIGESTS_DIFFERENT "different"
#define RR_DIGESTS_NOT_COMPARED "not-compared"

#endif
