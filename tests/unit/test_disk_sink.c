/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_disk_sink.c - proves how a drive is overwritten, on files that stand for drives: every byte
 * of the data, zeros to the sector's end, the head last, what is cleared, and nothing else.
 * Owns: nothing.   Threads: one. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake.h"
#include "rawright/fs.h"
#include "rawright/size.h"

#define MIB (UINT64_C(1) << 20)

/* A drive of a file, and what it held before. */
struct rig {
	char path[64];
	int fd;
	uint64_t size;
	unsigned char *before, *now, *image;
	uint64_t old[4];
	struct rr_disk_written written;
	struct rr_disk_sink_conf conf;
	struct rr_sink *sink;
	unsigned alive_asked, same_asked;
};

static void random_bytes(unsigned char *p, size_t len, uint64_t seed)
{
	for (size_t i = 0; i < len; i++)
		p[i] = (unsigned char)(fake_random(&seed) | 1); /* never zero */
}

static struct rig *rig_new(uint64_t size, uint32_t sector, size_t nold)
{
	struct rig *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	(void)snprintf(r->path, sizeof(r->path), "/tmp/rawright-sink-XXXXXX");
	r->fd = mkstemp(r->path);
	assert_true(r->fd >= 0);
	r->size = size;
	r->before = malloc(size);
	r->now = malloc(size);
	r->image = malloc(size + 1);
	assert_true(r->before && r->now && r->image);
	random_bytes(r->before, size, size + sector);
	random_bytes(r->image, size + 1, size * 3 + sector);
	assert_int_equal(rr_pwrite(r->fd, r->before, size, 0, NULL), 0);
	r->conf = (struct rr_disk_sink_conf){ .name = "/dev/sdx",
					      .fd = r->fd,
					      .size = size,
					      .sector = sector,
					      .old = r->old,
					      .nold = nold,
					      .written = &r->written };
	return r;
}

static void rig_open(struct rig *r)
{
	struct rr_err err;

	if (rr_disk_sink_new(&r->conf, &r->sink, &err) < 0)
		fail_msg("%s", err.text);
}

static void rig_read(struct rig *r)
{
	int fd = open(r->path, O_RDONLY | O_CLOEXEC);
	size_t got;

	assert_int_equal(rr_pread(fd, r->now, r->size, 0, &got), 0);
	assert_true(got == r->size);
	(void)close(fd);
}

static void rig_free(struct rig *r)
{
	rr_sink_close(r->sink);
	rr_range_list_clear(&r->written.cleared);
	(void)close(r->fd);
	(void)unlink(r->path);
	free(r->before);
	free(r->now);
	free(r->image);
	free(r);
}

static int put(struct rig *r, uint64_t off, size_t len, struct rr_err *err)
{
	/* as the pool hands it out: aligned; the data of a buffer begin where it begins */
	void *p = NULL;
	int rc;

	assert_int_equal(posix_memalign(&p, 4096, len + 1), 0);
	memcpy(p, r->image + off, len);
	rc = r->sink->ops->write(r->sink, p, len, off, err);
	free(p);
	return rc;
}

static bool all_are(const unsigned char *p, uint64_t from, uint64_t to, unsigned char value)
{
	for (; from < to; from++)
		if (p[from] != value)
			return false;
	return true;
}

/* What is on the drive now, after `length` bytes of the image were written to their end. */
static void expect_written(struct rig *r, uint64_t length)
{
	uint64_t end = rr_align_up(length, r->conf.sector), at = end;

	rig_read(r);
	assert_true(r->written.whole);
	assert_true(r->written.padded == end - length);
	assert_memory_equal(r->now, r->image, length);
	assert_true(all_are(r->now, length, end, 0));
	for (size_t i = 0; i < r->written.cleared.n; i++) {
		const struct rr_range *range = &r->written.cleared.range[i];

		assert_true(range->off >= at && range->off + range->len <= r->size);
		assert_memory_equal(r->now + at, r->before + at, range->off - at);
		assert_true(all_are(r->now, range->off, range->off + range->len, 0));
		at = range->off + range->len;
	}
	assert_memory_equal(r->now + at, r->before + at, r->size - at);
	for (size_t i = 0; i < r->conf.nold; i++) /* no old sign is left */
		if (r->old[i] >= end)
			assert_int_equal(r->now[r->old[i]], 0);
}

/* Pieces of any length, most of them odd. */
static void write_pieces(struct rig *r, uint64_t length, uint64_t seed)
{
	struct rr_err err;

	for (uint64_t at = 0, n; at < length; at += n) {
		n = rr_min(length - at, 1 + fake_below(&seed, 200000));
		if (put(r, at, (size_t)n, &err) < 0)
			fail_msg("%s", err.text);
	}
}

static void any_length_in_any_pieces(void **state)
{
	static const uint32_t sectors[] = { 512, 2048, 4096 };
	static const uint64_t sizes[] = { 64 << 10, 1474560, 3 * MIB, 17 * MIB };
	uint64_t seed = 7;

	(void)state;
	for (unsigned i = 0; i < 36; i++) {
		uint64_t size = sizes[i % 4] / 4096 * 4096;
		struct rig *r = rig_new(size, sectors[i % 3], 2);
		uint64_t length = i < 12 ? size - i % 2 * 513 : 1 + fake_below(&seed, size);
		struct rr_err err;

		r->old[0] = fake_below(&seed, size);
		r->old[1] = size - 8;
		rig_open(r);
		write_pieces(r, length, i);
		if (r->sink->ops->finish(r->sink, &err) < 0)
			fail_msg("%s", err.text);
		expect_written(r, length);
		rig_free(r);
	}
}

static void the_head_comes_last(void **state)
{
	struct rig *r = rig_new(20 * MIB, 512, 0);
	struct rr_err err;

	(void)state;
	rig_open(r);
	rig_read(r);
	assert_memory_equal(r->now, r->before, r->size); /* opening touches nothing */
	write_pieces(r, 4 * MIB, 1);
	assert_int_equal(r->sink->ops->flush(r->sink, &err), 0);
	rig_read(r);
	assert_true(all_are(r->now, 0, MIB, 0));
	assert_memory_equal(r->now + MIB, r->image + MIB, 2 * MIB);
	assert_false(r->written.whole);
	assert_int_equal(r->sink->ops->finish(r->sink, &err), 0);
	expect_written(r, 4 * MIB);
	assert_int_equal(r->written.cleared.n, 1);
	assert_true(r->written.cleared.range[0].off == 19 * MIB);
	rig_free(r);
}

static void a_short_image_clears_the_rest_of_the_head(void **state)
{
	struct rig *r = rig_new(20 * MIB, 512, 0);
	struct rr_err err;

	(void)state;
	rig_open(r);
	write_pieces(r, 1000, 1);
	assert_int_equal(r->sink->ops->finish(r->sink, &err), 0);
	expect_written(r, 1000);
	assert_int_equal(r->written.cleared.n, 2);
	assert_true(r->written.cleared.range[0].off == 1024);
	assert_true(r->written.cleared.range[0].len == MIB - 1024);
	rig_free(r);
}

static void nothing_comes_nothing_is_touched(void **state)
{
	struct rig *r = rig_new(2 * MIB, 512, 1);
	struct rr_err err;

	(void)state;
	rig_open(r);
	assert_int_equal(r->sink->ops->finish(r->sink, &err), 0);
	rig_read(r);
	assert_memory_equal(r->now, r->before, r->size);
	assert_false(r->written.whole);
	assert_int_equal(r->written.cleared.n, 0);
	rig_free(r);
}

static void too_much_or_out_of_order_is_an_error(void **state)
{
	struct rig *r = rig_new(64 << 10, 512, 0);
	struct rr_err err = { 0 };

	(void)state;
	rig_open(r);
	assert_int_equal(put(r, 512, 512, &err), -1);
	assert_int_equal(err.kind, RR_SYSTEM);
	write_pieces(r, r->size, 1);
	assert_int_equal(put(r, r->size, 1, &err), -1);
	assert_int_equal(err.kind, RR_SYSTEM);
	assert_non_null(strstr(err.text, "65,536 bytes"));
	rig_free(r);
}

static int alive(void *ctx, int fd, uint64_t *size_now, struct rr_err *err)
{
	struct rig *r = ctx;

	(void)fd;
	*size_now = r->size;
	return r->alive_asked++ ? rr_fail(err, RR_GONE, 0, "/dev/sdx went away") : 0;
}

/* An error is one of the drive's, until the drive says that it is gone. */
static void an_error_asks_whether_it_is_there(void **state)
{
	struct rig *r = rig_new(2 * MIB, 512, 0);
	int read_only = open(r->path, O_RDONLY | O_CLOEXEC);
	struct rr_err err = { 0 };

	(void)state;
	r->conf.fd = read_only; /* every write fails with EBADF */
	r->conf.alive = alive;
	r->conf.ctx = r;
	rig_open(r);
	assert_int_equal(put(r, 0, 512, &err), -1);
	assert_int_equal(err.kind, RR_SYSTEM);
	assert_int_equal(err.os, EBADF);
	assert_int_equal(put(r, 0, 512, &err), -1);
	assert_int_equal(err.kind, RR_GONE);
	(void)close(read_only);
	rig_free(r);
}

/* The medium is another one from the second question on. */
static int same(void *ctx, int fd, struct rr_err *err)
{
	struct rig *r = ctx;

	(void)fd;
	return r->same_asked++ ? rr_fail(err, RR_GONE, 0, "the medium in /dev/sdx was changed") : 0;
}

/* The kernel would write through the old descriptor, without an error. */
static void nothing_is_written_to_another_medium(void **state)
{
	struct rig *r = rig_new(2 * MIB, 512, 0);
	struct rr_err err = { 0 };

	(void)state;
	r->conf.same = same;
	r->conf.ctx = r;
	rig_open(r);
	assert_int_equal(put(r, 0, MIB, &err), -1);
	assert_int_equal(err.kind, RR_GONE);
	assert_non_null(strstr(err.text, "was changed"));
	rig_read(r);
	/* the first call's 64 KiB of the head were cleared, and nothing behind them was touched */
	assert_memory_equal(r->now + (64 << 10), r->before + (64 << 10), r->size - (64 << 10));
	rig_free(r);
}

/* Whether the head may be written is asked once more. */
static void another_medium_gets_no_head(void **state)
{
	struct rig *r = rig_new(2 * MIB, 512, 0);
	struct rr_err err = { 0 };

	(void)state;
	r->conf.alive = alive;
	r->conf.ctx = r;
	r->alive_asked = 1; /* gone from now on, although each write is good */
	rig_open(r);
	assert_int_equal(put(r, 0, MIB, &err), 0);
	assert_int_equal(r->sink->ops->finish(r->sink, &err), -1);
	assert_int_equal(err.kind, RR_GONE);
	assert_false(r->written.whole);
	rig_read(r);
	assert_true(all_are(r->now, 0, r->size / 16, 0));
	rig_free(r);
}

/* A drive as SCSI ones are: a request that touches this place is refused as a whole. */
static struct {
	uint64_t off;
	unsigned times, refused;
} bad;
static size_t largest; /* of all writes since it was 0 */

/* In the place of the C library's. */
ssize_t pwrite(int fd, const void *buf, size_t len, off_t off)
{
	uint64_t at = (uint64_t)off;

	largest = rr_max(largest, len);
	if (bad.refused < bad.times && at <= bad.off && bad.off < at + len) {
		bad.refused++;
		errno = ENODATA;
		return -1;
	}
	return syscall(SYS_pwrite64, fd, buf, len, off);
}

/* Where media can be exchanged each write is one request. */
static void no_write_is_larger_than_it_may_be(void **state)
{
	struct rig *r = rig_new(4 * MIB, 512, 0);

	(void)state;
	r->conf.most = 8192;
	rig_open(r);
	largest = 0;
	write_pieces(r, 3 * MIB, 1);
	assert_int_equal(largest, 8192);
	rig_free(r);
}

/* The head is the last that is written: it counts only on the medium that has the rest. */
static void another_medium_at_the_very_end(void **state)
{
	struct rig *r = rig_new(2 * MIB, 512, 0);
	struct rr_err err = { 0 };

	(void)state;
	r->conf.alive = alive; /* good when it is asked before the head, and then no more */
	r->conf.ctx = r;
	rig_open(r);
	assert_int_equal(put(r, 0, MIB, &err), 0);
	assert_int_equal(r->sink->ops->finish(r->sink, &err), -1);
	assert_int_equal(err.kind, RR_GONE);
	assert_int_equal(r->alive_asked, 2);
	assert_false(r->written.whole);
	rig_free(r);
}

static void the_sector_that_cannot_be_written_is_found(void **state)
{
	struct rig *r = rig_new(4 * MIB, 512, 0);
	struct rr_err err = { 0 };

	(void)state;
	rig_open(r);
	assert_int_equal(put(r, 0, MIB, &err), 0);
	bad.off = MIB + 777 * 512 + 3;
	bad.times = 1000;
	bad.refused = 0;
	assert_int_equal(put(r, MIB, MIB, &err), -1);
	assert_int_equal(err.kind, RR_SYSTEM);
	assert_int_equal(err.os, ENODATA);
	assert_non_null(strstr(err.text, "at 1,446,400 (sector 2,825)"));
	assert_true(bad.refused <= 12); /* halves, not sector by sector */
	bad.times = 0;
	rig_read(r);
	assert_memory_equal(r->now + MIB, r->image + MIB, 777 * 512);
	rig_free(r);
}

static void a_write_refused_once_is_no_loss(void **state)
{
	struct rig *r = rig_new(4 * MIB, 512, 0);
	struct rr_err err = { 0 };

	(void)state;
	rig_open(r);
	assert_int_equal(put(r, 0, MIB, &err), 0);
	bad.off = MIB + 777 * 512;
	bad.times = 1;
	bad.refused = 0;
	assert_int_equal(put(r, MIB, MIB, &err), 0);
	assert_int_equal(bad.refused, 1);
	bad.times = 0;
	assert_int_equal(r->sink->ops->finish(r->sink, &err), 0);
	expect_written(r, 2 * MIB);
	rig_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_length_in_any_pieces),
		cmocka_unit_test(the_head_comes_last),
		cmocka_unit_test(a_short_image_clears_the_rest_of_the_head),
		cmocka_unit_test(nothing_comes_nothing_is_touched),
		cmocka_unit_test(too_much_or_out_of_order_is_an_error),
		cmocka_unit_test(an_error_asks_whether_it_is_there),
		cmocka_unit_test(nothing_is_written_to_another_medium),
		cmocka_unit_test(another_medium_gets_no_head),
		cmocka_unit_test(no_write_is_larger_than_it_may_be),
		cmocka_unit_test(another_medium_at_the_very_end),
		cmocka_unit_test(the_sector_that_cannot_be_written_is_found),
		cmocka_unit_test(a_write_refused_once_is_no_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
