/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disc_source.h - a disc as a source; for src/drive. */
#ifndef RR_DRIVE_DISC_SOURCE_H
#define RR_DRIVE_DISC_SOURCE_H

#include "rawright/drive.h"

/* inner reads, in sectors of 2,048 bytes, the device fd of an optical drive, and is taken over,
 * also on failure; fd stays its. The source has as many sectors as the disc (rr_disc_sectors),
 * whatever the kernel makes of it while it is read. Where nothing is recorded it gives zeros. */
RR_MUST int rr_disc_source_new(struct rr_source *inner, int fd, const struct rr_disc *disc,
			       struct rr_source **out, struct rr_err *err);

#endif
