/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_log.c - what happened: the last lines on the progress page, and all of them on their own.
 * Owns: nothing.   Threads: main. */
#include <stdio.h>
#include <string.h>

#include "draw.h"

#define TIME 10 /* columns before a line's text */

static bool passes(const struct rr_log_line *line, const char *filter)
{
	return line && line->text && (!*filter || strcasestr(line->text, filter));
}

size_t rr_log_shown(const struct rr_log *log, const char *filter)
{
	size_t n = 0;

	for (size_t i = 0; i < rr_log_kept(log); i++)
		n += passes(rr_log_at(log, i), filter);
	return n;
}

static void put_line(const struct rr_screen_model *model, const struct rr_log_line *line,
		     const struct rr_area *area, unsigned row)
{
	char buf[RR_CLOCK_TEXT];

	(void)rr_put_text(area, row, 0, RR_ROLE_LABEL, rr_time_of_day(model, line->ms, buf));
	(void)rr_put_text(area, row, TIME, line->role, line->text);
}

/* So many lines, the newest of them `up` lines before the last. */
static void put_lines(const struct rr_scene *scene, const struct rr_area *area, const char *filter,
		      size_t up)
{
	const struct rr_log *log = &scene->model->log;
	size_t shown = rr_log_shown(log, filter), first, at = 0;
	size_t last = shown > up ? shown - up : 0;

	first = last > area->rows ? last - area->rows : 0;
	for (size_t i = 0; i < rr_log_kept(log) && at < last; i++) {
		const struct rr_log_line *line = rr_log_at(log, i);

		if (!passes(line, filter))
			continue;
		if (at >= first)
			put_line(scene->model, line, area, (unsigned)(at - first));
		at++;
	}
}

static void log_need(const struct rr_scene *scene, unsigned cols, struct rr_need *need)
{
	unsigned n = (unsigned)rr_log_kept(&scene->model->log);

	(void)cols;
	*need = (struct rr_need){ n > 0, n < 3 ? n : 3, n, false };
}

static void log_draw(const struct rr_scene *scene, const struct rr_area *area)
{
	put_lines(scene, area, "", 0);
}

const struct rr_block rr_block_log = { .rank = 14, .need = log_need, .draw = log_draw };

void rr_draw_log_page(const struct rr_scene *scene, const struct rr_area *area)
{
	const struct rr_screen_view *view = scene->view;
	struct rr_area lines = *area;
	unsigned col;
	char text[64];

	lines.rows--;
	put_lines(scene, &lines, view->filter, view->up);
	if (view->typing || *view->filter) {
		col = rr_put_text(area, area->rows - 1, 0, RR_ROLE_LABEL, "lines with: ");
		col = rr_put_text(area, area->rows - 1, col, RR_ROLE_STRONG, view->filter);
		if (view->typing)
			rr_put(area, area->rows - 1, col, RR_ROLE_CHOSEN, L' ');
	} else if (view->up) {
		(void)snprintf(text, sizeof(text), "%zu newer lines below", view->up);
		(void)rr_put_text(area, area->rows - 1, 0, RR_ROLE_LABEL, text);
	}
}
