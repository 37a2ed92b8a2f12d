/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map.h - what became of each range of the source, in the five states of the GNU ddrescue mapfile
 * (gddrescue 1.27, "Mapfile structure"). */
#ifndef RR_MAP_H
#define RR_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"
#include "rawright/err.h"

enum rr_state { RR_NON_TRIED, RR_NON_TRIMMED, RR_NON_SCRAPED, RR_BAD, RR_FINISHED };
#define RR_STATES 5

struct rr_extent {
	uint64_t off, len;
	enum rr_state state;
};

/* Sorted, without gaps, neighbours differ. One thread at a time. */
struct rr_map;

/* [off, off + len) in one state; len > 0. */
RR_MUST int rr_map_new(struct rr_map **out, uint64_t off, uint64_t len, enum rr_state state,
		struct rr_err *err);
RR_MUST int rr_map_copy(struct rr_map **out, const struct rr_map *map, struct rr_err *err);
void rr_map_free(struct rr_map *map);				/* NULL allowed */
uint64_t rr_map_start(const struct rr_map *map);
uint64_t rr_map_end(const struct rr_map *map);
size_t rr_map_count(const struct rr_map *map);
struct rr_extent rr_map_at(const struct rr_map *map, size_t i);	/* i < count, ascending */
/* The range must lie inside the map. RR_SYSTEM without memory; the map is then unchanged. */
RR_MUST int rr_map_set(struct rr_map *map, uint64_t off, uint64_t len, enum rr_state state,
		struct rr_err *err);
/* The first range at or after from whose state is in the set (bits 1u << state), cut at from. */
RR_MUST bool rr_map_next(const struct rr_map *map, uint64_t from, unsigned states,
		struct rr_extent *out);
enum rr_state rr_map_state(const struct rr_map *map, uint64_t off);	/* off inside the map */
uint64_t rr_map_total(const struct rr_map *map, enum rr_state state);	/* bytes */
bool rr_map_is(const struct rr_map *map, enum rr_state state);		/* nothing but that */
/* The same ranges in the same states. */
bool rr_map_equal(const struct rr_map *a, const struct rr_map *b);

/* core/map_file.c - the text form. */

/* What stands around the ranges. */
struct rr_map_info {
	uint64_t pos;		/* current position */
	char status;		/* '?' copying, '+' finished, or another of the format's */
	unsigned pass;
	char **note;		/* the text of each "# rawright: " line, as it was; owned */
	size_t nnote;
};
void rr_map_info_free(struct rr_map_info *info);
RR_MUST int rr_map_info_add(struct rr_map_info *info, const char *note, struct rr_err *err);
/* The value of the first note "KEY=value", or NULL. */
const char *rr_map_info_get(const struct rr_map_info *info, const char *key);

/* A new text that ddrescue and ddrescuelog read; the caller frees it. */
RR_MUST int rr_map_print(const struct rr_map *map, const struct rr_map_info *info, char **out,
		struct rr_err *err);
/* Understands what ddrescue understands: comments, decimal, octal and hex numbers. name is for
 * messages. A text that breaks the rules (gap, overlap, unknown state) is RR_FORMAT with its line.
 * The map covers [off, off + len): what the text leaves out is NON_TRIED, what goes past the end
 * is RR_FORMAT. Unfinished parts of sectors are widened to the whole sector in the less processed
 * of its states. */
RR_MUST int rr_map_parse(const char *text, const char *name, uint64_t off, uint64_t len,
		uint32_t sector,
			 struct rr_map **out, struct rr_map_info *info, struct rr_err *err);

#endif
