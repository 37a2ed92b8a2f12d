/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scsi_floppy.c - what a floppy drive answers beyond reading and writing.
 * Owns: nothing.   Threads: one. */
#include <string.h>

#include "bytes.h"
#include "floppy.h"
#include "scsi.h"

const struct floppy_format floppy_formats[] = {
	{ 2880, 512, 80, 2, 18, 0x94, 500, 300, true },
	{ 2400, 512, 80, 2, 15, 0x93, 500, 360, true },
	{ 1232, 1024, 77, 2, 8, 0x93, 500, 360, true },
	{ 1440, 512, 80, 2, 9, 0x1e, 250, 300, false },
	{ 1280, 512, 80, 2, 8, 0x1e, 250, 300, false },
};
const size_t floppy_nformats = sizeof(floppy_formats) / sizeof(*floppy_formats);

#define CAPACITY_FORMATTED 2
#define CAPACITY_NO_MEDIUM 3
#define FILL_BYTE	   0xf6

const struct floppy_format *floppy_format_of(const struct drive *d)
{
	if (d->as->kind != FLOPPY || !drive_has_medium(d))
		return NULL;
	for (size_t i = 0; i < floppy_nformats; i++)
		if (floppy_formats[i].sectors == d->medium.claim &&
		    floppy_formats[i].sector_size == d->medium.sector_size)
			return &floppy_formats[i];
	return NULL;
}

static void put_capacity(uint8_t *out, uint64_t sectors, uint32_t code, uint32_t size)
{
	put_be32(out, sectors > UINT32_MAX ? UINT32_MAX : (uint32_t)sectors);
	put_be32(out + 4, code << 24 | size);
}

/* READ FORMAT CAPACITIES: the capacity there is, then those that the disk can be formatted to. */
int scsi_format_capacities(struct drive *d, const struct command *c, struct answer *a)
{
	const struct floppy_format *now = floppy_format_of(d);
	uint8_t *out = answer_data(d, a, 4 + 8 * (1 + floppy_nformats));
	size_t len = 4 + 8;

	if (!out)
		return -1;
	if (!drive_has_medium(d))
		put_capacity(out + 4, 2880, CAPACITY_NO_MEDIUM, (uint32_t)d->as->sector_size);
	else if (d->as->kind == CD)
		put_capacity(out + 4, d->disc->lead_out, CAPACITY_FORMATTED, DISC_COOKED);
	else
		put_capacity(out + 4, d->medium.claim, CAPACITY_FORMATTED, d->medium.sector_size);
	for (size_t i = 0; now && i < floppy_nformats; i++) {
		if (floppy_formats[i].high_density != now->high_density)
			continue;
		put_capacity(out + len, floppy_formats[i].sectors, 0,
			     floppy_formats[i].sector_size);
		len += 8;
	}
	out[3] = (uint8_t)(len - 4);
	answer_cut(a, len);
	answer_cut(a, get_be16(c->cdb + 7));
	return 0;
}

/* Fills one side of a cylinder as a formatted one is filled. */
static int format_track(struct drive *d, const struct floppy_format *f, unsigned cylinder,
		unsigned side, struct answer *a)
{
	uint64_t first = ((uint64_t)cylinder * f->heads + side) * f->per_track;
	struct verdict v = fault_judge(d->as->fault, d->as->nfault, true, first, f->per_track);
	uint8_t *track = answer_data(d, a, (size_t)f->per_track * f->sector_size);

	if (!track)
		return -1;
	memset(track, FILL_BYTE, a->len);
	a->len = 0;		/* nothing of it goes to the host */
	if (medium_write(&d->medium, first, v.at - first, track) < v.at - first)
		return drive_refuse_at(d, MEDIUM_ERROR, CODE_WRITE_ERROR, first);
	return scsi_strike(d, &v, a);
}

/* FORMAT UNIT of a single track, the only one that UFI has. */
int scsi_format_unit(struct drive *d, const struct command *c, struct answer *a)
{
	const struct floppy_format *f = floppy_format_of(d);
	unsigned cylinder = c->cdb[2];

	if (d->medium.write_protected)
		return drive_refuse(d, DATA_PROTECT, CODE_PROTECTED);
	if (!f || c->out_len < 12 || cylinder >= f->cylinders || !(c->out[1] & 0x10) ||
	    get_be32(c->out + 4) != f->sectors)
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);
	return format_track(d, f, cylinder, c->out[1] & 0x01, a);
}
