/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disc.h - a CD: its tracks and sessions, and the bytes of its sectors. */
#ifndef VUSB_DISC_H
#define VUSB_DISC_H

#include "describe.h"
#include "rawright/err.h"

#define DISC_RAW    2352	/* bytes of a sector: ECMA-130, 14 */
#define DISC_COOKED 2048
#define SESSION_GAP 11400	/* sectors from a session's end to the next one's first track */

struct track {
	enum track_kind kind;
	uint32_t pregap;	/* sectors before start that are its own */
	uint32_t start, end;	/* LBA of index 1; the sector behind the last */
	unsigned session;	/* from 1 on */
	uint64_t size;		/* of the image, in bytes */
	int fd;
	bool mode2;		/* its sectors say so */
};

struct disc {
	struct track track[TRACKS_MAX];
	unsigned ntrack, nsession;
	uint32_t lead_out;		/* of the last session */
	uint32_t run_out, run_out_end;	/* sectors that cannot be read; equal: none */
};

/* Lays out the tracks that d describes and opens their images. NULL: RR_SYSTEM, RR_FORMAT. */
struct disc *disc_open(const struct description *d, struct rr_err *err);
void disc_close(struct disc *disc);

/* The track that an LBA belongs to, its pregap included. NULL: between sessions or outside. */
const struct track *disc_track_at(const struct disc *disc, uint32_t lba);

/* The first and last track of a session, and where its lead-out begins. */
void disc_session(const struct disc *disc, unsigned session, unsigned *first, unsigned *last,
		uint32_t *lead_out);

/* All 2352 bytes of a sector of a track. -1: the image cannot be read. */
int disc_sector(const struct track *track, uint32_t lba, uint8_t raw[DISC_RAW]);

static inline bool track_is_audio(const struct track *track)
{
	return track->kind == TRACK_AUDIO;
}

#endif
