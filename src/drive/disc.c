/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disc.c - asks an optical drive what is on its disc.
 * Owns: nothing.   Threads: any; a drive that hangs keeps its caller. */
#include <string.h>

#include "rawright/drive.h"
#include "scsi.h"

#define ANSWER	   4096	/* bytes: room for the full table of 99 tracks in as many sessions */
#define DESCRIPTOR 16	/* sectors behind the beginning of its track: ECMA-119, 6.2.1 */
#define PAUSE	   150u	/* sectors (ECMA-130, 20.2) */
#define CODE_ILLEGAL_MODE 0x64	/* illegal mode for this track (MMC-6) */
#define RUN_OUT	   2u	/* sectors that burning track by track leaves (MMC-6) */

#define TRIES	   3	/* of a sector that may be run-out: the drive may be at fault, once */
#define ISO_SLACK  300u	/* sectors: programs pad what they burn by 150, or a little more */
#define FIRST_GAP  11400u	/* lead-out, lead-in and pregap between sessions (MMC-6) ... */
#define LATER_GAP  6900u	/* ... behind the second and later ones */

/* A drive that is asked; other: it said that its medium is another one, which it does once. */
struct asked {
	int fd;
	bool other;
};

static int command(struct asked *a, struct rr_scsi *c)
{
	int os = rr_scsi_do(a->fd, c);

	a->other |= rr_sense_is_other_medium(&c->sense);
	return os;
}

/* READ TOC/PMA/ATIP (0x43): MMC-6. */
static size_t read_toc(struct asked *a, uint8_t format, uint8_t first, uint8_t *answer)
{
	struct rr_scsi c = { .cdb = { 0x43, 0, format, 0, 0, 0, first, ANSWER >> 8,
				      ANSWER & 0xff },
			     .cdb_len = 10,
			     .data = answer,
			     .len = ANSWER };

	memset(answer, 0, ANSWER);
	return command(a, &c) == 0 ? c.got : 0;
}

/* GET CONFIGURATION (0x46): MMC-6; its head alone, which names the profile. */
static uint16_t read_profile(struct asked *a)
{
	uint8_t head[8] = { 0 };
	struct rr_scsi c = { .cdb = { 0x46, 0x02, 0, 0, 0, 0, 0, 0, sizeof(head) },
			     .cdb_len = 10,
			     .data = head,
			     .len = sizeof(head) };

	return command(a, &c) == 0 && c.got == sizeof(head) ? (uint16_t)(head[6] << 8 | head[7]) :
							      0;
}

static uint32_t read_capacity(struct asked *a)
{
	struct rr_sense sense;
	uint32_t sectors;

	if (rr_scsi_capacity(a->fd, &sectors, &sense))
		a->other |= rr_sense_is_other_medium(&sense);
	return sectors;
}

/* What came of a sector. */
enum found { FOUND, UNREADABLE, SOUND, UNKNOWN };

static enum found look(struct asked *a, uint32_t lba, uint8_t *sector)
{
	struct rr_sense sense;
	int os = rr_scsi_read(a->fd, lba, 1, sector, &sense);

	a->other |= rr_sense_is_other_medium(&sense);
	if (!os)
		return FOUND;
	if (sense.key == RR_SENSE_ILLEGAL && sense.code == CODE_ILLEGAL_MODE)
		return SOUND;
	return sense.key == RR_SENSE_MEDIUM || sense.key == RR_SENSE_ILLEGAL ? UNREADABLE : UNKNOWN;
}

/* Each of several tries, so that no accident decides. */
static bool is_never_read(struct asked *a, uint32_t lba)
{
	uint8_t sector[RR_DISC_SECTOR];

	for (unsigned i = 0; i < TRIES; i++) {
		enum found found = look(a, lba, sector);

		if (found == FOUND || found == UNKNOWN)
			return false;
	}
	return true;
}

static bool is_read(struct asked *a, uint32_t lba)
{
	uint8_t sector[RR_DISC_SECTOR];

	for (unsigned i = 0; i < TRIES; i++)
		if (look(a, lba, sector) == FOUND)
			return true;
	return false;
}

static bool is_sound(struct asked *a, uint32_t lba)
{
	uint8_t sector[RR_DISC_SECTOR];

	return look(a, lba, sector) == SOUND;
}

static bool is_last_of_session(const struct rr_disc *disc, size_t i)
{
	return i + 1 == disc->ntrack || disc->track[i + 1].session != disc->track[i].session;
}

static bool is_first_of_session(const struct rr_disc *disc, size_t i)
{
	return i == 0 || disc->track[i - 1].session != disc->track[i].session;
}

static uint32_t find_iso(struct asked *a, const struct rr_track *track)
{
	uint8_t sector[RR_DISC_SECTOR];

	if (track->audio || track->end - track->start <= DESCRIPTOR ||
	    look(a, track->start + DESCRIPTOR, sector) != FOUND)
		return 0;
	return rr_disc_iso_end(track, sector);
}

/* Run-out looks like damage. It is the last two sectors of a burned track, both unreadable, what
 * stands before them can be read, and the file system ends there, or a little before. */
static bool has_run_out(struct asked *a, const struct rr_track *track, uint32_t iso_end)
{
	uint32_t end = track->end;

	return !track->audio && iso_end && iso_end <= end - RUN_OUT &&
	       end - RUN_OUT - iso_end <= ISO_SLACK &&
	       end - track->start > DESCRIPTOR + RUN_OUT && is_read(a, end - 3) &&
	       is_never_read(a, end - 1) && is_never_read(a, end - 2);
}

/* Before a track of sound that follows data stands a pause of sound, which the table of contents
 * counts to the data: they are not of the sector's mode, says the drive. */
static bool has_pause(struct asked *a, const struct rr_track *track, const struct rr_track *next)
{
	return !track->audio && next->audio && next->session == track->session &&
	       next->start - track->start > PAUSE + DESCRIPTOR && is_sound(a, next->start - 1) &&
	       is_sound(a, next->start - PAUSE) && is_read(a, next->start - PAUSE - 1);
}

/* Between two sessions: as long as it must be, and nothing to be read at its ends and in its
 * middle. */
static bool has_gap(struct asked *a, const struct rr_track *track, const struct rr_track *next)
{
	uint32_t len = next->start - track->end, must = track->session == 1 ? FIRST_GAP : LATER_GAP;

	return next->session != track->session && len == must && is_never_read(a, track->end) &&
	       is_never_read(a, track->end + len / 2) && is_never_read(a, next->start - 1);
}

/* Tables of contents may call data sound, to annoy: it is data when sectors of data come. */
static void look_at_sound(struct asked *a, struct rr_disc *disc)
{
	for (size_t i = 0; i < disc->ntrack && !a->other; i++) {
		uint8_t sector[RR_DISC_SECTOR];
		struct rr_track *track = &disc->track[i];

		if (!track->audio)
			continue;
		if (look(a, track->start, sector) != FOUND)
			return; /* it tells the truth */
		track->audio = false;
	}
}

static void look_at_tracks(struct asked *a, struct rr_disc *disc)
{
	uint32_t iso_end = 0;

	for (size_t i = 0; i < disc->ntrack && !a->other; i++) {
		struct rr_track *track = &disc->track[i];
		bool last = i + 1 == disc->ntrack;

		if (is_first_of_session(disc, i))
			iso_end = find_iso(a, track);
		if (iso_end)
			disc->filesystem = iso_end;
		if (!last && has_pause(a, track, track + 1))
			track->end = track[1].start - PAUSE;
		if (!last)
			track->gap = has_gap(a, track, track + 1);
		if (rr_disc_is_burned_cd(disc) && is_last_of_session(disc, i) &&
		    (last ? track->end >= disc->capacity : track->gap) &&
		    has_run_out(a, track, iso_end))
			track->run_out = RUN_OUT;
	}
}

int rr_disc_ask(int fd, const char *name, struct rr_disc *disc, struct rr_err *err)
{
	struct asked a = { .fd = fd };
	uint8_t answer[ANSWER];

	memset(disc, 0, sizeof(*disc));
	disc->capacity = read_capacity(&a);
	disc->profile = read_profile(&a);
	/* of DVDs and their like the drive makes tables up; one session each is what remains */
	if (rr_disc_take_toc(disc, answer, read_toc(&a, 0, 0, answer)) && rr_disc_is_cd(disc))
		(void)rr_disc_take_sessions(disc, answer, read_toc(&a, 2, 1, answer));
	disc->known = disc->capacity || disc->ntrack;
	look_at_sound(&a, disc);
	look_at_tracks(&a, disc);
	if (!a.other)
		return 0;
	memset(disc, 0, sizeof(*disc));
	return rr_fail(err, RR_GONE, 0, "the medium in %s was taken out or changed: try again",
		       name);
}
