/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scsi.h - a command goes in, an answer comes out; no USB, no kernel. */
#ifndef VUSB_SCSI_H
#define VUSB_SCSI_H

#include "drive.h"

#define CDB_SIZE 16

struct command {
	uint8_t cdb[CDB_SIZE];	/* zeros behind its end */
	const uint8_t *out;	/* what the host sends with it */
	size_t out_len;
};

enum status {
	GOOD,
	CHECK,		/* failed; sense tells why */
	MUTE,		/* no answer, ever */
	PHASE_ERROR,	/* the transport lost the thread */
	GONE,		/* the drive leaves the bus */
};

struct answer {
	enum status status;
	uint8_t *data;		/* owned; kept from command to command */
	size_t len, room;
	uint64_t wait_ms;	/* before anything of it is sent */
	const struct fault *fault;	/* why status is GONE */
};

/* Does a command: d->now_ms is the time at which it came. a is zeroed before the first command and
 * used again for the next; answer_free when all is over. */
void scsi_execute(struct drive *d, const struct command *c, struct answer *a);
void answer_free(struct answer *a);

/* ---- for those who do commands: each returns 0, or -1 with sense set by drive_refuse */

typedef int scsi_do(struct drive *d, const struct command *c, struct answer *a);

/* len zeros to be filled in, and sent. NULL without memory, with sense set. */
uint8_t *answer_data(struct drive *d, struct answer *a, size_t len);

/* The host has so much room for it. */
static inline void answer_cut(struct answer *a, size_t room)
{
	if (a->len > room)
		a->len = room;
}

/* Lets a fault have its way with the command. 0: it goes through as far as verdict.at. */
int scsi_strike(struct drive *d, const struct verdict *v, struct answer *a);

scsi_do scsi_inquiry, scsi_request_sense, scsi_test_unit_ready, scsi_start_stop, scsi_prevent,
	scsi_report_luns, scsi_nothing;
scsi_do scsi_mode_sense, scsi_mode_select;
scsi_do scsi_read, scsi_write, scsi_verify, scsi_flush, scsi_capacity, scsi_capacity_long;
scsi_do scsi_format_capacities, scsi_format_unit;
scsi_do mmc_read, mmc_read_cd;
scsi_do mmc_toc, mmc_disc_information, mmc_track_information, mmc_sub_channel;
scsi_do mmc_configuration, mmc_event_status, mmc_mechanism_status;

/* Sector and count of a READ, WRITE or VERIFY of whatever length. */
void scsi_extent(const uint8_t cdb[CDB_SIZE], uint64_t *first, uint64_t *count);

#endif
