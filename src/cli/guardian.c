/* SPDX-License-Identifier: GPL-3.0-or-later */
/* guardian.c - the process that the shell started: it outlives the one that works, whatever befalls
 * that, puts read-only flags and the terminal back, and can leave at once.
 * Owns: the socket between the two.   Threads: main, before any other is started; the parent has
 * no other. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>

#include "rawright/cli.h"
#include "rawright/clock.h"

#define MERGE_MS 200	/* a terminal's Ctrl-C and a kill of the same moment are one wish */
#define GRACE_MS 30	/* for threads that are not stuck to be gone */
#define PATIENCE_MS 300	/* of the second a stop may take: for a drive to take its flags back */

/* What the child tells. One message is one packet; the path is cut at its end. */
struct message {
	enum { FORGET, FLAG, STATUS, TERMINAL } what;
	bool before;		/* FLAG */
	bool leave;		/* STATUS */
	int status;
	dev_t dev;
	char path[PATH_MAX];	/* FLAG; of TERMINAL what must be written to it */
};

struct flag {
	char *path;
	dev_t dev;
	bool before;
};

struct guard {
	pid_t child;
	int socket, signals;
	struct flag *flag;
	size_t n;
	uint64_t asked_ms;	/* when the first signal asked for the end; 0: none did */
	bool leave;
	int status;		/* with leave */
	int tty;		/* -1: none */
	char *undo;		/* what the terminal has to be told first; NULL: nothing */
	struct termios modes;
};

/* The child's end of the socket, -1 in a process without a guardian. guard_hold and
 * rr_guardian_status speak for the whole process and get no context; set once, before threads. */
static int to_parent = -1;

/* ------------------------------------------------------------------ child */

static void tell(const struct message *m)
{
	bool text = m->what == FLAG || m->what == TERMINAL;
	size_t len = offsetof(struct message, path) + (text ? strlen(m->path) + 1 : 0);

	/* without a parent there is nobody to tell: SIGTERM is on its way */
	while (to_parent >= 0 && send(to_parent, m, len, MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

static void released(void)
{
	struct message m = { .what = FORGET };

	tell(&m);
}

static void hold(const struct rr_hold *hold)
{
	released();
	for (size_t i = 0; hold && i < hold->n; i++) {
		struct message m = { .what = FLAG,
				     .dev = hold->flag[i].dev,
				     .before = hold->flag[i].before };

		if ((size_t)snprintf(m.path, sizeof(m.path), "%s", hold->flag[i].path) <
		    sizeof(m.path))
			tell(&m);	/* a longer path could not have been opened */
	}
}

/* Who sets the terminal's modes in the background is stopped, between a look at who has it and the
 * call too. The guardian would not be, and no shell wakes what it believes to run. */
static void hold_stop(bool on)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTTOU);
	(void)pthread_sigmask(on ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);	/* a known signal */
}

static void terminal(const char *leave)
{
	struct message m = { .what = TERMINAL };

	hold_stop(leave != NULL);
	(void)snprintf(m.path, sizeof(m.path), "%s", leave ? leave : ""); /* short: a few codes */
	tell(&m);
}

void rr_guardian_status(int status, bool leave)
{
	struct message m = { .what = STATUS, .status = status, .leave = leave };

	tell(&m);
}

/* ------------------------------------------------------------------ parent */

static void say(const char *text)
{
	/* standard error may be gone: there is no other place to tell it */
	if (isatty(STDERR_FILENO) && write(STDERR_FILENO, "\n", 1) < 0)
		return;
	(void)dprintf(STDERR_FILENO, "rawright: %s\n", text);
}

static void terminal_save(struct guard *g)
{
	g->tty = -1;
	for (int fd = 0; fd <= 2 && g->tty < 0; fd += 2)
		if (isatty(fd) && tcgetattr(fd, &g->modes) == 0)
			g->tty = fd;
}

static void terminal_back(const struct guard *g)
{
	if (g->tty < 0 || tcgetpgrp(g->tty) != getpgrp())
		return;			/* another job's by now */
	(void)tcsetattr(g->tty, TCSANOW, &g->modes);	/* one that is gone needs none */
	if (g->undo && write(g->tty, g->undo, strlen(g->undo)) < 0)
		return;			/* it is gone */
}

/* Waits for pid so long, SIGCHLD being blocked. */
static bool ended_within(pid_t pid, uint64_t ms)
{
	uint64_t end = rr_clock_ms() + ms, now;
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		struct timespec left;

		now = rr_clock_ms();
		if (now >= end)
			return false;
		left = (struct timespec){ (time_t)((end - now) / 1000),
					  (long)((end - now) % 1000) * 1000000 };
		(void)sigtimedwait(&set, NULL, &left);	/* the clock decides, not its result */
	}
	return true;
}

/* By a process of its own: opening a drive that does not answer can take minutes. */
static void flags_back(struct guard *g)
{
	pid_t pid = g->n ? fork() : 0;

	if (g->n && pid <= 0) {
		for (size_t i = 0; i < g->n; i++)
			rr_hold_put_back(g->flag[i].path, g->flag[i].dev, g->flag[i].before);
		if (pid == 0)
			_exit(0);
	}
	if (pid > 0 && !ended_within(pid, PATIENCE_MS))
		say("the drive does not answer: its read-only flag is put back as soon as it does");
	g->n = 0;
}

/* The child must not set a flag again once it was put back, so it goes first. */
static void kill_child(const struct guard *g)
{
	(void)kill(g->child, SIGKILL); /* it is ours and was not waited for: it cannot be another */
	(void)ended_within(g->child, GRACE_MS);	/* a thread in the kernel may keep it longer */
}

static _Noreturn void leave_at_once(struct guard *g)
{
	kill_child(g);
	flags_back(g);
	terminal_back(g);
	say("left at once; the same command goes on where that is possible, or begins anew");
	_exit(RR_EXIT_STOPPED);
}

static void remember(struct guard *g, const struct message *m)
{
	struct flag *flag = reallocarray(g->flag, g->n + 1, sizeof(*flag));
	char *path = strdup(m->path);

	if (flag)
		g->flag = flag;
	if (flag && path) {
		g->flag[g->n++] = (struct flag){ .path = path, .dev = m->dev, .before = m->before };
		return;
	}
	free(path);
	say("out of memory: should rawright be killed, look after the read-only flag by hand");
}

static void forget(struct guard *g)
{
	while (g->n)
		free(g->flag[--g->n].path);
}

static void hear(struct guard *g, const struct message *m)
{
	switch (m->what) {
	case FORGET:
		forget(g);
		break;
	case FLAG:
		remember(g, m);
		break;
	case TERMINAL:
		free(g->undo);
		g->undo = *m->path ? strdup(m->path) : NULL;
		break;
	case STATUS:
		g->status = m->status;
		g->leave = m->leave;
		break;
	}
}

/* All that was told so far. False once there is nobody to tell more. */
static bool hear_all(struct guard *g)
{
	struct message m;
	ssize_t n;

	for (;;) {
		memset(&m, 0, sizeof(m));
		n = recv(g->socket, &m, sizeof(m) - 1, MSG_DONTWAIT);
		if (n > 0)
			hear(g, &m);
		else if (n == 0 || (errno != EINTR && errno != EAGAIN))
			return false;
		else if (errno == EAGAIN)
			return true;
	}
}

/* The child is dead; how says by what. */
static _Noreturn void follow(struct guard *g, int how)
{
	int sig = WIFSIGNALED(how) ? WTERMSIG(how) : 0;
	char text[128];

	(void)hear_all(g);	/* what it told before it died */
	flags_back(g);
	if (sig || g->undo)	/* it ended in the middle */
		terminal_back(g);
	if (!sig)
		_exit(WEXITSTATUS(how));
	(void)snprintf(text, sizeof(text), "rawright was killed by signal %d (%s)", sig,
		       sigdescr_np(sig) ? sigdescr_np(sig) : "of no name");
	say(text);
	_exit(sig == SIGINT || sig == SIGTERM || sig == SIGHUP ? RR_EXIT_STOPPED : RR_EXIT_FAILED);
}

static void pass_on(struct guard *g, int sig)
{
	uint64_t now = rr_clock_ms();

	if (sig == SIGINT || sig == SIGTERM || sig == SIGHUP) {
		if (g->asked_ms && now - g->asked_ms >= MERGE_MS)
			leave_at_once(g);
		if (g->asked_ms)
			return;
		g->asked_ms = now ? now : 1;
	}
	(void)kill(g->child, sig);	/* dead already: SIGCHLD is on its way */
}

static void take_signal(struct guard *g)
{
	struct signalfd_siginfo info;
	int how;

	if (read(g->signals, &info, sizeof(info)) != (ssize_t)sizeof(info))
		return;			/* EAGAIN, EINTR */
	if (info.ssi_signo != SIGCHLD)
		pass_on(g, (int)info.ssi_signo);
	else if (waitpid(g->child, &how, WNOHANG) == g->child)
		follow(g, how);
}

/* It told its end and stays: for what it holds, and not for what it could still do. */
static _Noreturn void let_go(struct guard *g)
{
	if (g->n) {
		kill_child(g);
		flags_back(g);
	}
	_exit(g->status);
}

static _Noreturn void watch(struct guard *g)
{
	struct pollfd p[] = { { .fd = g->signals, .events = POLLIN },
			      { .fd = g->socket, .events = POLLIN } };

	for (;;) {
		if (poll(p, 2, -1) < 0)
			continue;	/* EINTR: stopped and continued */
		if (p[1].revents && !hear_all(g))
			p[1].fd = -1;
		if (g->leave)
			let_go(g);
		if (p[0].revents)
			take_signal(g);
	}
}

/* ------------------------------------------------------------------ both */

static _Noreturn void fail_to_start(void)
{
	struct rr_err err;

	(void)rr_fail(&err, RR_SYSTEM, errno, "cannot start the process that does the work");
	_exit(rr_complain(&err));
}

static void become_child(struct rr_cli *cli, int fd, pid_t parent, const sigset_t *mask)
{
	to_parent = fd;
	cli->guard_hold = hold;
	cli->guard_released = released;
	cli->guard_terminal = terminal;
	if (prctl(PR_SET_PDEATHSIG, SIGTERM) < 0)
		fail_to_start();
	(void)sigprocmask(SIG_SETMASK, mask, NULL);	/* cannot fail: the mask is one it gave */
	if (getppid() != parent)		/* it died before that was asked for */
		(void)raise(SIGTERM);
}

/* Held back from the parent's very first moment; read from a descriptor. */
static void block_signals(sigset_t *set, sigset_t *before)
{
	static const int wanted[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGCHLD };

	(void)signal(SIGCHLD, SIG_DFL);		/* ignored, it would leave nothing to wait for */
	sigemptyset(set);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		sigaddset(set, wanted[i]);
	(void)sigprocmask(SIG_BLOCK, set, before);
}

void rr_guardian_start(struct rr_cli *cli)
{
	struct guard g = { 0 };
	sigset_t set, before;
	int pair[2];
	pid_t parent = getpid();

	block_signals(&set, &before);
	g.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (g.signals < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		fail_to_start();
	terminal_save(&g);	/* before the child can change it */
	g.child = fork();
	if (g.child < 0)
		fail_to_start();
	(void)close(pair[g.child == 0 ? 0 : 1]);
	if (g.child == 0) {
		(void)close(g.signals);
		become_child(cli, pair[1], parent, &before);
		return;
	}
	g.socket = pair[0];
	sigaddset(&set, SIGTTOU);	/* the last words may come from the background */
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	watch(&g);
}
