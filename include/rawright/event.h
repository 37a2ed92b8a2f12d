/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event.h - what the engine tells while it works; a reporter makes lines, JSON or a screen of it.
 * Everything here is called by the main thread only. */
#ifndef RR_EVENT_H
#define RR_EVENT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "rawright/err.h"
#include "rawright/map.h"
#include "rawright/result.h"
#include "rawright/text.h"

enum rr_ev {
	RR_EV_START,	/* result: source and destinations are known; plan */
	RR_EV_PHASE,	/* name: "copy", "write", "flush", "verify", "hash", "compare" */
	RR_EV_PROGRESS,	/* now; at most 5 a second. asked: a person wants to see it at once */
	RR_EV_RANGE,	/* off, len, state, os: a range became bad (or different, name "differs") */
	RR_EV_DONE,	/* name (the phase), off, len, state: all are through with that range;
			 * positions of the image, whatever was read. Before the next PROGRESS */
	RR_EV_NOTE,	/* name (the note's kind), text */
	RR_EV_DIGEST,	/* name, text (hex) */
	RR_EV_END,	/* result; record: its JSON text, or NULL */
};

/* What one destination of a pass has taken, or given back. */
struct rr_share {
	bool active;		/* the pass has to do with it */
	bool failed;		/* it takes no more */
	uint64_t bytes;
	uint64_t silent_ms;	/* how long it has been at one piece */
};

struct rr_progress {
	const char *phase;
	uint64_t bytes;		/* finished work of this phase */
	uint64_t total;
	uint64_t rate;		/* bytes a second over the last seconds */
	uint64_t mean;		/* over the whole phase */
	uint64_t bad;		/* bytes unreadable so far */
	uint64_t eta_ms;	/* UINT64_MAX: not known yet */
	uint64_t elapsed_ms;
	uint64_t silent_ms;	/* how long the drive has not answered; 0: it answers */
	uint64_t pos;		/* where the source is being read */
	uint32_t sector;	/* bytes */
	uint64_t retried;	/* reads of a sector that were tried again */
	/* no further read begins, as a reporter wished; elapsed_ms, rate and mean leave that time
	 * out */
	bool paused;
	/* whom the others wait for: "source", "destination" or "digest"; NULL: nobody stands out */
	const char *slowest;
	size_t slowest_dest;	/* which destination */
	const struct rr_share *share;	/* one for each destination of the result, or NULL */
	size_t nshare;
};

struct rr_event {
	enum rr_ev type;
	uint64_t ms;		/* since START */
	const char *name, *text;
	uint64_t off, len;
	enum rr_state state;
	int os;
	bool asked;
	unsigned part, parts;	/* PHASE: which of how many passes over the data; 0: not known */
	struct rr_progress now;
	const struct rr_result *result;
	const char *record;
	/* START: the phases that are to come, in order; there may be others */
	const char *const *plan;
	size_t nplan;
};

struct rr_question {
	const char *text;	/* what is asked: lines, each made printable by who shows it */
	const char *word;	/* what must be typed; printable */
	const atomic_int *stop;	/* nonzero: no answer is wanted any more; NULL allowed */
};

/* What a person at a reporter wants, as it stands now. */
enum rr_wish {
	RR_WISH_STOP = 1,	/* the job is to end */
	RR_WISH_PAUSE = 2,	/* no further read is to begin, until the wish is gone */
	RR_WISH_SKIP = 4,	/* no pass that only verifies is to begin or to go on */
};

struct rr_reporter {
	/* Nonzero: please stop. */
	int (*event)(struct rr_reporter *, const struct rr_event *);
	/* 1 the word was typed, 0 it was not, -1 nobody can be asked. NULL: nobody can be asked. */
	int (*ask)(struct rr_reporter *, const struct rr_question *);
	/* Asked about ten times a second while a job runs: the moment to look at keys. Bits of enum
	 * rr_wish. NULL: there are none. */
	unsigned (*wish)(struct rr_reporter *);
	void (*close)(struct rr_reporter *);
};

/* report/: each returns a new reporter; free it by its close. */
struct rr_plain_conf {
	int fd;			/* standard error */
	bool terminal;		/* rewrite one line; else a line every 10 s */
	bool color;
	bool quiet;		/* only what went wrong, and the result */
	bool progress;		/* false: no progress lines */
	bool trouble;		/* with quiet: not even the result when all went well */
};
RR_MUST int rr_plain_new(const struct rr_plain_conf *conf, struct rr_reporter **out,
		struct rr_err *err);
RR_MUST int rr_json_new(int fd, bool close_fd, struct rr_reporter **out, struct rr_err *err);
const char *rr_json_version(void);	/* of the JSON library: "2.14" */
RR_MUST int rr_numeric_new(int fd, struct rr_reporter **out, struct rr_err *err);
/* Takes the reporters over; tells them in this order, asks the first that can be asked. */
RR_MUST int rr_fan_new(struct rr_reporter **each, size_t n, struct rr_reporter **out,
		struct rr_err *err);

/* report/phase.c. What a phase is called while it runs: "copying"; another one by its name, which
 * may be foreign. */
const char *rr_phase_doing(const char *name);
/* Does it hold what was done before against something? */
bool rr_phase_proves(const char *name);
/* Is a note of this kind something a person must heed? Others tell how things go. */
bool rr_note_warns(const char *kind);
/* report/summary.c. How a job ended, in plain words, each line with its end. */
void rr_out_result(struct rr_str *out, const struct rr_result *r, bool color);

#endif
