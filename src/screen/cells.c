/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cells.c - the map as cells: rows of equal pieces, or of a floppy its sides and cylinders.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "draw.h"
#include "rawright/floppy_format.h"
#include "rawright/size.h"

void rr_cells_of(const struct rr_screen_model *model, unsigned rows, unsigned cols,
		 struct rr_cells *cells)
{
	const struct rr_floppy_format *floppy = model->floppy;
	size_t room = (size_t)rows * cols;

	*cells = (struct rr_cells){ .rows = rows, .cols = cols };
	cells->n = room < model->map.n ? room : model->map.n;
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
	for (size_t i = 0; i < cells->n; i++) {
		enum rr_spot spot = rr_cells_spot(model, cells, i);

		rr_put(area, (unsigned)(i / cells->cols), (unsigned)(i % cells->cols),
		       i == chosen ? RR_ROLE_CHOSEN : rr_spot_role(spot),
		       area->grid->face->map[spot]);
	}
}

void rr_cells_legend(const struct rr_screen_model *model, const struct rr_area *area, unsigned row)
{
	static const enum rr_spot order[] = { RR_SPOT_PROVEN, RR_SPOT_DONE, RR_SPOT_BUSY,
					      RR_SPOT_TODO,   RR_SPOT_BAD,  RR_SPOT_SLOW,
					      RR_SPOT_DIFFERS };
	unsigned col = rr_put_text(area, row, 0, RR_ROLE_LABEL,
				   model->floppy ? "sides and cylinders" : "map") +
		       2;

	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		const char *name = rr_spot_name(order[i]);

		if (col + strlen(name) + 2 > area->cols)
			break;
		rr_put(area, row, col, rr_spot_role(order[i]), area->grid->face->map[order[i]]);
		col = rr_put_text(area, row, col + 2, RR_ROLE_TEXT, name) + 2;
	}
}
