/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pipe.h - the inside of a pipeline, shared by pipeline.c and reader.c. */
#ifndef RR_ENGINE_PIPE_H
#define RR_ENGINE_PIPE_H

#include "rawright/pipeline.h"

struct rr_pipeline {
	struct rr_flow flow;
	struct rr_pool *pool;
	struct rr_buf last; /* the token that ends every pass; never waits for the pool */
	pthread_t reader;

	/* counted by whoever is there */
	atomic_bool stop, reading;
	atomic_uint vital; /* vital stages that still work */
	atomic_ullong done, bad, retried;
	atomic_ullong busy_since, pos; /* ms of the read that is under way, 0: none */
	atomic_ullong busy_us; /* of all reads */
	uint64_t seen_us, load_us; /* load.c's: as they were when it looked last */

	pthread_mutex_t mu;
	pthread_cond_t cv;
	unsigned running; /* guarded by mu */
	struct rr_word *word, **word_end; /* guarded by mu */
	struct rr_range_list gone; /* through all stages, not told yet; guarded by mu */
	bool pause; /* guarded by mu */

	/* the reader's; read by others after the threads have ended */
	bool complete;
	bool ended; /* a stream's end was seen */
	struct rr_err err;
	uint64_t good; /* a sector that was read well; UINT64_MAX: none yet */
	uint64_t errors_in_row;
	uint64_t next_checkpoint;
	size_t most;			/* bytes of the next large read: what takes a blink */
	unsigned char *scratch; /* the sector that is read alone */
	unsigned char *probe; /* and the one that proves the drive's presence meanwhile */
};

/* Takes the word over (a copy is made); lost without memory, but for its map. */
void rr_pipe_tell(struct rr_pipeline *pipe, const struct rr_word *word);
void rr_pipe_push(struct rr_pipeline *pipe, struct rr_buf *buf);
/* The reader's: waits while there is to be a pause, and for no stop. */
void rr_pipe_rest(struct rr_pipeline *pipe);
void *rr_reader_main(void *pipe);

#endif
