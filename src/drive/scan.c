/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scan.c - which drives there are: sysfs by way of libudev, and what udev's rules found out.
 * Owns: nothing.   Threads: one at a time.
 *
 * Without a running udevd a device has no properties, and what sysfs knows must do; so nothing
 * here asks whether udev has "initialized" a device. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "rawright/drive.h"
#include "rawright/text.h"
#include "sysfs.h"
#include "udev.h"

/* The whole disk of dev, which is at dir: itself, or what it is a part of. NULL: it went away. */
static struct udev_device *whole_of(struct udev *udev, struct udev_device *dev, const char *dir)
{
	rr_autofree char *disk = rr_sysfs_disk(dir);

	if (disk && strcmp(disk, dir) != 0)
		return udev_device_new_from_syspath(udev, disk);
	return udev_device_ref(dev);
}

/* All that is known of the block device at dir. */
static int node_fill(struct udev *udev, const char *dir, struct rr_node *node, struct rr_err *err)
{
	rr_autodevice struct udev_device *dev = NULL, *whole = NULL;
	const char *label;

	if (rr_node_facts(dir, node, err) < 0)
		return -1;
	dev = udev_device_new_from_syspath(udev, dir);
	whole = dev ? whole_of(udev, dev, dir) : NULL;
	if (!whole)
		return 0;		/* what sysfs said must do */
	rr_props_take(dev, whole, node);
	rr_parts_take(dev, node);
	label = rr_content_label(&node->content);
	node->label = label ? strdup(label) : NULL;
	return 0;
}

static int by_name(const void *x, const void *y)
{
	return rr_names_compare(((const struct rr_node *)x)->name,
				((const struct rr_node *)y)->name);
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

/* An eMMC's boot partitions are disks of their own to the kernel (drivers/mmc/core/block.c), and
 * nothing that anybody images or writes by chance. */
static bool is_mmc_boot(const char *name)
{
	return strncmp(name, "mmcblk", 6) == 0 && (strstr(name, "boot") || strstr(name, "rpmb"));
}

/* Partitions are their disk's business; a hidden disk (a path of a multipath NVMe) has no node. */
static int scan_one(struct udev *udev, const char *dir, struct rr_node_list *list,
		    struct rr_err *err)
{
	struct rr_err why;
	struct rr_node node;

	if (rr_sysfs_has(dir, "partition") || rr_sysfs_number(dir, "hidden") ||
	    is_mmc_boot(rr_sysfs_name(dir)))
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
	rr_autoudev struct udev *udev = udev_new();
	rr_autoenumerate struct udev_enumerate *found = udev ? udev_enumerate_new(udev) : NULL;
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
	rr_autoudev struct udev *udev = udev_new();
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
