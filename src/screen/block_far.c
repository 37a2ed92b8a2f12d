/* SPDX-License-Identifier: GPL-3.0-or-later */
/* block_far.c - how far it is: bar, bytes and speed of this phase, the time of the whole job.
 * Owns: nothing.   Threads: main. */
#include <stdio.h>
#include <string.h>

#include "draw.h"
#include "rawright/size.h"

static void one_row(const struct rr_scene *scene, unsigned cols, struct rr_need *need)
{
	(void)scene;
	(void)cols;
	*need = (struct rr_need){ 1, 1, 1, false };
}

static bool is_flushing(const struct rr_screen_model *model)
{
	const struct rr_step *step = rr_model_step(model);

	return step && strcmp(step->name, "flush") == 0 && !model->ended;
}

static void bar_draw(const struct rr_scene *scene, const struct rr_area *area)
{
	const struct rr_face *face = area->grid->face;
	unsigned part = rr_model_tenths(scene->model), room = area->cols - 10;
	unsigned full = room * part / 1000;
	char text[16];

	(void)rr_put_text(area, 0, 0, RR_ROLE_TEXT, "[");
	rr_put_many(area, 0, 1, room, RR_ROLE_TEXT, face->empty);
	rr_put_many(area, 0, 1, full, RR_ROLE_GOOD, face->full);
	(void)rr_put_text(area, 0, room + 1, RR_ROLE_TEXT, "]");
	(void)snprintf(text, sizeof(text), "%u.%u %%", part / 10, part % 10);
	if (!scene->model->progress.total)
		(void)snprintf(text, sizeof(text), "-");
	rr_put_right(area, 0, room + 2, RR_ROLE_STRONG, text);
}

const struct rr_block rr_block_bar = { .rank = 1, .need = one_row, .draw = bar_draw };

/* What has become of the bytes that are counted. */
static const char *done_word(const struct rr_screen_model *model)
{
	const struct rr_step *step = rr_model_step(model);

	if (step && rr_phase_proves(step->name))
		return "verified";
	return rr_task_to_drives(model->task) ? "on the drive" : "read";
}

static void bytes_draw(const struct rr_scene *scene, const struct rr_area *area)
{
	const struct rr_screen_model *model = scene->model;
	const struct rr_progress *now = &model->progress;
	char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT];
	struct rr_fields fields = { 0 };

	if (now->total)
		rr_fields_add(&fields, 1, RR_ROLE_TEXT, "%s of %s %s", rr_size_human(a, now->bytes),
			      rr_size_human(b, now->total), done_word(model));
	else
		rr_fields_add(&fields, 1, RR_ROLE_TEXT, "%s %s", rr_size_human(a, now->bytes),
			      done_word(model));
	if (!model->ended && !now->paused && now->silent_ms < RR_SILENT_MS &&
	    model->speed.smooth > 0)
		rr_fields_add(&fields, 2, RR_ROLE_STRONG, "now %s/s",
			      rr_size_human(a, (uint64_t)model->speed.smooth));
	if (model->speed.mean)
		rr_fields_add(&fields, 3, RR_ROLE_TEXT, "average %s/s",
			      rr_size_human(a, model->speed.mean));
	if (model->speed.least != UINT64_MAX && now->bytes)
		rr_fields_add(&fields, 4, RR_ROLE_TEXT, "slowest %s/s",
			      rr_size_human(a, model->speed.least));
	rr_fields_put(&fields, area, 0);
}

const struct rr_block rr_block_bytes = { .rank = 2, .need = one_row, .draw = bytes_draw };

/* What is left by now of what was worked out a moment ago; in a pause it stays. */
static uint64_t left_now(const struct rr_screen_model *model)
{
	const struct rr_speed *s = &model->speed;
	uint64_t ms = model->progress.paused ? model->paused_at_ms : model->ms;
	uint64_t passed = ms > s->eta_at_ms ? ms - s->eta_at_ms : 0;

	return s->eta_ms > passed ? s->eta_ms - passed : 0;
}

static void add_left(const struct rr_screen_model *model, struct rr_fields *fields)
{
	const struct rr_speed *s = &model->speed;
	char span[RR_CLOCK_TEXT];
	uint64_t left;

	if (model->progress.silent_ms >= RR_SILENT_MS) {
		rr_fields_add(fields, 1, RR_ROLE_TEXT, "left: depends on the drive's answer");
		return;
	}
	if (s->eta_ms == UINT64_MAX || !s->eta_at_ms) {
		rr_fields_add(fields, 1, RR_ROLE_TEXT, "left: not known yet");
		return;
	}
	left = left_now(model);
	rr_fields_add(fields, 1, RR_ROLE_STRONG, "left %s", rr_clock_span(span, left));
	if (s->eta_later_ms >= 1000)
		rr_fields_add(fields, 4, RR_ROLE_TEXT, "(%s of it to verify)",
			      rr_clock_span(span, s->eta_later_ms));
	if (model->progress.paused)
		return;
	rr_fields_add(fields, 3, RR_ROLE_TEXT, "done about %s",
		      rr_time_of_day(model, model->ms + left, span));
}

static void time_draw(const struct rr_scene *scene, const struct rr_area *area)
{
	const struct rr_screen_model *model = scene->model;
	struct rr_fields fields = { 0 };
	char span[RR_CLOCK_TEXT];

	rr_fields_add(&fields, 2, RR_ROLE_TEXT, "elapsed %s", rr_clock_span(span, model->ms));
	if (is_flushing(model))
		rr_fields_add(&fields, 1, RR_ROLE_TEXT, "waiting until all is on the medium");
	else if (!model->ended)
		add_left(model, &fields);
	rr_fields_put(&fields, area, 0);
}

const struct rr_block rr_block_time = { .rank = 3, .need = one_row, .draw = time_draw };
