/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grid.c - cells, and texts put into them: cut at edges, wide characters whole or not at all.
 * Owns: a grid its cells.   Threads: main. */
#include <string.h>

#include "grid.h"

int rr_grid_make(struct rr_grid *grid, unsigned rows, unsigned cols, const struct rr_face *face,
		 struct rr_err *err)
{
	struct rr_cell *cell = reallocarray(grid->cell, (size_t)rows * cols + 1, sizeof(*cell));

	if (!cell)
		return rr_fail_memory(err);
	*grid = (struct rr_grid){ .rows = rows, .cols = cols, .face = face, .cell = cell };
	for (size_t i = 0; i < (size_t)rows * cols; i++)
		cell[i] = (struct rr_cell){ .c = L' ' };
	return 0;
}

void rr_grid_free(struct rr_grid *grid)
{
	free(grid->cell);
	*grid = (struct rr_grid){ 0 };
}

/* NULL: outside of the area, or of the grid. */
static struct rr_cell *cell_at(const struct rr_area *area, unsigned row, unsigned col)
{
	const struct rr_grid *grid = area->grid;

	if (row >= area->rows || col >= area->cols || area->row + row >= grid->rows ||
	    area->col + col >= grid->cols)
		return NULL;
	return &grid->cell[(size_t)(area->row + row) * grid->cols + area->col + col];
}

void rr_put(const struct rr_area *area, unsigned row, unsigned col, enum rr_role role, wchar_t c)
{
	struct rr_cell *cell = cell_at(area, row, col);

	if (cell)
		*cell = (struct rr_cell){ .c = c, .role = (uint8_t)role };
}

void rr_put_many(const struct rr_area *area, unsigned row, unsigned col, unsigned n,
		 enum rr_role role, wchar_t c)
{
	for (unsigned i = 0; i < n && col + i < area->cols; i++)
		rr_put(area, row, col + i, role, c);
}

void rr_put_role(const struct rr_area *area, unsigned row, unsigned col, unsigned n,
		 enum rr_role role)
{
	for (unsigned i = 0; i < n && col + i < area->cols; i++) {
		struct rr_cell *cell = cell_at(area, row, col + i);

		if (cell)
			cell->role = (uint8_t)role;
	}
}

/* The next character of a text that is valid UTF-8, and how many columns it takes. What the face
 * has not is a question mark. Returns its bytes, 0 at the end. */
static size_t next(const struct rr_face *face, const char *text, wchar_t *c, unsigned *columns)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t n = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	uint32_t code = n == 1 ? s[0] : s[0] & (0x7fu >> n);
	int width;

	if (!*s)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80) { /* it is not, after all */
			code = '?';
			n = i;
			break;
		}
		code = code << 6 | (s[i] & 0x3fu);
	}
	width = code < 0x80 ? 1 : face->utf8 ? wcwidth((wchar_t)code) : -1;
	*c = width < 0 ? L'?' : (wchar_t)code;
	*columns = width < 0 ? 1 : (unsigned)width;
	return n;
}

unsigned rr_text_columns(const struct rr_face *face, const char *text)
{
	unsigned all = 0, columns;
	wchar_t c;

	for (size_t n; (n = next(face, text, &c, &columns)); text += n)
		all += columns;
	return all;
}

/* Marks that combine with the character before (0 columns) are left out. */
unsigned rr_put_text(const struct rr_area *area, unsigned row, unsigned col, enum rr_role role,
		     const char *text)
{
	unsigned columns;
	wchar_t c;

	for (size_t n; (n = next(area->grid->face, text, &c, &columns)); text += n) {
		bool more = text[n] != '\0';

		if (!columns)
			continue;
		if (col + columns + more > area->cols &&
		    col + rr_text_columns(area->grid->face, text) > area->cols) {
			rr_put(area, row, col, role, area->grid->face->cut);
			return area->cols;
		}
		rr_put(area, row, col, role, c);
		if (columns == 2)
			rr_put(area, row, col + 1, role, 0);
		col += columns;
	}
	return col;
}

void rr_put_right(const struct rr_area *area, unsigned row, unsigned least, enum rr_role role,
		  const char *text)
{
	unsigned columns = rr_text_columns(area->grid->face, text);

	if (columns <= area->cols && area->cols - columns >= least)
		(void)rr_put_text(area, row, area->cols - columns, role, text);
}
