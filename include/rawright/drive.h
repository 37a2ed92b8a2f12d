/* SPDX-License-Identifier: GPL-3.0-or-later */
/* drive.h - what hardware there is, as facts; what uses it; how it is opened and held. */
#ifndef RR_DRIVE_H
#define RR_DRIVE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "rawright/clean.h"
#include "rawright/err.h"
#include "rawright/io.h"

/* Facts about one block device or plain file; no library's type. Strings are owned, NULL when not
 * known, and as foreign as the hardware made them. */
struct rr_node {
	char *path;		/* as the person named it, or /dev/NAME */
	char *name;		/* the kernel's: "sdb"; of a file its last part */
	char *by_id;		/* /dev/disk/by-id/..., the shortest that names the model */
	const char *kind;	/* "floppy" "usb" "sd" "optical" "loop" "disk" "virtual" "file" */
	char *bus;		/* "usb" "ata" "scsi" "mmc" "nvme" "virtio" ... */
	char *vendor, *model, *serial, *wwn, *firmware;
	char *backing;		/* of a loop device: its file */
	char *label;		/* of a file system on it, as udev knows it */
	char *parent;		/* of a partition: the whole disk's path */
	dev_t dev;		/* 0 for a file */
	uint64_t bytes;		/* of the medium; 0 without one; 0 with medium set: not known
				 * before the drive is opened (the PC's own floppy drive) */
	uint64_t diskseq;	/* disk sequence number (kernel 5.15), 0 when not known */
	uint32_t sector, physical_sector;	/* bytes */
	bool block;		/* a block device, not a file */
	bool partition;
	bool removable;
	bool read_only;		/* the kernel's flag */
	bool medium;		/* something is in it */
};
void rr_node_clear(struct rr_node *node);	/* frees the strings, zeroes all */

/* drive/scan.c. All block devices but partitions, in natural order of their names, by one pass of
 * libudev; works without a running udevd, with what sysfs then knows. */
struct rr_node_list {
	struct rr_node *node;
	size_t n;
};
RR_MUST int rr_drive_scan(struct rr_node_list *list, struct rr_err *err);
void rr_node_list_clear(struct rr_node_list *list);
/* One device or plain file, by any path to it. Nothing there: RR_SYSTEM, ENOENT. Neither block
 * device nor plain file (folder, character device, pipe): RR_USAGE. Opens nothing. */
RR_MUST int rr_drive_probe(const char *path, struct rr_node *node, struct rr_err *err);

/* drive/guard.c. What uses the device or any part of it now. */
struct rr_use {
	bool mounted_rw;	/* a file system on it can be written */
	bool mounted_ro;
	bool swap;
	char *where;		/* the first mount point, "swap", or the holder's name; owned */
	char *stack;		/* dm, md, ... built on it: "dm-0"; owned */
};
RR_MUST int rr_guard_use(const struct rr_node *node, struct rr_use *use, struct rr_err *err);
void rr_use_clear(struct rr_use *use);
/* Who has the device open, found in /proc, only to name it: "mkfs.ext4 (1234)"; NULL: not found.
 * The caller frees it. */
RR_MUST char *rr_guard_holder(const struct rr_node *node);

/* drive/hold.c. The read-only flags of a source (BLKROSET, linux/fs.h) while it is read: of the
 * device and, when it is a whole disk, of its partitions. A flag of the kernel's, no write blocker:
 * descriptors opened for writing before are stopped too, SG_IO is not. */
struct rr_hold_flag {
	char *path;
	dev_t dev;
	bool before;		/* what it was, and will be again */
};
struct rr_hold {
	struct rr_hold_flag *flag;
	size_t n;
	atomic_bool set;	/* are they set now by us? */
	atomic_uint cleared;	/* how often one was found cleared and set again */
	char why_not[256];	/* not set: the reason; empty otherwise */
};
/* Which flags there are and how they stand; sets none. A file has none. */
RR_MUST int rr_hold_find(const struct rr_node *node, struct rr_hold *hold, struct rr_err *err);
/* Sets them. Not allowed (no root): why_not is filled and that is no error. */
void rr_hold_set(struct rr_hold *hold);
/* Sets again what is found cleared, and counts. Any thread. */
void rr_hold_check(struct rr_hold *hold);
/* Puts all back as before, when they are set. Any thread; twice does no harm. */
void rr_hold_release(struct rr_hold *hold);
/* Puts one back, by path, if it is still that device. Used by whoever outlives the holder. */
void rr_hold_put_back(const char *path, dev_t dev, bool before);
void rr_hold_clear(struct rr_hold *hold);	/* frees; releases nothing */

/* drive/disk.c and drive/file.c. Opens what node names for reading: O_RDONLY | O_EXCL for a block
 * device (in use and not allowed: RR_REFUSED, naming mount point or holder; mounted read-only is
 * opened without O_EXCL), direct where it can be. Device number, disk sequence number and size
 * (sysfs against BLKGETSIZE64) are compared after opening; different: RR_GONE. No medium: RR_GONE.
 * hold may be NULL; it must outlive the source. *exclusive says whether O_EXCL was got. */
struct rr_open_conf {
	bool allow_mounted;
	struct rr_hold *hold;
};
RR_MUST int rr_drive_open(const struct rr_node *node, const struct rr_open_conf *conf,
			  struct rr_source **out, bool *exclusive, struct rr_err *err);

#endif
