/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenes.h - jobs told to a screen's model event by event, as far as a scene goes. */
#ifndef RR_TEST_SCENES_H
#define RR_TEST_SCENES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/screen/draw.h"

#define SCENE_TARGETS 12

struct scene {
	struct rr_screen_model *model;
	struct rr_screen_view view;
	struct rr_result result;
	struct rr_node node[SCENE_TARGETS];
	struct rr_dest dest[SCENE_TARGETS];
	struct rr_share share[SCENE_TARGETS];
	struct rr_run run;
	struct rr_digest_algo algo;
	struct rr_digest_value digest;
	uint64_t ms, done; /* since the start; bytes of the phase that were told as done */
	const char *phase;
	uint64_t phase_ms, bad, retried;
	const char *slowest;
};
struct scene_kind {
	const char *name;
	void (*play)(struct scene *s);
};
extern const struct scene_kind scene_kinds[]; /* name NULL after the last */

void scene_begin(struct scene *s, const struct scene_kind *kind);
void scene_end(struct scene *s);

#endif
