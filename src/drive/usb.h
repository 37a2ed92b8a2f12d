/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usb.h - what a mass storage device on USB is, and how it is linked; for src/drive. */
#ifndef RR_DRIVE_USB_H
#define RR_DRIVE_USB_H

#include "rawright/drive.h"

/* The folder of the USB device above the disk at this folder of sysfs; NULL when there is none. The
 * caller frees it. */
RR_MUST char *rr_usb_device(const char *disk);
/* Which of "floppy", "usb-stick", "usb-disk", "card-reader" and "removable" the disk is; vendor and
 * model are in node, as far as they are known. */
const char *rr_usb_kind(const char *disk, const char *device, const struct rr_node *node);
/* Fills port and speed. */
void rr_usb_link(const char *device, struct rr_node *node);

#endif
