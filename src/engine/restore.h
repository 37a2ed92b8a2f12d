/* SPDX-License-Identifier: GPL-3.0-or-later */
/* restore.h - the inside of writing to drives, shared by restore.c (before and during the writing)
 * and prove.c (reading the media back). */
#ifndef RR_ENGINE_RESTORE_H
#define RR_ENGINE_RESTORE_H

#include "rawright/job.h"
#include "rawright/map.h"
#include "rawright/pipeline.h"

struct rr_restore_drive {
	const struct rr_restore_place *conf;
	struct rr_dest *dest;		/* the result's */
	uint64_t *old;			/* places of old signatures */
	struct rr_stage *stage;		/* that writes it, ... */
	struct rr_disk_written written;	/* ... and what it says; the result's after the pass */
	struct rr_source *medium;	/* that reads it back */
	struct rr_range_list zeros;	/* what must read as zeros */
	struct rr_stage *proof;		/* that holds it against what was written */
	struct rr_stage *check, *digest;	/* in the proof, where bytes are not compared */
};

/* On the heap, since threads may outlive the wait. */
struct rr_restore {
	struct rr_job *job;
	const struct rr_restore_conf *conf;
	struct rr_result *r;	/* job->result */
	struct rr_map *map;	/* of the source */
	struct rr_restore_drive *drive;
	size_t n;
	struct rr_stage **digest;
	size_t ndigest;
	struct rr_stage *segments;

	size_t most;		/* bytes of a piece, as the slowest drive wants it; 0: any */

	/* the second pass */
	struct rr_source *blank;
	struct rr_map *again;
};

/* The drive's own failure; the others go on. */
void rr_restore_failed(struct rr_restore *w, struct rr_restore_drive *d, const struct rr_err *err);

/* Is the drive still there and the same? RR_GONE. */
RR_MUST int rr_restore_alive(const struct rr_restore_drive *d, struct rr_err *err);

/* prove.c. Reads back what was written, all drives at once, and says in each rr_dest what it found.
 * -1: the job cannot go on (RR_STOPPED, or the source failed). */
RR_MUST int rr_restore_prove(struct rr_restore *w, struct rr_err *err);

#endif
