/* SPDX-License-Identifier: GPL-3.0-or-later */
/* readback.c - reads an image back from where it was written and says whether it is what was read.
 * Owns: its stages and the image's source.   Threads: main. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "capture.h"
#include "rawright/size.h"

/* All that one reading of an image needs; on the heap, since threads may outlive the wait. */
struct readback {
	struct rr_source *src;
	struct rr_map *map;
	struct rr_stage **stage; /* digests first, then check, then windows */
	size_t ndigest, n;
	struct rr_stage *check, *windows;
};

static void readback_free(struct readback *rb)
{
	for (size_t i = 0; i < rb->n; i++)
		rr_stage_free(rb->stage[i]);
	free(rb->stage);
	rr_map_free(rb->map);
	rr_source_close(rb->src);
	free(rb);
}

static int add_digests(struct rr_capture *c, struct readback *rb, struct rr_err *err)
{
	const struct rr_digest_list *hash = &c->conf->hash;

	rb->stage = calloc(hash->n + 2, sizeof(*rb->stage));
	if (!rb->stage)
		return rr_fail_memory(err);
	for (; rb->n < hash->n; rb->n++, rb->ndigest++)
		if (rr_stage_digest_new(hash->algo[rb->n], &rb->stage[rb->n], err) < 0)
			return -1;
	return 0;
}

static int readback_open(struct rr_capture *c, size_t i, bool want_windows, struct readback *rb,
			 struct rr_err *err)
{
	struct rr_verification *v = &c->r->dest[i].verification;
	const uint64_t length = c->conf->length;

	if (rr_image_source_new(c->place[i].path, &rb->src, &v->how, err) < 0)
		return -1;
	if (rb->src->size != length)
		return rr_fail(err, RR_SYSTEM, 0,
			       "%s has %" PRIu64 " bytes and should have %" PRIu64 ": something "
			       "else changed it",
			       c->place[i].path, rb->src->size, length);
	if (rr_map_new(&rb->map, 0, length, RR_NON_TRIED, err) < 0 || add_digests(c, rb, err) < 0)
		return -1;
	if (rr_stage_check_new(&c->r->segments, rr_segment_size(length), &rb->check, err) < 0)
		return -1;
	rb->check->dest = i + 1;
	rb->stage[rb->n++] = rb->check;
	if (want_windows && rr_stage_windows_new(c->conf->window, 0, &rb->windows, err) < 0)
		return -1;
	if (rb->windows)
		rb->stage[rb->n++] = rb->windows;
	return 0;
}

bool rr_take_digests(struct rr_result *r, struct rr_stage **digest, size_t n,
		     struct rr_stage *windows, uint64_t size)
{
	bool all = true;

	free(r->digest);
	r->ndigest = 0;
	r->digest = calloc(n + 1, sizeof(*r->digest));
	for (size_t i = 0; i < n && r->digest && all; i++)
		all = rr_stage_digest_value(digest[i], size, &r->digest[r->ndigest++]);
	if (all && r->digest &&
	    (!windows || rr_stage_windows_take(windows, size, &r->window_sha256, &r->nwindow)))
		return true;
	free(r->digest);
	r->digest = NULL;
	r->ndigest = 0;
	return false;
}

/* The digests of the stream against those of the image. */
static bool same_digests(const struct rr_capture *c, const struct readback *rb)
{
	struct rr_digest_value value;

	for (size_t i = 0; i < c->r->ndigest; i++)
		if (!rr_stage_digest_value(rb->stage[i], c->conf->length, &value) ||
		    memcmp(value.value, c->r->digest[i].value, value.algo->size) != 0)
			return false;
	return true;
}

static int take_differences(struct rr_capture *c, struct rr_verification *v, struct rr_check *check,
			    struct rr_err *err)
{
	v->compared = v->digests_compared ? c->conf->length : check->compared;
	v->differences = check->differences;
	check->differences = (struct rr_range_list){ 0 };
	/* digests that differ while no segment does: the place is not known */
	if (v->digests_compared && !v->digests_match && v->differences.n == 0)
		return rr_range_add(&v->differences, &(struct rr_range){ .len = c->conf->length },
				    err);
	return 0;
}

/* A place that cannot be read back is not what was read, whether a segment covers it or not. */
static int add_unreadable(const struct rr_map *map, struct rr_range_list *differences,
			  struct rr_err *err)
{
	struct rr_extent e;

	for (uint64_t at = 0; rr_map_next(map, at, 1u << RR_BAD, &e); at = e.off + e.len)
		if (rr_range_add(differences,
				 &(struct rr_range){ .off = e.off, .len = e.len, .os = EIO },
				 err) < 0)
			return -1;
	return 0;
}

static int readback_judge(struct rr_capture *c, size_t i, bool want_digests, struct readback *rb,
			  struct rr_err *err)
{
	struct rr_verification *v = &c->r->dest[i].verification;
	struct rr_check *check = rr_stage_check_result(rb->check);

	if (v->how == RR_HOW_DIRECT && !atomic_load(&rb->src->direct))
		v->how = RR_HOW_CACHE; /* refused on the way */
	v->bytes = rr_map_total(rb->map, RR_FINISHED);
	if (add_unreadable(rb->map, &check->differences, err) < 0)
		return -1;
	v->digests_compared = !want_digests && c->r->ndigest > 0;
	v->digests_match = v->digests_compared && same_digests(c, rb);
	if (want_digests && !check->differences.n) { /* of a wrong image nobody wants them */
		c->r->digest_over_image = true;
		if (!rr_take_digests(c->r, rb->stage, rb->ndigest, rb->windows, c->conf->length))
			return rr_fail(err, RR_SYSTEM, 0,
				       "%s cannot be read back whole: there is no digest of it",
				       c->place[i].path);
	}
	v->done = true;
	return take_differences(c, v, check, err);
}

/* Given up by a person: what was found until then stands. */
static int readback_skip(struct rr_capture *c, size_t i, struct readback *rb)
{
	struct rr_check *check = rr_stage_check_result(rb->check);

	c->r->dest[i].verification.differences = check->differences;
	check->differences = (struct rr_range_list){ 0 };
	return 1;
}

static int readback_run(struct rr_capture *c, size_t i, struct readback *rb, bool want_digests,
			struct rr_err *err)
{
	const char *phase = c->conf->verify ? "verify" : "hash";
	struct rr_flow flow = { .src = rb->src,
				.map = rb->map,
				.stage = rb->stage,
				.nstage = rb->n,
				.dest = i + 1,
				.known_good = UINT64_MAX };
	struct rr_pass pass = { .phase = phase,
				.total = c->conf->length,
				.silent = true,
				.proof = !want_digests };
	int rc = rr_watch_pass(c->job, &flow, &pass, err);

	for (size_t j = 0; rc == 0 && j < rb->n; j++)
		if (atomic_load(&rb->stage[j]->failed)) {
			*err = rb->stage[j]->err;
			rc = -1;
		}
	return rc;
}

int rr_readback(struct rr_capture *c, size_t i, bool want_digests, struct rr_err *err)
{
	bool want_windows = want_digests && c->conf->window;
	struct readback *rb = calloc(1, sizeof(*rb));
	int rc;

	if (!rb)
		return rr_fail_memory(err);
	rc = readback_open(c, i, want_windows, rb, err);
	if (rc == 0)
		rc = readback_run(c, i, rb, want_digests, err);
	if (rc == 0)
		rc = readback_judge(c, i, want_digests, rb, err);
	else if (rr_watch_skipped(c->job, err))
		rc = readback_skip(c, i, rb);
	if (rc == 0 && i == 0) { /* segments that earlier runs left no CRC of */
		struct rr_segment_list *found = &rr_stage_check_result(rb->check)->found;

		for (size_t j = 0; j < found->n && rc == 0; j++)
			rc = rr_segment_add(&c->r->segments, &found->seg[j], err);
	}
	if (!c->job->stuck)
		readback_free(rb);
	return rc;
}
