/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange.h - one command on its way through a transport: what both transports have in common. */
#ifndef VUSB_EXCHANGE_H
#define VUSB_EXCHANGE_H

#include "scsi.h"

/* What an endpoint says to a transfer of the host. */
enum reply {
	REPLY_DONE,
	REPLY_STALL,
	REPLY_LATER,	/* nothing yet: ask again when something happened or time has gone by */
};

struct exchange {
	struct drive *drive;
	struct answer answer;
	size_t sent;		/* of the answer's data */
	uint64_t ready_at_ms;	/* nothing is sent before */
	uint8_t *out;		/* what the host sends; owned */
	size_t out_len, out_want, out_room;
};

/* Something to fill: how much of it was, is told back. */
struct transfer {
	uint8_t *data;
	size_t len;
	size_t done;
};

/* Makes room for what the host is going to send. -1 without memory. */
int exchange_expect(struct exchange *x, size_t len);
/* Takes some of it; what nobody expected is dropped. */
void exchange_collect(struct exchange *x, const uint8_t *data, size_t len);
/* Does the command with all that was collected. */
void exchange_run(struct exchange *x, const uint8_t *cdb, size_t cdb_len);
/* Hands out what is left of the answer. */
void exchange_send(struct exchange *x, size_t want, struct transfer *t);
void exchange_free(struct exchange *x);

#endif
