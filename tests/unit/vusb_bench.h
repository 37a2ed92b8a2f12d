/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vusb_bench.h - a drive of tests/vm/vusb on a bench: described by a text, asked by commands that
 * are written in hex, its answers held against what they should be. No kernel takes part. */
#ifndef RR_TEST_VUSB_BENCH_H
#define RR_TEST_VUSB_BENCH_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../vm/vusb/scsi.h"

struct bench {
	char folder[64], path[96];
	struct drive drive;
	struct answer answer;
	const uint8_t *out;	/* what the next command brings */
	size_t out_len;
};

static inline void bench_file(const struct bench *b, const char *name, const void *data, size_t len)
{
	char path[160];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", b->folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	(void)close(fd);
}

/* A file of sectors, each of them full of a byte that tells which one it is. */
static inline void bench_image(const struct bench *b, const char *name, size_t size, size_t sectors)
{
	uint8_t *data = malloc(size * sectors);

	assert_non_null(data);
	for (size_t i = 0; i < sectors; i++)
		memset(data + i * size, (int)(i % 251 + 1), size);
	bench_file(b, name, data, size * sectors);
	free(data);
}

static inline uint8_t bench_byte(uint64_t sector)
{
	return (uint8_t)(sector % 251 + 1);
}

static inline void bench_describe(const struct bench *b, const char *text)
{
	bench_file(b, "drive.txt", text, strlen(text));
}

/* A folder for it all; images come next. */
static inline void bench_make(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	(void)snprintf(b->folder, sizeof(b->folder), "/tmp/rr-vusb-XXXXXX");
	assert_non_null(mkdtemp(b->folder));
	(void)snprintf(b->path, sizeof(b->path), "%s/drive.txt", b->folder);
}

/* Puts the drive that the text describes on the bench. Its attention is taken away, unless raw. */
static inline void bench_open(struct bench *b, const char *text, bool raw)
{
	struct rr_err err = { 0 };

	bench_describe(b, text);
	if (drive_open(&b->drive, b->path, &err) < 0)
		fail_msg("%s", err.text);
	if (!raw)
		b->drive.attention.key = NO_SENSE;
}

static inline void bench_close(struct bench *b)
{
	static const char *const names[] = { "drive.txt", "image", "other", "log",
					     "data", "audio", "second", "raw" };
	char path[160];

	answer_free(&b->answer);
	drive_close(&b->drive);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", b->folder, names[i]);
		(void)unlink(path);
	}
	assert_int_equal(rmdir(b->folder), 0);
}

static inline size_t bench_hex(const char *hex, uint8_t *out, size_t room)
{
	size_t n = 0;
	int used;
	unsigned byte;

	for (; n < room && sscanf(hex, "%2x%n", &byte, &used) == 1; hex += used)
		out[n++] = (uint8_t)byte;
	return n;
}

/* A command, as "28 00 00 00 00 64 00 00 01 00". Returns how it went. */
static inline enum status bench_ask(struct bench *b, const char *cdb)
{
	struct command c = { .out = b->out, .out_len = b->out_len };

	(void)bench_hex(cdb, c.cdb, sizeof(c.cdb));
	scsi_execute(&b->drive, &c, &b->answer);
	return b->answer.status;
}

/* READ(10) of count sectors. */
static inline enum status bench_read(struct bench *b, uint32_t first, unsigned count)
{
	char cdb[64];

	(void)snprintf(cdb, sizeof(cdb), "28 00 %02x %02x %02x %02x 00 %02x %02x 00", first >> 24,
		       first >> 16 & 0xff, first >> 8 & 0xff, first & 0xff, count >> 8,
		       count & 0xff);
	return bench_ask(b, cdb);
}

/* Fails with this sense, as "3/11/00"? */
static inline void bench_fails(const struct bench *b, const char *sense)
{
	char text[16];

	assert_int_equal(b->answer.status, CHECK);
	(void)snprintf(text, sizeof(text), "%x/%02x/%02x", b->drive.sense.key,
		       b->drive.sense.code >> 8, b->drive.sense.code & 0xff);
	assert_string_equal(text, sense);
}

/* Begins with these bytes, as hex? */
static inline void bench_begins(const struct bench *b, const char *hex)
{
	uint8_t want[64];
	size_t n = bench_hex(hex, want, sizeof(want));

	assert_int_equal(b->answer.status, GOOD);
	assert_true(b->answer.len >= n);
	assert_memory_equal(b->answer.data, want, n);
}

#endif
