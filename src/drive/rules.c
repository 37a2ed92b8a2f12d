/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules.c - may this drive be written? The rules of the safety order, one function each.
 * Owns: nothing.   Threads: any. */
#include <stdio.h>
#include <string.h>

#include "rawright/drive.h"

int rr_rules_judge(const struct rr_want *want, struct rr_verdict *out, struct rr_err *err)
{
	memset(out, 0, sizeof(*out));
	if (!want->target->block)
		return rr_fail(err, RR_USAGE, 0, "%s is no drive", want->target->path);
	return 0;
}
