/* SPDX-License-Identifier: GPL-3.0-or-later */
/* medium.h - sectors in a file, and those that are only claimed. */
#ifndef VUSB_MEDIUM_H
#define VUSB_MEDIUM_H

#include "describe.h"
#include "rawright/err.h"

struct medium {
	int fd;			/* -1: none */
	uint32_t sector_size;
	uint64_t sectors;	/* true ones */
	uint64_t claim;		/* what the drive says */
	enum beyond beyond;
	bool write_protected;	/* described so, or the file cannot be written */
};

/* Opens the file at path as the medium that d describes. RR_SYSTEM, RR_FORMAT. */
int medium_open(struct medium *m, const struct description *d, const char *path,
		struct rr_err *err);
void medium_close(struct medium *m);

/* Reads or writes count sectors. Beyond the end of the file are zeros. The number of sectors done:
 * fewer where the file fails, or where sectors are only claimed and fail. */
uint64_t medium_read(const struct medium *m, uint64_t first, uint64_t count, uint8_t *data);
uint64_t medium_write(const struct medium *m, uint64_t first, uint64_t count,
		const uint8_t *data);

/* On stable storage. */
int medium_flush(const struct medium *m);

#endif
