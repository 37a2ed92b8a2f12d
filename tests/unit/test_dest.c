/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_dest.c - proves that a whole read leaves the truth behind whichever call that changes the
 * disk fails, that the same read once more finishes it, and what becomes of several destinations.
 * Owns: nothing.   Threads: a job's. It has some of the C library's calls itself. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fake.h"
#include "rawright/size.h"

#define SECTOR 512u
#define SIZE   ((UINT64_C(1) << 20) + 7 * SECTOR + 100)

/* ---- the calls that change the disk: the n-th fails, from when on it is armed */
static atomic_int arm_errno; /* 0: none fails */
static atomic_uint arm_at, call_count;
static atomic_bool arm_ever;
static const char *arm_name; /* of renames, only those to a name that ends so; NULL: any call */

static bool fails_for(const char *name)
{
	size_t n = arm_name ? strlen(arm_name) : 0, len = name ? strlen(name) : 0;

	if (arm_name && (len < n || strcmp(name + len - n, arm_name) != 0))
		return false;
	unsigned call = atomic_fetch_add(&call_count, 1);

	if (!atomic_load(&arm_errno) || call < atomic_load(&arm_at) ||
	    (call > atomic_load(&arm_at) && !atomic_load(&arm_ever)))
		return false;
	errno = atomic_load(&arm_errno);
	return true;
}

static bool fails(void)
{
	return fails_for(NULL);
}

static void arm(unsigned at, int os, bool ever)
{
	atomic_store(&call_count, 0);
	atomic_store(&arm_at, at);
	atomic_store(&arm_ever, ever);
	atomic_store(&arm_errno, os);
}

static bool was_hit(void)
{
	return atomic_load(&call_count) > atomic_load(&arm_at);
}

/* What was written since the last fsync that did well: lost when one fails (fsync(2), "NOTES"). */
#define DIRTY 4096
static struct {
	int fd;
	uint64_t off;
	size_t len;
} dirty[DIRTY];
static size_t ndirty;
static unsigned bold_maps; /* saved while something was not synced */
static pthread_mutex_t dirty_mu = PTHREAD_MUTEX_INITIALIZER;

static ssize_t real_pwrite(int fd, const void *buf, size_t len, off_t off)
{
	return syscall(SYS_pwrite64, fd, buf, len, off);
}

static void soil(int fd, uint64_t off, size_t len)
{
	pthread_mutex_lock(&dirty_mu);
	if (ndirty < DIRTY) {
		dirty[ndirty].fd = fd;
		dirty[ndirty].off = off;
		dirty[ndirty++].len = len;
	}
	pthread_mutex_unlock(&dirty_mu);
}

static void settle(int fd, bool lose)
{
	static const char lost[4096] = { 'l', 'o', 's', 't' };
	size_t kept = 0;

	pthread_mutex_lock(&dirty_mu);
	for (size_t i = 0; i < ndirty; i++) {
		if (dirty[i].fd != fd)
			dirty[kept++] = dirty[i];
		else
			for (size_t at = 0; lose && at < dirty[i].len; at += sizeof(lost))
				(void)real_pwrite(fd, lost, rr_min(sizeof(lost), dirty[i].len - at),
						  (off_t)(dirty[i].off + at));
	}
	ndirty = kept;
	pthread_mutex_unlock(&dirty_mu);
}

ssize_t pwrite(int fd, const void *buf, size_t len, off_t off)
{
	if (fails()) {
		(void)real_pwrite(fd, buf, len / 2, off); /* half of it went out */
		return -1;
	}
	soil(fd, (uint64_t)off, len);
	return real_pwrite(fd, buf, len > 5000 ? len - len / 3 : len,
			   off); /* a short count is no error */
}

int fsync(int fd)
{
	bool lose = fails();
	int os = errno;

	settle(fd, lose);
	errno = os;
	return lose ? -1 : (int)syscall(SYS_fsync, fd);
}

int ftruncate(int fd, off_t len)
{
	return fails() ? -1 : (int)syscall(SYS_ftruncate, fd, len);
}

int fallocate(int fd, int mode, off_t off, off_t len)
{
	return fails() ? -1 : (int)syscall(SYS_fallocate, fd, mode, off, len);
}

static void look_at_map(const char *name)
{
	size_t len = strlen(name);

	pthread_mutex_lock(&dirty_mu);
	bold_maps += len > 4 && strcmp(name + len - 4, ".map") == 0 && ndirty > 0;
	pthread_mutex_unlock(&dirty_mu);
}

int renameat(int from, const char *old, int to, const char *new)
{
	look_at_map(new);
	return fails_for(new) ? -1 : (int)syscall(SYS_renameat2, from, old, to, new, 0);
}

int renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
	look_at_map(new);
	return fails_for(new) ? -1 : (int)syscall(SYS_renameat2, from, old, to, new, flags);
}

int unlink(const char *path)
{
	return fails() ? -1 : (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
}

/* ---- one destination: every call */
static void expect_no_temporaries(const struct fake_job *job)
{
	unsigned known = 0;

	for (size_t i = 0; i < FAKE_DESTS; i++)
		known += fake_job_has(job, i, "") + fake_job_has(job, i, ".map") +
			 fake_job_has(job, i, ".json") + fake_job_has(job, i, ".sums");
	assert_int_equal(fake_job_files(job), known);
}

/* Is the k-th call beyond the last? */
static bool one_call_fails(struct fake_job *job, unsigned k, int os, bool ever)
{
	bool hit;
	arm(k, os, ever);
	fake_job_run(job);
	hit = was_hit();
	arm(0, 0, false);
	fake_job_expect_truth(job);
	expect_no_temporaries(job);
	if (!hit)
		assert_int_equal(job->result.exit, RR_EXIT_OK);
	if (job->rc < 0) {
		assert_int_equal(job->result.exit, RR_EXIT_FAILED);
		if (!ever)
			assert_int_equal(fake_job_files(job), 0); /* it never began */
	}
	if (fake_job_has(job, 0, ".map") || !fake_job_has(job, 0, "")) {
		fake_job_run(job);
		fake_job_expect_truth(job);
		assert_int_equal(job->rc, 0);
		assert_int_equal(job->result.exit, RR_EXIT_OK);
	}
	fake_job_expect_whole(job, 0);
	fake_job_clean(job);
	return hit;
}

static void what_a_map_claims_is_synced(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 9);
	struct fake_job job;

	(void)state;
	fake_job_init(&job, drive);
	job.conf.ndest = 2;
	bold_maps = 0;
	ndirty = 0;
	fake_job_run(&job);
	assert_int_equal(job.result.exit, RR_EXIT_OK);
	assert_int_equal(bold_maps, 0);
	assert_int_equal(ndirty, 0);
	fake_job_free(&job);
	fake_drive_free(drive);
}

static void whichever_call_fails_the_truth_stays_behind(void **state)
{
	static const struct {
		int os;
		bool ever;
	} ways[] = {
		{ ENOSPC, false },
		{ EIO, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, i);
		struct fake_job job;
		unsigned k = 0;

		fake_job_init(&job, drive);
		while (one_call_fails(&job, k, ways[i].os, ways[i].ever))
			k++;
		assert_true(k > 20);
		fake_job_free(&job);
		fake_drive_free(drive);
	}
}

/* One kind of file cannot be saved at all, or not at its k-th saving; then it can. */
static void whichever_file_cannot_be_saved(void **state)
{
	static const char *const names[] = { ".map", ".json", ".sums" };

	(void)state;
	for (unsigned i = 0; i < 18; i++) {
		struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, i);
		struct fake_job job;
		bool hit;

		fake_job_init(&job, drive);
		arm_name = names[i % 3];
		hit = one_call_fails(&job, i / 6, ENOSPC, i / 3 % 2);
		arm_name = NULL;
		assert_true(hit || i / 6 > 0);
		fake_job_free(&job);
		fake_drive_free(drive);
	}
}

/* ---- several destinations */
static void of_two_files_each_has_its_own_truth(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 3);
	struct fake_job job;
	bool hit = true;

	(void)state;
	fake_job_init(&job, drive);
	job.conf.ndest = 2;
	for (unsigned k = 0; hit; k++) {
		arm(k, EIO, false);
		fake_job_run(&job);
		hit = was_hit();
		arm(0, 0, false);
		fake_job_expect_truth(&job);
		expect_no_temporaries(&job);
		if (job.rc < 0)
			assert_int_equal(fake_job_files(&job), 0);
		for (size_t i = 0; i < job.result.ndest && job.rc == 0; i++)
			if (job.result.dest[i].status == RR_DEST_FAILED)
				assert_int_equal(job.result.dest[!i].status, RR_DEST_VERIFIED);
		fake_job_clean(&job);
	}
	fake_job_free(&job);
	fake_drive_free(drive);
}

struct drain {
	const char *path;
	size_t most; /* it closes after so many bytes */
	size_t got;
	const unsigned char *want;
	bool wrong;
};

static void *drain_main(void *arg)
{
	struct drain *d = arg;
	int fd = open(d->path, O_RDONLY | O_CLOEXEC);
	unsigned char buf[5000];
	ssize_t n = 1;

	d->wrong = fd < 0;
	while (!d->wrong && d->got < d->most && n > 0) {
		n = read(fd, buf, rr_min(sizeof(buf), d->most - d->got));
		d->wrong |= n < 0 || memcmp(buf, d->want + d->got, (size_t)n) != 0;
		d->got += n > 0 ? (size_t)n : 0;
	}
	if (fd >= 0)
		(void)close(fd); /* only read from */
	return NULL;
}

/* A pipe whose reader leaves: it has failed, and the files on both sides of it are whole. */
static void a_pipe_that_breaks_harms_no_file(void **state)
{
	static const size_t mosts[] = { 1, 4096, 65536, 70000, 500000, SIZE - 100000, SIZE };
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 4);

	(void)state;
	for (size_t i = 0; i < sizeof(mosts) / sizeof(*mosts); i++) {
		struct drain drain = { .most = mosts[i], .want = drive->data };
		struct fake_job job;
		pthread_t thread;

		fake_job_init(&job, drive);
		job.conf.ndest = 3;
		drain.path = job.path[1];
		assert_int_equal(mkfifo(job.path[1], 0600), 0);
		assert_int_equal(pthread_create(&thread, NULL, drain_main, &drain), 0);
		fake_job_run(&job);
		assert_int_equal(pthread_join(thread, NULL), 0);
		assert_false(drain.wrong);
		assert_int_equal(drain.got, mosts[i]);
		fake_job_expect_truth(&job);
		assert_int_equal(job.result.exit, mosts[i] < SIZE ? RR_EXIT_FAILED : RR_EXIT_OK);
		assert_int_equal(job.result.dest[1].status,
				 mosts[i] < SIZE ? RR_DEST_FAILED : RR_DEST_NOT_VERIFIED);
		if (mosts[i] < SIZE)
			assert_int_equal(job.result.dest[1].err.os, EPIPE);
		fake_job_expect_whole(&job, 0);
		fake_job_expect_whole(&job, 2);
		fake_job_free(&job);
	}
	fake_drive_free(drive);
}

static void break_off(struct fake_job *job, uint64_t call)
{
	fake_drive_heal(job->drive);
	job->drive->fail_from = job->drive->dead_from = call;
	job->drive->fail_os = EIO;
	fake_job_run(job);
	assert_int_equal(job->result.exit, RR_EXIT_GONE);
	fake_drive_heal(job->drive);
}

static void two_that_are_equally_far_are_finished_together(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 5);
	struct fake_job job;

	(void)state;
	fake_job_init(&job, drive);
	job.conf.ndest = 2;
	break_off(&job, 2);
	fake_job_expect_truth(&job);
	assert_true(job.result.bytes_read > 0);
	fake_job_run(&job);
	fake_job_expect_truth(&job);
	assert_int_equal(job.result.exit, RR_EXIT_OK);
	fake_job_expect_whole(&job, 0);
	fake_job_expect_whole(&job, 1);
	fake_job_free(&job);
	fake_drive_free(drive);
}

/* a is not whole; b is absent, whole, or another way off: refused, and nothing is touched. */
static void two_that_are_not_equally_far_are_refused(void **state)
{
	(void)state;
	for (unsigned b = 0; b < 4; b++) {
		struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, b);
		struct fake_job job;
		char *before, *after;
		size_t len;

		fake_job_init(&job, drive);
		job.dest[0] = job.path[1];
		job.conf.keep_map = b == 2;
		if (b == 1 || b == 2)
			fake_job_run(&job); /* whole, without a map or with one */
		if (b == 3)
			break_off(&job, 3);
		if (b)
			fake_job_remove(&job, 1, ".json");
		job.dest[0] = job.path[0];
		break_off(&job, 2);
		before = fake_job_load(&job, 0, "", &len);
		job.conf.ndest = 2;
		fake_job_run(&job);
		after = fake_job_load(&job, 0, "", &len);
		assert_int_equal(job.rc, -1);
		assert_int_equal(job.result.exit, RR_EXIT_REFUSED);
		assert_memory_equal(before, after, len);
		free(before);
		free(after);
		job.conf.ndest = 1;
		job.conf.keep_map = false;
		fake_job_run(&job); /* by itself it is finished */
		fake_job_expect_whole(&job, 0);
		fake_job_free(&job);
		fake_drive_free(drive);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_map_claims_is_synced),
		cmocka_unit_test(whichever_call_fails_the_truth_stays_behind),
		cmocka_unit_test(whichever_file_cannot_be_saved),
		cmocka_unit_test(of_two_files_each_has_its_own_truth),
		cmocka_unit_test(a_pipe_that_breaks_harms_no_file),
		cmocka_unit_test(two_that_are_equally_far_are_finished_together),
		cmocka_unit_test(two_that_are_not_equally_far_are_refused),
	};

	if (rr_digest_init(NULL) < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
