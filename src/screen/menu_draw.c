/* SPDX-License-Identifier: GPL-3.0-or-later */
/* menu_draw.c - a list on a page: what stands above it, its lines, what stands below.
 * Owns: nothing.   Threads: main.
 * Where rows are few they go in this order: empty lines, what stands above, all but three rows of
 * the chosen line's detail, the headings, the foot. The list keeps three lines, and what is being
 * typed is always there. */
#include <string.h>

#include "draw.h"
#include "panels.h"
#include "prose.h"

/* From above to below, in rows. */
struct plan {
	unsigned head, gap, titles, list, line, detail, foot, field;
};

static unsigned lines_of(const char *text)
{
	unsigned n = text && *text ? 1 : 0;

	for (; text && *text; text++)
		n += *text == '\n' && text[1];
	return n;
}

static void take(unsigned *left, unsigned *rows, unsigned n)
{
	n = (unsigned)rr_min(n, *left);
	*rows += n;
	*left -= n;
}

/* By the height of the window alone, and not by what the cursor is on: nothing jumps. */
static struct plan plan_of(const struct rr_menu *menu, unsigned rows)
{
	unsigned left = rows, head = lines_of(menu->head), foot = lines_of(menu->foot);
	struct plan p = { 0 };

	take(&left, &p.field, menu->label || menu->filtering || *menu->filter.text);
	take(&left, &p.list, 3);
	if (left >= 2 + foot)
		take(&left, &p.foot, foot);
	if (left >= 2 && menu->ncol && menu->col[0].title)
		take(&left, &p.titles, 1);
	if (left >= 2) {
		take(&left, &p.line, 1);
		take(&left, &p.detail, 2 + (left > 12));
	}
	if (left >= head)
		take(&left, &p.head, head);
	if (p.head && left > 4)
		take(&left, &p.gap, 1);
	if (left > 6) /* the foot may be a command line that is longer than a row */
		take(&left, &p.foot, foot);
	if (left > 2)
		take(&left, &p.detail, left / 4 < 6 ? left / 4 : 6);
	take(&left, &p.list, left);
	return p;
}

unsigned rr_menu_rows(const struct rr_menu *menu, unsigned rows)
{
	return plan_of(menu, rows).list;
}

/* ------------------------------------------------------------------ the list */

enum rr_role rr_mood_role(enum rr_menu_mood mood)
{
	return mood == RR_MENU_GOOD ? RR_ROLE_GOOD :
	       mood == RR_MENU_WARN ? RR_ROLE_WARN :
				      RR_ROLE_TEXT;
}

static void put_cells(const struct rr_menu *menu, const struct rr_area *area, unsigned row,
		      const unsigned *width, const struct rr_menu_line *line)
{
	struct rr_area cell = { area->grid, area->row + row, area->col + RR_MENU_MARK, 1, 0 };

	for (size_t c = 0; c < menu->ncol; c++) {
		const struct rr_menu_column *col = &menu->col[c];
		const char *text = line ? line->cell[c] : col->title;
		enum rr_role role = !line	 ? RR_ROLE_LABEL :
				    col->judges ? rr_mood_role(line->mood) :
						  RR_ROLE_TEXT;

		if (!width[c])
			continue;
		cell.cols = width[c];
		if (text && col->right && rr_text_columns(area->grid->face, text) <= width[c])
			rr_put_right(&cell, 0, 0, role, text);
		else if (text)
			(void)rr_put_text(&cell, 0, 0, role, text);
		cell.col += width[c] + RR_MENU_GAP;
	}
}

static void put_line(const struct rr_menu *menu, const struct rr_area *area, unsigned row,
		     const unsigned *width, size_t i)
{
	const struct rr_menu_line *line = &menu->line[i];
	bool chosen = rr_menu_chosen(menu) == line;

	put_cells(menu, area, row, width, line);
	if (line->fresh)
		rr_put(area, row, 0, RR_ROLE_GOOD, L'+');
	if (chosen) {
		rr_put(area, row, 0, RR_ROLE_CHOSEN, L'>');
		rr_put_role(area, row, 0, area->cols, RR_ROLE_CHOSEN);
	}
}

/* Rows from the first line to before that one, with the empty ones. */
static size_t rows_before(const struct rr_menu *menu, size_t at)
{
	size_t n = 0;

	for (size_t i = 0; i < menu->n && i < at; i++)
		if (rr_menu_shows(menu, i))
			n += 1u + menu->line[i].gap;
	return n + (at < menu->n && menu->line[at].gap);
}

/* The cursor is in the middle, as far as there are lines on both sides. */
static void put_list(const struct rr_menu *menu, const struct rr_area *area, const unsigned *width)
{
	size_t all = rows_before(menu, menu->n), top = 0, row = 0;

	if (menu->at < menu->n)
		top = rows_before(menu, menu->at);
	top = top > area->rows / 2 ? top - area->rows / 2 : 0;
	if (all <= area->rows)
		top = 0;
	else if (top + area->rows > all)
		top = all - area->rows;
	for (size_t i = 0; i < menu->n; i++) {
		if (!rr_menu_shows(menu, i))
			continue;
		row += menu->line[i].gap;
		if (row >= top && row < top + area->rows)
			put_line(menu, area, (unsigned)(row - top), width, i);
		row++;
	}
	if (top)
		rr_put(area, 0, area->cols - 1, RR_ROLE_LABEL, L'^');
	if (top + area->rows < all)
		rr_put(area, area->rows - 1, area->cols - 1, RR_ROLE_LABEL, L'v');
}

static void put_nothing(const struct rr_menu *menu, const struct rr_area *area)
{
	struct rr_area inner = *area;

	inner.col += RR_MENU_MARK;
	inner.cols -= RR_MENU_MARK;
	(void)rr_prose_put(&inner, 0, RR_ROLE_WARN,
			   menu->n	 ? "Nothing has that in it. Esc shows all." :
			   menu->empty ? menu->empty :
					 "There is nothing here.");
}

/* ------------------------------------------------------------------ all of it */

/* A row for each line: the list below does not move. */
static void put_head(const struct rr_menu *menu, const struct rr_area *area)
{
	const char *line = menu->head;

	for (unsigned row = 0; line && row < area->rows; row++) {
		size_t len = strcspn(line, "\n");
		rr_autofree char *text = strndup(line, len);

		if (text)
			(void)rr_put_text(area, row, 0, RR_ROLE_LABEL, text);
		line += len + (line[len] == '\n');
	}
}

/* The first row of a detail names what it is about. */
static void put_detail(const struct rr_menu *menu, const struct rr_area *area)
{
	const struct rr_menu_line *line = rr_menu_chosen(menu);
	const char *text = menu->typing ? menu->field_detail : line ? line->detail : NULL;
	unsigned n;

	if (!text && rr_menu_before(menu, menu->n))
		text = menu->none;
	if (!text)
		return;
	n = rr_prose_put(area, 0, RR_ROLE_TEXT, text);
	if (n && text != menu->none)
		rr_put_role(area, 0, 0, area->cols, RR_ROLE_STRONG);
	if (rr_prose_rows(area->grid->face, text, area->cols) > area->rows && area->cols)
		rr_put(area, area->rows - 1, area->cols - 1, RR_ROLE_LABEL,
		       area->grid->face->cut);
}

static void put_field(const struct rr_menu *menu, const struct rr_area *area)
{
	bool filter = menu->filtering || !menu->label;
	const char *label = filter ? "lines with: " : menu->label;
	unsigned col = rr_put_text(area, 0, 0, RR_ROLE_LABEL, label);

	rr_input_draw(filter ? &menu->filter : &menu->field, area, 0, col,
		      menu->filtering || (menu->typing && !filter));
}

static struct rr_area next(struct rr_area *all, unsigned rows)
{
	struct rr_area area = *all;

	area.rows = rows;
	all->row += rows;
	all->rows -= rows;
	return area;
}

void rr_menu_draw(const struct rr_menu *menu, const struct rr_area *area)
{
	struct plan p = plan_of(menu, area->rows);
	struct rr_area rest = *area, part;
	unsigned width[RR_MENU_COLUMNS];
	bool longer = rows_before(menu, menu->n) > p.list;	/* a mark says so */

	rr_menu_widths(menu, area->grid->face, area->cols - 2 * longer, width);
	part = next(&rest, p.head);
	put_head(menu, &part);
	(void)next(&rest, p.gap);
	part = next(&rest, p.titles);
	if (p.titles && menu->n)
		put_cells(menu, &part, 0, width, NULL);
	part = next(&rest, p.list);
	if (rr_menu_before(menu, menu->n))
		put_list(menu, &part, width);
	else
		put_nothing(menu, &part);
	part = next(&rest, p.line);
	rr_put_many(&part, 0, 0, part.cols, RR_ROLE_LABEL, area->grid->face->line);
	part = next(&rest, p.detail);
	put_detail(menu, &part);
	part = next(&rest, p.foot);
	if (p.foot)
		(void)rr_prose_put(&part, 0, RR_ROLE_LABEL, menu->foot);
	part = next(&rest, p.field);
	if (p.field)
		put_field(menu, &part);
}
