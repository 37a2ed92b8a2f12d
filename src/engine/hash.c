/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash.c - digests of a drive or file, by the same careful reading as an image.
 * Owns: its stages.   Threads: main. */
#include <string.h>

#include "capture.h"
#include "rawright/size.h"

static void on_range(void *ctx, const struct rr_range *range)
{
	struct rr_job *job = ctx;

	if (rr_range_add(&job->result->bad, range, NULL) < 0)
		rr_tell_note(job, "unreadable", "out of memory: the place will not be listed");
}

static int run(struct rr_job *job, const struct rr_hash_conf *conf, struct rr_stage **stage,
	       size_t n, struct rr_map *map, struct rr_err *err)
{
	struct rr_flow flow = { .src = job->src,
				.map = map,
				.stage = stage,
				.nstage = n,
				.retries = conf->retries,
				.known_good = UINT64_MAX };
	struct rr_pass pass = {
		.phase = "hash", .total = conf->length, .range = on_range, .ctx = job,
		.base = conf->offset,
	};

	/* of nothing there is a digest too */
	if (conf->length && rr_watch_pass(job, &flow, &pass, err) < 0)
		return -1;
	job->result->bytes_read = conf->length ? rr_map_total(map, RR_FINISHED) : 0;
	job->result->bytes_filled = conf->length ? rr_map_total(map, RR_BAD) : 0;
	job->result->direct = atomic_load(&job->src->direct);
	if (!rr_take_digests(job->result, stage, n, NULL, conf->length))
		return rr_fail(err, RR_SYSTEM, 0, "%s has no digest: its bytes came out of order",
			       job->src->name);
	job->result->exit = job->result->bytes_filled ? RR_EXIT_BAD_SECTORS : RR_EXIT_OK;
	job->result->outcome = job->result->bytes_filled ? RR_COMPLETE_WITH_ERRORS : RR_COMPLETE;
	return 0;
}

int rr_hash(struct rr_job *job, const struct rr_hash_conf *conf, struct rr_err *err)
{
	struct rr_stage **stage = calloc(conf->hash.n + 1, sizeof(*stage));
	struct rr_map *map = NULL;
	size_t n = 0;
	int rc = stage ? rr_map_new(&map, conf->offset, rr_max(conf->length, 1), RR_NON_TRIED,
				    err) :
			 rr_fail_memory(err);

	for (; rc == 0 && n < conf->hash.n; n++)
		rc = rr_stage_digest_new(conf->hash.algo[n], &stage[n], err);
	rr_plan(job, "hash");
	if (rc == 0)
		rc = rr_tell_start(job, err);
	if (rc == 0)
		rr_tell_disc(job);
	if (rc == 0)
		rc = run(job, conf, stage, n, map, err);
	if (job->stuck)
		return rc;
	for (size_t i = 0; i < n; i++)
		rr_stage_free(stage[i]);
	free(stage);
	rr_map_free(map);
	return rc;
}
