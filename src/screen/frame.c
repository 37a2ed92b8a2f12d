/* SPDX-License-Identifier: GPL-3.0-or-later */
/* frame.c - what stands around every page: the title, the keys that work now, a question.
 * Owns: nothing.   Threads: main. */
#include <stdio.h>
#include <string.h>

#include "draw.h"
#include "panels.h"

const char *rr_time_of_day(const struct rr_screen_model *model, uint64_t ms,
			   char buf[RR_CLOCK_TEXT])
{
	unsigned long s = ((unsigned long)model->day_s + (unsigned long)(ms / 1000)) % 86400;

	(void)snprintf(buf, RR_CLOCK_TEXT, "%02lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60);
	return buf;
}

static const char *state_word(const struct rr_scene *scene)
{
	const struct rr_screen_model *model = scene->model;
	const struct rr_step *step = rr_model_step(model);

	if (model->ended)
		return model->exit == RR_EXIT_OK	  ? "done" :
		       model->exit == RR_EXIT_BAD_SECTORS ? "done, not all was readable" :
		       model->exit == RR_EXIT_STOPPED	  ? "STOPPED" :
							    "FAILED";
	if (scene->view->wish & RR_WISH_STOP)
		return "stopping";
	if (model->progress.paused)
		return "PAUSED";
	return step ? rr_phase_doing(step->name) : "starting";
}

void rr_draw_title(const struct rr_scene *scene, const struct rr_area *all)
{
	const struct rr_screen_model *model = scene->model;
	unsigned part = rr_model_tenths(model), col;
	char buf[64];

	rr_put_many(all, 0, 0, all->cols, RR_ROLE_TITLE, L' ');
	(void)snprintf(buf, sizeof(buf), "rawright %s", rr_task_name(model->task));
	col = rr_put_text(all, 0, 1, RR_ROLE_TITLE, buf);
	col = rr_put_text(all, 0, col + 3, RR_ROLE_TITLE, state_word(scene));
	(void)snprintf(buf, sizeof(buf), "%u.%u %%", part / 10, part % 10);
	if (!model->ended && model->progress.total)
		col = rr_put_text(all, 0, col + 3, RR_ROLE_TITLE, buf);
	(void)rr_time_of_day(model, model->ms, buf);
	rr_put_right(&(struct rr_area){ all->grid, 0, 0, 1, all->cols - 1 }, 0, col + 2,
		     RR_ROLE_TITLE, buf);
}

/* ------------------------------------------------------------------ keys */

static unsigned put_page_hints(const struct rr_scene *scene, const struct rr_area *all,
			       unsigned col)
{
	static const struct rr_hint map[] = { { "arrows", "Move" }, { "n", "Next trouble" } };
	static const struct rr_hint log[] = { { "arrows", "Scroll" }, { "/", "Filter" } };
	const struct rr_hint *hints = scene->view->page == RR_PAGE_MAP ? map : log;

	col = rr_put_hint(all, col, &(struct rr_hint){ "Esc", "Back" });
	if (scene->view->page == RR_PAGE_HELP)
		return col;
	for (size_t i = 0; i < 2; i++)
		col = rr_put_hint(all, col, &hints[i]);
	return col;
}

void rr_draw_keys(const struct rr_scene *scene, const struct rr_area *all)
{
	bool resting = scene->view->wish & RR_WISH_PAUSE;
	unsigned col = 0;

	rr_put_many(all, all->rows - 1, 0, all->cols, RR_ROLE_TITLE, L' ');
	if (scene->view->typing) {
		col = rr_put_hint(all, col, &(struct rr_hint){ "Enter", "Filter" });
		(void)rr_put_hint(all, col, &(struct rr_hint){ "Esc", "All lines" });
		return;
	}
	if (scene->view->page != RR_PAGE_PROGRESS)
		col = put_page_hints(scene, all, col);
	if (!scene->model->ended && !(scene->view->wish & RR_WISH_STOP))
		col = rr_put_hint(all, col, &(struct rr_hint){ "q", "Stop" });
	if (rr_view_can_pause(scene->model))
		col = rr_put_hint(all, col, &(struct rr_hint){ "p", resting ? "Go on" : "Pause" });
	if (rr_view_can_skip(scene->view, scene->model))
		col = rr_put_hint(all, col, &(struct rr_hint){ "v", "Skip verify" });
	if (scene->view->page == RR_PAGE_PROGRESS && scene->model->map.n)
		col = rr_put_hint(all, col, &(struct rr_hint){ "m", "Map" });
	if (scene->view->page == RR_PAGE_PROGRESS)
		col = rr_put_hint(all, col, &(struct rr_hint){ "l", "Log" });
	if (scene->view->page != RR_PAGE_HELP)
		(void)rr_put_hint(all, col, &(struct rr_hint){ "?", "Help" });
}

/* ------------------------------------------------------------------ a question */

struct words {
	const char *line[3];
};

static const struct words *question_of(const struct rr_scene *scene)
{
	static const struct words stop_read = {
		{ "Stop reading?", "What was read stays: the same command", "goes on from here." }
	};
	static const struct words stop_write = { { "Stop writing?",
						   "What is being written will not be",
						   "usable: the same command begins anew." } };
	static const struct words stop_proof = { { "Stop?", "What was written stays, but it is",
						   "not verified." } };
	static const struct words stop_check = { { "Stop?", "Nothing was changed; the check can",
						   "be made again." } };
	static const struct words skip = { { "Skip the verification?",
					     "Whether all arrived as it was read",
					     "will not be known." } };
	const struct rr_step *step = rr_model_step(scene->model);

	if (scene->view->asked == RR_ASKED_SKIP)
		return &skip;
	if (!rr_task_writes(scene->model->task))
		return &stop_check;
	if (step && rr_phase_proves(step->name))
		return &stop_proof;
	return rr_task_to_drives(scene->model->task) ? &stop_write : &stop_read;
}

void rr_draw_question(const struct rr_scene *scene, const struct rr_area *all)
{
	static const char *const answers[] = { "y", "Yes", "n", "No" };
	const struct words *words = question_of(scene);
	struct rr_area box = { all->grid, (all->rows - 7) / 2, (all->cols - 40) / 2, 7, 40 };
	unsigned col = 2;

	for (unsigned row = 0; row < box.rows; row++)
		rr_put_many(&box, row, 0, box.cols, RR_ROLE_TITLE, L' ');
	for (unsigned i = 0; i < 3; i++)
		(void)rr_put_text(&box, i + 1, 2, RR_ROLE_TITLE, words->line[i]);
	for (size_t i = 0; i < 4; i += 2) {
		col = rr_put_text(&box, 5, col, RR_ROLE_KEY, answers[i]);
		col = rr_put_text(&box, 5, col + 1, RR_ROLE_TITLE, answers[i + 1]) + 3;
	}
	if (scene->view->asked == RR_ASKED_STOP)
		(void)rr_put_text(&box, 5, col, RR_ROLE_TITLE, "Ctrl-C again: yes");
}
