/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_fs.c - proves that small files are read whole, saved whole or not at all, and left clean.
 * Owns: a folder of its own, removed at the end.   Threads: one. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "rawright/fs.h"

/* Each test stands in an empty folder of its own. */
static int enter(void **state)
{
	char *dir = strdup("/tmp/rawright-fs-XXXXXX");

	*state = dir;
	return dir && mkdtemp(dir) && chdir(dir) == 0 ? 0 : -1;
}

static size_t entries(bool remove)
{
	DIR *dir = opendir(".");
	size_t n = 0;

	assert_non_null(dir);
	for (struct dirent *e; (e = readdir(dir)) != NULL;) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		n++;
		if (remove && unlink(e->d_name) < 0)
			assert_int_equal(rmdir(e->d_name), 0);
	}
	closedir(dir);
	return n;
}

static int leave(void **state)
{
	int rc;

	entries(true);
	rc = chdir("/") == 0 && rmdir(*state) == 0 ? 0 : -1;
	free(*state);
	return rc;
}

static void put(const char *name, const char *text)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(close(fd), 0);
}

static void expect_content(const char *name, const char *text)
{
	rr_autofree char *got = NULL;
	struct rr_err err;
	size_t len;

	assert_int_equal(rr_file_load(name, 4096, &got, &len, &err), 0);
	assert_int_equal(len, strlen(text));
	assert_string_equal(got, text);
}

static void pread_stops_at_the_end(void **state)
{
	char buf[8] = { 0 };
	size_t got;
	int fd;

	(void)state;
	put("f", "0123456789");
	fd = open("f", O_RDONLY);
	assert_int_equal(rr_pread(fd, buf, 4, 3, &got), 0);
	assert_int_equal(got, 4);
	assert_memory_equal(buf, "3456", 4);
	assert_int_equal(rr_pread(fd, buf, 8, 7, &got), 0);
	assert_int_equal(got, 3);
	assert_int_equal(rr_pread(fd, buf, 8, 100, &got), 0);
	assert_int_equal(got, 0);
	close(fd);
	assert_int_equal(rr_pread(fd, buf, 8, 0, &got), EBADF);
	assert_int_equal(got, 0);
}

static void pwrite_says_how_far_it_came(void **state)
{
	int fd = open("f", O_RDWR | O_CREAT, 0600), full = open("/dev/full", O_WRONLY);
	struct rlimit old, limit;
	size_t done;

	(void)state;
	assert_int_equal(rr_pwrite(fd, "abcdef", 6, 2, &done), 0);
	assert_int_equal(done, 6);
	assert_int_equal(rr_pwrite(fd, "xy", 2, RR_STREAM, NULL),
			 0); /* at the descriptor's own place */
	expect_content("f", "xyabcdef");
	assert_int_equal(rr_pwrite(full, "abc", 3, RR_STREAM, &done), ENOSPC);
	assert_int_equal(done, 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = old;
	limit.rlim_cur = 10;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(rr_pwrite(fd, "0123456789", 10, 4, &done), EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(done, 6);
	close(fd);
	close(full);
}

static void load_takes_whole_files_up_to_a_limit(void **state)
{
	rr_autofree char *text = NULL;
	struct rr_err err;

	(void)state;
	put("f", "0123456789");
	assert_int_equal(rr_file_load("f", 10, &text, NULL, &err), 0);
	assert_string_equal(text, "0123456789");
	assert_int_equal(rr_file_load("f", 9, &text, NULL, &err), -1);
	assert_int_equal(err.kind, RR_FORMAT);
	assert_int_equal(rr_file_load("nothing", 9, &text, NULL, &err), -1);
	assert_int_equal(err.kind, RR_SYSTEM);
	assert_int_equal(err.os, ENOENT);
	assert_non_null(strstr(err.text, "nothing"));
}

static void load_never_waits_for_a_pipe(void **state)
{
	rr_autofree char *text = NULL;
	struct rr_err err;

	(void)state;
	assert_int_equal(mkfifo("pipe", 0600), 0);
	alarm(10);
	assert_int_equal(rr_file_load("pipe", 10, &text, NULL, &err), -1);
	assert_int_equal(rr_file_load(".", 10, &text, NULL, &err), -1);
	alarm(0);
	assert_null(text);
}

static void a_line_ends_at_its_end(void **state)
{
	rr_autofree char *line = NULL, *bare = NULL, *empty = NULL;

	(void)state;
	put("line", "one\ntwo\n");
	put("bare", "one");
	put("empty", "");
	line = rr_file_line("line");
	bare = rr_file_line("bare");
	empty = rr_file_line("empty");
	assert_string_equal(line, "one");
	assert_string_equal(bare, "one");
	assert_true(!empty || !*empty);
	assert_null(rr_file_line("nothing"));
}

static void a_new_file_is_saved_whole(void **state)
{
	mode_t mask = umask(002);
	struct rr_err err;
	struct stat st;

	(void)state;
	assert_int_equal(rr_file_save("new", "text", 4, RR_SAVE_NEW, &err), 0);
	umask(mask);
	expect_content("new", "text");
	assert_int_equal(stat("new", &st), 0);
	assert_int_equal(st.st_mode & 0777, 0664);
	assert_int_equal(entries(false), 1);
}

static void what_exists_is_not_overwritten(void **state)
{
	struct rr_err err;

	(void)state;
	put("old", "keep me");
	assert_int_equal(rr_file_save("old", "new", 3, RR_SAVE_NEW, &err), -1);
	assert_int_equal(err.kind, RR_SYSTEM);
	assert_int_equal(err.os, EEXIST);
	expect_content("old", "keep me");
	assert_int_equal(entries(false), 1);
}

/* Replacing gives a new file under the name: whoever has the old one open keeps it whole. */
static void replacing_is_by_rename(void **state)
{
	struct rr_err err;
	char buf[16];
	int fd, n;

	(void)state;
	put("old", "old text");
	fd = open("old", O_RDONLY);
	assert_int_equal(rr_file_save("old", "new", 3, RR_SAVE_REPLACE, &err), 0);
	expect_content("old", "new");
	n = (int)read(fd, buf, sizeof(buf));
	assert_int_equal(n, 8);
	assert_memory_equal(buf, "old text", 8);
	close(fd);
	assert_int_equal(entries(false), 1);
}

static void what_is_no_plain_file_is_never_replaced(void **state)
{
	static const char *const names[] = { "folder", "pipe", "link", "dangling" };
	struct rr_err err;
	struct stat st;

	(void)state;
	put("target", "untouched");
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(mkfifo("pipe", 0600), 0);
	assert_int_equal(symlink("target", "link"), 0);
	assert_int_equal(symlink("nowhere", "dangling"), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		assert_int_equal(rr_file_save(names[i], "x", 1, RR_SAVE_REPLACE, &err), -1);
		assert_int_equal(err.kind, RR_REFUSED);
		assert_non_null(strstr(err.text, names[i]));
		assert_int_equal(rr_file_save(names[i], "x", 1, RR_SAVE_NEW, &err), -1);
		assert_int_equal(lstat(names[i], &st), 0);
		assert_false(S_ISREG(st.st_mode));
	}
	expect_content("target", "untouched");
	assert_int_equal(entries(false), 5);
}

static void a_failed_save_leaves_nothing(void **state)
{
	struct rlimit old, limit;
	struct rr_err err;

	(void)state;
	assert_int_equal(rr_file_save("absent/f", "x", 1, RR_SAVE_NEW, &err), -1);
	assert_int_equal(err.os, ENOENT);
	put("old", "keep me");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = old;
	limit.rlim_cur = 2;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	assert_int_equal(rr_file_save("old", "longer", 6, RR_SAVE_REPLACE, &err), -1);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(err.os, EFBIG);
	assert_non_null(strstr(err.text, "old"));
	expect_content("old", "keep me");
	assert_int_equal(entries(false), 1);
}

static void removing_twice_is_fine(void **state)
{
	struct rr_err err;

	(void)state;
	put("f", "x");
	assert_int_equal(rr_file_remove("f", &err), 0);
	assert_false(rr_path_exists("f"));
	assert_int_equal(rr_file_remove("f", &err), 0);
	assert_int_equal(mkdir("folder", 0700), 0);
	assert_int_equal(rr_file_remove("folder", &err), -1);
	assert_int_equal(err.kind, RR_SYSTEM);
}

static void anything_at_a_path_counts(void **state)
{
	(void)state;
	assert_int_equal(symlink("nowhere", "link"), 0);
	assert_true(rr_path_exists("link"));
	assert_true(rr_path_exists("."));
	assert_false(rr_path_exists("nothing"));
}

static void folders_are_found_from_paths(void **state)
{
	uint64_t bytes = 0;
	struct rr_err err;

	(void)state;
	assert_int_equal(rr_dir_sync("not-yet", &err), 0);
	assert_int_equal(rr_dir_sync("/not-yet", &err), 0);
	assert_int_equal(rr_dir_sync("absent/not-yet", &err), -1);
	assert_int_equal(err.os, ENOENT);
	assert_int_equal(rr_space_free("not-yet", &bytes, &err), 0);
	assert_true(bytes > 0);
	assert_int_equal(rr_space_free("/proc/x", &bytes, &err), 0);
	assert_true(bytes == 0);
	assert_int_equal(rr_space_free("absent/not-yet", &bytes, &err), -1);
}

int main(void)
{
#define in_folder(f) cmocka_unit_test_setup_teardown(f, enter, leave)
	const struct CMUnitTest tests[] = {
		in_folder(pread_stops_at_the_end),
		in_folder(pwrite_says_how_far_it_came),
		in_folder(load_takes_whole_files_up_to_a_limit),
		in_folder(load_never_waits_for_a_pipe),
		in_folder(a_line_ends_at_its_end),
		in_folder(a_new_file_is_saved_whole),
		in_folder(what_exists_is_not_overwritten),
		in_folder(replacing_is_by_rename),
		in_folder(what_is_no_plain_file_is_never_replaced),
		in_folder(a_failed_save_leaves_nothing),
		in_folder(removing_twice_is_fine),
		in_folder(anything_at_a_path_counts),
		in_folder(folders_are_found_from_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
