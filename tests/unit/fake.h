/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake.h - a drive, a destination and a reporter in memory that do what a test tells them to: what
 * fails, when, how often; and that remember what was asked of them. */
#ifndef RR_TEST_FAKE_H
#define RR_TEST_FAKE_H

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "limit.h"
#include "rawright/event.h"
#include "rawright/io.h"
#include "rawright/job.h"
#include "rawright/map.h"
#include "rawright/pipeline.h"

#define FAKE_EVER  UINT_MAX
#define FAKE_NEVER UINT64_MAX
#define FAKE_FILL  "NO DATA " /* 8 bytes, so that it fills sectors alike */

/* Numbers that look random and are the same in every run. */
uint64_t fake_random(uint64_t *seed);
uint64_t fake_below(uint64_t *seed, uint64_t n);

/* Somebody waits here until somebody else opens. */
struct fake_gate {
	pthread_mutex_t mu;
	pthread_cond_t cv;
	bool reached, open;
};
void fake_gate_init(struct fake_gate *gate);
void fake_gate_wait(struct fake_gate *gate);
void fake_gate_await(
	struct fake_gate *gate); /* until somebody waits there; a limit fails the test */
void fake_gate_open(struct fake_gate *gate);

struct fake_read {
	uint64_t off;
	size_t len, got;
};

struct fake_sector {
	unsigned fails; /* so many reads fail; FAKE_EVER: all */
	int os; /* with this errno; 0: as if the medium ended before it */
	unsigned touched; /* how often it was asked for, and its answer counted */
};

/* Calls are those of read(), counted from 0. A range of calls is [from, to). */
struct fake_drive {
	struct rr_source src;
	unsigned char *data;
	struct fake_sector *sector;
	size_t nsector;
	uint64_t calls;
	uint64_t fail_from, fail_to; /* these fail ... */
	int fail_os; /* ... so; 0: they bring nothing, without an error */
	uint64_t fail_off; /* out: where the first of them read, ... */
	size_t fail_len; /* ... how much, 0: none came; ... */
	bool fail_known; /* ... and whether that sector had answered well before */
	uint64_t cut_from, cut_to; /* these bring fewer bytes, without an error */
	size_t cut;
	uint64_t dead_from; /* after this call alive() says: gone */
	uint64_t shrunk_from, size_now; /* after this call alive() says: so large */
	uint64_t blank_from, blank_to; /* bytes that come whatever the drive does */
	size_t ragged; /* bytes of an unreadable sector that come all the same */
	unsigned us; /* so long takes a read */
	uint64_t hold_at; /* this call waits at the gate */
	struct fake_gate gate;
	uint64_t buffered_from; /* from this call on direct reads are refused */
	bool wrong; /* it was asked for what no source need give */
	struct fake_read *log; /* the calls so far */
	size_t log_room;
};
struct fake_drive *fake_drive_new(uint64_t size, uint32_t sector, uint64_t seed);
void fake_drive_free(struct fake_drive *drive);
/* n sectors from the first fail so many times. */
void fake_drive_damage(struct fake_drive *drive, size_t first, size_t n, unsigned fails, int os);
/* As it was made, but for its data and its damage. */
void fake_drive_heal(struct fake_drive *drive);

/* What a sink wrote to; outlives the sink. Calls are counted from 0. */
struct fake_disk {
	unsigned char *data;
	uint64_t size;
	uint32_t unit;
	size_t nunit;
	unsigned *written; /* how often each unit was */
	unsigned *durable; /* the flush that made it so, counted from 1; 0: none */
	bool *dirty;
	unsigned writes, holes, flushes, finishes, closed;
	uint64_t fail_write, fail_flush, fail_finish;
	int os;
	unsigned us; /* so long takes a write */
	uint64_t hold_at; /* this write waits at the gate */
	struct fake_gate gate;
	bool wrong;
};
struct fake_disk *fake_disk_new(uint64_t size, uint32_t unit);
void fake_disk_free(struct fake_disk *disk);
/* A stage that writes to it; conf may be NULL, its sink is set here. */
struct rr_stage *fake_disk_stage(struct fake_disk *disk, const struct rr_sink_stage_conf *conf,
				 bool holes);

/* Fails the test when a byte of the image is not what the map says of it: the drive's where it is
 * FINISHED, the fill where it is BAD. base: the source's position of the image's first byte. */
void fake_expect_truth(const struct fake_drive *drive, const unsigned char *image,
		       const struct rr_map *map, uint64_t base, const char *fill);
/* And that the flush with this number, or one before it, made all of that durable. */
void fake_expect_durable(const struct fake_disk *disk, const struct rr_map *map, uint64_t base,
			 unsigned flush);
void fake_expect_digest(const struct rr_digest_value *digest, const void *data, size_t len);

/* A pass that is run to its end. */
struct fake_pass {
	struct rr_flow flow;
	/* called for each checkpoint, counted from 1; NULL allowed */
	void (*checkpoint)(void *ctx, const struct rr_map *map, unsigned n);
	void *ctx;
	bool stop; /* ask for the end ... */
	unsigned stop_us; /* ... after so long */
	/* out */
	int rc;
	struct rr_err err;
	struct rr_range_list bad; /* as the reader told of them */
	struct rr_map *last; /* of the last checkpoint */
	unsigned checkpoints;
};
void fake_pass_run(struct fake_pass *pass);
void fake_pass_clear(struct fake_pass *pass);
/* The bytes of a large read, as the engine has it: found out by a pass. */
uint32_t fake_piece(void);

/* fake_job.c: a whole read in this process. */
#define FAKE_DESTS 3

struct fake_job {
	char folder[128];
	char path[FAKE_DESTS][160]; /* folder/a.img, b.img, c.img */
	const char *dest[FAKE_DESTS];
	struct fake_drive *drive;
	const char *serial; /* that the drive says it has; NULL: none */
	struct rr_capture_conf conf;
	atomic_int stop;
	/* the reporter */
	struct rr_reporter reporter;
	/* sees every event; nonzero: please stop; NULL allowed */
	int (*hook)(struct fake_job *job, const struct rr_event *ev);
	unsigned events, ends;
	int exit; /* of END; -1 before it */
	struct rr_range_list unreadable;
	/* of the last run */
	struct rr_job job;
	struct rr_result result;
	int rc;
	struct rr_err err;
};
extern const struct rr_keeper fake_keeper;
/* A folder, and a conf that reads all of the drive to a.img with sha256, verified. */
void fake_job_init(struct fake_job *job, struct fake_drive *drive);
/* Removes what stands in the folder. */
void fake_job_clean(struct fake_job *job);
/* That too, and the folder; not the drive. */
void fake_job_free(struct fake_job *job);
/* One run, told of to its end; what an earlier one found out is cleared first. */
void fake_job_run(struct fake_job *job);
/* What stands at a destination's path + suffix; NULL when nothing does. The caller frees it. */
char *fake_job_load(const struct fake_job *job, size_t dest, const char *suffix, size_t *len);
/* Puts a text there. */
void fake_job_save(const struct fake_job *job, size_t dest, const char *suffix, const char *text);
bool fake_job_has(const struct fake_job *job, size_t dest, const char *suffix);
void fake_job_remove(const struct fake_job *job, size_t dest, const char *suffix);
/* Changes a byte of an image behind everybody's back. */
void fake_job_xor(const struct fake_job *job, size_t dest, uint64_t off, unsigned char with);
/* How many files are in the folder. */
unsigned fake_job_files(const struct fake_job *job);
/* The map beside a destination; NULL when there is none. The caller frees it. */
struct rr_map *fake_job_map(const struct fake_job *job, size_t dest);
/* Holds all that the run left behind against each other: exit status, outcome, counts, map, image,
 * digests, record. */
void fake_job_expect_truth(const struct fake_job *job);
/* dest is the drive, byte for byte, and nothing says that anything is missing. */
void fake_job_expect_whole(const struct fake_job *job, size_t dest);

#endif
