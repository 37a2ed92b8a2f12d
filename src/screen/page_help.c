/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page_help.c - every key, and what the map's characters mean.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "draw.h"

static const char *const keys[][2] = {
	{ "q, Ctrl-C", "stop: it asks first; Ctrl-C twice needs no answer" },
	{ "p", "pause, and go on: no further read begins meanwhile" },
	{ "v", "skip the verification that is to come or is going on: it asks" },
	{ "m", "the map" },
	{ "l", "the log" },
	{ "Tab", "the next page" },
	{ "Esc", "back" },
	{ "?, F1", "this page" },
	{ "arrows, hjkl", "on the map: the cursor; in the log: up and down" },
	{ "n", "on the map: to the next place in trouble" },
	{ "PgUp, PgDn", "in the log: a page" },
	{ "g, G", "to the beginning, to the end" },
	{ "/", "in the log: only lines with what you type" },
	{ "Ctrl-Z", "suspends rawright as any program; fg goes on" },
	{ "Ctrl-L", "draws all anew" },
	{ "Ctrl-\\", "ends it at once, whatever it does" },
};
#define KEYS (sizeof(keys) / sizeof(*keys))

void rr_draw_help_page(const struct rr_scene *scene, const struct rr_area *area)
{
	for (unsigned i = 0; i < KEYS; i++) {
		(void)rr_put_text(area, i, 1, RR_ROLE_STRONG, keys[i][0]);
		(void)rr_put_text(area, i, 16, RR_ROLE_TEXT, keys[i][1]);
	}
	rr_cells_legend(scene->model, area, KEYS + 1);
}
