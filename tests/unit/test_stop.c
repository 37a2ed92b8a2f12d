/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_stop.c - proves that a read stopped at any moment leaves the truth and is finished by the
 * same read once more; and that it ends within a second though a thread sits where nobody answers.
 * Owns: nothing.   Threads: a job's, and one that asks for the end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fake.h"
#include "rawright/clock.h"

#define SECTOR 512u
#define SIZE   ((UINT64_C(3) << 20) + 7 * SECTOR + 100)

struct stopper {
	struct fake_job *job;
	unsigned after_us;
	struct fake_gate *gate; /* first until somebody is there, or NULL */
	uint64_t at_ms; /* out: when it was asked for */
};

static void *stopper_main(void *arg)
{
	struct stopper *s = arg;

	if (s->gate)
		fake_gate_await(s->gate);
	fake_nap(s->after_us);
	s->at_ms = rr_clock_ms();
	atomic_store(&s->job->stop, SIGTERM);
	return NULL;
}

static void run_and_stop(struct stopper *s)
{
	pthread_t thread;

	assert_int_equal(pthread_create(&thread, NULL, stopper_main, s), 0);
	fake_job_run(s->job);
	assert_int_equal(pthread_join(thread, NULL), 0);
	atomic_store(&s->job->stop, 0);
}

static void finish(struct fake_job *job)
{
	job->hook = NULL;
	fake_drive_heal(job->drive);
	fake_job_run(job);
	fake_job_expect_truth(job);
	assert_int_equal(job->result.exit, RR_EXIT_OK);
	fake_job_expect_whole(job, 0);
}

static void a_stop_at_any_moment_is_gone_on_from(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 1);
	uint64_t seed = 1;
	unsigned stopped = 0;

	(void)state;
	for (unsigned round = 0; round < 10; round++) {
		struct fake_job job;
		struct stopper s = { .job = &job };

		fake_job_init(&job, drive);
		drive->us = 65000; /* so slow that its reads stay small: three seconds in all */
		s.after_us = (unsigned)fake_below(&seed, 600000);
		run_and_stop(&s);
		assert_false(job.job.stuck);
		if (job.rc == 0)
			fake_job_expect_truth(&job);
		assert_int_equal(job.result.exit, RR_EXIT_STOPPED);
		if (job.rc == 0)
			assert_string_equal(job.result.run[job.result.nrun - 1].stopped_by,
					    "SIGTERM");
		stopped += job.result.bytes_read > 0;
		finish(&job);
		fake_job_free(&job);
	}
	assert_true(stopped > 0);
	fake_drive_free(drive);
}

/* A reporter may ask for it too. */
static int stop_at_progress(struct fake_job *job, const struct rr_event *ev)
{
	(void)job;
	return ev->type == RR_EV_PROGRESS;
}

static void a_reporter_stops_it_too(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 2);
	struct fake_job job;

	(void)state;
	fake_job_init(&job, drive);
	drive->us = 80000;
	job.hook = stop_at_progress;
	fake_job_run(&job);
	fake_job_expect_truth(&job);
	assert_int_equal(job.result.exit, RR_EXIT_STOPPED);
	assert_string_equal(job.result.run[0].stopped_by, "request");
	finish(&job);
	fake_job_free(&job);
	fake_drive_free(drive);
}

/* What a child, which must not outlive its stuck threads, tells of its job. */
struct told {
	bool stuck;
	int rc, exit;
	uint64_t took_ms; /* from the stop to the end of the job */
};

static struct told stuck_in_a_child(struct fake_job *job, struct stopper *s)
{
	struct told told = { 0 };
	int fd[2], status;
	pid_t pid;

	assert_int_equal(pipe2(fd, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		run_and_stop(s);
		told = (struct told){ .stuck = job->job.stuck,
				      .rc = job->rc,
				      .exit = job->result.exit,
				      .took_ms = rr_clock_ms() - s->at_ms };
		if (write(fd[1], &told, sizeof(told)) == (ssize_t)sizeof(told))
			(void)raise(SIGKILL); /* an exit would call what threads still use lost */
		_exit(1);
	}
	assert_int_equal(close(fd[1]), 0);
	assert_int_equal(read(fd[0], &told, sizeof(told)), sizeof(told));
	assert_int_equal(close(fd[0]), 0);
	assert_true(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	return told;
}

static void expect_true_map(const struct fake_job *job)
{
	rr_autofree char *image = NULL;
	struct rr_map *map = fake_job_map(job, 0);
	size_t len = 0;

	image = fake_job_load(job, 0, "", &len);
	assert_non_null(map);
	assert_non_null(image);
	fake_expect_truth(job->drive, (unsigned char *)image, map, 0, NULL);
	rr_map_free(map);
}

/* The drive does not answer a read: left within a second, and finished when it answers again. */
static void a_drive_that_does_not_answer_is_left(void **state)
{
	(void)state;
	for (uint64_t k = 0; k < 3; k++) {
		struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, k);
		struct fake_job job;
		struct stopper s = { .job = &job, .gate = &drive->gate };
		struct told told;

		fake_job_init(&job, drive);
		drive->hold_at = k * 2;
		told = stuck_in_a_child(&job, &s);
		assert_true(told.stuck);
		assert_int_equal(told.exit, RR_EXIT_STOPPED);
		assert_true(told.took_ms < fake_limit_ms(1000));
		expect_true_map(&job);
		finish(&job);
		fake_job_free(&job);
		fake_drive_free(drive);
	}
}

/* Nor while it is only asked whether it is the same one: then nothing has been touched. */
static void a_drive_that_does_not_answer_at_first_is_left(void **state)
{
	struct fake_drive *drive = fake_drive_new(SIZE, SECTOR, 4);
	struct fake_job job;
	struct stopper s = { .job = &job, .gate = &drive->gate };
	rr_autofree char *before = NULL, *after = NULL;
	struct told told;
	size_t len;

	(void)state;
	fake_job_init(&job, drive);
	drive->fail_from = drive->dead_from = 2;
	drive->fail_os = EIO;
	fake_job_run(&job);
	assert_int_equal(job.result.exit, RR_EXIT_GONE);
	before = fake_job_load(&job, 0, ".map", &len);
	fake_drive_heal(drive);
	drive->hold_at = 0;
	told = stuck_in_a_child(&job, &s);
	assert_true(told.stuck);
	assert_int_equal(told.rc, -1);
	assert_int_equal(told.exit, RR_EXIT_STOPPED);
	assert_true(told.took_ms < fake_limit_ms(1000));
	after = fake_job_load(&job, 0, ".map", &len);
	assert_string_equal(before, after);
	finish(&job);
	fake_job_free(&job);
	fake_drive_free(drive);
}

/* Nobody reads the pipe that is the second destination: the pool runs dry, the writer sits. */
static void a_destination_that_takes_nothing_is_left(void **state)
{
	struct fake_drive *drive = fake_drive_new(UINT64_C(20) << 20, SECTOR, 5);
	struct fake_job job;
	struct stopper s = { .job = &job, .after_us = 300000 };
	struct told told;
	int fd;

	(void)state;
	fake_job_init(&job, drive);
	job.conf.ndest = 2;
	assert_int_equal(mkfifo(job.path[1], 0600), 0);
	fd = open(job.path[1], O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	told = stuck_in_a_child(&job, &s);
	assert_int_equal(close(fd), 0);
	assert_true(told.stuck);
	assert_int_equal(told.exit, RR_EXIT_STOPPED);
	assert_true(told.took_ms < fake_limit_ms(1000));
	expect_true_map(&job);
	job.conf.ndest = 1;
	finish(&job);
	fake_job_free(&job);
	fake_drive_free(drive);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stop_at_any_moment_is_gone_on_from),
		cmocka_unit_test(a_reporter_stops_it_too),
		cmocka_unit_test(a_drive_that_does_not_answer_is_left),
		cmocka_unit_test(a_drive_that_does_not_answer_at_first_is_left),
		cmocka_unit_test(a_destination_that_takes_nothing_is_left),
	};

	if (rr_digest_init(NULL) < 0 || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
