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
#include "rawright/content.h"
#include "rawright/disc.h"
#include "rawright/err.h"
#include "rawright/io.h"

/* Facts about one block device or plain file; no library's type. Strings are owned, NULL when not
 * known, and as foreign as the hardware made them. */
struct rr_node {
	char *path;		/* as the person named it, or /dev/NAME */
	char *name;		/* the kernel's: "sdb"; of a file its last part */
	char *by_id;		/* /dev/disk/by-id/..., the shortest that names the model */
	const char *kind;	/* a name of rr_kind_find() */
	char *bus;		/* "usb" "ata" "scsi" "mmc" "nvme" "virtio" ... */
	char *port;		/* where on its bus: "usb 2-1.3"; of others udev's path */
	uint32_t speed;		/* of the USB link, Mbit/s; 0: not known */
	char *vendor, *model, *serial, *wwn, *firmware;
	char *backing;		/* of a loop device: its file */
	char *disc;		/* in an optical drive, as udev knows it: "DVD-R, blank" */
	char *label;		/* of the first file system on it that has one */
	struct rr_content content;	/* as udev knows it; nothing is opened for it */
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
/* Vendor and model, neither twice, as foreign as they are; "" where neither is known. NULL without
 * memory; the caller frees it. */
RR_MUST char *rr_node_model(const struct rr_node *node);

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
/* drive/opened.c. Has the kernel look for another medium in a block device, as any opening does;
 * without udev's polling nothing else makes it look. Facts that are taken now are of what is in it.
 * Needs no medium, moves no tray, tells nothing. */
void rr_drive_prompt(const char *path);

/* drive/kind.c. The kinds of drives, in the order in which lists show them. */
struct rr_kind_info {
	const char *name;	/* for programs: "floppy" "usb-stick" "usb-disk" "card-reader" "sd"
				 * "removable" (Zip, MO ...) "optical" "loop" "disk" "virtual"
				 * "file" "stream" */
	const char *title;	/* "USB stick": for people */
	bool common;		/* shown without --all */
	bool fixed;		/* a target only with --allow-fixed, unless sysfs says removable */
};
/* By name; NULL when unknown. */
const struct rr_kind_info *rr_kind_find(const char *name);
/* The i-th; NULL after the last. */
const struct rr_kind_info *rr_kind_at(size_t i);
/* Is it a fixed disk for the safety order? Everything that is not a floppy, an optical drive, on
 * USB, an SD card, a loop device over a plain file, or removable by sysfs. */
bool rr_node_is_fixed(const struct rr_node *node);

/* drive/guard.c. A picture of what uses which device, taken once: mounts (also those that only
 * process 1 sees), swap, hibernation, and the stacks of dm, md, bcache, loop, btrfs and ZFS. Many
 * drives can be held against it, by any thread. What came or changed later is not in it: take a new
 * one before something is decided. RR_SYSTEM: mounts or swap cannot be told. */
struct rr_guard;
RR_MUST int rr_guard_new(struct rr_guard **out, struct rr_err *err);
void rr_guard_free(struct rr_guard *guard);	/* NULL allowed */
/* Why this process may not see every mount (a container), as a sentence without a full stop; NULL:
 * it sees them. */
const char *rr_guard_blind(const struct rr_guard *guard);

/* What uses the device or any part of it. Of a partition also who uses its whole disk, but not
 * what is on its neighbours. */
struct rr_use {
	bool mounted_rw;	/* a file system on it, or on a stack, can be written */
	bool mounted_ro;
	bool swap;		/* a partition, or a file on it */
	bool hibernation;	/* the system sleeps to it */
	char *system;		/* a system directory that needs it, the weightiest: "/home"; also
				 * by way of files (the layers of an overlay, images under loop
				 * devices); NULL: none; owned */
	char *where;		/* the first mount point (one that can be written before others),
				 * "swap", or the holder's name; owned */
	char *stack;		/* dm, md, ... built on it: "dm-0"; owned */
	char *pool;		/* ... when it is an imported ZFS pool; stack is the same; owned */
	char **mount;		/* mount points of file systems right on it or its partitions,
				 * not on stacks, in the order of mounting; owned */
	int *mount_id;		/* the kernel's numbers of those mounts (mountinfo); owned */
	size_t nmount;
};
/* guard NULL: a picture is taken for this question. A file has no use. RR_GONE: the device is not
 * there, or was not when the picture was taken. On failure *use is cleared. */
RR_MUST int rr_guard_use(const struct rr_guard *guard, const struct rr_node *node,
			 struct rr_use *use, struct rr_err *err);
void rr_use_clear(struct rr_use *use);
/* Is the file stored on the device, or on a stack that needs it? Links are followed. Nothing at
 * path: RR_SYSTEM. guard NULL: as above. */
RR_MUST int rr_guard_holds_file(const struct rr_guard *guard, const struct rr_node *node,
				const char *path, bool *holds, struct rr_err *err);
/* Would writing one change the other: the same disk, a part of it, or one built on the other, be it
 * by way of a file? Two partitions of one disk are not the same. One or both may be files. guard
 * NULL: as above. */
RR_MUST int rr_guard_same(const struct rr_guard *guard, const struct rr_node *a,
			  const struct rr_node *b, bool *same, struct rr_err *err);

/* drive/rules.c. May it be written? Every rule of the safety order that can be known before the
 * drive is opened, one function each with its own words; the first that refuses counts. */
enum rr_ban {
	RR_BAN_NONE,
	RR_BAN_LIFTABLE,	/* an option allows it: the text names it */
	RR_BAN_REFUSED,		/* not with this drive as it is: something must be done about it */
	RR_BAN_PROTECTED,	/* never, whatever the options */
};
struct rr_want {
	const struct rr_node *target;
	const struct rr_guard *guard;	/* not NULL */
	const struct rr_node *source;	/* image or drive; NULL: standard input, or none yet */
	uint64_t bytes;			/* to be written; 0: not known */
	bool unmount, allow_fixed;	/* --unmount, --allow-fixed */
};
struct rr_verdict {
	enum rr_ban ban;
	const char *rule;	/* the rule's name: "mounted", "fixed", "system" ...; NULL: none */
	char brief[160];	/* for a column of a list: "mounted on /media/ann/PHOTOS" */
	char text[640];		/* for a person: what, why, and what can be done */
};
/* For a list: source NULL, bytes 0. A partition is protected as its whole disk is. Both texts may
 * hold foreign strings as they are, and are cut between characters of UTF-8; with RR_BAN_NONE they
 * are empty. A target that is no block device: RR_USAGE.
 * -1: it cannot be known (RR_SYSTEM, RR_GONE); then nothing may be written. */
RR_MUST int rr_rules_judge(const struct rr_want *want, struct rr_verdict *out, struct rr_err *err);
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
	struct rr_disc *disc;	/* out: of an optical drive; NULL: not asked for */
};
RR_MUST int rr_drive_open(const struct rr_node *node, const struct rr_open_conf *conf,
			  struct rr_source **out, bool *exclusive, struct rr_err *err);

/* drive/disc.c. Asks an optical drive by commands of its own (SG_IO), which the kernel does not
 * judge: what kind of disc, its table of contents, its size, and where its file system ends. What
 * can only be found out by reading is tried: whether a track is sound, whether a burned CD ends in
 * run-out, two sectors that nobody can read and that hold nothing (MMC-6, "run-out blocks"), and
 * whether there is nothing between two sessions. A drive that does not answer keeps the caller.
 * known is false when nothing came. RR_GONE: the medium is another one now, or there is none. */
RR_MUST int rr_disc_ask(int fd, const char *name, struct rr_disc *disc, struct rr_err *err);

/* drive/target.c. A drive opened to be written: O_RDWR | O_EXCL, never created; then flock(LOCK_EX)
 * on the whole disk, each tried again for 5 s; then compared once more with node: device number,
 * disk sequence number, size, vendor, model, serial. In use: RR_REFUSED, naming the holder;
 * exchanged: RR_GONE; write-protected: RR_REFUSED. node is best asked for after a first opening, so
 * that a change of medium was counted. The lock lasts until the target is closed. */
struct rr_target;
struct rr_target_facts {
	const char *path;
	int fd;			/* O_RDWR, the target's */
	uint64_t size;		/* bytes */
	uint32_t sector;
	uint32_t most;		/* bytes that may be written in one call; 0: any number */
};
RR_MUST int rr_target_open(const struct rr_node *node, struct rr_target **out, struct rr_err *err);
/* A first look before that, without exclusivity: opened to be read, so that a change of medium is
 * counted and a PC's floppy drive learns what is in it, and node filled anew. *fd is the caller's
 * to close. */
RR_MUST int rr_target_look(struct rr_node *node, int *fd, struct rr_err *err);
/* Would it open now? Without writing, without waiting, and nothing is kept. RR_REFUSED: held. */
RR_MUST int rr_target_try(const struct rr_node *node, struct rr_err *err);
/* Does a disk sequence number tell this medium from another one? Not on kernels before 5.15, nor in
 * a PC's floppy drive: there the first and last 4 KiB must do. -1: they cannot be read. */
bool rr_target_is_certain(const struct rr_node *node);
#define RR_TARGET_EDGES 8192
RR_MUST int rr_target_edges(int fd, uint64_t size, unsigned char edges[RR_TARGET_EDGES]);
/* It was written: the kernel is to read the partition table anew. It may refuse; udev asks, too. */
void rr_target_reread(struct rr_target *target);
const struct rr_target_facts *rr_target_facts(const struct rr_target *target);
/* alive() and same() of a sink: ctx is the target. */
RR_MUST int rr_target_alive(void *target, int fd, uint64_t *size_now, struct rr_err *err);
RR_MUST int rr_target_same(void *target, int fd, struct rr_err *err);
/* A source that reads the medium itself, under the same lock; *how says how sure that is. The
 * target must outlive it. */
RR_MUST int rr_target_source(struct rr_target *target, struct rr_source **out, enum rr_how *how,
			     struct rr_err *err);
void rr_target_close(struct rr_target *target);	/* NULL allowed */

/* drive/unmount.c. Unmounts what use->mount names, the last mounted first: umount2(2) with no flag
 * but UMOUNT_NOFOLLOW, never lazy, never forced, and only while that very mount is the one on top
 * there. told is called for each one that was unmounted. In use, or covered by another file system:
 * RR_REFUSED, naming the mount point and who uses it. use must be fresh. */
RR_MUST int rr_unmount(const struct rr_use *use, void (*told)(void *ctx, const char *where),
		       void *ctx, struct rr_err *err);

/* drive/eject.c. Opens the tray, or tells the drive to let the medium go, as its kind has it
 * (CDROMEJECT, linux/cdrom.h; FDEJECT, linux/fd.h; START STOP UNIT, SBC-3 5.25). A kind that cannot
 * is RR_SYSTEM with EOPNOTSUPP. */
RR_MUST int rr_target_eject(struct rr_target *target, const struct rr_node *node,
			    struct rr_err *err);

#endif
