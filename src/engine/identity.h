/* SPDX-License-Identifier: GPL-3.0-or-later */
/* identity.h - is this the drive that an unfinished image was begun from? */
#ifndef RR_ENGINE_IDENTITY_H
#define RR_ENGINE_IDENTITY_H

#include "place.h"
#include "watch.h"

/* The notes of a map: what the drive is, what is read of it; and, while the read-only flags are
 * set, how they stood before. */
RR_MUST int rr_identity_notes(const struct rr_job *job, const struct rr_capture_conf *conf,
			      bool flags, struct rr_map_info *info, struct rr_err *err);
/* By the notes alone: nothing speaks against it. RR_GONE: something does. */
RR_MUST int rr_identity_marks(const struct rr_job *job, const struct rr_capture_conf *conf,
			      const struct rr_place *place, struct rr_err *err);
/* Flags that an earlier run found clear and could not put back count as clear. Only from the notes
 * of a map that belongs to this source. */
void rr_identity_flags(const struct rr_map_info *info, struct rr_hold *hold);
/* By size, serial and WWN where both sides have them; then by content: up to 18 of the sectors
 * that the image has are read again. RR_GONE: another one. *known_good: a sector that was read. */
RR_MUST int rr_identity_check(struct rr_job *job, const struct rr_capture_conf *conf,
			      const struct rr_place *place, uint64_t *known_good,
			      struct rr_err *err);

#endif
