/* SPDX-License-Identifier: GPL-3.0-or-later */
/* subcode_text.c - makes the packs of CD-Text: MMC-3, annex J.
 * Owns: nothing.   Threads: any. */
#include <string.h>

#include "bytes.h"
#include "subcode.h"

#define PACK_TITLE     0x80
#define PACK_PERFORMER 0x81
#define PACK_SIZES     0x8f
#define TEXT_ROOM      12
#define ENGLISH	       9

struct packs {
	uint8_t *out;
	size_t n;
	uint8_t *now;		/* the one being filled, or NULL */
	size_t used;		/* of its twelve bytes */
	uint8_t count[16];	/* of each type */
};

static const char *text_of(const struct description *d, uint8_t type, size_t track)
{
	const char *text;

	if (track == 0)
		text = type == PACK_TITLE ? d->title : d->performer;
	else
		text = type == PACK_TITLE ? d->track[track - 1].title :
					    d->track[track - 1].performer;
	return text ? text : "";
}

static void finish(struct packs *p)
{
	if (p->now)
		put_be16(p->now + 16, subcode_crc(p->now, 16));
	p->now = NULL;
}

/* Begins a pack whose first character is the at-th of a track's text. */
static void begin(struct packs *p, uint8_t type, size_t track, size_t at)
{
	if (p->n == TEXT_PACKS)
		return;
	p->now = p->out + p->n * TEXT_PACK;
	memset(p->now, 0, TEXT_PACK);
	p->now[0] = type;
	p->now[1] = (uint8_t)track;
	p->now[2] = (uint8_t)p->n++;
	p->now[3] = (uint8_t)(at < 15 ? at : 15);
	p->used = 0;
	p->count[type & 0x0f]++;
}

/* One text, with the NUL that ends it. */
static void add_text(struct packs *p, uint8_t type, size_t track, const char *text)
{
	size_t len = strlen(text) + 1;

	for (size_t i = 0; i < len; i++) {
		if (!p->now)
			begin(p, type, track, i);
		if (!p->now)
			return;
		p->now[4 + p->used++] = (uint8_t)text[i];
		if (p->used == TEXT_ROOM)
			finish(p);
	}
}

static bool any(const struct description *d, uint8_t type)
{
	for (size_t i = 0; i <= d->ntrack; i++)
		if (*text_of(d, type, i))
			return true;
	return false;
}

static void add_type(struct packs *p, const struct description *d, uint8_t type)
{
	if (!any(d, type))
		return;
	for (size_t i = 0; i <= d->ntrack; i++)
		add_text(p, type, i, text_of(d, type, i));
	finish(p);
}

/* Three packs that say how many there are of each type. */
static void add_sizes(struct packs *p, const struct description *d)
{
	uint8_t sizes[3 * TEXT_ROOM] = { 0 };

	sizes[1] = 1;
	sizes[2] = (uint8_t)d->ntrack;
	memcpy(sizes + 4, p->count, sizeof(p->count));
	sizes[4 + (PACK_SIZES & 0x0f)] = 3;
	sizes[20] = (uint8_t)(p->n + 2);	/* number of the last one */
	sizes[28] = ENGLISH;
	for (size_t i = 0; i < 3; i++) {
		begin(p, PACK_SIZES, i, 0);
		if (p->now)
			memcpy(p->now + 4, sizes + i * TEXT_ROOM, TEXT_ROOM);
		finish(p);
	}
}

size_t subcode_text(const struct description *d, uint8_t packs[TEXT_PACKS * TEXT_PACK])
{
	struct packs p = { .out = packs };

	add_type(&p, d, PACK_TITLE);
	add_type(&p, d, PACK_PERFORMER);
	if (p.n > 0)
		add_sizes(&p, d);
	return p.n;
}
