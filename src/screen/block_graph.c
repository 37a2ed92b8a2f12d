/* SPDX-License-Identifier: GPL-3.0-or-later */
/* block_graph.c - the speed of this phase from its beginning on, as a graph of small bars.
 * Owns: nothing.   Threads: main. */
#include "draw.h"
#include "rawright/size.h"

#define GUTTER 11 /* columns for the scale */
#define ENOUGH 3 /* samples; before that there is nothing to see */

static void graph_need(const struct rr_scene *scene, unsigned cols, struct rr_need *need)
{
	const struct rr_speed *s = &scene->model->speed;
	bool any = s->n >= ENOUGH && s->bytes && !scene->model->ended && cols >= 40;

	*need = (struct rr_need){ any ? 2 : 0, any ? 3 : 0, any ? 8 : 0, false };
}

/* The mean of the samples that column i of n stands for; with fewer samples than columns each has
 * one of its own. */
static uint64_t value_at(const struct rr_speed *s, unsigned i, unsigned n)
{
	size_t from = i, to = (size_t)i + 1;
	uint64_t sum = 0;

	if (s->n > n) {
		from = (size_t)i * s->n / n;
		to = ((size_t)i + 1) * s->n / n;
	}
	for (size_t j = from; j < to; j++)
		sum += s->sample[j] / (to - from);
	return sum;
}

static uint64_t highest(const struct rr_speed *s, unsigned n)
{
	uint64_t most = 1;

	for (unsigned i = 0; i < n; i++)
		most = rr_max(most, value_at(s, i, n));
	return most;
}

static void draw_column(const struct rr_area *plot, unsigned col, unsigned eighths)
{
	const struct rr_face *face = plot->grid->face;

	for (unsigned row = 0; row < plot->rows; row++) {
		unsigned below = (plot->rows - 1 - row) * 8;

		if (eighths <= below)
			continue;
		rr_put(plot, row, col, RR_ROLE_BUSY,
		       face->step[eighths - below >= 8 ? 7 : eighths - below - 1]);
	}
}

static void graph_draw(const struct rr_scene *scene, const struct rr_area *area)
{
	const struct rr_speed *s = &scene->model->speed;
	struct rr_area plot = { area->grid, area->row, area->col + GUTTER, area->rows,
				area->cols - GUTTER };
	unsigned n = s->n < plot.cols ? (unsigned)s->n : plot.cols;
	uint64_t most = highest(s, n);
	char size[RR_SIZE_TEXT];
	struct rr_fields top = { 0 };

	rr_fields_add(&top, 1, RR_ROLE_LABEL, "%s/s", rr_size_human(size, most));
	rr_fields_put(&top, &(struct rr_area){ area->grid, area->row, area->col, 1, GUTTER }, 0);
	(void)rr_put_text(area, area->rows - 1, 0, RR_ROLE_LABEL, "speed");
	for (unsigned i = 0; i < n; i++) {
		unsigned full = plot.rows * 8;
		double part = (double)value_at(s, i, n) / (double)most;

		draw_column(&plot, i, (unsigned)(part * full + 0.5));
	}
}

const struct rr_block rr_block_graph = { .rank = 13, .need = graph_need, .draw = graph_draw };
