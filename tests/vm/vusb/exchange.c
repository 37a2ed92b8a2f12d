/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exchange.c - collects what a command needs, does it, and hands its answer out in pieces.
 * Owns: the data that the host sends, and the answer.   Threads: one. */
#include "exchange.h"

#include <stdlib.h>
#include <string.h>

#include "rawright/size.h"

int exchange_expect(struct exchange *x, size_t len)
{
	x->out_len = 0;
	x->out_want = len;
	if (len > x->out_room) {
		uint8_t *grown = realloc(x->out, len);

		if (!grown)
			return -1;
		x->out = grown;
		x->out_room = len;
	}
	return 0;
}

void exchange_collect(struct exchange *x, const uint8_t *data, size_t len)
{
	size_t take = rr_min(len, x->out_want - x->out_len);

	if (take > 0)
		memcpy(x->out + x->out_len, data, take);
	x->out_len += take;
}

void exchange_run(struct exchange *x, const uint8_t *cdb, size_t cdb_len)
{
	struct command c = { .out = x->out, .out_len = x->out_len };

	memcpy(c.cdb, cdb, rr_min(cdb_len, CDB_SIZE));
	scsi_execute(x->drive, &c, &x->answer);
	x->sent = 0;
	x->ready_at_ms = x->drive->now_ms + x->answer.wait_ms;
}

void exchange_send(struct exchange *x, size_t want, struct transfer *t)
{
	size_t end = rr_min(x->answer.len, want);

	t->done = rr_min(t->len, end - x->sent);
	if (t->done > 0)
		memcpy(t->data, x->answer.data + x->sent, t->done);
	x->sent += t->done;
}

void exchange_free(struct exchange *x)
{
	answer_free(&x->answer);
	free(x->out);
	x->out = NULL;
}
