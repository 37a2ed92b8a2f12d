/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_record_parse.c - proves that what is no record, however it is broken, is refused and does no
 * more, and that what a later version may add does no harm. */
#include "record_sample.h"

/* Parses a record in which what stands at path was replaced by value (JSON; NULL: taken away). */
static int parse_with(const char *path, const char *value, struct rr_result *back,
		      struct rr_err *err)
{
	rr_autofree char *text = NULL, *changed = NULL;
	const char *dot = strrchr(path, '.'), *key = dot ? dot + 1 : path;
	rr_autofree char *above = must(strndup(path, dot ? (size_t)(dot - path) : 0));
	struct rr_result r;
	json_t *root, *parent;
	int got;

	fill(&r);
	text = render(&r);
	rr_result_clear(&r);
	root = load(text);
	parent = must(at(root, above));
	if (!value)
		assert_int_equal(json_object_del(parent, key), 0);
	else if (json_is_array(parent))
		assert_int_equal(json_array_set_new(parent, strtoul(key, NULL, 10),
						    json_loads(value, JSON_DECODE_ANY, NULL)), 0);
	else
		assert_int_equal(json_object_set_new(parent, key,
						     json_loads(value, JSON_DECODE_ANY, NULL)), 0);
	changed = must(json_dumps(root, 0));
	json_decref(root);
	got = rr_record_parse(changed, strlen(changed), "x.json", back, err);
	return got;
}

static void wrong_members_are_refused(void **state)
{
	static const struct { const char *path, *value; } bad[] = {
		{ "schema", NULL }, { "schema", "\"rawright-record/2\"" }, { "schema", "1" },
		{ "runs", "{}" }, { "runs.0", "1" }, { "runs.0.start", "1" },
		{ "runs.0.start", "\"2026-11-23T15:29:22.123456789012345678901234567890Z\"" },
		{ "runs.0.seconds", "\"1\"" }, { "runs.0.clock_synchronised", "1" },
		{ "case", "[]" }, { "case.number", "17" },
		{ "source", NULL }, { "source", "[]" }, { "source.bytes", "-1" },
		{ "source.bytes", "1.5" }, { "source.bytes", "\"1\"" }, { "source.model", "5" },
		{ "source.model_hex", "\"5\"" }, { "source.model_hex", "\"zz\"" },
		{ "source.model_hex", "\"410042\"" }, { "source.sector", "4294967296" },
		{ "source.length", NULL }, { "source.length", "9223372036854775807" },
		{ "source.offset", "-512" }, { "source.read_only", "true" },
		{ "destination", "{}" }, { "destination.0", "\"x\"" },
		{ "destination.0.path", NULL }, { "destination.0.status", "\"fine\"" },
		{ "destination.0.verification.how", "\"by hand\"" },
		{ "destination.0.verification.differences", "[{\"offset\":8388608,\"length\":1}]" },
		{ "result", NULL }, { "result.status", NULL }, { "result.status", "\"good\"" },
		{ "result.exit", "256" }, { "result.exit", "-1" }, { "result.bytes_read", "true" },
		{ "result.bad", "[[]]" }, { "result.bad.0.offset", "0" },
		{ "result.bad.0.length", "0" }, { "result.bad.0.length", "9223372036854775807" },
		{ "result.bad.1.offset", "5242880" }, { "result.bad.2.length", "5242881" },
		{ "result.bad.0.errno", "\"ENOTHING\"" }, { "result.bad.0.errno", "5" },
		{ "result.bad.0.errno", "\"0\"" }, { "result.bad.0.tries", "-1" },
		{ "result.bad.0.tries", "99999999999" },
		{ "digests", "[]" }, { "digests.sha256", "\"ab\"" }, { "digests.md5", "5" },
		{ "windows.size", "0" }, { "windows.size", "2097152" }, { "windows.sha256", "{}" },
		{ "windows.sha256.0", "\"00\"" }, { "windows.sha256.0", "7" },
		{ "segments.algorithm", "\"crc64\"" }, { "segments.algorithm", NULL },
		{ "segments.list.0", "[0, 1048577, \"deadbeef\"]" },	/* overlaps the next */
		{ "segments.list.1", "[0, 512, \"deadbeef\"]" },		/* does not rise */
		{ "segments.list.7", "[7340032, 1048577, \"deadbeef\"]" },	/* past the end */
		{ "segments.list.7", "[9223372036854775807, 9223372036854775807, \"deadbeef\"]" },
		{ "segments.list.0", "[0, 0, \"deadbeef\"]" },
		{ "segments.list.0", "[0, -5, \"deadbeef\"]" },
		{ "segments.list.0", "[0, 512]" },
		{ "segments.list.0", "[0, 512, \"deadbeef\", 0]" },
		{ "segments.list.0", "[0, 512, \"deadbee\"]" },
		{ "segments.list.0", "[0, 512, 7]" }, { "segments.list.0", "{}" },
		{ "reread", "[]" }, { "reread.differences.0.offset", "12582912" },
		{ "events", "7" }, { "events.0", "[]" }, { "events.0.text", NULL },
		{ "events.0.kind", "\"a kind that is longer than a kind\"" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct rr_result back;
		struct rr_err err = { 0 };

		if (parse_with(bad[i].path, bad[i].value, &back, &err) == 0)
			fail_msg("%s may be %s", bad[i].path,
				 bad[i].value ? bad[i].value : "absent");
		assert_int_equal(err.kind, RR_FORMAT);
		assert_non_null(strstr(err.text, "x.json"));
		assert_null(back.run);
		assert_null(back.source.path);
	}
}

static void unknown_members_digests_and_absent_parts_do_no_harm(void **state)
{
	static const struct { const char *path, *value; } good[] = {
		{ "extra", "{\"a\":[1]}" }, { "source.geometry", "{}" },
		{ "digests.blake3", "\"00\"" }, { "reread", NULL },
		{ "result.bad.0.sense", "\"3/11/0\"" }, { "source.kind", "\"tape\"" },
		{ "runs", NULL }, { "destination", NULL }, { "digests", NULL }, { "windows", NULL },
		{ "segments", NULL }, { "events", NULL }, { "case", NULL },
		{ "result.fill", "null" },
		{ "source.model_hex", NULL }, { "verification", "7" }, { "tool", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct rr_result back;
		struct rr_err err = { 0 };

		if (parse_with(good[i].path, good[i].value, &back, &err) < 0)
			fail_msg("%s: %s", good[i].path, err.text);
		assert_int_equal(back.length, 8 * MIB);
		rr_result_clear(&back);
	}
}

static void texts_that_are_no_json_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "{", "[]", "null", "\"rawright-record/1\"", "{}", "\xff", "{} {}",
		"{\"schema\":\"rawright-record/1\"}",
		"{\"source\":{\"bytes\":99999999999999999999}}", "{\"a\":\"\\u0000\"}",
	};
	rr_autofree char *deep = must(malloc(1000000));
	struct rr_result back;
	struct rr_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		err.kind = RR_OK;
		assert_int_equal(rr_record_parse(bad[i], strlen(bad[i]), "x.json", &back, &err),
				 -1);
		assert_int_equal(err.kind, RR_FORMAT);
	}
	memset(deep, '[', 1000000);
	assert_int_equal(rr_record_parse(deep, 1000000, "x.json", &back, &err), -1);
	assert_int_equal(err.kind, RR_FORMAT);
	assert_int_equal(rr_record_parse(deep, RR_RECORD_LIMIT + 1, "x.json", &back, &err), -1);
	assert_int_equal(err.kind, RR_FORMAT);
}

static void a_member_that_stands_there_twice_is_refused(void **state)
{
	rr_autofree char *text = NULL, *twice = NULL;
	struct rr_result r, back;
	struct rr_err err = { 0 };

	(void)state;
	fill(&r);
	text = render(&r);
	rr_result_clear(&r);
	twice = must(rr_text_format("{ \"events\": [], %s", text + 1));
	assert_int_equal(rr_record_parse(twice, strlen(twice), "x.json", &back, &err), -1);
	assert_int_equal(err.kind, RR_FORMAT);
}

static unsigned next(unsigned *x)
{
	*x = *x * 1664525u + 1013904223u;
	return *x >> 8;
}

/* Bytes changed, left out, doubled, or made special; under the sanitizers this must stay quiet. */
static void mutated_records_never_do_more_than_be_refused(void **state)
{
	static const char special[] = "0-9e.\"{}[]:,\\nft\x80\xff";
	rr_autofree char *text = NULL, *copy = NULL;
	size_t len, good = 0, refused = 0;
	struct rr_result r;
	unsigned x = 4711;

	(void)state;
	fill(&r);
	text = render(&r);
	rr_result_clear(&r);
	len = strlen(text);
	copy = must(malloc(len + 1));
	for (int round = 0; round < 6000; round++) {
		struct rr_err err = { 0 };
		size_t n = len - (round % 7 == 0 ? next(&x) % len : 0);

		memcpy(copy, text, len + 1);
		for (unsigned i = 0, changes = 1 + next(&x) % 3; i < changes; i++) {
			size_t place = next(&x) % len;

			copy[place] = next(&x) % 2 ? special[next(&x) % (sizeof(special) - 1)] :
				      (char)('0' + next(&x) % 10);
		}
		if (rr_record_parse(copy, n, "x.json", &r, &err) == 0) {
			good++;
			free(render(&r));
			rr_result_clear(&r);
		} else {
			assert_true(err.kind == RR_FORMAT);
			refused++;
		}
	}
	assert_true(good > 100 && refused > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_members_are_refused),
		cmocka_unit_test(unknown_members_digests_and_absent_parts_do_no_harm),
		cmocka_unit_test(texts_that_are_no_json_are_refused),
		cmocka_unit_test(a_member_that_stands_there_twice_is_refused),
		cmocka_unit_test(mutated_records_never_do_more_than_be_refused),
	};

	return cmocka_run_group_tests(tests, ready, NULL);
}
