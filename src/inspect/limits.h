/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limits.h - what of a medium's partition tables is not left to libblkid; for src/inspect. */
#ifndef RR_INSPECT_LIMITS_H
#define RR_INSPECT_LIMITS_H

#include <stdint.h>

#include "rawright/clean.h"

/* libblkid reads as many entries of a GPT as its header claims, follows every link of a chain of
 * extended partitions, and compares each with all, also while it looks for file systems: a medium
 * made for it keeps it busy for hours, or has it take gigabytes. *name is the table in [off,
 * off + len) that claims more than any drive has ("gpt", "dos", "mac"), which libblkid must not
 * see; NULL: there is none. Returns 0 or the errno of what could not be read. */
RR_MUST int rr_table_too_large(int fd, uint64_t off, uint64_t len, uint32_t sector,
		const char **name);

#endif
