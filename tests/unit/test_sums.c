/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_sums.c - proves that cksum and sha256sum accept our checksum files for every file name, and
 * that theirs, and those of others, are understood here; broken lines are refused by number. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "rawright/fs.h"
#include "rawright/record.h"
#include "rawright/text.h"

static const char *const names[] = {
	"plain.img", "two words.img", "a\nb", "c\\d", "\\lead", "r\rr", "caf\xc3\xa9",
	"bad\xff\xfe", "x) = y", "SHA256 (z) = 00", "(", ")", " leading", "trailing ", "*star",
	"#hash", "-", "-dash", "a\\nb", "'quote'", "\\", "\n",
};
#define NAMES (sizeof(names) / sizeof(*names))

static char folder[] = "/tmp/rawright-sums-XXXXXX";

static int enter_folder(void **state)
{
	struct rr_err err = { 0 };

	(void)state;
	if (!mkdtemp(folder) || chdir(folder) < 0)
		return -1;
	return rr_digest_init(&err);
}

static int leave_folder(void **state)
{
	(void)state;
	return chdir("/") < 0 || rmdir(folder) < 0 ? -1 : 0;
}

/* Runs a program in this folder; its standard output goes to the file "out" when asked. */
static int run(const char *const argv[], const char *out)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		int fd = out ? open(out, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : null;

		if (dup2(fd, 1) >= 0 && dup2(null, 2) >= 0)
			execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void put_file(const char *name, const char *text)
{
	rr_autofree char *path = rr_text_format("./%s", name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
}

static void drop_file(const char *name)
{
	rr_autofree char *path = rr_text_format("./%s", name);

	assert_int_equal(unlink(path), 0);
}

/* A result with every digest of a text. */
static void hash_text(struct rr_result *r, const char *text)
{
	struct rr_err err = { 0 };

	*r = (struct rr_result){ 0 };
	r->digest = calloc(64, sizeof(*r->digest));
	assert_non_null(r->digest);
	for (; rr_digest_at(r->ndigest); r->ndigest++) {
		struct rr_digest_value *v = &r->digest[r->ndigest];
		struct rr_digest *d;

		v->algo = rr_digest_at(r->ndigest);
		assert_int_equal(rr_digest_open(v->algo, &d, &err), 0);
		rr_digest_update(d, 0, text, strlen(text));
		assert_true(rr_digest_final(d, v->value));
		rr_digest_close(d);
	}
}

static void cksum_checks_our_file_for_every_name(void **state)
{
	static const char *const check[] = { "cksum", "--strict", "--warn", "-c", "ours", NULL };

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		rr_autofree char *path = rr_text_format("/some/where/%s", names[i]);
		struct rr_err err = { 0 };
		struct rr_result r;
		char *text;

		hash_text(&r, names[i]);
		assert_int_equal(rr_sums_print(&r, path, &text, &err), 0);
		put_file(names[i], names[i]);
		put_file("ours", text);
		assert_int_equal(run(check, NULL), 0);
		put_file(names[i], "something else");
		assert_int_equal(run(check, NULL), 1);
		drop_file(names[i]);
		drop_file("ours");
		free(text);
		rr_result_clear(&r);
	}
}

static void sha256sum_checks_our_sha256_line(void **state)
{
	static const char *const check[] = { "sha256sum", "--strict", "-c", "one", NULL };
	struct rr_result r;

	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		rr_autofree char *line = NULL;

		if (strcmp(names[i], "-") == 0)
			continue;	/* its standard input: rr_sums_print alone writes ./- */
		hash_text(&r, names[i]);
		line = rr_sums_line(&r.digest[0], names[i]);
		assert_non_null(line);
		assert_null(strchr(line, '\n'));
		put_file(names[i], names[i]);
		put_file("one", line);
		assert_int_equal(run(check, NULL), 0);
		drop_file(names[i]);
		drop_file("one");
		rr_result_clear(&r);
	}
}

static void the_file_is_as_the_manual_says(void **state)
{
	static const char *const tags[] = {
		"SHA256", "MD5", "SHA1", "SHA224", "SHA384", "SHA512", "BLAKE2b", "BLAKE2b-160",
		"BLAKE2b-256", "BLAKE2b-384", "SM3",
	};
	rr_autofree char *text = NULL;
	struct rr_err err = { 0 };
	struct rr_sum_list list;
	struct rr_result r;

	(void)state;
	hash_text(&r, "abc");
	assert_int_equal(rr_sums_print(&r, "dir/disk.img", &text, &err), 0);
	assert_int_equal(strncmp(text, "# rawright " PACKAGE_VERSION "\n"
				 "# check with: cksum -c disk.img.sums\n"
				 "SHA256 (disk.img) = ba7816bf8f01cfea4141", 80), 0);
	assert_int_equal(rr_sums_parse(text, "x", &list, &err), 0);
	assert_int_equal(list.n, sizeof(tags) / sizeof(*tags));
	for (size_t i = 0; i < list.n; i++) {
		assert_string_equal(list.sum[i].tag, tags[i]);
		assert_string_equal(list.sum[i].name, "disk.img");
	}
	rr_sum_list_clear(&list);
	rr_result_clear(&r);
}

static void a_digest_without_a_tag_is_named_in_capitals(void **state)
{
	struct rr_digest_value v = { .algo = rr_digest_find("sha3-256") };
	rr_autofree char *line = rr_sums_line(&v, "f");

	(void)state;
	assert_int_equal(strncmp(line, "SHA3-256 (f) = 0000", 19), 0);
}

/* One file that a tool wrote about the file `name`, read by us. */
static void expect_parsed(const char *const argv[], const char *name, const char *tag)
{
	rr_autofree char *text = NULL;
	struct rr_err err = { 0 };
	struct rr_sum_list list;

	assert_int_equal(run(argv, "theirs"), 0);
	assert_int_equal(rr_file_load("theirs", 65536, &text, NULL, &err), 0);
	assert_int_equal(rr_sums_parse(text, "theirs", &list, &err), 0);
	assert_int_equal(list.n, 1);
	assert_string_equal(list.sum[0].name, name);
	assert_string_equal(list.sum[0].tag, tag);
	assert_string_equal(list.sum[0].hex,
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	rr_sum_list_clear(&list);
	drop_file("theirs");
}

static void what_coreutils_writes_is_understood_for_every_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < NAMES; i++) {
		const char *tagged[] = { "cksum", "-a", "sha256", "--", names[i], NULL };
		const char *plain[] = { "sha256sum", "--", names[i], NULL };
		const char *binary[] = { "sha256sum", "-b", "--", names[i], NULL };

		if (strcmp(names[i], "-") == 0)
			continue;
		put_file(names[i], "");
		expect_parsed(tagged, names[i], "SHA256");
		expect_parsed(plain, names[i], "");
		expect_parsed(binary, names[i], "");
		drop_file(names[i]);
	}
}

#define MD5_HEX "d41d8cd98f00b204e9800998ecf8427e"

static void forms_of_others_are_understood(void **state)
{
	static const struct { const char *text, *name, *tag, *hex; } good[] = {
		{ "MD5(f)= " MD5_HEX "\n", "f", "MD5", MD5_HEX },
		{ "MD5 (f) = " MD5_HEX, "f", "MD5", MD5_HEX },
		{ "MD5 (f) = " MD5_HEX "\r\n", "f", "MD5", MD5_HEX },
		{ MD5_HEX "  f\r\n\r\n", "f", "", MD5_HEX },
		{ MD5_HEX " f\n", "f", "", MD5_HEX },
		{ MD5_HEX " *f\n", "f", "", MD5_HEX },
		{ MD5_HEX "   f\n", " f", "", MD5_HEX },
		{ "\\" MD5_HEX "  a\\nb\\\\\n", "a\nb\\", "", MD5_HEX },
		{ MD5_HEX "  a\\nb\n", "a\\nb", "", MD5_HEX },
		{ "\xef\xbb\xbf# by somebody\n  \n" MD5_HEX "  f\n", "f", "", MD5_HEX },
		{ "MD5 (a) = b) = " MD5_HEX "\n", "a) = b", "MD5", MD5_HEX },
		{ MD5_HEX "  a (b) = c\n", "a (b) = c", "", MD5_HEX },
		{ "MD5 (f) = D41D8CD98F00B204E9800998ECF8427E\n", "f", "MD5",
		  "D41D8CD98F00B204E9800998ECF8427E" },
		{ "BLAKE2b-8 (f) = 2e\n", "f", "BLAKE2b-8", "2e" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct rr_err err = { 0 };
		struct rr_sum_list list;

		assert_int_equal(rr_sums_parse(good[i].text, "x", &list, &err), 0);
		assert_int_equal(list.n, 1);
		assert_string_equal(list.sum[0].name, good[i].name);
		assert_string_equal(list.sum[0].tag, good[i].tag);
		assert_string_equal(list.sum[0].hex, good[i].hex);
		rr_sum_list_clear(&list);
	}
}

static void broken_lines_are_refused_by_their_number(void **state)
{
	static const char *const bad[] = {
		"hello", MD5_HEX, MD5_HEX "  ", MD5_HEX " ", "MD5 (f) = ", "MD5 () = " MD5_HEX,
		"MD5 (f) = d41d8c", "SHA256 (f) = " MD5_HEX,
		"MD5 (f) = zz1d8cd98f00b204e9800998ecf8427e",
		"(f) = " MD5_HEX, "MD5 (f " MD5_HEX, "\\" MD5_HEX "  a\\xb", "\\" MD5_HEX "  a\\",
		"\\", "123  f", "4038471504 75 f", "A B (f) = " MD5_HEX,
		MD5_HEX MD5_HEX MD5_HEX MD5_HEX "00  f", ")= ", "x)= ",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		rr_autofree char *text = rr_text_format("# fine\n" MD5_HEX "  f\n%s\n", bad[i]);
		struct rr_sum_list list;
		struct rr_err err = { 0 };

		assert_int_equal(rr_sums_parse(text, "the.sums", &list, &err), -1);
		assert_int_equal(err.kind, RR_FORMAT);
		assert_non_null(strstr(err.text, "the.sums, line 3"));
		assert_null(list.sum);
	}
}

static void nothing_in_a_file_is_no_error(void **state)
{
	struct rr_err err = { 0 };
	struct rr_sum_list list;

	(void)state;
	assert_int_equal(rr_sums_parse("", "x", &list, &err), 0);
	assert_int_equal(list.n, 0);
	assert_int_equal(rr_sums_parse("#\n\n\r\n \t\n", "x", &list, &err), 0);
	assert_int_equal(list.n, 0);
	rr_sum_list_clear(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cksum_checks_our_file_for_every_name),
		cmocka_unit_test(sha256sum_checks_our_sha256_line),
		cmocka_unit_test(the_file_is_as_the_manual_says),
		cmocka_unit_test(a_digest_without_a_tag_is_named_in_capitals),
		cmocka_unit_test(what_coreutils_writes_is_understood_for_every_name),
		cmocka_unit_test(forms_of_others_are_understood),
		cmocka_unit_test(broken_lines_are_refused_by_their_number),
		cmocka_unit_test(nothing_in_a_file_is_no_error),
	};

	return cmocka_run_group_tests(tests, enter_folder, leave_folder);
}
