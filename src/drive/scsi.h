/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scsi.h - commands to a drive, past the kernel's block layer; for src/drive. */
#ifndef RR_DRIVE_SCSI_H
#define RR_DRIVE_SCSI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"

/* Why a command failed: SPC-4, 4.5. All 0: the drive gave no reason. */
struct rr_sense {
	uint8_t key, code, qualifier;	/* "3/11/05" */
};
#define RR_SENSE_RECOVERED	0x01
#define RR_SENSE_NOT_READY	0x02
#define RR_SENSE_MEDIUM		0x03
#define RR_SENSE_ILLEGAL	0x05
#define RR_SENSE_ATTENTION	0x06

struct rr_scsi {
	uint8_t cdb[12];
	uint8_t cdb_len;
	void *data;		/* what is read, or NULL */
	size_t len;
	size_t got;		/* out: so much came */
	struct rr_sense sense;	/* out */
};
/* By SG_IO (scsi/sg.h). 0, or an errno: EIO when the drive refused, and sense says why; EOPNOTSUPP
 * when the device takes no such commands. A drive that does not answer keeps the caller for 30
 * s. */
RR_MUST int rr_scsi_do(int fd, struct rr_scsi *command);

/* READ (10) (MMC-6, 0x28) of n sectors of 2,048 bytes; as above. */
RR_MUST int rr_scsi_read(int fd, uint32_t lba, uint16_t n, void *buf, struct rr_sense *sense);
/* READ CAPACITY (10) (MMC-6, 0x25): how many sectors of 2,048 bytes; 0: not to be known. As
 * above. */
RR_MUST int rr_scsi_capacity(int fd, uint32_t *sectors, struct rr_sense *sense);
/* Does the drive say that the medium was exchanged (6/28), or that there is none (2/3a)? */
bool rr_sense_is_other_medium(const struct rr_sense *sense);

#endif
