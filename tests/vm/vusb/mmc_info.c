/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mmc_info.c - what a CD drive says of itself, of the disc and of its tracks: MMC-6.
 * Owns: nothing.   Threads: one. */
#include <string.h>

#include "bytes.h"
#include "scsi.h"
#include "sector.h"
#include "subcode.h"

#define PROFILE_CD_ROM	0x0008
#define PROFILE_CD_R	0x0009
#define STATUS_COMPLETE 0x0e	/* the disc, and its last session */
#define CLASS_MEDIA	4
#define NO_AUDIO_STATUS 0x15
#define ADR_POSITION	0x10

static const struct feature {
	uint16_t code;
	uint8_t flags;		/* version, persistent, current; see current() */
	uint8_t len;
	uint8_t data[8];
} features[] = {
	{ 0x0000, 0x03, 4, { 0x00, 0x08, 0x00, 0 } },		/* profiles: CD-ROM */
	{ 0x0001, 0x0b, 8, { 0, 0, 0, 8, 1, 0, 0, 0 } },	/* core: by USB */
	{ 0x0002, 0x07, 4, { 0x02, 0, 0, 0 } },			/* events of media */
	{ 0x0003, 0x03, 4, { 0x29, 0, 0, 0 } },			/* a tray that locks and ejects */
	{ 0x0010, 0x00, 8, { 0, 0, 8, 0, 0, 1, 0, 0 } },	/* sectors of 2048 bytes */
	{ 0x001d, 0x00, 0, { 0 } },				/* reads CDs of all kinds */
	{ 0x001e, 0x08, 4, { 0x03, 0, 0, 0 } },			/* C2 and CD-Text */
};

/* A feature is current always when it is persistent, else while a disc is in. */
static bool current(const struct drive *d, const struct feature *f)
{
	return f->flags & 0x01 || d->disc;
}

static uint16_t profile(const struct drive *d)
{
	return d->as->recordable ? PROFILE_CD_R : PROFILE_CD_ROM;
}

static uint8_t *put_feature(const struct drive *d, uint8_t *p, const struct feature *f)
{
	put_be16(p, f->code);
	p[2] = f->flags | current(d, f);
	p[3] = f->len;
	memcpy(p + 4, f->data, f->len);
	if (f->code == 0) {
		put_be16(p + 4, profile(d));
		p[6] = d->disc ? 0x01 : 0x00;	/* current */
	}
	return p + 4 + f->len;
}

int mmc_configuration(struct drive *d, const struct command *c, struct answer *a)
{
	uint8_t which = c->cdb[1] & 0x03;
	uint32_t from = get_be16(c->cdb + 2);
	uint8_t *out = answer_data(d, a, 8 + sizeof(features)), *p;

	if (!out)
		return -1;
	p = out + 8;
	for (size_t i = 0; i < sizeof(features) / sizeof(*features); i++) {
		const struct feature *f = &features[i];
		bool wanted = which == 2 ? f->code == from : f->code >= from;

		if (wanted && (which != 1 || current(d, f)))
			p = put_feature(d, p, f);
	}
	put_be32(out, (uint32_t)(p - out) - 4);
	put_be16(out + 6, d->disc ? profile(d) : 0);
	answer_cut(a, (size_t)(p - out));
	answer_cut(a, get_be16(c->cdb + 7));
	return 0;
}

/* GET EVENT STATUS NOTIFICATION, by asking again and again: what the kernel does. */
int mmc_event_status(struct drive *d, const struct command *c, struct answer *a)
{
	bool media = c->cdb[4] & 1u << CLASS_MEDIA;
	uint8_t *out;

	if (!(c->cdb[1] & 0x01))
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);
	out = answer_data(d, a, media ? 8 : 4);
	if (!out)
		return -1;
	put_be16(out, (uint32_t)a->len - 2);
	out[2] = media ? CLASS_MEDIA : 0x80;	/* no event available */
	out[3] = 1u << CLASS_MEDIA;
	if (media) {
		out[4] = d->event;
		out[5] = (uint8_t)((d->tray_open ? 1 : 0) | (d->disc ? 2 : 0));
		d->event = 0;
	}
	answer_cut(a, get_be16(c->cdb + 7));
	return 0;
}

int mmc_mechanism_status(struct drive *d, const struct command *c, struct answer *a)
{
	uint8_t *out = answer_data(d, a, 8);

	if (!out)
		return -1;
	out[1] = d->tray_open ? 0x10 : 0;
	answer_cut(a, get_be16(c->cdb + 8));
	return 0;
}

static bool any_mode2(const struct disc *disc)
{
	for (unsigned i = 0; i < disc->ntrack; i++)
		if (disc->track[i].mode2)
			return true;
	return false;
}

int mmc_disc_information(struct drive *d, const struct command *c, struct answer *a)
{
	unsigned first, last;
	uint32_t lead_out;
	uint8_t *out;

	if (c->cdb[1] & 0x07)
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);
	out = answer_data(d, a, 34);
	if (!out)
		return -1;
	disc_session(d->disc, d->disc->nsession, &first, &last, &lead_out);
	put_be16(out, 32);
	out[2] = STATUS_COMPLETE;
	out[3] = 1;
	out[4] = (uint8_t)d->disc->nsession;
	out[5] = (uint8_t)first;
	out[6] = (uint8_t)last;
	out[7] = 0x20;		/* may be used without restriction */
	out[8] = any_mode2(d->disc) ? 0x20 : 0x00;
	memset(out + 16, 0xff, 8);	/* nothing more can be written */
	answer_cut(a, get_be16(c->cdb + 7));
	return 0;
}

/* The track that an LBA, a track number or a session number names; 0: none. */
static unsigned named_track(const struct disc *disc, uint8_t by, uint32_t number)
{
	unsigned first = 0, last;
	uint32_t lead_out;
	const struct track *track;

	switch (by) {
	case 0:
		track = disc_track_at(disc, number);
		return track ? (unsigned)(track - disc->track) + 1 : 0;
	case 1:
		return number <= disc->ntrack ? number : 0;
	case 2:
		disc_session(disc, number, &first, &last, &lead_out);
		return first;
	default:
		return 0;
	}
}

int mmc_track_information(struct drive *d, const struct command *c, struct answer *a)
{
	unsigned number = named_track(d->disc, c->cdb[1] & 0x03, get_be32(c->cdb + 2));
	const struct track *track;
	uint8_t *out;

	if (number == 0)
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);
	track = &d->disc->track[number - 1];
	out = answer_data(d, a, 36);
	if (!out)
		return -1;
	put_be16(out, 34);
	out[2] = (uint8_t)number;
	out[3] = (uint8_t)track->session;
	out[5] = subcode_control(track);
	out[6] = track_is_audio(track) ? 0x0f : track->mode2 ? 2 : 1;
	put_be32(out + 8, track->start);
	put_be32(out + 24, track->end - track->start);
	answer_cut(a, get_be16(c->cdb + 7));
	return 0;
}

/* Each fills what is behind the head of a READ SUB-CHANNEL, and returns how much that is. */
static size_t sub_position(const struct drive *d, uint8_t *p, const struct track *track, bool msf)
{
	(void)d;
	p[1] = (uint8_t)(ADR_POSITION | subcode_control(track));
	p[2] = 1;
	p[3] = 1;
	if (msf)
		sector_msf(0, p + 5);	/* nothing is played: the head rests at the beginning */
	return 12;
}

static size_t sub_catalog(const struct drive *d, uint8_t *p)
{
	if (d->as->catalog) {
		p[4] = 0x80;
		put_padded(p + 5, d->as->catalog, 13);
	}
	return 20;
}

static size_t sub_isrc(const struct drive *d, uint8_t *p, unsigned number)
{
	const char *isrc = d->as->track[number - 1].isrc;

	p[1] = (uint8_t)(ADR_POSITION | subcode_control(&d->disc->track[number - 1]));
	p[2] = (uint8_t)number;
	if (isrc) {
		p[4] = 0x80;
		put_padded(p + 5, isrc, 12);
	}
	return 20;
}

int mmc_sub_channel(struct drive *d, const struct command *c, struct answer *a)
{
	uint8_t form = c->cdb[3], number = c->cdb[6];
	uint8_t *out = answer_data(d, a, 24);
	size_t len = 0;

	if (!out)
		return -1;
	out[1] = NO_AUDIO_STATUS;
	out[4] = form;
	if (form == 1)
		len = sub_position(d, out + 4, &d->disc->track[0], c->cdb[1] & 0x02);
	else if (form == 2)
		len = sub_catalog(d, out + 4);
	else if (form == 3 && number >= 1 && number <= d->disc->ntrack)
		len = sub_isrc(d, out + 4, number);
	else
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);
	if (!(c->cdb[2] & 0x40))
		len = 0;		/* only the head was asked for */
	out[3] = (uint8_t)len;
	answer_cut(a, 4 + len);
	answer_cut(a, get_be16(c->cdb + 7));
	return 0;
}
