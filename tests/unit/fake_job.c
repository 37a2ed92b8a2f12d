/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_job.c - whole reads of a drive in memory to files in a folder of their own, and whether all
 * that they leave behind tells the truth.
 * Owns: the folder.   Threads: the test's. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake.h"
#include "rawright/fs.h"
#include "rawright/record.h"
#include "rawright/size.h"

#define LIMIT ((size_t)64 << 20)

const struct rr_keeper fake_keeper = {
	.render = rr_record_render,
	.parse = rr_record_parse,
	.sums = rr_sums_print,
};

static struct fake_job *job_of(struct rr_reporter *reporter)
{
	return (struct fake_job *)((char *)reporter - offsetof(struct fake_job, reporter));
}

static int see(struct rr_reporter *reporter, const struct rr_event *ev)
{
	struct fake_job *job = job_of(reporter);
	struct rr_range range = { .off = ev->off, .len = ev->len, .os = ev->os };

	job->events++;
	if (ev->type == RR_EV_RANGE && strcmp(ev->name, "unreadable") == 0)
		assert_int_equal(rr_range_add(&job->unreadable, &range, NULL), 0);
	if (ev->type == RR_EV_END) {
		job->ends++;
		job->exit = ev->result->exit;
	}
	return job->hook ? job->hook(job, ev) : 0;
}

void fake_job_init(struct fake_job *job, struct fake_drive *drive)
{
	const char *tmp = getenv("TMPDIR");

	if (!tmp) /* what is synced often is best kept in memory */
		tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	memset(job, 0, sizeof(*job));
	(void)snprintf(job->folder, sizeof(job->folder), "%s/rawright-job.XXXXXX", tmp);
	assert_non_null(mkdtemp(job->folder));
	for (size_t i = 0; i < FAKE_DESTS; i++) {
		(void)snprintf(job->path[i], sizeof(job->path[i]), "%s/%c.img", job->folder,
			       (char)('a' + (char)i));
		job->dest[i] = job->path[i];
	}
	job->drive = drive;
	job->reporter.event = see;
	job->conf = (struct rr_capture_conf){
		.length = drive->src.size, .dest = job->dest, .ndest = 1, .verify = true
	};
	assert_int_equal(rr_digest_list_parse("sha256", &job->conf.hash, NULL), 0);
}

static bool dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

void fake_job_clean(struct fake_job *job)
{
	rr_autodir DIR *dir = opendir(job->folder);

	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));)
		if (!dots(e->d_name))
			assert_int_equal(unlinkat(dirfd(dir), e->d_name, 0), 0);
	rr_result_clear(&job->result);
	rr_range_list_clear(&job->unreadable);
}

unsigned fake_job_files(const struct fake_job *job)
{
	rr_autodir DIR *dir = opendir(job->folder);
	unsigned n = 0;

	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir));)
		n += !dots(e->d_name);
	return n;
}

void fake_job_free(struct fake_job *job)
{
	fake_job_clean(job);
	assert_int_equal(rmdir(job->folder), 0);
}

void fake_job_run(struct fake_job *job)
{
	struct rr_result *r = &job->result;

	rr_result_clear(r);
	rr_range_list_clear(&job->unreadable);
	r->source.path = strdup("/dev/fake");
	assert_non_null(r->source.path);
	r->source.serial = job->serial ? strdup(job->serial) : NULL;
	r->source.bytes = job->drive->src.size;
	r->source.sector = job->drive->src.sector;
	r->offset = job->conf.offset;
	r->length = job->conf.length;
	r->retries = job->conf.retries;
	r->window = job->conf.window;
	job->events = job->ends = 0;
	job->exit = -1;
	job->err = (struct rr_err){ 0 };
	job->job = (struct rr_job){ .reporter = &job->reporter,
				    .stop = &job->stop,
				    .keeper = &fake_keeper,
				    .result = r,
				    .src = &job->drive->src };
	job->rc = rr_capture(&job->job, &job->conf, &job->err);
	rr_job_end(&job->job, job->rc < 0 ? &job->err : NULL, NULL);
}

static char *beside(const struct fake_job *job, size_t dest, const char *suffix, char path[192])
{
	(void)snprintf(path, 192, "%s%s", job->path[dest], suffix);
	return path;
}

bool fake_job_has(const struct fake_job *job, size_t dest, const char *suffix)
{
	char path[192];

	return access(beside(job, dest, suffix, path), F_OK) == 0;
}

void fake_job_remove(const struct fake_job *job, size_t dest, const char *suffix)
{
	char path[192];

	assert_int_equal(unlink(beside(job, dest, suffix, path)), 0);
}

char *fake_job_load(const struct fake_job *job, size_t dest, const char *suffix, size_t *len)
{
	char path[192], *text = NULL;

	if (fake_job_has(job, dest, suffix))
		assert_int_equal(
			rr_file_load(beside(job, dest, suffix, path), LIMIT, &text, len, NULL), 0);
	return text;
}

void fake_job_save(const struct fake_job *job, size_t dest, const char *suffix, const char *text)
{
	char path[192];

	assert_int_equal(rr_file_save(beside(job, dest, suffix, path), text, strlen(text),
				      RR_SAVE_REPLACE, NULL),
			 0);
}

void fake_job_xor(const struct fake_job *job, size_t dest, uint64_t off, unsigned char with)
{
	int fd = open(job->path[dest], O_RDWR | O_CLOEXEC);
	unsigned char byte;

	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &byte, 1, (off_t)off), 1);
	byte ^= with;
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)off), 1);
	assert_int_equal(close(fd), 0);
}

struct rr_map *fake_job_map(const struct fake_job *job, size_t dest)
{
	rr_autofree char *text = fake_job_load(job, dest, ".map", NULL);
	struct rr_map_info info = { 0 };
	struct rr_map *map = NULL;

	if (text)
		assert_int_equal(rr_map_parse(text, "map", job->conf.offset, job->conf.length,
					      job->drive->src.sector, &map, &info, NULL),
				 0);
	rr_map_info_free(&info);
	return map;
}

static bool is_done(enum rr_dest_status status)
{
	return status == RR_DEST_VERIFIED || status == RR_DEST_NOT_VERIFIED;
}

static void expect_counts(const struct rr_result *r, const struct rr_map *map)
{
	assert_true(r->bytes_read == rr_map_total(map, RR_FINISHED));
	assert_true(r->bytes_filled == rr_map_total(map, RR_BAD));
}

/* A destination by itself: its image, its map, what was said of it. */
static void expect_dest(const struct fake_job *job, size_t i)
{
	rr_autofree char *image = NULL;
	enum rr_dest_status status = job->result.dest[i].status;
	struct rr_map *map = fake_job_map(job, i);
	size_t len = 0;

	image = fake_job_load(job, i, "", &len);
	if (!image) {
		assert_false(is_done(status));
		assert_true(!map || rr_map_is(map, RR_NON_TRIED));
		rr_map_free(map);
		return;
	}
	assert_true(len == job->conf.length);
	if (map) {
		fake_expect_truth(job->drive, (unsigned char *)image, map, job->conf.offset,
				  job->conf.fill);
		/* a map that could not be saved says less than is true, never more */
		if (i == 0 && !(is_done(status) && job->result.exit == RR_EXIT_FAILED))
			expect_counts(&job->result, map);
		if (is_done(status) && job->result.exit != RR_EXIT_FAILED)
			assert_true(rr_map_total(map, RR_FINISHED) + rr_map_total(map, RR_BAD) ==
				    len);
	} else {
		assert_true(is_done(status));
		assert_memory_equal(image, job->drive->data + job->conf.offset, len);
	}
	if (is_done(status) && job->result.ndigest)
		for (size_t j = 0; j < job->result.ndigest; j++)
			fake_expect_digest(&job->result.digest[j], image, len);
	rr_map_free(map);
}

/* The status and what stands behind it. */
static void expect_exit(const struct fake_job *job)
{
	const struct rr_result *r = &job->result;
	bool whole = r->exit == RR_EXIT_OK || r->exit == RR_EXIT_BAD_SECTORS;

	assert_int_equal(job->ends, 1);
	assert_int_equal(job->exit, r->exit);
	assert_true(r->bytes_read + r->bytes_filled + r->bytes_missing == r->length);
	for (size_t i = 0; i < r->ndest; i++) {
		if (whole)
			assert_true(is_done(r->dest[i].status));
		if (r->dest[i].status == RR_DEST_FAILED)
			assert_int_equal(rr_exit_worse(r->exit, RR_EXIT_FAILED), r->exit);
	}
	if (whole) {
		assert_int_equal(r->outcome,
				 r->bytes_filled ? RR_COMPLETE_WITH_ERRORS : RR_COMPLETE);
		assert_int_equal(r->exit, r->bytes_filled ? RR_EXIT_BAD_SECTORS : RR_EXIT_OK);
		assert_true(r->bytes_missing == 0);
		assert_int_equal(r->ndigest, job->conf.hash.n);
		assert_int_equal(r->err.kind, RR_OK);
	} else {
		assert_true(r->err.kind != RR_OK || r->exit == RR_EXIT_FAILED ||
			    r->exit == RR_EXIT_DIFFERENT);
	}
	if (r->err.kind == RR_GONE)
		assert_int_equal(r->exit, RR_EXIT_GONE);
	if (r->err.kind == RR_STOPPED)
		assert_int_equal(r->exit, RR_EXIT_STOPPED);
}

/* What the record says is what the job said. */
static void expect_record(const struct fake_job *job)
{
	const struct rr_result *r = &job->result;
	struct rr_result old = { 0 };
	rr_autofree char *text = NULL;
	size_t len = 0;

	text = fake_job_load(job, 0, ".json", &len);
	if (!text)
		assert_true(r->exit != RR_EXIT_OK && r->exit != RR_EXIT_BAD_SECTORS);
	if (!text || r->dest[0].status == RR_DEST_FAILED || r->exit == RR_EXIT_FAILED)
		return;
	assert_int_equal(rr_record_parse(text, len, "record", &old, NULL), 0);
	assert_int_equal(old.outcome, r->outcome);
	assert_int_equal(old.nrun, r->nrun);
	assert_int_equal(old.bad.n, r->bad.n);
	assert_true(rr_range_total(&old.bad) == r->bytes_filled);
	assert_int_equal(old.ndigest, r->ndigest);
	for (size_t i = 0; i < r->ndigest; i++)
		assert_memory_equal(old.digest[i].value, r->digest[i].value,
				    r->digest[i].algo->size);
	rr_result_clear(&old);
}

void fake_job_expect_truth(const struct fake_job *job)
{
	assert_false(job->drive->wrong);
	assert_false(job->job.stuck);
	if (job->rc < 0) {
		assert_int_not_equal(job->result.exit, RR_EXIT_OK);
		return;
	}
	expect_exit(job);
	for (size_t i = 0; i < job->result.ndest; i++)
		if (!job->result.dest[i].stream)
			expect_dest(job, i);
	expect_record(job);
}

void fake_job_expect_whole(const struct fake_job *job, size_t dest)
{
	rr_autofree char *image = NULL;
	size_t len = 0;

	image = fake_job_load(job, dest, "", &len);
	assert_non_null(image);
	assert_true(len == job->conf.length);
	assert_memory_equal(image, job->drive->data + job->conf.offset, len);
	assert_true(is_done(job->result.dest[dest].status));
	assert_false(fake_job_has(job, dest, ".map"));
	if (dest == 0)
		assert_true(fake_job_has(job, 0, ".json") && fake_job_has(job, 0, ".sums"));
}
