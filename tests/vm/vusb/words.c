/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.c - takes lines apart.
 * Owns: nothing; words point into the line.   Threads: any. */
#include "words.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TIME_MAX_MS (UINT64_C(24) * 3600 * 1000)

int words_fail(const struct words *w, struct rr_err *err, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);	/* cut where it is too long */
	va_end(ap);
	return rr_fail(err, RR_FORMAT, 0, "%s:%u: %s", w->path, w->line, text);
}

/* The end of the word that begins at s; *s moves past an opening mark. NULL: it has no end. */
static char *word_end(char **s)
{
	if (**s != '"')
		return *s + strcspn(*s, " \t\r\n#");
	(*s)++;
	return strchr(*s, '"');
}

int words_split(struct words *w, char *line, struct rr_err *err)
{
	w->n = w->at = 0;
	for (;;) {
		char *end, stop;

		line += strspn(line, " \t\r\n");
		if (*line == '\0' || *line == '#')
			return 0;
		if (w->n == WORDS_MAX)
			return words_fail(w, err, "more than %d words", WORDS_MAX);
		end = word_end(&line);
		if (!end)
			return words_fail(w, err, "a quotation mark has no other one");
		stop = *end;
		*end = '\0';
		w->word[w->n++] = line;
		if (stop == '\0' || stop == '#')
			return 0;
		line = end + 1;
	}
}

const char *words_next(struct words *w)
{
	return w->at < w->n ? w->word[w->at++] : NULL;
}

int words_take(struct words *w, const char *word)
{
	if (w->at == w->n || strcmp(w->word[w->at], word) != 0)
		return 0;
	w->at++;
	return 1;
}

int words_end(struct words *w, struct rr_err *err)
{
	const char *more = words_next(w);

	return more ? words_fail(w, err, "'%s' does not belong here", more) : 0;
}

/* Digits at the beginning of s. */
static bool digits(const char *s, int base, uint64_t *out, char **end)
{
	if (!isxdigit((unsigned char)*s))
		return false;
	errno = 0;
	*out = strtoull(s, end, base);
	return errno == 0 && *end > s;
}

static int number(struct words *w, int base, uint64_t max, uint64_t *out, struct rr_err *err)
{
	const char *s = words_next(w);
	char *end;

	if (!s)
		return words_fail(w, err, "a number is missing");
	if (!digits(s, base, out, &end) || *end)
		return words_fail(w, err, "'%s' is not a number", s);
	if (*out > max)
		return words_fail(w, err, "%s is too large", s);
	return 0;
}

int words_number(struct words *w, uint64_t max, uint64_t *out, struct rr_err *err)
{
	return number(w, 10, max, out, err);
}

int words_hex(struct words *w, uint64_t max, uint64_t *out, struct rr_err *err)
{
	return number(w, 16, max, out, err);
}

int words_time(struct words *w, uint64_t *out_ms, struct rr_err *err)
{
	const char *s = words_next(w);
	bool seconds;
	char *end;

	if (!s)
		return words_fail(w, err, "a time is missing, such as 300ms or 2s");
	if (!digits(s, 10, out_ms, &end) || (strcmp(end, "ms") != 0 && strcmp(end, "s") != 0))
		return words_fail(w, err, "'%s' is not a time, such as 300ms or 2s", s);
	seconds = *end == 's';
	if (*out_ms > (seconds ? TIME_MAX_MS / 1000 : TIME_MAX_MS))
		return words_fail(w, err, "%s is too long", s);
	*out_ms *= seconds ? 1000 : 1;
	return 0;
}

int words_range(struct words *w, uint64_t *first, uint64_t *last, struct rr_err *err)
{
	const char *s = words_next(w);
	char *end;
	bool good;

	if (!s)
		return words_fail(w, err, "which sectors? such as 100, 100-109 or all");
	if (strcmp(s, "all") == 0) {
		*first = 0;
		*last = UINT64_MAX;
		return 0;
	}
	good = digits(s, 10, first, &end);
	if (good)
		*last = *first;
	if (good && *end == '-')
		good = digits(end + 1, 10, last, &end);
	if (!good || *end || *last < *first)
		return words_fail(w, err, "'%s' are no sectors, such as 100, 100-109 or all", s);
	return 0;
}
