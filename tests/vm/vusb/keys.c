/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.c - the keys of a description, one row for each.
 * Owns: nothing.   Threads: any. */
#include "keys.h"

#include <stdlib.h>
#include <string.h>

#include "rawright/text.h"

enum type { FLAG, COUNT, HEX, TIME, TEXT, FILE_NAME, CHOICE, CLAIM, TRACK, SESSION, FAULT };

struct key {
	const char *name;
	enum type type;
	size_t off;			/* in struct description */
	uint64_t max;			/* of a number; of a text in characters */
	const char *const *choice;	/* in the order of the enum; NULL at the end */
};

static const char *const kinds[] = { "stick", "floppy", "cd", NULL };
static const char *const speeds[] = { "full", "high", "super", NULL };
static const char *const transports[] = { "bulk", "cbi", NULL };
static const char *const read_cds[] = { "full", "refused", "zeros", NULL };
static const char *const beyonds[] = { "vanish", "wrap", "fail", NULL };
static const char *const track_kinds[] = { "data", "raw", "audio", NULL };

#define AT(member) offsetof(struct description, member)
#define LBA_MAX	   (UINT64_C(1) << 48)

static const struct key keys[] = {
	{ "kind", CHOICE, AT(kind), 0, kinds },
	{ "image", FILE_NAME, AT(image), 0, NULL },
	{ "sector-size", COUNT, AT(sector_size), 4096, NULL },
	{ "sectors", COUNT, AT(sectors), LBA_MAX, NULL },
	{ "claim", CLAIM, AT(claim), LBA_MAX, NULL },
	{ "vendor", TEXT, AT(vendor), 8, NULL },
	{ "product", TEXT, AT(product), 16, NULL },
	{ "revision", TEXT, AT(revision), 4, NULL },
	{ "serial", TEXT, AT(serial), 32, NULL },
	{ "usb-vendor", HEX, AT(usb_vendor), 0xffff, NULL },
	{ "usb-product", HEX, AT(usb_product), 0xffff, NULL },
	{ "speed", CHOICE, AT(speed), 0, speeds },
	{ "transport", CHOICE, AT(transport), 0, transports },
	{ "port", COUNT, AT(port), 127, NULL },
	{ "fixed", FLAG, AT(fixed), 0, NULL },
	{ "write-protected", FLAG, AT(write_protected), 0, NULL },
	{ "no-medium", FLAG, AT(no_medium), 0, NULL },
	{ "ready-after", TIME, AT(ready_after_ms), 0, NULL },
	{ "log", FILE_NAME, AT(log), 0, NULL },
	{ "recordable", FLAG, AT(recordable), 0, NULL },
	{ "read-cd", CHOICE, AT(read_cd), 0, read_cds },
	{ "run-out", COUNT, AT(run_out), 1000, NULL },
	{ "catalog", TEXT, AT(catalog), 13, NULL },
	{ "title", TEXT, AT(title), 160, NULL },
	{ "performer", TEXT, AT(performer), 160, NULL },
	{ "isrc", TEXT, SIZE_MAX, 12, NULL },
	{ "track", TRACK, 0, 0, NULL },
	{ "session", SESSION, 0, 0, NULL },
	{ "on", FAULT, 0, 0, NULL },
};

char *keys_beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	if (*name == '/' || !slash)
		return strdup(name);
	return rr_text_format("%.*s/%s", (int)(slash - path), path, name);
}

static int take_choice(struct words *w, const char *const *choice, void *out, struct rr_err *err)
{
	rr_autostr struct rr_str known = { 0 };
	const char *word = words_next(w);
	int n = 0;

	for (; choice[n]; n++) {
		if (word && strcmp(word, choice[n]) == 0) {
			memcpy(out, &n, sizeof(n));	/* an enum is as large as an int */
			return 0;
		}
		rr_str_addf(&known, "%s%s", n > 0 ? ", " : "", choice[n]);
	}
	return words_fail(w, err, "'%s' is not one of: %s", word ? word : "", known.s);
}

static int take_text(struct words *w, uint64_t max, char **out, struct rr_err *err)
{
	const char *word = words_next(w);

	if (!word)
		return words_fail(w, err, "a text is missing");
	if (strlen(word) > max)
		return words_fail(w, err, "'%s' has more than %d characters", word, (int)max);
	free(*out);
	*out = strdup(word);
	return *out ? 0 : rr_fail_memory(err);
}

static int take_file(const struct description *d, struct words *w, char **out, struct rr_err *err)
{
	const char *word = words_next(w);

	if (!word)
		return words_fail(w, err, "the name of a file is missing");
	free(*out);
	*out = keys_beside(d->path, word);
	return *out ? 0 : rr_fail_memory(err);
}

/* track data|raw|audio FILE [pregap SECTORS] */
static int take_track(struct description *d, struct words *w, struct rr_err *err)
{
	struct track_plan *track = &d->track[d->ntrack];

	if (d->ntrack == TRACKS_MAX)
		return words_fail(w, err, "a disc has at most %d tracks", TRACKS_MAX);
	if (take_choice(w, track_kinds, &track->kind, err) < 0)
		return -1;
	d->ntrack++;
	if (take_file(d, w, &track->image, err) < 0)
		return -1;
	return words_take(w, "pregap") ? words_number(w, 4500, &track->pregap, err) : 0;
}

static int take_session(struct description *d, struct words *w, struct rr_err *err)
{
	if (d->ntrack == 0 || d->ntrack == TRACKS_MAX)
		return words_fail(w, err, "a session begins between two tracks");
	d->track[d->ntrack].new_session = true;
	return 0;
}

static int take_fault(struct description *d, struct words *w, struct rr_err *err)
{
	struct fault *grown = realloc(d->fault, (d->nfault + 1) * sizeof(*grown));
	struct fault *fault;

	if (!grown)
		return rr_fail_memory(err);
	d->fault = grown;
	fault = &grown[d->nfault++];
	if (fault_parse(w, fault, err) < 0)
		return -1;
	if (fault->name) {
		char *path = keys_beside(d->path, fault->name);

		free(fault->name);
		fault->name = path;
		return path ? 0 : rr_fail_memory(err);
	}
	return 0;
}

/* claim SECTORS [vanish|wrap|fail] */
static int take_claim(struct description *d, struct words *w, uint64_t max, struct rr_err *err)
{
	if (words_number(w, max, &d->claim, err) < 0)
		return -1;
	return w->at < w->n ? take_choice(w, beyonds, &d->beyond, err) : 0;
}

/* The texts that a track has, too: behind a line "track" they are the track's. */
static char **text_of(struct description *d, const struct key *key)
{
	struct track_plan *track = d->ntrack > 0 ? &d->track[d->ntrack - 1] : NULL;

	if (key->off == SIZE_MAX)
		return track ? &track->isrc : NULL;
	if (track && key->off == AT(title))
		return &track->title;
	if (track && key->off == AT(performer))
		return &track->performer;
	return (char **)((char *)d + key->off);
}

static int take(struct description *d, const struct key *key, struct words *w, struct rr_err *err)
{
	void *at = key->off == SIZE_MAX ? NULL : (char *)d + key->off;
	char **text;

	switch (key->type) {
	case FLAG:
		*(bool *)at = true;
		return 0;
	case COUNT:
		return words_number(w, key->max, at, err);
	case HEX:
		return words_hex(w, key->max, at, err);
	case TIME:
		return words_time(w, at, err);
	case TEXT:
		text = text_of(d, key);
		return text ? take_text(w, key->max, text, err) :
			      words_fail(w, err, "'%s' belongs behind a track", key->name);
	case FILE_NAME:
		return take_file(d, w, at, err);
	case CHOICE:
		return take_choice(w, key->choice, at, err);
	case CLAIM:
		return take_claim(d, w, key->max, err);
	case TRACK:
		return take_track(d, w, err);
	case SESSION:
		return take_session(d, w, err);
	case FAULT:
		return take_fault(d, w, err);
	}
	return 0;
}

int keys_take(struct description *d, struct words *w, struct rr_err *err)
{
	const char *name = words_next(w);

	for (size_t i = 0; name && i < sizeof(keys) / sizeof(*keys); i++) {
		if (strcmp(name, keys[i].name) != 0)
			continue;
		if (take(d, &keys[i], w, err) < 0)
			return -1;
		return words_end(w, err);
	}
	return name ? words_fail(w, err, "'%s' is not known here", name) : 0;
}
