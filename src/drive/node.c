/* SPDX-License-Identifier: GPL-3.0-or-later */
/* node.c - the facts that sysfs has of a block device, with or without udev.
 * Owns: nothing.   Threads: any.
 *
 * What is not known stays NULL, and so does a string for which there was no memory. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "rawright/fs.h"
#include "rawright/text.h"
#include "sysfs.h"
#include "usb.h"

/* So many sectors of 512 bytes tells a CD drive without a disc (drivers/scsi/sr.c). */
#define EMPTY_CD_SECTORS 0x1fffff

void rr_node_clear(struct rr_node *node)
{
	free(node->path);
	free(node->name);
	free(node->by_id);
	free(node->bus);
	free(node->vendor);
	free(node->model);
	free(node->serial);
	free(node->wwn);
	free(node->firmware);
	free(node->backing);
	free(node->label);
	free(node->parent);
	free(node->port);
	free(node->disc);
	rr_content_clear(&node->content);
	memset(node, 0, sizeof(*node));
}

/* "QEMU" and "QEMU HARDDISK" is one QEMU. */
char *rr_node_model(const struct rr_node *node)
{
	const char *vendor = node->vendor ? node->vendor : "";
	const char *model = node->model ? node->model : "";

	if (!*vendor || (*model && strncmp(model, vendor, strlen(vendor)) == 0))
		return strdup(model);
	return rr_text_format("%s%s%s", vendor, *model ? " " : "", model);
}

/* Subsystems of the devices above a disk, the weightiest first: a drive on USB is SCSI as well. */
static const struct bus {
	const char *subsystem, *name;
} buses[] = {
	{ "mmc", "mmc" },	    { "memstick", "memstick" }, { "usb", "usb" },
	{ "firewire", "firewire" }, { "nvme", "nvme" },		{ "nvme-subsystem", "nvme" },
	{ "scsi", "scsi" },	    { "virtio", "virtio" },
};
#define BUSES (sizeof(buses) / sizeof(*buses))

static size_t bus_of_folder(const char *dir)
{
	rr_autofree char *link = rr_text_format("%s/subsystem", dir);
	char target[PATH_MAX];
	ssize_t len = link ? readlink(link, target, sizeof(target) - 1) : -1;
	size_t i = 0;

	target[len < 0 ? 0 : len] = '\0';
	while (i < BUSES && strcmp(rr_sysfs_name(target), buses[i].subsystem) != 0)
		i++;
	return i;
}

/* libata's port is a folder "ata2" without a subsystem of its own. */
static bool is_ata_port(const char *name)
{
	return strncmp(name, "ata", 3) == 0 && name[3] &&
	       strspn(name + 3, "0123456789") == strlen(name + 3);
}

static const char *find_bus(const char *disk)
{
	rr_autofree char *dir = strdup(disk);
	size_t best = BUSES;
	bool ata = false;

	while (dir && rr_sysfs_up(dir)) {
		size_t i = bus_of_folder(dir);

		best = i < best ? i : best;
		ata |= is_ata_port(rr_sysfs_name(dir));
	}
	if (best < BUSES && !(ata && strcmp(buses[best].name, "scsi") == 0))
		return buses[best].name;
	return ata ? "ata" : NULL;
}

static bool named(const char *name, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(name, prefix, len) == 0 && name[len] >= '0' && name[len] <= '9';
}

/* A multipath NVMe stands there too. */
static bool is_virtual(const char *disk, const struct rr_node *node)
{
	return strstr(disk, "/devices/virtual/") && !(node->bus && strcmp(node->bus, "nvme") == 0);
}

/* usb: the folder of the USB device that it is on; NULL: none. */
static const char *find_kind(const char *disk, const char *usb, const struct rr_node *node)
{
	const char *name = rr_sysfs_name(disk), *bus = node->bus ? node->bus : "";
	rr_autofree char *type = rr_sysfs_text(disk, "device/type");

	if (named(name, "fd"))
		return "floppy";
	if (named(name, "sr"))
		return "optical";
	if (named(name, "loop"))
		return "loop";
	if (is_virtual(disk, node))
		return "virtual";
	if (strcmp(bus, "mmc") == 0)
		return type && strcmp(type, "SD") == 0 ? "sd" : "disk";
	if (strcmp(bus, "memstick") == 0)
		return "card-reader";
	if (usb)
		return rr_usb_kind(disk, usb, node);
	return node->removable ? "removable" : "disk";
}

/* The serial number page of the drive itself, 0x80 (SPC-4, 7.8.15): 4 bytes, then the text. */
static char *scsi_serial(const char *disk)
{
	rr_autofree char *path = rr_text_format("%s/device/vpd_pg80", disk);
	rr_autofd int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	char page[4 + 255] = "", *text = page + 4;
	size_t got = 0, start;

	if (fd < 0 || rr_pread(fd, page, sizeof(page) - 1, 0, &got) != 0 || got <= 4)
		return NULL;
	start = strspn(text, " ");
	got = strlen(text);
	while (got > start && text[got - 1] == ' ')
		text[--got] = '\0';
	return got > start ? strdup(text + start) : NULL;
}

static char *first_text(const char *dir, const char *const *attr)
{
	char *text = NULL;

	for (; !text && *attr; attr++)
		text = rr_sysfs_text(dir, *attr);
	return text;
}

/* On virtio "vendor" is a number, and libata writes "ATA" where a vendor should stand. */
static char *find_vendor(const char *disk, const char *bus)
{
	if (bus &&
	    (strcmp(bus, "usb") == 0 || strcmp(bus, "scsi") == 0 || strcmp(bus, "firewire") == 0))
		return rr_sysfs_text(disk, "device/vendor");
	return NULL;
}

static void find_identity(const char *disk, const char *usb, struct rr_node *node)
{
	static const char *const model[] = { "device/model", "device/name", NULL };
	static const char *const serial[] = { "device/serial", "serial", NULL };
	static const char *const firmware[] = { "device/rev", "device/firmware_rev", "device/fwrev",
						NULL };
	static const char *const wwn[] = { "wwid", "device/wwid", NULL };

	if (is_virtual(disk, node))
		return;
	node->vendor = find_vendor(disk, node->bus);
	node->model = first_text(disk, model);
	node->serial = usb ? rr_sysfs_text(usb, "serial") : first_text(disk, serial);
	if (!node->serial && !usb)
		node->serial = scsi_serial(disk);
	node->firmware = first_text(disk, firmware);
	node->wwn = first_text(disk, wwn);
}

/* How much is in it, as far as sysfs can know. A PC floppy drive tells what was in it when it was
 * last opened (8 sectors at first): not known before it is opened, so bytes is 0, medium set. */
static void find_medium(const char *dir, struct rr_node *node)
{
	uint64_t sectors = rr_sysfs_number(dir, "size");	/* always of 512 bytes */

	if (strcmp(node->kind, "optical") == 0 && sectors == EMPTY_CD_SECTORS)
		sectors = 0;
	node->medium = sectors > 0;
	if (named(node->name, "fd")) {
		sectors = 0;
		node->medium = true;
	}
	if (__builtin_mul_overflow(sectors, 512u, &node->bytes))
		node->bytes = 0;
}

/* "cciss!c0d0" is /dev/cciss/c0d0. */
static char *dev_path(const char *dir)
{
	char *path = rr_text_format("/dev/%s", rr_sysfs_name(dir));

	for (char *p = path; p && (p = strchr(p, '!')) != NULL;)
		*p = '/';
	return path;
}

static void find_numbers(const char *dir, const char *disk, struct rr_node *node)
{
	node->block = true;
	node->read_only = rr_sysfs_number(dir, "ro") != 0;
	node->removable = rr_sysfs_number(disk, "removable") != 0;
	node->diskseq = rr_sysfs_number(disk, "diskseq");
	node->sector = (uint32_t)rr_sysfs_number(disk, "queue/logical_block_size");
	node->physical_sector = (uint32_t)rr_sysfs_number(disk, "queue/physical_block_size");
	if (!node->sector)
		node->sector = 512;	/* what Linux counts in */
	if (!node->physical_sector)
		node->physical_sector = node->sector;
	node->backing = rr_sysfs_raw(disk, "loop/backing_file");
}

int rr_node_facts(const char *dir, struct rr_node *node, struct rr_err *err)
{
	rr_autofree char *disk = rr_sysfs_disk(dir), *usb = NULL;
	const char *bus = disk ? find_bus(disk) : NULL;

	memset(node, 0, sizeof(*node));
	if (!rr_sysfs_dev(dir, &node->dev))
		return rr_fail(err, RR_GONE, 0, "%s is no longer there", rr_sysfs_name(dir));
	node->path = dev_path(dir);
	node->name = strdup(rr_sysfs_name(dir));
	node->bus = bus ? strdup(bus) : NULL;
	if (!disk || !node->path || !node->name || (bus && !node->bus)) {
		rr_node_clear(node);
		return rr_fail_memory(err);
	}
	node->partition = rr_sysfs_has(dir, "partition");
	node->parent = node->partition ? dev_path(disk) : NULL;
	find_numbers(dir, disk, node);
	usb = bus && strcmp(bus, "usb") == 0 ? rr_usb_device(disk) : NULL;
	find_identity(disk, usb, node);
	if (usb)
		rr_usb_link(usb, node);
	node->kind = find_kind(disk, usb, node);
	find_medium(dir, node);
	return 0;
}
