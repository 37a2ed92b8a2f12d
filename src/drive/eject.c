/* SPDX-License-Identifier: GPL-3.0-or-later */
/* eject.c - lets the medium go, in the way of each kind of drive.
 * Owns: nothing.   Threads: main, after the work; a drive that hangs keeps it. */
#include <errno.h>
#include <fcntl.h>
#include <linux/cdrom.h>
#include <linux/fd.h>
#include <scsi/sg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "rawright/drive.h"

#define PATIENCE_MS 15000u
#define SENSE_MAX   32

/* A command without data; 0, or the errno of what went wrong. */
static int scsi_command(int fd, unsigned char *command, unsigned char len)
{
	unsigned char sense[SENSE_MAX] = { 0 };
	struct sg_io_hdr io = {
		.interface_id = 'S',
		.dxfer_direction = SG_DXFER_NONE,
		.cmdp = command,
		.cmd_len = len,
		.sbp = sense,
		.mx_sb_len = sizeof(sense),
		.timeout = PATIENCE_MS,
	};

	if (ioctl(fd, SG_IO, &io) < 0)
		return errno == ENOTTY || errno == EINVAL ? EOPNOTSUPP : errno;
	return (io.info & SG_INFO_OK_MASK) == SG_INFO_OK ? 0 : EIO;
}

/* What the kernel does for a disc, done for a stick: it may be removed, and it is to let go. */
static int scsi_eject(int fd)
{
	/* PREVENT ALLOW MEDIUM REMOVAL (SPC-4 clause 6.18, 0x1e), PREVENT = 0 */
	unsigned char allow[6] = { 0x1e, 0, 0, 0, 0, 0 };
	/* START STOP UNIT (SBC-3 clause 5.25, 0x1b), LOEJ = 1, START = 0 */
	unsigned char eject[6] = { 0x1b, 0, 0, 0, 0x02, 0 };

	(void)scsi_command(fd, allow, sizeof(allow)); /* a drive without a lock need not know it */
	return scsi_command(fd, eject, sizeof(eject));
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
