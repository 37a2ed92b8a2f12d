/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_damage.c - proves that retries are counted exactly, and that of any layout of damage, of any
 * range and with any map to go on with, exactly what cannot be read is lost.
 * Owns: nothing.   Threads: a pipeline's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fake.h"
#include "rawright/size.h"

#define LEAST                                                                                      \
	16384u /* no large read ends elsewhere than at a multiple of this,
					 * but at the end of what is to be read */

/* A pass with all that looks at every byte. */
struct shot {
	struct fake_drive *drive;
	struct fake_disk *disk;
	struct rr_map *map, *before;
	uint64_t off, len;
	struct rr_stage *stage[4]; /* sink, digest, segments, windows */
	struct fake_pass pass;
	bool fresh; /* all of it is to be read */
};

static void make_stages(struct shot *s, uint64_t window)
{
	struct rr_sink_stage_conf conf = { .base = s->off };

	s->disk = fake_disk_new(s->len, 512);
	s->stage[0] = fake_disk_stage(s->disk, &conf, false);
	assert_int_equal(rr_stage_digest_new(rr_digest_find("md5"), &s->stage[1], NULL), 0);
	assert_int_equal(rr_stage_segments_new(window, s->off, &s->stage[2], NULL), 0);
	assert_int_equal(rr_stage_windows_new(window, s->off, &s->stage[3], NULL), 0);
}

static void run(struct shot *s, unsigned retries, const char *fill, uint64_t known_good)
{
	s->pass.flow = (struct rr_flow){ .src = &s->drive->src,
					 .map = s->map,
					 .stage = s->stage,
					 .nstage = 4,
					 .retries = retries,
					 .fill = fill,
					 .known_good = known_good,
					 .checkpoint_ms = 1 };
	assert_int_equal(rr_map_copy(&s->before, s->map, NULL), 0);
	s->fresh = rr_map_total(s->map, RR_FINISHED) == 0;
	fake_pass_run(&s->pass);
	assert_false(s->drive->wrong);
	assert_false(s->disk->wrong);
}

static void clear(struct shot *s)
{
	for (size_t i = 0; i < 4; i++)
		rr_stage_free(s->stage[i]);
	rr_map_free(s->map);
	rr_map_free(s->before);
	fake_pass_clear(&s->pass);
	fake_disk_free(s->disk);
	fake_drive_free(s->drive);
}

/* A sector that fails n times is good with retries: the read that fetched many at once counts as
 * one touch of the first that fails in it, and each sector is then asked 1 + retries times. */
static void retries_are_counted_exactly(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 6; n++)
		for (unsigned retries = 0; retries < 5; retries++) {
			struct shot s = { .drive = fake_drive_new(100 * 512, 512, n),
					  .len = 100 * 512 };

			assert_int_equal(rr_map_new(&s.map, 0, s.len, RR_NON_TRIED, NULL), 0);
			assert_int_equal(rr_map_set(s.map, 90 * 512, 512, RR_BAD, NULL), 0);
			fake_drive_damage(s.drive, 10, 1, n, EIO); /* stops the large read */
			fake_drive_damage(s.drive, 20, 1, n, ENODATA); /* does not */
			fake_drive_damage(s.drive, 90, 1, n, EIO); /* known as bad before */
			make_stages(&s, 4096);
			run(&s, retries, NULL, UINT64_MAX);
			assert_int_equal(s.pass.rc, 0);
			assert_int_equal(rr_map_state(s.map, 10 * 512),
					 n <= retries + 1 ? RR_FINISHED : RR_BAD);
			assert_int_equal(rr_map_state(s.map, 20 * 512),
					 n <= retries ? RR_FINISHED : RR_BAD);
			assert_int_equal(rr_map_state(s.map, 90 * 512),
					 n <= retries ? RR_FINISHED : RR_BAD);
			assert_int_equal(s.drive->sector[10].touched, rr_min(n, retries + 1) + 1);
			assert_int_equal(s.drive->sector[20].touched, rr_min(n, retries) + 1);
			assert_int_equal(s.drive->sector[90].touched, rr_min(n, retries) + 1);
			for (size_t i = 0; i < s.pass.bad.n; i++) {
				assert_int_equal(s.pass.bad.range[i].tries, retries + 1);
				assert_int_equal(s.pass.bad.range[i].os,
						 s.pass.bad.range[i].off == 20 * 512 ? ENODATA :
										       EIO);
			}
			assert_int_equal(s.pass.bad.n, (n > retries + 1) + 2 * (n > retries));
			clear(&s);
		}
}

/* How often sector i was asked for alone, and how often a larger read broke off at it. */
static void count_touches(const struct fake_drive *d, size_t i, unsigned *alone, unsigned *large)
{
	uint64_t at = i * (uint64_t)d->src.sector;

	*alone = *large = 0;
	for (uint64_t k = 0; k < d->calls; k++) {
		const struct fake_read *r = &d->log[k];

		if (r->len <= d->src.sector)
			*alone += r->off == at;
		else
			*large += r->got < r->len && (r->off + r->got) / d->src.sector == i;
	}
}

static bool to_be_read(const struct shot *s, uint64_t at)
{
	return at >= s->off && at < s->off + s->len && rr_map_state(s->before, at) != RR_FINISHED;
}

/* May the large read have been of this sector alone? */
static bool lonely(const struct shot *s, uint64_t at)
{
	uint64_t next = at + s->drive->src.sector;

	return next % LEAST == 0 || !to_be_read(s, next) ||
	       rr_map_state(s->before, next) != rr_map_state(s->before, at);
}

/* fails: as it was before the pass, or 0. */
static void judge_sector(const struct shot *s, size_t i, unsigned fails)
{
	uint64_t at = i * (uint64_t)s->drive->src.sector;
	unsigned retries = s->pass.flow.retries, alone, large;
	enum rr_state state = rr_map_state(s->map, at);

	count_touches(s->drive, i, &alone, &large);
	if (fails == 0) {
		assert_int_equal(state, RR_FINISHED);
		return;
	}
	assert_true(large <= 1);
	if (state == RR_BAD) {
		assert_true(alone == retries + 1 ||
			    (alone == retries + 2 && !large && lonely(s, at)));
		assert_true(fails >= alone + large);
	} else {
		assert_int_equal(state, RR_FINISHED);
		assert_true(fails <= retries + 1 && fails < alone + large);
	}
}

static void judge_ranges(const struct shot *s)
{
	struct rr_extent e;
	uint64_t bytes = 0;

	for (size_t i = 0; i < s->pass.bad.n; i++) {
		const struct rr_range *r = &s->pass.bad.range[i];

		assert_int_equal(r->tries, s->pass.flow.retries + 1);
		for (uint64_t at = r->off; at < r->off + r->len; at += 512) {
			assert_int_equal(rr_map_state(s->map, at), RR_BAD);
			assert_int_equal(r->os, s->drive->sector[at / s->drive->src.sector].os);
		}
	}
	for (uint64_t at = 0; rr_map_next(s->map, at, 1u << RR_BAD, &e); at = e.off + e.len)
		bytes += e.len;
	assert_true(bytes == rr_range_total(&s->pass.bad));
}

/* What was delivered and nothing else: the image, its pieces, its windows, its digest. */
static void judge_image(struct shot *s)
{
	struct rr_segment_list segs = { 0 };
	struct rr_digest_value digest;
	uint8_t(*windows)[32] = NULL;
	uint64_t bytes = 0;
	size_t n = 0;
	struct rr_crc *crc = NULL;

	for (uint64_t at = 0; at < s->len; at += 512)
		assert_int_equal(s->disk->written[at / 512], to_be_read(s, s->off + at));
	assert_int_equal(rr_crc_open(&crc, NULL), 0);
	assert_int_equal(rr_stage_segments_copy(s->stage[2], &segs, NULL), 0);
	for (size_t i = 0; i < segs.n; i++) {
		const struct rr_segment *seg = &segs.seg[i];

		rr_crc_update(crc, s->disk->data + seg->off, seg->len);
		assert_int_equal(rr_crc_take(crc), seg->crc);
		for (uint64_t at = seg->off; at < seg->off + seg->len; at += 512)
			assert_int_equal(rr_map_state(s->map, s->off + at),
					 rr_map_state(s->map, s->off + seg->off));
		bytes += seg->len;
	}
	rr_crc_close(crc);
	rr_segment_list_clear(&segs);
	assert_true(bytes == s->len - rr_map_total(s->before, RR_FINISHED));
	assert_int_equal(rr_stage_digest_value(s->stage[1], s->len, &digest), s->fresh);
	assert_int_equal(rr_stage_windows_take(s->stage[3], s->len, &windows, &n), s->fresh);
	if (s->fresh)
		fake_expect_digest(&digest, s->disk->data, (size_t)s->len);
	free(windows);
}

static void judge(struct shot *s, const unsigned *fails)
{
	uint32_t sector = s->drive->src.sector;

	assert_int_equal(s->pass.rc, 0);
	for (uint64_t at = s->off; at < s->off + s->len; at += sector)
		if (to_be_read(s, at))
			judge_sector(s, at / sector, fails[at / sector]);
	judge_ranges(s);
	judge_image(s);
	/* what was finished before was not written by this pass */
	for (size_t i = 0; i < rr_map_count(s->before); i++) {
		struct rr_extent e = rr_map_at(s->before, i);

		if (e.state == RR_FINISHED)
			memcpy(s->disk->data + (e.off - s->off), s->drive->data + e.off, e.len);
	}
	fake_expect_truth(s->drive, s->disk->data, s->map, s->off, s->pass.flow.fill);
}

/* A range of it, to its end or not; and in half of the rounds a map to go on with. */
static void random_range(struct shot *s, uint64_t *seed)
{
	const struct rr_source *src = &s->drive->src;
	uint64_t sectors = s->drive->nsector;

	s->off = fake_below(seed, 2) ? 0 : fake_below(seed, sectors) * src->sector;
	s->len = src->size - s->off;
	if (fake_below(seed, 2) && s->len > src->sector)
		s->len = (1 + fake_below(seed, s->len / src->sector)) * src->sector;
	assert_int_equal(rr_map_new(&s->map, s->off, s->len, RR_NON_TRIED, NULL), 0);
	for (uint64_t n = fake_below(seed, 2) ? fake_below(seed, 8) : 0; n > 0; n--) {
		uint64_t at = fake_below(seed, s->len / src->sector + 1) * src->sector;
		uint64_t len = (1 + fake_below(seed, 200)) * src->sector;

		if (at < s->len)
			assert_int_equal(rr_map_set(s->map, s->off + at, rr_min(len, s->len - at),
						    (enum rr_state)fake_below(seed, RR_STATES),
						    NULL),
					 0);
	}
}

static void random_damage(struct fake_drive *drive, uint64_t *seed)
{
	static const int errors[] = { EIO, ENODATA, EILSEQ, ETIMEDOUT, 0 };

	for (uint64_t n = fake_below(seed, 12); n > 0; n--) {
		int os = errors[fake_below(seed, 4)];
		unsigned fails = fake_below(seed, 3) ? (unsigned)fake_below(seed, 6) : FAKE_EVER;

		fake_drive_damage(drive, (size_t)fake_below(seed, drive->nsector),
				  1 + (size_t)fake_below(seed, fake_below(seed, 4) ? 4 : 100),
				  fails, os);
	}
	drive->ragged = fake_below(seed, 2) ? (size_t)fake_below(seed, drive->src.sector) : 0;
	atomic_store(&drive->src.direct, fake_below(seed, 2));
}

static void one_layout(uint64_t *seed)
{
	static const uint32_t sizes[] = { 512, 2048, 4096 };
	uint32_t sector = sizes[fake_below(seed, 3)];
	uint64_t size = 1 + fake_below(seed, fake_below(seed, 4) ? 300000 : 2500000);
	struct shot s = { .drive = fake_drive_new(size, sector, *seed) };
	unsigned *fails = calloc(s.drive->nsector, sizeof(*fails));
	size_t good = (size_t)fake_below(seed, s.drive->nsector);

	assert_non_null(fails);
	random_damage(s.drive, seed);
	random_range(&s, seed);
	s.drive->sector[good].fails = 0;
	for (size_t i = 0; i < s.drive->nsector; i++)
		fails[i] = s.drive->sector[i].fails;
	make_stages(&s, (1 + fake_below(seed, 64)) * 1024);
	run(&s, (unsigned)fake_below(seed, 4), fake_below(seed, 2) ? FAKE_FILL : NULL,
	    good * (uint64_t)sector);
	judge(&s, fails);
	free(fails);
	clear(&s);
}

static void of_any_damage_exactly_that_is_lost(void **state)
{
	uint64_t seed = 20261123;

	(void)state;
	for (unsigned round = 0; round < 200; round++)
		one_layout(&seed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(retries_are_counted_exactly),
		cmocka_unit_test(of_any_damage_exactly_that_is_lost),
	};

	if (rr_digest_init(NULL) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
