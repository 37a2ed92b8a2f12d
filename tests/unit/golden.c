/* SPDX-License-Identifier: GPL-3.0-or-later */
/* golden.c - grids as text, held against the files of tests/golden.
 * Owns: nothing.   Threads: main. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "golden.h"
#include "rawright/fs.h"

struct window {
	unsigned rows, cols;
	const struct rr_face *face;
	const char *looks; /* "color" or "mono": how its cells look is shown, too; or NULL */
};
static const struct window windows[] = {
	{ 24, 80, &rr_face_utf8, "color" }, { 40, 120, &rr_face_utf8, NULL },
	{ 16, 60, &rr_face_utf8, NULL },    { 10, 40, &rr_face_utf8, NULL },
	{ 60, 200, &rr_face_utf8, NULL },   { 24, 80, &rr_face_ascii, "mono" },
	{ 24, 80, &rr_face_console, NULL }, { 9, 39, &rr_face_ascii, NULL },
};
#define WINDOWS (sizeof(windows) / sizeof(*windows))

/* ------------------------------------------------------------------ grids as text */

static void add_char(struct rr_str *out, wchar_t c)
{
	char buf[16];
	mbstate_t state = { 0 };
	size_t n = wcrtomb(buf, c, &state);

	assert_true(n != (size_t)-1);
	rr_str_add(out, buf, n);
}

static char look_letter(const struct rr_cell *cell, bool color)
{
	static const char letters[RR_ROLES + 1] = ".TLSGBW!KC";
	struct rr_look look = rr_look_of((enum rr_role)cell->role, color);

	if (color)
		return letters[cell->role];
	return look.bold && look.reverse ? 'B' : look.bold ? 'b' : look.reverse ? 'r' : '.';
}

/* A row without the blanks at its end; look: not its characters but how they look. */
static void add_row(struct rr_str *out, const struct rr_grid *grid, unsigned row, const char *looks)
{
	const struct rr_cell *cell = grid->cell + (size_t)row * grid->cols;
	bool color = looks && strcmp(looks, "color") == 0;
	unsigned n = grid->cols;

	while (n > 0 && (looks ? look_letter(&cell[n - 1], color) == '.' : cell[n - 1].c == L' '))
		n--;
	for (unsigned i = 0; i < n; i++) {
		if (looks)
			add_char(out, (wchar_t)look_letter(&cell[i], color));
		else if (cell[i].c)
			add_char(out, cell[i].c);
	}
	rr_str_addf(out, "\n");
}

static void add_window(struct rr_str *out, golden_draw *draw, void *ctx, const struct window *w)
{
	struct rr_grid grid = { 0 };

	assert_int_equal(rr_grid_make(&grid, w->rows, w->cols, w->face, NULL), 0);
	draw(ctx, &grid);
	rr_str_addf(out, "==== %ux%u %s\n", w->cols, w->rows, w->face->name);
	for (unsigned i = 0; i < w->rows; i++)
		add_row(out, &grid, i, NULL);
	if (w->looks)
		rr_str_addf(out, "---- how it looks: %s\n", w->looks);
	for (unsigned i = 0; w->looks && i < w->rows; i++)
		add_row(out, &grid, i, w->looks);
	rr_grid_free(&grid);
}

void golden_add(struct rr_str *out, golden_draw *draw, void *ctx)
{
	for (size_t i = 0; i < WINDOWS; i++)
		add_window(out, draw, ctx, &windows[i]);
	assert_false(out->fail);
}

/* ------------------------------------------------------------------ golden files */

static char *golden_path(const char *name)
{
	const char *srcdir = getenv("srcdir");
	char *path = rr_text_format("%s/tests/golden/%s.txt", srcdir ? srcdir : ".", name);

	assert_non_null(path);
	return path;
}

static char *load(const char *path)
{
	rr_autofd int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	size_t got;
	char *text;

	if (fd < 0 || fstat(fd, &st) < 0)
		return strdup("");
	text = calloc(1, (size_t)st.st_size + 1);
	assert_non_null(text);
	assert_int_equal(rr_pread(fd, text, (size_t)st.st_size, 0, &got), 0);
	return text;
}

/* Line by line what should be there and what is. */
static void show_difference(const char *want, const char *got)
{
	for (unsigned line = 1, told = 0; (*want || *got) && told < 24; line++) {
		size_t a = strcspn(want, "\n"), b = strcspn(got, "\n");

		if (a != b || strncmp(want, got, a) != 0) {
			print_message("%4u - %.*s\n     + %.*s\n", line, (int)a, want, (int)b, got);
			told++;
		}
		want += a + (want[a] != '\0');
		got += b + (got[b] != '\0');
	}
}

bool golden_is(const char *name, const struct rr_str *text)
{
	rr_autofree char *path = golden_path(name);
	rr_autofree char *want = load(path);

	if (strcmp(want, text->s) == 0)
		return true;
	print_message("%s (- as it should be, + as it is):\n", path);
	show_difference(want, text->s);
	return false;
}

bool golden_write(const char *name, const struct rr_str *text)
{
	rr_autofree char *path = golden_path(name);
	rr_autofd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	if (fd >= 0 && rr_pwrite(fd, text->s, text->len, 0, NULL) == 0)
		return true;
	fprintf(stderr, "cannot write %s: %s\n", path, strerror(errno));
	return false;
}
