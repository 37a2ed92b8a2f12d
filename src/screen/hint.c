/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hint.c - a key that works now, and what it does.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "panels.h"

unsigned rr_put_hint(const struct rr_area *all, unsigned col, const struct rr_hint *hint)
{
	unsigned need = (unsigned)(strlen(hint->key) + strlen(hint->does) + 4);
	unsigned row = all->rows - 1;

	if (col + need > all->cols + 1)
		return col;
	col = rr_put_text(all, row, col + 1, RR_ROLE_KEY, hint->key);
	return rr_put_text(all, row, col + 1, RR_ROLE_TITLE, hint->does) + 1;
}
