/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cells.c - the map as cells: rows of equal pieces, or of a floppy its sides and cylinders; of a
 * disc with marks below where its tracks begin.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "draw.h"
#include "rawright/floppy_format.h"
#include "rawright/size.h"

unsigned rr_cells_row(const struct rr_screen_model *model, const struct rr_cells *cells,
		      size_t cell)
{
	unsigned row = (unsigned)(cell / cells->cols);

	return row + (cells->marked ? rr_tracks_rows(model, cells, row) : 0);
}

unsigned rr_cells_rows(const struct rr_screen_model *model, const struct rr_cells *cells)
{
	return rr_cells_row(model, cells, cells->n + cells->cols - 1);
}

/* As many rows as there can be with those for marks; in a single row it goes without. */
static void make_room(const struct rr_screen_model *model, unsigned rows, struct rr_cells *cells)
{
	cells->marked = rows > 1;
	for (unsigned n = rows; n > 1 && rr_cells_rows(model, cells) > rows; n--)
		cells->n = rr_min((size_t)(n - 1) * cells->cols, model->map.n);
}

void rr_cells_of(const struct rr_screen_model *model, unsigned rows, unsigned cols,
		 struct rr_cells *cells)
{
	const struct rr_floppy_format *floppy = model->floppy;

	*cells = (struct rr_cells){ .rows = rows, .cols = cols };
	cells->n = rr_min((size_t)rows * cols, model->map.n);
	if (cols > 0 && !floppy && rr_tracks_shown(model))
		make_room(model, rows, cells);
	if (!floppy || rows < floppy->heads || cols == 0)
		return;
	cells->cylinders = (floppy->cylinders + cols - 1) / cols;
	cells->cols = (floppy->cylinders + cells->cylinders - 1) / cells->cylinders;
	cells->sectors = rows >= floppy->heads * floppy->sectors ? floppy->sectors : 1;
	cells->rows = floppy->heads * cells->sectors;
	cells->n = (size_t)cells->cols * cells->rows;
}

bool rr_cells_piece(const struct rr_screen_model *model, const struct rr_cells *cells, size_t cell,
		    size_t i, uint64_t *off, uint64_t *len)
{
	const struct rr_floppy_format *floppy = model->floppy;
	unsigned cylinder, track, row;

	if (!cells->cylinders) {
		rr_sectors_cell(&model->map, cell, cells->n, off, len);
		return i == 0;
	}
	cylinder = (unsigned)(cell % cells->cols) * cells->cylinders + (unsigned)i;
	if (i >= cells->cylinders || cylinder >= floppy->cylinders)
		return false;
	row = (unsigned)(cell / cells->cols);
	track = cylinder * floppy->heads + row / cells->sectors;
	*len = (uint64_t)floppy->sectors * floppy->sector / cells->sectors;
	*off = ((uint64_t)track * cells->sectors + row % cells->sectors) * *len;
	return true;
}

enum rr_spot rr_cells_spot(const struct rr_screen_model *model, const struct rr_cells *cells,
			   size_t cell)
{
	enum rr_spot worst = RR_SPOT_PROVEN;
	uint64_t off, len;

	for (size_t i = 0; rr_cells_piece(model, cells, cell, i, &off, &len); i++) {
		enum rr_spot spot = rr_sectors_spot(&model->map, off, len);

		worst = spot > worst ? spot : worst;
	}
	return worst;
}

static bool is_in(const struct rr_screen_model *model, const struct rr_cells *cells, size_t cell,
		  uint64_t at)
{
	uint64_t off, len;

	for (size_t i = 0; rr_cells_piece(model, cells, cell, i, &off, &len); i++)
		if (at >= off && at - off < len)
			return true;
	return false;
}

size_t rr_cells_find(const struct rr_screen_model *model, const struct rr_cells *cells,
		     uint64_t off)
{
	if (!cells->cylinders)
		return rr_sectors_find(&model->map, cells->n, off);
	for (size_t i = 0; i < cells->n; i++)
		if (is_in(model, cells, i, off))
			return i;
	return 0;
}

enum rr_role rr_spot_role(enum rr_spot spot)
{
	static const enum rr_role roles[RR_SPOTS] = {
		[RR_SPOT_PROVEN] = RR_ROLE_GOOD, [RR_SPOT_DONE] = RR_ROLE_BUSY,
		[RR_SPOT_TODO] = RR_ROLE_TEXT,	 [RR_SPOT_BUSY] = RR_ROLE_STRONG,
		[RR_SPOT_SLOW] = RR_ROLE_WARN,	 [RR_SPOT_DIFFERS] = RR_ROLE_BAD,
		[RR_SPOT_BAD] = RR_ROLE_BAD,
	};

	return roles[spot];
}

void rr_cells_draw(const struct rr_screen_model *model, const struct rr_cells *cells,
		   const struct rr_area *area, size_t chosen)
{
	unsigned row = 0;

	for (size_t i = 0; i < cells->n; i++) {
		enum rr_spot spot = rr_cells_spot(model, cells, i);

		if (i % cells->cols == 0)
			row = rr_cells_row(model, cells, i);
		rr_put(area, row, (unsigned)(i % cells->cols),
		       i == chosen ? RR_ROLE_CHOSEN : rr_spot_role(spot),
		       area->grid->face->map[spot]);
	}
	if (cells->marked)
		rr_tracks_mark(model, cells, area);
}

/* ------------------------------------------------------------------ what it means */

static const enum rr_spot order[RR_SPOTS] = { RR_SPOT_PROVEN, RR_SPOT_DONE, RR_SPOT_BUSY,
					      RR_SPOT_TODO,   RR_SPOT_BAD,  RR_SPOT_SLOW,
					      RR_SPOT_DIFFERS };
/* Where not all have room: nobody is to wonder about what is wrong. */
static const enum rr_spot narrow[RR_SPOTS] = { RR_SPOT_BAD,    RR_SPOT_DIFFERS, RR_SPOT_SLOW,
					       RR_SPOT_PROVEN, RR_SPOT_DONE,	RR_SPOT_BUSY,
					       RR_SPOT_TODO };

static bool occurs(const struct rr_sectors *map, enum rr_spot spot)
{
	return spot == RR_SPOT_BAD     ? map->bad.n > 0 :
	       spot == RR_SPOT_DIFFERS ? map->differs.n > 0 :
	       spot == RR_SPOT_SLOW    ? map->slow :
					 true;
}

/* With two blanks before it. */
static unsigned width_of(enum rr_spot spot)
{
	return (unsigned)strlen(rr_spot_name(spot)) + 4;
}

void rr_cells_legend(const struct rr_screen_model *model, const struct rr_area *area, unsigned row)
{
	unsigned col = rr_put_text(area, row, 0, RR_ROLE_LABEL,
				   model->floppy ? "sides and cylinders" : "map");
	unsigned width = col;
	bool all;

	for (size_t i = 0; i < RR_SPOTS; i++)
		width += width_of(order[i]);
	all = width <= area->cols;
	for (size_t i = 0; i < RR_SPOTS; i++) {
		enum rr_spot spot = all ? order[i] : narrow[i];

		if (!all && !occurs(&model->map, spot))
			continue;
		if (col + width_of(spot) > area->cols)
			break;
		rr_put(area, row, col + 2, rr_spot_role(spot), area->grid->face->map[spot]);
		col = rr_put_text(area, row, col + 4, RR_ROLE_TEXT, rr_spot_name(spot));
	}
}
