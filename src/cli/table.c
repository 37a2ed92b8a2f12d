/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.c - the commands there are, in the order in which help shows them.
 * Owns: nothing.   Threads: any. */
#include "rawright/cli.h"

const struct rr_cmd *const rr_cmd_table[] = {
	&rr_cmd_list,
	&rr_cmd_info,
	&rr_cmd_read,
	&rr_cmd_write,
	&rr_cmd_clone,
	&rr_cmd_verify,
	&rr_cmd_hash,
	NULL,
};
