/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survey.h - all drives with all that can be told of them without opening one: what they are, what
 * uses them, and whether they may be written; and what changes from one survey to the next. */
#ifndef RR_SURVEY_H
#define RR_SURVEY_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "rawright/clean.h"
#include "rawright/drive.h"
#include "rawright/err.h"

/* One drive. */
struct rr_seen {
	struct rr_node node;
	struct rr_use use;		/* zeroed when it cannot be known */
	struct rr_verdict write;	/* may it be written, as things are and without options?
					 * What cannot be known is refused, by the rule "unknown" */
};
void rr_seen_clear(struct rr_seen *seen);

/* drive/survey.c. */
struct rr_survey {
	struct rr_seen *drive;		/* by name, as rr_drive_scan() */
	size_t n;
	char *blind;			/* why what uses the drives is not known, or not wholly,
					 * as a sentence; NULL: it is; owned */
};
/* all: also fixed, loop and virtual drives, but no loop device or RAM disk that holds nothing. One
 * picture of what uses what serves all of them. */
RR_MUST int rr_survey_take(struct rr_survey *survey, bool all, struct rr_err *err);
void rr_survey_clear(struct rr_survey *survey);

/* drive/changes.c. What is new in a survey, against an older one. */
enum rr_change_kind {
	RR_ADDED,	/* was is NULL */
	RR_REMOVED,	/* now is NULL */
	RR_CHANGED,	/* the same drive, but not all is as it was */
};
/* What has changed, any of: */
#define RR_CHANGED_MEDIUM  (1u << 0)	/* it came, went, was exchanged, or has another size */
#define RR_CHANGED_CONTENT (1u << 1)
#define RR_CHANGED_USE	   (1u << 2)
#define RR_CHANGED_WRITE   (1u << 3)	/* whether it may be written */
#define RR_CHANGED_FACTS   (1u << 4)	/* anything else */
struct rr_change {
	enum rr_change_kind kind;
	unsigned what;			/* of RR_CHANGED */
	const struct rr_seen *was, *now;
};
typedef int rr_change_visit(void *ctx, const struct rr_change *change);
/* Calls visit with each change: first what is gone, then the rest in the order of names. Stops at
 * the first result that is not 0 and returns it; RR_SYSTEM and -1 without memory. */
RR_MUST int rr_survey_compare(const struct rr_survey *was, const struct rr_survey *now,
			      rr_change_visit *visit, void *ctx, struct rr_err *err);
/* The bits of `what` in words, for programs: the i-th that is set; NULL after the last. */
const char *rr_change_word(unsigned what, size_t i);

/* drive/watch.c. Waits for drives, media, mounts and swap to come and go: the events of udev, or
 * the kernel's own where no udevd runs, and /proc. What happened is for a new survey to tell. */
struct rr_watch;
/* Whatever happens from now on is noticed: take the first survey after it. */
RR_MUST int rr_watch_new(struct rr_watch **out, struct rr_err *err);
void rr_watch_free(struct rr_watch *watch);	/* NULL allowed */
enum rr_watched {
	RR_WATCH_NEWS,		/* something happened, and a tenth of a second of silence since (or
				 * it goes on and on, for a second now) */
	RR_WATCH_STOPPED,	/* *stop is set */
	RR_WATCH_CLOSED,	/* nobody reads what is written to `out` any more */
};
/* A signal that sets *stop ends it at once, or within half a second. out: a descriptor. */
RR_MUST int rr_watch_wait(struct rr_watch *watch, const atomic_int *stop, int out,
			  enum rr_watched *what, struct rr_err *err);

#endif
