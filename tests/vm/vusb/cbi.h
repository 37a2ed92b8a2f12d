/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cbi.h - the Control/Bulk/Interrupt transport of floppy drives: USB Mass Storage Class, CBI 1.1,
 * with the UFI command set. */
#ifndef VUSB_CBI_H
#define VUSB_CBI_H

#include "exchange.h"

#define CBI_CDB_SIZE 12

enum cbi_state {
	CBI_IDLE,
	CBI_OUT,	/* waits for data */
	CBI_IN,		/* has data */
	CBI_STATUS,	/* has two bytes for the interrupt endpoint */
	CBI_MUTE,	/* says nothing until the next command */
};

struct cbi {
	struct exchange x;
	enum cbi_state state;
	uint8_t cdb[CDB_SIZE];	/* zeros behind the twelve */
	bool halted_in, halted_out;
	size_t packet;
};

/* The class's request "accept device-specific command". */
enum reply cbi_command(struct cbi *cbi, const uint8_t *cdb, size_t len);

enum reply cbi_out(struct cbi *cbi, const uint8_t *data, size_t len);
enum reply cbi_in(struct cbi *cbi, struct transfer *t);
enum reply cbi_interrupt(struct cbi *cbi, struct transfer *t);
void cbi_reset(struct cbi *cbi);

#endif
