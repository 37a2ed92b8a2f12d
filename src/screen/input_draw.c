/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input_draw.c - a line that is typed, with its cursor, however long it is.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "panels.h"
#include "rawright/text.h"

/* Leaves out at the beginning what does not fit. */
static const char *tail(const struct rr_face *face, const char *text, unsigned cols, bool *cut)
{
	*cut = false;
	while (*text && rr_text_columns(face, text) > cols) {
		*cut = true;
		do
			text++;
		while (((unsigned char)*text & 0xc0) == 0x80);
	}
	return text;
}

void rr_input_draw(const struct rr_input *field, const struct rr_area *area, unsigned row,
		   unsigned col, bool active)
{
	const struct rr_face *face = area->grid->face;
	rr_autofree char *before = rr_text_printable_bytes(field->text, field->at);
	rr_autofree char *behind = rr_text_printable(field->text + field->at);
	enum rr_role role = active ? RR_ROLE_STRONG : RR_ROLE_TEXT;
	const char *shown;
	bool cut;

	if (!before || !behind || col + 4 > area->cols)
		return;
	shown = tail(face, before, area->cols - col - 3, &cut);
	if (cut)
		rr_put(area, row, col++, role, face->cut);
	col = rr_put_text(area, row, col, role, shown);
	if (*behind)
		(void)rr_put_text(area, row, col, role, behind);
	else if (active)
		rr_put(area, row, col, RR_ROLE_CHOSEN, L'_');
	if (active)
		rr_put_role(area, row, col, 1, RR_ROLE_CHOSEN);
}
