/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disc.c - lays tracks out on a CD and reads their sectors.
 * Owns: the descriptors of the images.   Threads: one. */
#include "disc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sector.h"

#define LBA_MAX (100 * 60 * 75 - 150)	/* what a time of two digits can name */

static uint32_t bytes_of(enum track_kind kind)
{
	return kind == TRACK_DATA ? DISC_COOKED : DISC_RAW;
}

static int open_image(struct track *track, const struct track_plan *plan, struct rr_err *err)
{
	uint8_t head[DISC_RAW];
	struct stat st;

	track->fd = open(plan->image, O_RDONLY | O_CLOEXEC);
	if (track->fd < 0 || fstat(track->fd, &st) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot open the track %s", plan->image);
	track->size = (uint64_t)st.st_size;
	if (track->size == 0)
		return rr_fail(err, RR_FORMAT, 0, "the track %s is empty", plan->image);
	track->mode2 = track->kind == TRACK_RAW &&
		       pread(track->fd, head, sizeof(head), 0) > SECTOR_MODE &&
		       head[SECTOR_MODE] == 2;
	return 0;
}

/* Places the track behind at, which moves on to its end. */
static int place(struct track *track, uint64_t *at, struct rr_err *err)
{
	uint64_t bytes = bytes_of(track->kind), sectors = (track->size + bytes - 1) / bytes;

	if (*at + track->pregap + sectors > LBA_MAX)
		return rr_fail(err, RR_FORMAT, 0, "the tracks do not fit on a disc");
	track->start = (uint32_t)*at + track->pregap;
	*at = track->start + sectors;
	track->end = (uint32_t)*at;
	return 0;
}

/* The last sectors of the last data track cannot be read. */
static void place_run_out(struct disc *disc, uint64_t sectors)
{
	for (unsigned i = disc->ntrack; i-- > 0;) {
		const struct track *track = &disc->track[i];

		if (track_is_audio(track))
			continue;
		disc->run_out_end = track->end;
		disc->run_out = sectors < track->end - track->start ?
				track->end - (uint32_t)sectors : track->start;
		return;
	}
}

static int lay_out(struct disc *disc, const struct description *d, struct rr_err *err)
{
	uint64_t at = 0;

	disc->nsession = 1;
	for (size_t i = 0; i < d->ntrack; i++) {
		const struct track_plan *plan = &d->track[i];
		struct track *track = &disc->track[disc->ntrack++];

		if (plan->new_session) {
			disc->nsession++;
			at += SESSION_GAP;
		}
		*track = (struct track){ .kind = plan->kind, .pregap = (uint32_t)plan->pregap,
					 .session = disc->nsession, .fd = -1 };
		if (open_image(track, plan, err) < 0 || place(track, &at, err) < 0)
			return -1;
	}
	disc->lead_out = (uint32_t)at;
	place_run_out(disc, d->run_out);
	return 0;
}

struct disc *disc_open(const struct description *d, struct rr_err *err)
{
	struct disc *disc = calloc(1, sizeof(*disc));

	if (!disc) {
		(void)rr_fail_memory(err);	/* told by NULL */
		return NULL;
	}
	if (d->ntrack == 0)
		(void)rr_fail(err, RR_FORMAT, 0, "%s: no track is described", d->path);
	else if (lay_out(disc, d, err) == 0)
		return disc;
	disc_close(disc);
	return NULL;
}

void disc_close(struct disc *disc)
{
	if (!disc)
		return;
	for (unsigned i = 0; i < disc->ntrack; i++)
		if (disc->track[i].fd >= 0)
			(void)close(disc->track[i].fd);	/* was read from */
	free(disc);
}

const struct track *disc_track_at(const struct disc *disc, uint32_t lba)
{
	for (unsigned i = 0; i < disc->ntrack; i++) {
		const struct track *track = &disc->track[i];

		if (lba >= track->start - track->pregap && lba < track->end)
			return track;
	}
	return NULL;
}

void disc_session(const struct disc *disc, unsigned session, unsigned *first, unsigned *last,
		uint32_t *lead_out)
{
	*first = 0;
	for (unsigned i = 0; i < disc->ntrack; i++) {
		if (disc->track[i].session != session)
			continue;
		if (*first == 0)
			*first = i + 1;
		*last = i + 1;
		*lead_out = disc->track[i].end;
	}
}

/* Zeros behind the end of the image. */
static int read_image(const struct track *track, uint32_t lba, uint8_t *data, size_t len)
{
	off_t off = (off_t)(lba - track->start) * bytes_of(track->kind);
	size_t got = 0;

	memset(data, 0, len);
	while (got < len) {
		ssize_t n = pread(track->fd, data + got, len - got, off + (off_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return 0;
}

/* A pregap is silence, or sectors of zeros. */
int disc_sector(const struct track *track, uint32_t lba, uint8_t raw[DISC_RAW])
{
	bool pregap = lba < track->start;

	memset(raw, 0, DISC_RAW);
	if (track->kind != TRACK_DATA && !pregap)
		return read_image(track, lba, raw, DISC_RAW);
	if (track_is_audio(track))
		return 0;
	if (!pregap && read_image(track, lba, raw + SECTOR_USER, DISC_COOKED) < 0)
		return -1;
	sector_make(raw, lba);
	return 0;
}
