/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model.h - what a job's events add up to: everything the screen shows, and nothing of how. Only
 * events change it; what time it is, they say. All texts in it are printable. */
#ifndef RR_SCREEN_MODEL_H
#define RR_SCREEN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grid.h"
#include "rawright/disc.h"
#include "rawright/event.h"
#include "rawright/range.h"

/* ------------------------------------------------------------------ sectors.c: the map */

/* What became of a place; where a cell covers several, the greatest counts. */
enum rr_spot {
	RR_SPOT_PROVEN,		/* read back and compared */
	RR_SPOT_DONE,		/* copied */
	RR_SPOT_TODO,
	RR_SPOT_BUSY,		/* being worked on */
	RR_SPOT_SLOW,		/* copied, after a long wait */
	RR_SPOT_DIFFERS,
	RR_SPOT_BAD,
};
#define RR_SPOTS 7
const char *rr_spot_name(enum rr_spot spot);	/* "verified", "read", ... */

#define RR_LISTED 10000	/* places of either kind */

struct rr_slot {
	uint64_t done, proven;	/* bytes of it */
	bool slow;
};
struct rr_sectors {
	uint64_t length;	/* of the image; 0: not known, and there is no map */
	uint64_t unit;		/* bytes of a slot, whole sectors */
	uint64_t at;		/* where work is going on; UINT64_MAX: nowhere */
	bool slow;		/* some slot is */
	struct rr_slot *slot;	/* owned */
	size_t n;
	/* positions of the image; at most RR_LISTED, further ones are left out */
	struct rr_range_list bad, differs;
};
/* Without memory there is no map. */
void rr_sectors_start(struct rr_sectors *s, uint64_t length, uint32_t sector);
void rr_sectors_clear(struct rr_sectors *s);
void rr_sectors_add(struct rr_sectors *s, uint64_t off, uint64_t len, bool proof);
void rr_sectors_slow(struct rr_sectors *s, uint64_t off);
void rr_sectors_trouble(struct rr_sectors *s, const struct rr_range *range, bool differs);
/* The greatest of [off, off + len). */
enum rr_spot rr_sectors_spot(const struct rr_sectors *s, uint64_t off, uint64_t len);
/* Cell i of n, in whole slots: its range of the image. n is at most s->n. */
void rr_sectors_cell(const struct rr_sectors *s, size_t i, size_t n, uint64_t *off, uint64_t *len);
/* The cell of n that a byte is in; 0 for one behind the end. */
size_t rr_sectors_find(const struct rr_sectors *s, size_t n, uint64_t off);

/* ------------------------------------------------------------------ speed.c */

#define RR_SAMPLES 512

/* How fast the phase is: smoothed, and its history; a pause counts for nothing. */
struct rr_speed {
	uint64_t ms, bytes;	/* of the last progress */
	double smooth;		/* bytes a second; 0: none yet */
	uint64_t mean;
	uint64_t sample[RR_SAMPLES];	/* bytes a second over each_ms, one after another */
	size_t n;
	uint64_t each_ms;
	uint64_t part_ms, part_bytes;	/* of the sample that is not full yet */
	uint64_t least;		/* the slowest whole second; UINT64_MAX: none yet */
	uint64_t eta_ms, eta_at_ms;	/* of the whole job, and when that was worked out */
	uint64_t eta_later_ms;	/* of eta_ms, what phases after this one will take */
};
void rr_speed_start(struct rr_speed *s);
void rr_speed_add(struct rr_speed *s, const struct rr_progress *now);

/* ------------------------------------------------------------------ log.c */

#define RR_LOG_LINES 1000

struct rr_log_line {
	uint64_t ms;
	enum rr_role role;
	char *text;
};
/* The newest lines. */
struct rr_log {
	struct rr_log_line line[RR_LOG_LINES];
	size_t n;		/* that there were at all */
};
/* text is made printable. */
void rr_log_add(struct rr_log *log, uint64_t ms, enum rr_role role, const char *text);
/* The i-th of those that are kept, the oldest first; NULL after the last. */
const struct rr_log_line *rr_log_at(const struct rr_log *log, size_t i);
size_t rr_log_kept(const struct rr_log *log);
void rr_log_clear(struct rr_log *log);

/* ------------------------------------------------------------------ model.c */

#define RR_SILENT_MS 3000	/* so long without an answer is worth a word */
#define RR_STEPS   16
#define RR_DIGESTS 16

enum rr_step_state { RR_STEP_TODO, RR_STEP_RUNNING, RR_STEP_DONE, RR_STEP_SKIPPED, RR_STEP_FAILED };

struct rr_step {
	char name[24];		/* the phase's */
	enum rr_step_state state;
	uint64_t began_ms, ended_ms;
	uint64_t mean;		/* bytes a second, once it has ended; 0: none */
};

/* Where bytes come from, or go to. */
struct rr_end {
	char *name;		/* "SanDisk Ultra", or the file's; NULL: not known */
	char *path;		/* "/dev/sdb"; of a file that is written NULL */
	char *port, *serial;	/* NULL: not known */
	uint64_t bytes;		/* of a drive; 0: not known */
};
struct rr_goal {
	struct rr_end is;
	struct rr_share share;
	enum rr_dest_status status;	/* at the end */
	char *why;		/* it failed */
};

struct rr_screen_model {
	/* what */
	enum rr_task task;
	bool started, ended;
	struct rr_end source;
	const char *source_kind;	/* "USB stick"; NULL: no drive */
	uint64_t offset, length;
	uint32_t sector;
	const struct rr_floppy_format *floppy;	/* its geometry; NULL: not a floppy */
	struct rr_disc disc;	/* without tracks: not a disc, or not known */
	struct rr_goal *goal;
	size_t ngoal;
	/* how far */
	uint64_t ms;		/* since the start, by the last event */
	long day_s;		/* time of day at the start, local, in seconds */
	struct rr_step step[RR_STEPS];
	size_t nstep, now;	/* now == nstep: none has begun */
	struct rr_progress progress;	/* share is NULL: the goals have it */
	uint64_t paused_at_ms;	/* when the pause began that progress tells of */
	uint64_t retried;	/* of passes that are over */
	struct rr_speed speed;
	struct rr_sectors map;
	struct {
		char *name, *hex;
	} digest[RR_DIGESTS];
	size_t ndigest;
	struct rr_log log;
	/* how it ended */
	int exit;
	char *result;		/* lines */
};

/* day_s: the time of day now. */
RR_MUST int rr_model_new(long day_s, struct rr_screen_model **out, struct rr_err *err);
void rr_model_free(struct rr_screen_model *model);
void rr_model_event(struct rr_screen_model *model, const struct rr_event *ev);
/* Time passes without an event. */
void rr_model_tick(struct rr_screen_model *model, uint64_t ms);

/* The step that is going on; NULL before the first. */
const struct rr_step *rr_model_step(const struct rr_screen_model *model);
/* Tenths of a percent of the phase; never 1000 before it has ended. */
unsigned rr_model_tenths(const struct rr_screen_model *model);

/* steps.c. The phases: announced ones, and others as they come. */
void rr_steps_plan(struct rr_screen_model *model, const struct rr_event *ev);
void rr_steps_begin(struct rr_screen_model *model, const struct rr_event *ev);
void rr_steps_end(struct rr_screen_model *model, const struct rr_event *ev);

#endif
