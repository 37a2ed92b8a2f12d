/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grid.h - a screen before it is one: cells with a character and a role; faces; looks. No terminal
 * is needed for any of it. */
#ifndef RR_SCREEN_GRID_H
#define RR_SCREEN_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

#include "rawright/clean.h"
#include "rawright/err.h"

/* What a cell means; how that looks is told by rr_look_of(). */
enum rr_role {
	RR_ROLE_TEXT,
	RR_ROLE_TITLE,	/* the first and the last line */
	RR_ROLE_LABEL,	/* what names a figure */
	RR_ROLE_STRONG,
	RR_ROLE_GOOD,
	RR_ROLE_BUSY,
	RR_ROLE_WARN,
	RR_ROLE_BAD,
	RR_ROLE_KEY,	/* a key that works now */
	RR_ROLE_CHOSEN,	/* where the cursor is */
};
#define RR_ROLES 10

/* The characters a terminal can show; texts say everything that they say. */
struct rr_face {
	const char *name;
	bool utf8;
	wchar_t full, empty;	/* of a bar */
	wchar_t step[8];	/* of a graph: an eighth, ... a whole */
	wchar_t map[8];		/* by enum rr_spot */
	wchar_t cut;		/* stands where a text did not fit */
	wchar_t line;		/* between a list and what is told of one of it */
};
extern const struct rr_face rr_face_utf8;	/* a terminal emulator */
extern const struct rr_face rr_face_console;	/* Linux's own, whose fonts have few blocks */
extern const struct rr_face rr_face_ascii;

struct rr_look {
	short color;		/* of the eight of ECMA-48, -1: the terminal's own */
	bool bold, reverse;
};
/* look.c. color false: monochrome, meaning by bold and reverse alone. */
struct rr_look rr_look_of(enum rr_role role, bool color);

struct rr_cell {
	wchar_t c;		/* 0: the right half of a wide one */
	uint8_t role;
};
struct rr_grid {
	unsigned rows, cols;
	const struct rr_face *face;
	struct rr_cell *cell;	/* rows * cols; owned */
};
/* Blanks. Takes a grid that is zeroed or was made before. */
RR_MUST int rr_grid_make(struct rr_grid *grid, unsigned rows, unsigned cols,
		const struct rr_face *face, struct rr_err *err);
void rr_grid_free(struct rr_grid *grid);

/* A part of a grid: what is drawn outside of it is not drawn. */
struct rr_area {
	struct rr_grid *grid;
	unsigned row, col, rows, cols;
};
void rr_put(const struct rr_area *area, unsigned row, unsigned col, enum rr_role role, wchar_t c);
void rr_put_many(const struct rr_area *area, unsigned row, unsigned col, unsigned n,
		enum rr_role role, wchar_t c);
/* A printable text (rr_text_printable()), cut at the area's end. Returns the column behind it. */
unsigned rr_put_text(const struct rr_area *area, unsigned row, unsigned col, enum rr_role role,
		const char *text);
/* The same, so that it ends at the area's end; nothing where it would begin before `least`. */
void rr_put_right(const struct rr_area *area, unsigned row, unsigned least, enum rr_role role,
		const char *text);
/* Columns that a printable text takes. */
unsigned rr_text_columns(const struct rr_face *face, const char *text);

/* Gives a role to n cells that are there. */
void rr_put_role(const struct rr_area *area, unsigned row, unsigned col, unsigned n,
		enum rr_role role);

/* fields.c. Pieces of a line, of which those of the highest rank go first when there is no room. */
#define RR_FIELDS 8
struct rr_fields {
	struct rr_field {
		unsigned rank;
		enum rr_role role;
		char text[160];
	} field[RR_FIELDS];
	size_t n;
};
void rr_fields_add(struct rr_fields *fields, unsigned rank, enum rr_role role, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* With three blanks between them. */
void rr_fields_put(const struct rr_fields *fields, const struct rr_area *area, unsigned row);

#endif
