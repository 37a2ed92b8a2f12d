/* SPDX-License-Identifier: GPL-3.0-or-later */
/* watch.c - waits until drives, media, mounts or swap have come or gone.
 * Owns: a watch owns its descriptors.   Threads: one at a time for each watch.
 *
 * One stick makes a dozen events, and what they say is old by the time they are read: so they only
 * tell that it is time to look again. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "rawright/clock.h"
#include "udev.h"
#include "watch.h"

#define QUIET_MS 100	/* so long after the last event of a burst */
#define BURST_MS 1000	/* but a burst does not keep the news back for longer */
#define TICK_MS	 500	/* how long a signal may go unseen that came just before poll() */

struct rr_watch {
	struct udev *udev;
	struct udev_monitor *monitor;
	int mounts, swaps;	/* files of /proc that poll() knows; -1: not there */
};

void rr_watch_free(struct rr_watch *watch)
{
	if (!watch)
		return;
	if (watch->monitor)
		(void)udev_monitor_unref(watch->monitor);	/* returns NULL */
	if (watch->udev)
		(void)udev_unref(watch->udev);			/* returns NULL */
	rr_clean_fd(&watch->mounts);
	rr_clean_fd(&watch->swaps);
	free(watch);
}

static int listen_to(struct rr_watch *watch, const char *source, struct rr_err *err)
{
	int os;

	watch->udev = udev_new();
	if (!watch->udev)
		return rr_fail_memory(err);
	watch->monitor = udev_monitor_new_from_netlink(watch->udev, source);
	if (!watch->monitor)
		return rr_fail(err, RR_SYSTEM, errno, "cannot listen to the events of drives");
	os = udev_monitor_filter_add_match_subsystem_devtype(watch->monitor, "block", NULL);
	if (os >= 0)
		os = udev_monitor_enable_receiving(watch->monitor);
	if (os < 0)
		return rr_fail(err, RR_SYSTEM, -os, "cannot listen to the events of drives");
	return 0;
}

/* Without them drives are watched all the same. */
static int open_proc(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC);
}

int rr_watch_new_at(const char *source, struct rr_watch **out, struct rr_err *err)
{
	struct rr_watch *watch = calloc(1, sizeof(*watch));

	if (!watch)
		return rr_fail_memory(err);
	watch->mounts = open_proc("/proc/self/mountinfo");
	watch->swaps = open_proc("/proc/swaps");
	if (listen_to(watch, source, err) < 0) {
		rr_watch_free(watch);
		return -1;
	}
	*out = watch;
	return 0;
}

/* The socket is there as long as udevd runs; its events come after its rules have been at work. */
int rr_watch_new(struct rr_watch **out, struct rr_err *err)
{
	bool udevd = access("/run/udev/control", F_OK) == 0;

	return rr_watch_new_at(udevd ? "udev" : "kernel", out, err);
}

enum { EVENTS, MOUNTS, SWAPS, OUT, PLACES };

/* An event is taken off, whatever it says; also that some were lost (ENOBUFS) is news. */
static void take_events(struct rr_watch *watch)
{
	struct udev_device *dev;

	while ((dev = udev_monitor_receive_device(watch->monitor)) != NULL)
		(void)udev_device_unref(dev);	/* returns NULL */
}

/* Waits so long at most. 1: something happened; 0: nothing, or a signal came; -1: an error. */
static int look(struct rr_watch *watch, struct pollfd *at, int ms, struct rr_err *err)
{
	int n = poll(at, PLACES, ms);

	if (n < 0 && errno != EINTR)
		return rr_fail(err, RR_SYSTEM, errno, "cannot wait for the events of drives");
	if (n <= 0)
		return 0;
	if (at[EVENTS].revents)
		take_events(watch);
	return at[EVENTS].revents || at[MOUNTS].revents || at[SWAPS].revents;
}

int rr_watch_wait(struct rr_watch *watch, const atomic_int *stop, int out, enum rr_watched *what,
		  struct rr_err *err)
{
	struct pollfd at[PLACES] = {
		[EVENTS] = { udev_monitor_get_fd(watch->monitor), POLLIN, 0 },
		[MOUNTS] = { watch->mounts, POLLPRI, 0 },
		[SWAPS] = { watch->swaps, POLLPRI, 0 },
		[OUT] = { out, 0, 0 },		/* POLLERR, POLLHUP: the reader went away */
	};
	uint64_t first = 0;

	for (;;) {
		int news = look(watch, at, first ? QUIET_MS : TICK_MS, err);

		if (news < 0)
			return -1;
		*what = atomic_load(stop) ? RR_WATCH_STOPPED : RR_WATCH_CLOSED;
		if (*what == RR_WATCH_STOPPED || at[OUT].revents)
			return 0;
		if (news && !first)
			first = rr_clock_ms();
		*what = RR_WATCH_NEWS;
		if (first && (!news || rr_clock_ms() - first > BURST_MS))
			return 0;
	}
}
