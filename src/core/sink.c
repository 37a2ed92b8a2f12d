/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sink.c - what all sinks share.
 * Owns: nothing.   Threads: any. */
#include "rawright/io.h"

void rr_sink_close(struct rr_sink *sink)
{
	if (sink)
		sink->ops->close(sink);
}
