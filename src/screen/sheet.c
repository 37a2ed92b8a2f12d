/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet.c - a text that may be longer than the window: up and down.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "draw.h"
#include "panels.h"
#include "prose.h"

enum rr_did rr_sheet_key(struct rr_sheet *sheet, unsigned rows, unsigned key)
{
	size_t page = rows > 1 ? rows - 1 : 1;

	if (key == RR_KEY_UP || key == 'k')
		sheet->top -= sheet->top > 0;
	else if (key == RR_KEY_DOWN || key == 'j')
		sheet->top++;
	else if (key == RR_KEY_PAGE_UP)
		sheet->top -= rr_min(sheet->top, page);
	else if (key == RR_KEY_PAGE_DOWN || key == ' ')
		sheet->top += page;
	else if (key == RR_KEY_HOME || key == 'g')
		sheet->top = 0;
	else if (key == RR_KEY_END || key == 'G')
		sheet->top = SIZE_MAX / 2;
	else if (key == RR_KEY_ESCAPE || key == RR_KEY_LEFT || key == 'h')
		return RR_DID_BACK;
	else if (key == RR_KEY_ENTER)
		return RR_DID_CHOOSE;
	else
		return RR_DID_KEY;
	return RR_DID_MOVE;
}

/* The characters of any face are as wide as those of UTF-8, or narrower: one row too many at most
 * is shown as empty. */
void rr_sheet_settle(struct rr_sheet *sheet, unsigned rows, unsigned cols)
{
	size_t all = rr_prose_rows(&rr_face_utf8, sheet->text, cols);
	size_t most = all > rows ? all - rows : 0;

	sheet->top = rr_min(sheet->top, most);
}

static void put_text(const struct rr_sheet *sheet, const struct rr_area *area)
{
	struct rr_prose prose = {
		.text = sheet->text, .face = area->grid->face, .cols = area->cols
	};
	size_t len = sheet->line ? strlen(sheet->line) : 0;
	enum rr_role role = RR_ROLE_TEXT;
	char row[RR_PROSE_ROW];

	for (size_t n = 0; n < sheet->top + area->rows; n++) {
		bool further = prose.broken;

		if (!rr_prose_next(&prose, row))
			return;
		if (!further)
			role = len && strncmp(row, sheet->line, len) == 0 ?
				       rr_mood_role(sheet->mood) :
				       RR_ROLE_TEXT;
		if (n >= sheet->top)
			(void)rr_put_text(area, (unsigned)(n - sheet->top), 0, role, row);
	}
}

void rr_sheet_draw(const struct rr_sheet *sheet, const struct rr_area *area)
{
	unsigned all = rr_prose_rows(area->grid->face, sheet->text, area->cols);

	put_text(sheet, area);
	if (sheet->top)
		rr_put(area, 0, area->cols - 1, RR_ROLE_LABEL, L'^');
	if (sheet->top + area->rows < all)
		rr_put(area, area->rows - 1, area->cols - 1, RR_ROLE_LABEL, L'v');
}
