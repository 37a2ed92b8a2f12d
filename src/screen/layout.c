/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout.c - which parts of the progress page are shown, and how large: what matters most stays
 * longest.
 * Owns: nothing.   Threads: main.
 *
 * In a window that shrinks go, in this order: empty lines, the log, the graph, digests, what is
 * slow, the map, the source, the list of phases. The title, what is written (or the image), the
 * bar, its figures, the time, trouble and the keys are always there. */
#include <string.h>

#include "draw.h"

#define MARGIN_FROM 60 /* columns; in a narrower window each counts */

static void gap_need(const struct rr_scene *scene, unsigned cols, struct rr_need *need)
{
	(void)scene;
	(void)cols;
	*need = (struct rr_need){ 1, 1, 1, false };
}

static void gap_draw(const struct rr_scene *scene, const struct rr_area *area)
{
	(void)scene;
	(void)area;
}

static const struct rr_block gap = { .rank = 20, .need = gap_need, .draw = gap_draw };

/* From above to below. */
static const struct rr_block *const blocks[] = {
	&rr_block_source,
	&rr_block_goals,
	&gap,
	&rr_block_steps,
	&gap,
	&rr_block_bar,
	&rr_block_bytes,
	&rr_block_time,
	&rr_block_counts,
	&rr_block_trouble,
	&gap,
	&rr_block_graph,
	&rr_block_map,
	&rr_block_slowest,
	&rr_block_digests,
	&gap,
	&rr_block_log,
};
#define BLOCKS (sizeof(blocks) / sizeof(*blocks))

struct plan {
	struct rr_need need[BLOCKS];
	unsigned rows[BLOCKS];
	unsigned left;
};

/* In the order of ranks: those that are shown at all. */
static void choose(struct plan *plan, unsigned from, unsigned to)
{
	for (unsigned rank = from; rank <= to; rank++)
		for (size_t i = 0; i < BLOCKS; i++) {
			unsigned least = plan->need[i].least;

			if (blocks[i]->rank != rank || least == 0 || least > plan->left)
				continue;
			plan->rows[i] = least;
			plan->left -= least;
		}
}

/* To what is good, or to what is most. */
static void grow(struct plan *plan, bool most)
{
	for (unsigned rank = 0; rank <= gap.rank; rank++)
		for (size_t i = 0; i < BLOCKS; i++) {
			unsigned want = most ? plan->need[i].most : plan->need[i].good;
			unsigned more = want > plan->rows[i] ? want - plan->rows[i] : 0;

			if (blocks[i]->rank != rank || plan->rows[i] == 0 ||
			    (plan->need[i].leap && most && more > plan->left))
				continue;
			more = more < plan->left ? more : plan->left;
			plan->rows[i] += more;
			plan->left -= more;
		}
}

static struct rr_area area_of(const struct rr_block *block, const struct rr_area *all)
{
	struct rr_area area = *all;

	if (!block->wide && all->cols >= MARGIN_FROM) {
		area.col += 1;
		area.cols -= 2;
	}
	return area;
}

static void draw_progress(const struct rr_scene *scene, const struct rr_area *all)
{
	struct plan plan = { .left = all->rows };
	unsigned row = all->row;

	for (size_t i = 0; i < BLOCKS; i++)
		blocks[i]->need(scene, area_of(blocks[i], all).cols, &plan.need[i]);
	choose(&plan, 0, gap.rank - 1);
	grow(&plan, false);
	choose(&plan, gap.rank, gap.rank);
	grow(&plan, true);
	for (size_t i = 0; i < BLOCKS; i++) {
		struct rr_area area = area_of(blocks[i], all);

		if (plan.rows[i] == 0)
			continue;
		area.row = row;
		area.rows = plan.rows[i];
		blocks[i]->draw(scene, &area);
		row += plan.rows[i];
	}
}

static void draw_small(const struct rr_scene *scene, const struct rr_area *all)
{
	unsigned part = rr_model_tenths(scene->model);
	struct rr_fields fields = { 0 };

	rr_fields_add(&fields, 1, RR_ROLE_STRONG, "%u.%u %%", part / 10, part % 10);
	rr_fields_add(&fields, 2, RR_ROLE_TEXT, "%s",
		      scene->model->ended ? "it has ended" : "the job goes on");
	rr_fields_put(&fields, all, 0);
	(void)rr_put_text(all, 1, 0, RR_ROLE_WARN, "window too small:");
	(void)rr_put_text(all, 2, 0, RR_ROLE_WARN, "40 x 10 is needed");
}

void rr_screen_draw(const struct rr_scene *scene, struct rr_grid *grid)
{
	static void (*const pages[RR_PAGES])(const struct rr_scene *, const struct rr_area *) = {
		[RR_PAGE_PROGRESS] = draw_progress,
		[RR_PAGE_MAP] = rr_draw_map_page,
		[RR_PAGE_LOG] = rr_draw_log_page,
		[RR_PAGE_HELP] = rr_draw_help_page,
	};
	struct rr_area all = { .grid = grid, .rows = grid->rows, .cols = grid->cols };
	struct rr_area inner = all;

	if (grid->rows < RR_LEAST_ROWS || grid->cols < RR_LEAST_COLS) {
		draw_small(scene, &all);
		return;
	}
	rr_draw_title(scene, &all);
	inner.row = 1;
	inner.rows -= 2;
	pages[scene->view->page](scene, &inner);
	rr_draw_keys(scene, &all);
	if (scene->view->asked != RR_ASKED_NOTHING)
		rr_draw_question(scene, &all);
}
