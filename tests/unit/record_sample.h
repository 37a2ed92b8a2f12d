/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_sample.h - a result in which everything happened, and looks into its record. */
#ifndef RR_RECORD_SAMPLE_H
#define RR_RECORD_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <cmocka.h>
#include <jansson.h>

#include "rawright/record.h"
#include "rawright/text.h"

#define MIB ((uint64_t)1 << 20)

static inline void *must(void *p)
{
	assert_non_null(p);
	return p;
}

static inline void fill_asked(struct rr_result *r)
{
	static const char *const argv[] = { "rawright", "read", "/dev/sdb", "caf\xc3\xa9\xff.img" };

	r->argc = 4;
	r->argv = must(calloc(5, sizeof(*r->argv)));
	for (int i = 0; i < 4; i++)
		r->argv[i] = must(strdup(argv[i]));
	r->info.number = must(strdup("2026-17"));
	r->info.examiner = must(strdup("J. \"Doe\"\n"));
	r->nrun = 2;
	r->run = must(calloc(2, sizeof(*r->run)));
	for (size_t i = 0; i < 2; i++) {
		struct rr_run *run = &r->run[i];

		(void)snprintf(run->start, sizeof(run->start), "2026-11-23T15:2%zu:22.123Z", i);
		(void)snprintf(run->end, sizeof(run->end), "2026-11-23T15:3%zu:22.123Z", i);
		(void)snprintf(run->utc_offset, sizeof(run->utc_offset), "+01:00");
		run->seconds = 600.1 + (double)i;
		run->clock_synchronised = i == 0;
	}
	(void)snprintf(r->run[0].stopped_by, sizeof(r->run[0].stopped_by), "SIGINT");
}

static inline void fill_source(struct rr_result *r)
{
	struct rr_node *node = &r->source;

	node->path = must(strdup("/dev/sdb"));
	node->name = must(strdup("sdb"));
	node->kind = "usb-stick";
	node->bus = must(strdup("usb"));
	node->vendor = must(strdup("ACME"));
	node->model = must(strdup("Stick\x1b[31m\xe9"));
	node->serial = must(strdup("0123"));
	node->dev = makedev(8, 16);
	node->bytes = 16 * MIB;
	node->sector = 512;
	node->physical_sector = 4096;
	node->diskseq = 42;
	node->removable = true;
	r->exclusive = true;
	r->read_only_set = true;
	r->read_only_cleared = 3;
	r->direct = true;
	r->offset = 4 * MIB;
	r->length = 8 * MIB;
}

static inline void fill_destinations(struct rr_result *r)
{
	const struct rr_range differs = { MIB, 512, 0, 0 }, unreadable = { 2 * MIB, 512, 5, 0 };
	struct rr_err err;

	r->ndest = 2;
	r->dest = must(calloc(2, sizeof(*r->dest)));
	r->dest[0].path = must(strdup("caf\xc3\xa9\xff.img"));
	r->dest[0].status = RR_DEST_DIFFERENT;
	r->dest[0].verification.done = true;
	r->dest[0].verification.how = RR_HOW_DROPPED;
	r->dest[0].verification.bytes = 8 * MIB;
	r->dest[0].verification.compared = 8 * MIB;
	r->dest[0].verification.digests_compared = true;
	assert_int_equal(rr_range_add(&r->dest[0].verification.differences, &differs, &err), 0);
	r->dest[1].path = must(strdup("|cat"));
	r->dest[1].stream = true;
	r->dest[1].status = RR_DEST_FAILED;
	rr_fail(&r->dest[1].err, RR_SYSTEM, 28, "cannot write |cat\a");
	r->reread.done = true;
	r->reread.how = RR_HOW_DIRECT;
	r->reread.bytes = r->reread.compared = 8 * MIB - 5120;
	assert_int_equal(rr_range_add(&r->reread.differences, &unreadable, &err), 0);
}

static inline void fill_digests(struct rr_result *r)
{
	struct rr_err err;

	r->ndigest = 2;
	r->digest = must(calloc(2, sizeof(*r->digest)));
	r->digest[0].algo = rr_digest_find("sha256");
	r->digest[1].algo = rr_digest_find("md5");
	memset(r->digest[0].value, 0xab, 32);
	memset(r->digest[1].value, 0x0c, 16);
	r->window = MIB;
	r->nwindow = 8;
	r->window_sha256 = must(calloc(8, sizeof(*r->window_sha256)));
	for (size_t i = 0; i < 8; i++) {
		const struct rr_segment seg = { i * MIB, MIB, (uint32_t)(0xdeadbeef + i) };

		memset(r->window_sha256[i], (int)i, 32);
		assert_int_equal(rr_segment_add(&r->segments, &seg, &err), 0);
	}
}

/* A job in which everything happened. */
static inline void fill(struct rr_result *r)
{
	const struct rr_range one = { 5 * MIB, 4096, 5, 2 }, two = { 6 * MIB, 512, 524, 0 };
	const struct rr_range three = { 7 * MIB, 512, 0, 1 };
	struct rr_err err;

	*r = (struct rr_result){ 0 };
	fill_asked(r);
	fill_source(r);
	fill_destinations(r);
	fill_digests(r);
	r->outcome = RR_COMPLETE_WITH_ERRORS;
	r->exit = RR_EXIT_DIFFERENT;
	rr_fail(&r->err, RR_MISMATCH, 0, "the image is not what was written");
	r->bytes_read = 8 * MIB - 5120;
	r->bytes_filled = 5120;
	r->fill = must(strdup("BAD!"));
	r->retries = 1;
	assert_int_equal(rr_range_add(&r->bad, &one, &err), 0);
	assert_int_equal(rr_range_add(&r->bad, &two, &err), 0);
	assert_int_equal(rr_range_add(&r->bad, &three, &err), 0);
	rr_result_note(r, "unreadable", "label \"%s\"", "\xff\xfe");
	r->note[0].placed = true;
	r->note[0].off = 5 * MIB;
	r->note[0].len = 4096;
	rr_result_note(r, "hold", "read-only flag set");
}

static inline char *render(const struct rr_result *r)
{
	struct rr_err err = { 0 };
	char *text = NULL;

	assert_int_equal(rr_record_render(r, &text, &err), 0);
	return must(text);
}

/* A member by its path, "result.bad.1.errno". */
static inline json_t *at(json_t *root, const char *path)
{
	while (root && *path) {
		size_t len = strcspn(path, ".");
		rr_autofree char *key = must(strndup(path, len));

		root = json_is_array(root) ? json_array_get(root, strtoul(key, NULL, 10)) :
		       json_object_get(root, key);
		path += len + (path[len] == '.');
	}
	return root;
}

static inline void expect_text(json_t *root, const char *path, const char *text)
{
	const char *value = json_string_value(at(root, path));

	if (!value)
		fail_msg("no text at %s", path);
	assert_string_equal(value, text);
}

static inline void expect_number(json_t *root, const char *path, uint64_t n)
{
	json_t *value = at(root, path);

	if (!json_is_integer(value))
		fail_msg("no whole number at %s", path);
	assert_int_equal(json_integer_value(value), n);
}

static inline json_t *load(const char *text)
{
	json_error_t why;

	return must(json_loads(text, JSON_REJECT_DUPLICATES, &why));
}

static inline int ready(void **state)
{
	struct rr_err err;

	(void)state;
	return rr_digest_init(&err);
}

#endif
