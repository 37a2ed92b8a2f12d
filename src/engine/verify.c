/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verify.c - holds an image against what is known of it, and against a medium.
 * Owns: its stages and the image's source.   Threads: main. */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "rawright/size.h"
#include "watch.h"

/* On the heap, since threads may outlive the wait. */
struct verify {
	struct rr_source *image;
	struct rr_map *map;
	struct rr_stage **stage; /* one for each known digest first */
	size_t n;
	struct rr_stage *check, *windows, *compare;
};

static void verify_free(struct verify *v)
{
	for (size_t i = 0; i < v->n; i++)
		rr_stage_free(v->stage[i]);
	free(v->stage);
	rr_map_free(v->map);
	rr_source_close(v->image);
	free(v);
}

static int add_stage(struct verify *v, struct rr_stage *stage)
{
	v->stage[v->n++] = stage;
	return 0;
}

static int make_stages(struct verify *v, const struct rr_verify_conf *conf,
		       struct rr_source *device, struct rr_err *err)
{
	v->stage = calloc(conf->ndigest + 3, sizeof(*v->stage));
	if (!v->stage)
		return rr_fail_memory(err);
	for (; v->n < conf->ndigest; v->n++)
		if (rr_stage_digest_new(conf->digest[v->n].algo, &v->stage[v->n], err) < 0)
			return -1;
	if (rr_stage_check_new(conf->segments, UINT64_C(1) << 30, &v->check, err) < 0 ||
	    add_stage(v, v->check) < 0)
		return -1;
	if (conf->window && (rr_stage_windows_new(conf->window, 0, &v->windows, err) < 0 ||
			     add_stage(v, v->windows) < 0))
		return -1;
	if (!device)
		return 0;
	if (rr_stage_compare_new(device, 0, conf->offset, &v->compare, err) < 0)
		return -1;
	v->compare->from_source = true;
	return add_stage(v, v->compare);
}

static int open_image(struct rr_job *job, const struct rr_verify_conf *conf, struct verify *v,
		      struct rr_err *err)
{
	struct rr_dest *dest = job->result->dest;
	char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT];

	if (rr_image_source_new(conf->image, &v->image, &dest->verification.how, err) < 0)
		return -1;
	if (conf->length != UINT64_MAX && v->image->size != conf->length)
		return rr_fail(err, RR_MISMATCH, 0, "%s has %s bytes and should have %s",
			       conf->image, rr_size_grouped(a, v->image->size),
			       rr_size_grouped(b, conf->length));
	if (v->image->size == 0)
		return rr_fail(err, RR_FORMAT, 0, "%s is empty: there is nothing to verify",
			       conf->image);
	if (job->src &&
	    (job->src->size < conf->offset || job->src->size - conf->offset < v->image->size))
		return rr_fail(err, RR_MISMATCH, 0, "%s has %s bytes: too small for an image of %s",
			       job->src->name, rr_size_grouped(a, job->src->size),
			       rr_size_grouped(b, v->image->size));
	job->result->length = v->image->size;
	return rr_map_new(&v->map, 0, v->image->size, RR_NON_TRIED, err);
}

static int run(struct rr_job *job, struct verify *v, struct rr_err *err)
{
	struct rr_flow flow = { .src = v->image,
				.map = v->map,
				.stage = v->stage,
				.nstage = v->n,
				.dest = 1,
				.known_good = UINT64_MAX };
	struct rr_pass pass = { .phase = v->compare ? "compare" : "verify",
				.total = v->image->size };
	int rc = rr_watch_pass(job, &flow, &pass, err);

	for (size_t i = 0; rc == 0 && i < v->n; i++)
		if (atomic_load(&v->stage[i]->failed)) {
			*err = v->stage[i]->err;
			rc = -1;
		}
	return rc;
}

static int judge_digests(struct rr_job *job, const struct rr_verify_conf *conf, struct verify *v,
			 struct rr_err *err)
{
	struct rr_verification *ver = &job->result->dest->verification;
	struct rr_result *r = job->result;

	r->digest = calloc(conf->ndigest + 1, sizeof(*r->digest));
	if (!r->digest)
		return rr_fail_memory(err);
	ver->digests_compared = conf->ndigest > 0;
	ver->digests_match = ver->digests_compared;
	for (size_t i = 0; i < conf->ndigest; i++) {
		if (!rr_stage_digest_value(v->stage[i], v->image->size, &r->digest[r->ndigest]))
			return rr_fail(err, RR_SYSTEM, 0,
				       "%s cannot be read whole: it has no digest", conf->image);
		if (memcmp(r->digest[r->ndigest].value, conf->digest[i].value,
			   conf->digest[i].algo->size) != 0) {
			ver->digests_match = false;
			rr_tell_note(job, "differs", "%s: its %s is not what it should be",
				     conf->image, conf->digest[i].algo->name);
		}
		r->ndigest++;
	}
	return 0;
}

static int judge_windows(const struct rr_verify_conf *conf, struct verify *v,
			 struct rr_range_list *differences, struct rr_err *err)
{
	uint8_t(*list)[32] = NULL;
	size_t n = 0;
	int rc = 0;

	if (!v->windows || !rr_stage_windows_take(v->windows, v->image->size, &list, &n))
		return 0;
	for (size_t i = 0; i < n && i < conf->nwindow && rc == 0; i++) {
		struct rr_range range = { .off = i * conf->window };

		range.len = rr_min(conf->window, v->image->size - range.off);
		if (memcmp(list[i], conf->window_sha256[i], sizeof(*list)) != 0)
			rc = rr_range_add(differences, &range, err);
	}
	free(list);
	return rc;
}

static int add_ranges(struct rr_range_list *to, const struct rr_range_list *from,
		      struct rr_err *err)
{
	for (size_t i = 0; i < from->n; i++)
		if (rr_range_add(to, &from->range[i], err) < 0)
			return -1;
	return 0;
}

/* Ranges that were filled because nobody could read them are not the medium's fault now. */
static int judge_device(struct rr_job *job, const struct rr_verify_conf *conf, struct verify *v,
			struct rr_err *err)
{
	struct rr_compare *compare = rr_stage_compare_result(v->compare);
	struct rr_verification *reread = &job->result->reread;

	for (size_t i = 0; i < compare->differences.n; i++) /* told by the image's positions */
		compare->differences.range[i].off -= conf->offset;
	for (size_t i = 0; conf->bad && i < conf->bad->n; i++)
		if (rr_range_cut(&compare->differences, conf->bad->range[i].off - conf->bad_base,
				 conf->bad->range[i].len, err) < 0)
			return -1;
	reread->done = true;
	reread->how = atomic_load(&job->src->direct) ? RR_HOW_DIRECT : RR_HOW_CACHE;
	reread->bytes = reread->compared = compare->compared;
	return add_ranges(&reread->differences, &compare->differences, err);
}

static int judge(struct rr_job *job, const struct rr_verify_conf *conf, struct verify *v,
		 struct rr_err *err)
{
	struct rr_dest *dest = job->result->dest;
	struct rr_verification *ver = &dest->verification;
	struct rr_check *check = rr_stage_check_result(v->check);
	bool bad;

	if (judge_digests(job, conf, v, err) < 0 ||
	    judge_windows(conf, v, &ver->differences, err) < 0)
		return -1;
	/* windows asked for by the reader are finer or coarser; both are true: one list */
	if (ver->differences.n == 0 && add_ranges(&ver->differences, &check->differences, err) < 0)
		return -1;
	bad = ver->differences.n || (ver->digests_compared && !ver->digests_match);
	if (bad && ver->differences.n == 0 &&
	    rr_range_add(&ver->differences, &(struct rr_range){ .len = v->image->size }, err) < 0)
		return -1;
	if (v->compare && judge_device(job, conf, v, err) < 0)
		return -1;
	ver->done = true;
	if (ver->how == RR_HOW_DIRECT && !atomic_load(&v->image->direct))
		ver->how = RR_HOW_CACHE; /* refused on the way */
	ver->bytes = v->image->size;
	ver->compared = ver->digests_compared ? v->image->size : check->compared;
	dest->status = bad	     ? RR_DEST_DIFFERENT :
		       ver->compared ? RR_DEST_VERIFIED :
				       RR_DEST_NOT_VERIFIED;
	rr_tell_differences(job, NULL, &ver->differences);
	rr_tell_differences(job, NULL, &job->result->reread.differences);
	job->result->exit = bad || job->result->reread.differences.n ? RR_EXIT_DIFFERENT :
								       RR_EXIT_OK;
	job->result->outcome = RR_COMPLETE;
	job->result->bytes_read = v->image->size;
	return 0;
}

static int make_dest(struct rr_result *r, const char *path, struct rr_err *err)
{
	struct stat st;

	r->dest = calloc(1, sizeof(*r->dest));
	if (r->dest)
		r->dest->path = strdup(path);
	r->ndest = r->dest ? 1 : 0;
	r->length = stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
	return r->dest && r->dest->path ? 0 : rr_fail_memory(err);
}

int rr_verify(struct rr_job *job, const struct rr_verify_conf *conf, struct rr_err *err)
{
	struct verify *v = calloc(1, sizeof(*v));
	int rc;

	if (!v)
		return rr_fail_memory(err);
	rc = make_dest(job->result, conf->image, err);
	rr_plan(job, job->src ? "compare" : "verify");
	if (rc == 0)
		rc = rr_tell_start(job, err);
	if (rc == 0)
		rc = open_image(job, conf, v, err);
	if (rc == 0)
		rc = make_stages(v, conf, job->src, err);
	if (rc == 0)
		rc = run(job, v, err);
	if (rc == 0)
		rc = judge(job, conf, v, err);
	if (!job->stuck)
		verify_free(v);
	return rc;
}
