/* SPDX-License-Identifier: GPL-3.0-or-later */
/* saver.h - the thread that syncs maps and records, so that the main thread never does. */
#ifndef RR_ENGINE_SAVER_H
#define RR_ENGINE_SAVER_H

#include "rawright/fs.h"

struct rr_saver;
RR_MUST int rr_saver_start(struct rr_saver **out, struct rr_err *err);
/* In order. A path that was saved once is ours: RR_SAVE_NEW then replaces it. Takes text over; NULL
 * (its maker ran out of memory) is an error to be told. */
void rr_saver_save(struct rr_saver *saver, const char *path, char *text, enum rr_save how);
/* After an error nothing is removed any more. */
void rr_saver_remove(struct rr_saver *saver, const char *path);
/* Waits so long at most; true: all is done. */
RR_MUST bool rr_saver_idle(struct rr_saver *saver, unsigned ms);
/* The first error there was, or 0. */
RR_MUST int rr_saver_check(struct rr_saver *saver, struct rr_err *err);
/* Only when idle. NULL allowed. */
void rr_saver_end(struct rr_saver *saver);

#endif
