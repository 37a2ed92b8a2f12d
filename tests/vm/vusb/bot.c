/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bot.c - the Bulk-Only Transport: command, data, status.
 * Owns: nothing beyond its exchange.   Threads: one. */
#include "bot.h"

#include <string.h>

#include "bytes.h"
#include "rawright/size.h"

#define CBW_SIZE      31
#define CBW_SIGNATURE 0x43425355u
#define CSW_SIZE      13
#define CSW_SIGNATURE 0x53425355u
#define OUT_MAX	      (64u << 20)

enum csw_status { CSW_GOOD, CSW_FAILED, CSW_PHASE_ERROR };

static enum reply broken(struct bot *bot)
{
	bot->state = BOT_BROKEN;
	bot->halted_in = bot->halted_out = true;
	return REPLY_STALL;
}

static void run(struct bot *bot)
{
	exchange_run(&bot->x, bot->cdb, sizeof(bot->cdb));
	if (bot->x.answer.status == MUTE || bot->x.answer.status == GONE)
		bot->state = BOT_MUTE;
	else if (bot->to_host && bot->want > 0)
		bot->state = BOT_IN;
	else
		bot->state = BOT_STATUS;
}

/* 6.2: valid and meaningful, or the thread is lost. */
static enum reply take_command(struct bot *bot, const uint8_t *cbw, size_t len)
{
	if (len != CBW_SIZE || get_le32(cbw) != CBW_SIGNATURE || cbw[13] != 0 || cbw[14] < 1 ||
	    cbw[14] > CDB_SIZE)
		return broken(bot);
	memcpy(bot->tag, cbw + 4, sizeof(bot->tag));
	bot->want = get_le32(cbw + 8);
	bot->to_host = cbw[12] & 0x80;
	memset(bot->cdb, 0, sizeof(bot->cdb));
	memcpy(bot->cdb, cbw + 15, cbw[14]);
	if (exchange_expect(&bot->x, bot->to_host ? 0 : rr_min(bot->want, OUT_MAX)) < 0)
		return broken(bot);
	if (!bot->to_host && bot->want > 0)
		bot->state = BOT_OUT;
	else
		run(bot);
	return REPLY_DONE;
}

enum reply bot_out(struct bot *bot, const uint8_t *data, size_t len)
{
	if (bot->halted_out)
		return REPLY_STALL;
	switch (bot->state) {
	case BOT_COMMAND:
		return take_command(bot, data, len);
	case BOT_OUT:
		exchange_collect(&bot->x, data, len);
		if (bot->x.out_len == bot->x.out_want || len % bot->packet != 0)
			run(bot);
		return REPLY_DONE;
	case BOT_MUTE:
		return REPLY_LATER;
	default:	/* another command before the status of the last one was taken */
		return broken(bot);
	}
}

/* Data, and where they end before the host expects it: with a short packet, or, where the last
 * packet was a whole one, by a stall (6.7.2). */
static enum reply send_data(struct bot *bot, struct transfer *t)
{
	size_t end = rr_min(bot->x.answer.len, bot->want);

	exchange_send(&bot->x, bot->want, t);
	if (bot->x.sent < end)
		return REPLY_DONE;
	if (end == bot->want || (end % bot->packet != 0 && t->done > 0)) {
		bot->state = BOT_STATUS;
		return REPLY_DONE;
	}
	if (t->done == t->len)
		return REPLY_DONE;	/* full; the next one is told */
	bot->state = BOT_STATUS;
	bot->halted_in = true;
	return REPLY_STALL;
}

static enum reply send_status(struct bot *bot, struct transfer *t)
{
	enum status status = bot->x.answer.status;
	size_t moved = bot->to_host ? bot->x.sent : bot->x.out_len;
	uint8_t csw[CSW_SIZE];

	put_le32(csw, CSW_SIGNATURE);
	memcpy(csw + 4, bot->tag, sizeof(bot->tag));
	put_le32(csw + 8, status == CHECK && !bot->to_host ? bot->want :
							     bot->want - (uint32_t)moved);
	csw[12] = status == PHASE_ERROR ? CSW_PHASE_ERROR :
		  status == CHECK	? CSW_FAILED :
					  CSW_GOOD;
	t->done = rr_min(t->len, sizeof(csw));
	memcpy(t->data, csw, t->done);
	bot->state = BOT_COMMAND;
	return REPLY_DONE;
}

enum reply bot_in(struct bot *bot, struct transfer *t)
{
	t->done = 0;
	if (bot->halted_in)
		return REPLY_STALL;
	if (bot->x.drive->now_ms < bot->x.ready_at_ms)
		return REPLY_LATER;
	if (bot->state == BOT_IN)
		return send_data(bot, t);
	if (bot->state == BOT_STATUS)
		return send_status(bot, t);
	return REPLY_LATER;
}

void bot_reset(struct bot *bot)
{
	bot->state = BOT_COMMAND;
	bot->x.ready_at_ms = 0;
	bot->x.answer.status = GOOD;
}

void bot_clear_halt(struct bot *bot, bool in)
{
	bool stay = bot->state == BOT_BROKEN;

	if (in)
		bot->halted_in = stay;
	else
		bot->halted_out = stay;
}
