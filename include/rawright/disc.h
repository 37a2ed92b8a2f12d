/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disc.h - what is where on an optical disc: tracks, sessions, and the sizes that are told of it.
 * Positions are LBAs, sectors of 2,048 bytes. */
#ifndef RR_DISC_H
#define RR_DISC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RR_DISC_SECTOR 2048u
#define RR_DISC_TRACKS 99u	/* no table of contents has more (IEC 60908) */

struct rr_track {
	uint8_t number, session;	/* from 1 */
	bool audio;
	uint8_t run_out;	/* sectors at its end that the burner left; see drive.h */
	bool gap;		/* nothing is recorded between it and the next one; see drive.h */
	uint32_t start, end;	/* end: behind its last sector, run-out included, the pause before
				 * a track of sound not */
};

struct rr_disc {
	bool known;		/* the drive answered; else all is 0 */
	uint16_t profile;	/* MMC-6: what kind of disc; 0: not known */
	unsigned sessions;
	struct rr_track track[RR_DISC_TRACKS];	/* in their order on the disc */
	size_t ntrack;		/* 0: there is no table of contents that makes sense */
	uint32_t lead_out;	/* the disc's end by its table of contents; 0: not known */
	uint32_t capacity;	/* sectors by READ CAPACITY; 0: not known */
	uint32_t filesystem;	/* where the last ISO 9660 file system ends; 0: there is none */
};

/* "CD-R", "DVD+RW" ...; NULL: no name for it. */
const char *rr_disc_profile_name(uint16_t profile);
/* Is it a CD, and is it one that is burned, CD-R or CD-RW? */
bool rr_disc_is_cd(const struct rr_disc *disc);
bool rr_disc_is_burned_cd(const struct rr_disc *disc);

/* Takes tracks and lead-out from the answer to READ TOC/PMA/ATIP, format 0, addresses as LBAs
 * (MMC-6). False: the answer makes no sense, and nothing was taken. */
bool rr_disc_take_toc(struct rr_disc *disc, const uint8_t *answer, size_t len);
/* Takes sessions and the true ends of tracks from format 2, the full table (MMC-6). False:
 * it does not fit the tracks, and nothing was taken: all are then of one session. */
bool rr_disc_take_sessions(struct rr_disc *disc, const uint8_t *answer, size_t len);
/* Where the file system whose volume descriptor is this sector (of 2,048 bytes) ends, the
 * descriptor being the 17th sector of the track (ECMA-119, 8.4). 0: it is none. */
uint32_t rr_disc_iso_end(const struct rr_track *track, const uint8_t *descriptor);

/* How many sectors an image of the whole disc has, kernel being what the kernel says. Without the
 * run-out at the end, which holds nothing. */
uint32_t rr_disc_sectors(const struct rr_disc *disc, uint32_t kernel);

enum rr_span_kind {
	RR_SPAN_DATA,		/* to be read */
	RR_SPAN_AUDIO,		/* sound: it has no sectors of 2,048 bytes */
	RR_SPAN_NOTHING,	/* run-out, or between two sessions: nothing is recorded */
};
struct rr_span {
	enum rr_span_kind kind;
	uint32_t start, end;
};
/* The span that holds the sector; end is UINT32_MAX for the last one. */
struct rr_span rr_disc_span(const struct rr_disc *disc, uint32_t lba);
/* From a sector on, how far can be read without meeting sound? Not beyond size. The sector itself
 * when there is nothing. */
uint32_t rr_disc_data_end(const struct rr_disc *disc, uint32_t from, uint32_t size);

#endif
