/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.c - what is recognised beside partition tables and file systems, in the order in which it
 * is shown. A new one is a file and a line here.
 * Owns: nothing.   Threads: any. */
#include "rawright/inspect.h"

const struct rr_inspector *const rr_inspectors[] = {
	&rr_inspector_layout,
	&rr_inspector_fat,
	NULL,
};
