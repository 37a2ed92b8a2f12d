/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usbip.c - requests of the kernel in, answers out.
 * Owns: the socket, the requests that wait.   Threads: one. */
#include "usbip.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bytes.h"

#define HEAD_SIZE    48
#define CMD_SUBMIT   1
#define CMD_UNLINK   2
#define RET_SUBMIT   3
#define RET_UNLINK   4
#define LENGTH_MAX   (16u << 20)
#define ENDPOINTS    16

/* A request that waits for its answer. */
struct urb {
	struct urb *next;
	uint32_t number;
	bool in;
	unsigned endpoint;
	uint8_t setup[USB_SETUP_SIZE];
	size_t len;
	uint8_t data[];		/* what came, or room for what goes */
};

/* 1: all of it; 0: the other side hung up. */
static int receive(int sock, void *buf, size_t len, struct rr_err *err)
{
	for (size_t got = 0; got < len;) {
		ssize_t n = recv(sock, (char *)buf + got, len - got, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0 || (n < 0 && errno == ECONNRESET))
			return 0;
		if (n < 0)
			return rr_fail(err, RR_SYSTEM, errno, "cannot hear the kernel");
		got += (size_t)n;
	}
	return 1;
}

/* A kernel that let go of the device is noticed by the next usbip_take. */
static int send_all(int sock, const void *buf, size_t len, struct rr_err *err)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = send(sock, (const char *)buf + done, len - done, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
			return 0;
		if (n < 0)
			return rr_fail(err, RR_SYSTEM, errno, "cannot answer the kernel");
		done += (size_t)n;
	}
	return 0;
}

static int answer_urb(struct plug *plug, const struct urb *urb, int32_t status, size_t done,
		struct rr_err *err)
{
	uint8_t head[HEAD_SIZE] = { 0 };

	put_be32(head, RET_SUBMIT);
	put_be32(head + 4, urb->number);
	put_be32(head + 20, (uint32_t)status);
	put_be32(head + 24, (uint32_t)done);
	if (send_all(plug->sock, head, sizeof(head), err) < 0)
		return -1;
	return urb->in ? send_all(plug->sock, urb->data, done, err) : 0;
}

static int take_submit(struct plug *plug, const uint8_t *head, struct rr_err *err)
{
	size_t len = get_be32(head + 24);
	struct urb **end = &plug->waiting;
	struct urb *urb;
	int rc = 1;

	if (len > LENGTH_MAX)
		return rr_fail(err, RR_FORMAT, 0, "the kernel asks for %zu bytes at once", len);
	urb = calloc(1, sizeof(*urb) + len);
	if (!urb)
		return rr_fail_memory(err);
	urb->number = get_be32(head + 4);
	urb->in = get_be32(head + 12) != 0;
	urb->endpoint = get_be32(head + 16) % ENDPOINTS;
	urb->len = len;
	memcpy(urb->setup, head + 40, sizeof(urb->setup));
	if (!urb->in && len > 0)
		rc = receive(plug->sock, urb->data, len, err);
	if (rc <= 0) {
		free(urb);
		return rc;
	}
	while (*end)
		end = &(*end)->next;
	*end = urb;
	return 1;
}

/* The kernel gave up waiting for a request. One that was answered by now is left alone. */
static int take_unlink(struct plug *plug, const uint8_t *head, struct rr_err *err)
{
	uint32_t victim = get_be32(head + 20);
	uint8_t answer[HEAD_SIZE] = { 0 };

	put_be32(answer, RET_UNLINK);
	put_be32(answer + 4, get_be32(head + 4));
	for (struct urb **p = &plug->waiting; *p; p = &(*p)->next) {
		struct urb *urb = *p;

		if (urb->number != victim)
			continue;
		*p = urb->next;
		free(urb);
		put_be32(answer + 20, (uint32_t)-ECONNRESET);
		break;
	}
	return send_all(plug->sock, answer, sizeof(answer), err) < 0 ? -1 : 1;
}

int usbip_take(struct plug *plug, struct rr_err *err)
{
	uint8_t head[HEAD_SIZE];
	int rc = receive(plug->sock, head, sizeof(head), err);

	if (rc <= 0)
		return rc;
	switch (get_be32(head)) {
	case CMD_SUBMIT:
		return take_submit(plug, head, err);
	case CMD_UNLINK:
		return take_unlink(plug, head, err);
	default:
		return rr_fail(err, RR_FORMAT, 0, "the kernel sent a request of kind %u",
			       get_be32(head));
	}
}

static enum reply serve(struct usb *usb, struct urb *urb, size_t *done)
{
	struct transfer t = { .data = urb->data, .len = urb->len };
	enum reply reply;

	if (urb->endpoint == 0)
		reply = usb_control(usb, urb->setup, urb->data, urb->in ? 0 : urb->len, &t);
	else if (urb->in)
		reply = usb_in(usb, urb->endpoint, &t);
	else
		reply = usb_out(usb, urb->endpoint, urb->data, urb->len);
	*done = urb->in ? t.done : urb->len;
	return reply;
}

/* One walk along those that wait. Behind one that has to go on waiting, its endpoint is closed. */
static int deliver_some(struct plug *plug, bool *progress, struct rr_err *err)
{
	bool closed[2][ENDPOINTS] = { { false } };
	struct urb **p = &plug->waiting;

	*progress = false;
	while (*p) {
		struct urb *urb = *p;
		enum reply reply = REPLY_LATER;
		size_t done = 0;
		int rc;

		if (!closed[urb->in][urb->endpoint])
			reply = serve(plug->usb, urb, &done);
		if (reply == REPLY_LATER) {
			closed[urb->in][urb->endpoint] = true;
			p = &urb->next;
			continue;
		}
		*p = urb->next;
		rc = answer_urb(plug, urb, reply == REPLY_STALL ? -EPIPE : 0, done, err);
		free(urb);
		if (rc < 0)
			return -1;
		*progress = true;
	}
	return 0;
}

int usbip_deliver(struct plug *plug, struct rr_err *err)
{
	bool progress = true;

	while (progress)
		if (deliver_some(plug, &progress, err) < 0)
			return -1;
	return 0;
}

void usbip_detach(struct plug *plug)
{
	while (plug->waiting) {
		struct urb *urb = plug->waiting;

		plug->waiting = urb->next;
		free(urb);
	}
	if (plug->sock >= 0) {
		(void)shutdown(plug->sock, SHUT_RDWR);	/* the kernel may have been faster */
		(void)close(plug->sock);		/* nothing was to be kept */
	}
	plug->sock = -1;
}
