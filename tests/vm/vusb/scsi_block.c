/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scsi_block.c - reading and writing sectors of sticks and floppies: SBC-3.
 * Owns: nothing.   Threads: one. */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "rawright/clean.h"
#include "rawright/size.h"
#include "scsi.h"

static int extent(struct drive *d, const struct command *c, uint64_t *first, uint64_t *count)
{
	uint64_t end;

	scsi_extent(c->cdb, first, count);
	if (!rr_extent_end(*first, *count, &end) || end > d->medium.claim)
		return drive_refuse_at(d, ILLEGAL_REQUEST, CODE_OUT_OF_RANGE, *first);
	return 0;
}

static struct verdict judge(struct drive *d, bool writing, uint64_t first, uint64_t count)
{
	return fault_judge(d->as->fault, d->as->nfault, writing, first, count);
}

int scsi_read(struct drive *d, const struct command *c, struct answer *a)
{
	uint32_t size = d->medium.sector_size;
	uint64_t first, count, want, done;
	struct verdict v;
	bool is_short;
	uint8_t *data;

	if (extent(d, c, &first, &count) < 0)
		return -1;
	v = judge(d, false, first, count);
	is_short = v.stop && v.stop->effect == EFFECT_SHORT;
	want = is_short ? count : v.at - first;
	data = answer_data(d, a, count * size);
	if (!data && count > 0)
		return -1;
	done = medium_read(&d->medium, first, want, data);
	fault_spoil(d->as->fault, d->as->nfault, first, done, size, data);
	a->len = is_short ? count * size / 2 : done * size;	/* what is read goes out */
	if (done < want)
		return drive_refuse_at(d, MEDIUM_ERROR, CODE_READ_ERROR, first + done);
	return scsi_strike(d, &v, a);
}

/* How many sectors from at on are written, or not, like this one. */
static uint64_t run_of(const struct drive *d, uint64_t at, uint64_t end, bool *vanishes)
{
	uint64_t n = 1;

	*vanishes = fault_acts(d->as->fault, d->as->nfault, EFFECT_VANISHES, at);
	while (at + n < end &&
	       fault_acts(d->as->fault, d->as->nfault, EFFECT_VANISHES, at + n) == *vanishes)
		n++;
	return n;
}

/* The number of sectors that are said to be on the medium. */
static uint64_t store(const struct drive *d, uint64_t first, uint64_t count, const uint8_t *data)
{
	uint64_t done = 0;

	while (done < count) {
		bool vanishes;
		uint64_t run = run_of(d, first + done, first + count, &vanishes), n = run;

		if (!vanishes)
			n = medium_write(&d->medium, first + done, run,
					 data + done * d->medium.sector_size);
		done += n;
		if (n < run)
			break;
	}
	return done;
}

int scsi_write(struct drive *d, const struct command *c, struct answer *a)
{
	uint32_t size = d->medium.sector_size;
	uint64_t first, count, want, done;
	rr_autofree uint8_t *data = NULL;
	struct verdict v;

	if (extent(d, c, &first, &count) < 0)
		return -1;
	if (d->medium.write_protected)
		return drive_refuse(d, DATA_PROTECT, CODE_PROTECTED);
	if (c->out_len < count * size)
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);
	v = judge(d, true, first, count);
	want = v.at - first;
	data = malloc(c->out_len + 1);
	if (!data)
		return drive_refuse(d, HARDWARE_ERROR, CODE_FAILURE);
	if (c->out_len > 0)
		memcpy(data, c->out, c->out_len);
	fault_spoil(d->as->fault, d->as->nfault, first, want, size, data);
	done = store(d, first, want, data);
	if (done < want)
		return drive_refuse_at(d, MEDIUM_ERROR, CODE_WRITE_ERROR, first + done);
	return scsi_strike(d, &v, a);
}

int scsi_verify(struct drive *d, const struct command *c, struct answer *a)
{
	uint64_t first, count;
	struct verdict v;

	if (extent(d, c, &first, &count) < 0)
		return -1;
	v = judge(d, false, first, count);
	return scsi_strike(d, &v, a);
}

int scsi_flush(struct drive *d, const struct command *c, struct answer *a)
{
	(void)c;
	(void)a;
	if (d->as->kind != CD && medium_flush(&d->medium) < 0)
		return drive_refuse(d, MEDIUM_ERROR, CODE_WRITE_ERROR);
	return 0;
}

int scsi_capacity(struct drive *d, const struct command *c, struct answer *a)
{
	uint64_t sectors = d->as->kind == CD ? d->disc->lead_out : d->medium.claim;
	uint8_t *out = answer_data(d, a, 8);

	(void)c;
	if (!out)
		return -1;
	put_be32(out, (uint32_t)rr_min(sectors - 1, UINT32_MAX));
	put_be32(out + 4, (uint32_t)d->as->sector_size);
	return 0;
}

/* READ CAPACITY(16), the one service action of 0x9e that there is. */
int scsi_capacity_long(struct drive *d, const struct command *c, struct answer *a)
{
	uint8_t *out;

	if ((c->cdb[1] & 0x1f) != 0x10)
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);
	out = answer_data(d, a, 32);
	if (!out)
		return -1;
	put_be64(out, d->medium.claim - 1);
	put_be32(out + 8, d->medium.sector_size);
	answer_cut(a, get_be32(c->cdb + 10));
	return 0;
}
