/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nodes.h - the drives there are, and what changes, as JSON. */
#ifndef RR_NODES_H
#define RR_NODES_H

#include <stdbool.h>

#include "rawright/clean.h"
#include "rawright/err.h"
#include "rawright/survey.h"

/* report/nodes.c; rawright-list(5) describes what is written. Strings are made printable; where
 * that changed one, its bytes stand beside it in hex ("model_hex"). What is not known is left out,
 * and so are the bytes of a medium that cannot be known before it is opened. Each call writes one
 * line as a whole; name is for messages. */

/* {"v":1,"drives":[{...}]}; watch: the first line of a stream, with "event":"list" in it. */
RR_MUST int rr_report_survey(const struct rr_survey *survey, bool watch, int fd, const char *name,
			     struct rr_err *err);
/* {"v":1,"event":"added","drive":{...}}. *closed: nobody reads it any more, which is no error. */
RR_MUST int rr_report_change(const struct rr_change *change, int fd, const char *name,
			     bool *closed, struct rr_err *err);

#endif
