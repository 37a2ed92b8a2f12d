/* SPDX-License-Identifier: GPL-3.0-or-later */
/* menu_columns.c - how wide the columns of a list are: those of the highest rank go first, and of
 * those that stay the lowest rank gets its fill first.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "panels.h"
#include "rawright/size.h"

#define RANKS 16u

static unsigned natural(const struct rr_menu *menu, const struct rr_face *face, size_t c)
{
	const char *title = menu->col[c].title;
	uint64_t most = title ? rr_text_columns(face, title) : 0;

	for (size_t i = 0; i < menu->n; i++)
		if (menu->line[i].cell[c] && rr_menu_shows(menu, i))
			most = rr_max(most, rr_text_columns(face, menu->line[i].cell[c]));
	return (unsigned)most;
}

/* Those that are shown, to what is enough, or to their fill. */
static void grow(const struct rr_menu *menu, const unsigned *want, unsigned *width, unsigned *left,
		 bool fill)
{
	for (unsigned rank = 0; rank < RANKS; rank++)
		for (size_t c = 0; c < menu->ncol; c++) {
			const struct rr_menu_column *col = &menu->col[c];
			uint64_t most = fill || !col->enough ? want[c] :
							       rr_min(want[c], col->enough);
			unsigned more = width[c] && most > width[c] ?
						(unsigned)rr_min(most - width[c], *left) :
						0;

			if (col->rank != rank)
				continue;
			width[c] += more;
			*left -= more;
		}
}

void rr_menu_widths(const struct rr_menu *menu, const struct rr_face *face, unsigned cols,
		    unsigned width[RR_MENU_COLUMNS])
{
	unsigned want[RR_MENU_COLUMNS], left = cols > RR_MENU_MARK ? cols - RR_MENU_MARK : 0;
	bool first = true;

	for (size_t c = 0; c < menu->ncol; c++) {
		want[c] = natural(menu, face, c);
		width[c] = 0;
	}
	for (unsigned rank = 0; rank < RANKS; rank++)
		for (size_t c = 0; c < menu->ncol; c++) {
			unsigned least = (unsigned)rr_min(want[c], menu->col[c].least);
			unsigned gap = first ? 0 : RR_MENU_GAP;

			if (menu->col[c].rank != rank || !least || least + gap > left)
				continue;
			width[c] = least;
			left -= least + gap;
			first = false;
		}
	grow(menu, want, width, &left, false);
	grow(menu, want, width, &left, true);
}
