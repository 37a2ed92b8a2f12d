/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reporting.h - a reporter that writes to memory, a job to tell it of, and what it then said. */
#ifndef RR_TEST_REPORTING_H
#define RR_TEST_REPORTING_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "rawright/event.h"
#include "rawright/fs.h"

struct fixture {
	int fd;
	struct rr_reporter *rep;
	struct rr_result result;
	struct rr_dest dest[2];
	struct rr_range range[1];
	struct rr_run run[1];
	struct rr_digest_algo algo;
	struct rr_digest_value digest[1];
	char *text;		/* what was written */
};

static inline struct fixture *begin(const struct rr_plain_conf *conf)
{
	struct fixture *f = calloc(1, sizeof(*f));
	struct rr_plain_conf mine = *conf;

	assert_non_null(f);
	f->fd = memfd_create("text", MFD_CLOEXEC);
	assert_true(f->fd >= 0);
	mine.fd = f->fd;
	assert_int_equal(rr_plain_new(&mine, &f->rep, NULL), 0);
	f->result.source = (struct rr_node){ .path = (char *)"/dev/sd\033[31m",
					     .model = (char *)"Old Disk",
					     .sector = 512,
					     .bytes = 1474560 };
	f->result.length = f->result.bytes_read = 1474560;
	f->dest[0] = (struct rr_dest){ .path = (char *)"disk.img", .status = RR_DEST_VERIFIED,
				       .verification = { .done = true, .how = RR_HOW_DIRECT } };
	f->result.dest = f->dest;
	f->result.ndest = 1;
	f->result.outcome = RR_COMPLETE;
	f->algo = (struct rr_digest_algo){ .name = "md5", .tag = "MD5", .size = 16 };
	f->digest[0] = (struct rr_digest_value){ .algo = &f->algo, .value = { 0xab, 0xcd } };
	f->result.digest = f->digest;
	f->result.ndigest = 1;
	return f;
}

static inline int send(struct fixture *f, const struct rr_event *ev)
{
	return f->rep->event(f->rep, ev);
}

static inline void tell_start(struct fixture *f)
{
	assert_int_equal(send(f, &(struct rr_event){ .type = RR_EV_START, .result = &f->result }),
			 0);
}

static inline void tell_phase(struct fixture *f, const char *name)
{
	assert_int_equal(send(f, &(struct rr_event){ .type = RR_EV_PHASE, .name = name }), 0);
}

static inline void tell_note(struct fixture *f, const char *kind, const char *text)
{
	struct rr_event ev = { .type = RR_EV_NOTE, .name = kind, .text = text };

	assert_int_equal(send(f, &ev), 0);
}

static inline void tell_progress(struct fixture *f, uint64_t ms, uint64_t bytes, uint64_t silent_ms,
			  bool asked)
{
	struct rr_event ev = { .type = RR_EV_PROGRESS,
			       .ms = ms,
			       .asked = asked,
			       .now = { .phase = "copy",
					.bytes = bytes,
					.total = 1474560,
					.rate = 50000,
					.mean = 40000,
					.eta_ms = 65000,
					.elapsed_ms = ms,
					.silent_ms = silent_ms,
					.pos = 1234432,
					.sector = 512 } };

	assert_int_equal(send(f, &ev), 0);
}

static inline void tell_bad(struct fixture *f, uint64_t off, uint64_t len)
{
	struct rr_event ev = {
		.type = RR_EV_RANGE, .off = off, .len = len, .state = RR_BAD, .os = EIO
	};

	assert_int_equal(send(f, &ev), 0);
}

static inline void tell_end(struct fixture *f)
{
	assert_int_equal(send(f, &(struct rr_event){ .type = RR_EV_END, .result = &f->result }), 0);
}

/* All that was written until now. */
static inline const char *said(struct fixture *f)
{
	off_t len = lseek(f->fd, 0, SEEK_CUR);
	size_t got;

	assert_true(len >= 0);
	free(f->text);
	f->text = calloc(1, (size_t)len + 1);
	assert_non_null(f->text);
	assert_int_equal(rr_pread(f->fd, f->text, (size_t)len, 0, &got), 0);
	return f->text;
}

static inline void holds(struct fixture *f, const char *what)
{
	if (!strstr(said(f), what))
		fail_msg("no '%s' in:\n%s", what, f->text);
}

static inline void lacks(struct fixture *f, const char *what)
{
	if (strstr(said(f), what))
		fail_msg("there is '%s' in:\n%s", what, f->text);
}

static inline void over(struct fixture *f)
{
	f->rep->close(f->rep);
	close(f->fd);
	free(f->text);
	free(f);
}

__attribute__((unused))
static const struct rr_plain_conf on_terminal = { .terminal = true, .progress = true };
__attribute__((unused))
static const struct rr_plain_conf in_file = { .progress = true };
__attribute__((unused))
static const struct rr_plain_conf in_quiet = { .quiet = true };

#endif
