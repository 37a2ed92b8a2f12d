/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mmc_read.c - sectors of a CD: their 2048 bytes, or all that is asked for of READ CD.
 * Owns: nothing.   Threads: one. */
#include <string.h>

#include "bytes.h"
#include "rawright/size.h"
#include "scsi.h"
#include "sector.h"
#include "subcode.h"

#define C2_SIZE	     294
#define SECTOR_MAX   (DISC_RAW + C2_SIZE + 2 + 96)
#define SUBMODE	     18
#define FORM_2	     0x20

/* Byte 9 of READ CD: MMC-3, 6.18. */
enum parts {
	PART_SYNC = 0x80,
	PART_SUBHEADER = 0x40,
	PART_HEADER = 0x20,
	PART_USER = 0x10,
	PART_EDC = 0x08,
	PART_C2_BLOCK = 0x04,
	PART_C2 = 0x02,
};

enum expected { ANY, AUDIO, MODE_1, MODE_2, MODE_2_FORM_1, MODE_2_FORM_2 };
enum subchannel { SUB_NONE, SUB_RAW, SUB_Q, SUB_R_W = 4 };

struct request {
	uint64_t first, count;
	enum expected expected;
	uint8_t parts;
	uint8_t sub;
	bool cooked;		/* READ: sectors that have 2048 bytes for the user, no others */
};

/* What is behind sync and header of a kind of sector, in bytes. */
struct shape {
	uint16_t subheader, user, edc;
};

static const struct shape mode_1 = { 0, 2048, 288 };
static const struct shape mode_2 = { 0, 2336, 0 };
static const struct shape mode_2_form_1 = { 8, 2048, 280 };
static const struct shape mode_2_form_2 = { 8, 2328, 0 };

/* A sector on its way. */
struct piece {
	const struct track *track;
	uint32_t lba;
	uint8_t raw[DISC_RAW];
	bool scratched;
};

static const struct shape *shape_of(const struct piece *piece)
{
	bool form = memcmp(piece->raw + 16, piece->raw + 20, 4) == 0;	/* written twice */

	if (piece->raw[SECTOR_MODE] != 2)
		return &mode_1;
	if (!form)
		return &mode_2;
	return piece->raw[SUBMODE] & FORM_2 ? &mode_2_form_2 : &mode_2_form_1;
}

static bool expected(const struct piece *piece, enum expected what)
{
	const struct shape *shape = shape_of(piece);

	if (what == ANY)
		return true;
	if (track_is_audio(piece->track) || what == AUDIO)
		return track_is_audio(piece->track) && what == AUDIO;
	return what == MODE_1	     ? shape == &mode_1 :
	       what == MODE_2	     ? shape == &mode_2 :
	       what == MODE_2_FORM_1 ? shape == &mode_2_form_1 :
	       what == MODE_2_FORM_2 ? shape == &mode_2_form_2 :
				       false;
}

/* Reads the raw bytes and lets faults change them; sync and header of data stay. */
static int fetch(struct drive *d, const struct request *r, struct piece *piece)
{
	const struct fault *fault = d->as->fault;
	size_t n = d->as->nfault, keep;
	bool audio;

	piece->track = disc_track_at(d->disc, piece->lba);
	if (!piece->track)
		return drive_refuse_at(d, ILLEGAL_REQUEST, CODE_OUT_OF_RANGE, piece->lba);
	if (piece->lba >= d->disc->run_out && piece->lba < d->disc->run_out_end)
		return drive_refuse_at(d, MEDIUM_ERROR, CODE_READ_ERROR, piece->lba);
	if (disc_sector(piece->track, piece->lba, piece->raw) < 0)
		return drive_refuse_at(d, MEDIUM_ERROR, CODE_READ_ERROR, piece->lba);
	audio = track_is_audio(piece->track);
	if (!expected(piece, r->expected) ||
	    (r->cooked && (audio || shape_of(piece)->user != DISC_COOKED)))
		return drive_refuse_at(d, ILLEGAL_REQUEST, CODE_ILLEGAL_MODE, piece->lba);
	piece->scratched = fault_acts(fault, n, EFFECT_SCRATCHED, piece->lba);
	if (piece->scratched && r->parts == PART_USER && !audio)
		return drive_refuse_at(d, MEDIUM_ERROR, CODE_L_EC_ERROR, piece->lba);
	keep = audio ? 0 : SECTOR_USER;
	fault_spoil(fault, n, piece->lba, 1, (uint32_t)(DISC_RAW - keep), piece->raw + keep);
	return 0;
}

static uint8_t *put(uint8_t *p, const uint8_t *from, size_t len)
{
	memcpy(p, from, len);
	return p + len;
}

/* The parts of the main channel that are asked for; of audio there is only all. */
static uint8_t *put_main(uint8_t *p, const struct piece *piece, uint8_t parts)
{
	const struct shape *shape = shape_of(piece);
	const uint8_t *raw = piece->raw;
	size_t user = SECTOR_USER + shape->subheader;

	if (track_is_audio(piece->track))
		return parts & ~(PART_C2 | PART_C2_BLOCK) ? put(p, raw, DISC_RAW) : p;
	if (parts & PART_SYNC)
		p = put(p, raw, SECTOR_SYNC);
	if (parts & PART_HEADER)
		p = put(p, raw + SECTOR_SYNC, 4);
	if (parts & PART_SUBHEADER)
		p = put(p, raw + SECTOR_USER, shape->subheader);
	if (parts & PART_USER)
		p = put(p, raw + user, shape->user);
	if (parts & PART_EDC)
		p = put(p, raw + user + shape->user, shape->edc);
	return p;
}

/* A bit for each byte that is not to be trusted: those that the scratch changed. */
static uint8_t *put_c2(uint8_t *p, const struct piece *piece, uint8_t parts)
{
	size_t keep = track_is_audio(piece->track) ? 0 : SECTOR_USER / 8;

	if (!(parts & (PART_C2 | PART_C2_BLOCK)))
		return p;
	memset(p, 0, C2_SIZE + 2);
	if (piece->scratched) {
		memset(p + keep, 0xff, C2_SIZE - keep);
		p[C2_SIZE] = 0xff;
	}
	return p + C2_SIZE + (parts & PART_C2_BLOCK ? 2 : 0);
}

static uint8_t *put_sub(const struct drive *d, uint8_t *p, const struct piece *piece, uint8_t sub)
{
	uint8_t q[Q_SIZE];

	subcode_q(d->disc, d->as, piece->track, piece->lba, q);
	switch (sub) {
	case SUB_RAW:
		subcode_raw(piece->track, piece->lba, q, p);
		return p + 96;
	case SUB_Q:
		memset(p, 0, 16);
		memcpy(p, q, sizeof(q));
		return p + 16;
	case SUB_R_W:
		memset(p, 0, 96);
		return p + 96;
	default:
		return p;
	}
}

/* Sectors up to end. Those in front of one that fails go out. */
static int gather(struct drive *d, const struct request *r, uint64_t end, struct answer *a)
{
	struct piece piece;
	uint8_t *p = a->data;
	bool audio = false;
	int rc = 0;

	for (uint64_t at = r->first; at < end && rc == 0; at++) {
		piece.lba = (uint32_t)at;
		rc = fetch(d, r, &piece);
		if (rc == 0 && at > r->first && track_is_audio(piece.track) != audio)
			rc = drive_refuse_at(d, ILLEGAL_REQUEST, CODE_ILLEGAL_MODE, at);
		if (rc < 0)
			break;
		audio = track_is_audio(piece.track);
		p = put_main(p, &piece, r->parts);
		p = put_c2(p, &piece, r->parts);
		p = put_sub(d, p, &piece, r->sub);
	}
	a->len = (size_t)(p - a->data);
	return rc;
}

static int read_sectors(struct drive *d, const struct request *r, struct answer *a)
{
	struct verdict v;
	uint64_t end;
	bool is_short;

	if (!rr_extent_end(r->first, r->count, &end) || end > d->disc->lead_out)
		return drive_refuse_at(d, ILLEGAL_REQUEST, CODE_OUT_OF_RANGE, r->first);
	if (!answer_data(d, a, r->count * SECTOR_MAX) && r->count > 0)
		return -1;
	v = fault_judge(d->as->fault, d->as->nfault, false, r->first, r->count);
	is_short = v.stop && v.stop->effect == EFFECT_SHORT;
	if (r->count == 0)
		a->len = 0;
	else if (gather(d, r, is_short ? end : v.at, a) < 0)
		return -1;
	if (is_short)
		a->len /= 2;
	return scsi_strike(d, &v, a);
}

int mmc_read(struct drive *d, const struct command *c, struct answer *a)
{
	struct request r = { .parts = PART_USER, .cooked = true };

	scsi_extent(c->cdb, &r.first, &r.count);
	return read_sectors(d, &r, a);
}

int mmc_read_cd(struct drive *d, const struct command *c, struct answer *a)
{
	struct request r = { .expected = c->cdb[1] >> 2 & 0x07, .parts = c->cdb[9],
			     .sub = c->cdb[10] & 0x07 };

	if (d->as->read_cd == READ_CD_REFUSED)
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_COMMAND);
	if (r.expected > MODE_2_FORM_2 || (r.sub > SUB_Q && r.sub != SUB_R_W))
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);
	scsi_extent(c->cdb, &r.first, &r.count);
	if (read_sectors(d, &r, a) < 0)
		return -1;
	if (d->as->read_cd == READ_CD_ZEROS && a->len > 0)
		memset(a->data, 0, a->len);
	return 0;
}
