/* SPDX-License-Identifier: GPL-3.0-or-later */
/* place.h - a destination of a read: what stands there already, and the files beside it. */
#ifndef RR_ENGINE_PLACE_H
#define RR_ENGINE_PLACE_H

#include "rawright/job.h"
#include "rawright/map.h"
#include "rawright/pipeline.h"

struct rr_place {
	const char *path;
	bool stream;		/* pipe, character device, standard output: no files beside it */
	bool resume;		/* an unfinished image to go on with */
	bool begin_anew;	/* what stands there gives way (--force, or nothing tried yet) */
	char *map_path, *record_path, *sums_path;	/* owned; NULL: has none */
	struct rr_map *have;	/* what it holds; NULL when it is no resume */
	struct rr_map_info info;	/* of the map that was found */
	struct rr_map *durable;	/* as it was saved last; NULL before */
	struct rr_stage *stage;	/* that writes it; NULL before */
	int lock;		/* holds what stands there against a second run; -1: none */
	bool made, map_made;	/* created by this job: removed when the job cannot start */
	bool map_stood;		/* a map was there before */
};

/* Looks at path and all beside it, touches nothing. first: IMAGE itself, which has a record and
 * sums. RR_REFUSED: something stands there. */
RR_MUST int rr_place_look(struct rr_place *place, const struct rr_capture_conf *conf,
			  const struct rr_job *job, size_t i, struct rr_err *err);
/* Is each file that will be made another one, and none of them the source? At most 64 places. */
RR_MUST int rr_place_clash(const struct rr_place *place, size_t n, const char *source,
			   struct rr_err *err);
/* Is there room for all of them, file system by file system? RR_REFUSED when not. */
RR_MUST int rr_place_room(const struct rr_place *place, size_t n, uint64_t bytes,
			  struct rr_err *err);
/* Opens or creates the destination and makes its stage. */
RR_MUST int rr_place_open(struct rr_place *place, const struct rr_capture_conf *conf,
			  struct rr_err *err);
/* Removes what this job made, after a failed start. */
RR_MUST int rr_place_undo(struct rr_place *place, struct rr_err *err);
void rr_place_free(struct rr_place *place);

#endif
