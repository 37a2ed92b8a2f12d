/* SPDX-License-Identifier: GPL-3.0-or-later */
/* asking.c - what would be lost, and the word that says one wants it.
 * Owns: nothing.   Threads: main.
 * Where rows are few the last lines of the text go first; the word and its field are always
 * there. */
#include <string.h>

#include "draw.h"
#include "panels.h"
#include "prose.h"
#include "rawright/text.h"

enum rr_did rr_asking_key(struct rr_asking *asking, unsigned key)
{
	enum rr_did did;

	if (key == RR_KEY_ESCAPE)
		return RR_DID_BACK;
	if (key == RR_KEY_ENTER && strcmp(asking->field.text, asking->word) == 0)
		return RR_DID_CHOOSE;
	if (key == RR_KEY_ENTER) {
		asking->wrong = *asking->field.text != '\0';
		rr_input_set(&asking->field, "");
		return RR_DID_EDIT;
	}
	did = rr_input_key(&asking->field, key);
	if (did == RR_DID_EDIT)
		asking->wrong = false;
	return did == RR_DID_NOTHING ? RR_DID_KEY : did;
}

/* A line that names a drive begins with its name; what belongs to it is set in. */
static enum rr_role role_of(const char *row)
{
	return strncmp(row, "/dev/", 5) == 0 ? RR_ROLE_STRONG :
	       strncmp(row, "All ", 4) == 0  ? RR_ROLE_BAD :
					       RR_ROLE_TEXT;
}

static void put_text(const char *text, const struct rr_area *area)
{
	struct rr_prose prose = { .text = text, .face = area->grid->face, .cols = area->cols };
	enum rr_role role = RR_ROLE_TEXT;
	char row[RR_PROSE_ROW];

	for (unsigned i = 0; i < area->rows; i++) {
		bool further = prose.broken;

		if (!rr_prose_next(&prose, row))
			return;
		role = further ? role : role_of(row);
		(void)rr_put_text(area, i, 0, role, row);
	}
	if (*prose.text && area->rows)
		(void)rr_put_text(area, area->rows - 1, area->cols - 1, RR_ROLE_LABEL, "v");
}

void rr_asking_draw(const struct rr_asking *asking, const struct rr_area *area)
{
	rr_autofree char *line = rr_text_format("Type %s and press Enter to go on: ",
						asking->word);
	unsigned below = area->rows > 8 ? 3 : 2, rows, col;
	struct rr_area text = *area;

	if (!line || area->rows <= below)
		return;
	rows = rr_prose_rows(area->grid->face, asking->text, area->cols);
	text.rows = (unsigned)rr_min(rows, area->rows - below);
	put_text(asking->text, &text);
	rows = text.rows + (below == 3);
	col = rr_put_text(area, rows, 0, RR_ROLE_STRONG, line);
	rr_input_draw(&asking->field, area, rows, col, true);
	(void)rr_put_text(area, rows + 1, 0, asking->wrong ? RR_ROLE_WARN : RR_ROLE_LABEL,
			  asking->wrong ? "That was another word. Nothing was touched." :
					  "Esc goes back, and nothing is touched.");
}
