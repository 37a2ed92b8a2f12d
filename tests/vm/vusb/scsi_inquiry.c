/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scsi_inquiry.c - who the drive is: INQUIRY with its pages of vital product data.
 * Owns: nothing.   Threads: any. */
#include <string.h>

#include "bytes.h"
#include "scsi.h"

#define DIRECT_ACCESS 0x00
#define CD_DVD	      0x05
#define REMOVABLE     0x80

#define PAGE_LIST   0x00
#define PAGE_SERIAL 0x80
#define PAGE_NAMES  0x83

static uint8_t type_of(const struct drive *d)
{
	return d->as->kind == CD ? CD_DVD : DIRECT_ACCESS;
}

static int standard(struct drive *d, struct answer *a)
{
	uint8_t *out = answer_data(d, a, 36);

	if (!out)
		return -1;
	out[0] = type_of(d);
	out[1] = d->as->fixed ? 0 : REMOVABLE;
	out[2] = d->as->kind == FLOPPY ? 0 : 0x05;	/* UFI claims no standard, others SPC-3 */
	out[3] = d->as->kind == FLOPPY ? 0x01 : 0x02;	/* the form of this answer */
	out[4] = 31;
	put_padded(out + 8, d->as->vendor, 8);
	put_padded(out + 16, d->as->product, 16);
	put_padded(out + 32, d->as->revision, 4);
	return 0;
}

static int page_list(struct drive *d, struct answer *a)
{
	static const uint8_t pages[] = { PAGE_LIST, PAGE_SERIAL, PAGE_NAMES };
	uint8_t *out = answer_data(d, a, 4 + sizeof(pages));

	if (!out)
		return -1;
	memcpy(out + 4, pages, sizeof(pages));
	return 0;
}

static int page_serial(struct drive *d, struct answer *a)
{
	size_t len = strlen(d->as->serial);
	uint8_t *out = answer_data(d, a, 4 + len);

	if (!out)
		return -1;
	put_padded(out + 4, d->as->serial, len);
	return 0;
}

/* One name: T10 vendor identification, SPC-4, 7.8.6.4. */
static int page_names(struct drive *d, struct answer *a)
{
	size_t serial = strlen(d->as->serial), len = 8 + 16 + serial;
	uint8_t *out = answer_data(d, a, 8 + len);

	if (!out)
		return -1;
	out[4] = 0x02;		/* ASCII */
	out[5] = 0x01;		/* of the logical unit, T10 vendor identification */
	out[7] = (uint8_t)len;
	put_padded(out + 8, d->as->vendor, 8);
	put_padded(out + 16, d->as->product, 16);
	put_padded(out + 32, d->as->serial, serial);
	return 0;
}

static int vital(struct drive *d, uint8_t page, struct answer *a)
{
	int rc;

	if (page != PAGE_LIST && page != PAGE_SERIAL && page != PAGE_NAMES)
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);
	rc = page == PAGE_LIST   ? page_list(d, a) :
	     page == PAGE_SERIAL ? page_serial(d, a) :
				   page_names(d, a);
	if (rc < 0)
		return -1;
	a->data[0] = type_of(d);
	a->data[1] = page;
	put_be16(a->data + 2, (uint32_t)a->len - 4);
	return 0;
}

int scsi_inquiry(struct drive *d, const struct command *c, struct answer *a)
{
	bool is_vital = c->cdb[1] & 0x01;

	if ((is_vital && d->as->kind == FLOPPY) || (!is_vital && c->cdb[2]))
		return drive_refuse(d, ILLEGAL_REQUEST, CODE_BAD_FIELD);
	if ((is_vital ? vital(d, c->cdb[2], a) : standard(d, a)) < 0)
		return -1;
	answer_cut(a, get_be16(c->cdb + 3));
	return 0;
}
