/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usb.h - the drive as a USB device: descriptors, standard and class requests, endpoints. */
#ifndef VUSB_USB_H
#define VUSB_USB_H

#include "bot.h"
#include "cbi.h"

#define USB_SETUP_SIZE 8

struct usb {
	struct drive *drive;
	struct bot bot;		/* one of the two is used, */
	struct cbi cbi;		/* as the description says */
	uint8_t configuration;
};

/* A drive that has just been plugged in. usb_free when it was pulled. */
void usb_start(struct usb *usb, struct drive *drive);
void usb_free(struct usb *usb);

/* A control request: t is filled for those that go to the host; out holds what came with one. */
enum reply usb_control(struct usb *usb, const uint8_t setup[USB_SETUP_SIZE], const uint8_t *out,
		size_t out_len, struct transfer *t);
enum reply usb_out(struct usb *usb, unsigned endpoint, const uint8_t *data, size_t len);
enum reply usb_in(struct usb *usb, unsigned endpoint, struct transfer *t);

/* The fault that makes the drive leave the bus now, or NULL. */
const struct fault *usb_leaves(const struct usb *usb);

/* When something that waits will be ready; 0: nothing waits for time to go by. */
uint64_t usb_wakes_at_ms(const struct usb *usb);

/* ---- descriptors.c */

#define DESCRIPTOR_MAX 256

/* Endpoints, as numbers without direction. */
#define ENDPOINT_IN	   1
#define ENDPOINT_OUT	   2
#define ENDPOINT_INTERRUPT 3

/* The descriptor that type and index name; 0: there is none. */
size_t descriptor_get(const struct description *as, uint8_t type, uint8_t index,
		uint8_t out[DESCRIPTOR_MAX]);

/* The largest packet of the bulk endpoints. */
size_t descriptor_packet(const struct description *as);

#endif
