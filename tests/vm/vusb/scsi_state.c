/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scsi_state.c - is it ready, why not, and who may take the medium out.
 * Owns: nothing.   Threads: one. */
#include "bytes.h"
#include "scsi.h"

int scsi_nothing(struct drive *d, const struct command *c, struct answer *a)
{
	(void)d;
	(void)c;
	(void)a;
	return 0;
}

int scsi_test_unit_ready(struct drive *d, const struct command *c, struct answer *a)
{
	return scsi_nothing(d, c, a);	/* what had to be said has been said */
}

/* Sense is told once. Without any, an attention is: SPC-4, 5.14. */
int scsi_request_sense(struct drive *d, const struct command *c, struct answer *a)
{
	uint8_t *out = answer_data(d, a, SENSE_SIZE);

	if (!out)
		return -1;
	if (d->sense.key == NO_SENSE) {
		d->sense = d->attention;
		d->attention.key = NO_SENSE;
	}
	sense_write(&d->sense, out);
	d->sense = (struct sense){ .key = NO_SENSE };
	answer_cut(a, c->cdb[4]);
	return 0;
}

static int eject(struct drive *d)
{
	if (d->locked)
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_REMOVAL_PREVENTED);
	drive_remove(d);
	d->tray_open = d->as->kind == CD;
	return 0;
}

/* Pulls the tray in: what is described lies on it. */
static int load(struct drive *d)
{
	struct rr_err err;

	d->tray_open = false;
	if (drive_has_medium(d) || d->as->no_medium)
		return 0;
	if (drive_insert(d, &err) < 0)
		drive_note(d, "cannot load: %s\n", err.text);
	return 0;
}

int scsi_start_stop(struct drive *d, const struct command *c, struct answer *a)
{
	bool start = c->cdb[4] & 0x01, tray = c->cdb[4] & 0x02;

	(void)a;
	if (!tray || (c->cdb[4] & 0xf0))	/* the motor is not simulated */
		return 0;
	return start ? load(d) : eject(d);
}

int scsi_prevent(struct drive *d, const struct command *c, struct answer *a)
{
	(void)a;
	d->locked = c->cdb[4] & 0x01;
	return 0;
}

int scsi_report_luns(struct drive *d, const struct command *c, struct answer *a)
{
	uint8_t *out = answer_data(d, a, 16);

	if (!out)
		return -1;
	put_be32(out, 8);	/* one, and its number is 0 */
	answer_cut(a, get_be32(c->cdb + 6));
	return 0;
}
