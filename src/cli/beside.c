/* SPDX-License-Identifier: GPL-3.0-or-later */
/* beside.c - the files beside an image that tell about it, and what they say in a word.
 * Owns: nothing.   Threads: any. */
#include <inttypes.h>
#include <string.h>

#include "known.h"
#include "look.h"
#include "rawright/fs.h"
#include "rawright/map.h"
#include "rawright/record.h"
#include "rawright/text.h"


/* What is being looked at. */
struct search {
	struct rr_info *info;
	const char *image;
	bool recorded;			/* a record was understood: */
	uint64_t offset, length;	/* what of the source the image is */
	bool fail;			/* memory ran out */
};

/* Takes text over; NULL: without memory. */
static void add(struct search *s, const char *path, const char *what, char *text)
{
	struct rr_info *info = s->info;
	struct rr_beside *grown = reallocarray(info->beside, info->nbeside + 1, sizeof(*grown));
	char *copy = strdup(path);

	if (grown)
		info->beside = grown;
	if (!grown || !copy || !text) {
		free(copy);
		free(text);
		s->fail = true;
		return;
	}
	grown[info->nbeside++] = (struct rr_beside){ .path = copy, .what = what, .text = text };
}

static char *record_words(const struct rr_result *r)
{
	char n[RR_SIZE_TEXT];
	rr_autostr struct rr_str text = { 0 };

	rr_str_addf(&text, "%s, exit status %d, %zu digest%s", rr_outcome_name(r->outcome), r->exit,
		    r->ndigest, r->ndigest == 1 ? "" : "s");
	if (r->ndest)
		rr_str_addf(&text, ", %s", rr_dest_status_name(r->dest[0].status));
	if (r->bytes_filled)
		rr_str_addf(&text, ", %s bytes could not be read",
			    rr_size_grouped(n, r->bytes_filled));
	if (r->bytes_missing)
		rr_str_addf(&text, ", %s bytes are missing", rr_size_grouped(n, r->bytes_missing));
	return rr_str_take(&text);
}

static void look_at_record(struct search *s, const char *path)
{
	rr_autofree char *text = NULL;
	struct rr_result r = { 0 };
	struct rr_err err;
	size_t len;

	if (rr_file_load(path, RR_RECORD_LIMIT, &text, &len, &err) < 0 ||
	    rr_record_parse(text, len, path, &r, &err) < 0) {
		add(s, path, "record", rr_text_format("not understood: %s", err.text));
		return;
	}
	s->recorded = true;
	s->offset = r.offset;
	s->length = r.length;
	add(s, path, "record", record_words(&r));
	if (r.length != s->info->node.bytes)
		rr_fact_doubt(&s->info->about, "file",
			      "its record speaks of %" PRIu64 " bytes, and it has %" PRIu64,
			      r.length, s->info->node.bytes);
	rr_result_clear(&r);
}

static char *map_words(const struct rr_map *map)
{
	uint64_t missing = rr_map_end(map) - rr_map_start(map) - rr_map_total(map, RR_FINISHED);
	uint64_t bad = rr_map_total(map, RR_BAD);
	char n[RR_SIZE_TEXT], b[RR_SIZE_TEXT];

	if (!missing)
		return strdup("nothing is missing");
	return rr_text_format("%s bytes are missing (%s of them were tried and are unreadable): "
			      "the image is not whole",
			      rr_size_grouped(n, missing), rr_size_grouped(b, bad));
}

static void look_at_map(struct search *s, const char *path)
{
	struct rr_map *map = NULL;
	struct rr_err err;

	if (rr_known_map(path, s->recorded ? s->offset : 0,
			 s->recorded ? s->length : s->info->node.bytes, &map, &err) < 0) {
		add(s, path, "map", rr_text_format("not understood: %s", err.text));
		return;
	}
	add(s, path, "map", map_words(map));
	rr_map_free(map);
}

static void look_at_sums(struct search *s, const char *path, bool may_be_of_others)
{
	rr_autostr struct rr_str text = { 0 };
	struct rr_known known = { 0 };
	struct rr_err err;

	if (rr_known_find(s->image, path, &known, &err) < 0) {
		if (!may_be_of_others)
			add(s, path, "checksums", strdup(err.text));
	} else {
		for (size_t i = 0; i < known.ndigest; i++)
			rr_str_addf(&text, "%s%s", i ? ", " : "", known.digest[i].algo->name);
		add(s, path, "checksums", rr_text_format("%s of it", text.len ? text.s : "none"));
	}
	rr_known_clear(&known);
}

/* Kinds of files by what stands behind the image's name, or in place of its last suffix. */
static const struct suffix {
	const char *suffix;
	bool in_place;
	const char *what, *text;	/* text NULL: it is read */
} suffixes[] = {
	{ ".json", false, "record", NULL },
	{ ".map", false, "map", NULL },
	{ ".mapfile", false, "map", NULL },
	{ ".sums", false, "checksums", NULL },
	{ ".sha256", false, "checksums", NULL },
	{ ".sha512", false, "checksums", NULL },
	{ ".sha1", false, "checksums", NULL },
	{ ".md5", false, "checksums", NULL },
	{ ".bmap", false, "block map", "which blocks of the image hold something (bmaptool)" },
	{ ".bmap", true, "block map", "which blocks of the image hold something (bmaptool)" },
	{ ".sig", false, "signature", "not checked" },
	{ ".asc", false, "signature", "not checked" },
	{ ".minisig", false, "signature", "not checked" },
	{ ".log", false, "log", "of whatever program made the image" },
	{ ".cue", false, "cue sheet", "the tracks of a CD" },
	{ ".cue", true, "cue sheet", "the tracks of a CD" },
	{ ".toc", true, "table of contents", "the tracks of a CD (cdrdao)" },
	{ ".ccd", true, "CloneCD", "sessions and tracks of a CD" },
	{ ".sub", true, "subchannels", "of a CD (CloneCD)" },
	{ ".mds", true, "Alcohol 120%", "sessions and tracks of a disc" },
};

static void look_at_suffix(struct search *s, const struct suffix *suffix)
{
	const char *slash = strrchr(s->image, '/'), *dot = strrchr(s->image, '.');
	size_t len = suffix->in_place && dot && dot > (slash ? slash + 1 : s->image) ?
			     (size_t)(dot - s->image) :
			     strlen(s->image);
	rr_autofree char *path = rr_text_format("%.*s%s", (int)len, s->image, suffix->suffix);

	s->fail |= !path;
	if (!path || strcmp(path, s->image) == 0 || !rr_path_exists(path))
		return;
	if (suffix->in_place && len == strlen(s->image))
		return;		/* no suffix to take off: that was looked for before */
	if (suffix->text)
		add(s, path, suffix->what, strdup(suffix->text));
	else if (strcmp(suffix->what, "record") == 0)
		look_at_record(s, path);
	else if (strcmp(suffix->what, "map") == 0)
		look_at_map(s, path);
	else
		look_at_sums(s, path, false);
}

/* Lists of a folder; those that do not name the image say nothing. */
static void look_in_folder(struct search *s)
{
	static const char *const names[] = { "SHA256SUMS", "SHA512SUMS", "SHA1SUMS", "MD5SUMS",
					     "CHECKSUMS" };
	const char *slash = strrchr(s->image, '/');
	int folder = slash ? (int)(slash - s->image) + 1 : 0;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		rr_autofree char *path = rr_text_format("%.*s%s", folder, s->image, names[i]);

		s->fail |= !path;
		if (path && rr_path_exists(path))
			look_at_sums(s, path, true);
	}
}

bool rr_look_beside(struct rr_info *info)
{
	struct search s = { .info = info, .image = info->node.path };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes); i++)
		look_at_suffix(&s, &suffixes[i]);
	look_in_folder(&s);
	return !s.fail;
}
