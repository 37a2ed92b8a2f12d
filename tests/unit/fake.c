/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake.c - a drive and a destination in memory that fail as a test tells them to.
 * Owns: what fake_*_new() returns, until fake_*_free().   Threads: the engine's and the test's. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fake.h"
#include "rawright/size.h"
#include "rawright/wait.h"

uint64_t fake_random(uint64_t *seed)
{
	uint64_t z = (*seed += UINT64_C(0x9e3779b97f4a7c15)); /* splitmix64 */

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t fake_below(uint64_t *seed, uint64_t n)
{
	return fake_random(seed) % n;
}

void fake_nap(unsigned us)
{
	struct timespec t = { .tv_sec = us / 1000000, .tv_nsec = (long)(us % 1000000) * 1000 };

	if (us)
		(void)nanosleep(&t, NULL); /* shorter by a signal: no harm */
}

unsigned fake_limit_ms(unsigned ms)
{
	const char *slower = getenv("SLOWER");
	unsigned long times = slower ? strtoul(slower, NULL, 10) : 1;

	return ms * (unsigned)(times ? times : 1);
}

void fake_gate_init(struct fake_gate *gate)
{
	pthread_mutex_init(&gate->mu, NULL);
	rr_cond_init(&gate->cv);
	gate->reached = gate->open = false;
}

void fake_gate_wait(struct fake_gate *gate)
{
	pthread_mutex_lock(&gate->mu);
	gate->reached = true;
	pthread_cond_broadcast(&gate->cv);
	while (!gate->open)
		pthread_cond_wait(&gate->cv, &gate->mu);
	pthread_mutex_unlock(&gate->mu);
}

void fake_gate_await(struct fake_gate *gate)
{
	struct timespec until = rr_until(fake_limit_ms(10000));
	bool reached;
	int os = 0;

	pthread_mutex_lock(&gate->mu);
	while (!gate->reached && os == 0)
		os = pthread_cond_timedwait(&gate->cv, &gate->mu, &until);
	reached = gate->reached;
	pthread_mutex_unlock(&gate->mu);
	assert_true(reached);
}

void fake_gate_open(struct fake_gate *gate)
{
	pthread_mutex_lock(&gate->mu);
	gate->open = true;
	pthread_cond_broadcast(&gate->cv);
	pthread_mutex_unlock(&gate->mu);
}

/* As core/fd_source.c sorts them. */
static int fail_read(const struct fake_drive *d, int os, uint64_t off, struct rr_err *err)
{
	enum rr_kind kind = rr_errno_is_gone(os)       ? RR_GONE :
			    rr_errno_is_unreadable(os) ? RR_MEDIUM :
							 RR_SYSTEM;

	rr_fail(err, kind, os, "cannot read %s", d->src.name);
	return rr_fail_at(err, off, d->src.sector);
}

static int read_sectors(struct fake_drive *d, unsigned char *buf, size_t len, uint64_t off,
			size_t *got, struct rr_err *err)
{
	while (*got < len) {
		uint64_t at = off + *got;
		struct fake_sector *s = &d->sector[at / d->src.sector];
		size_t n = (size_t)rr_min(len - *got, d->src.sector - at % d->src.sector);

		s->touched++;
		if (s->fails) {
			s->fails -= s->fails != FAKE_EVER;
			n = (size_t)rr_min(n - 1, d->ragged);
			memcpy(buf + *got, d->data + at, n);
			*got += n;
			return s->os ? fail_read(d, s->os, at, err) : 0;
		}
		memcpy(buf + *got, d->data + at, n);
		*got += n;
	}
	return 0;
}

/* What no caller may ask for: past the end, across sectors, into memory that is not aligned. */
static bool improper(const struct fake_drive *d, const void *buf, size_t len, uint64_t off)
{
	uint32_t sector = d->src.sector;

	return len == 0 || off + len > d->src.size || off % sector || (uintptr_t)buf % sector ||
	       (len % sector && off + len != d->src.size);
}

static void write_down(struct fake_drive *d, uint64_t call, size_t len, uint64_t off)
{
	if (call >= d->log_room) {
		d->log_room = 2 * d->log_room + 64;
		d->log = reallocarray(d->log, d->log_room, sizeof(*d->log));
		if (!d->log)
			abort(); /* no test can go on, and this thread cannot fail one */
	}
	d->log[call] = (struct fake_read){ .off = off, .len = len };
}

static int drive_read(struct rr_source *src, void *buf, size_t len, uint64_t off, size_t *got,
		      struct rr_err *err)
{
	struct fake_drive *d = (struct fake_drive *)src;
	uint64_t call = d->calls++;
	int rc;

	*got = 0;
	d->wrong |= improper(d, buf, len, off);
	write_down(d, call, len, off);
	if (call == d->hold_at)
		fake_gate_wait(&d->gate);
	fake_nap(d->us);
	if (d->wrong)
		return fail_read(d, EINVAL, off, err);
	if (call >= d->buffered_from)
		atomic_store(&src->direct, false);
	memset(buf, 0xee, len); /* what is not delivered is not the drive's */
	if (call == d->fail_from) {
		d->fail_off = off;
		d->fail_len = len;
		d->fail_known = d->sector[off / src->sector].touched > 0;
	}
	if (call >= d->fail_from && call < d->fail_to &&
	    !(off >= d->blank_from && off + len <= d->blank_to))
		return d->fail_os ? fail_read(d, d->fail_os, off, err) : 0;
	rc = read_sectors(d, buf, len, off, got, err);
	d->log[call].got = *got;
	if (rc == 0 && call >= d->cut_from && call < d->cut_to) {
		*got -= rr_min(*got, d->cut);
		memset((unsigned char *)buf + *got, 0xee, len - *got);
	}
	return rc;
}

static int drive_alive(struct rr_source *src, uint64_t *size_now, struct rr_err *err)
{
	struct fake_drive *d = (struct fake_drive *)src;

	if (d->dead_from != FAKE_NEVER && d->calls > d->dead_from)
		return rr_fail(err, RR_GONE, ENODEV, "%s is gone", src->name);
	*size_now = d->shrunk_from != FAKE_NEVER && d->calls > d->shrunk_from ? d->size_now :
										src->size;
	return 0;
}

static bool drive_blank(struct rr_source *src, uint64_t off)
{
	struct fake_drive *d = (struct fake_drive *)src;

	return off >= d->blank_from && off < d->blank_to;
}

static void drive_close(struct rr_source *src)
{
	(void)src; /* fake_drive_free() does it */
}

static const struct rr_source_ops drive_ops = {
	.read = drive_read,
	.alive = drive_alive,
	.blank = drive_blank,
	.close = drive_close,
};

static void *make(size_t n, size_t size)
{
	void *p = calloc(n, size);

	assert_non_null(p);
	return p;
}

struct fake_drive *fake_drive_new(uint64_t size, uint32_t sector, uint64_t seed)
{
	struct fake_drive *d = make(1, sizeof(*d));

	d->src.ops = &drive_ops;
	d->src.name = strdup("/dev/fake");
	assert_non_null(d->src.name);
	d->src.size = size;
	d->src.sector = sector;
	atomic_store(&d->src.direct, true);
	d->nsector = (size_t)(rr_align_up(size, sector) / sector);
	d->sector = make(d->nsector, sizeof(*d->sector));
	d->data = make(d->nsector, sector);
	for (uint64_t at = 0; at < size; at += sizeof(uint64_t)) {
		uint64_t n = fake_random(&seed);

		memcpy(d->data + at, &n, (size_t)rr_min(sizeof(n), size - at));
	}
	fake_gate_init(&d->gate);
	fake_drive_heal(d);
	return d;
}

void fake_drive_heal(struct fake_drive *d)
{
	d->calls = 0;
	d->fail_from = d->cut_from = d->dead_from = d->shrunk_from = d->hold_at = FAKE_NEVER;
	d->fail_to = d->cut_to = FAKE_NEVER;
	d->buffered_from = FAKE_NEVER;
	d->blank_from = d->blank_to = 0;
	d->ragged = d->cut = d->fail_len = 0;
	d->us = 0;
	for (size_t i = 0; i < d->nsector; i++)
		d->sector[i].touched = 0;
}

void fake_drive_free(struct fake_drive *d)
{
	free(d->src.name);
	free(d->log);
	free(d->sector);
	free(d->data);
	free(d);
}

void fake_drive_damage(struct fake_drive *d, size_t first, size_t n, unsigned fails, int os)
{
	for (size_t i = first; i < first + n && i < d->nsector; i++) {
		d->sector[i].fails = fails;
		d->sector[i].os = os;
	}
}

struct fake_sink {
	struct rr_sink base;
	struct fake_disk *disk;
};

static struct fake_disk *disk_of(struct rr_sink *sink)
{
	return ((struct fake_sink *)sink)->disk;
}

static void soil(struct fake_disk *d, uint64_t off, uint64_t len)
{
	for (uint64_t i = off / d->unit; i * d->unit < off + len; i++) {
		d->dirty[i] = true;
		d->written[i]++;
	}
}

static int disk_write(struct rr_sink *sink, const void *buf, size_t len, uint64_t off,
		      struct rr_err *err)
{
	struct fake_disk *d = disk_of(sink);
	unsigned call = d->writes++;

	d->wrong |= len == 0 || off + len > d->size || off % d->unit || d->finishes;
	if (call == d->hold_at)
		fake_gate_wait(&d->gate);
	fake_nap(d->us);
	if (d->wrong)
		return rr_fail(err, RR_SYSTEM, EINVAL, "cannot write %s", sink->name);
	if (call == d->fail_write) {
		memcpy(d->data + off, buf, len / 2); /* half of it went out */
		return rr_fail(err, RR_SYSTEM, d->os, "cannot write %s", sink->name);
	}
	memcpy(d->data + off, buf, len);
	soil(d, off, len);
	return 0;
}

static int disk_hole(struct rr_sink *sink, uint64_t off, uint64_t len, struct rr_err *err)
{
	struct fake_disk *d = disk_of(sink);

	d->holes++;
	d->wrong |= len == 0 || off + len > d->size;
	if (d->wrong)
		return rr_fail(err, RR_SYSTEM, EINVAL, "cannot write %s", sink->name);
	memset(d->data + off, 0, len);
	soil(d, off, len);
	return 0;
}

/* What a flush that failed left dirty is lost: no later flush brings it back (fsync(2)). */
static int disk_flush(struct rr_sink *sink, struct rr_err *err)
{
	struct fake_disk *d = disk_of(sink);
	bool fails = d->flushes++ == d->fail_flush;

	for (size_t i = 0; i < d->nunit; i++) {
		if (d->dirty[i] && !fails && !d->durable[i])
			d->durable[i] = d->flushes;
		d->dirty[i] = false;
	}
	return fails ? rr_fail(err, RR_SYSTEM, d->os, "cannot flush %s", sink->name) : 0;
}

static int disk_finish(struct rr_sink *sink, struct rr_err *err)
{
	struct fake_disk *d = disk_of(sink);

	if (d->finishes++ == d->fail_finish)
		return rr_fail(err, RR_SYSTEM, d->os, "cannot finish %s", sink->name);
	return 0;
}

static void disk_close(struct rr_sink *sink)
{
	disk_of(sink)->closed++;
	free(sink->name);
	free(sink);
}

static const struct rr_sink_ops plain_ops = {
	.write = disk_write,
	.flush = disk_flush,
	.finish = disk_finish,
	.close = disk_close,
};
static const struct rr_sink_ops hole_ops = {
	.write = disk_write,
	.hole = disk_hole,
	.flush = disk_flush,
	.finish = disk_finish,
	.close = disk_close,
};

struct fake_disk *fake_disk_new(uint64_t size, uint32_t unit)
{
	struct fake_disk *d = make(1, sizeof(*d));

	d->size = size;
	d->unit = unit;
	d->nunit = (size_t)(rr_align_up(size, unit) / unit);
	d->data = make(d->nunit, unit);
	memset(d->data, 0xdd, (size_t)size);
	d->written = make(d->nunit, sizeof(*d->written));
	d->durable = make(d->nunit, sizeof(*d->durable));
	d->dirty = make(d->nunit, sizeof(*d->dirty));
	d->fail_write = d->fail_flush = d->fail_finish = d->hold_at = FAKE_NEVER;
	d->os = ENOSPC;
	fake_gate_init(&d->gate);
	return d;
}

void fake_disk_free(struct fake_disk *d)
{
	free(d->data);
	free(d->written);
	free(d->durable);
	free(d->dirty);
	free(d);
}

struct rr_stage *fake_disk_stage(struct fake_disk *disk, const struct rr_sink_stage_conf *conf,
				 bool holes)
{
	struct rr_sink_stage_conf mine = conf ? *conf : (struct rr_sink_stage_conf){ 0 };
	struct fake_sink *sink = make(1, sizeof(*sink));
	struct rr_stage *stage = NULL;

	sink->base.ops = holes ? &hole_ops : &plain_ops;
	sink->base.name = strdup("fake.img");
	assert_non_null(sink->base.name);
	sink->disk = disk;
	mine.sink = &sink->base;
	assert_int_equal(rr_stage_sink_new(&mine, &stage, NULL), 0);
	return stage;
}

static bool is_fill(const unsigned char *p, uint64_t len, const char *fill)
{
	size_t n = fill ? strlen(fill) : 0;

	for (uint64_t i = 0; i < len; i++)
		if (p[i] != (n ? (unsigned char)fill[i % n] : 0))
			return false;
	return true;
}

void fake_expect_truth(const struct fake_drive *drive, const unsigned char *image,
		       const struct rr_map *map, uint64_t base, const char *fill)
{
	for (size_t i = 0; i < rr_map_count(map); i++) {
		struct rr_extent e = rr_map_at(map, i);

		if (e.state == RR_FINISHED)
			assert_memory_equal(image + (e.off - base), drive->data + e.off, e.len);
		else if (e.state == RR_BAD)
			assert_true(is_fill(image + (e.off - base), e.len, fill));
	}
}

void fake_expect_durable(const struct fake_disk *disk, const struct rr_map *map, uint64_t base,
			 unsigned flush)
{
	for (size_t i = 0; i < rr_map_count(map); i++) {
		struct rr_extent e = rr_map_at(map, i);

		if (e.state != RR_FINISHED && e.state != RR_BAD)
			continue;
		for (uint64_t at = e.off - base; at < e.off - base + e.len; at += disk->unit) {
			assert_int_not_equal(disk->durable[at / disk->unit], 0);
			assert_true(disk->durable[at / disk->unit] <= flush);
		}
	}
}

void fake_expect_digest(const struct rr_digest_value *digest, const void *data, size_t len)
{
	struct rr_digest *d = NULL;
	uint8_t value[RR_DIGEST_MAX];

	assert_int_equal(rr_digest_open(digest->algo, &d, NULL), 0);
	rr_digest_update(d, 0, data, len);
	assert_true(rr_digest_final(d, value));
	assert_memory_equal(value, digest->value, digest->algo->size);
	rr_digest_close(d);
}
