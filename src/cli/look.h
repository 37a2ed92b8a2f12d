/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look.h - one drive or image file, looked at from all sides. For cmd_info.c. */
#ifndef RR_CLI_LOOK_H
#define RR_CLI_LOOK_H

#include "rawright/cli.h"
#include "rawright/info.h"

/* aside.c. Calls work(ctx) in a thread of its own and waits for it, so that a drive which does not
 * answer stops nobody: a signal ends the waiting, cli->stuck is set, and whatever ctx points to
 * must be left alone for good. slow (may be NULL) is called once when it takes long. 0: it is done;
 * -1 with RR_STOPPED or RR_SYSTEM. */
RR_MUST int rr_aside(struct rr_cli *cli, void (*work)(void *ctx), void (*slow)(void *ctx),
		void *ctx, struct rr_err *err);

/* The same without waiting. wake: an eventfd that is written to when it is done; -1: none. */
struct rr_aside;
RR_MUST int rr_aside_begin(void (*work)(void *ctx), void *ctx, int wake, struct rr_aside **out,
		struct rr_err *err);
bool rr_aside_done(struct rr_aside *aside);
/* True: it was done, and all is freed. False: the thread was left behind with aside and ctx, which
 * must be left alone for good. */
bool rr_aside_end(struct rr_aside *aside);

/* look.c. Opens what info->node names and looks at it; all goes into info. A file's info->sector
 * that is not 0 is what its table counts in; else that is found out. What cannot be opened
 * or read is info->trouble. Returns the exit status: 0, 1, or 6 without a medium. Reads the drive,
 * so it may take as long as that likes. */
int rr_look_inside(struct rr_info *info);
/* What needs no opening: facts, what uses it, whether it may be written. */
RR_MUST int rr_look_outside(const char *path, struct rr_info *info, struct rr_err *err);
void rr_info_clear(struct rr_info *info);

/* beside.c. The files beside an image that tell about it. False: memory ran out. */
bool rr_look_beside(struct rr_info *info);

#endif
