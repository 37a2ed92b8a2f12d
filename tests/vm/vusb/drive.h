/* SPDX-License-Identifier: GPL-3.0-or-later */
/* drive.h - a drive as it stands: what it is, what is in it, and what it has to tell. */
#ifndef VUSB_DRIVE_H
#define VUSB_DRIVE_H

#include "describe.h"
#include "disc.h"
#include "medium.h"
#include "sense.h"

struct drive {
	struct description *as;	/* owned */
	struct medium medium;	/* of a stick or a floppy drive; fd -1 without one */
	struct disc *disc;	/* of a CD drive; owned; NULL without one */
	struct sense sense;	/* of the command that failed last, until it is asked for */
	struct sense attention;	/* told to the next command, which is not done; key 0: none */
	uint64_t now_ms;	/* set by whoever brings a command, before it */
	uint64_t ready_at_ms;	/* not ready before */
	uint8_t event;		/* of the media class, until it is asked for: MMC-6, 6.6 */
	bool tray_open;		/* of a CD drive */
	bool locked;		/* the host prevents removal */
	int log_fd;		/* -1: none */
};

enum change { CHANGE_NONE, CHANGE_MEDIUM, CHANGE_DRIVE };

/* Events of the media class: MMC-6, table 366. */
#define EVENT_NEW_MEDIUM   2
#define EVENT_REMOVAL	   3

/* Loads a description and puts the medium in. RR_SYSTEM, RR_FORMAT. drive_close also after a
 * failure. */
int drive_open(struct drive *d, const char *path, struct rr_err *err);
void drive_close(struct drive *d);

/* Loads the description anew. A failure leaves everything as it was. CHANGE_MEDIUM: the medium has
 * been changed and the host will hear of it. CHANGE_DRIVE: whoever brought it must take it off the
 * bus and put it back. Otherwise only faults changed; those that stayed go on counting. */
int drive_reload(struct drive *d, enum change *change, struct rr_err *err);

/* A person puts in the medium that is described, takes it out, or swaps it for another image. A
 * medium that cannot be opened is none. */
int drive_insert(struct drive *d, struct rr_err *err);
void drive_remove(struct drive *d);
int drive_swap(struct drive *d, const char *image, struct rr_err *err);

bool drive_has_medium(const struct drive *d);

/* The drive was plugged in or reset: what it was asked to remember is forgotten. */
void drive_power_on(struct drive *d);

/* Sense for the command at work. Returns -1. */
int drive_refuse(struct drive *d, enum sense_key key, unsigned code);
int drive_refuse_at(struct drive *d, enum sense_key key, unsigned code, uint64_t at);

/* A line in the log, if there is one. */
void drive_note(const struct drive *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
