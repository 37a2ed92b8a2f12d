/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel.c - what pages have in common: the title, news, the keys that work now, help, the end.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "draw.h"
#include "panels.h"
#include "prose.h"

#define MARGIN_FROM 60 /* columns; in a narrower window each counts */

static const char common_help[] =
	"\n"
	"Keys on every page\n"
	"  arrows, hjkl  move; PgUp, PgDn, Home, End (or g, G) further\n"
	"  Enter         choose, or go on\n"
	"  Esc           back to where you came from\n"
	"  Tab           to the next line, or to and from what can be typed\n"
	"  /             only lines with what you type\n"
	"  ?, F1         this page\n"
	"  q, Ctrl-C     quit: it asks first; Ctrl-C twice needs no answer\n"
	"  Ctrl-Z        suspends rawright as any program; fg goes on\n"
	"  Ctrl-L        draws all anew\n"
	"  Ctrl-\\        ends rawright at once, whatever it does\n";

/* ------------------------------------------------------------------ keys */

/* Are characters part of what is being typed? */
static bool is_typed_into(const struct rr_panel *page)
{
	return page->asking || (page->menu && (page->menu->typing || page->menu->filtering));
}

static enum rr_did answer_quit(struct rr_panel *page, unsigned key)
{
	if (key == 'y' || key == 'Y' || key == RR_KEY_INTERRUPT)
		return RR_DID_QUIT;
	if (key == 'n' || key == 'N' || key == 'q' || key == RR_KEY_ESCAPE || key == RR_KEY_ENTER)
		page->quitting = false;
	return RR_DID_NOTHING;
}

static void show_help(struct rr_panel *page)
{
	page->helped = true;
	page->helping = (struct rr_sheet){ 0 };
}

/* A line of its own below the title; NULL: there is nothing to tell. */
static const char *notice_of(const struct rr_panel *page)
{
	if (page->menu && page->menu->fail)
		return "Out of memory: not all is shown.";
	return page->notice && *page->notice ? page->notice : NULL;
}

static struct rr_area inner_of(const struct rr_panel *page, struct rr_grid *grid, unsigned rows,
			       unsigned cols)
{
	unsigned margin = cols >= MARGIN_FROM, above = 1 + (notice_of(page) != NULL);
	unsigned left = rows > above + 1 ? rows - above - 1 : 0;

	return (struct rr_area){ grid, above, margin, left, cols - 2 * margin };
}

unsigned rr_panel_rows(const struct rr_panel *page, unsigned rows)
{
	unsigned inner = inner_of(page, NULL, rows, MARGIN_FROM).rows;

	return page->menu && !page->helped ? rr_menu_rows(page->menu, inner) : inner;
}

static enum rr_did help_key(struct rr_panel *page, unsigned rows, unsigned key)
{
	enum rr_did did = rr_sheet_key(&page->helping, rr_panel_rows(page, rows), key);

	if (did == RR_DID_BACK || did == RR_DID_CHOOSE || key == '?' || key == RR_KEY_HELP)
		page->helped = false;
	return RR_DID_NOTHING;
}

static enum rr_did kind_key(struct rr_panel *page, unsigned rows, unsigned cols, unsigned key)
{
	unsigned seen = rr_panel_rows(page, rows);
	enum rr_did did;

	if (page->menu)
		return rr_menu_key(page->menu, seen, key);
	if (page->asking)
		return rr_asking_key(page->asking, seen,
				     inner_of(page, NULL, rows, cols).cols, key);
	did = rr_sheet_key(page->sheet, seen, key);
	rr_sheet_settle(page->sheet, seen, inner_of(page, NULL, rows, cols).cols);
	return did;
}

enum rr_did rr_panel_key(struct rr_panel *page, unsigned rows, unsigned cols, unsigned key)
{
	bool typed = is_typed_into(page);

	if (page->quitting)
		return answer_quit(page, key);
	if (key == 'q' && !typed && page->free)
		return RR_DID_QUIT;
	if (key == RR_KEY_INTERRUPT || (key == 'q' && !typed)) {
		page->quitting = true;
		return RR_DID_NOTHING;
	}
	if (rows < RR_LEAST_ROWS || cols < RR_LEAST_COLS)
		return RR_DID_NOTHING; /* what is not seen is not chosen */
	if (page->helped)
		return help_key(page, rows, key);
	if (key == RR_KEY_HELP || (key == '?' && !typed)) {
		show_help(page);
		return RR_DID_NOTHING;
	}
	return kind_key(page, rows, cols, key);
}

/* ------------------------------------------------------------------ drawing */

static void draw_title(const struct rr_panel *page, const struct rr_area *all)
{
	struct rr_area line = { all->grid, 0, 0, 1, all->cols - 1 };
	unsigned col;

	rr_put_many(all, 0, 0, all->cols, RR_ROLE_TITLE, L' ');
	col = rr_put_text(&line, 0, 1, RR_ROLE_TITLE, "rawright");
	col = rr_put_text(&line, 0, col + 3, RR_ROLE_TITLE,
			  page->helped ? "Help" : page->title);
	if (page->place)
		rr_put_right(&line, 0, col + 2, RR_ROLE_TITLE, page->place);
}

static void draw_keys(const struct rr_panel *page, const struct rr_area *all)
{
	static const struct rr_hint help[] = { { "Esc", "Back" }, { NULL, NULL } };
	static const struct rr_hint filter[] = { { "Enter", "Filter" },
						 { "Esc", "All lines" },
						 { NULL, NULL } };
	static const struct rr_hint typing[] = { { "Enter", "Take it" },
						 { "Tab", "List" },
						 { "Esc", "Back" },
						 { "F1", "Help" },
						 { NULL, NULL } };
	const struct rr_hint *hint = page->helped			? help :
				     page->menu && page->menu->filtering ? filter :
				     page->menu && page->menu->typing	 ? typing :
									   page->hints;
	unsigned col = 0;

	rr_put_many(all, all->rows - 1, 0, all->cols, RR_ROLE_TITLE, L' ');
	for (; hint->key; hint++)
		col = rr_put_hint(all, col, hint);
}

static void draw_quitting(const struct rr_area *all)
{
	struct rr_area box = { all->grid, (all->rows - 5) / 2, (all->cols - 38) / 2, 5, 38 };
	unsigned col;

	for (unsigned row = 0; row < box.rows; row++)
		rr_put_many(&box, row, 0, box.cols, RR_ROLE_TITLE, L' ');
	(void)rr_put_text(&box, 1, 2, RR_ROLE_TITLE, "Quit rawright?");
	col = rr_put_hint(&(struct rr_area){ box.grid, box.row, box.col, 4, box.cols }, 1,
			  &(struct rr_hint){ "y", "Yes" });
	col = rr_put_hint(&(struct rr_area){ box.grid, box.row, box.col, 4, box.cols }, col,
			  &(struct rr_hint){ "n", "No" });
	(void)rr_put_text(&box, 3, col + 1, RR_ROLE_TITLE, "Ctrl-C again: yes");
}

static void draw_help(const struct rr_panel *page, const struct rr_area *area)
{
	rr_autofree char *text = rr_text_format("%s%s", page->help, common_help);
	struct rr_sheet sheet = page->helping;

	if (!text)
		return;
	sheet.text = text;
	rr_sheet_settle(&sheet, area->rows, area->cols);
	rr_sheet_draw(&sheet, area);
}

static void draw_inner(const struct rr_panel *page, const struct rr_area *area)
{
	if (page->helped)
		draw_help(page, area);
	else if (page->menu)
		rr_menu_draw(page->menu, area);
	else if (page->asking)
		rr_asking_draw(page->asking, area);
	else
		rr_sheet_draw(page->sheet, area);
}

void rr_panel_draw(const struct rr_panel *page, struct rr_grid *grid)
{
	struct rr_area all = { .grid = grid, .rows = grid->rows, .cols = grid->cols };
	struct rr_area inner = inner_of(page, grid, grid->rows, grid->cols);

	if (grid->rows < RR_LEAST_ROWS || grid->cols < RR_LEAST_COLS) {
		(void)rr_put_text(&all, 0, 0, RR_ROLE_WARN, "Make this window larger:");
		(void)rr_put_text(&all, 1, 0, RR_ROLE_WARN, "40 columns by 10 rows.");
		(void)rr_put_text(&all, 2, 0, RR_ROLE_TEXT,
				  page->quitting ? "Quit? y or n" : "q quits.");
		return;
	}
	draw_title(page, &all);
	if (notice_of(page))
		(void)rr_put_text(&all, 1, inner.col, RR_ROLE_WARN, notice_of(page));
	draw_inner(page, &inner);
	draw_keys(page, &all);
	if (page->quitting)
		draw_quitting(&all);
}
