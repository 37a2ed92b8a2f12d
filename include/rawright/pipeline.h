/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pipeline.h - one pass over a source: a reader, a pool of buffers, and a thread for each stage. */
#ifndef RR_PIPELINE_H
#define RR_PIPELINE_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/buf.h"
#include "rawright/digest.h"
#include "rawright/err.h"
#include "rawright/event.h"
#include "rawright/io.h"
#include "rawright/map.h"
#include "rawright/result.h"

struct rr_pipeline;

/* Takes every buffer, in the order of reading, on a thread of its own. */
struct rr_stage {
	const struct rr_stage_ops *ops;
	bool vital;		/* when the last vital stage has failed, nobody needs the bytes */
	atomic_bool failed;	/* set after err; it takes no more buffers then */
	struct rr_err err;
	struct rr_ring ring;	/* the pipeline's */
	struct rr_pipeline *pipe;
	pthread_t thread;
	/* ms of the take that is under way, 0: none; and the place it is for */
	atomic_ullong busy_since, pos;
	/* bytes taken, and the time that took */
	atomic_ullong took, busy_us;
	/* Set by whoever makes the pass: 1 + the index of the destination it writes or reads, 0:
	 * none; or that it reads the job's source for itself. */
	size_t dest;
	bool from_source;
	uint64_t seen_us;	/* load.c's */
};
/* All but take may be NULL. Called by the stage's thread, but free. */
struct rr_stage_ops {
	int (*take)(struct rr_stage *, const struct rr_buf *, struct rr_err *);
	int (*mark)(struct rr_stage *, struct rr_err *);	/* make durable what came so far */
	int (*end)(struct rr_stage *, struct rr_err *);		/* the source was read to its end */
	void (*free)(struct rr_stage *);
};
void rr_stage_free(struct rr_stage *stage);	/* NULL allowed */

/* The stages. base: the source's position of the image's first byte. */

/* One digest. value() is valid after the pass; false: bytes came out of order. */
RR_MUST int rr_stage_digest_new(const struct rr_digest_algo *algo, struct rr_stage **out,
		struct rr_err *err);
RR_MUST bool rr_stage_digest_value(struct rr_stage *stage, uint64_t size,
		struct rr_digest_value *out);

/* sha256 of every window of so many bytes, the last one shorter. *list is the caller's to free. */
RR_MUST int rr_stage_windows_new(uint64_t window, uint64_t base, struct rr_stage **out,
		struct rr_err *err);
RR_MUST bool rr_stage_windows_take(struct rr_stage *stage, uint64_t size, uint8_t (**list)[32],
		size_t *n);

/* CRC-32 of pieces: cut at every `window` bytes, at gaps, changes of state and checkpoints. */
RR_MUST int rr_stage_segments_new(uint64_t window, uint64_t base, struct rr_stage **out,
		struct rr_err *err);
/* A copy of what stood at the last checkpoint or end. Any thread. */
RR_MUST int rr_stage_segments_copy(struct rr_stage *stage, struct rr_segment_list *out,
		struct rr_err *err);

/* Holds what passes by against known segments (sorted, not overlapping, borrowed). */
struct rr_check {
	uint64_t compared;			/* bytes for which there was a segment */
	struct rr_range_list differences;	/* segments that differ or could not be read */
	struct rr_segment_list found;		/* what lies between the known ones, computed */
};
RR_MUST int rr_stage_check_new(const struct rr_segment_list *known, uint64_t window,
		struct rr_stage **out,
			       struct rr_err *err);
/* The stage's own; valid after the pass, until the stage is freed. */
struct rr_check *rr_stage_check_result(struct rr_stage *stage);

/* Compares with another source (borrowed), byte by byte; to is the position in it of the pass's
 * position base. Unreadable there: a difference with its errno; unreadable in the pass itself: one
 * with EIO. Positions of differences are the other source's. Vital. */
struct rr_compare {
	uint64_t compared;			/* bytes */
	struct rr_range_list differences;
};
RR_MUST int rr_stage_compare_new(struct rr_source *with, uint64_t base, uint64_t to,
		struct rr_stage **out,
				 struct rr_err *err);
struct rr_compare *rr_stage_compare_result(struct rr_stage *stage);
/* Before the pass: at its end these ranges of the other source must be zeros. Borrowed. */
void rr_stage_compare_zeros(struct rr_stage *stage, const struct rr_range_list *zeros);

/* Reads another source (borrowed) where the pass is, shows what it reads to the inner stages (taken
 * over on success; check and digest stages), and at the end looks whether zeros (borrowed, NULL
 * allowed) are zeros. The result counts what was read; its differences are what could not be read,
 * and the zeros that are none: what the inner stages find stands in them. Vital. */
RR_MUST int rr_stage_proof_new(struct rr_source *with, struct rr_stage *const *inner, size_t n,
		const struct rr_range_list *zeros, struct rr_stage **out, struct rr_err *err);
struct rr_compare *rr_stage_proof_result(struct rr_stage *stage);

/* Writes to a sink (taken over on success). Vital. */
struct rr_sink_stage_conf {
	struct rr_sink *sink;
	uint64_t base;
	bool sparse;		/* blocks of zeros become holes */
};
RR_MUST int rr_stage_sink_new(const struct rr_sink_stage_conf *conf, struct rr_stage **out,
		struct rr_err *err);

/* A pass. What it points to is borrowed until join (the array of stages is copied); the map is the
 * reader's alone until then. */
struct rr_flow {
	struct rr_source *src;
	/* in: what is not FINISHED is read, in order; out: what came of it */
	struct rr_map *map;
	struct rr_stage **stage;
	size_t nstage;
	unsigned retries;		/* further reads of a sector that cannot be read */
	/* for unreadable sectors, repeated from each sector's start; NULL: zeros */
	const char *fill;
	uint64_t checkpoint_ms;		/* between checkpoints; 0: only at the end */
	size_t dest;			/* src is that destination, read back: as in rr_stage */
	size_t most;			/* bytes of a read; 0: as large as goes. For what is slow */
	uint64_t known_good;		/* a sector that was read before; UINT64_MAX: none */
};

/* What the reader tells on the way. */
enum rr_word_type { RR_WORD_RANGE, RR_WORD_NOTE, RR_WORD_CHECKPOINT };
struct rr_word {
	enum rr_word_type type;
	struct rr_range range;		/* RANGE: cannot be read */
	char kind[24], text[400];	/* NOTE */
	/* CHECKPOINT: all stages made this durable; the receiver frees it */
	struct rr_map *map;
	struct rr_word *next;
};

struct rr_counts {
	/* bytes that all stages are through with; of those, unreadable */
	uint64_t done, bad;
	uint64_t pos;			/* where the source is being read, or (silent) written */
	uint64_t silent_ms;		/* for how long the slowest of reads and stages has been at
					 * one piece */
	bool reading;			/* false: the reader is through, stages still work */
	uint64_t retried;		/* reads of a sector that were tried again */
};

RR_MUST int rr_pipeline_start(struct rr_pipeline **out, const struct rr_flow *flow,
		struct rr_err *err);
/* Waits so long at most; true: every thread has ended. */
RR_MUST bool rr_pipeline_wait(struct rr_pipeline *pipe, unsigned ms);
void rr_pipeline_counts(struct rr_pipeline *pipe, struct rr_counts *now);
/* The next word, or false. */
RR_MUST bool rr_pipeline_word(struct rr_pipeline *pipe, struct rr_word *out);
/* What all stages are through with since the last call, in order; neighbours are one. tries is the
 * enum rr_state. *list was empty; the caller clears it. */
void rr_pipeline_done(struct rr_pipeline *pipe, struct rr_range_list *list);
/* Of each destination of the n what its stage did; those without one are not active. */
void rr_pipeline_shares(struct rr_pipeline *pipe, struct rr_share *share, size_t n);
/* engine/load.c. Whom the others waited for since the last call, as rr_progress has it. */
const char *rr_pipeline_slowest(struct rr_pipeline *pipe, size_t *dest);
/* No further read begins until that is undone; what was read is worked off. */
void rr_pipeline_pause(struct rr_pipeline *pipe, bool pause);
/* No further read begins; what was read is still worked off, and a last checkpoint follows. */
void rr_pipeline_stop(struct rr_pipeline *pipe);
/* After wait said true. The source's first error; RR_STOPPED when it was stopped before its end.
 * Results of stages stand in the stages. Frees pipe. */
RR_MUST int rr_pipeline_join(struct rr_pipeline *pipe, struct rr_err *err);
/* A thread sits in the kernel: leaves everything to it. Nothing of the flow may be freed. */
void rr_pipeline_abandon(struct rr_pipeline *pipe);

/* engine/policy.c - which range next; pure. */
struct rr_step {
	uint64_t off;
	size_t len;
	bool alone;		/* sector by sector: a large read has failed here before */
};
RR_MUST bool rr_policy_next(const struct rr_map *map, uint64_t from, size_t most,
		struct rr_step *out);

#endif
