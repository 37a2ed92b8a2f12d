/* SPDX-License-Identifier: GPL-3.0-or-later */
/* capture.h - the inside of a read, shared by capture.c (before and during the copy), story.c
 * (what is known), finish.c (after the copy) and readback.c. */
#ifndef RR_ENGINE_CAPTURE_H
#define RR_ENGINE_CAPTURE_H

#include "place.h"
#include "saver.h"
#include "watch.h"

struct rr_capture {
	struct rr_job *job;
	const struct rr_capture_conf *conf;
	struct rr_result *r; /* job->result */
	struct rr_place *place;
	size_t n;
	struct rr_saver *saver;
	struct rr_map *map; /* of the source: what is not FINISHED is read */
	struct rr_map_info info; /* what stands around the ranges in every map saved */
	struct rr_segment_list kept; /* of earlier runs, still true */
	struct rr_range_list bad; /* stories of all that could not be read, also by earlier runs */
	unsigned cleared_before;	/* flags found cleared by earlier runs */
	uint64_t known_good;
	bool resumed;
	bool record_ours; /* the record at its place is ours to replace */

	/* the stages that look at every byte, beside those of the places */
	struct rr_stage **digest;
	size_t ndigest;
	struct rr_stage *windows, *segments;
};

/* How large the pieces are whose CRC-32 is kept. */
uint64_t rr_segment_size(uint64_t length);

/* The map that stands beside a place now: source is what of it is durable. Saves it. */
RR_MUST int rr_capture_save_map(struct rr_capture *c, struct rr_place *place,
				const struct rr_map *source, char status, struct rr_err *err);
/* story.c: what is to be read, and what earlier runs left: runs, case, notes, bad ranges and the
 * segments that still hold. RR_REFUSED: a record of something else stands there. */
RR_MUST int rr_capture_recall(struct rr_capture *c, struct rr_err *err);
/* story.c: brings counts, bad ranges and segments of the result in line with the source's map. */
RR_MUST int rr_capture_count(struct rr_capture *c, const struct rr_map *source, struct rr_err *err);
void rr_capture_save_record(struct rr_capture *c);

/* finish.c: after the copy; cause is what ended it, RR_OK for its end. Always sets r->exit. */
void rr_capture_finish(struct rr_capture *c, const struct rr_err *cause);

/* readback.c: reads place i back and says in its rr_dest what it found. want_digests: the image's
 * digests are not known yet and come from here. 1: it was skipped, and what was found until then
 * stands there. -1: RR_STOPPED and the like. */
RR_MUST int rr_readback(struct rr_capture *c, size_t i, bool want_digests, struct rr_err *err);
/* The digests (and windows) of a pass that has ended, into the result. False: it gives none. */
RR_MUST bool rr_take_digests(struct rr_result *r, struct rr_stage **digest, size_t n,
			     struct rr_stage *windows, uint64_t size);

#endif
