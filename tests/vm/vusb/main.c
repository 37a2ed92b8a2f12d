/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - vusb DESCRIPTION: a USB stick, floppy drive or CD drive as described, for the kernel of
 * this machine. README.md tells what a description holds.
 * Owns: the drive, the device, the plug.   Threads: one.
 *
 * SIGHUP: reads the description again. SIGUSR1: a person takes the medium out, or puts it back in.
 * SIGTERM, SIGINT: pulls the plug and ends. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "rawright/clean.h"
#include "rawright/clock.h"
#include "usbip.h"

#define REPLUG_MS 200

enum reason {
	REASON_ERROR,
	REASON_END,	/* a person asked for it, or the drive is gone for good */
	REASON_REPLUG,	/* comes back after a while */
	REASON_GOES_ON,
};

struct run {
	struct drive drive;
	struct usb usb;
	struct plug plug;
	int signals;		/* descriptor of */
	uint64_t back_ms;	/* REASON_REPLUG: after so long */
	char *back_as;		/* REASON_REPLUG: by this description; owned; NULL: as it is */
};

static void complain(const struct rr_err *err)
{
	(void)fprintf(stderr, "vusb: %s\n", err->text);	/* nobody else to tell */
}

static enum reason fail(const struct rr_err *err)
{
	complain(err);
	return REASON_ERROR;
}

/* A description that cannot be read leaves the drive as it was. */
static enum reason reload(struct run *run)
{
	enum change change;
	struct rr_err err;

	if (drive_reload(&run->drive, &change, &err) < 0) {
		complain(&err);
		return REASON_GOES_ON;
	}
	run->back_ms = REPLUG_MS;
	return change == CHANGE_DRIVE ? REASON_REPLUG : REASON_GOES_ON;
}

static enum reason toggle_medium(struct run *run)
{
	struct rr_err err;

	if (drive_has_medium(&run->drive))
		drive_remove(&run->drive);
	else if (drive_insert(&run->drive, &err) < 0)
		complain(&err);
	return REASON_GOES_ON;
}

static enum reason take_signal(struct run *run)
{
	struct signalfd_siginfo info;

	if (read(run->signals, &info, sizeof(info)) != sizeof(info))
		return REASON_GOES_ON;
	switch (info.ssi_signo) {
	case SIGHUP:
		return reload(run);
	case SIGUSR1:
		return toggle_medium(run);
	default:
		return REASON_END;
	}
}

/* A fault took the drive off the bus. */
static enum reason leave(struct run *run, const struct fault *fault)
{
	run->back_ms = fault->time_ms;
	if (!fault->back)
		return REASON_END;
	run->back_as = fault->name ? strdup(fault->name) : NULL;
	return fault->name && !run->back_as ? REASON_ERROR : REASON_REPLUG;
}

static int timeout_ms(const struct run *run)
{
	uint64_t at = usb_wakes_at_ms(&run->usb);

	return at ? (int)(at - run->drive.now_ms) : -1;
}

/* Waits for the kernel, for a signal or for time to go by, and does what follows. */
static enum reason step(struct run *run)
{
	struct pollfd fds[] = { { .fd = run->plug.sock, .events = POLLIN },
				{ .fd = run->signals, .events = POLLIN } };
	const struct fault *fault;
	struct rr_err err;
	int rc;

	run->drive.now_ms = rr_clock_ms();
	if (usbip_deliver(&run->plug, &err) < 0)
		return fail(&err);
	fault = usb_leaves(&run->usb);
	if (fault)
		return leave(run, fault);
	if (poll(fds, 2, timeout_ms(run)) < 0 && errno != EINTR) {
		(void)rr_fail(&err, RR_SYSTEM, errno, "cannot wait");	/* told at once */
		return fail(&err);
	}
	run->drive.now_ms = rr_clock_ms();
	if (fds[0].revents) {
		rc = usbip_take(&run->plug, &err);
		if (rc <= 0)
			return rc < 0 ? fail(&err) : REASON_END;
	}
	return fds[1].revents ? take_signal(run) : REASON_GOES_ON;
}

static enum reason plugged(struct run *run)
{
	enum reason reason = REASON_GOES_ON;
	struct rr_err err;

	run->drive.now_ms = rr_clock_ms();
	usb_start(&run->usb, &run->drive);
	if (usbip_attach(&run->plug, &run->usb, &err) < 0) {
		usb_free(&run->usb);
		return fail(&err);
	}
	(void)printf("vusb: %s is on port %u\n", run->drive.as->product, run->plug.port);
	(void)fflush(stdout);	/* for whoever wants to know; nobody may */
	while (reason == REASON_GOES_ON)
		reason = step(run);
	usbip_detach(&run->plug);
	usb_free(&run->usb);
	return reason;
}

/* What a drive that is not there hears: all signals but those that end it can wait. */
static enum reason stay_away(struct run *run)
{
	struct pollfd fd = { .fd = run->signals, .events = POLLIN };
	uint64_t until = rr_clock_ms() + run->back_ms;

	for (uint64_t now = rr_clock_ms(); now < until; now = rr_clock_ms())
		if (poll(&fd, 1, (int)(until - now)) > 0 && take_signal(run) == REASON_END)
			return REASON_END;
	return REASON_REPLUG;
}

static enum reason come_back(struct run *run)
{
	rr_autofree char *as = run->back_as;
	struct rr_err err;

	run->back_as = NULL;
	if (stay_away(run) == REASON_END)
		return REASON_END;
	if (!as)
		return REASON_REPLUG;
	drive_close(&run->drive);
	return drive_open(&run->drive, as, &err) < 0 ? fail(&err) : REASON_REPLUG;
}

static int watch_signals(void)
{
	sigset_t set;

	(void)sigemptyset(&set);	/* fails for no set that there is */
	(void)sigaddset(&set, SIGHUP);
	(void)sigaddset(&set, SIGUSR1);
	(void)sigaddset(&set, SIGTERM);
	(void)sigaddset(&set, SIGINT);
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC);
}

int main(int argc, char **argv)
{
	struct run run = { .plug.sock = -1 };
	enum reason reason = REASON_REPLUG;
	bool check = argc == 3 && strcmp(argv[1], "--check") == 0;
	struct rr_err err;

	if (argc != 2 + check) {
		(void)fprintf(stderr, "usage: vusb [--check] DESCRIPTION\n");	/* nowhere else */
		return 2;
	}
	run.signals = watch_signals();
	if (run.signals < 0)
		return 1;
	if (drive_open(&run.drive, argv[argc - 1], &err) < 0)
		reason = fail(&err);
	else if (check)
		reason = REASON_END;
	while (reason == REASON_REPLUG) {
		reason = plugged(&run);
		if (reason == REASON_REPLUG)
			reason = come_back(&run);
	}
	drive_close(&run.drive);
	free(run.back_as);
	return reason == REASON_ERROR ? 1 : 0;
}
