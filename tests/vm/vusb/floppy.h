/* SPDX-License-Identifier: GPL-3.0-or-later */
/* floppy.h - the formats that a USB floppy drive knows: UFI Command Specification 1.0, 4.5.8. */
#ifndef VUSB_FLOPPY_H
#define VUSB_FLOPPY_H

#include "drive.h"

struct floppy_format {
	uint32_t sectors, sector_size;
	uint8_t cylinders, heads, per_track;
	uint8_t medium_type;	/* of MODE SENSE */
	uint16_t kbits, rpm;
	bool high_density;	/* which disks can be formatted so */
};

extern const struct floppy_format floppy_formats[];
extern const size_t floppy_nformats;

/* Of the disk in the drive; NULL for none, or for a size that is no format. */
const struct floppy_format *floppy_format_of(const struct drive *d);

#endif
