/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table_out.h - tables for people; for src/cli. */
#ifndef RR_CLI_TABLE_OUT_H
#define RR_CLI_TABLE_OUT_H

#include <stdbool.h>
#include <stddef.h>

#include "rawright/clean.h"
#include "rawright/err.h"

struct rr_table_column {
	const char *title;
	bool right;		/* numbers */
	bool wrap;		/* a cell that does not fit goes on in the next line; else it is
				 * never made narrower */
};
/* n rows of ncol cells each, one row after the other, all of them printable, as lines of text in
 * *out, which the caller frees. limit: columns of the terminal; 0: as wide as it comes. A cell of
 * more than RR_TABLE_CELL_MAX columns is cut there, and ends in "...". */
#define RR_TABLE_CELL_MAX ((size_t)200)
RR_MUST int rr_table_text(const struct rr_table_column *col, size_t ncol, char *const *cell,
			  size_t n, size_t limit, char **out, struct rr_err *err);

#endif
