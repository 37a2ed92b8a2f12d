/* SPDX-License-Identifier: GPL-3.0-or-later */
/* eject.c - lets the medium go, in the way of each kind of drive.
 * Owns: nothing.   Threads: main, after the work; a drive that hangs keeps it. */
#include <errno.h>
#include <linux/cdrom.h>
#include <linux/fd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "rawright/drive.h"
#include "scsi.h"

/* What the kernel does for a disc, done for a stick: it may be removed, and it is to let go. */
static int scsi_eject(int fd)
{
	/* PREVENT ALLOW MEDIUM REMOVAL (SPC-4 clause 6.18, 0x1e), PREVENT = 0 */
	struct rr_scsi allow = { .cdb = { 0x1e, 0, 0, 0, 0, 0 }, .cdb_len = 6 };
	/* START STOP UNIT (SBC-3 clause 5.25, 0x1b), LOEJ = 1, START = 0 */
	struct rr_scsi eject = { .cdb = { 0x1b, 0, 0, 0, 0x02, 0 }, .cdb_len = 6 };

	/* a drive without a lock need not know that command */
	if (rr_scsi_do(fd, &allow) == EOPNOTSUPP)
		return EOPNOTSUPP;
	return rr_scsi_do(fd, &eject);
}

int rr_target_eject(struct rr_target *target, const struct rr_node *node, struct rr_err *err)
{
	int fd = rr_target_facts(target)->fd, os;

	if (strcmp(node->kind, "optical") == 0)
		os = ioctl(fd, CDROMEJECT) < 0 ? errno : 0;
	else if (strncmp(node->name, "fd", 2) == 0)
		os = ioctl(fd, FDEJECT) < 0 ? errno : 0;
	else
		os = scsi_eject(fd);
	if (!os)
		return 0;
	return rr_fail(err, RR_SYSTEM, os, "%s does not let its medium go by itself", node->path);
}
