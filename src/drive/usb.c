/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usb.c - what a mass storage device on USB is to a person, and how it is linked.
 * Owns: nothing.   Threads: any.
 *
 * There is no field that tells a stick from a disk or from a slot for cards. What can be gone by:
 * the removable bit of INQUIRY (sticks and slots set it, disks do not), a medium that is not there,
 * several units behind one interface, the transport, and how the makers call the thing. Whether it
 * rotates is no sign: bridges say anything. A reader of one slot that has a card in it and a name
 * that says nothing passes for a stick. */
#include <stdio.h>
#include <string.h>

#include "rawright/text.h"
#include "sysfs.h"
#include "usb.h"

/* Words of vendors and models, in any letter case. */
static const char *const reader_words[] = {
	"reader",	"card",		 "sd/mmc",	 "sd mmc",     "microsd",
	"micro sd",	"sdxc",		 "sdhc",	 "sddr-",      "compactflash",
	"compact flash", "smartmedia",	 "smart media",	 "sm/xd",      "ms/ms",
	"ms/sd",	"m.s.",		 "flash hs-",	 "usb 2 hs-",  "usb3.0 crw",
	"usb2.0-crw",	"massstorageclass", "imagemate", "ts-rdf",     "generic storage device",
	NULL,
};
static const char *const removable_words[] = {
	"iomega zip", "zip 100", "zip 250", "zip 750", "iomega jaz", "ls-120",
	"ls-240",     "rdx",	 NULL,
};
static const char *const stick_words[] = {
	"flash drive", "flash disk", "flashdisk", "datatraveler", "data traveler", "jumpdrive",
	"cruzer",      "ultra fit",  "thumb",	  NULL,
};

static bool has_word(const char *text, const char *const *word)
{
	for (; *word; word++)
		if (strcasestr(text, *word))
			return true;
	return false;
}

char *rr_usb_device(const char *disk)
{
	return rr_sysfs_above(disk, "idVendor");
}

/* How it is called: what INQUIRY says, and what the USB device says of itself. */
static char *find_names(const char *device, const struct rr_node *node)
{
	rr_autofree char *product = rr_sysfs_text(device, "product");

	return rr_text_format("%s %s %s", node->vendor ? node->vendor : "",
			      node->model ? node->model : "", product ? product : "");
}

static bool is(const char *interface, const char *attr, const char *value)
{
	rr_autofree char *text = rr_sysfs_text(interface, attr);

	return text && strcmp(text, value) == 0;
}

/* A logical unit that is a disk: SCSI peripheral type 0 (SPC-4, 6.6.2). A stick that also plays a
 * CD drive has one of these. */
static int count_unit(void *ctx, const char *dir)
{
	size_t *n = ctx;
	rr_autofree char *type = rr_sysfs_text(dir, "type");

	*n += type && strcmp(type, "0") == 0 && rr_sysfs_has(dir, "block");
	return 0;
}

/* How many disks stand behind the interface: .../target6:0:0/6:0:0:1/block/sdc. */
static size_t count_units(const char *disk)
{
	rr_autofree char *target = strdup(disk);
	size_t n = 0;

	if (target && rr_sysfs_up(target) && rr_sysfs_up(target) && rr_sysfs_up(target))
		(void)rr_sysfs_each(target, ".", count_unit, &n); /* count_unit never stops */
	return n;
}

/* Class 8, subclass 4: UFI, floppy drives; protocol 0x62: USB Attached SCSI (USB Mass Storage Class
 * Overview 1.4, clauses 2 and 3). */
const char *rr_usb_kind(const char *disk, const char *device, const struct rr_node *node)
{
	rr_autofree char *above = rr_sysfs_above(disk, "bInterfaceSubClass");
	rr_autofree char *found = find_names(device, node);
	const char *interface = above ? above : "", *names = found ? found : "";

	if (is(interface, "bInterfaceClass", "08") && is(interface, "bInterfaceSubClass", "04"))
		return "floppy";
	if (!rr_sysfs_number(disk, "removable"))
		return has_word(names, stick_words) && !is(interface, "bInterfaceProtocol", "62") ?
			       "usb-stick" :
			       "usb-disk";
	if (has_word(names, removable_words))
		return "removable";
	if (has_word(names, stick_words))
		return "usb-stick";
	if (has_word(names, reader_words) || !rr_sysfs_number(disk, "size") ||
	    count_units(disk) > 1)
		return "card-reader";
	return "usb-stick";
}

/* 2-1.3: bus 2, port 1, and port 3 of the hub there. The speed of old drives is 1.5 or 12. */
void rr_usb_link(const char *device, struct rr_node *node)
{
	node->port = rr_text_format("usb %s", rr_sysfs_name(device));
	node->speed = (uint32_t)rr_sysfs_number(device, "speed");
}
