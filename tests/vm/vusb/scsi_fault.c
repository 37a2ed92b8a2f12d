/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scsi_fault.c - what a fault does to the command and to the drive.
 * Owns: nothing.   Threads: one. */
#include "scsi.h"

/* A medium that cannot be opened is as good as none. */
static void swap(struct drive *d, const char *image)
{
	struct rr_err err;

	if (drive_swap(d, image, &err) < 0) {
		drive_note(d, "cannot swap: %s\n", err.text);
		drive_remove(d);
	}
}

int scsi_strike(struct drive *d, const struct verdict *v, struct answer *a)
{
	const struct fault *fault = v->stop;

	a->wait_ms += v->wait_ms;
	if (!fault)
		return 0;
	switch (fault->effect) {
	case EFFECT_SENSE:
		return drive_refuse_at(d, fault->sense.key, fault->sense.code, v->at);
	case EFFECT_ATTENTION:
		return drive_refuse(d, UNIT_ATTENTION, CODE_CHANGED);
	case EFFECT_NOT_READY:
		d->ready_at_ms = d->now_ms + fault->time_ms;
		return drive_refuse(d, NOT_READY, CODE_BECOMING_READY);
	case EFFECT_SWAP:
		swap(d, fault->name);
		d->attention.key = NO_SENSE;	/* told by this command, not by the next one */
		return drive_refuse(d, UNIT_ATTENTION, CODE_CHANGED);
	case EFFECT_EJECT:
		drive_remove(d);
		return drive_refuse(d, NOT_READY, CODE_NO_MEDIUM);
	case EFFECT_MUTE:
		a->status = MUTE;
		break;
	case EFFECT_PHASE_ERROR:
		a->status = PHASE_ERROR;
		break;
	case EFFECT_GONE:
		a->status = GONE;
		a->fault = fault;
		break;
	default:	/* EFFECT_SHORT is the business of whoever reads */
		break;
	}
	return 0;
}
