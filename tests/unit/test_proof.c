/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_proof.c - proves that a stream is read to its end and no end is taken for another, and that
 * a medium is held against the sums of what was written: every piece, what cannot be read, and what
 * must be zeros.
 * Owns: nothing.   Threads: a pipeline's. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "fake.h"
#include "rawright/fs.h"

#define SIZE   UINT64_C(3000321)
#define WINDOW 65536u

/* ------------------------------------------------------------------ streams */

struct feed {
	int fd;
	const unsigned char *data;
	size_t len;
};

static void *feed(void *ctx)
{
	struct feed *f = ctx;

	for (size_t at = 0, n; at < f->len; at += n) { /* odd pieces, as pipes have them */
		n = f->len - at < 7001 ? f->len - at : 7001;
		if (rr_pwrite(f->fd, f->data + at, n, RR_STREAM, NULL) != 0)
			break;
	}
	(void)close(f->fd);
	return NULL;
}

/* len bytes of the drive's data through a pipe, past a segments stage. */
static struct fake_pass *stream_by(const struct fake_drive *drive, size_t len, uint64_t bound,
				   uint64_t least, struct rr_stage *stage)
{
	struct fake_pass *pass = calloc(1, sizeof(*pass));
	struct feed f = { .data = drive->data, .len = len };
	pthread_t thread;
	int ends[2];

	assert_non_null(pass);
	assert_int_equal(pipe(ends), 0);
	f.fd = ends[1];
	assert_int_equal(
		rr_stream_source_new("input", ends[0], bound, least, &pass->flow.src, NULL), 0);
	assert_int_equal(pthread_create(&thread, NULL, feed, &f), 0);
	pass->flow.stage = &stage;
	pass->flow.nstage = 1;
	pass->flow.known_good = UINT64_MAX;
	assert_int_equal(rr_map_new(&pass->flow.map, 0, bound, RR_NON_TRIED, NULL), 0);
	fake_pass_run(pass);
	assert_int_equal(pthread_join(thread, NULL), 0);
	return pass;
}

static void stream_free(struct fake_pass *pass)
{
	rr_source_close(pass->flow.src);
	rr_map_free(pass->flow.map);
	fake_pass_clear(pass);
	free(pass);
}

static void a_stream_is_read_to_its_end(void **state)
{
	static const size_t lengths[] = { 0, 1, 511, 512, 65536, 65537, SIZE };
	struct fake_drive *drive = fake_drive_new(SIZE, 512, 5);

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct rr_stage *digest = NULL;
		struct rr_digest_value value;
		struct fake_pass *pass;

		assert_int_equal(rr_stage_digest_new(rr_digest_find("sha256"), &digest, NULL), 0);
		pass = stream_by(drive, lengths[i], SIZE + 1, 0, digest);
		assert_int_equal(pass->rc, 0);
		assert_true(pass->flow.src->size == lengths[i]);
		assert_true(rr_map_total(pass->flow.map, RR_FINISHED) == lengths[i]);
		assert_true(rr_stage_digest_value(digest, lengths[i], &value));
		fake_expect_digest(&value, drive->data, lengths[i]);
		stream_free(pass);
		rr_stage_free(digest);
	}
	fake_drive_free(drive);
}

static void a_stream_that_is_cut_is_an_error(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, 512, 5);
	struct rr_stage *digest = NULL;
	struct fake_pass *pass;

	(void)state;
	assert_int_equal(rr_stage_digest_new(rr_digest_find("sha256"), &digest, NULL), 0);
	pass = stream_by(drive, SIZE - 1, SIZE, SIZE, digest);
	assert_int_equal(pass->rc, -1);
	assert_int_equal(pass->err.kind, RR_SYSTEM);
	assert_non_null(strstr(pass->err.text, "3,000,320 of 3,000,321"));
	stream_free(pass);
	rr_stage_free(digest);
	assert_int_equal(rr_stage_digest_new(rr_digest_find("sha256"), &digest, NULL), 0);
	pass = stream_by(drive, SIZE, SIZE, SIZE, digest);
	assert_int_equal(pass->rc, 0);
	stream_free(pass);
	rr_stage_free(digest);
	fake_drive_free(drive);
}

/* ------------------------------------------------------------------ proofs */

/* The sums of the first bytes that the medium holds, as those of an image. */
static void sums_of(const struct fake_drive *medium, uint64_t length, struct rr_segment_list *known)
{
	struct fake_drive *image = fake_drive_new(length, 512, 1);
	struct rr_stage *stage = NULL;
	struct fake_pass pass = { .flow = { .src = &image->src,
					    .stage = &stage,
					    .nstage = 1,
					    .known_good = UINT64_MAX } };

	memcpy(image->data, medium->data, length);
	assert_int_equal(rr_stage_segments_new(WINDOW, 0, &stage, NULL), 0);
	assert_int_equal(rr_map_new(&pass.flow.map, 0, length, RR_NON_TRIED, NULL), 0);
	fake_pass_run(&pass);
	assert_int_equal(pass.rc, 0);
	assert_int_equal(rr_stage_segments_copy(stage, known, NULL), 0);
	rr_stage_free(stage);
	rr_map_free(pass.flow.map);
	fake_pass_clear(&pass);
	fake_drive_free(image);
}

struct proof {
	struct rr_segment_list known;
	struct rr_range_list zeros;
	struct rr_stage *stage, *check, *digest;
	struct fake_pass pass;
	struct rr_source *blank;
};

/* medium is held against what it was when the sums were made. */
static void prove(struct proof *p, struct fake_drive *medium, uint64_t length)
{
	struct rr_stage *inner[2] = { NULL };

	assert_int_equal(rr_stage_check_new(&p->known, WINDOW, &inner[0], NULL), 0);
	assert_int_equal(rr_stage_digest_new(rr_digest_find("sha256"), &inner[1], NULL), 0);
	assert_int_equal(rr_stage_proof_new(&medium->src, inner, 2, &p->zeros, &p->stage, NULL), 0);
	p->check = inner[0];
	p->digest = inner[1];
	assert_int_equal(rr_blank_source_new("nothing", length, 512, &p->blank, NULL), 0);
	p->pass.flow = (struct rr_flow){
		.src = p->blank, .stage = &p->stage, .nstage = 1, .known_good = UINT64_MAX
	};
	assert_int_equal(rr_map_new(&p->pass.flow.map, 0, length, RR_NON_TRIED, NULL), 0);
	fake_pass_run(&p->pass);
}

static void proof_free(struct proof *p)
{
	rr_stage_free(p->stage);
	rr_source_close(p->blank);
	rr_map_free(p->pass.flow.map);
	fake_pass_clear(&p->pass);
	rr_segment_list_clear(&p->known);
	rr_range_list_clear(&p->zeros);
}

static const struct rr_range_list *found(struct proof *p)
{
	return &rr_stage_check_result(p->check)->differences;
}

static void what_is_the_same_is_proven(void **state)
{
	struct fake_drive *medium = fake_drive_new(SIZE + 4607, 512, 9);
	struct proof p = { 0 };
	struct rr_digest_value value;

	(void)state;
	sums_of(medium, SIZE, &p.known);
	prove(&p, medium, SIZE);
	assert_int_equal(p.pass.rc, 0);
	assert_false(atomic_load(&p.stage->failed));
	assert_int_equal(found(&p)->n, 0);
	assert_true(rr_stage_check_result(p.check)->compared == SIZE);
	assert_true(rr_stage_proof_result(p.stage)->compared == SIZE);
	assert_true(rr_stage_digest_value(p.digest, SIZE, &value));
	fake_expect_digest(&value, medium->data, SIZE);
	proof_free(&p);
	fake_drive_free(medium);
}

static void a_byte_is_found_in_its_piece(void **state)
{
	static const uint64_t places[] = { 0, 65535, 65536, 1000000, SIZE - 1 };
	struct fake_drive *medium = fake_drive_new(SIZE + 4607, 512, 9);

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		struct proof p = { 0 };

		sums_of(medium, SIZE, &p.known);
		medium->data[places[i]] ^= 0x40;
		prove(&p, medium, SIZE);
		assert_int_equal(p.pass.rc, 0);
		assert_int_equal(found(&p)->n, 1);
		assert_true(found(&p)->range[0].off == places[i] / WINDOW * WINDOW);
		proof_free(&p);
	}
	fake_drive_free(medium);
}

static void what_cannot_be_read_is_told_by_the_sector(void **state)
{
	struct fake_drive *medium = fake_drive_new(SIZE + 4607, 512, 9);
	struct proof p = { 0 };
	const struct rr_range_list *list;

	(void)state;
	sums_of(medium, SIZE, &p.known);
	fake_drive_damage(medium, 300, 2, FAKE_EVER, ENODATA);
	prove(&p, medium, SIZE);
	assert_int_equal(p.pass.rc, 0);
	list = &rr_stage_proof_result(p.stage)->differences;
	assert_int_equal(list->n, 1);
	assert_true(list->range[0].off == 300 * 512 && list->range[0].len == 1024);
	assert_int_equal(list->range[0].os, ENODATA);
	assert_int_equal(found(&p)->n, 1);
	assert_true(rr_stage_proof_result(p.stage)->compared == SIZE - 1024);
	proof_free(&p);
	fake_drive_free(medium);
}

static void zeros_must_be_zeros(void **state)
{
	struct fake_drive *medium = fake_drive_new(SIZE + 460700, 512, 9);
	const struct rr_range zeros = { .off = SIZE + 3000, .len = 400000 };
	const struct rr_range_list *list;
	struct proof p = { 0 };

	(void)state;
	sums_of(medium, SIZE, &p.known);
	memset(medium->data + zeros.off, 0, zeros.len);
	assert_int_equal(rr_range_add(&p.zeros, &zeros, NULL), 0);
	medium->data[SIZE + 300000] = 1;
	prove(&p, medium, SIZE);
	assert_int_equal(p.pass.rc, 0);
	list = &rr_stage_proof_result(p.stage)->differences;
	assert_int_equal(list->n, 1);
	assert_true(list->range[0].off <= SIZE + 300000 &&
		    list->range[0].off + list->range[0].len > SIZE + 300000 &&
		    list->range[0].len <= 512);
	proof_free(&p);
	fake_drive_free(medium);
}

/* Not a difference: there is nothing to compare with. */
static void a_medium_that_is_gone_fails_the_proof(void **state)
{
	struct fake_drive *medium = fake_drive_new(SIZE + 4607, 512, 9);
	struct proof p = { 0 };

	(void)state;
	sums_of(medium, SIZE, &p.known);
	medium->fail_from = medium->calls + 3;
	medium->fail_to = FAKE_NEVER;
	medium->fail_os = EIO;
	medium->dead_from = medium->calls + 3;
	prove(&p, medium, SIZE);
	assert_true(atomic_load(&p.stage->failed));
	assert_int_equal(p.stage->err.kind, RR_GONE);
	proof_free(&p);
	fake_drive_free(medium);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stream_is_read_to_its_end),
		cmocka_unit_test(a_stream_that_is_cut_is_an_error),
		cmocka_unit_test(what_is_the_same_is_proven),
		cmocka_unit_test(a_byte_is_found_in_its_piece),
		cmocka_unit_test(what_cannot_be_read_is_told_by_the_sector),
		cmocka_unit_test(zeros_must_be_zeros),
		cmocka_unit_test(a_medium_that_is_gone_fails_the_proof),
	};
	struct rr_err err;

	if (rr_digest_init(&err) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
