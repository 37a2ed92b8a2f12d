/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_screen.c - proves that each scene looks as tests/golden/SCENE.txt has it, in windows large
 * and small, with and without UTF-8 and colours. "test_screen --write" writes them anew: look at
 * what git diff says of it.
 * Owns: nothing.   Threads: main. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <sys/stat.h>

#include "rawright/fs.h"
#include "rawright/text.h"
#include "scenes.h"

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

static void add_window(struct rr_str *out, const struct scene *s, const struct window *w)
{
	struct rr_scene scene = { .model = s->model, .view = &s->view };
	struct rr_grid grid = { 0 };

	assert_int_equal(rr_grid_make(&grid, w->rows, w->cols, w->face, NULL), 0);
	rr_screen_draw(&scene, &grid);
	rr_str_addf(out, "==== %ux%u %s\n", w->cols, w->rows, w->face->name);
	for (unsigned i = 0; i < w->rows; i++)
		add_row(out, &grid, i, NULL);
	if (w->looks)
		rr_str_addf(out, "---- how it looks: %s\n", w->looks);
	for (unsigned i = 0; w->looks && i < w->rows; i++)
		add_row(out, &grid, i, w->looks);
	rr_grid_free(&grid);
}

static void draw_scene(struct rr_str *out, const struct scene_kind *kind)
{
	struct scene s;

	scene_begin(&s, kind);
	for (size_t i = 0; i < WINDOWS; i++)
		add_window(out, &s, &windows[i]);
	scene_end(&s);
	assert_false(out->fail);
}

/* ------------------------------------------------------------------ golden files */

static char *golden_path(const struct scene_kind *kind)
{
	const char *srcdir = getenv("srcdir");
	char *path = rr_text_format("%s/tests/golden/%s.txt", srcdir ? srcdir : ".", kind->name);

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

static void every_scene_looks_as_it_should(void **state)
{
	bool all = true;

	(void)state;
	for (const struct scene_kind *kind = scene_kinds; kind->name; kind++) {
		rr_autostr struct rr_str got = { 0 };
		rr_autofree char *path = golden_path(kind);
		rr_autofree char *want = load(path);

		draw_scene(&got, kind);
		if (strcmp(want, got.s) == 0)
			continue;
		all = false;
		print_message("%s (- as it should be, + as it is):\n", path);
		show_difference(want, got.s);
	}
	assert_true(all);
}

/* No size may make it write outside of its cells, or draw half of a wide character. */
static void any_size_can_be_drawn(void **state)
{
	(void)state;
	for (const struct scene_kind *kind = scene_kinds; kind->name; kind++) {
		struct rr_grid grid = { 0 };
		struct scene s;

		scene_begin(&s, kind);
		for (unsigned rows = 1; rows <= 61; rows += rows < 26 ? 1 : 7)
			for (unsigned cols = 1; cols <= 141; cols += cols < 82 ? 1 : 13) {
				struct rr_scene scene = { .model = s.model, .view = &s.view };

				assert_int_equal(
					rr_grid_make(&grid, rows, cols, &rr_face_utf8, NULL), 0);
				rr_screen_draw(&scene, &grid);
				for (unsigned i = 0; i < rows * cols; i++)
					if (wcwidth(grid.cell[i].c) == 2)
						assert_true(i % cols + 1 < cols &&
							    grid.cell[i + 1].c == 0);
			}
		rr_grid_free(&grid);
		scene_end(&s);
	}
}

/* All that a colour tells is told by a character or a word as well. */
static void ascii_is_ascii(void **state)
{
	(void)state;
	for (const struct scene_kind *kind = scene_kinds; kind->name; kind++) {
		struct rr_grid grid = { 0 };
		struct scene s;
		struct rr_scene scene;

		scene_begin(&s, kind);
		scene = (struct rr_scene){ .model = s.model, .view = &s.view };
		assert_int_equal(rr_grid_make(&grid, 30, 90, &rr_face_ascii, NULL), 0);
		rr_screen_draw(&scene, &grid);
		for (unsigned i = 0; i < 30 * 90; i++)
			assert_true(grid.cell[i].c >= L' ' && grid.cell[i].c < 0x7f);
		rr_grid_free(&grid);
		scene_end(&s);
	}
}

static int write_all(void)
{
	for (const struct scene_kind *kind = scene_kinds; kind->name; kind++) {
		rr_autostr struct rr_str text = { 0 };
		rr_autofree char *path = golden_path(kind);
		rr_autofd int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

		draw_scene(&text, kind);
		if (fd < 0 || rr_pwrite(fd, text.s, text.len, 0, NULL) != 0) {
			fprintf(stderr, "cannot write %s: %s\n", path, strerror(errno));
			return 1;
		}
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_scene_looks_as_it_should),
		cmocka_unit_test(any_size_can_be_drawn),
		cmocka_unit_test(ascii_is_ascii),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8")) {
		printf("SKIP: there is no locale C.UTF-8\n");
		return 77;
	}
	if (argc > 1 && strcmp(argv[1], "--write") == 0)
		return write_all();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
