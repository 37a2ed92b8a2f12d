/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mmc_toc.c - the table of contents in its forms: MMC-3, 6.25.
 * Owns: nothing.   Threads: one. */
#include <string.h>

#include "bytes.h"
#include "scsi.h"
#include "sector.h"
#include "subcode.h"

#define LEAD_OUT      0xaa
#define POINTS_MAX    (TRACKS_MAX + 5 * TRACKS_MAX)
#define FULL_ENTRY    11
#define DISC_TYPE_XA  0x20
#define NEXT_SESSION  0xb0
#define FIRST_LEAD_IN 0xc0

enum { FORM_TOC, FORM_SESSIONS, FORM_FULL, FORM_TEXT = 5 };

static uint8_t adr_control(const struct track *track)
{
	return (uint8_t)(0x10 | subcode_control(track));
}

static void put_address(uint8_t *p, uint32_t lba, bool msf)
{
	if (msf)
		sector_msf(lba, p + 1);
	else
		put_be32(p, lba);
}

/* An entry of eight bytes, as in the table and in the list of sessions. */
static uint8_t *put_entry(uint8_t *p, const struct track *track, uint8_t number, uint32_t lba,
		bool msf)
{
	p[1] = adr_control(track);
	p[2] = number;
	put_address(p + 4, lba, msf);
	return p + 8;
}

static int form_toc(struct drive *d, const struct command *c, struct answer *a)
{
	const struct disc *disc = d->disc;
	bool msf = c->cdb[1] & 0x02;
	uint8_t from = c->cdb[6], *out, *p;

	if (from > disc->ntrack && from != LEAD_OUT)
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);
	out = answer_data(d, a, 4 + 8 * (disc->ntrack + 1));
	if (!out)
		return -1;
	p = out + 4;
	for (unsigned i = 0; i < disc->ntrack; i++)
		if (i + 1 >= from)
			p = put_entry(p, &disc->track[i], (uint8_t)(i + 1), disc->track[i].start,
				      msf);
	p = put_entry(p, &disc->track[disc->ntrack - 1], LEAD_OUT, disc->lead_out, msf);
	out[2] = 1;
	out[3] = (uint8_t)disc->ntrack;
	answer_cut(a, (size_t)(p - out));
	return 0;
}

static int form_sessions(struct drive *d, const struct command *c, struct answer *a)
{
	uint8_t *out = answer_data(d, a, 12);
	unsigned first, last;
	uint32_t lead_out;

	if (!out)
		return -1;
	disc_session(d->disc, d->disc->nsession, &first, &last, &lead_out);
	out[2] = 1;
	out[3] = (uint8_t)d->disc->nsession;
	(void)put_entry(out + 4, &d->disc->track[first - 1], (uint8_t)first,
			d->disc->track[first - 1].start, c->cdb[1] & 0x02);	/* the only one */
	return 0;
}

/* An entry of the full table whose last three bytes are a time. */
static uint8_t *put_point(uint8_t *p, unsigned session, uint8_t adr, uint8_t point, uint32_t lba)
{
	p[0] = (uint8_t)session;
	p[1] = adr;
	p[3] = point;
	sector_msf(lba, p + 8);
	return p + FULL_ENTRY;
}

/* An entry whose last three bytes are a track and a type of disc. */
static uint8_t *put_bound(uint8_t *p, unsigned session, const struct track *track, uint8_t point,
		unsigned number, uint8_t type)
{
	p[0] = (uint8_t)session;
	p[1] = adr_control(track);
	p[3] = point;
	p[8] = (uint8_t)number;
	p[9] = type;
	return p + FULL_ENTRY;
}

static bool has_mode2(const struct disc *disc, unsigned session)
{
	for (unsigned i = 0; i < disc->ntrack; i++)
		if (disc->track[i].session == session && disc->track[i].mode2)
			return true;
	return false;
}

/* Where the next session may be written, and the first lead-in: what a recorder needs. */
static uint8_t *put_recording(uint8_t *p, const struct disc *disc, unsigned session,
		uint32_t lead_out)
{
	uint8_t *b0 = p;

	if (session == disc->nsession)
		return p;
	p = put_point(p, session, 0x50, NEXT_SESSION, disc->lead_out);
	sector_msf(lead_out + SESSION_GAP, b0 + 4);
	b0[7] = 2;
	return session == 1 ? put_point(p, session, 0x50, FIRST_LEAD_IN, 0) : p;
}

static uint8_t *put_session(uint8_t *p, const struct disc *disc, unsigned session)
{
	unsigned first, last;
	uint32_t lead_out;

	disc_session(disc, session, &first, &last, &lead_out);
	p = put_bound(p, session, &disc->track[first - 1], 0xa0, first,
		      has_mode2(disc, session) ? DISC_TYPE_XA : 0);
	p = put_bound(p, session, &disc->track[last - 1], 0xa1, last, 0);
	p = put_point(p, session, adr_control(&disc->track[last - 1]), 0xa2, lead_out);
	for (unsigned i = first; i <= last; i++)
		p = put_point(p, session, adr_control(&disc->track[i - 1]), (uint8_t)i,
			      disc->track[i - 1].start);
	return put_recording(p, disc, session, lead_out);
}

static int form_full(struct drive *d, const struct command *c, struct answer *a)
{
	uint8_t *out = answer_data(d, a, 4 + POINTS_MAX * FULL_ENTRY), *p;

	(void)c;
	if (!out)
		return -1;
	p = out + 4;
	for (unsigned s = 1; s <= d->disc->nsession; s++)
		p = put_session(p, d->disc, s);
	out[2] = 1;
	out[3] = (uint8_t)d->disc->nsession;
	answer_cut(a, (size_t)(p - out));
	return 0;
}

static int form_text(struct drive *d, const struct command *c, struct answer *a)
{
	uint8_t *out = answer_data(d, a, 4 + TEXT_PACKS * TEXT_PACK);
	size_t n;

	(void)c;
	if (!out)
		return -1;
	n = subcode_text(d->as, out + 4);
	if (n == 0)
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);
	answer_cut(a, 4 + n * TEXT_PACK);
	return 0;
}

/* Old drives, and Linux for their sake, have the form in the last byte: SFF-8020i. */
static unsigned form_of(const uint8_t *cdb)
{
	return cdb[2] & 0x0f ? cdb[2] & 0x0f : cdb[9] >> 6;
}

int mmc_toc(struct drive *d, const struct command *c, struct answer *a)
{
	static scsi_do *const forms[] = { [FORM_TOC] = form_toc, [FORM_SESSIONS] = form_sessions,
					  [FORM_FULL] = form_full, [FORM_TEXT] = form_text };
	unsigned form = form_of(c->cdb);

	if (form >= sizeof(forms) / sizeof(*forms) || !forms[form])
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);
	if (forms[form](d, c, a) < 0)
		return -1;
	put_be16(a->data, (uint32_t)a->len - 2);
	answer_cut(a, get_be16(c->cdb + 7));
	return 0;
}
