/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prose.c - lines of text as rows of a window: broken between words, further rows set in.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "prose.h"

#define SET_IN 2

static unsigned columns_of(const struct rr_prose *prose, const char *s, size_t len)
{
	char buf[RR_PROSE_ROW];

	len = len < sizeof(buf) ? len : sizeof(buf) - 1;
	memcpy(buf, s, len);
	buf[len] = '\0';
	return rr_text_columns(prose->face, buf);
}

/* Where further rows of this line begin: below what stands behind a gap of two blanks, as values
 * stand behind their names. */
static unsigned hang_of(const struct rr_prose *prose, size_t len)
{
	const char *line = prose->text;
	size_t blanks = strspn(line, " "), i = blanks;
	unsigned hang = (unsigned)blanks + SET_IN;

	while (i + 1 < len && !(line[i] == ' ' && line[i + 1] == ' '))
		i++;
	if (i + 1 < len)
		hang = columns_of(prose, line, i + strspn(line + i, " "));
	return hang <= prose->cols / 3 ? hang : rr_min((unsigned)blanks + SET_IN, prose->cols / 4);
}

/* Of a word that is wider than a row: as many bytes as fit, whole characters. */
static size_t cut(const struct rr_prose *prose, const char *word, size_t len, unsigned room)
{
	while (len > 1 && (columns_of(prose, word, len) > room ||
			   ((unsigned char)word[len] & 0xc0) == 0x80))
		len--;
	return len;
}

static bool add(char *row, size_t *used, const char *s, size_t len)
{
	if (*used + len >= RR_PROSE_ROW)
		return false;
	memcpy(row + *used, s, len);
	*used += len;
	row[*used] = '\0';
	return true;
}

static void add_blanks(char *row, size_t *used, unsigned n)
{
	while (n-- && add(row, used, " ", 1))
		;
}

/* Words up to the row's end, beginning at column `at`; whether the line goes on. */
static bool fill(struct rr_prose *prose, char *row, unsigned at)
{
	size_t used = 0, len, gap;
	bool first = true;

	*row = '\0';
	add_blanks(row, &used, at);
	for (;; first = false) {
		const char *p = prose->text;
		unsigned wide;

		gap = strspn(p, " ");
		len = strcspn(p + gap, " \n");
		if (first)
			gap = 0, p += strspn(p, " ");
		if (!len)
			break;
		wide = columns_of(prose, p + gap, len);
		if (!first && at + gap + wide > prose->cols)
			return true;
		if (first && at + wide > prose->cols)
			len = cut(prose, p, len, prose->cols > at ? prose->cols - at : 1);
		add_blanks(row, &used, (unsigned)gap);
		if (!add(row, &used, p + gap, len))
			break; /* wider than any window: the rest is left out */
		at += (unsigned)gap + wide;
		prose->text = p + gap + len;
	}
	prose->text += strcspn(prose->text, "\n");
	return false;
}

bool rr_prose_next(struct rr_prose *prose, char row[RR_PROSE_ROW])
{
	unsigned at;

	if (!*prose->text)
		return false;
	if (!prose->broken) {
		at = (unsigned)rr_min(strspn(prose->text, " "), prose->cols / 3);
		prose->hang = hang_of(prose, strcspn(prose->text, "\n"));
	} else {
		at = prose->hang;
	}
	prose->broken = fill(prose, row, at);
	if (!prose->broken && *prose->text == '\n')
		prose->text++;
	return true;
}

unsigned rr_prose_rows(const struct rr_face *face, const char *text, unsigned cols)
{
	struct rr_prose prose = { .text = text, .face = face, .cols = cols };
	char row[RR_PROSE_ROW];
	unsigned n = 0;

	while (rr_prose_next(&prose, row))
		n++;
	return n;
}

unsigned rr_prose_put(const struct rr_area *area, size_t top, enum rr_role role, const char *text)
{
	struct rr_prose prose = { .text = text, .face = area->grid->face, .cols = area->cols };
	char row[RR_PROSE_ROW];
	size_t n = 0;

	for (; n < top + area->rows && rr_prose_next(&prose, row); n++)
		if (n >= top)
			(void)rr_put_text(area, (unsigned)(n - top), 0, role, row);
	return n > top ? (unsigned)(n - top) : 0;
}
