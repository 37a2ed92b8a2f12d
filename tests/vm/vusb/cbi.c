/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cbi.c - the Control/Bulk/Interrupt transport: a command by control, its status by interrupt.
 * Owns: nothing beyond its exchange.   Threads: one. */
#include "cbi.h"

#include <string.h>

#include "bytes.h"
#include "rawright/size.h"

#define OUT_MAX (64u << 20)

/* What the host will send with a command: the command itself says, CBI does not. */
static size_t out_size(const struct cbi *cbi)
{
	const uint8_t *cdb = cbi->cdb;
	uint64_t first, count;

	switch (cdb[0]) {
	case 0x04:			/* FORMAT UNIT: a list of defects that is always so long */
		return 12;
	case 0x2a:
	case 0x2e:
	case 0xaa:
		scsi_extent(cdb, &first, &count);
		return rr_min(count * cbi->x.drive->as->sector_size, OUT_MAX);
	case 0x55:
		return get_be16(cdb + 7);
	default:
		return 0;
	}
}

static bool sends(const struct cbi *cbi)
{
	return cbi->x.answer.len > 0 || cbi->x.answer.status == CHECK;
}

/* A command that failed has nothing to send, but the host may wait for data: it is told by a stall
 * on the endpoint that it waits at (2.4.3.1.4). */
static void run(struct cbi *cbi)
{
	bool was_out = cbi->x.out_want > 0;

	exchange_run(&cbi->x, cbi->cdb, sizeof(cbi->cdb));
	if (cbi->x.answer.status == MUTE || cbi->x.answer.status == GONE ||
	    cbi->x.answer.status == PHASE_ERROR)
		cbi->state = CBI_MUTE;
	else
		cbi->state = sends(cbi) && !was_out ? CBI_IN : CBI_STATUS;
}

enum reply cbi_command(struct cbi *cbi, const uint8_t *cdb, size_t len)
{
	if (len != CBI_CDB_SIZE)
		return REPLY_STALL;
	cbi_reset(cbi);		/* whatever went before is over */
	memcpy(cbi->cdb, cdb, CBI_CDB_SIZE);
	if (exchange_expect(&cbi->x, out_size(cbi)) < 0)
		return REPLY_STALL;
	if (cbi->x.out_want > 0)
		cbi->state = CBI_OUT;
	else
		run(cbi);
	return REPLY_DONE;
}

enum reply cbi_out(struct cbi *cbi, const uint8_t *data, size_t len)
{
	if (cbi->halted_out)
		return REPLY_STALL;
	if (cbi->state != CBI_OUT)
		return REPLY_LATER;
	exchange_collect(&cbi->x, data, len);
	if (cbi->x.out_len == cbi->x.out_want || len % cbi->packet != 0)
		run(cbi);
	return REPLY_DONE;
}

static bool early(const struct cbi *cbi)
{
	return cbi->x.drive->now_ms < cbi->x.ready_at_ms;
}

enum reply cbi_in(struct cbi *cbi, struct transfer *t)
{
	size_t len = cbi->x.answer.len;

	t->done = 0;
	if (cbi->halted_in)
		return REPLY_STALL;
	if (cbi->state != CBI_IN || early(cbi))
		return REPLY_LATER;
	exchange_send(&cbi->x, len, t);
	if (cbi->x.sent < len || (t->done == t->len && cbi->x.answer.status == CHECK))
		return REPLY_DONE;
	cbi->state = CBI_STATUS;
	if (cbi->x.answer.status != CHECK)
		return REPLY_DONE;
	cbi->halted_in = true;
	return REPLY_STALL;
}

/* ASC and ASCQ: UFI 2.2. The host may leave data where they are; then they are over. */
enum reply cbi_interrupt(struct cbi *cbi, struct transfer *t)
{
	bool failed = cbi->x.answer.status == CHECK;
	uint8_t status[2] = { 0 };

	t->done = 0;
	if ((cbi->state != CBI_STATUS && cbi->state != CBI_IN) || early(cbi))
		return REPLY_LATER;
	if (failed)
		put_be16(status, cbi->x.drive->sense.code);
	if (failed && status[0] == 0)
		status[0] = 0x0b;	/* 0 in the first byte means "good" to the host */
	t->done = rr_min(t->len, sizeof(status));
	memcpy(t->data, status, t->done);
	cbi->state = CBI_IDLE;
	return REPLY_DONE;
}

void cbi_reset(struct cbi *cbi)
{
	cbi->state = CBI_IDLE;
	cbi->halted_in = cbi->halted_out = false;
	cbi->x.ready_at_ms = 0;
	cbi->x.out_want = cbi->x.out_len = 0;
}
