/* SPDX-License-Identifier: GPL-3.0-or-later */
/* identity.c - is this the drive that an unfinished image was begun from? Its marks are compared
 * where it has any, and its content always.
 * Owns: nothing.   Threads: main; the sectors are read by a pass of their own. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "identity.h"
#include "rawright/size.h"
#include "rawright/text.h"

#define SAMPLES	 18
#define FLAG_KEY "read-only-before"

static int note(struct rr_map_info *info, const char *key, const char *value, struct rr_err *err)
{
	rr_autofree char *text = NULL;

	if (!value)
		return 0;
	text = rr_text_format("%s=%s", key, value);
	return text ? rr_map_info_add(info, text, err) : rr_fail_memory(err);
}

static int note_number(struct rr_map_info *info, const char *key, uint64_t n, struct rr_err *err)
{
	char text[RR_SIZE_TEXT];

	(void)snprintf(text, sizeof(text), "%" PRIu64, n);
	return note(info, key, text, err);
}

static int note_flags(struct rr_map_info *info, const struct rr_hold *hold, struct rr_err *err)
{
	for (size_t i = 0; hold && i < hold->n; i++) {
		rr_autofree char *text = rr_text_format("%d %s", hold->flag[i].before,
							hold->flag[i].path);

		if (!text)
			return rr_fail_memory(err);
		if (note(info, FLAG_KEY, text, err) < 0)
			return -1;
	}
	return 0;
}

int rr_identity_notes(const struct rr_job *job, const struct rr_capture_conf *conf, bool flags,
		      struct rr_map_info *info, struct rr_err *err)
{
	const struct rr_node *node = &job->result->source;

	if (note(info, "source", node->path, err) < 0 ||
	    note(info, "model", node->model, err) < 0 ||
	    note(info, "serial", node->serial, err) < 0 || note(info, "wwn", node->wwn, err) < 0 ||
	    note_number(info, "bytes", job->src->size, err) < 0 ||
	    note_number(info, "offset", conf->offset, err) < 0 ||
	    note_number(info, "length", conf->length, err) < 0)
		return -1;
	return flags ? note_flags(info, conf->hold, err) : 0;
}

void rr_identity_flags(const struct rr_map_info *info, struct rr_hold *hold)
{
	size_t key = strlen(FLAG_KEY "=");

	for (size_t i = 0; hold && i < info->nnote; i++) {
		const char *text = info->note[i];

		if (strncmp(text, FLAG_KEY "=", key) != 0 || strlen(text) < key + 3)
			continue;
		for (size_t j = 0; j < hold->n; j++)
			if (text[key] == '0' && strcmp(hold->flag[j].path, text + key + 2) == 0)
				hold->flag[j].before = false;
	}
}

static int differs(const struct rr_place *place, const char *what, const char *was, const char *is,
		   struct rr_err *err)
{
	return rr_fail(
		err, RR_GONE, 0,
		"this is not what %s was begun from: its %s was %s and is %s here; nothing was "
		"changed; to read this one, give another name or move that image and its map away",
		place->path, what, was, is);
}

static int check_mark(const struct rr_place *place, const char *key, const char *is,
		      struct rr_err *err)
{
	const char *was = rr_map_info_get(&place->info, key);
	rr_autofree char *shown = rr_text_printable(is);

	if (!was || !shown || strcmp(was, shown) == 0)
		return 0;
	return differs(place, key, was, shown, err);
}

int rr_identity_marks(const struct rr_job *job, const struct rr_capture_conf *conf,
		      const struct rr_place *place, struct rr_err *err)
{
	const struct {
		const char *key;
		uint64_t n;
	} numbers[] = {
		{ "bytes", job->src->size },
		{ "offset", conf->offset },
		{ "length", conf->length },
	};
	char text[RR_SIZE_TEXT];

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		(void)snprintf(text, sizeof(text), "%" PRIu64, numbers[i].n);
		if (check_mark(place, numbers[i].key, text, err) < 0)
			return -1;
	}
	if (check_mark(place, "serial", job->result->source.serial, err) < 0)
		return -1;
	return check_mark(place, "wwn", job->result->source.wwn, err);
}

/* The sector with the n-th finished byte. */
static uint64_t finished_at(const struct rr_map *map, uint64_t n, uint32_t sector)
{
	struct rr_extent e = { 0 };

	for (uint64_t at = 0; rr_map_next(map, at, 1u << RR_FINISHED, &e); at = e.off + e.len) {
		if (n < e.len)
			return rr_align_down(e.off + n, sector);
		n -= e.len;
	}
	return rr_align_down(e.off + e.len - 1, sector);
}

/* The first finished sector, the last one, and 16 between. */
static uint64_t sample_at(const struct rr_map *have, unsigned i, uint32_t sector)
{
	uint64_t total = rr_map_total(have, RR_FINISHED);
	uint64_t n = (uint64_t)((double)(total - 1) / (SAMPLES - 1) * i);

	return rr_max(finished_at(have, rr_min(n, total - 1), sector), rr_map_start(have));
}

/* A map in which only the samples are to be read. */
static int sample_map(const struct rr_map *have, const struct rr_source *src, struct rr_map **out,
		      struct rr_err *err)
{
	uint64_t start = rr_map_start(have), end = rr_map_end(have);

	if (rr_map_new(out, start, end - start, RR_FINISHED, err) < 0)
		return -1;
	for (unsigned i = 0; i < SAMPLES; i++) {
		uint64_t at = sample_at(have, i, src->sector);

		if (rr_map_set(*out, at, rr_min(src->sector, end - at), RR_NON_TRIED, err) < 0)
			return -1;
	}
	return 0;
}

static int judge(const struct rr_compare *compare, const struct rr_place *place, struct rr_err *err)
{
	char at[RR_SIZE_TEXT];

	for (size_t i = 0; i < compare->differences.n; i++)
		if (compare->differences.range[i].os == 0)
			return rr_fail(
				err, RR_GONE, 0,
				"this is not what %s was begun from: the sector at %s of the "
				"image is another one here; nothing was changed.",
				place->path,
				rr_size_grouped(at, compare->differences.range[i].off));
	if (!compare->compared)
		return rr_fail(err, RR_GONE, 0,
			       "none of the sectors that %s has can be read now: whether it is the "
			       "same medium cannot be told; nothing was changed.",
			       place->path);
	return 0;
}

/* The image's side: from the cache or not does not matter here. */
static int compare_sample(struct rr_job *job, const struct rr_place *place, struct rr_source *image,
			  struct rr_map *map, struct rr_err *err)
{
	struct rr_stage *stage = NULL;
	struct rr_flow flow = {
		.src = job->src, .map = map, .stage = &stage, .nstage = 1, .known_good = UINT64_MAX
	};
	struct rr_pass pass = { .phase = "identify",
				.total = rr_map_total(map, RR_NON_TRIED),
				.silent = true };
	int rc;

	if (rr_stage_compare_new(image, rr_map_start(map), 0, &stage, err) < 0)
		return -1;
	rc = rr_watch_pass(job, &flow, &pass, err);
	if (job->stuck)
		return rc; /* a thread still uses the stage */
	if (rc == 0 && atomic_load(&stage->failed)) {
		*err = stage->err;
		rc = -1;
	}
	if (rc == 0)
		rc = judge(rr_stage_compare_result(stage), place, err);
	rr_stage_free(stage);
	return rc;
}

static uint64_t readable_sample(const struct rr_map *have, const struct rr_map *read,
				struct rr_source *src)
{
	for (unsigned i = 0; i < SAMPLES; i++) {
		uint64_t at = sample_at(have, i, src->sector);

		if (rr_map_state(read, at) == RR_FINISHED && !rr_source_blank(src, at))
			return rr_align_down(at, src->sector);
	}
	return UINT64_MAX;
}

/* Other tools leave an image shorter while its tail is missing; what is there must be in it. */
static int check_size(const struct rr_place *place, const struct rr_source *image, uint64_t length,
		      struct rr_err *err)
{
	uint64_t start = rr_map_start(place->have);
	struct rr_extent e;
	bool holds = !rr_map_next(place->have, start + image->size, 1u << RR_FINISHED, &e);

	if (image->size == length || (image->size < length && holds))
		return 0;
	return rr_fail(err, RR_REFUSED, 0,
		       "%s has %" PRIu64 " bytes and should have %" PRIu64 ": its map belongs to "
		       "another image",
		       place->path, image->size, length);
}

int rr_identity_check(struct rr_job *job, const struct rr_capture_conf *conf,
		      const struct rr_place *place, uint64_t *known_good, struct rr_err *err)
{
	struct rr_source *image;
	struct rr_map *map = NULL;
	enum rr_how how;
	int rc;

	if (rr_identity_marks(job, conf, place, err) < 0 ||
	    rr_image_source_new(place->path, &image, &how, err) < 0)
		return -1;
	rc = check_size(place, image, conf->length, err);
	if (rc == 0)
		rc = sample_map(place->have, job->src, &map, err);
	if (rc == 0)
		rc = compare_sample(job, place, image, map, err);
	if (rc == 0)
		*known_good = readable_sample(place->have, map, job->src);
	if (job->stuck)
		return rc; /* a thread still uses them */
	rr_source_close(image);
	rr_map_free(map);
	return rc;
}
