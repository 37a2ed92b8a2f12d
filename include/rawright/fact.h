/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fact.h - what was found out about something, as a list of small facts in groups. */
#ifndef RR_FACT_H
#define RR_FACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"

struct rr_fact {
	char *group;		/* what it is a fact of: "boot sector"; owned */
	const char *key;	/* one of our own words: "volume label"; "" with doubt */
	char *text;		/* for people; may be foreign; owned */
	bool counted;		/* number means something */
	bool doubt;		/* something does not fit: text is a sentence about it */
	uint64_t number;	/* bytes, unless the key says otherwise */
};
/* In the order of finding; facts of one group stand together. */
struct rr_fact_list {
	struct rr_fact *fact;
	size_t n;
	bool fail;		/* memory ran out: something is missing */
};
void rr_fact_add(struct rr_fact_list *list, const char *group, const char *key, const char *fmt,
		...) __attribute__((format(printf, 4, 5)));
/* With the number beside the text. */
void rr_fact_number(struct rr_fact_list *list, const char *group, const char *key, uint64_t number,
		const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* A sentence without a full stop. */
void rr_fact_doubt(struct rr_fact_list *list, const char *group, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void rr_fact_list_clear(struct rr_fact_list *list);

#endif
