/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opened.h - a block device opened, to be read or to be written: is it still the one that was
 * meant, and is it still there? For src/drive. */
#ifndef RR_DRIVE_OPENED_H
#define RR_DRIVE_OPENED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "rawright/clean.h"
#include "rawright/drive.h"
#include "rawright/err.h"

#define RR_BUSY_MS	5000u	/* so long a device that somebody holds is asked for again */
#define RR_BUSY_STEP_MS 100

/* What a device was when it was opened, to be found the same later. */
struct rr_opened {
	char *path;		/* as the person knows it */
	char *dir;		/* its folder in sysfs */
	dev_t dev;
	uint64_t diskseq;	/* 0: not known */
	bool optical, floppy;	/* floppy: of the PC's own controller */
	bool removable;		/* its medium may be exchanged */
	bool strict;		/* a new disk sequence number is another drive, whatever the kind */
	struct rr_hold *hold;	/* its read-only flags, looked after by alive; or NULL */
};
/* What must hold before the opening; fills o (zeroed, but for strict and hold). RR_GONE. */
RR_MUST int rr_opened_expect(const struct rr_node *node, struct rr_opened *o, struct rr_err *err);
/* Is what was opened the device that was meant, and how large is it? Notes what alive will hold it
 * against. RR_GONE. */
RR_MUST int rr_opened_check(const struct rr_node *node, struct rr_opened *o, int fd, uint64_t *size,
			    struct rr_err *err);
/* Vendor, model and serial number still the same, the size too where both are known? RR_GONE. */
RR_MUST int rr_opened_same(const struct rr_node *node, struct rr_err *err);
/* alive() of sources and sinks; ctx is the rr_opened. Makes the kernel look for a change of medium,
 * which it may have heard of from the drive and not yet counted. */
RR_MUST int rr_opened_alive(void *ctx, int fd, uint64_t *size_now, struct rr_err *err);
/* same() of sources and sinks: did the kernel count another medium? A cheap question. RR_GONE. */
RR_MUST int rr_opened_same_medium(void *ctx, int fd, struct rr_err *err);
void rr_opened_clear(struct rr_opened *o);

/* open(2) with O_EXCL; EBUSY is tried again for RR_BUSY_MS: a program that was ended while its
 * drive did not answer holds the device until it does. A signal ends the wait (EINTR). */
RR_MUST int rr_open_exclusive(const char *path, int mode);
/* What the errno of opening means, in words; write: it was to be written. Returns -1. */
int rr_opened_fail(const struct rr_node *node, bool write, int os, struct rr_err *err);
/* RR_REFUSED, naming who holds it; what: what can be done about it. Returns -1. */
int rr_opened_busy(const struct rr_node *node, const char *what, struct rr_err *err);

#endif
