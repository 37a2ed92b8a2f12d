/* SPDX-License-Identifier: GPL-3.0-or-later */
/* asking.c - what would be lost, and the word that says one wants it.
 * Owns: nothing.   Threads: main.
 * Where rows are few the text is scrolled; the word and its field are always there. */
#include <string.h>

#include "draw.h"
#include "panels.h"
#include "prose.h"
#include "rawright/text.h"

/* Rows below the text. */
static unsigned below(unsigned rows)
{
	return rows > 8 ? 3 : 2;
}

static bool scroll(struct rr_asking *asking, unsigned rows, unsigned cols, unsigned key)
{
	size_t all = rr_prose_rows(&rr_face_utf8, asking->text, cols);
	size_t page = rows > below(rows) ? rows - below(rows) : 1;
	size_t most = all > page ? all - page : 0;

	if (key == RR_KEY_UP)
		asking->top -= asking->top > 0;
	else if (key == RR_KEY_DOWN)
		asking->top++;
	else if (key == RR_KEY_PAGE_UP)
		asking->top -= rr_min(asking->top, page);
	else if (key == RR_KEY_PAGE_DOWN)
		asking->top += page;
	else
		return false;
	asking->top = rr_min(asking->top, most);
	return true;
}

/* The drive may stand in the last row. */
static bool was_read(const struct rr_asking *asking, unsigned rows, unsigned cols)
{
	size_t all = rr_prose_rows(&rr_face_utf8, asking->text, cols);

	return asking->read || all + below(rows) <= asking->top + rows;
}

enum rr_did rr_asking_key(struct rr_asking *asking, unsigned rows, unsigned cols, unsigned key)
{
	bool scrolled = scroll(asking, rows, cols, key);
	enum rr_did did;

	asking->read = was_read(asking, rows, cols);
	if (scrolled)
		return RR_DID_MOVE;
	if (key == RR_KEY_ESCAPE)
		return RR_DID_BACK;
	if (key == RR_KEY_ENTER && strcmp(asking->field.text, asking->word) == 0)
		return asking->read ? RR_DID_CHOOSE : RR_DID_KEY;
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

static void put_text(const char *text, size_t top, const struct rr_area *area)
{
	struct rr_prose prose = { .text = text, .face = area->grid->face, .cols = area->cols };
	enum rr_role role = RR_ROLE_TEXT;
	char row[RR_PROSE_ROW];

	for (size_t n = 0; n < top + area->rows; n++) {
		bool further = prose.broken;

		if (!rr_prose_next(&prose, row))
			return;
		role = further ? role : role_of(row);
		if (n >= top)
			(void)rr_put_text(area, (unsigned)(n - top), 0, role, row);
	}
}

/* There is more than is seen: that must not be overlooked. */
static void put_marks(size_t top, const struct rr_area *area, unsigned all)
{
	if (top)
		rr_put_right(area, 0, 0, RR_ROLE_WARN, " ^ more");
	if (top + area->rows < all && area->rows)
		rr_put_right(area, area->rows - 1, 0, RR_ROLE_WARN, " v more");
}

/* end: the text's last row is seen. */
static void put_advice(const struct rr_asking *asking, const struct rr_area *area, unsigned row,
		       bool end)
{
	bool early = !asking->read && !end;

	(void)rr_put_text(area, row, 0, asking->wrong || early ? RR_ROLE_WARN : RR_ROLE_LABEL,
			  asking->wrong ? "That was another word. Nothing was touched." :
			  early		? "First read on to its end: Down or PgDn." :
					  "Esc goes back, and nothing is touched.");
}

void rr_asking_draw(const struct rr_asking *asking, const struct rr_area *area)
{
	rr_autofree char *line = rr_text_format("Type %s and press Enter to go on: ", asking->word);
	unsigned all = rr_prose_rows(area->grid->face, asking->text, area->cols), rows, col;
	struct rr_area text = *area;
	size_t top;

	if (!line || area->rows <= below(area->rows))
		return;
	text.rows = (unsigned)rr_min(all, area->rows - below(area->rows));
	top = rr_min(asking->top, all - text.rows); /* the window may have grown */
	put_text(asking->text, top, &text);
	put_marks(top, &text, all);
	rows = text.rows + (below(area->rows) == 3);
	col = rr_put_text(area, rows, 0, RR_ROLE_STRONG, line);
	rr_input_draw(&asking->field, area, rows, col, true);
	put_advice(asking, area, rows + 1, top + text.rows >= all);
}

void rr_asking_panel(struct rr_asking *asking, struct rr_panel *panel)
{
	static const struct rr_hint hints[] = {
		{ "Enter", "Go on" }, { "Esc", "Back" }, { "F1", "Help" }, { NULL, NULL }
	};

	*panel = (struct rr_panel){
		.title = "Overwrite?",
		.hints = hints,
		.asking = asking,
		.help = "What is written to a drive takes the place of all that was on it, and\n"
			"nobody can bring that back. So the word is typed, and no key does it.\n"
			"A text that is longer than the window is read to its end first.\n"
			"What you see is what the drive itself was found to be a moment ago. If\n"
			"it is exchanged now, nothing is written.\n",
	};
}
