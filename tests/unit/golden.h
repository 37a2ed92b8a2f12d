/* SPDX-License-Identifier: GPL-3.0-or-later */
/* golden.h - grids as text, in windows large and small, held against the files of tests/golden. */
#ifndef RR_TEST_GOLDEN_H
#define RR_TEST_GOLDEN_H

#include "../../src/screen/grid.h"
#include "rawright/text.h"

/* Fills a grid, whose size it obeys. */
typedef void golden_draw(void *ctx, struct rr_grid *grid);
/* How it looks in every window, with and without UTF-8 and colours. */
void golden_add(struct rr_str *out, golden_draw *draw, void *ctx);
/* Is that what tests/golden/NAME.txt has? If not, what differs is told. */
bool golden_is(const char *name, const struct rr_str *text);
/* Writes the file anew; what failed is told. */
bool golden_write(const char *name, const struct rr_str *text);

#endif
