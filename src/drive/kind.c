/* SPDX-License-Identifier: GPL-3.0-or-later */
/* kind.c - the kinds of drives: what they are called, which are shown, which are fixed.
 * Owns: nothing.   Threads: any. */
#include <string.h>
#include <sys/stat.h>

#include "rawright/drive.h"

static const struct rr_kind_info kinds[] = {
	{ "floppy", "floppy", true, false },
	{ "usb-stick", "USB stick", true, false },
	{ "usb-disk", "USB disk", true, false },
	{ "card-reader", "card reader", true, false },
	{ "sd", "SD card", true, false },
	{ "removable", "removable", true, false },
	{ "optical", "optical", true, false },
	{ "loop", "loop", false, false },
	{ "disk", "fixed disk", false, true },
	{ "virtual", "virtual", false, true },
	{ "file", "file", false, false },
	{ "stream", "stream", false, false },
};
#define KINDS (sizeof(kinds) / sizeof(*kinds))

const struct rr_kind_info *rr_kind_at(size_t i)
{
	return i < KINDS ? &kinds[i] : NULL;
}

const struct rr_kind_info *rr_kind_find(const char *name)
{
	for (size_t i = 0; name && i < KINDS; i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

/* Over a device, a loop device is as fixed as that may be; files stand in /dev too (/dev/shm). */
static bool is_over_device(const struct rr_node *node)
{
	struct stat st;

	return node->backing && strncmp(node->backing, "/dev/", 5) == 0 &&
	       (stat(node->backing, &st) < 0 || S_ISBLK(st.st_mode));
}

bool rr_node_is_fixed(const struct rr_node *node)
{
	const struct rr_kind_info *kind = rr_kind_find(node->kind);

	if (kind && strcmp(kind->name, "loop") == 0)
		return is_over_device(node);
	return !node->removable && (!kind || kind->fixed);
}
