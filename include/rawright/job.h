/* SPDX-License-Identifier: GPL-3.0-or-later */
/* job.h - passes strung together: read a medium to images, verify an image, hash. Run by the main
 * thread, which shows what happens and never waits for a medium. */
#ifndef RR_JOB_H
#define RR_JOB_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/digest.h"
#include "rawright/drive.h"
#include "rawright/err.h"
#include "rawright/event.h"
#include "rawright/inspect.h"
#include "rawright/io.h"
#include "rawright/result.h"

/* How records and checksum files are made and understood: record/, handed in by cli/. */
struct rr_keeper {
	int (*render)(const struct rr_result *, char **out, struct rr_err *);
	int (*parse)(const char *text, size_t len, const char *name, struct rr_result *,
			struct rr_err *);
	int (*sums)(const struct rr_result *, const char *path, char **out, struct rr_err *);
};

#define RR_PLAN 12	/* phases that a job announces */

struct rr_job {
	struct rr_reporter *reporter;
	const atomic_int *stop;		/* nonzero: a signal asks for the end */
	atomic_int *show;		/* nonzero: somebody asks for progress; taken by exchange */
	const struct rr_keeper *keeper;
	struct rr_result *result;	/* filled; the caller's, cleared by the caller */
	struct rr_source *src;		/* the caller's */

	/* out: a thread sits in the kernel. src, and all else that threads may touch, must stay. */
	bool stuck;

	/* the job's own */
	uint64_t start_ms;
	bool stop_said, started, buffered_said;
	bool skip, skip_said;		/* a person wants no verification; that was noted */
	const char *plan[RR_PLAN];	/* phases that are to come, known at the start */
	size_t nplan, ndigest;		/* digests that were told */
	struct rr_share *share;		/* one for each destination, while a pass runs */
	unsigned part, parts;		/* which of how many passes over the data; 0: not known */
};

/* The end of a job: END, with the digests before it and the record in it. failed: what a job that
 * returned -1 said, else NULL. Nothing when the job never started. *record (may be NULL): its text;
 * the caller frees it. */
void rr_job_end(struct rr_job *job, const struct rr_err *failed, char **record);

/* Reads job->src to one or more destinations. */
struct rr_capture_conf {
	uint64_t offset, length;	/* of the source; multiples of its sector, or to its end */
	const char *const *dest;	/* the first is IMAGE; "-" is standard output */
	size_t ndest;
	const char *map_path, *record_path;	/* NULL: beside IMAGE */
	struct rr_digest_list hash;
	unsigned retries;
	const char *fill;
	uint64_t window;
	bool sparse, verify, reread, force, dry_run, keep_map;
	struct rr_hold *hold;		/* found, not set; or NULL */
	/* called before the flags are set; NULL allowed */
	void (*guard_hold)(const struct rr_hold *hold);
};
/* 0: it ran, and result->exit says how it ended. -1: it could not start; what it made is gone
 * again. */
RR_MUST int rr_capture(struct rr_job *job, const struct rr_capture_conf *conf, struct rr_err *err);

/* Writes job->src to drives that were opened for it, all at once, and verifies by reading each
 * medium itself. A source that is no stream and is all readable may be read twice (twice): then
 * media are compared with it byte by byte; else with the checksums of what was written, place by
 * place. */
struct rr_restore_place {
	const struct rr_node *node;	/* kept by the result */
	struct rr_target *target;	/* NULL only with dry_run */
	const struct rr_signature *old;	/* what stands on it now */
	size_t nold;
};
struct rr_restore_conf {
	uint64_t offset, length;	/* of the source; of a stream: length is a bound */
	uint64_t known_length;		/* of a stream: what must come; UINT64_MAX: not known */
	const struct rr_restore_place *place;
	size_t n;
	struct rr_digest_list hash;
	/* what the image should be, from a file named so; the algorithms must be among hash */
	const struct rr_digest_value *known;
	size_t nknown;
	const char *known_from;
	unsigned retries;
	const char *fill;
	bool verify, twice, dry_run;
	struct rr_hold *hold;		/* of the source: found, not set; or NULL */
	void (*guard_hold)(const struct rr_hold *hold);
};
/* As rr_capture(). Each drive's own end stands in its rr_dest. */
RR_MUST int rr_restore(struct rr_job *job, const struct rr_restore_conf *conf, struct rr_err *err);

/* Holds an image against what is known of it, and against a medium (job->src, or NULL). */
struct rr_verify_conf {
	const char *image;
	/* what is known; any may be empty */
	const struct rr_digest_value *digest;
	size_t ndigest;
	const struct rr_segment_list *segments;
	uint64_t window;
	const uint8_t (*window_sha256)[32];
	size_t nwindow;
	uint64_t length;		/* bytes the image should have; UINT64_MAX: not known */
	/* filled ranges, positions of the source: not compared */
	uint64_t bad_base;		/* the image's first byte, by the positions of bad */
	const struct rr_range_list *bad;
	uint64_t offset;		/* the image's first byte on the medium */
};
RR_MUST int rr_verify(struct rr_job *job, const struct rr_verify_conf *conf, struct rr_err *err);

/* Digests of job->src, into result->digest. Unreadable sectors count as zeros, and result->exit is
 * 3 then. */
struct rr_hash_conf {
	uint64_t offset, length;
	struct rr_digest_list hash;
	unsigned retries;
};
RR_MUST int rr_hash(struct rr_job *job, const struct rr_hash_conf *conf, struct rr_err *err);

#endif
