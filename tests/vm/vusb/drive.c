/* SPDX-License-Identifier: GPL-3.0-or-later */
/* drive.c - brings a description to life, and changes media.
 * Owns: the description, the medium or disc, the log of a drive.   Threads: one. */
#include "drive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rawright/clean.h"

bool drive_has_medium(const struct drive *d)
{
	return d->medium.fd >= 0 || d->disc;
}

static void drop_medium(struct drive *d)
{
	medium_close(&d->medium);
	disc_close(d->disc);
	d->disc = NULL;
}

void drive_remove(struct drive *d)
{
	if (drive_has_medium(d))
		d->event = EVENT_REMOVAL;
	drop_medium(d);
	d->attention.key = NO_SENSE;
}

/* A medium is in: the host hears of it. */
static void announce(struct drive *d)
{
	d->attention = (struct sense){ .key = UNIT_ATTENTION, .code = CODE_CHANGED };
	d->event = EVENT_NEW_MEDIUM;
	d->tray_open = false;
	d->ready_at_ms = d->now_ms + d->as->ready_after_ms;
}

/* The new one is there before the old one goes. */
static int exchange_medium(struct drive *d, const char *image, struct rr_err *err)
{
	struct medium fresh;

	if (medium_open(&fresh, d->as, image, err) < 0)
		return -1;
	drop_medium(d);
	d->medium = fresh;
	announce(d);
	return 0;
}

static int exchange_disc(struct drive *d, struct rr_err *err)
{
	struct disc *fresh = disc_open(d->as, err);

	if (!fresh)
		return -1;
	drop_medium(d);
	d->disc = fresh;
	announce(d);
	return 0;
}

int drive_insert(struct drive *d, struct rr_err *err)
{
	if (d->as->kind == CD)
		return exchange_disc(d, err);
	if (!d->as->image)
		return rr_fail(err, RR_FORMAT, 0, "%s: no image is described", d->as->path);
	return exchange_medium(d, d->as->image, err);
}

int drive_swap(struct drive *d, const char *image, struct rr_err *err)
{
	if (d->as->kind == CD)
		return rr_fail(err, RR_FORMAT, 0, "a disc is swapped by another description");
	return exchange_medium(d, image, err);
}

void drive_power_on(struct drive *d)
{
	d->sense = (struct sense){ .key = NO_SENSE };
	d->locked = false;
	if (drive_has_medium(d))
		announce(d);
}

static int open_log(struct drive *d, struct rr_err *err)
{
	if (!d->as->log)
		return 0;
	d->log_fd = open(d->as->log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (d->log_fd < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot open the log %s", d->as->log);
	return 0;
}

int drive_open(struct drive *d, const char *path, struct rr_err *err)
{
	*d = (struct drive){ .medium.fd = -1, .log_fd = -1, .now_ms = d->now_ms };
	d->as = description_load(path, err);
	if (!d->as || open_log(d, err) < 0)
		return -1;
	return d->as->no_medium ? 0 : drive_insert(d, err);
}

void drive_close(struct drive *d)
{
	drop_medium(d);
	description_free(d->as);
	d->as = NULL;
	if (d->log_fd >= 0)
		(void)close(d->log_fd);	/* a log of a test: who reads it sees what is missing */
	d->log_fd = -1;
}

int drive_reload(struct drive *d, enum change *change, struct rr_err *err)
{
	struct description *before = d->as, *fresh = description_load(before->path, err);

	if (!fresh)
		return -1;
	*change = description_other_drive(before, fresh)    ? CHANGE_DRIVE :
		  description_other_medium(before, fresh) ? CHANGE_MEDIUM :
							      CHANGE_NONE;
	fault_keep_counts(fresh->fault, fresh->nfault, before->fault, before->nfault);
	d->as = fresh;
	if (*change == CHANGE_NONE) {
		description_free(before);
		return 0;
	}
	if (fresh->no_medium) {
		drive_remove(d);
	} else if (drive_insert(d, err) < 0) {
		d->as = before;
		description_free(fresh);
		return -1;
	}
	description_free(before);
	return 0;
}

int drive_refuse(struct drive *d, enum sense_key key, unsigned code)
{
	d->sense = (struct sense){ .key = (uint8_t)key, .code = (uint16_t)code };
	return -1;
}

int drive_refuse_at(struct drive *d, enum sense_key key, unsigned code, uint64_t at)
{
	(void)drive_refuse(d, key, code);	/* returns -1, as this does */
	d->sense.placed = true;
	d->sense.at = at;
	return -1;
}

void drive_note(const struct drive *d, const char *fmt, ...)
{
	va_list ap;

	if (d->log_fd < 0)
		return;
	va_start(ap, fmt);
	(void)vdprintf(d->log_fd, fmt, ap);	/* a test that looks for a line misses it */
	va_end(ap);
}
