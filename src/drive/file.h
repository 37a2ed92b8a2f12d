/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.h - plain files as sources; for src/drive. */
#ifndef RR_DRIVE_FILE_H
#define RR_DRIVE_FILE_H

#include "rawright/drive.h"

/* rr_drive_open() of a node that is no block device. */
RR_MUST int rr_file_open(const struct rr_node *node, struct rr_source **out, struct rr_err *err);

#endif
