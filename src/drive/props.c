/* SPDX-License-Identifier: GPL-3.0-or-later */
/* props.c - what udev's rules found out of a drive: its names, its identity, its disc.
 * Owns: nothing.   Threads: one at a time. */
#include <stdio.h>
#include <string.h>

#include "rawright/text.h"
#include "sysfs.h"
#include "udev.h"

static int hex_digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 :
				      -1;
}

/* Undoes udev's \xNN in place, and takes off the spaces that pad the fields of INQUIRY. */
static void decode(char *s)
{
	char *to = s;
	size_t pad;

	for (const char *p = s; *p; p++) {
		int high = p[0] == '\\' && p[1] == 'x' ? hex_digit(p[2]) : -1;
		int low = high < 0 ? -1 : hex_digit(p[3]);

		*to++ = low < 0 ? *p : (char)(high << 4 | low);
		if (low >= 0)
			p += 3;
	}
	*to = '\0';
	pad = strspn(s, " ");
	memmove(s, s + pad, strlen(s + pad) + 1);
	for (size_t len = strlen(s); len && s[len - 1] == ' '; len--)
		s[len - 1] = '\0';
}

char *rr_props_text(struct udev_device *dev, const char *const *key)
{
	for (; *key; key++) {
		const char *value = udev_device_get_property_value(dev, *key);
		char *text = value ? strdup(value) : NULL;

		if (text)
			decode(text);
		if (text && *text)
			return text;
		free(text);
	}
	return NULL;
}

/* What udev knows is better than what was there, unless it knows nothing. */
static void replace(char **text, char *better)
{
	if (!better)
		return;
	free(*text);
	*text = better;
}

bool rr_props_is(struct udev_device *dev, const char *key, const char *value)
{
	const char *is = udev_device_get_property_value(dev, key);

	return is && strcmp(is, value) == 0;
}

/* A link to the device, inside a list of them. */
struct link {
	const char *text;
	size_t len;
	bool model;		/* names the model */
};

static bool better_link(const struct link *link, const struct link *than)
{
	if (!than->text || link->model != than->model)
		return !than->text || link->model;
	if (link->len != than->len)
		return link->len < than->len;
	return memcmp(link->text, than->text, link->len) < 0;
}

/* As the model stands in links: udev's rules write a blank as an underscore. */
static char *model_in_links(struct udev_device *dev)
{
	static const char *const key[] = { "ID_MODEL", "ID_NAME", NULL };
	char *model = rr_props_text(dev, key);

	for (char *p = model; p && (p = strchr(p, ' ')) != NULL;)
		*p = '_';
	return model;
}

static char *find_by_id(struct udev_device *dev)
{
	static const char folder[] = "/dev/disk/by-id/";
	const char *links = udev_device_get_property_value(dev, "DEVLINKS");
	rr_autofree char *model = model_in_links(dev);
	struct link best = { .text = NULL };

	for (const char *p = links; p && *p; p += strspn(p, " ")) {
		struct link link = { .text = p, .len = strcspn(p, " ") };

		link.model = model && memmem(p, link.len, model, strlen(model));
		if (strncmp(p, folder, sizeof(folder) - 1) == 0 && better_link(&link, &best))
			best = link;
		p += link.len;
	}
	return best.text ? strndup(best.text, best.len) : NULL;
}

/* ID_SCSI_SERIAL: the unit's own, where ID_SERIAL is made of its WWN. On USB without a serial
 * ID_SERIAL is only vendor and model. */
static char *find_serial(struct udev_device *dev, const char *bus)
{
	static const char *const key[] = { "ID_SCSI_SERIAL", "ID_SERIAL_SHORT", "ID_SERIAL", NULL };
	static const char *const usb[] = { "ID_SERIAL_SHORT", NULL };

	return rr_props_text(dev, bus && strcmp(bus, "usb") == 0 ? usb : key);
}

static void take_identity(struct udev_device *dev, struct rr_node *node)
{
	static const char *const vendor[] = { "ID_VENDOR_ENC", "ID_VENDOR", NULL };
	static const char *const model[] = { "ID_MODEL_ENC", "ID_MODEL", "ID_NAME", NULL };
	static const char *const firmware[] = { "ID_REVISION", NULL };
	static const char *const wwn[] = { "ID_WWN_WITH_EXTENSION", "ID_WWN", NULL };

	char *known = rr_props_text(dev, model);

	if (known) {			/* a bridge's vendor is not that of the disk behind it */
		free(node->vendor);
		node->vendor = NULL;
	}
	replace(&node->vendor, rr_props_text(dev, vendor));
	replace(&node->model, known);
	replace(&node->serial, find_serial(dev, node->bus));
	replace(&node->firmware, rr_props_text(dev, firmware));
	replace(&node->wwn, rr_props_text(dev, wwn));
}

/* Drives with media of their own, by the names that udisks gives them, or by their own. */
static bool is_removable_disk(struct udev_device *dev)
{
	static const char *const key[] = { "ID_DRIVE_FLOPPY_ZIP", "ID_DRIVE_FLOPPY_JAZ",
					   "ID_DRIVE_MO" };

	for (size_t i = 0; i < sizeof(key) / sizeof(*key); i++)
		if (rr_props_is(dev, key[i], "1"))
			return true;
	return false;
}

/* ID_DRIVE_FLASH_SD, _CF, _MS ...: a slot for such cards. */
static bool is_card_slot(struct udev_device *dev)
{
	static const char prefix[] = "ID_DRIVE_FLASH";
	struct udev_list_entry *e;

	udev_list_entry_foreach(e, udev_device_get_properties_list_entry(dev)) {
		const char *value = udev_list_entry_get_value(e);

		if (strncmp(udev_list_entry_get_name(e), prefix, sizeof(prefix) - 1) == 0 &&
		    value && strcmp(value, "1") == 0)
			return true;
	}
	return false;
}

static bool is_floppy(struct udev_device *dev)
{
	static const char *const interfaces[] = { "ID_USB_INTERFACES", NULL };
	rr_autofree char *usb = rr_props_text(dev, interfaces);

	return rr_props_is(dev, "ID_TYPE", "floppy") || rr_props_is(dev, "ID_DRIVE_FLOPPY", "1") ||
	       (usb && strstr(usb, ":0804"));
}

/* The bus is sysfs's: a USB bridge over a disk may have ID_BUS=ata. */
static void take_kind(struct udev_device *dev, struct rr_node *node)
{
	bool usb = node->bus && strcmp(node->bus, "usb") == 0;

	if (rr_props_is(dev, "ID_CDROM", "1"))
		node->kind = "optical";
	else if (is_removable_disk(dev))
		node->kind = "removable";
	else if (!usb || strcmp(node->kind, "optical") == 0)
		return;
	else if (is_floppy(dev))
		node->kind = "floppy";
	else if (rr_props_is(dev, "ID_DRIVE_THUMB", "1"))
		node->kind = "usb-stick";
	else if (is_card_slot(dev))
		node->kind = "card-reader";
}

/* Which disc: the first of cdrom_id's words that holds is the most exact one. */
static const char *disc_name(struct udev_device *dev)
{
	static const struct {
		const char *key, *name;
	} discs[] = {
		{ "CD_RW", "CD-RW" },
		{ "CD_R", "CD-R" },
		{ "CD", "CD" },
		{ "DVD_RAM", "DVD-RAM" },
		{ "DVD_PLUS_RW_DL", "DVD+RW DL" },
		{ "DVD_PLUS_RW", "DVD+RW" },
		{ "DVD_PLUS_R_DL", "DVD+R DL" },
		{ "DVD_PLUS_R", "DVD+R" },
		{ "DVD_RW", "DVD-RW" },
		{ "DVD_R", "DVD-R" },
		{ "DVD", "DVD" },
		{ "BD_RE", "BD-RE" },
		{ "BD_R", "BD-R" },
		{ "BD", "BD" },
		{ "MO", "MO disk" },
	};

	for (size_t i = 0; i < sizeof(discs) / sizeof(*discs); i++) {
		char key[64];

		(void)snprintf(key, sizeof(key), "ID_CDROM_MEDIA_%s", discs[i].key);
		if (rr_props_is(dev, key, "1"))
			return discs[i].name;
	}
	return "disc";
}

static char *disc_text(struct udev_device *dev)
{
	static const char *const audio[] = { "ID_CDROM_MEDIA_TRACK_COUNT_AUDIO", NULL };
	rr_autofree char *tracks = rr_props_text(dev, audio);
	const char *name = disc_name(dev);

	if (rr_props_is(dev, "ID_CDROM_MEDIA_STATE", "blank"))
		return rr_text_format("%s, blank", name);
	if (tracks)
		return rr_text_format("%s, %s audio track%s", name, tracks,
				      strcmp(tracks, "1") == 0 ? "" : "s");
	return strdup(name);
}

/* Without opening it, only udev's cdrom_id knows whether there is a disc: the kernel goes on
 * telling the size of the last one. */
static void take_disc(struct udev_device *dev, struct rr_node *node)
{
	if (!rr_props_is(dev, "ID_CDROM", "1"))
		return;
	if (rr_props_is(dev, "ID_CDROM_MEDIA", "1")) {
		node->disc = disc_text(dev);
		return;
	}
	node->medium = false;
	node->bytes = 0;
}

/* Of what has no place on USB, udev's path says where it is. */
static void take_port(struct udev_device *dev, struct rr_node *node)
{
	static const char *const path[] = { "ID_PATH", NULL };

	if (!node->port)
		node->port = rr_props_text(dev, path);
}

void rr_props_take(struct udev_device *dev, struct udev_device *whole, struct rr_node *node)
{
	take_identity(whole, node);
	take_kind(whole, node);
	take_disc(whole, node);
	take_port(whole, node);
	node->by_id = find_by_id(dev);
}
