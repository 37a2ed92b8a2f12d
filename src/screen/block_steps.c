/* SPDX-License-Identifier: GPL-3.0-or-later */
/* block_steps.c - the phases of a job: a line each, or all in one.
 * Owns: nothing.   Threads: main. */
#include <stdio.h>

#include "draw.h"
#include "rawright/size.h"

static void steps_need(const struct rr_scene *scene, unsigned cols, struct rr_need *need)
{
	unsigned n = (unsigned)scene->model->nstep;

	(void)cols;
	*need = (struct rr_need){ n > 0, n, n, false };
}

static const char *state_word(enum rr_step_state state)
{
	static const char *const words[] = { [RR_STEP_TODO] = "to do",
					     [RR_STEP_RUNNING] = "running",
					     [RR_STEP_DONE] = "done",
					     [RR_STEP_SKIPPED] = "left out",
					     [RR_STEP_FAILED] = "NOT DONE" };

	return words[state];
}

static enum rr_role state_role(enum rr_step_state state)
{
	static const enum rr_role roles[] = { [RR_STEP_TODO] = RR_ROLE_TEXT,
					      [RR_STEP_RUNNING] = RR_ROLE_BUSY,
					      [RR_STEP_DONE] = RR_ROLE_GOOD,
					      [RR_STEP_SKIPPED] = RR_ROLE_WARN,
					      [RR_STEP_FAILED] = RR_ROLE_BAD };

	return roles[state];
}

static void draw_line(const struct rr_screen_model *model, size_t i, const struct rr_area *area,
		      unsigned row)
{
	const struct rr_step *step = &model->step[i];
	bool running = step->state == RR_STEP_RUNNING;
	uint64_t until = running ? model->ms : step->ended_ms;
	struct rr_area rest = { area->grid, area->row + row, area->col + 26, 1,
				area->cols > 26 ? area->cols - 26 : 0 };
	char text[64], span[RR_CLOCK_TEXT], rate[RR_SIZE_TEXT];
	struct rr_fields fields = { 0 };

	(void)snprintf(text, sizeof(text), "%c%zu %s", running ? '>' : ' ', i + 1, step->name);
	(void)rr_put_text(area, row, 0, running ? RR_ROLE_STRONG : RR_ROLE_TEXT, text);
	(void)rr_put_text(area, row, 14, state_role(step->state), state_word(step->state));
	if (step->state == RR_STEP_TODO || step->state == RR_STEP_SKIPPED)
		return;
	rr_fields_add(&fields, 1, RR_ROLE_TEXT, "%6s", rr_clock_span(span, until - step->began_ms));
	if (step->state == RR_STEP_DONE && step->mean && step->ended_ms - step->began_ms >= 1000)
		rr_fields_add(&fields, 2, RR_ROLE_TEXT, "%s/s", rr_size_human(rate, step->mean));
	rr_fields_put(&fields, &rest, 0);
}

/* "copy done   > flush running   verify": cut where there is no room. */
static void draw_short(const struct rr_screen_model *model, const struct rr_area *area)
{
	unsigned col = 0;

	for (size_t i = 0; i < model->nstep; i++) {
		const struct rr_step *step = &model->step[i];
		bool running = step->state == RR_STEP_RUNNING;

		if (running)
			col = rr_put_text(area, 0, col, RR_ROLE_STRONG, "> ");
		col = rr_put_text(area, 0, col, running ? RR_ROLE_STRONG : RR_ROLE_TEXT,
				  step->name);
		if (step->state != RR_STEP_TODO && !running)
			col = rr_put_text(area, 0, col + 1, state_role(step->state),
					  state_word(step->state));
		col += 3;
	}
}

static void steps_draw(const struct rr_scene *scene, const struct rr_area *area)
{
	const struct rr_screen_model *model = scene->model;

	if (area->rows < model->nstep) {
		draw_short(model, area);
		return;
	}
	for (size_t i = 0; i < model->nstep; i++)
		draw_line(model, i, area, (unsigned)i);
}

const struct rr_block rr_block_steps = { .rank = 9, .need = steps_need, .draw = steps_draw };
