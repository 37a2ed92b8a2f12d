/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_map.c - the map by itself: as large as goes, with a cursor, and what is under it.
 * Owns: nothing.   Threads: main. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "draw.h"
#include "rawright/floppy_format.h"
#include "rawright/size.h"

#define BELOW 5 /* rows below the cells: what they mean, and what is under the cursor */
#define NAMED 6 /* bad places named one by one */

unsigned rr_map_page_rows(unsigned rows)
{
	return rows - 2 - BELOW;
}

/* "cylinder 12, side 1", or "cylinders 12 to 13, side 1". */
static void put_track(const struct rr_screen_model *model, const struct rr_cells *cells,
		      size_t cell, const struct rr_area *area, unsigned row)
{
	unsigned first = (unsigned)(cell % cells->cols) * cells->cylinders;
	unsigned last = first + cells->cylinders - 1, col;
	unsigned side = (unsigned)(cell / cells->cols) / cells->sectors;
	uint64_t off, len;
	char text[96];

	if (last >= model->floppy->cylinders)
		last = model->floppy->cylinders - 1u;
	if (last > first)
		(void)snprintf(text, sizeof(text), "cylinders %u to %u, side %u: ", first, last,
			       side);
	else
		(void)snprintf(text, sizeof(text), "cylinder %u, side %u, sectors 1 to %u: ", first,
			       side, model->floppy->sectors);
	col = rr_put_text(area, row, 0, RR_ROLE_STRONG, text);
	if (last > first || !rr_cells_piece(model, cells, cell, 0, &off, &len))
		return;
	len = (uint64_t)model->floppy->sectors * model->floppy->sector;
	off = rr_align_down(off, len); /* the track's first sector */
	for (unsigned i = 0; i < model->floppy->sectors; i++) {
		enum rr_spot spot = rr_sectors_spot(&model->map,
						    off + (uint64_t)i * model->floppy->sector,
						    model->floppy->sector);

		rr_put(area, row, col + i, rr_spot_role(spot), area->grid->face->map[spot]);
	}
}

static void put_range(const struct rr_screen_model *model, const struct rr_cells *cells,
		      size_t cell, const struct rr_area *area, unsigned row)
{
	char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT], size[RR_SIZE_TEXT], track[RR_TRACK_TEXT];
	struct rr_fields fields = { 0 };
	uint64_t off, len;

	(void)rr_cells_piece(model, cells, cell, 0, &off, &len);
	rr_fields_add(&fields, 1, RR_ROLE_STRONG, "sectors %s to %s",
		      rr_size_grouped(a, (off + model->offset) / model->sector),
		      rr_size_grouped(b, (off + model->offset + len - 1) / model->sector));
	if (rr_tracks_shown(model))
		rr_fields_add(&fields, 2, RR_ROLE_TEXT, "%s",
			      rr_tracks_name(model, off, len, track));
	rr_fields_add(&fields, 3, RR_ROLE_TEXT, "%s", rr_size_human(size, len));
	rr_fields_add(&fields, 4, RR_ROLE_TEXT, "bytes %s to %s", rr_size_grouped(a, off),
		      rr_size_grouped(b, off + len - 1));
	rr_fields_put(&fields, area, row);
}

/* The places of a list that lie in the cell: "unreadable: 200, 1,033 to 1,040 and more". */
static unsigned put_places(const struct rr_scene *scene, const struct rr_cells *cells, size_t cell,
			   bool differs, const struct rr_area *area, unsigned row)
{
	const struct rr_screen_model *model = scene->model;
	const struct rr_range_list *list = differs ? &model->map.differs : &model->map.bad;
	rr_autostr struct rr_str text = { 0 };
	char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT];
	uint64_t off, len;
	unsigned n = 0;

	for (size_t i = 0; rr_cells_piece(model, cells, cell, i, &off, &len); i++)
		for (size_t j = 0; j < list->n && n <= NAMED; j++) {
			uint64_t from = rr_max(list->range[j].off, off);
			uint64_t to = rr_min(list->range[j].off + list->range[j].len, off + len);
			uint64_t first = (from + model->offset) / model->sector;
			uint64_t last = (to + model->offset - 1) / model->sector;

			if (from >= to || n++ == NAMED)
				continue;
			rr_str_addf(&text, "%s%s", text.len ? ", " : "", rr_size_grouped(a, first));
			if (last > first)
				rr_str_addf(&text, " to %s", rr_size_grouped(b, last));
		}
	if (!text.len || text.fail)
		return row;
	rr_str_addf(&text, "%s", n > NAMED ? " and more" : "");
	(void)rr_put_text(area, row, 0, RR_ROLE_BAD,
			  differs ? "different sectors:" : "unreadable sectors:");
	(void)rr_put_text(area, row, 20, RR_ROLE_TEXT, text.fail ? "?" : text.s);
	return row + 1;
}

void rr_draw_map_page(const struct rr_scene *scene, const struct rr_area *area)
{
	const struct rr_screen_model *model = scene->model;
	unsigned rows = rr_map_page_rows(area->rows + 2), row;
	struct rr_cells cells;
	size_t chosen;
	char text[64];

	if (model->map.n == 0) {
		(void)rr_put_text(area, 1, 1, RR_ROLE_TEXT,
				  "There is no map: nobody knows how much will come.");
		return;
	}
	rr_cells_of(model, rows, area->cols, &cells);
	chosen = rr_cells_find(model, &cells, scene->view->at);
	rr_cells_draw(model, &cells, area, chosen);
	row = rr_cells_rows(model, &cells);
	rr_cells_legend(model, area, row++);
	if (cells.cylinders)
		put_track(model, &cells, chosen, area, row);
	else
		put_range(model, &cells, chosen, area, row);
	(void)snprintf(text, sizeof(text), "%s",
		       rr_spot_name(rr_cells_spot(model, &cells, chosen)));
	(void)rr_put_text(area, row + 1, 0, rr_spot_role(rr_cells_spot(model, &cells, chosen)),
			  text);
	row = put_places(scene, &cells, chosen, false, area, row + 2);
	(void)put_places(scene, &cells, chosen, true, area, row);
}
