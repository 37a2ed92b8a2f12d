/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steps.c - the phases of a job as a list: what was announced, and what came instead.
 * Owns: nothing.   Threads: main. */
#include <stdio.h>
#include <string.h>

#include "model.h"

static void name_step(struct rr_step *step, const char *name)
{
	*step = (struct rr_step){ .state = RR_STEP_TODO };
	(void)snprintf(step->name, sizeof(step->name), "%s", name); /* names of ours are short */
}

void rr_steps_plan(struct rr_screen_model *model, const struct rr_event *ev)
{
	model->nstep = 0;
	for (size_t i = 0; i < ev->nplan && model->nstep < RR_STEPS; i++)
		name_step(&model->step[model->nstep++], ev->plan[i]);
	model->now = model->nstep;
}

static bool has_begun(const struct rr_screen_model *model)
{
	return model->now < model->nstep;
}

/* The step that is going on has ended, so or so. */
static void leave(struct rr_screen_model *model, enum rr_step_state state)
{
	struct rr_step *step = &model->step[model->now];

	if (!has_begun(model) || step->state != RR_STEP_RUNNING)
		return;
	step->state = state;
	step->ended_ms = model->ms;
	if (strcmp(step->name, "flush") != 0)
		step->mean = model->progress.mean;
}

/* It was announced and did not come. Flushing was then over before anybody could tell of it. */
static void pass_over(const struct rr_screen_model *model, struct rr_step *step)
{
	bool flush = strcmp(step->name, "flush") == 0;

	step->state = flush ? RR_STEP_DONE : RR_STEP_SKIPPED;
	step->began_ms = step->ended_ms = model->ms;
}

/* The first announced one of that name; what was announced before it did not come. */
static size_t find(struct rr_screen_model *model, const char *name)
{
	size_t from = has_begun(model) ? model->now + 1 : 0;

	for (size_t i = from; i < model->nstep; i++) {
		if (strcmp(model->step[i].name, name) != 0)
			continue;
		for (size_t j = from; j < i; j++)
			pass_over(model, &model->step[j]);
		return i;
	}
	return model->nstep;
}

/* Nobody announced it: it is put where it came. */
static size_t insert(struct rr_screen_model *model, const char *name)
{
	size_t at = has_begun(model) ? model->now + 1 : 0;

	if (at == RR_STEPS)
		at--;
	if (model->nstep == RR_STEPS)
		model->nstep--;
	memmove(&model->step[at + 1], &model->step[at], (model->nstep - at) * sizeof(*model->step));
	name_step(&model->step[at], name);
	model->nstep++;
	return at;
}

void rr_steps_begin(struct rr_screen_model *model, const struct rr_event *ev)
{
	const char *name = ev->name ? ev->name : "";
	size_t i;

	leave(model, RR_STEP_DONE);
	i = find(model, name);
	model->now = i < model->nstep ? i : insert(model, name);
	model->step[model->now].state = RR_STEP_RUNNING;
	model->step[model->now].began_ms = ev->ms;
}

void rr_steps_end(struct rr_screen_model *model, const struct rr_event *ev)
{
	int status = ev->result ? ev->result->exit : RR_EXIT_OK;
	bool well = status == RR_EXIT_OK || status == RR_EXIT_BAD_SECTORS;

	leave(model, well ? RR_STEP_DONE : RR_STEP_FAILED);
	for (size_t i = 0; i < model->nstep; i++)
		if (well && model->step[i].state == RR_STEP_TODO)
			pass_over(model, &model->step[i]);
}
