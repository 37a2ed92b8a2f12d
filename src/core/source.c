/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source.c - what all sources share, and what the errno of a read means.
 * Owns: nothing.   Threads: any. */
#include <errno.h>

#include "rawright/io.h"

bool rr_source_blank(struct rr_source *src, uint64_t off)
{
	return src->ops->blank && src->ops->blank(src, off);
}

void rr_source_close(struct rr_source *src)
{
	if (src)
		src->ops->close(src);
}

bool rr_errno_is_unreadable(int os)
{
	switch (os) {
	case EIO: /* BLK_STS_IOERR, and whatever has no name of its own */
	case ENODATA: /* BLK_STS_MEDIUM: "critical medium error" */
	case EILSEQ: /* BLK_STS_PROTECTION */
	case EREMOTEIO: /* BLK_STS_TARGET: "critical target error" */
	case ETIMEDOUT: /* BLK_STS_TIMEOUT */
	case ENOLINK: /* BLK_STS_TRANSPORT */
		return true;
	default:
		return false;
	}
}

bool rr_errno_is_gone(int os)
{
	switch (os) {
	case ENODEV:
	case ENXIO:
	case ENOMEDIUM:
	case ENOENT:
	case ESHUTDOWN:
	case EBADFD:
		return true;
	default:
		return false;
	}
}
