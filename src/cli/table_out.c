/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table_out.c - tables for people, laid out by libsmartcols.
 * Owns: nothing.   Threads: main.
 *
 * How a row is set and padded is the library's. How the room is shared and where lines break is
 * decided here: the widest column gives first, what breaking leaves over goes where it saves lines,
 * and nothing is lost by a narrow terminal. */
#include <libsmartcols/libsmartcols.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "rawright/text.h"
#include "table_out.h"

#define GAP   1		/* columns of the terminal between two of ours: the library's */
#define LEAST 8		/* no column is made narrower */

static void clean_table(struct libscols_table **table)
{
	scols_unref_table(*table);	/* NULL allowed */
}
#define auto_scols __attribute__((cleanup(clean_table)))

/* The character at s, which is valid UTF-8 (rr_text_printable() made it so): its bytes, and the
 * columns it takes. */
static size_t character(const char *s, size_t *columns)
{
	unsigned char lead = (unsigned char)*s;
	size_t len = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	mbstate_t state = { 0 };
	wchar_t c;
	int width = mbrtowc(&c, s, len, &state) == len ? wcwidth(c) : -1;

	*columns = width < 0 ? 1 : (size_t)width;
	return len;
}

static size_t text_width(const char *s)
{
	size_t width = 0, columns;

	for (; *s; width += columns)
		s += character(s, &columns);
	return width;
}

/* As many bytes of s as fit into so many columns. */
static size_t fitting(const char *s, size_t width)
{
	size_t used = 0, columns, len = 0;

	while (s[len]) {
		size_t n = character(s + len, &columns);

		if (used + columns > width)
			break;
		used += columns;
		len += n;
	}
	return len;
}

/* Where the line that begins at s ends, if it may take so many columns: at the last blank that
 * fits, else behind the last sign that parts words, else where the room ends. */
static size_t line_end(const char *s, size_t width)
{
	size_t fits = fitting(s, width), at;

	if (!s[fits] || s[fits] == ' ' || !fits)
		return fits ? fits : strlen(s);
	for (at = fits; at > 1 && s[at - 1] != ' ';)
		at--;
	if (at > 1)
		return at - 1;
	for (at = fits; at > fits / 2 && !strchr("/,:;-_", s[at - 1]);)
		at--;
	return at > fits / 2 ? at : fits;
}

/* The text in lines of so many columns. Nobody reads a model of 4 KiB in a table: such are cut. */
static char *wrap(const char *text, size_t width)
{
	bool cut = text_width(text) > RR_TABLE_CELL_MAX;
	int len = (int)fitting(text, cut ? RR_TABLE_CELL_MAX - 3 : RR_TABLE_CELL_MAX);
	rr_autofree char *all = rr_text_format("%.*s%s", len, text, cut ? "..." : "");
	rr_autostr struct rr_str str = { 0 };

	for (const char *p = all; p && *p;) {
		size_t end = line_end(p, width);

		rr_str_addf(&str, "%s%.*s", str.len ? "\n" : "", (int)end, p);
		p += end;
		p += *p == ' ';
	}
	return all ? rr_str_take(&str) : NULL;
}

/* A table while its room is shared out. */
struct layout {
	const struct rr_table_column *col;
	size_t ncol;
	char *const *cell;
	size_t n;		/* rows */
	size_t *width;		/* of each column */
};

/* How many lines a text takes in so many columns, and how many columns its longest line needs. */
static size_t count_lines(const char *text, size_t width, size_t *longest)
{
	size_t lines = 0;

	for (const char *p = text; *p; lines++) {
		size_t end = line_end(p, width), used = 0, columns;

		for (size_t i = 0; i < end; used += columns)
			i += character(p + i, &columns);
		*longest = used > *longest ? used : *longest;
		p += end;
		p += *p == ' ';
	}
	return lines;
}

static size_t lines_of_table(const struct layout *l)
{
	size_t lines = 0, longest = 0;

	for (size_t k = 0; k < l->n; k++) {
		size_t most = 1;

		for (size_t i = 0; i < l->ncol; i++) {
			size_t here = count_lines(l->cell[k * l->ncol + i], l->width[i], &longest);

			most = here > most ? here : most;
		}
		lines += most;
	}
	return lines;
}

/* Takes from a column what its lines do not need. */
static size_t tighten(struct layout *l, size_t i)
{
	size_t longest = text_width(l->col[i].title), was = l->width[i];

	for (size_t k = 0; k < l->n; k++)
		(void)count_lines(l->cell[k * l->ncol + i], was, &longest);
	l->width[i] = longest < was ? longest : was;
	return was - l->width[i];
}

/* Finds where some of the room that is left saves the most lines; 0: nowhere. */
static size_t find_saving(struct layout *l, size_t room, size_t *at)
{
	size_t best = lines_of_table(l), give = 0;

	for (size_t i = 0; i < l->ncol; i++) {
		size_t was = l->width[i];

		for (size_t more = 1; l->col[i].wrap && more <= room; more++) {
			size_t lines;

			l->width[i] = was + more;
			lines = lines_of_table(l);
			if (lines < best) {
				best = lines;
				give = more;
				*at = i;
			}
		}
		l->width[i] = was;
	}
	return give;
}

/* Lines break at blanks, which leaves room over: it goes where it makes the table shorter. */
static void use_rest(struct layout *l)
{
	size_t room = 0, at = 0, give;

	for (size_t i = 0; i < l->ncol; i++)
		if (l->col[i].wrap)
			room += tighten(l, i);
	while (room && (give = find_saving(l, room, &at)) != 0) {
		l->width[at] += give;
		room -= give;
	}
}

/* Takes from the widest of the columns that may be wrapped, until all fits or none can give.
 * limit 0: there is none. */
static void share_out(const struct rr_table_column *col, size_t ncol, size_t *width, size_t limit)
{
	size_t sum = GAP * (ncol - 1);

	for (size_t i = 0; i < ncol; i++)
		sum += width[i];
	while (limit && sum > limit) {
		size_t widest = ncol;

		for (size_t i = 0; i < ncol; i++)
			if (col[i].wrap && (widest == ncol || width[i] > width[widest]))
				widest = i;
		if (widest == ncol || width[widest] <= LEAST)
			return;
		width[widest]--;
		sum--;
	}
}

static void measure(const struct rr_table_column *col, size_t ncol, char *const *cell, size_t n,
		    size_t *width)
{
	for (size_t i = 0; i < ncol; i++) {
		width[i] = text_width(col[i].title);
		for (size_t k = 0; k < n; k++) {
			size_t want = text_width(cell[k * ncol + i]);

			want = want < RR_TABLE_CELL_MAX ? want : RR_TABLE_CELL_MAX;
			width[i] = want > width[i] ? want : width[i];
		}
	}
}

static int add_columns(struct libscols_table *table, const struct rr_table_column *col, size_t ncol)
{
	for (size_t i = 0; i < ncol; i++) {
		int flags = (col[i].right ? SCOLS_FL_RIGHT : 0) | SCOLS_FL_WRAP;
		struct libscols_column *added = scols_table_new_column(table, col[i].title, 0,
								       flags);

		if (!added || scols_column_set_wrapfunc(added, scols_wrapnl_chunksize,
							scols_wrapnl_nextchunk, NULL) < 0)
			return -1;
	}
	return 0;
}

static int add_rows(struct libscols_table *table, size_t ncol, char *const *cell, size_t n,
		    const size_t *width)
{
	for (size_t k = 0; k < n; k++) {
		struct libscols_line *line = scols_table_new_line(table, NULL);

		for (size_t i = 0; i < ncol; i++) {
			rr_autofree char *text = wrap(cell[k * ncol + i], width[i]);

			if (!line || !text || scols_line_set_data(line, i, text) < 0)
				return -1;
		}
	}
	return 0;
}

/* Cells are printable already: the library is to leave them as they are. */
static int lay_out(const struct rr_table_column *col, size_t ncol, char *const *cell, size_t n,
		   size_t limit, char **out)
{
	auto_scols struct libscols_table *table = scols_new_table();
	rr_autofree size_t *width = calloc(ncol + 1, sizeof(*width));

	if (!table || !width)
		return -1;
	measure(col, ncol, cell, n, width);
	share_out(col, ncol, width, limit);
	if (limit)
		use_rest(&(struct layout){ col, ncol, cell, n, width });
	if (scols_table_enable_noencoding(table, 1) < 0 ||
	    scols_table_set_termforce(table, SCOLS_TERMFORCE_NEVER) < 0 ||
	    add_columns(table, col, ncol) < 0 || add_rows(table, ncol, cell, n, width) < 0)
		return -1;
	return scols_print_table_to_string(table, out);
}

/* A wrapped cell is padded although nothing follows it. */
static void trim_lines(char *text)
{
	char *to = text;

	for (char *line = text, *end; *line; line = end + (*end != '\0')) {
		size_t len;

		end = line + strcspn(line, "\n");
		for (len = (size_t)(end - line); len && line[len - 1] == ' ';)
			len--;
		memmove(to, line, len);
		to += len;
		*to++ = '\n';
	}
	*to = '\0';
}

/* Widths are those of UTF-8, whatever the locale; without such a locale one for each character. */
static int lay_out_utf8(const struct rr_table_column *col, size_t ncol, char *const *cell, size_t n,
			size_t limit, char **out)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
	int result = lay_out(col, ncol, cell, n, limit, out);

	if (utf8) {
		(void)uselocale(before);	/* the one it was is valid */
		freelocale(utf8);
	}
	return result;
}

int rr_table_text(const struct rr_table_column *col, size_t ncol, char *const *cell, size_t n,
		  size_t limit, char **out, struct rr_err *err)
{
	char *text = NULL, *ended;

	*out = NULL;
	if (lay_out_utf8(col, ncol, cell, n, limit, &text) < 0 || !text) {
		free(text);
		return rr_fail_memory(err);
	}
	ended = rr_text_format("%s\n", text);	/* the library's text has no end of line */
	free(text);
	if (!ended)
		return rr_fail_memory(err);
	trim_lines(ended);
	*out = ended;
	return 0;
}
