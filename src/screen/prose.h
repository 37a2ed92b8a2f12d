/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prose.h - lines of text as rows of a window. */
#ifndef RR_SCREEN_PROSE_H
#define RR_SCREEN_PROSE_H

#include "grid.h"
#include "rawright/size.h"

#define RR_PROSE_ROW 2048

/* Begins with text, face and cols. */
struct rr_prose {
	const char *text;	/* what is left of it: printable lines */
	const struct rr_face *face;
	unsigned cols;
	unsigned hang;		/* where further rows of the line begin */
	bool broken;		/* the next row is such a one */
};
/* The next row. False at the end. */
bool rr_prose_next(struct rr_prose *prose, char row[RR_PROSE_ROW]);
/* Rows that a text takes. */
unsigned rr_prose_rows(const struct rr_face *face, const char *text, unsigned cols);
/* The text from its row `top` on. Returns the rows that were put. */
unsigned rr_prose_put(const struct rr_area *area, size_t top, enum rr_role role, const char *text);

#endif
