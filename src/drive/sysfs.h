/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sysfs.h - block devices as folders of sysfs; for src/drive.
 * The attributes: Linux, Documentation/ABI/stable/sysfs-block. Sizes there: 512-byte sectors. */
#ifndef RR_DRIVE_SYSFS_H
#define RR_DRIVE_SYSFS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "rawright/clean.h"
#include "rawright/drive.h"
#include "rawright/err.h"

#define RR_SYSFS "/sys"

/* The folder of a block device below sys, links resolved: ".../block/sdb/sdb1". NULL: none. */
RR_MUST char *rr_sysfs_dir(const char *sys, dev_t dev);
/* The last part of a folder: the kernel's name. */
const char *rr_sysfs_name(const char *dir);
/* An attribute without its line end (a file's name may hold others); NULL when absent or empty. The
 * caller frees it. */
RR_MUST char *rr_sysfs_raw(const char *dir, const char *attr);
/* The same without the white space that pads it. */
RR_MUST char *rr_sysfs_text(const char *dir, const char *attr);
/* A decimal number; 0 when absent. */
uint64_t rr_sysfs_number(const char *dir, const char *attr);
bool rr_sysfs_has(const char *dir, const char *attr);
/* Takes the last part off dir; false at the top. */
bool rr_sysfs_up(char *dir);
/* The device number of a block device's folder; false when it has none (any more). */
RR_MUST bool rr_sysfs_dev(const char *dir, dev_t *dev);
/* The whole disk's folder: of a partition its parent, else dir itself. NULL without memory. */
RR_MUST char *rr_sysfs_disk(const char *dir);

/* The nearest folder above dir that has the attribute; NULL when there is none. The caller frees
 * it. */
RR_MUST char *rr_sysfs_above(const char *dir, const char *attr);

/* Calls visit with every entry of dir/sub, links resolved, in no order. A folder that is not there
 * has no entries. Stops at the first result that is not 0 and returns it. */
typedef int rr_sysfs_visit(void *ctx, const char *entry);
int rr_sysfs_each(const char *dir, const char *sub, rr_sysfs_visit *visit, void *ctx);
/* The same for the partitions of a whole disk. */
int rr_sysfs_each_partition(const char *dir, rr_sysfs_visit *visit, void *ctx);

/* order.c. Which of two kernel names comes first, as strcmp(): sdb before sdaa. */
int rr_names_compare(const char *a, const char *b);

/* node.c. The facts that sysfs has of the device at dir, into *node. RR_GONE: no device there. */
RR_MUST int rr_node_facts(const char *dir, struct rr_node *node, struct rr_err *err);

#endif
