/* SPDX-License-Identifier: GPL-3.0-or-later */
/* block_what.c - from where and to where: the source, and each destination on a line of its own.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "draw.h"
#include "rawright/size.h"

#define LABEL	 9 /* columns before a name */
#define BAR_FROM 76 /* columns of a window in which each destination has a bar */
#define BAR	 10

static const char *source_label(const struct rr_screen_model *model)
{
	return model->task == RR_TASK_WRITE ? "Image" : "Medium";
}

/* Of an image that is checked alone the goal tells enough. */
static bool has_source(const struct rr_screen_model *model)
{
	return model->source.path &&
	       !(model->task == RR_TASK_VERIFY && model->ngoal && model->goal[0].is.name &&
		 strcmp(model->goal[0].is.name, model->source.path) == 0);
}

static void source_need(const struct rr_scene *scene, unsigned cols, struct rr_need *need)
{
	unsigned rows = has_source(scene->model);

	(void)cols;
	*need = (struct rr_need){ rows, rows, rows, false };
}

/* The part of an area behind its label. */
static struct rr_area behind_label(const struct rr_area *area, unsigned row, const char *label)
{
	(void)rr_put_text(area, row, 0, RR_ROLE_LABEL, label);
	return (struct rr_area){ area->grid, area->row + row, area->col + LABEL, 1,
				 area->cols - LABEL };
}

/* Its name and size first. Of many the path tells one from another. */
static void add_end(struct rr_fields *fields, const struct rr_end *end, uint64_t bytes, bool many)
{
	char size[RR_SIZE_TEXT];

	bytes = end->bytes ? end->bytes : bytes;
	if (many && end->path)
		rr_fields_add(fields, 1, RR_ROLE_STRONG, "%s", end->path);
	if (end->name || !end->path)
		rr_fields_add(fields, end->path && many ? 2 : 1, RR_ROLE_STRONG, "%s",
			      end->name ? end->name : "-");
	if (!many && end->path && !end->name)
		rr_fields_add(fields, 1, RR_ROLE_STRONG, "%s", end->path);
	if (bytes)
		rr_fields_add(fields, many ? 4 : 2, RR_ROLE_TEXT, "%s", rr_size_human(size, bytes));
	if (!many && end->path && end->name)
		rr_fields_add(fields, 3, RR_ROLE_TEXT, "%s", end->path);
	if (end->port)
		rr_fields_add(fields, many ? 3 : 4, RR_ROLE_TEXT, "%s", end->port);
	if (end->serial)
		rr_fields_add(fields, 5, RR_ROLE_TEXT, "S/N %s", end->serial);
}

static void source_draw(const struct rr_scene *scene, const struct rr_area *area)
{
	const struct rr_screen_model *model = scene->model;
	struct rr_area rest = behind_label(area, 0, source_label(model));
	struct rr_fields fields = { 0 };

	add_end(&fields, &model->source, model->length, false);
	if (model->source_kind)
		rr_fields_add(&fields, 6, RR_ROLE_TEXT, "%s", model->source_kind);
	rr_fields_put(&fields, &rest, 0);
}

const struct rr_block rr_block_source = { .rank = 8, .need = source_need, .draw = source_draw };

/* ------------------------------------------------------------------ destinations */

static void goals_need(const struct rr_scene *scene, unsigned cols, struct rr_need *need)
{
	unsigned n = (unsigned)scene->model->ngoal;

	(void)cols;
	*need = (struct rr_need){ n < 3 ? n : 3, n, n, false };
}

/* What became of it, or what it does; NULL: nothing to tell. */
static const char *state_of(const struct rr_screen_model *model, const struct rr_goal *goal,
			    enum rr_role *role)
{
	const struct rr_step *step = rr_model_step(model);

	*role = RR_ROLE_BAD;
	if (goal->share.failed || (model->ended && goal->status == RR_DEST_FAILED))
		return "FAILED";
	if (model->ended && goal->status == RR_DEST_DIFFERENT)
		return "DIFFERENT";
	*role = RR_ROLE_GOOD;
	if (model->ended && goal->status == RR_DEST_VERIFIED)
		return "verified";
	*role = RR_ROLE_WARN;
	if (model->ended)
		return goal->status == RR_DEST_OPEN ? "not whole" : "not verified";
	if (goal->share.silent_ms >= RR_SILENT_MS)
		return "no answer";
	*role = RR_ROLE_BUSY;
	return model->ngoal > 1 && goal->share.active && step ? rr_phase_doing(step->name) : NULL;
}

static void add_state(const struct rr_screen_model *model, const struct rr_goal *goal,
		      struct rr_fields *fields)
{
	uint64_t total = model->progress.total;
	enum rr_role role;
	const char *state = state_of(model, goal, &role);

	if (model->ngoal > 1 && !model->ended && goal->share.active && total)
		rr_fields_add(fields, 2, RR_ROLE_TEXT, "%3.0f %%",
			      (double)rr_min(goal->share.bytes, total) * 100 / (double)total);
	if (state && strcmp(state, "no answer") == 0)
		rr_fields_add(fields, 1, role, "no answer for %llu s",
			      (unsigned long long)(goal->share.silent_ms / 1000));
	else if (state)
		rr_fields_add(fields, 1, role, "%s", state);
	if (goal->why)
		rr_fields_add(fields, 3, role, "%s", goal->why);
}

static void put_bar(const struct rr_screen_model *model, const struct rr_goal *goal,
		    const struct rr_area *line)
{
	const struct rr_face *face = line->grid->face;
	uint64_t total = model->progress.total;
	unsigned full =
		total ? (unsigned)((double)rr_min(goal->share.bytes, total) * BAR / (double)total) :
			0;

	rr_put_many(line, 0, 0, BAR, RR_ROLE_TEXT, face->empty);
	rr_put_many(line, 0, 0, full, goal->share.failed ? RR_ROLE_BAD : RR_ROLE_BUSY, face->full);
}

/* Name, size and place on the left, state on the right. */
static void draw_goal(const struct rr_screen_model *model, const struct rr_goal *goal,
		      const struct rr_area *line)
{
	bool bar = model->ngoal > 1 && line->cols + LABEL >= BAR_FROM && !model->ended;
	unsigned state = model->ngoal > 1 || model->ended || goal->share.failed ||
					 goal->share.silent_ms >= RR_SILENT_MS ?
				 line->cols * 9 / 20 :
				 0;
	struct rr_area left = *line, right = *line;
	struct rr_fields what = { 0 }, how = { 0 };

	left.cols -= state + (state > 0);
	add_end(&what, &goal->is, 0, model->ngoal > 1);
	rr_fields_put(&what, &left, 0);
	right.col += line->cols - state;
	right.cols = state;
	if (bar) {
		put_bar(model, goal, &right);
		right.col += BAR + 1;
		right.cols -= BAR + 1;
	}
	add_state(model, goal, &how);
	if (state)
		rr_fields_put(&how, &right, 0);
}

/* What is in trouble is shown before others when there is no room for all. */
static bool is_urgent(const struct rr_screen_model *model, const struct rr_goal *goal)
{
	enum rr_role role;

	(void)state_of(model, goal, &role);
	return role == RR_ROLE_BAD || role == RR_ROLE_WARN;
}

static void goals_draw(const struct rr_scene *scene, const struct rr_area *area)
{
	const struct rr_screen_model *model = scene->model;
	const char *label = rr_task_to_drives(model->task) ? "Drive" : "Image";
	unsigned room = model->ngoal > area->rows ? area->rows - (area->rows > 1) : area->rows;
	unsigned row = 0;

	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < model->ngoal && row < room; i++) {
			bool first = is_urgent(model, &model->goal[i]) ||
				     model->ngoal <= area->rows;
			struct rr_area line;

			if (first != (pass == 0))
				continue;
			line = behind_label(area, row++, label);
			draw_goal(model, &model->goal[i], &line);
			label = "";
		}
	if (room < area->rows) {
		struct rr_area line = behind_label(area, room, "");
		struct rr_fields more = { 0 };

		rr_fields_add(&more, 1, RR_ROLE_TEXT, "and %zu more", model->ngoal - room);
		rr_fields_put(&more, &line, 0);
	}
}

const struct rr_block rr_block_goals = { .rank = 1, .need = goals_need, .draw = goals_draw };
