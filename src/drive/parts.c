/* SPDX-License-Identifier: GPL-3.0-or-later */
/* parts.c - what is on a medium, as udev's blkid saw it when the medium came.
 * Owns: nothing.   Threads: one at a time.
 *
 * What is not known stays NULL, and so does a string for which there was no memory. */
#include <stdio.h>
#include <string.h>

#include "rawright/text.h"
#include "sysfs.h"
#include "udev.h"

#define SECTOR 512	/* what sysfs counts in, whatever the drive does */

static uint64_t in_bytes(uint64_t sectors)
{
	uint64_t bytes;

	return __builtin_mul_overflow(sectors, SECTOR, &bytes) ? 0 : bytes;
}

/* udev writes the types of an MBR as "0xc". */
static char *find_type(struct udev_device *dev)
{
	static const char *const key[] = { "ID_PART_ENTRY_TYPE", NULL };
	char *type = rr_props_text(dev, key), *wide;

	if (!type || strncmp(type, "0x", 2) != 0 || strlen(type) != 3)
		return type;
	wide = rr_text_format("0x0%c", type[2]);
	free(type);
	return wide;
}

static void take_file_system(struct udev_device *dev, struct rr_part *part)
{
	static const char *const type[] = { "ID_FS_TYPE", NULL };
	static const char *const label[] = { "ID_FS_LABEL_ENC", "ID_FS_LABEL", NULL };
	static const char *const uuid[] = { "ID_FS_UUID_ENC", "ID_FS_UUID", NULL };

	part->fs = rr_props_text(dev, type);
	part->label = rr_props_text(dev, label);
	part->uuid = rr_props_text(dev, uuid);
}

static bool has(struct udev_device *dev, const char *key)
{
	const char *value = udev_device_get_property_value(dev, key);

	return value && *value;
}

/* Something stands on the device itself, with or without a partition table beside it. */
static void take_whole(struct udev_device *dev, struct rr_node *node)
{
	struct rr_part *part;

	if (!has(dev, "ID_FS_TYPE") && !has(dev, "ID_FS_LABEL") && !has(dev, "ID_FS_LABEL_ENC"))
		return;
	part = rr_content_add(&node->content);
	if (!part)
		return;
	part->len = node->bytes;
	take_file_system(dev, part);
}

struct parts {
	struct udev *udev;
	struct rr_content *content;
};

/* A partition that udev does not know (yet) has its place all the same. */
static int visit_partition(void *ctx, const char *dir)
{
	static const char *const name[] = { "ID_PART_ENTRY_NAME", NULL };
	struct parts *p = ctx;
	rr_autodevice struct udev_device *dev = udev_device_new_from_syspath(p->udev, dir);
	struct rr_part *part = rr_content_add(p->content);

	if (!part)
		return -1;
	part->number = (unsigned)rr_sysfs_number(dir, "partition");
	part->off = in_bytes(rr_sysfs_number(dir, "start"));
	part->len = in_bytes(rr_sysfs_number(dir, "size"));
	if (!dev)
		return 0;
	part->type = find_type(dev);
	part->name = rr_props_text(dev, name);
	take_file_system(dev, part);
	return 0;
}

static int by_number(const void *x, const void *y)
{
	const struct rr_part *a = x, *b = y;

	return (a->number > b->number) - (a->number < b->number);
}

/* Did udev's blkid look? Where it found something, it did. Where it found nothing, only the rest of
 * what udev leaves tells that it was there; and some drives its rules pass by
 * (60-persistent-storage.rules). */
static bool was_looked_at(struct udev_device *dev, const struct rr_node *node)
{
	static const char *const passed_by[] = { "fd", "ram", "zram", "dm-", "md" };

	if (has(dev, "ID_FS_TYPE") || has(dev, "ID_PART_TABLE_TYPE"))
		return true;
	for (size_t i = 0; i < sizeof(passed_by) / sizeof(*passed_by); i++)
		if (strncmp(node->name, passed_by[i], strlen(passed_by[i])) == 0)
			return false;
	if (strcmp(node->kind, "optical") == 0)
		return rr_props_is(dev, "ID_CDROM_MEDIA_STATE", "blank");
	return has(dev, "DEVLINKS") || has(dev, "TAGS") || has(dev, "USEC_INITIALIZED");
}

void rr_parts_take(struct udev_device *dev, struct rr_node *node)
{
	static const char *const table[] = { "ID_PART_TABLE_TYPE", NULL };
	static const char *const uuid[] = { "ID_PART_TABLE_UUID", NULL };
	struct rr_content *content = &node->content;
	struct parts parts = { .udev = udev_device_get_udev(dev), .content = content };

	if (!node->medium)
		return;
	content->known = was_looked_at(dev, node);
	take_whole(dev, node);
	if (node->partition)		/* its table is its disk's */
		return;
	content->table = rr_props_text(dev, table);
	content->table_uuid = rr_props_text(dev, uuid);
	/* Without memory they are fewer. */
	(void)rr_sysfs_each_partition(udev_device_get_syspath(dev), visit_partition, &parts);
	if (content->n)
		qsort(content->part, content->n, sizeof(*content->part), by_number);
}
