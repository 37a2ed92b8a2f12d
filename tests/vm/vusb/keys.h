/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.h - the lines of a description that begin with a key. */
#ifndef VUSB_KEYS_H
#define VUSB_KEYS_H

#include "describe.h"
#include "words.h"

/* Takes one line into d. RR_FORMAT, RR_SYSTEM. */
int keys_take(struct description *d, struct words *w, struct rr_err *err);

/* A name in a description is relative to the folder that the description is in. NULL without
 * memory. The caller frees it. */
char *keys_beside(const char *path, const char *name);

#endif
