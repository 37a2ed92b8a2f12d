/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_record.c - proves that a record holds what the result held and keeps to its schema, and that
 * it comes back as it was. */
#include <sys/wait.h>

#include "record_sample.h"

static void foreign_texts_are_printable_with_their_bytes_beside(void **state)
{
	struct rr_result r;
	rr_autofree char *text = NULL;
	json_t *root;

	(void)state;
	fill(&r);
	text = render(&r);
	root = load(text);
	expect_text(root, "source.model", "Stick\\x1b[31m\\xe9");
	expect_text(root, "source.model_hex", "537469636b1b5b33316de9");
	assert_null(at(root, "source.serial_hex"));
	expect_text(root, "invocation.argv.3", "caf\xc3\xa9\\xff.img");
	expect_text(root, "invocation.argv_hex.3", "636166c3a9ff2e696d67");
	expect_text(root, "invocation.argv_hex.0", "7261777269676874");
	expect_text(root, "case.examiner", "J. \"Doe\"\\x0a");
	expect_text(root, "destination.0.path_hex", "636166c3a9ff2e696d67");
	expect_text(root, "destination.1.error", "cannot write |cat\\x07: No space left on device");
	expect_text(root, "events.0.text", "label \"\\xff\\xfe\"");
	for (const char *p = text; *p; p++)
		assert_true((unsigned char)*p >= 32 || *p == '\n');
	json_decref(root);
	rr_result_clear(&r);
}

static void the_record_holds_what_the_result_held(void **state)
{
	struct rr_result r;
	rr_autofree char *text = NULL;
	json_t *root;

	(void)state;
	fill(&r);
	text = render(&r);
	root = load(text);
	expect_text(root, "schema", "rawright-record/1");
	expect_text(root, "tool.version", PACKAGE_VERSION);
	expect_text(root, "tool.libraries.jansson", jansson_version_str());
	expect_text(root, "runs.0.stopped_by", "SIGINT");
	expect_text(root, "runs.1.stopped_by", "");
	expect_text(root, "case.number", "2026-17");
	assert_null(at(root, "case.label"));
	expect_text(root, "source.device", "8:16");
	expect_number(root, "source.bytes", 16 * MIB);
	expect_number(root, "source.offset", 4 * MIB);
	expect_number(root, "source.length", 8 * MIB);
	expect_number(root, "source.diskseq", 42);
	expect_number(root, "source.read_only.cleared", 3);
	assert_true(json_is_true(at(root, "source.read_only.set")));
	assert_true(json_is_false(at(root, "source.mounted")));
	expect_text(root, "destination.0.status", "different");
	expect_number(root, "destination.0.bytes", 8 * MIB);
	assert_null(at(root, "destination.1.bytes"));
	expect_text(root, "destination.1.status", "failed");
	expect_text(root, "destination.1.verification.status", "unverified");
	expect_text(root, "result.status", "complete-with-errors");
	expect_number(root, "result.exit", 4);
	expect_text(root, "result.error", "the image is not what was written");
	expect_number(root, "result.bytes_filled", 5120);
	expect_number(root, "result.bad.0.offset", 5 * MIB);
	expect_text(root, "result.bad.0.errno", "EIO");
	expect_text(root, "result.bad.1.errno", "524");
	assert_null(at(root, "result.bad.2.errno"));
	expect_text(root, "result.io", "direct");
	expect_text(root, "result.digest_over", "stream");
	expect_text(root, "result.fill", "BAD!");
	expect_text(root, "digests.md5", "0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c0c");
	expect_number(root, "windows.size", MIB);
	assert_int_equal(json_array_size(at(root, "windows.sha256")), 8);
	expect_number(root, "segments.list.2.0", 2 * MIB);
	expect_text(root, "segments.list.2.2", "deadbef1");
	expect_text(root, "verification.status", "different");
	expect_text(root, "verification.how", "cache-dropped");
	expect_text(root, "verification.digests", "different");
	expect_number(root, "verification.differences.0.offset", MIB);
	assert_null(at(root, "verification.differences.0.errno"));
	expect_text(root, "reread.what", "source");
	expect_text(root, "reread.status", "different");
	expect_text(root, "reread.differences.0.errno", "EIO");
	expect_number(root, "events.0.offset", 5 * MIB);
	assert_null(at(root, "events.1.offset"));
	json_decref(root);
	rr_result_clear(&r);
}

static void what_was_not_asked_for_is_not_there(void **state)
{
	struct rr_result r = { 0 };
	rr_autofree char *text = NULL;
	json_t *root;

	(void)state;
	text = render(&r);
	root = load(text);
	assert_null(at(root, "case"));
	assert_null(at(root, "windows"));
	assert_null(at(root, "segments"));
	assert_null(at(root, "verification"));
	assert_null(at(root, "reread"));
	assert_null(at(root, "result.error"));
	assert_null(at(root, "result.fill"));
	assert_null(at(root, "invocation.argv_hex"));
	json_decref(root);
}

static void ranges_and_segments_stand_on_a_line_each(void **state)
{
	struct rr_result r;
	rr_autofree char *text = NULL;

	(void)state;
	fill(&r);
	text = render(&r);
	assert_non_null(strstr(text, "\n      {\"offset\": 5242880, \"length\": 4096, "
			       "\"errno\": \"EIO\", \"tries\": 2},\n"));
	assert_non_null(strstr(text, "\n      [1048576, 1048576, \"deadbef0\"],\n"));
	assert_non_null(strstr(text, "\n  \"digests\": {"));
	assert_string_equal(text + strlen(text) - 4, "}\n}\n");
	rr_result_clear(&r);
}

static const char *status_of(const struct rr_verification *v, json_t **root)
{
	struct rr_dest dest = { .path = NULL, .verification = *v };
	struct rr_result r = { .dest = &dest, .ndest = 1 };
	rr_autofree char *text = render(&r);

	*root = load(text);
	return json_string_value(at(*root, "verification.status"));
}

static void a_match_is_said_only_of_what_was_compared_whole(void **state)
{
	static const struct { struct rr_verification v; const char *status; } row[] = {
		{ { .done = false }, "unverified" },
		{ { .done = true, .bytes = 9, .compared = 9 }, "match" },
		{ { .done = true, .bytes = 9, .compared = 5 }, "partial" },
		{ { .done = true, .bytes = 9, .compared = 0 }, "unverified" },
		{ { .done = true, .bytes = 0, .compared = 0 }, "match" },
		{ { .done = true, .bytes = 9, .digests_compared = true, .digests_match = true },
		  "match" },
		{ { .done = true, .bytes = 9, .compared = 9, .digests_compared = true },
		  "different" },
		{ { .done = false, .bytes = 5, .compared = 5 }, "unverified" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		json_t *root;

		assert_string_equal(status_of(&row[i].v, &root), row[i].status);
		json_decref(root);
	}
}

/* Without what is of the moment of writing, or is not read back. */
static json_t *lasting(const char *text)
{
	json_t *root = load(text), *dest = at(root, "destination");

	json_object_del(root, "invocation");
	json_object_del(at(root, "source"), "device");
	json_object_del(at(root, "result"), "error");
	for (size_t i = 0; i < json_array_size(dest); i++) {
		json_object_del(json_array_get(dest, i), "error");
		json_object_del(json_array_get(dest, i), "error_hex");
	}
	return root;
}

static void a_record_comes_back_as_it_was(void **state)
{
	rr_autofree char *first = NULL, *second = NULL;
	struct rr_err err = { 0 };
	struct rr_result r, back;
	json_t *a, *b;

	(void)state;
	fill(&r);
	first = render(&r);
	assert_int_equal(rr_record_parse(first, strlen(first), "x.json", &back, &err), 0);
	second = render(&back);
	a = lasting(first);
	b = lasting(second);
	assert_true(json_equal(a, b));
	assert_string_equal(back.source.model, r.source.model);
	assert_string_equal(back.dest[0].path, r.dest[0].path);
	assert_string_equal(back.note[0].text, r.note[0].text);
	assert_string_equal(back.info.examiner, r.info.examiner);
	assert_string_equal(back.source.kind, "usb-stick");
	assert_int_equal(back.segments.seg[7].crc, r.segments.seg[7].crc);
	assert_int_equal(back.bad.range[1].os, 524);
	assert_int_equal(back.reread.differences.range[0].os, 5);
	json_decref(a);
	json_decref(b);
	rr_result_clear(&back);
	rr_result_clear(&r);
}

/* Does the file keep to the schema? 77: it cannot be told here. */
static int validate(const char *schema, const char *path)
{
	static const char program[] =
		"import json,sys\n"
		"try:\n import jsonschema\nexcept ImportError:\n sys.exit(77)\n"
		"s,r=(json.load(open(p)) for p in sys.argv[1:])\n"
		"v=jsonschema.Draft202012Validator(s); v.check_schema(s)\n"
		"e=[m for m in v.iter_errors(r)]\n"
		"[print(list(m.absolute_path),m.message) for m in e]\nsys.exit(len(e)>0)\n";
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		execl("/usr/bin/python3", "python3", "-c", program, schema, path, (char *)NULL);
		_exit(77);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The status of a result's record, with one text in it replaced. */
static int schema_says(const struct rr_result *r, const char *from, const char *to)
{
	const char *srcdir = getenv("srcdir");
	rr_autofree char *schema = rr_text_format("%s/docs/rawright-record.schema.json",
						  srcdir ? srcdir : ".");
	char path[] = "/tmp/rawright-record-XXXXXX";
	int fd = mkstemp(path), status;
	rr_autofree char *text = render(r);
	char *place = must(strstr(text, from));

	assert_true(fd >= 0);
	assert_int_equal(dprintf(fd, "%.*s%s%s", (int)(place - text), text, to,
				 place + strlen(from)),
			 strlen(text) - strlen(from) + strlen(to));
	assert_int_equal(close(fd), 0);
	status = validate(schema, path);
	assert_int_equal(unlink(path), 0);
	return status;
}

static void records_keep_to_the_schema_and_it_is_strict(void **state)
{
	static const struct { const char *from, *to; } broken[] = {
		{ "\"schema\"", "\"unknown\": 1, \"schema\"" }, { "\"EIO\"", "\"eio\"" },
		{ "\"rawright-record/1\"", "\"rawright-record/9\"" },
		{ "\"complete-with-errors\"", "\"done\"" }, { "\"exit\": 4", "\"exit\": 77" },
		{ "\"bytes_read\": ", "\"bytes_read\": -" }, { "\"md5\": \"0c", "\"md5\": \"" },
		{ "\"deadbeef\"", "\"DEADBEEF\"" }, { "\"direct\"", "\"fast\"" },
		{ "\"removable\": true", "\"removable\": 1" }, { "22.123Z", "22.123" },
	};
	struct rr_result r;
	int status;

	(void)state;
	fill(&r);
	status = schema_says(&r, "", "");
	if (status == 77) {
		rr_result_clear(&r);
		print_message("skipped: python3-jsonschema is not installed\n");
		skip();
	}
	assert_int_equal(status, 0);
	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++)
		if (schema_says(&r, broken[i].from, broken[i].to) != 1)
			fail_msg("the schema allows %s", broken[i].to);
	rr_result_clear(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(foreign_texts_are_printable_with_their_bytes_beside),
		cmocka_unit_test(the_record_holds_what_the_result_held),
		cmocka_unit_test(what_was_not_asked_for_is_not_there),
		cmocka_unit_test(ranges_and_segments_stand_on_a_line_each),
		cmocka_unit_test(a_match_is_said_only_of_what_was_compared_whole),
		cmocka_unit_test(a_record_comes_back_as_it_was),
		cmocka_unit_test(records_keep_to_the_schema_and_it_is_strict),
	};

	return cmocka_run_group_tests(tests, ready, NULL);
}
