/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_scenes.h - drives that are not there, and a way through the pages that lead from one to a
 * command line: without a terminal and without a thread. */
#ifndef RR_TEST_PICK_SCENES_H
#define RR_TEST_PICK_SCENES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/cli/pick.h"
#include "../../src/screen/draw.h"
#include "../../src/screen/panels.h"

struct walk {
	struct rr_pick pick;
	const struct rr_pick_page *page;
	struct rr_panel panel;
	size_t at;		/* of the way's pages */
	enum rr_did did;	/* of the last key */
};
/* Which drives there are. */
enum walk_drives { NO_DRIVE, ONE_STICK, MANY_DRIVES, HOSTILE_DRIVES };
void walk_begin(struct walk *w, enum walk_drives drives);
void walk_end(struct walk *w);
/* Other drives from now on, as a lookout would tell. */
void walk_news(struct walk *w, enum walk_drives drives);
/* One key; what it leads to is gone to, but nothing is run. */
void walk_key(struct walk *w, unsigned key);
/* Characters, one key each. */
void walk_type(struct walk *w, const char *text);
/* To a page by its place on the way, whatever the pages before would want. */
void walk_to(struct walk *w, const struct rr_pick_page *page);

struct pick_scene {
	const char *name;
	void (*play)(struct walk *w);
};
extern const struct pick_scene pick_scenes[]; /* name NULL after the last */

#endif
