/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usbip.h - plugs a device into the kernel's virtual hub (module vhci-hcd) and carries what the
 * kernel asks of it: Documentation/usb/usbip_protocol.rst. */
#ifndef VUSB_USBIP_H
#define VUSB_USBIP_H

#include <stdint.h>

#include "rawright/err.h"
#include "usb.h"

struct urb;

struct plug {
	struct usb *usb;
	int sock;		/* -1: not plugged in */
	unsigned port;
	struct urb *waiting;	/* owned; the oldest first */
};

/* Plugs in, at the port that is described or at the first free one. RR_SYSTEM. */
int usbip_attach(struct plug *plug, struct usb *usb, struct rr_err *err);

/* Takes one request from the kernel; it waits for usbip_deliver. Returns 1; 0: the kernel let go of
 * the device; -1: RR_SYSTEM, RR_FORMAT. */
int usbip_take(struct plug *plug, struct rr_err *err);

/* Answers whatever can be answered now. */
int usbip_deliver(struct plug *plug, struct rr_err *err);

/* Pulls it out. */
void usbip_detach(struct plug *plug);

#endif
