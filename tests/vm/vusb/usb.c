/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usb.c - control requests, and which transport an endpoint belongs to.
 * Owns: the transports of a device.   Threads: one. */
#include "usb.h"

#include <string.h>

#include "bytes.h"
#include "rawright/size.h"

#define REQUEST(type, request) ((type) << 8 | (request))

/* bmRequestType and bRequest: USB 2.0, table 9-3; those of the class: BOT 3, CBI 2.2. */
enum request {
	DEVICE_STATUS = REQUEST(0x80, 0),
	INTERFACE_STATUS = REQUEST(0x81, 0),
	ENDPOINT_STATUS = REQUEST(0x82, 0),
	CLEAR_HALT = REQUEST(0x02, 1),
	SET_HALT = REQUEST(0x02, 3),
	CLEAR_DEVICE_FEATURE = REQUEST(0x00, 1),
	SET_DEVICE_FEATURE = REQUEST(0x00, 3),
	SET_ADDRESS = REQUEST(0x00, 5),
	GET_DESCRIPTOR = REQUEST(0x80, 6),
	GET_CONFIGURATION = REQUEST(0x80, 8),
	SET_CONFIGURATION = REQUEST(0x00, 9),
	GET_INTERFACE = REQUEST(0x81, 10),
	SET_INTERFACE = REQUEST(0x01, 11),
	SET_EXIT_LATENCY = REQUEST(0x00, 48),
	SET_ISOCHRONOUS_DELAY = REQUEST(0x00, 49),
	BULK_RESET = REQUEST(0x21, 0xff),
	BULK_MAX_LUN = REQUEST(0xa1, 0xfe),
	CBI_COMMAND = REQUEST(0x21, 0),
};

static bool is_cbi(const struct usb *usb)
{
	return usb->drive->as->transport == CBI;
}

static void reset_transports(struct usb *usb)
{
	bot_reset(&usb->bot);
	bot_clear_halt(&usb->bot, true);
	bot_clear_halt(&usb->bot, false);
	cbi_reset(&usb->cbi);
}

void usb_start(struct usb *usb, struct drive *drive)
{
	size_t packet = descriptor_packet(drive->as);

	*usb = (struct usb){ .drive = drive };
	usb->bot = (struct bot){ .x.drive = drive, .packet = packet };
	usb->cbi = (struct cbi){ .x.drive = drive, .packet = packet };
	drive_power_on(drive);
}

void usb_free(struct usb *usb)
{
	exchange_free(&usb->bot.x);
	exchange_free(&usb->cbi.x);
}

static enum reply answer(struct transfer *t, const uint8_t *data, size_t len)
{
	t->done = rr_min(t->len, len);
	memcpy(t->data, data, t->done);
	return REPLY_DONE;
}

static enum reply get_descriptor(struct usb *usb, const uint8_t *setup, struct transfer *t)
{
	uint8_t data[DESCRIPTOR_MAX];
	size_t len = descriptor_get(usb->drive->as, setup[3], setup[2], data);

	return len > 0 ? answer(t, data, len) : REPLY_STALL;
}

static bool halted(const struct usb *usb, uint8_t address)
{
	bool in = address & 0x80;

	if (is_cbi(usb))
		return in ? usb->cbi.halted_in : usb->cbi.halted_out;
	return in ? usb->bot.halted_in : usb->bot.halted_out;
}

static void clear_halt(struct usb *usb, uint8_t address)
{
	bool in = address & 0x80;

	bot_clear_halt(&usb->bot, in);
	if (in)
		usb->cbi.halted_in = false;
	else
		usb->cbi.halted_out = false;
}

static void set_halt(struct usb *usb, uint8_t address)
{
	bool *which = address & 0x80 ? &usb->bot.halted_in : &usb->bot.halted_out;

	*which = true;
}

/* Of the class; each transport has its own. */
static enum reply class_request(struct usb *usb, unsigned request, const uint8_t *out,
		size_t out_len, struct transfer *t)
{
	static const uint8_t max_lun = 0;

	if (request == CBI_COMMAND && is_cbi(usb))
		return cbi_command(&usb->cbi, out, out_len);
	if (request == BULK_RESET && !is_cbi(usb)) {
		bot_reset(&usb->bot);
		return REPLY_DONE;
	}
	if (request == BULK_MAX_LUN && !is_cbi(usb))
		return answer(t, &max_lun, 1);
	return REPLY_STALL;
}

enum reply usb_control(struct usb *usb, const uint8_t setup[USB_SETUP_SIZE], const uint8_t *out,
		size_t out_len, struct transfer *t)
{
	unsigned request = REQUEST(setup[0], setup[1]);
	uint8_t status[2] = { 0 };

	t->done = 0;
	switch (request) {
	case GET_DESCRIPTOR:
		return get_descriptor(usb, setup, t);
	case ENDPOINT_STATUS:
		status[0] = halted(usb, setup[4]);
		return answer(t, status, sizeof(status));
	case DEVICE_STATUS:
	case INTERFACE_STATUS:
		return answer(t, status, sizeof(status));
	case CLEAR_HALT:
		clear_halt(usb, setup[4]);
		return REPLY_DONE;
	case SET_HALT:
		set_halt(usb, setup[4]);
		return REPLY_DONE;
	case GET_CONFIGURATION:
		return answer(t, &usb->configuration, 1);
	case GET_INTERFACE:
		return answer(t, status, 1);
	case SET_CONFIGURATION:		/* comes also behind a reset of the bus */
		usb->configuration = setup[2];
		reset_transports(usb);
		return REPLY_DONE;
	case SET_INTERFACE:
		reset_transports(usb);
		return REPLY_DONE;
	case SET_ADDRESS:		/* the virtual hub keeps addresses */
	case CLEAR_DEVICE_FEATURE:
	case SET_DEVICE_FEATURE:
	case SET_EXIT_LATENCY:
	case SET_ISOCHRONOUS_DELAY:
		return REPLY_DONE;
	default:
		return class_request(usb, request, out, out_len, t);
	}
}

enum reply usb_out(struct usb *usb, unsigned endpoint, const uint8_t *data, size_t len)
{
	if (endpoint != ENDPOINT_OUT)
		return REPLY_STALL;
	return is_cbi(usb) ? cbi_out(&usb->cbi, data, len) : bot_out(&usb->bot, data, len);
}

enum reply usb_in(struct usb *usb, unsigned endpoint, struct transfer *t)
{
	t->done = 0;
	if (endpoint == ENDPOINT_IN)
		return is_cbi(usb) ? cbi_in(&usb->cbi, t) : bot_in(&usb->bot, t);
	if (endpoint == ENDPOINT_INTERRUPT && is_cbi(usb))
		return cbi_interrupt(&usb->cbi, t);
	return REPLY_STALL;
}

static const struct exchange *exchange_of(const struct usb *usb)
{
	return is_cbi(usb) ? &usb->cbi.x : &usb->bot.x;
}

const struct fault *usb_leaves(const struct usb *usb)
{
	const struct answer *a = &exchange_of(usb)->answer;

	return a->status == GONE ? a->fault : NULL;
}

uint64_t usb_wakes_at_ms(const struct usb *usb)
{
	const struct exchange *x = exchange_of(usb);

	return x->ready_at_ms > usb->drive->now_ms ? x->ready_at_ms : 0;
}
