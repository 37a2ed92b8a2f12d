/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disc.c - what a drive's answers say of a disc's tracks, sessions and size.
 * Owns: nothing.   Threads: any.
 *
 * Tables of contents are as foreign as labels: discs with lies in them were sold to annoy. What
 * makes no sense is not taken, and the disc is then one long track. */
#include "rawright/disc.h"

#include <string.h>

#define PREGAP		150u	/* LBA 0 stands at 00:02:00 (IEC 60908) */
#define LEAD_OUT_TRACK	0xaa
#define POINT_LEAD_OUT	0xa2
#define CONTROL_DATA	0x04
#define ADR_POSITION	1
#define HEAD		4u	/* of every answer to READ TOC */
#define TOC_ENTRY	8u
#define FULL_ENTRY	11u
#define CD_ROM		0x0008
#define CD_R		0x0009
#define CD_RW		0x000a
/* The drive and the table of contents differ by no more than run-out or a pregap, or one lies. */
#define LIKELY_SLACK 150u

const char *rr_disc_profile_name(uint16_t profile)
{
	static const struct {
		uint16_t profile;
		const char *name;
	} names[] = {
		{ CD_ROM, "CD-ROM" },   { CD_R, "CD-R" },	    { CD_RW, "CD-RW" },
		{ 0x10, "DVD-ROM" },  { 0x11, "DVD-R" },    { 0x12, "DVD-RAM" },
		{ 0x13, "DVD-RW" },   { 0x14, "DVD-RW" },   { 0x15, "DVD-R DL" },
		{ 0x16, "DVD-R DL" }, { 0x1a, "DVD+RW" },   { 0x1b, "DVD+R" },
		{ 0x2a, "DVD+RW DL" }, { 0x2b, "DVD+R DL" }, { 0x40, "BD-ROM" },
		{ 0x41, "BD-R" },     { 0x42, "BD-R" },	    { 0x43, "BD-RE" },
		{ 0x50, "HD DVD-ROM" }, { 0x51, "HD DVD-R" }, { 0x52, "HD DVD-RAM" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].profile == profile)
			return names[i].name;
	return NULL;
}

bool rr_disc_is_cd(const struct rr_disc *disc)
{
	return disc->profile >= CD_ROM && disc->profile <= CD_RW;
}

bool rr_disc_is_burned_cd(const struct rr_disc *disc)
{
	return disc->profile == CD_R || disc->profile == CD_RW;
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

/* How many bytes of entries there are: what the answer says, and no more than came. */
static size_t entries(const uint8_t *answer, size_t len, size_t size)
{
	size_t said;

	if (len < HEAD)
		return 0;
	said = (size_t)(answer[0] << 8 | answer[1]) + 2;
	said = said < len ? said : len;
	return said < HEAD ? 0 : (said - HEAD) / size;
}

/* Numbers and places rise, and the end lies behind them all. */
static bool in_order(const struct rr_disc *disc)
{
	if (disc->ntrack == 0 || disc->lead_out <= disc->track[disc->ntrack - 1].start)
		return false;
	for (size_t i = 1; i < disc->ntrack; i++)
		if (disc->track[i].number <= disc->track[i - 1].number ||
		    disc->track[i].start <= disc->track[i - 1].start)
			return false;
	return true;
}

static void set_ends(struct rr_disc *disc)
{
	for (size_t i = 0; i < disc->ntrack; i++)
		disc->track[i].end = i + 1 < disc->ntrack ? disc->track[i + 1].start :
							    disc->lead_out;
}

static void add_entry(struct rr_disc *disc, const uint8_t *entry)
{
	uint8_t number = entry[2];

	if (number == LEAD_OUT_TRACK)
		disc->lead_out = be32(entry + 4);
	else if (number >= 1 && number <= RR_DISC_TRACKS && disc->ntrack < RR_DISC_TRACKS)
		disc->track[disc->ntrack++] =
			(struct rr_track){ .number = number,
					   .session = 1,
					   .audio = !(entry[1] & CONTROL_DATA),
					   .start = be32(entry + 4) };
}

bool rr_disc_take_toc(struct rr_disc *disc, const uint8_t *answer, size_t len)
{
	size_t n = entries(answer, len, TOC_ENTRY);
	struct rr_disc new = { .ntrack = 0 };

	for (size_t i = 0; i < n; i++)
		add_entry(&new, answer + HEAD + i * TOC_ENTRY);
	if (!in_order(&new))
		return false;
	set_ends(&new);
	memcpy(disc->track, new.track, sizeof(new.track));
	disc->ntrack = new.ntrack;
	disc->lead_out = new.lead_out;
	disc->sessions = 1;
	return true;
}

/* Of a time in minutes, seconds and frames; false: there is none such. */
static bool lba_of(const uint8_t *msf, uint32_t *lba)
{
	uint32_t frames = (msf[0] * 60u + msf[1]) * 75u + msf[2];

	*lba = frames - PREGAP;
	return msf[1] < 60 && msf[2] < 75 && frames >= PREGAP;
}

/* What the full table says: each track's session, and each session's lead-out. */
struct full_toc {
	uint8_t session[RR_DISC_TRACKS + 1];	/* by the track's number; 0: not told */
	uint32_t lead_out[RR_DISC_TRACKS + 1];	/* by the session's number; 0: not told */
};

static void add_full(struct full_toc *full, const uint8_t *entry)
{
	uint8_t session = entry[0], point = entry[3];
	uint32_t lba;

	if (entry[1] >> 4 != ADR_POSITION || session < 1 || session > RR_DISC_TRACKS)
		return;
	if (point >= 1 && point <= RR_DISC_TRACKS)
		full->session[point] = session;
	else if (point == POINT_LEAD_OUT && lba_of(entry + 8, &lba))
		full->lead_out[session] = lba;
}

/* Every track has a session, they rise, and each ends behind its last track and before the next. */
static bool fits(const struct rr_disc *disc, const struct full_toc *full)
{
	for (size_t i = 0; i < disc->ntrack; i++) {
		const struct rr_track *track = &disc->track[i], *next = track + 1;
		uint8_t session = full->session[track->number];
		bool last = i + 1 == disc->ntrack;
		uint8_t then = last ? 0 : full->session[next->number];

		if (session == 0 || (!last && then < session))
			return false;
		if ((last || then > session) &&
		    (full->lead_out[session] <= track->start ||
		     full->lead_out[session] > (last ? disc->lead_out : next->start)))
			return false;
	}
	return true;
}

bool rr_disc_take_sessions(struct rr_disc *disc, const uint8_t *answer, size_t len)
{
	size_t n = entries(answer, len, FULL_ENTRY);
	struct full_toc full = { .session = { 0 } };

	for (size_t i = 0; i < n; i++)
		add_full(&full, answer + HEAD + i * FULL_ENTRY);
	if (disc->ntrack == 0 || !fits(disc, &full))
		return false;
	for (size_t i = 0; i < disc->ntrack; i++) {
		struct rr_track *track = &disc->track[i];

		track->session = full.session[track->number];
		if (i + 1 == disc->ntrack || full.session[track[1].number] != track->session)
			track->end = full.lead_out[track->session];
		disc->sessions = track->session;
	}
	return true;
}

uint32_t rr_disc_iso_end(const struct rr_track *track, const uint8_t *descriptor)
{
	static const uint8_t mark[] = { 1, 'C', 'D', '0', '0', '1', 1 };
	uint32_t blocks = le32(descriptor + 80), len = track->end - track->start;

	if (memcmp(descriptor, mark, sizeof(mark)) != 0 || be32(descriptor + 84) != blocks ||
	    descriptor[128] != 0 || descriptor[129] != RR_DISC_SECTOR >> 8)
		return 0;
	/* of a later session: programs differ in where they count from */
	return track->start && blocks <= len ? track->start + blocks : blocks;
}

uint32_t rr_disc_sectors(const struct rr_disc *disc, uint32_t kernel)
{
	const struct rr_track *last = disc->ntrack ? &disc->track[disc->ntrack - 1] : NULL;
	uint32_t n = kernel > disc->capacity ? kernel : disc->capacity;

	if (rr_disc_is_cd(disc) && disc->lead_out &&
	    (!disc->capacity || (disc->lead_out > n && disc->lead_out - n <= LIKELY_SLACK)))
		n = disc->lead_out;
	if (last && last->run_out && last->end >= n && last->end - last->run_out < n)
		n = last->end - last->run_out;
	return n;
}

static struct rr_span span(enum rr_span_kind kind, uint32_t start, uint32_t end)
{
	return (struct rr_span){ .kind = kind, .start = start, .end = end };
}

/* What lies between the end of a track and the next: run-out, then a pause of sound, or a gap. What
 * nobody is sure of is to be read. */
static struct rr_span behind(const struct rr_track *track, bool pause, uint32_t lba, uint32_t end,
			     uint32_t then)
{
	if (track->gap)
		return span(RR_SPAN_NOTHING, end, then);
	if (lba < track->end)
		return span(RR_SPAN_NOTHING, end, track->end);
	return span(pause ? RR_SPAN_AUDIO : RR_SPAN_DATA, track->end, then);
}

struct rr_span rr_disc_span(const struct rr_disc *disc, uint32_t lba)
{
	uint32_t at = 0;

	for (size_t i = 0; i < disc->ntrack; i++) {
		const struct rr_track *track = &disc->track[i];
		bool last = i + 1 == disc->ntrack;
		uint32_t end = track->end - track->run_out;
		uint32_t then = last ? track->end : track[1].start;
		bool pause = !last && track[1].audio && track[1].session == track->session;

		if (lba < track->start)
			return span(RR_SPAN_DATA, at, track->start);
		if (lba < end)
			return span(track->audio ? RR_SPAN_AUDIO : RR_SPAN_DATA, track->start, end);
		if (lba < then)
			return behind(track, pause, lba, end, then);
		at = then;
	}
	return span(RR_SPAN_DATA, at, UINT32_MAX);
}

uint32_t rr_disc_data_end(const struct rr_disc *disc, uint32_t from, uint32_t size)
{
	uint32_t end = from;

	for (uint32_t at = from; at < size;) {
		struct rr_span s = rr_disc_span(disc, at);

		if (s.kind == RR_SPAN_AUDIO)
			break;
		at = s.end < size ? s.end : size;
		if (s.kind == RR_SPAN_DATA)
			end = at;
	}
	return end;
}
