/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guard.h - where the guard looks; for src/drive and its tests. */
#ifndef RR_DRIVE_GUARD_H
#define RR_DRIVE_GUARD_H

#include <stdbool.h>
#include <sys/types.h>

#include "rawright/drive.h"

struct rr_guard_places {
	const char *sys;		/* "/sys" */
	const char *mountinfo;		/* "/proc/self/mountinfo" */
	const char *swaps;		/* "/proc/swaps" */
	/* The number of the block device at path; false when it is none. */
	bool (*devnum)(const char *path, dev_t *dev);
};
/* rr_guard_use(), looking elsewhere. */
RR_MUST int rr_guard_use_at(const struct rr_guard_places *at, const struct rr_node *node,
			    struct rr_use *use, struct rr_err *err);

#endif
