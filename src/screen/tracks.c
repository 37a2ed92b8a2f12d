/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tracks.c - the tracks of a disc on its map: where each begins, and which one a place is in.
 * Owns: nothing.   Threads: main. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "draw.h"

/* Where a track begins, as a position of the image. False: not in it. */
static bool begin_of(const struct rr_screen_model *model, const struct rr_track *track,
		     uint64_t *off)
{
	uint64_t at = (uint64_t)track->start * RR_DISC_SECTOR;

	*off = at - model->offset;
	return at >= model->offset && *off < model->map.length;
}

bool rr_tracks_shown(const struct rr_screen_model *model)
{
	uint64_t off;

	for (size_t i = 0; i < model->disc.ntrack; i++)
		if (begin_of(model, &model->disc.track[i], &off) && off > 0)
			return true;
	return false;
}

/* ------------------------------------------------------------------ names */

enum detail { SHORT, PLAIN, FULL }; /* "3", "track 3", "track 3, session 2" */

/* Of the tracks first to last of the disc's list. */
static void name(const struct rr_disc *disc, size_t first, size_t last, enum detail detail,
		 char buf[RR_TRACK_TEXT])
{
	const struct rr_track *a = &disc->track[first], *b = &disc->track[last];
	const char *what = detail == SHORT ? "" : first == last ? "track " : "tracks ";

	if (first != last)
		(void)snprintf(buf, RR_TRACK_TEXT, "%s%u%s%u", what, a->number,
			       detail == SHORT ? "-" : " to ", b->number);
	else if (detail == FULL && disc->sessions > 1)
		(void)snprintf(buf, RR_TRACK_TEXT, "%s%u, session %u", what, a->number, a->session);
	else
		(void)snprintf(buf, RR_TRACK_TEXT, "%s%u", what, a->number);
}

const char *rr_tracks_name(const struct rr_screen_model *model, uint64_t off, uint64_t len,
			   char buf[RR_TRACK_TEXT])
{
	const struct rr_disc *disc = &model->disc;
	uint64_t from = (model->offset + off) / RR_DISC_SECTOR;
	uint64_t to = (model->offset + off + len - 1) / RR_DISC_SECTOR;
	size_t first = disc->ntrack, last = 0;

	for (size_t i = 0; i < disc->ntrack; i++) {
		if (disc->track[i].start > to || disc->track[i].end <= from)
			continue;
		first = first < i ? first : i;
		last = i;
	}
	if (first < disc->ntrack)
		name(disc, first, last, FULL, buf);
	else
		(void)snprintf(buf, RR_TRACK_TEXT, "in no track");
	return buf;
}

/* ------------------------------------------------------------------ marks */

/* SIZE_MAX: it does not begin in the image. */
static size_t cell_of(const struct rr_screen_model *model, const struct rr_cells *cells, size_t i)
{
	uint64_t off;

	if (i >= model->disc.ntrack || !begin_of(model, &model->disc.track[i], &off))
		return SIZE_MAX;
	return rr_cells_find(model, cells, off);
}

unsigned rr_tracks_rows(const struct rr_screen_model *model, const struct rr_cells *cells,
			unsigned rows)
{
	size_t last = SIZE_MAX;
	unsigned n = 0;

	for (size_t i = 0; i < model->disc.ntrack; i++) {
		size_t cell = cell_of(model, cells, i), row = cell / cells->cols;

		if (cell == SIZE_MAX || row == last || row >= rows)
			continue;
		last = row;
		n++;
	}
	return n;
}

/* Tracks first to last begin in the cell, others in the next one: as much as has room between. */
static void put_mark(const struct rr_screen_model *model, const struct rr_cells *cells,
		     const struct rr_area *area, size_t first, size_t last)
{
	size_t cell = cell_of(model, cells, first), next = cell_of(model, cells, last + 1);
	unsigned row = rr_cells_row(model, cells, cell) + 1, col = (unsigned)(cell % cells->cols);
	bool same = next != SIZE_MAX && next / cells->cols == cell / cells->cols;
	unsigned end = same ? (unsigned)(next % cells->cols) : area->cols + 1;
	char text[RR_TRACK_TEXT];

	rr_put(area, row, col, RR_ROLE_STRONG, L'^');
	for (int detail = FULL; detail >= SHORT; detail--) {
		name(&model->disc, first, last, (enum detail)detail, text);
		if (col + 1 + strlen(text) >= end)
			continue;
		(void)rr_put_text(area, row, col + 1, RR_ROLE_LABEL, text);
		break;
	}
}

void rr_tracks_mark(const struct rr_screen_model *model, const struct rr_cells *cells,
		    const struct rr_area *area)
{
	size_t next;

	for (size_t i = 0; i < model->disc.ntrack; i = next) {
		size_t cell = cell_of(model, cells, i);

		for (next = i + 1; next < model->disc.ntrack; next++)
			if (cell_of(model, cells, next) != cell)
				break;
		if (cell != SIZE_MAX)
			put_mark(model, cells, area, i, next - 1);
	}
}
