/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bot.h - the Bulk-Only Transport: USB Mass Storage Class, Bulk-Only Transport 1.0. */
#ifndef VUSB_BOT_H
#define VUSB_BOT_H

#include "exchange.h"

enum bot_state {
	BOT_COMMAND,	/* waits for a command block wrapper */
	BOT_OUT,	/* waits for data */
	BOT_IN,		/* has data */
	BOT_STATUS,	/* has a command status wrapper */
	BOT_MUTE,	/* says nothing until it is reset */
	BOT_BROKEN,	/* got nonsense: stalls until it is reset */
};

struct bot {
	struct exchange x;
	enum bot_state state;
	uint8_t tag[4];
	uint32_t want;		/* bytes that the host said it would move */
	bool to_host;
	uint8_t cdb[CDB_SIZE];
	bool halted_in, halted_out;
	size_t packet;		/* largest one of the bulk endpoints */
};

/* What comes on the endpoint out. */
enum reply bot_out(struct bot *bot, const uint8_t *data, size_t len);

/* What goes on the endpoint in. REPLY_STALL may come with data in front of it. */
enum reply bot_in(struct bot *bot, struct transfer *t);

/* The class's request (3.1), and any reset of the bus. */
void bot_reset(struct bot *bot);

/* CLEAR FEATURE (ENDPOINT HALT); what has not been reset after nonsense stalls again (5.3.4). */
void bot_clear_halt(struct bot *bot, bool in);

#endif
