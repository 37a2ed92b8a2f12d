/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_guardian.c - proves that the guardian puts read-only flags back by whatever the working
 * process dies, hands its exit status on, passes signals on, merges two of the same moment, and
 * leaves at once at the second. The flags are not real: rr_hold_put_back is this test's own. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "rawright/cli.h"
#include "rawright/clock.h"

/* What both processes tell the test: "ready", "back PATH BEFORE", "signal N". */
static int report_fd = -1;
static volatile sig_atomic_t caught;

static void report(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static void report(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vdprintf(report_fd, fmt, ap);	/* a lost word fails the test that waits for it */
	va_end(ap);
}

void rr_hold_put_back(const char *path, dev_t dev, bool before)
{
	if (dev == 7)
		report("back %s %d\n", path, before);
}

static void on_signal(int sig)
{
	caught = sig;
}

static void hold_two(struct rr_cli *cli)
{
	char one[] = "/dev/one", two[] = "/dev/two";
	struct rr_hold_flag flags[] = { { one, 7, false }, { two, 7, true } };
	struct rr_hold hold = { .flag = flags, .n = 2 };

	cli->guard_hold(&hold);
}

static void wait_for_signal(int sig)
{
	while (caught != sig)
		(void)poll(NULL, 0, 10);
	report("signal %d\n", sig);
	caught = 0;
}

/* As one that waits for a drive: no signal but SIGKILL shortens it. */
static void stay(void)
{
	for (uint64_t end = rr_clock_ms() + 20000; rr_clock_ms() < end;)
		(void)poll(NULL, 0, 1000);
}

/* ------------------------------------------------------------------ what the child does */

static int ends_well(struct rr_cli *cli)
{
	hold_two(cli);
	cli->guard_released();
	rr_guardian_status(3, false);
	return 3;
}

static int ends_without_release(struct rr_cli *cli)
{
	hold_two(cli);
	rr_guardian_status(6, false);
	return 6;
}

static int is_killed(struct rr_cli *cli)
{
	hold_two(cli);
	raise(SIGKILL);
	return 0;
}

static int is_interrupted(struct rr_cli *cli)
{
	hold_two(cli);
	signal(SIGTERM, SIG_DFL);
	raise(SIGTERM);
	return 0;
}

static int holds_again(struct rr_cli *cli)
{
	hold_two(cli);
	hold_two(cli);
	raise(SIGKILL);
	return 0;
}

static int heeds_a_signal(struct rr_cli *cli)
{
	(void)cli;
	report("ready\n");
	wait_for_signal(SIGTERM);
	rr_guardian_status(130, false);
	return 130;
}

static int heeds_usr1(struct rr_cli *cli)
{
	(void)cli;
	report("ready\n");
	wait_for_signal(SIGUSR1);
	return 0;
}

/* Hears the wish to end, and stays. */
static int is_stuck(struct rr_cli *cli)
{
	hold_two(cli);
	report("ready\n");
	wait_for_signal(SIGINT);
	stay();
	return 0;
}

/* Tells its end, but its process stays. */
static int leaves(struct rr_cli *cli)
{
	hold_two(cli);
	rr_guardian_status(130, true);
	stay();
	return 0;
}

/* Its guardian is killed; then SIGTERM must come. */
static int loses_its_guardian(struct rr_cli *cli)
{
	(void)cli;
	report("ready\n");
	wait_for_signal(SIGTERM);
	return 0;
}

/* ------------------------------------------------------------------ the test's side */

struct pair {
	pid_t guardian;
	int from;		/* the reports */
	char text[1024];
	size_t len;
};

static void begin(struct pair *p, int (*child)(struct rr_cli *))
{
	struct sigaction act = { .sa_handler = on_signal };
	struct rr_cli cli = { 0 };
	int ends[2];

	memset(p, 0, sizeof(*p));
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	p->guardian = fork();
	assert_true(p->guardian >= 0);
	if (p->guardian > 0) {
		close(ends[1]);
		p->from = ends[0];
		return;
	}
	close(ends[0]);
	report_fd = ends[1];
	close(STDERR_FILENO);		/* its words are not of interest here */
	(void)open("/dev/null", O_WRONLY);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGUSR1, &act, NULL);
	alarm(30);
	rr_guardian_start(&cli);
	_exit(child(&cli));
}

/* Reads reports until one is there, or until both processes are gone (NULL). */
static void read_until(struct pair *p, const char *what)
{
	while (!what || !strstr(p->text, what)) {
		ssize_t n = read(p->from, p->text + p->len, sizeof(p->text) - 1 - p->len);

		assert_true(n >= 0);
		if (n == 0)
			break;
		p->len += (size_t)n;
	}
}

static int status_of(struct pair *p)
{
	int how;

	assert_int_equal(waitpid(p->guardian, &how, 0), p->guardian);
	read_until(p, NULL);
	close(p->from);
	assert_true(WIFEXITED(how));
	return WEXITSTATUS(how);
}

static void pause_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) < 0)
		;
}

#define BACK "back /dev/one 0\nback /dev/two 1\n"

static void status_is_handed_on(void **state)
{
	struct pair p;

	(void)state;
	begin(&p, ends_well);
	assert_int_equal(status_of(&p), 3);
	assert_string_equal(p.text, "");	/* released: nothing is put back twice */
}

static void what_was_not_released_is_put_back(void **state)
{
	struct pair p;

	(void)state;
	begin(&p, ends_without_release);
	assert_int_equal(status_of(&p), 6);
	assert_string_equal(p.text, BACK);
}

static void a_killed_child_leaves_no_flags(void **state)
{
	struct pair p;

	(void)state;
	begin(&p, is_killed);
	assert_int_equal(status_of(&p), 1);
	assert_string_equal(p.text, BACK);
}

static void a_child_ended_by_sigterm_was_interrupted(void **state)
{
	struct pair p;

	(void)state;
	begin(&p, is_interrupted);
	assert_int_equal(status_of(&p), 130);
	assert_string_equal(p.text, BACK);
}

static void a_new_list_replaces_the_old(void **state)
{
	struct pair p;

	(void)state;
	begin(&p, holds_again);
	assert_int_equal(status_of(&p), 1);
	assert_string_equal(p.text, BACK);
}

static void the_first_signal_is_passed_on(void **state)
{
	struct pair p;

	(void)state;
	begin(&p, heeds_a_signal);
	read_until(&p, "ready");
	kill(p.guardian, SIGTERM);
	assert_int_equal(status_of(&p), 130);
	assert_non_null(strstr(p.text, "signal 15"));
}

static void usr1_is_passed_on(void **state)
{
	struct pair p;

	(void)state;
	begin(&p, heeds_usr1);
	read_until(&p, "ready");
	kill(p.guardian, SIGUSR1);
	assert_int_equal(status_of(&p), 0);
	assert_non_null(strstr(p.text, "signal 10"));
}

static void the_second_signal_leaves_at_once(void **state)
{
	struct pair p;
	uint64_t start;

	(void)state;
	begin(&p, is_stuck);
	read_until(&p, "ready");
	kill(p.guardian, SIGINT);
	read_until(&p, "signal 2");
	pause_ms(250);
	start = rr_clock_ms();
	kill(p.guardian, SIGINT);
	assert_int_equal(status_of(&p), 130);
	assert_true(rr_clock_ms() - start < 2000);
	assert_non_null(strstr(p.text, BACK));
}

/* status_of() waits until the reports end, and they end with the last process: so the stuck one
 * is gone, too. */
static void two_signals_of_one_moment_are_one(void **state)
{
	struct pair p;
	int how;

	(void)state;
	begin(&p, is_stuck);
	read_until(&p, "ready");
	kill(p.guardian, SIGINT);
	read_until(&p, "signal 2");
	kill(p.guardian, SIGINT);
	pause_ms(400);
	assert_int_equal(waitpid(p.guardian, &how, WNOHANG), 0);
	assert_null(strstr(p.text, "back"));
	kill(p.guardian, SIGINT);
	assert_int_equal(status_of(&p), 130);
}

static void who_leaves_is_not_waited_for(void **state)
{
	uint64_t start = rr_clock_ms();
	struct pair p;

	(void)state;
	begin(&p, leaves);
	assert_int_equal(status_of(&p), 130);
	assert_true(rr_clock_ms() - start < 5000);
	assert_string_equal(p.text, BACK);
}

static void without_its_guardian_the_child_is_told_to_end(void **state)
{
	struct pair p;
	int how;

	(void)state;
	begin(&p, loses_its_guardian);
	read_until(&p, "ready");
	kill(p.guardian, SIGKILL);
	assert_int_equal(waitpid(p.guardian, &how, 0), p.guardian);
	read_until(&p, "signal 15");
	assert_non_null(strstr(p.text, "signal 15"));
	close(p.from);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_is_handed_on),
		cmocka_unit_test(what_was_not_released_is_put_back),
		cmocka_unit_test(a_killed_child_leaves_no_flags),
		cmocka_unit_test(a_child_ended_by_sigterm_was_interrupted),
		cmocka_unit_test(a_new_list_replaces_the_old),
		cmocka_unit_test(the_first_signal_is_passed_on),
		cmocka_unit_test(usr1_is_passed_on),
		cmocka_unit_test(the_second_signal_leaves_at_once),
		cmocka_unit_test(two_signals_of_one_moment_are_one),
		cmocka_unit_test(who_leaves_is_not_waited_for),
		cmocka_unit_test(without_its_guardian_the_child_is_told_to_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
