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

/* READ TOC/PMA/ATIP (0x43): MMC-6. */
static size_t read_toc(int fd, uint8_t format, uint8_t first, uint8_t *answer)
{
	struct rr_scsi c = { .cdb = { 0x43, 0, format, 0, 0, 0, first, ANSWER >> 8,
				      ANSWER & 0xff },
			     .cdb_len = 10,
			     .data = answer,
			     .len = ANSWER };

	memset(answer, 0, ANSWER);
	return rr_scsi_do(fd, &c) == 0 ? c.got : 0;
}

/* GET CONFIGURATION (0x46): MMC-6; its head alone, which names the profile. */
static uint16_t read_profile(int fd)
{
	uint8_t head[8] = { 0 };
	struct rr_scsi c = { .cdb = { 0x46, 0x02, 0, 0, 0, 0, 0, 0, sizeof(head) },
			     .cdb_len = 10,
			     .data = head,
			     .len = sizeof(head) };

	return rr_scsi_do(fd, &c) == 0 && c.got == sizeof(head) ?
		       (uint16_t)(head[6] << 8 | head[7]) :
		       0;
}

static bool is_last_of_session(const struct rr_disc *disc, size_t i)
{
	return i + 1 == disc->ntrack || disc->track[i + 1].session != disc->track[i].session;
}

static bool is_first_of_session(const struct rr_disc *disc, size_t i)
{
	return i == 0 || disc->track[i - 1].session != disc->track[i].session;
}

static uint32_t find_iso(int fd, const struct rr_track *track)
{
	uint8_t sector[RR_DISC_SECTOR];
	struct rr_sense sense;

	if (track->audio || track->end - track->start <= DESCRIPTOR ||
	    rr_scsi_read(fd, track->start + DESCRIPTOR, 1, sector, &sense))
		return 0;
	return rr_disc_iso_end(track, sector);
}

static bool unreadable(int fd, uint32_t lba)
{
	uint8_t sector[RR_DISC_SECTOR];
	struct rr_sense sense;

	return rr_scsi_read(fd, lba, 1, sector, &sense) != 0 &&
	       (sense.key == RR_SENSE_MEDIUM || sense.key == RR_SENSE_ILLEGAL);
}

/* Run-out looks like damage. It is the last two sectors of a burned track, both unreadable, what
 * stands before them is sound, and no file system reaches into them. */
static bool has_run_out(int fd, const struct rr_track *track, uint32_t iso_end)
{
	uint32_t end = track->end;

	return !track->audio && iso_end && iso_end <= end - RUN_OUT &&
	       end - track->start > DESCRIPTOR + RUN_OUT && unreadable(fd, end - 1) &&
	       unreadable(fd, end - 2) && !unreadable(fd, end - 3);
}

/* Before a track of sound that follows data stands a pause of sound, which the table of contents
 * counts to the data: they are not of the sector's mode, says the drive (5/64). */
static bool is_sound(int fd, uint32_t lba)
{
	uint8_t sector[RR_DISC_SECTOR];
	struct rr_sense sense;

	return rr_scsi_read(fd, lba, 1, sector, &sense) != 0 && sense.key == RR_SENSE_ILLEGAL &&
	       sense.code == CODE_ILLEGAL_MODE;
}

static bool has_pause(int fd, const struct rr_track *track, const struct rr_track *next)
{
	return !track->audio && next->audio && next->session == track->session &&
	       next->start - track->start > PAUSE + DESCRIPTOR &&
	       is_sound(fd, next->start - 1) && is_sound(fd, next->start - PAUSE) &&
	       !unreadable(fd, next->start - PAUSE - 1);
}

static void look_at_tracks(int fd, struct rr_disc *disc)
{
	uint32_t iso_end = 0;

	for (size_t i = 0; i < disc->ntrack; i++) {
		struct rr_track *track = &disc->track[i];

		if (is_first_of_session(disc, i))
			iso_end = find_iso(fd, track);
		if (iso_end)
			disc->filesystem = iso_end;
		if (rr_disc_is_burned_cd(disc) && is_last_of_session(disc, i) &&
		    has_run_out(fd, track, iso_end))
			track->run_out = RUN_OUT;
		if (i + 1 < disc->ntrack && has_pause(fd, track, track + 1))
			track->end = track[1].start - PAUSE;
	}
}

void rr_disc_ask(int fd, struct rr_disc *disc)
{
	uint8_t answer[ANSWER];

	memset(disc, 0, sizeof(*disc));
	disc->capacity = rr_scsi_capacity(fd);
	disc->profile = read_profile(fd);
	if (rr_disc_take_toc(disc, answer, read_toc(fd, 0, 0, answer)))
		(void)rr_disc_take_sessions(disc, answer, read_toc(fd, 2, 1, answer)); /* one */
	disc->known = disc->capacity || disc->ntrack;
	look_at_tracks(fd, disc);
}
