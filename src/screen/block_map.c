/* SPDX-License-Identifier: GPL-3.0-or-later */
/* block_map.c - the map on the progress page, with what its characters mean.
 * Owns: nothing.   Threads: main. */
#include <stdint.h>

#include "draw.h"
#include "rawright/floppy_format.h"
#include "rawright/size.h"

#define MOST 24 /* rows of cells: more tell nothing more */

/* A floppy by its tracks, or, where all of them have room, by its sectors. */
static void floppy_need(const struct rr_floppy_format *floppy, struct rr_need *need)
{
	unsigned tracks = floppy->heads + 1u;
	unsigned sectors = (unsigned)floppy->heads * floppy->sectors + 1;

	*need = (struct rr_need){ tracks, tracks, sectors, true };
}

/* Rows of cells, marks of tracks, and a row that says what they mean. */
static void map_need(const struct rr_scene *scene, unsigned cols, struct rr_need *need)
{
	const struct rr_screen_model *model = scene->model;
	unsigned rows = (unsigned)((model->map.n + cols - 1) / (cols ? cols : 1));
	unsigned marks = rr_tracks_shown(model) ? rr_min(model->disc.ntrack, rows) : 0;

	*need = (struct rr_need){ 0 };
	if (model->map.n == 0)
		return;
	if (model->floppy)
		floppy_need(model->floppy, need);
	else
		*need = (struct rr_need){ 2, 3, rr_min(rows + marks, MOST) + 1, false };
}

static void map_draw(const struct rr_scene *scene, const struct rr_area *area)
{
	struct rr_cells cells;

	rr_cells_of(scene->model, area->rows - 1, area->cols, &cells);
	rr_cells_draw(scene->model, &cells, area, SIZE_MAX);
	rr_cells_legend(scene->model, area, rr_cells_rows(scene->model, &cells));
}

const struct rr_block rr_block_map = {
	.rank = 10, .wide = true, .need = map_need, .draw = map_draw
};
