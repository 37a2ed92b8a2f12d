/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fields.c - a line of figures that loses the least needed ones when the window is narrow.
 * Owns: nothing.   Threads: main. */
#include <stdarg.h>
#include <stdio.h>

#include "grid.h"

#define GAP 3

void rr_fields_add(struct rr_fields *fields, unsigned rank, enum rr_role role, const char *fmt, ...)
{
	struct rr_field *field = &fields->field[fields->n];
	va_list ap;

	if (fields->n == RR_FIELDS)
		return;
	fields->n++;
	field->rank = rank;
	field->role = role;
	va_start(ap, fmt);
	(void)vsnprintf(field->text, sizeof(field->text), fmt, ap); /* cut: meant so */
	va_end(ap);
}

/* Columns of all fields up to that rank. */
static unsigned width_up_to(const struct rr_fields *fields, const struct rr_face *face,
			    unsigned rank)
{
	unsigned width = 0;

	for (size_t i = 0; i < fields->n; i++)
		if (fields->field[i].rank <= rank)
			width += rr_text_columns(face, fields->field[i].text) + (width ? GAP : 0);
	return width;
}

void rr_fields_put(const struct rr_fields *fields, const struct rr_area *area, unsigned row)
{
	unsigned rank = 0, least = UINT32_MAX, col = 0;

	for (size_t i = 0; i < fields->n; i++) {
		unsigned its = fields->field[i].rank;

		least = its < least ? its : least;
		if (its > rank && width_up_to(fields, area->grid->face, its) <= area->cols)
			rank = its;
	}
	rank = rank > least ? rank : least; /* one is always shown, be it cut */
	for (size_t i = 0; i < fields->n; i++) {
		const struct rr_field *field = &fields->field[i];

		if (field->rank > rank)
			continue;
		col = rr_put_text(area, row, col + (col ? GAP : 0), field->role, field->text);
	}
}
