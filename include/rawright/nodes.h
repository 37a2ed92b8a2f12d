/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nodes.h - the list of drives as JSON. */
#ifndef RR_NODES_H
#define RR_NODES_H

#include "rawright/clean.h"
#include "rawright/drive.h"
#include "rawright/err.h"

/* report/nodes.c. One object on one line: {"v":1,"drives":[{...}]}. Strings are made printable;
 * where that changed one, its bytes stand beside it in hex ("model_hex"). What is not known is left
 * out, and so are the bytes of a medium that cannot be known before it is opened. name is for
 * messages. */
RR_MUST int rr_report_nodes(const struct rr_node_list *list, int fd, const char *name,
			    struct rr_err *err);

#endif
