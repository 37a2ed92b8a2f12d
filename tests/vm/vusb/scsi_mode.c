/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scsi_mode.c - MODE SENSE: what the drive is set to, and whether the medium may be written.
 * Owns: nothing.   Threads: any. */
#include <string.h>

#include "bytes.h"
#include "floppy.h"
#include "scsi.h"

#define PAGE_ERRORS   0x01
#define PAGE_FLOPPY   0x05
#define PAGE_CACHE    0x08
#define PAGE_REMOVAL  0x1b
#define PAGE_TIMERS   0x1c
#define PAGE_CD	      0x2a
#define PAGE_ALL      0x3f
#define MODE_MAX      192
#define PROTECTED     0x80

/* Each fills a page at p and returns its length. */
typedef size_t page_fill(const struct drive *d, uint8_t *p);

static size_t page(uint8_t *p, uint8_t code, size_t len)
{
	p[0] = code;
	p[1] = (uint8_t)(len - 2);
	return len;
}

static size_t page_errors(const struct drive *d, uint8_t *p)
{
	p[3] = 3;	/* retries for reading */
	p[8] = d->as->kind == CD ? 0 : 3;
	return page(p, PAGE_ERRORS, 12);
}

/* UFI 4.5.5; the numbers are those of the disk, or of a 1.44 MB one. */
static size_t page_floppy(const struct drive *d, uint8_t *p)
{
	const struct floppy_format *f = floppy_format_of(d);

	f = f ? f : &floppy_formats[0];
	put_be16(p + 2, f->kbits);
	p[4] = f->heads;
	p[5] = f->per_track;
	put_be16(p + 6, f->sector_size);
	put_be16(p + 8, f->cylinders);
	put_be16(p + 28, f->rpm);
	return page(p, PAGE_FLOPPY, 32);
}

static size_t page_cache(const struct drive *d, uint8_t *p)
{
	(void)d;
	return page(p, PAGE_CACHE, 20);		/* writes are through */
}

static size_t page_removal(const struct drive *d, uint8_t *p)
{
	p[3] = d->as->kind == FLOPPY ? 0x01 : 0;	/* one logical unit */
	p[2] = d->as->kind == FLOPPY ? 0x80 : 0;	/* a floppy drive: SFF */
	return page(p, PAGE_REMOVAL, 12);
}

static size_t page_timers(const struct drive *d, uint8_t *p)
{
	(void)d;
	p[3] = 0x05;	/* inactivity: 8 seconds */
	return page(p, PAGE_TIMERS, 8);
}

/* MMC-3, 5.5.10: reads CD-R and CD-RW; audio, mode 2, several sessions; READ CD with C2 and
 * sub-channels; a tray that ejects. */
static size_t page_cd(const struct drive *d, uint8_t *p)
{
	p[2] = 0x03;
	p[4] = 0x71;
	p[5] = 0x7f;
	p[6] = 0x29 | (d->locked ? 0x02 : 0);
	put_be16(p + 8, 24 * 176);	/* KB a second at most */
	put_be16(p + 10, 256);
	put_be16(p + 12, 128);
	put_be16(p + 14, 24 * 176);
	return page(p, PAGE_CD, 22);
}

static const struct {
	uint8_t code;
	unsigned kinds;
	page_fill *fill;
} pages[] = {
	{ PAGE_ERRORS, 1u << STICK | 1u << FLOPPY | 1u << CD, page_errors },
	{ PAGE_FLOPPY, 1u << FLOPPY, page_floppy },
	{ PAGE_CACHE, 1u << STICK, page_cache },
	{ PAGE_REMOVAL, 1u << FLOPPY, page_removal },
	{ PAGE_TIMERS, 1u << FLOPPY, page_timers },
	{ PAGE_CD, 1u << CD, page_cd },
};

static uint8_t medium_type(const struct drive *d)
{
	const struct floppy_format *f = floppy_format_of(d);

	return f ? f->medium_type : 0;
}

int scsi_mode_sense(struct drive *d, const struct command *c, struct answer *a)
{
	bool is_short = c->cdb[0] == 0x1a;
	uint8_t code = c->cdb[2] & 0x3f;
	uint8_t protected = d->as->kind == CD || !d->medium.write_protected ? 0 : PROTECTED;
	size_t head = is_short ? 4 : 8, len = head;
	uint8_t *out = answer_data(d, a, MODE_MAX);

	if (!out)
		return -1;
	for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
		if (pages[i].kinds & 1u << d->as->kind &&
		    (code == PAGE_ALL || code == pages[i].code))
			len += pages[i].fill(d, out + len);
	if (len == head && code != PAGE_ALL)
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);
	if (is_short) {
		out[0] = (uint8_t)(len - 1);
		out[1] = medium_type(d);
		out[2] = protected;
	} else {
		put_be16(out, (uint32_t)len - 2);
		out[2] = medium_type(d);
		out[3] = protected;
	}
	answer_cut(a, len);
	answer_cut(a, is_short ? c->cdb[4] : get_be16(c->cdb + 7));
	return 0;
}

/* Taken, and forgotten: nothing that can be set changes what is simulated. */
int scsi_mode_select(struct drive *d, const struct command *c, struct answer *a)
{
	return scsi_nothing(d, c, a);
}
