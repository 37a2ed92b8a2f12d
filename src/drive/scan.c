/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scan.c - which drives there are: sysfs by way of libudev, and what udev's rules found out.
 * Owns: nothing.   Threads: one at a time.
 *
 * Without a running udevd a device has no properties, and what sysfs knows must do; so nothing
 * here asks whether udev has "initialized" a device. */
#include <errno.h>
#include <libudev.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "rawright/drive.h"
#include "rawright/text.h"
#include "sysfs.h"

static void clean_udev(struct udev **udev)
{
	if (*udev)
		(void)udev_unref(*udev);	/* returns NULL */
}

static void clean_device(struct udev_device **dev)
{
	if (*dev)
		(void)udev_device_unref(*dev);	/* returns NULL */
}

static void clean_enumerate(struct udev_enumerate **e)
{
	if (*e)
		(void)udev_enumerate_unref(*e);	/* returns NULL */
}
#define auto_udev      __attribute__((cleanup(clean_udev)))
#define auto_device    __attribute__((cleanup(clean_device)))
#define auto_enumerate __attribute__((cleanup(clean_enumerate)))

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

/* The first of the properties that is there and not empty, decoded; NULL: none. */
static char *property(struct udev_device *dev, const char *const *key)
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

static bool property_is(struct udev_device *dev, const char *key, const char *value)
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

static char *find_by_id(struct udev_device *dev)
{
	static const char folder[] = "/dev/disk/by-id/";
	const char *links = udev_device_get_property_value(dev, "DEVLINKS");
	const char *model = udev_device_get_property_value(dev, "ID_MODEL");
	struct link best = { .text = NULL };

	if (!model)
		model = udev_device_get_property_value(dev, "ID_NAME");
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

	return property(dev, bus && strcmp(bus, "usb") == 0 ? usb : key);
}

static void take_identity(struct udev_device *dev, struct rr_node *node)
{
	static const char *const vendor[] = { "ID_VENDOR_ENC", "ID_VENDOR", NULL };
	static const char *const model[] = { "ID_MODEL_ENC", "ID_MODEL", "ID_NAME", NULL };
	static const char *const firmware[] = { "ID_REVISION", NULL };
	static const char *const wwn[] = { "ID_WWN_WITH_EXTENSION", "ID_WWN", NULL };

	char *known = property(dev, model);

	if (known) {			/* a bridge's vendor is not that of the disk behind it */
		free(node->vendor);
		node->vendor = NULL;
	}
	replace(&node->vendor, property(dev, vendor));
	replace(&node->model, known);
	replace(&node->serial, find_serial(dev, node->bus));
	replace(&node->firmware, property(dev, firmware));
	replace(&node->wwn, property(dev, wwn));
}

/* The bus is sysfs's: a USB bridge over a disk may have ID_BUS=ata. */
static void take_kind(struct udev_device *dev, struct rr_node *node)
{
	static const char *const interfaces[] = { "ID_USB_INTERFACES", NULL };
	rr_autofree char *usb = property(dev, interfaces);

	if (property_is(dev, "ID_CDROM", "1"))
		node->kind = "optical";
	else if (strncmp(node->kind, "usb", 3) == 0 &&
		 (property_is(dev, "ID_TYPE", "floppy") || (usb && strstr(usb, ":0804"))))
		node->kind = "floppy";
}

/* Without opening it, only udev's cdrom_id knows whether there is a disc: the kernel goes on
 * telling the size of the last one. */
static void take_medium(struct udev_device *dev, struct rr_node *node)
{
	if (!property_is(dev, "ID_CDROM", "1") || property_is(dev, "ID_CDROM_MEDIA", "1"))
		return;
	node->medium = false;
	node->bytes = 0;
}

static char *find_label(struct udev_device *dev)
{
	static const char *const key[] = { "ID_FS_LABEL_ENC", "ID_FS_LABEL", NULL };

	return property(dev, key);
}

struct label_of {
	struct udev *udev;
	uint64_t first;		/* the lowest partition number with a label so far */
	char *label;
};

static int visit_label(void *ctx, const char *dir)
{
	struct label_of *of = ctx;
	auto_device struct udev_device *dev = udev_device_new_from_syspath(of->udev, dir);
	char *label = dev ? find_label(dev) : NULL;
	uint64_t number = rr_sysfs_number(dir, "partition");

	if (!label)
		return 0;
	if (of->label && of->first < number) {
		free(label);
		return 0;
	}
	replace(&of->label, label);
	of->first = number;
	return 0;
}

/* The device's own label, else that of its first partition with one. */
static char *label_of_device(struct udev *udev, struct udev_device *dev, const char *dir)
{
	struct label_of of = { .udev = udev, .label = find_label(dev) };

	if (!of.label)
		(void)rr_sysfs_each_partition(dir, visit_label, &of); /* visit_label never stops */
	return of.label;
}

/* All that is known of the block device at dir. */
static int node_fill(struct udev *udev, const char *dir, struct rr_node *node, struct rr_err *err)
{
	auto_device struct udev_device *dev = NULL, *disk_dev = NULL;
	rr_autofree char *disk = rr_sysfs_disk(dir);

	if (rr_node_facts(dir, node, err) < 0)
		return -1;
	dev = udev_device_new_from_syspath(udev, dir);
	disk_dev = disk ? udev_device_new_from_syspath(udev, disk) : NULL;
	if (!dev || !disk_dev)
		return 0;		/* what sysfs said must do */
	take_identity(disk_dev, node);
	take_kind(disk_dev, node);
	take_medium(disk_dev, node);
	node->by_id = find_by_id(dev);
	node->label = label_of_device(udev, dev, dir);
	return 0;
}

static int digits_compare(const char **a, const char **b)
{
	size_t na, nb;

	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	na = strspn(*a, "0123456789");
	nb = strspn(*b, "0123456789");
	if (na != nb)
		return na < nb ? -1 : 1;
	*a += na;
	*b += nb;
	return strncmp(*a - na, *b - nb, na);
}

/* sda, sdb, sdaa: of two names of one driver (the first two letters) the shorter is the older. */
static int letters_compare(const char **a, const char **b)
{
	size_t na = strcspn(*a, "0123456789"), nb = strcspn(*b, "0123456789");

	if (na != nb && na > 2 && nb > 2 && strncmp(*a, *b, 2) == 0)
		return na < nb ? -1 : 1;
	if (na != nb || strncmp(*a, *b, na) != 0)
		return strncmp(*a, *b, na > nb ? na : nb);
	*a += na;
	*b += nb;
	return 0;
}

static int by_name(const void *x, const void *y)
{
	const char *a = ((const struct rr_node *)x)->name, *b = ((const struct rr_node *)y)->name;
	int order = 0;

	while (!order && (*a || *b)) {
		order = letters_compare(&a, &b);
		if (!order)
			order = digits_compare(&a, &b);
	}
	return order;
}

void rr_node_list_clear(struct rr_node_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		rr_node_clear(&list->node[i]);
	free(list->node);
	memset(list, 0, sizeof(*list));
}

static int list_add(struct rr_node_list *list, const struct rr_node *node)
{
	struct rr_node *grown = reallocarray(list->node, list->n + 1, sizeof(*grown));

	if (!grown)
		return -1;
	list->node = grown;
	list->node[list->n++] = *node;
	return 0;
}

/* Partitions are their disk's business; a hidden disk (a path of a multipath NVMe) has no node. */
static int scan_one(struct udev *udev, const char *dir, struct rr_node_list *list,
		    struct rr_err *err)
{
	struct rr_err why;
	struct rr_node node;

	if (rr_sysfs_has(dir, "partition") || rr_sysfs_number(dir, "hidden"))
		return 0;
	if (node_fill(udev, dir, &node, &why) < 0) {
		if (why.kind == RR_GONE)	/* between the list and the look */
			return 0;
		if (err)
			*err = why;
		return -1;
	}
	if (list_add(list, &node) < 0) {
		rr_node_clear(&node);
		return rr_fail_memory(err);
	}
	return 0;
}

int rr_drive_scan(struct rr_node_list *list, struct rr_err *err)
{
	auto_udev struct udev *udev = udev_new();
	auto_enumerate struct udev_enumerate *found = udev ? udev_enumerate_new(udev) : NULL;
	struct udev_list_entry *e;
	int os;

	memset(list, 0, sizeof(*list));
	if (!found)
		return rr_fail_memory(err);
	os = udev_enumerate_add_match_subsystem(found, "block");
	if (os >= 0)
		os = udev_enumerate_scan_devices(found);
	if (os < 0)
		return rr_fail(err, RR_SYSTEM, -os, "cannot list the drives: is /sys mounted?");
	udev_list_entry_foreach(e, udev_enumerate_get_list_entry(found)) {
		if (scan_one(udev, udev_list_entry_get_name(e), list, err) < 0) {
			rr_node_list_clear(list);
			return -1;
		}
	}
	if (list->n)
		qsort(list->node, list->n, sizeof(*list->node), by_name);
	return 0;
}

static int probe_file(const char *path, const struct stat *st, struct rr_node *node,
		      struct rr_err *err)
{
	memset(node, 0, sizeof(*node));
	node->path = strdup(path);
	node->name = strdup(rr_sysfs_name(path));
	if (!node->path || !node->name) {
		rr_node_clear(node);
		return rr_fail_memory(err);
	}
	node->kind = "file";
	node->bytes = (uint64_t)st->st_size;
	node->sector = node->physical_sector = 512;
	node->medium = true;
	return 0;
}

static int probe_block(const char *path, dev_t dev, struct rr_node *node, struct rr_err *err)
{
	auto_udev struct udev *udev = udev_new();
	rr_autofree char *dir = rr_sysfs_dir(RR_SYSFS, dev);
	char *named = strdup(path);

	if (!udev || !named) {
		free(named);
		return rr_fail_memory(err);
	}
	if (!dir || node_fill(udev, dir, node, err) < 0) {
		free(named);
		return dir ? -1 :
			     rr_fail(err, RR_GONE, 0,
				     "there is no drive behind %s: is it plugged in, "
				     "and is /sys mounted?",
				     path);
	}
	free(node->path);
	node->path = named;
	return 0;
}

int rr_drive_probe(const char *path, struct rr_node *node, struct rr_err *err)
{
	struct stat st;

	memset(node, 0, sizeof(*node));
	if (stat(path, &st) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot find %s", path);
	if (S_ISBLK(st.st_mode))
		return probe_block(path, st.st_rdev, node, err);
	if (S_ISREG(st.st_mode))
		return probe_file(path, &st, node, err);
	return rr_fail(err, RR_USAGE, 0,
		       "%s is a %s: name a drive (\"rawright list --all\" shows them) or a "
		       "plain file",
		       path,
		       S_ISDIR(st.st_mode)  ? "folder" :
		       S_ISCHR(st.st_mode)  ? "character device" :
		       S_ISFIFO(st.st_mode) ? "pipe" :
					      "socket");
}
