/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map_file.c - the map as text that GNU ddrescue and ddrescuelog read and write.
 * Owns: nothing.   Threads: any.
 * Grammar: gddrescue 1.27, chapter "Mapfile structure". */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rawright/map.h"
#include "rawright/size.h"
#include "rawright/text.h"

/* In the order of enum rr_state. */
static const char state_chars[] = "?*/-+";
static const char status_chars[] = "?*/-FG+";
#define NOTE "# rawright: "

void rr_map_info_free(struct rr_map_info *info)
{
	for (size_t i = 0; i < info->nnote; i++)
		free(info->note[i]);
	free(info->note);
	*info = (struct rr_map_info){ 0 };
}

int rr_map_info_add(struct rr_map_info *info, const char *note, struct rr_err *err)
{
	char **grown = realloc(info->note, (info->nnote + 1) * sizeof(*grown));

	if (!grown)
		return rr_fail_memory(err);
	info->note = grown;
	grown[info->nnote] = rr_text_printable(note); /* one line, whatever it holds */
	if (!grown[info->nnote])
		return rr_fail_memory(err);
	info->nnote++;
	return 0;
}

const char *rr_map_info_get(const struct rr_map_info *info, const char *key)
{
	size_t len = strlen(key);

	for (size_t i = 0; i < info->nnote; i++)
		if (strncmp(info->note[i], key, len) == 0 && info->note[i][len] == '=')
			return info->note[i] + len + 1;
	return NULL;
}

int rr_map_print(const struct rr_map *map, const struct rr_map_info *info, char **out,
		 struct rr_err *err)
{
	rr_autostr struct rr_str s = { 0 };

	rr_str_addf(&s, "# Mapfile. Created by rawright\n");
	for (size_t i = 0; i < info->nnote; i++)
		rr_str_addf(&s, NOTE "%s\n", info->note[i]);
	rr_str_addf(&s,
		    "# current_pos  current_status  current_pass\n0x%08" PRIX64
		    "     %c               %u\n"
		    "#      pos        size  status\n",
		    info->pos, info->status, info->pass ? info->pass : 1);
	for (size_t i = 0; i < rr_map_count(map); i++) {
		struct rr_extent e = rr_map_at(map, i);

		rr_str_addf(&s, "0x%08" PRIX64 "  0x%08" PRIX64 "  %c\n", e.off, e.len,
			    state_chars[e.state]);
	}
	*out = rr_str_take(&s);
	return *out ? 0 : rr_fail_memory(err);
}

struct reader {
	const char *name;
	unsigned line;
	const char *p; /* rest of the line that is being read */
	struct rr_err *err;
};

static int bad_line(const struct reader *r, const char *what)
{
	return rr_fail(r->err, RR_FORMAT, 0,
		       "%s, line %u: %s; it is no map that can be gone on with", r->name, r->line,
		       what);
}

static void skip_blanks(struct reader *r)
{
	while (*r->p == ' ' || *r->p == '\t' || *r->p == '\r')
		r->p++;
}

/* A C integer: 0x hex, 0 octal, else decimal; ended by a blank or the line's end. */
static bool number(struct reader *r, uint64_t *n)
{
	char *end;

	skip_blanks(r);
	if (!isdigit((unsigned char)*r->p))
		return false;
	errno = 0;
	*n = strtoull(r->p, &end, 0);
	if (errno || end == r->p || (*end && !strchr(" \t\r", *end)))
		return false;
	r->p = end;
	return true;
}

/* One of the characters, alone. Its index. */
static bool letter(struct reader *r, const char *set, size_t *i)
{
	const char *at;

	skip_blanks(r);
	at = *r->p ? strchr(set, *r->p) : NULL;
	if (!at || (r->p[1] && !strchr(" \t\r", r->p[1])))
		return false;
	r->p++;
	*i = (size_t)(at - set);
	return true;
}

static bool at_end(struct reader *r)
{
	skip_blanks(r);
	return *r->p == '\0';
}

static int parse_status(struct reader *r, struct rr_map_info *info)
{
	uint64_t pass = 1;
	size_t i;

	if (!number(r, &info->pos) || !letter(r, status_chars, &i))
		return bad_line(r, "a position and a status (one of ?*/-FG+) should stand here");
	if (!at_end(r) && (!number(r, &pass) || !at_end(r) || pass < 1 || pass > 1000000))
		return bad_line(r, "the pass is no number from 1 up");
	info->status = status_chars[i];
	info->pass = (unsigned)pass;
	return 0;
}

/* A block of the text into the map, which covers less or more than the text may. */
static int put_block(struct reader *r, struct rr_map *map, uint64_t off, uint64_t len,
		     enum rr_state state)
{
	uint64_t end = off + len, from = rr_max(off, rr_map_start(map)),
		 to = rr_min(end, rr_map_end(map));

	if (state != RR_NON_TRIED && (off < rr_map_start(map) || end > rr_map_end(map)))
		return bad_line(
			r, "the range lies outside of what is read now: another drive, another "
			   "--offset or another --length?");
	return from < to ? rr_map_set(map, from, to - from, state, r->err) : 0;
}

static int parse_block(struct reader *r, struct rr_map *map, uint64_t *next, bool first)
{
	uint64_t off, len, end;
	size_t state;

	if (!number(r, &off) || !number(r, &len) || !letter(r, state_chars, &state) || !at_end(r))
		return bad_line(r,
				"a position, a size and a state (one of ?*/-+) should stand here");
	if (!rr_extent_end(off, len, &end) || end > INT64_MAX || (len == 0 && (off || state)))
		return bad_line(r, "the size cannot be");
	if (!first && off != *next)
		return bad_line(r, "the ranges have a gap or overlap");
	*next = end;
	return len ? put_block(r, map, off, len, (enum rr_state)state) : 0;
}

/* The least processed state within [from, to). */
static enum rr_state least_state(const struct rr_map *map, uint64_t from, uint64_t to)
{
	enum rr_state least = RR_FINISHED;
	struct rr_extent e;

	for (uint64_t at = from; at < to && rr_map_next(map, at, ~0u, &e); at = e.off + e.len)
		if (e.state < least)
			least = e.state;
	return least;
}

/* Every sector that holds an unfinished part takes the least processed of its states. */
static int widen(struct rr_map *map, uint32_t sector, struct rr_err *err)
{
	struct rr_extent e;

	for (uint64_t at = rr_map_start(map); rr_map_next(map, at, ~0u, &e);) {
		uint64_t edge = e.off + e.len;
		uint64_t from = rr_max(rr_align_down(edge, sector), rr_map_start(map));
		uint64_t to = rr_min(rr_align_up(edge, sector), rr_map_end(map));

		at = to;
		if (from < to &&
		    rr_map_set(map, from, to - from, least_state(map, from, to), err) < 0)
			return -1;
	}
	return 0;
}

/* Cuts the comment off, keeps our own. Returns -1 without memory. */
static int take_comment(char *line, struct rr_map_info *info, struct rr_err *err)
{
	char *hash = line;

	if (strncmp(line, NOTE, strlen(NOTE)) == 0 &&
	    rr_map_info_add(info, line + strlen(NOTE), err) < 0)
		return -1;
	while ((hash = strchr(hash, '#')) && hash != line && !strchr(" \t", hash[-1]))
		hash++;
	if (hash)
		*hash = '\0';
	return 0;
}

static int parse_lines(struct reader *r, char *text, struct rr_map *map, struct rr_map_info *info)
{
	uint64_t next = 0;
	unsigned seen = 0;
	char *save = text;

	for (char *line; (line = strsep(&save, "\n"));) {
		r->line++;
		if (take_comment(line, info, r->err) < 0)
			return -1;
		r->p = line;
		if (at_end(r))
			continue;
		if (seen == 0 ? parse_status(r, info) : parse_block(r, map, &next, seen == 1))
			return -1;
		seen++;
	}
	if (seen == 0)
		return bad_line(r, "there is no status line");
	return 0;
}

int rr_map_parse(const char *text, const char *name, uint64_t off, uint64_t len, uint32_t sector,
		 struct rr_map **out, struct rr_map_info *info, struct rr_err *err)
{
	struct reader r = { .name = name, .err = err };
	rr_autofree char *copy = strdup(text);
	struct rr_map *map = NULL;

	*info = (struct rr_map_info){ 0 };
	if (!copy)
		return rr_fail_memory(err);
	if (rr_map_new(&map, off, len, RR_NON_TRIED, err) < 0)
		return -1;
	if (parse_lines(&r, copy, map, info) < 0 || widen(map, sector, err) < 0) {
		rr_map_free(map);
		rr_map_info_free(info);
		return -1;
	}
	*out = map;
	return 0;
}
