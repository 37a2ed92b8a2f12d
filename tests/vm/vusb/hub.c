/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hub.c - finds a free port of the virtual hub and plugs a device in.
 * Owns: nothing.   Threads: one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "rawright/clean.h"
#include "usbip.h"

#define HUB	    "/sys/devices/platform/vhci_hcd.0/"
#define PORT_FREE   4	/* VDEV_ST_NULL of the kernel's usbip_common.h */
#define TRIES	    200
#define PAUSE_NS    50000000	/* a port that was pulled is free only after a while */
#define DEVICE_BASE 0x10002	/* bus 1, device 2: any number does that is not used twice */

/* As the kernel counts them: enum usb_device_speed. */
static unsigned speed_of(const struct description *as)
{
	static const unsigned speeds[] = {
		[FULL_SPEED] = 2, [HIGH_SPEED] = 3, [SUPER_SPEED] = 5
	};

	return speeds[as->speed];
}

/* A line of the status is "hs 0003 006 003 00010002 000005 1-1": hub, port, state and more. */
static bool line_fits(const char *line, const struct description *as, unsigned *port)
{
	const char *hub = as->speed == SUPER_SPEED ? "ss" : "hs";
	char name[8];
	unsigned state;

	if (sscanf(line, "%7s %u %u", name, port, &state) != 3 || strcmp(name, hub) != 0)
		return false;
	return state == PORT_FREE && (as->port == UINT64_MAX || as->port == *port);
}

/* 1: a port was found; 0: none is free. */
static int find_port(const struct description *as, unsigned *port, struct rr_err *err)
{
	rr_autofile FILE *in = fopen(HUB "status", "re");
	char line[128];

	if (!in)
		return rr_fail(err, RR_SYSTEM, errno,
			       "cannot open " HUB "status: run as root, and load the module "
			       "vhci-hcd first");
	while (fgets(line, sizeof(line), in))
		if (line_fits(line, as, port))
			return 1;
	return 0;
}

/* 1: plugged in; 0: the port was taken in the meantime. */
static int give(int sock, const struct description *as, unsigned port, struct rr_err *err)
{
	rr_autofd int fd = open(HUB "attach", O_WRONLY | O_CLOEXEC);
	char text[64];
	int len = snprintf(text, sizeof(text), "%u %d %u %u", port, sock, DEVICE_BASE + port,
			   speed_of(as));

	if (fd >= 0 && write(fd, text, (size_t)len) == len)
		return 1;
	if (errno == EBUSY || errno == EINVAL)
		return 0;
	return rr_fail(err, RR_SYSTEM, errno, "cannot write " HUB "attach");
}

static int plug_in(struct plug *plug, int sock, struct rr_err *err)
{
	const struct timespec pause = { .tv_nsec = PAUSE_NS };
	const struct description *as = plug->usb->drive->as;

	for (int i = 0; i < TRIES; i++) {
		int rc = find_port(as, &plug->port, err);

		if (rc > 0)
			rc = give(sock, as, plug->port, err);
		if (rc != 0)
			return rc < 0 ? -1 : 0;
		(void)nanosleep(&pause, NULL);	/* a signal makes it shorter: no harm */
	}
	return rr_fail(err, RR_SYSTEM, 0, "no port of the virtual hub is free for it");
}

int usbip_attach(struct plug *plug, struct usb *usb, struct rr_err *err)
{
	int pair[2], rc;

	*plug = (struct plug){ .usb = usb, .sock = -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot make a pair of sockets");
	plug->sock = pair[0];
	rc = plug_in(plug, pair[1], err);
	(void)close(pair[1]);	/* the kernel has it now, or nobody */
	if (rc < 0)
		usbip_detach(plug);
	return rc;
}
