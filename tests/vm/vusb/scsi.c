/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scsi.c - finds who does a command, and whether it is to be done at all now.
 * Owns: the data of an answer.   Threads: one. */
#include "scsi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

#define STICK_ 0x1
#define FLOPPY_ 0x2
#define CD_ 0x4
#define DISK_ (STICK_ | FLOPPY_)
#define ALL_ (DISK_ | CD_)

#define ANSWER_MAX (64u << 20)

enum needs {
	NEEDS_NOTHING,		/* is done whatever the state, and leaves an attention be */
	NEEDS_ATTENTION,	/* hears of an attention, but needs no medium */
	NEEDS_MEDIUM,
};

struct row {
	uint8_t code;
	unsigned kinds;
	enum needs needs;
	bool extent;	/* has a first sector and a count */
	const char *name;
	scsi_do *run;
};

static const struct row rows[] = {
	{ 0x00, ALL_, NEEDS_MEDIUM, false, "test-unit-ready", scsi_test_unit_ready },
	{ 0x01, ALL_, NEEDS_MEDIUM, false, "rezero", scsi_nothing },
	{ 0x03, ALL_, NEEDS_NOTHING, false, "request-sense", scsi_request_sense },
	{ 0x04, FLOPPY_, NEEDS_MEDIUM, false, "format-unit", scsi_format_unit },
	{ 0x08, DISK_, NEEDS_MEDIUM, true, "read", scsi_read },
	{ 0x0a, DISK_, NEEDS_MEDIUM, true, "write", scsi_write },
	{ 0x12, ALL_, NEEDS_NOTHING, false, "inquiry", scsi_inquiry },
	{ 0x15, ALL_, NEEDS_ATTENTION, false, "mode-select", scsi_mode_select },
	{ 0x1a, STICK_ | CD_, NEEDS_NOTHING, false, "mode-sense", scsi_mode_sense },
	{ 0x1b, ALL_, NEEDS_NOTHING, false, "start-stop", scsi_start_stop },
	{ 0x1d, ALL_, NEEDS_NOTHING, false, "send-diagnostic", scsi_nothing },
	{ 0x1e, ALL_, NEEDS_NOTHING, false, "prevent", scsi_prevent },
	{ 0x23, ALL_, NEEDS_ATTENTION, false, "format-capacities", scsi_format_capacities },
	{ 0x25, ALL_, NEEDS_MEDIUM, false, "capacity", scsi_capacity },
	{ 0x28, DISK_, NEEDS_MEDIUM, true, "read", scsi_read },
	{ 0x28, CD_, NEEDS_MEDIUM, true, "read", mmc_read },
	{ 0x2a, DISK_, NEEDS_MEDIUM, true, "write", scsi_write },
	{ 0x2b, ALL_, NEEDS_MEDIUM, false, "seek", scsi_nothing },
	{ 0x2e, DISK_, NEEDS_MEDIUM, true, "write", scsi_write },
	{ 0x2f, DISK_, NEEDS_MEDIUM, true, "verify", scsi_verify },
	{ 0x35, ALL_, NEEDS_MEDIUM, false, "flush", scsi_flush },
	{ 0x42, CD_, NEEDS_MEDIUM, false, "sub-channel", mmc_sub_channel },
	{ 0x43, CD_, NEEDS_MEDIUM, false, "toc", mmc_toc },
	{ 0x46, CD_, NEEDS_NOTHING, false, "configuration", mmc_configuration },
	{ 0x4a, CD_, NEEDS_NOTHING, false, "event-status", mmc_event_status },
	{ 0x51, CD_, NEEDS_MEDIUM, false, "disc-information", mmc_disc_information },
	{ 0x52, CD_, NEEDS_MEDIUM, false, "track-information", mmc_track_information },
	{ 0x55, ALL_, NEEDS_ATTENTION, false, "mode-select", scsi_mode_select },
	{ 0x5a, ALL_, NEEDS_NOTHING, false, "mode-sense", scsi_mode_sense },
	{ 0x88, STICK_, NEEDS_MEDIUM, true, "read", scsi_read },
	{ 0x8a, STICK_, NEEDS_MEDIUM, true, "write", scsi_write },
	{ 0x8f, STICK_, NEEDS_MEDIUM, true, "verify", scsi_verify },
	{ 0x91, STICK_, NEEDS_MEDIUM, false, "flush", scsi_flush },
	{ 0x9e, STICK_, NEEDS_MEDIUM, false, "capacity", scsi_capacity_long },
	{ 0xa0, ALL_, NEEDS_NOTHING, false, "report-luns", scsi_report_luns },
	{ 0xa8, DISK_, NEEDS_MEDIUM, true, "read", scsi_read },
	{ 0xa8, CD_, NEEDS_MEDIUM, true, "read", mmc_read },
	{ 0xaa, DISK_, NEEDS_MEDIUM, true, "write", scsi_write },
	{ 0xb9, CD_, NEEDS_MEDIUM, true, "read-cd", mmc_read_cd },
	{ 0xbb, CD_, NEEDS_MEDIUM, false, "speed", scsi_nothing },
	{ 0xbd, CD_, NEEDS_NOTHING, false, "mechanism-status", mmc_mechanism_status },
	{ 0xbe, CD_, NEEDS_MEDIUM, true, "read-cd", mmc_read_cd },
};

static const struct row *row_of(const struct drive *d, uint8_t code)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].code == code && rows[i].kinds & 1u << d->as->kind)
			return &rows[i];
	return NULL;
}

uint8_t *answer_data(struct drive *d, struct answer *a, size_t len)
{
	if (len > ANSWER_MAX) {
		(void)drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);	/* told by NULL */
		return NULL;
	}
	if (len > a->room) {
		uint8_t *grown = realloc(a->data, len);

		if (!grown) {
			(void)drive_refuse(d, HARDWARE_ERROR, CODE_FAILURE);	/* told by NULL */
			return NULL;
		}
		a->data = grown;
		a->room = len;
	}
	if (len > 0)
		memset(a->data, 0, len);
	a->len = len;
	return a->data;
}

void answer_free(struct answer *a)
{
	free(a->data);
	*a = (struct answer){ 0 };
}

static int refuse_without_medium(struct drive *d)
{
	unsigned code = d->as->kind != CD ? CODE_NO_MEDIUM :
			d->tray_open	  ? CODE_NO_MEDIUM_OPEN :
					    CODE_NO_MEDIUM_CLOSED;

	return drive_refuse(d, NOT_READY, code);
}

/* May the command be done now? */
static int may(struct drive *d, const struct row *row)
{
	if (row->needs == NEEDS_NOTHING)
		return 0;
	if (d->attention.key != NO_SENSE) {
		d->sense = d->attention;
		d->attention.key = NO_SENSE;
		return -1;
	}
	if (row->needs == NEEDS_ATTENTION)
		return 0;
	if (!drive_has_medium(d))
		return refuse_without_medium(d);
	if (d->now_ms < d->ready_at_ms)
		return drive_refuse(d, NOT_READY, CODE_BECOMING_READY);
	return 0;
}

/* "read 100 8 good", "inquiry good", "read 100 8 3/11/00" */
static void note(const struct drive *d, const struct command *c, const struct row *row,
		const struct answer *a)
{
	static const char *const results[] = { "good", "", "mute", "phase-error", "gone" };
	char extent[48] = "", sense[16] = "";
	uint64_t first, count;

	if (row && row->extent) {
		scsi_extent(c->cdb, &first, &count);
		(void)snprintf(extent, sizeof(extent), " %llu %llu", (unsigned long long)first,
			       (unsigned long long)count);	/* fits */
	}
	if (a->status == CHECK)
		(void)snprintf(sense, sizeof(sense), "%x/%02x/%02x", d->sense.key,
			       d->sense.code >> 8, d->sense.code & 0xff);	/* fits */
	if (row)
		drive_note(d, "%s%s %s%s\n", row->name, extent, results[a->status], sense);
	else
		drive_note(d, "%02x %s\n", c->cdb[0], sense);
}

void scsi_execute(struct drive *d, const struct command *c, struct answer *a)
{
	const struct row *row = row_of(d, c->cdb[0]);
	int rc;

	a->len = 0;
	a->wait_ms = 0;
	a->status = GOOD;
	a->fault = NULL;
	if (!row)
		rc = drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_COMMAND);
	else if (may(d, row) < 0)
		rc = -1;
	else
		rc = row->run(d, c, a);
	if (rc < 0)
		a->status = CHECK;
	if (rc < 0 && !(row && row->extent))
		a->len = 0;		/* only what is read goes out in front of a failure */
	note(d, c, row, a);
}

void scsi_extent(const uint8_t cdb[CDB_SIZE], uint64_t *first, uint64_t *count)
{
	switch (cdb[0] >> 5) {
	case 0:		/* six bytes: a count of 0 means 256 */
		*first = get_be24(cdb + 1) & 0x1fffff;
		*count = cdb[4] ? cdb[4] : 256;
		break;
	case 4:
		*first = get_be64(cdb + 2);
		*count = get_be32(cdb + 10);
		break;
	case 5:		/* READ CD and READ CD MSF have places of their own */
		*first = get_be32(cdb + 2);
		*count = get_be32(cdb + 6);
		if (cdb[0] == 0xbe)
			*count = get_be24(cdb + 6);
		if (cdb[0] == 0xb9) {
			*first = (cdb[3] * 60u + cdb[4]) * 75u + cdb[5] - 150;
			*count = (cdb[6] * 60u + cdb[7]) * 75u + cdb[8] - 150 - *first;
		}
		break;
	default:
		*first = get_be32(cdb + 2);
		*count = get_be16(cdb + 7);
	}
}
