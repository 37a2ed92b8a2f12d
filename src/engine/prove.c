/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prove.c - reads drives back after they were written, all at once, under the lock of the writing,
 * and says of each whether it holds what it should.
 * Owns: nothing beside what it puts into the rr_restore.   Threads: main.
 *
 * Where the source can be read a second time, every byte is compared. Where it cannot (a stream),
 * or should not (a drive that may be dying), the media are held against what the first pass kept:
 * the CRC-32 of each piece, which has a place, and the digest of all. */
#include <string.h>

#include "capture.h"
#include "rawright/size.h"
#include "restore.h"
#include "watch.h"

static bool by_bytes(const struct rr_restore *w)
{
	return w->conf->twice && !w->r->bytes_filled;
}

/* What is cleared, and the padding of the last sector. */
static int find_zeros(struct rr_restore *w, struct rr_restore_drive *d, struct rr_err *err)
{
	const struct rr_disk_written *written = &d->dest->written;
	struct rr_range pad = { .off = w->r->length, .len = written->padded };

	for (size_t i = 0; i < written->cleared.n; i++)
		if (rr_range_add(&d->zeros, &written->cleared.range[i], err) < 0)
			return -1;
	return rr_range_add(&d->zeros, &pad, err);
}

static int prove_by_sums(struct rr_restore *w, struct rr_restore_drive *d, struct rr_err *err)
{
	struct rr_stage *inner[2] = { NULL };
	bool digest = w->r->ndigest > 0;

	if (rr_stage_check_new(&w->r->segments, rr_segment_size(w->r->length), &inner[0], err) < 0)
		return -1;
	if ((digest && rr_stage_digest_new(w->r->digest[0].algo, &inner[1], err) < 0) ||
	    rr_stage_proof_new(d->medium, inner, 1 + digest, &d->zeros, &d->proof, err) < 0) {
		rr_stage_free(inner[0]);
		rr_stage_free(inner[1]);
		return -1;
	}
	d->check = inner[0];
	d->digest = inner[1];
	return 0;
}

static int prove_by_bytes(struct rr_restore *w, struct rr_restore_drive *d, struct rr_err *err)
{
	if (rr_stage_compare_new(d->medium, w->conf->offset, 0, &d->proof, err) < 0)
		return -1;
	rr_stage_compare_zeros(d->proof, &d->zeros);
	return 0;
}

static int make_proof(struct rr_restore *w, struct rr_restore_drive *d, struct rr_err *err)
{
	if (rr_restore_alive(d, err) < 0 ||
	    rr_target_source(d->conf->target, &d->medium, &d->dest->verification.how, err) < 0 ||
	    find_zeros(w, d, err) < 0)
		return -1;
	return by_bytes(w) ? prove_by_bytes(w, d, err) : prove_by_sums(w, d, err);
}

/* Returns how many drives there are to be proven. */
static size_t make_proofs(struct rr_restore *w, struct rr_stage **stage)
{
	struct rr_err err;
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct rr_restore_drive *d = &w->drive[i];

		if (d->dest->status != RR_DEST_WRITTEN)
			continue;
		if (make_proof(w, d, &err) < 0) {
			rr_restore_failed(w, d, &err);
			continue;
		}
		d->proof->dest = i + 1;
		stage[n++] = d->proof;
	}
	return n;
}

static int prove_pass(struct rr_restore *w, struct rr_stage **stage, size_t n, struct rr_err *err)
{
	bool bytes = by_bytes(w);
	struct rr_flow flow = { .src = w->job->src,
				.stage = stage,
				.nstage = n,
				.most = w->most,
				.known_good = UINT64_MAX };
	struct rr_pass pass = { .phase = "verify",
				.total = w->r->length,
				.base = bytes ? w->conf->offset : 0,
				.silent = true,
				.proof = true };

	if (rr_map_new(&w->again, bytes ? w->conf->offset : 0, w->r->length, RR_NON_TRIED, err) < 0)
		return -1;
	if (!bytes && rr_blank_source_new(w->job->src->name, w->r->length, 512, &w->blank, err) < 0)
		return -1;
	flow.src = bytes ? w->job->src : w->blank;
	flow.map = w->again;
	return rr_watch_pass(w->job, &flow, &pass, err);
}

static int add_all(struct rr_range_list *to, const struct rr_range_list *from, struct rr_err *err)
{
	for (size_t i = 0; i < from->n; i++)
		if (rr_range_add(to, &from->range[i], err) < 0)
			return -1;
	return 0;
}

static int take_sums(struct rr_restore *w, struct rr_restore_drive *d, struct rr_err *err)
{
	const struct rr_compare *proof = rr_stage_proof_result(d->proof);
	struct rr_verification *v = &d->dest->verification;
	struct rr_digest_value value;

	v->bytes = proof->compared;
	v->compared = rr_stage_check_result(d->check)->compared;
	v->digests_compared = d->digest != NULL;
	v->digests_match = v->digests_compared &&
			   rr_stage_digest_value(d->digest, w->r->length, &value) &&
			   memcmp(value.value, w->r->digest[0].value, value.algo->size) == 0;
	if (add_all(&v->differences, &rr_stage_check_result(d->check)->differences, err) < 0 ||
	    add_all(&v->differences, &proof->differences, err) < 0)
		return -1;
	if (!v->digests_compared || v->digests_match || v->differences.n)
		return 0;
	/* the place is not known */
	return rr_range_add(&v->differences, &(struct rr_range){ .len = w->r->length }, err);
}

/* What the image did not give a second time is no fault of the drive. */
static int take_bytes(const struct rr_restore *w, struct rr_restore_drive *d, struct rr_err *err)
{
	const struct rr_compare *compare = rr_stage_compare_result(d->proof);
	struct rr_verification *v = &d->dest->verification;
	struct rr_extent e;

	v->bytes = v->compared = compare->compared;
	if (add_all(&v->differences, &compare->differences, err) < 0)
		return -1;
	for (uint64_t at = 0; rr_map_next(w->again, at, 1u << RR_BAD, &e); at = e.off + e.len)
		if (rr_range_cut(&v->differences, e.off - w->conf->offset, e.len, err) < 0)
			return -1;
	return 0;
}

/* Nothing differs. But was all of it compared, and with the medium? */
static void judge_whole(struct rr_restore *w, struct rr_restore_drive *d)
{
	struct rr_verification *v = &d->dest->verification;
	char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT];

	d->dest->status = RR_DEST_NOT_VERIFIED;
	if (v->compared != w->r->length) {
		w->r->exit = rr_exit_worse(w->r->exit, RR_EXIT_FAILED);
		rr_tell_note(w->job, "verify", "only %s of %s bytes of %s could be compared",
			     rr_size_grouped(a, v->compared), rr_size_grouped(b, w->r->length),
			     d->dest->path);
	} else if (v->how == RR_HOW_CACHE) {
		rr_tell_note(w->job, "verify",
			     "%s can only be read through memory: what is on the medium itself was "
			     "not verified",
			     d->dest->path);
	} else {
		d->dest->status = RR_DEST_VERIFIED;
	}
}

static void judge(struct rr_restore *w, struct rr_restore_drive *d)
{
	struct rr_verification *v = &d->dest->verification;
	struct rr_err err;

	if (atomic_load(&d->proof->failed)) {
		rr_restore_failed(w, d, &d->proof->err);
		return;
	}
	if ((d->check ? take_sums(w, d, &err) : take_bytes(w, d, &err)) < 0) {
		rr_restore_failed(w, d, &err);
		return;
	}
	if (v->how == RR_HOW_DIRECT && !atomic_load(&d->medium->direct))
		v->how = RR_HOW_CACHE; /* refused on the way */
	v->done = true;
	if (!v->differences.n) {
		judge_whole(w, d);
		return;
	}
	if (rr_restore_alive(d, &err) < 0) { /* another medium is no bad copy */
		rr_restore_failed(w, d, &err);
		return;
	}
	d->dest->status = RR_DEST_DIFFERENT;
	w->r->exit = rr_exit_worse(w->r->exit, RR_EXIT_DIFFERENT);
	rr_tell_differences(w->job, d->dest->path, &v->differences);
}

static bool found_difference(const struct rr_restore_drive *d)
{
	return d->check ? rr_stage_check_result(d->check)->differences.n ||
				  rr_stage_proof_result(d->proof)->differences.n :
			  rr_stage_compare_result(d->proof)->differences.n;
}

/* Given up by a person: what was found until then stands. */
static void judge_skipped(struct rr_restore *w)
{
	for (size_t i = 0; i < w->n; i++) {
		struct rr_restore_drive *d = &w->drive[i];

		if (!d->proof || (!atomic_load(&d->proof->failed) && !found_difference(d)))
			continue;
		judge(w, d);
		d->dest->verification.done = false; /* it was not all looked at */
		d->dest->verification.digests_compared = false;
	}
}

/* Every proof has failed: each of them says why, and the source is not to blame. */
static bool all_failed(const struct rr_restore *w)
{
	for (size_t i = 0; i < w->n; i++)
		if (w->drive[i].proof && !atomic_load(&w->drive[i].proof->failed))
			return false;
	return true;
}

int rr_restore_prove(struct rr_restore *w, struct rr_err *err)
{
	rr_autofree struct rr_stage **stage = calloc(w->n + 1, sizeof(struct rr_stage *));
	size_t n = stage ? make_proofs(w, stage) : 0;

	if (!stage)
		return rr_fail_memory(err);
	if (n == 0)
		return 0;
	if (prove_pass(w, stage, n, err) < 0) {
		if (rr_watch_skipped(w->job, err)) {
			*err = (struct rr_err){ 0 };
			judge_skipped(w);
			return 0;
		}
		if (w->job->stuck || err->kind == RR_STOPPED || !all_failed(w))
			return -1;
		*err = (struct rr_err){ 0 };
	}
	for (size_t i = 0; i < w->n; i++)
		if (w->drive[i].proof)
			judge(w, &w->drive[i]);
	return 0;
}
