/* SPDX-License-Identifier: GPL-3.0-or-later */
/* face.c - what maps, bars and graphs are made of, for each kind of terminal.
 * Owns: nothing.   Threads: any. */
#include "model.h"

const struct rr_face rr_face_utf8 = {
	.name = "utf8",
	.utf8 = true,
	.full = L'\u2588',
	.empty = L'\u2591',
	.step = { L'\u2581', L'\u2582', L'\u2583', L'\u2584', L'\u2585', L'\u2586', L'\u2587',
		  L'\u2588' },
	.map = { [RR_SPOT_TODO] = L'\u00b7',
		 [RR_SPOT_DONE] = L'\u2592',
		 [RR_SPOT_PROVEN] = L'\u2588',
		 [RR_SPOT_BUSY] = L'>',
		 [RR_SPOT_SLOW] = L'!',
		 [RR_SPOT_DIFFERS] = L'd',
		 [RR_SPOT_BAD] = L'x' },
	.cut = L'\u2026',
	.line = L'\u2500',
};

/* Code page 437, which the console's fonts go back to, has halves and shades, and no eighths. */
const struct rr_face rr_face_console = {
	.name = "console",
	.utf8 = true,
	.full = L'\u2588',
	.empty = L'\u2591',
	.step = { L'.', L'\u2584', L'\u2584', L'\u2584', L'\u2584', L'\u2588', L'\u2588',
		  L'\u2588' },
	.map = { [RR_SPOT_TODO] = L'\u00b7',
		 [RR_SPOT_DONE] = L'\u2592',
		 [RR_SPOT_PROVEN] = L'\u2588',
		 [RR_SPOT_BUSY] = L'>',
		 [RR_SPOT_SLOW] = L'!',
		 [RR_SPOT_DIFFERS] = L'd',
		 [RR_SPOT_BAD] = L'x' },
	.cut = L'~',
	.line = L'\u2500',
};

const struct rr_face rr_face_ascii = {
	.name = "ascii",
	.full = L'#',
	.empty = L'.',
	.step = { L'_', L'_', L'.', L'.', L':', L':', L'|', L'|' },
	.map = { [RR_SPOT_TODO] = L'.',
		 [RR_SPOT_DONE] = L'=',
		 [RR_SPOT_PROVEN] = L'#',
		 [RR_SPOT_BUSY] = L'>',
		 [RR_SPOT_SLOW] = L'!',
		 [RR_SPOT_DIFFERS] = L'd',
		 [RR_SPOT_BAD] = L'x' },
	.cut = L'~',
	.line = L'-',
};
