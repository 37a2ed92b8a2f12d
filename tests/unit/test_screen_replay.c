/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_screen_replay.c - proves that a screen costs little and hears all: the events of a job of
 * ten minutes, in seconds, on a terminal of its own, while somebody presses keys. Each key does
 * what it should, and the screen takes less than one percent of a core in the ten minutes.
 * Owns: nothing.   Threads: the test's; the job is a process of its own. */
#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utmp.h>

#include <cmocka.h>

#include "../../src/screen/draw.h"
#include "limit.h"
#include "rawright/clock.h"
#include "rawright/screen.h"
#include "rawright/size.h"
#include "rawright/text.h"

#define LENGTH	 (UINT64_C(60062494) * 512) /* of a stick of 32 GB */
#define SECONDS	 600
#define TICKS	 10 /* a second; at every other one the engine tells of progress */
#define LOOKS	 1500 /* progress events of a phase: one copies, one verifies */
#define BAD_EACH 50 /* so many of them, then a bad sector */
#define HELD	 100 /* an arrow key that is held down repeats so often */
#define RIGHT	 "\033OC"
#define SKIPPED	 77

/* What the job's process tells the test's. */
struct told {
	unsigned late; /* times that the terminal would not take more */
	unsigned pauses, missed; /* "p" was pressed; and had no effect at once */
	unsigned rights; /* arrow keys pressed on the map */
};

/* ------------------------------------------------------------------ time */

static uint64_t now_ms = 1000;

uint64_t __wrap_rr_clock_ms(void);

/* The ten minutes are the events', whatever the machine needs for them. */
uint64_t __wrap_rr_clock_ms(void)
{
	return now_ms;
}

/* ------------------------------------------------------------------ the job */

struct play {
	struct rr_reporter *screen;
	struct told *told;
	struct rr_result result;
	struct rr_dest dest;
	struct rr_run run;
	uint64_t start_ms;
	int keyboard; /* the terminal's other end */
	unsigned wish;
};

static void guard(const char *leave)
{
	(void)leave;
}

static void catch_suspend(bool on)
{
	(void)on;
}

static void suspend(void)
{
}

static void tell(struct play *p, struct rr_event ev)
{
	ev.ms = now_ms - p->start_ms;
	ev.result = &p->result;
	(void)p->screen->event(p->screen, &ev);
}

/* In ten real minutes a terminal takes every frame. */
static void await_terminal(struct play *p)
{
	struct pollfd poll_for = { .fd = STDERR_FILENO, .events = POLLOUT };

	p->told->late += poll(&poll_for, 1, (int)fake_limit_ms(2000)) != 1;
}

static void look(struct play *p, unsigned i)
{
	const char *phase = i < LOOKS ? "copy" : "verify";
	uint64_t each = rr_align_down(LENGTH / LOOKS, 512), at = i % LOOKS * each;
	uint64_t next = i % LOOKS == LOOKS - 1 ? LENGTH : at + each;
	uint64_t elapsed = (i % LOOKS + 1) * 2000 / TICKS;

	if (i % LOOKS == 0)
		tell(p, (struct rr_event){ .type = RR_EV_PHASE, .name = phase });
	if (i < LOOKS && i % BAD_EACH == BAD_EACH - 1)
		tell(p, (struct rr_event){ .type = RR_EV_RANGE,
					   .name = "unreadable",
					   .off = at,
					   .len = 512,
					   .state = RR_BAD,
					   .os = EIO });
	tell(p, (struct rr_event){ .type = RR_EV_DONE,
				   .name = phase,
				   .off = at,
				   .len = next - at,
				   .state = RR_FINISHED });
	await_terminal(p);
	tell(p, (struct rr_event){ .type = RR_EV_PROGRESS,
				   .now = { .phase = phase,
					    .bytes = next,
					    .total = LENGTH,
					    .rate = next * 1000 / elapsed + i % 7 * 1000000,
					    .mean = next * 1000 / elapsed,
					    .eta_ms = UINT64_MAX,
					    .elapsed_ms = elapsed,
					    .pos = next,
					    .sector = 512,
					    .slowest = "source" } });
}

static void ask(struct play *p)
{
	await_terminal(p);
	p->wish = p->screen->wish(p->screen);
}

/* ------------------------------------------------------------------ the person */

/* Pressed, and on its way through the terminal: what is done with it is the screen's affair. */
static void press(struct play *p, const char *key, unsigned times)
{
	int want = (int)(strlen(key) * times), have = 0;

	for (unsigned i = 0; i < times; i++)
		(void)!write(p->keyboard, key, strlen(key));
	for (unsigned i = 0; i < fake_limit_ms(20000) && have < want; i++) {
		if (ioctl(STDIN_FILENO, FIONREAD, &have) < 0)
			return;
		fake_nap(have < want ? 50 : 0);
	}
}

/* In the first minute the progress is looked at, then the map, then the log, then again. */
static bool is_at_map(unsigned second)
{
	return second / 60 % 3 == 1;
}

static void press_pause(struct play *p)
{
	unsigned before = p->wish & RR_WISH_PAUSE;

	press(p, "p", 1);
	ask(p);
	p->told->pauses++;
	p->told->missed += (p->wish & RR_WISH_PAUSE) == before;
}

static void press_rights(struct play *p, unsigned times)
{
	press(p, RIGHT, times);
	p->told->rights += times;
}

/* What is pressed, and when, within a second. */
static void press_keys(struct play *p, unsigned second, unsigned tick)
{
	if (tick == 5 && second % 60 == 0 && second > 0)
		press(p, "\t", 1); /* the next page */
	else if (tick == 7 && is_at_map(second))
		press_rights(p, second % 60 == 50 ? HELD : 5);
}

static void play(struct play *p)
{
	static const char *const plan[] = { "copy", "verify" };

	tell(p, (struct rr_event){ .type = RR_EV_START, .plan = plan, .nplan = 2 });
	for (unsigned i = 0; i < SECONDS * TICKS; i++) {
		now_ms += 1000 / TICKS;
		if (i % 2)
			look(p, i / 2);
		press_keys(p, i / TICKS, i % TICKS);
		if (i % TICKS == TICKS - 1)
			press_pause(p);
		else
			ask(p);
	}
	press(p, "m\014", 1); /* the map, and all of it drawn anew */
	ask(p);
	tell(p, (struct rr_event){ .type = RR_EV_END });
	p->screen->close(p->screen);
}

/* In a session whose terminal it is: a screen takes no other. */
static int run_job(int keyboard, int tty, struct told *told)
{
	static atomic_int suspended;
	struct rr_screen_conf conf = { .fd = STDERR_FILENO,
				       .utf8 = true,
				       .color = true,
				       .guard = guard,
				       .catch_suspend = catch_suspend,
				       .suspended = &suspended,
				       .suspend = suspend };
	struct play p = { .told = told, .start_ms = now_ms, .keyboard = keyboard };

	if (setenv("TERM", "xterm", 1) < 0 || !setlocale(LC_CTYPE, "C.UTF-8") ||
	    login_tty(tty) < 0 || !rr_screen_can(STDERR_FILENO))
		return SKIPPED;
	p.dest.path = (char *)"stick.img";
	p.result = (struct rr_result){ .source = { .path = (char *)"/dev/sdb",
						   .kind = "usb-stick",
						   .model = (char *)"Ultra",
						   .bytes = LENGTH,
						   .sector = 512,
						   .block = true },
				       .length = LENGTH,
				       .dest = &p.dest,
				       .ndest = 1,
				       .run = &p.run,
				       .nrun = 1 };
	if (rr_screen_new(&conf, &p.screen, NULL) < 0)
		return 1;
	play(&p);
	return 0;
}

/* ------------------------------------------------------------------ what came of it */

/* All that the terminal is sent, until nobody has it open any more. */
static void watch(int keyboard, struct rr_str *seen)
{
	char buf[16384];
	ssize_t n;

	while ((n = read(keyboard, buf, sizeof(buf))) > 0)
		rr_str_add(seen, buf, (size_t)n);
	assert_false(seen->fail);
}

static pid_t start_job(const struct winsize *size, int *keyboard, struct told *told)
{
	int tty;
	pid_t pid;

	assert_int_equal(openpty(keyboard, &tty, NULL, NULL, size), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(run_job(*keyboard, tty, told));
	assert_int_equal(close(tty), 0);
	return pid;
}

/* The map's cursor went as many cells to the right as that key was pressed. */
static void assert_cursor(const struct winsize *size, const struct rr_str *seen, unsigned rights)
{
	size_t cells = (size_t)rr_map_page_rows(size->ws_row) * size->ws_col;
	struct rr_sectors map = { 0 };
	char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT], text[96];
	uint64_t off, len;

	rr_sectors_start(&map, LENGTH, 512);
	rr_sectors_cell(&map, rights, rr_min(cells, map.n), &off, &len);
	(void)snprintf(text, sizeof(text), "sectors %s to %s", rr_size_grouped(a, off / 512),
		       rr_size_grouped(b, (off + len) / 512 - 1));
	rr_sectors_clear(&map);
	if (!strstr(seen->s, text))
		fail_msg("the cursor is not at %s", text);
}

static unsigned cpu_ms(const struct rusage *used)
{
	return (unsigned)((used->ru_utime.tv_sec + used->ru_stime.tv_sec) * 1000 +
			  (used->ru_utime.tv_usec + used->ru_stime.tv_usec) / 1000);
}

static void replay(const struct winsize *size, struct told *told)
{
	rr_autostr struct rr_str seen = { 0 };
	struct rusage used;
	int keyboard, status;
	pid_t pid = start_job(size, &keyboard, told);

	watch(keyboard, &seen);
	assert_int_equal(wait4(pid, &status, 0, &used), pid);
	assert_int_equal(close(keyboard), 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED) {
		printf("SKIP: there is no terminal, or no locale C.UTF-8\n");
		exit(SKIPPED);
	}
	assert_int_equal(status, 0);
	print_message("%ux%u: %u ms of a core in %u s, %.2f %%; %u keys; %zu bytes\n", size->ws_col,
		      size->ws_row, cpu_ms(&used), SECONDS, cpu_ms(&used) / 10.0 / SECONDS,
		      told->pauses + told->rights, seen.len);
	assert_int_equal(told->late, 0);
	assert_int_equal(told->pauses, SECONDS);
	assert_int_equal(told->missed, 0);
	assert_cursor(size, &seen, told->rights);
	assert_true(seen.len > (size_t)SECONDS * 100); /* it was drawn, all the time */
	assert_true(cpu_ms(&used) < fake_limit_ms(SECONDS * 1000 / 100));
}

static void ten_minutes_cost_little_and_no_key_is_lost(void **state)
{
	static const struct winsize sizes[] = { { .ws_row = 24, .ws_col = 80 },
						{ .ws_row = 60, .ws_col = 200 } };
	struct told *told = mmap(NULL, sizeof(*told), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	(void)state;
	assert_true(told != MAP_FAILED);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		*told = (struct told){ 0 };
		replay(&sizes[i], told);
	}
	assert_int_equal(munmap(told, sizeof(*told)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_minutes_cost_little_and_no_key_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
