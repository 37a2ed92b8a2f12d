/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.c - what keys do to the view. Nothing is ended by one key.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "draw.h"
#include "rawright/size.h"

bool rr_view_can_pause(const struct rr_screen_model *model)
{
	const struct rr_step *step = rr_model_step(model);

	return !model->ended && step && step->state == RR_STEP_RUNNING &&
	       strcmp(step->name, "flush") != 0;
}

/* Is a verification to come, or going on, of what this job itself writes? */
bool rr_view_can_skip(const struct rr_screen_view *view, const struct rr_screen_model *model)
{
	if (model->ended || !rr_task_writes(model->task) || (view->wish & RR_WISH_SKIP))
		return false;
	for (size_t i = 0; i < model->nstep; i++)
		if (rr_phase_proves(model->step[i].name) &&
		    (model->step[i].state == RR_STEP_TODO ||
		     model->step[i].state == RR_STEP_RUNNING))
			return true;
	return false;
}

/* ------------------------------------------------------------------ a question */

static void answer(struct rr_screen_view *view, unsigned key)
{
	unsigned wish = view->asked == RR_ASKED_STOP ? RR_WISH_STOP : RR_WISH_SKIP;
	bool again = key == RR_KEY_INTERRUPT && view->asked == RR_ASKED_STOP;

	if (key == 'y' || key == 'Y' || again) {
		view->wish |= wish;
		view->asked = RR_ASKED_NOTHING;
	} else if (key == RR_KEY_INTERRUPT) {
		view->asked = RR_ASKED_STOP;
	} else if (key == 'n' || key == 'N' || key == 'q' || key == RR_KEY_ESCAPE ||
		   key == RR_KEY_ENTER) {
		view->asked = RR_ASKED_NOTHING;
	}
}

/* ------------------------------------------------------------------ the map */

static void go_to(struct rr_screen_view *view, const struct rr_screen_model *model,
		  const struct rr_cells *cells, size_t cell)
{
	uint64_t off, len;

	if (cell < cells->n && rr_cells_piece(model, cells, cell, 0, &off, &len))
		view->at = off;
}

static bool is_trouble(enum rr_spot spot)
{
	return spot == RR_SPOT_BAD || spot == RR_SPOT_DIFFERS || spot == RR_SPOT_SLOW;
}

static size_t next_trouble(const struct rr_screen_model *model, const struct rr_cells *cells,
			   size_t from)
{
	for (size_t i = 1; i <= cells->n; i++)
		if (is_trouble(rr_cells_spot(model, cells, (from + i) % cells->n)))
			return (from + i) % cells->n;
	return from;
}

static void map_key(struct rr_screen_view *view, const struct rr_screen_model *model, unsigned rows,
		    unsigned cols, unsigned key)
{
	struct rr_cells cells;
	size_t at;

	if (rows < RR_LEAST_ROWS || cols < RR_LEAST_COLS || model->map.n == 0)
		return;
	rr_cells_of(model, rr_map_page_rows(rows), cols, &cells);
	at = rr_cells_find(model, &cells, view->at);
	if (key == RR_KEY_LEFT || key == 'h')
		at = at > 0 ? at - 1 : at;
	else if (key == RR_KEY_RIGHT || key == 'l')
		at += at + 1 < cells.n;
	else if (key == RR_KEY_UP || key == 'k')
		at = at >= cells.cols ? at - cells.cols : at;
	else if (key == RR_KEY_DOWN || key == 'j')
		at = at + cells.cols < cells.n ? at + cells.cols : at;
	else if (key == RR_KEY_HOME || key == 'g')
		at = 0;
	else if (key == RR_KEY_END || key == 'G')
		at = cells.n - 1;
	else if (key == 'n')
		at = next_trouble(model, &cells, at);
	go_to(view, model, &cells, at);
}

/* ------------------------------------------------------------------ the log */

static void type(struct rr_screen_view *view, unsigned key)
{
	size_t len = strlen(view->filter);

	if (key == RR_KEY_ENTER) {
		view->typing = false;
	} else if (key == RR_KEY_ESCAPE) {
		view->typing = false;
		view->filter[0] = '\0';
	} else if (key == RR_KEY_BACKSPACE) {
		if (len)
			view->filter[len - 1] = '\0';
	} else if (key >= ' ' && key < 0x7f && len + 1 < sizeof(view->filter)) {
		view->filter[len] = (char)key;
		view->filter[len + 1] = '\0';
	}
	view->up = 0;
}

static void log_key(struct rr_screen_view *view, const struct rr_screen_model *model, unsigned rows,
		    unsigned key)
{
	size_t page = rows > 5 ? rows - 4 : 1, all = rr_log_shown(&model->log, view->filter);
	size_t most = all > page ? all - page : 0;

	if (key == RR_KEY_UP || key == 'k')
		view->up++;
	else if ((key == RR_KEY_DOWN || key == 'j') && view->up)
		view->up--;
	else if (key == RR_KEY_PAGE_UP)
		view->up += page;
	else if (key == RR_KEY_PAGE_DOWN)
		view->up -= rr_min(view->up, page);
	else if (key == RR_KEY_HOME || key == 'g')
		view->up = most;
	else if (key == RR_KEY_END || key == 'G')
		view->up = 0;
	else if (key == '/')
		view->typing = true;
	view->up = rr_min(view->up, most);
}

/* ------------------------------------------------------------------ everywhere */

static void go_back(struct rr_screen_view *view)
{
	view->page = view->page == RR_PAGE_HELP ? view->before : RR_PAGE_PROGRESS;
}

static void show_help(struct rr_screen_view *view)
{
	if (view->page != RR_PAGE_HELP)
		view->before = view->page;
	view->page = RR_PAGE_HELP;
}

static void next_page(struct rr_screen_view *view)
{
	view->page = view->page == RR_PAGE_HELP ? view->before :
						  (enum rr_page)((view->page + 1) % RR_PAGE_HELP);
}

/* Keys that mean the same on every page. False: this was none. */
static bool common_key(struct rr_screen_view *view, const struct rr_screen_model *model,
		       unsigned key)
{
	bool stopping = (view->wish & RR_WISH_STOP) || model->ended;

	if ((key == 'q' || key == RR_KEY_INTERRUPT) && !stopping)
		view->asked = RR_ASKED_STOP;
	else if (key == 'p' && rr_view_can_pause(model))
		view->wish ^= RR_WISH_PAUSE;
	else if (key == 'v' && rr_view_can_skip(view, model))
		view->asked = RR_ASKED_SKIP;
	else if (key == 'm')
		view->page = RR_PAGE_MAP;
	else if (key == 'l' && view->page != RR_PAGE_MAP)
		view->page = RR_PAGE_LOG;
	else if (key == '?' || key == RR_KEY_HELP)
		show_help(view);
	else if (key == '\t')
		next_page(view);
	else if (key == RR_KEY_ESCAPE || key == RR_KEY_BACKSPACE)
		go_back(view);
	else
		return false;
	return true;
}

void rr_view_key(struct rr_screen_view *view, const struct rr_screen_model *model, unsigned rows,
		 unsigned cols, unsigned key)
{
	if (view->asked != RR_ASKED_NOTHING)
		answer(view, key);
	else if (view->typing && key != RR_KEY_INTERRUPT)
		type(view, key);
	else if (common_key(view, model, key))
		return;
	else if (view->page == RR_PAGE_MAP)
		map_key(view, model, rows, cols, key);
	else if (view->page == RR_PAGE_LOG)
		log_key(view, model, rows, key);
}
