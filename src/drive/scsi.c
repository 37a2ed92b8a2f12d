/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scsi.c - commands to a drive, past the kernel's block layer.
 * Owns: nothing.   Threads: any; a drive that hangs keeps its caller. */
#include <errno.h>
#include <scsi/sg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>

#include "scsi.h"

#define PATIENCE_MS 30000u
#define SENSE_MAX   32
#define TRIES	    3	/* a drive that was reset says so once (6/29) */
#define SECTOR	    2048u

static void put_be32(uint8_t *p, uint32_t n)
{
	p[0] = (uint8_t)(n >> 24);
	p[1] = (uint8_t)(n >> 16);
	p[2] = (uint8_t)(n >> 8);
	p[3] = (uint8_t)n;
}

static uint32_t get_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Fixed or descriptor format: SPC-4, 4.5.2 and 4.5.3. */
static struct rr_sense parse_sense(const unsigned char *sense, size_t len)
{
	unsigned format = len ? sense[0] & 0x7f : 0;

	if ((format == 0x72 || format == 0x73) && len >= 4)
		return (struct rr_sense){ sense[1] & 0x0f, sense[2], sense[3] };
	if ((format == 0x70 || format == 0x71) && len >= 14)
		return (struct rr_sense){ sense[2] & 0x0f, sense[12], sense[13] };
	return (struct rr_sense){ 0, 0, 0 };
}

static int do_once(int fd, struct rr_scsi *c)
{
	unsigned char sense[SENSE_MAX] = { 0 };
	struct sg_io_hdr io = {
		.interface_id = 'S',
		.dxfer_direction = c->data ? SG_DXFER_FROM_DEV : SG_DXFER_NONE,
		.cmdp = c->cdb,
		.cmd_len = c->cdb_len,
		.dxferp = c->data,
		.dxfer_len = (unsigned)c->len,
		.sbp = sense,
		.mx_sb_len = sizeof(sense),
		.timeout = PATIENCE_MS,
	};

	c->got = 0;
	c->sense = (struct rr_sense){ 0, 0, 0 };
	if (ioctl(fd, SG_IO, &io) < 0)
		return errno == ENOTTY || errno == EINVAL ? EOPNOTSUPP : errno;
	if (io.sb_len_wr)
		c->sense = parse_sense(sense, io.sb_len_wr);
	/* an error that the drive could correct is none; one of the way to it is */
	if ((io.info & SG_INFO_OK_MASK) != SG_INFO_OK &&
	    (c->sense.key != RR_SENSE_RECOVERED || io.host_status))
		return EIO;
	if (io.resid >= 0 && (size_t)io.resid <= c->len)
		c->got = c->len - (size_t)io.resid;
	return 0;
}

bool rr_sense_is_other_medium(const struct rr_sense *sense)
{
	return (sense->key == RR_SENSE_ATTENTION && sense->code == 0x28) ||
	       (sense->key == RR_SENSE_NOT_READY && sense->code == 0x3a);
}

/* A reset is no answer to the question; an exchange of the medium (6/28) is one. */
static bool asks_again(const struct rr_sense *sense)
{
	return sense->key == RR_SENSE_ATTENTION && !rr_sense_is_other_medium(sense);
}

int rr_scsi_do(int fd, struct rr_scsi *command)
{
	int os = EIO;

	for (unsigned i = 0; i < TRIES; i++) {
		os = do_once(fd, command);
		if (os != EIO || !asks_again(&command->sense))
			break;
	}
	return os;
}

int rr_scsi_read(int fd, uint32_t lba, uint16_t n, void *buf, struct rr_sense *sense)
{
	struct rr_scsi c = { .cdb = { 0x28 }, .cdb_len = 10, .data = buf, .len = n * SECTOR };
	int os;

	put_be32(c.cdb + 2, lba);
	c.cdb[7] = (uint8_t)(n >> 8);
	c.cdb[8] = (uint8_t)n;
	os = rr_scsi_do(fd, &c);
	*sense = c.sense;
	return os || c.got == c.len ? os : EIO;
}

/* Drives give the length of a raw sector, or none (drivers/scsi/sr.c, get_sectorsize()). */
static bool is_sector(uint32_t bytes)
{
	return bytes == SECTOR || bytes == 0 || bytes == 2340 || bytes == 2352;
}

int rr_scsi_capacity(int fd, uint32_t *sectors, struct rr_sense *sense)
{
	uint8_t answer[8] = { 0 };
	struct rr_scsi c = {
		.cdb = { 0x25 }, .cdb_len = 10, .data = answer, .len = sizeof(answer)
	};
	int os = EIO;

	*sectors = 0;
	for (unsigned i = 0; i < TRIES && os; i++) {
		os = rr_scsi_do(fd, &c);
		if (rr_sense_is_other_medium(&c.sense))
			break;
	}
	*sense = c.sense;
	if (os || c.got < sizeof(answer))
		return os ? os : EIO;
	if (is_sector(get_be32(answer + 4)) && get_be32(answer) != UINT32_MAX)
		*sectors = get_be32(answer) + 1;
	return 0;
}
