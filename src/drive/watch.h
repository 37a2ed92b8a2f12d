/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch.h - where the watch listens; for src/drive and its tests. */
#ifndef RR_DRIVE_WATCH_H
#define RR_DRIVE_WATCH_H

#include "rawright/survey.h"

/* rr_watch_new(), listening to "udev" or to the "kernel". */
RR_MUST int rr_watch_new_at(const char *source, struct rr_watch **out, struct rr_err *err);

#endif
