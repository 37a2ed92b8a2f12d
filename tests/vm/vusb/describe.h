/* SPDX-License-Identifier: GPL-3.0-or-later */
/* describe.h - a drive as a person described it in a file; README.md tells of the file. */
#ifndef VUSB_DESCRIBE_H
#define VUSB_DESCRIBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "rawright/err.h"

enum kind { STICK, FLOPPY, CD };
enum speed { FULL_SPEED, HIGH_SPEED, SUPER_SPEED };
enum transport { BULK, CBI };
/* What becomes of sectors that are claimed and not there. */
enum beyond { BEYOND_VANISH, BEYOND_WRAP, BEYOND_FAIL };
enum read_cd { READ_CD_FULL, READ_CD_REFUSED, READ_CD_ZEROS };
enum track_kind { TRACK_DATA, TRACK_RAW, TRACK_AUDIO };

#define TRACKS_MAX 99

/* A track of a disc: texts are for CD-Text and the sub-channel, NULL where there are none. */
struct track_plan {
	enum track_kind kind;
	char *image;
	uint64_t pregap;	/* sectors in front of it that are its own */
	bool new_session;	/* the first one of a session that is not the first */
	char *title, *performer, *isrc;
};

/* Texts and paths are owned and never NULL, but for those that say so. */
struct description {
	char *path;		/* of the file itself */
	enum kind kind;
	char *image;		/* NULL: no medium was ever in it (of a CD: never used) */
	uint64_t sector_size;
	uint64_t sectors;	/* true ones; 0: as many as the image has */
	uint64_t claim;		/* what the drive says; 0: the truth */
	enum beyond beyond;
	char *vendor, *product, *revision, *serial;
	uint64_t usb_vendor, usb_product;
	enum speed speed;
	enum transport transport;
	uint64_t port;		/* of the virtual hub; UINT64_MAX: any */
	bool fixed, write_protected, no_medium;
	bool recordable;	/* a CD that was burned, and not pressed */
	uint64_t ready_after_ms;	/* a medium was put in */
	char *log;		/* NULL: none */

	enum read_cd read_cd;
	uint64_t run_out;	/* the last sectors of the last data track, unreadable */
	struct track_plan track[TRACKS_MAX];
	size_t ntrack;
	char *title, *performer, *catalog;	/* of the disc; may be NULL */

	struct fault *fault;
	size_t nfault;
};

/* Reads the file. RR_SYSTEM, RR_FORMAT. The caller frees it with description_free. */
struct description *description_load(const char *path, struct rr_err *err);

/* The same from a text, which is spoiled; relative names in it stand beside path. */
struct description *description_parse(const char *path, char *text, struct rr_err *err);

void description_free(struct description *d);

/* Would the host see another drive? Another medium in the same one? */
bool description_other_drive(const struct description *a, const struct description *b);
bool description_other_medium(const struct description *a, const struct description *b);

#endif
