/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list.h - the columns of "rawright list", and its face for people; for src/cli. */
#ifndef RR_CLI_LIST_H
#define RR_CLI_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "rawright/clean.h"
#include "rawright/err.h"
#include "rawright/survey.h"

struct rr_list_column {
	const char *name;		/* as it is typed and printed: "BY-ID" */
	const char *help;
	char *(*fill)(const struct rr_seen *);	/* the printable cell; NULL without memory */
	bool standard;			/* shown without --columns */
	bool right, wrap;		/* as in table_out.h */
};

/* list_columns.c. The i-th; NULL after the last. */
const struct rr_list_column *rr_list_column_at(size_t i);
/* The columns of --columns TEXT: names with commas between them, in any letter case; +NAME,...
 * adds to the standard ones; "all". TEXT NULL: the standard ones. RR_USAGE: an unknown name, or
 * none. The caller frees *out. */
RR_MUST int rr_list_columns_parse(const char *text, const struct rr_list_column ***out, size_t *n,
				  struct rr_err *err);
/* The survey as a table on standard output, with these columns. */
RR_MUST int rr_list_print(const struct rr_survey *survey, const struct rr_list_column **col,
			  size_t ncol, struct rr_err *err);

/* list_watch.c. A change as a line with its end: "+ added /dev/sdb: ...", printable. NULL without
 * memory; the caller frees it. */
RR_MUST char *rr_list_change(const struct rr_change *change);
/* --watch, after the first list was shown. */
struct rr_list_watch {
	struct rr_survey *survey;	/* what was shown; kept up to date */
	bool all;
	bool people;			/* lines for people on standard output */
	int json;			/* NDJSON to this descriptor; -1: none */
	const char *json_name;		/* for messages */
};
/* Until it is stopped. Nobody reading on is no error. */
RR_MUST int rr_list_watch(struct rr_watch *watch, const struct rr_list_watch *conf,
			  const atomic_int *stop, bool *stopped, struct rr_err *err);

#endif
