/* SPDX-License-Identifier: GPL-3.0-or-later */
/* floppy_format.c - the floppy formats that have a name.
 * Owns: nothing.   Threads: any. */
#include "rawright/floppy_format.h"

static const struct rr_floppy_format formats[] = {
	/* name, cylinders, heads, sectors, bytes, media, without BPB: cluster, FAT, root */
	{ "160K, 5.25 inch, one side", 40, 1, 8, 512, 0xfe, 1, 1, 64 },
	{ "180K, 5.25 inch, one side", 40, 1, 9, 512, 0xfc, 1, 2, 64 },
	{ "250K, 8 inch, one side", 77, 1, 26, 128, 0xfe, 0, 0, 0 },
	{ "500K, 8 inch, two sides", 77, 2, 26, 128, 0xfd, 0, 0, 0 },
	{ "320K, 5.25 inch", 40, 2, 8, 512, 0xff, 2, 1, 112 },
	{ "320K, 80 tracks, one side", 80, 1, 8, 512, 0xfa, 0, 0, 0 },
	{ "360K, 5.25 inch", 40, 2, 9, 512, 0xfd, 2, 2, 112 },
	{ "360K, 3.5 inch, one side", 80, 1, 9, 512, 0xf8, 0, 0, 0 },
	{ "400K, 3.5 inch, one side (Atari)", 80, 1, 10, 512, 0xf8, 0, 0, 0 },
	{ "640K, 80 tracks", 80, 2, 8, 512, 0xfb, 0, 0, 0 },
	{ "720K, 3.5 inch DD", 80, 2, 9, 512, 0xf9, 0, 0, 0 },
	{ "800K, 3.5 inch DD (Atari, 800.COM)", 80, 2, 10, 512, 0xf9, 0, 0, 0 },
	{ "820K, 3.5 inch DD, 82 tracks", 82, 2, 10, 512, 0xf9, 0, 0, 0 },
	{ "880K, 3.5 inch DD (Amiga, Atari)", 80, 2, 11, 512, 0xf9, 0, 0, 0 },
	{ "1.2M, 5.25 inch HD", 80, 2, 15, 512, 0xf9, 0, 0, 0 },
	{ "1.23M, PC-98", 77, 2, 8, 1024, 0xfe, 0, 0, 0 },
	{ "1.44M, 3.5 inch HD", 80, 2, 18, 512, 0xf0, 0, 0, 0 },
	{ "1.6M, 3.5 inch HD, 20 sectors", 80, 2, 20, 512, 0xf0, 0, 0, 0 },
	{ "1.68M DMF, 3.5 inch HD", 80, 2, 21, 512, 0xf0, 0, 0, 0 },
	{ "1.72M, 3.5 inch HD, 82 tracks", 82, 2, 21, 512, 0xf0, 0, 0, 0 },
	{ "1.76M, 3.5 inch HD, 22 sectors", 80, 2, 22, 512, 0xf0, 0, 0, 0 },
	{ "1.84M XDF, 3.5 inch HD", 80, 2, 23, 512, 0xf0, 0, 0, 0 },
	{ "1.92M, 3.5 inch HD, 24 sectors", 80, 2, 24, 512, 0xf0, 0, 0, 0 },
	{ "2.88M, 3.5 inch ED", 80, 2, 36, 512, 0xf0, 0, 0, 0 },
};
#define FORMATS (sizeof(formats) / sizeof(*formats))

uint64_t rr_floppy_format_size(const struct rr_floppy_format *format)
{
	return (uint64_t)format->cylinders * format->heads * format->sectors * format->sector;
}

const struct rr_floppy_format *rr_floppy_format_at(size_t i)
{
	return i < FORMATS ? &formats[i] : NULL;
}

const struct rr_floppy_format *rr_floppy_format_of_size(uint64_t bytes,
							const struct rr_floppy_format *after)
{
	for (size_t i = after ? (size_t)(after - formats) + 1 : 0; i < FORMATS; i++)
		if (rr_floppy_format_size(&formats[i]) == bytes)
			return &formats[i];
	return NULL;
}

const struct rr_floppy_format *rr_floppy_format_of(uint64_t bytes, unsigned heads, unsigned sectors)
{
	const struct rr_floppy_format *format = NULL;

	while ((format = rr_floppy_format_of_size(bytes, format)) != NULL)
		if (format->heads == heads && format->sectors == sectors)
			return format;
	return NULL;
}

const struct rr_floppy_format *rr_floppy_format_old(uint8_t media)
{
	for (size_t i = 0; i < FORMATS; i++)
		if (formats[i].media == media && formats[i].old_cluster)
			return &formats[i];
	return NULL;
}
