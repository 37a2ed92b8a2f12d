/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_screen.c - proves that each scene looks as tests/golden/SCENE.txt has it, in windows large
 * and small, with and without UTF-8 and colours. "test_screen --write" writes them anew: look at
 * what git diff says of it.
 * Owns: nothing.   Threads: main. */
#include <locale.h>
#include <stdio.h>

#include "golden.h"
#include "scenes.h"

static void draw(void *ctx, struct rr_grid *grid)
{
	const struct scene *s = ctx;
	struct rr_scene scene = { .model = s->model, .view = &s->view };

	rr_screen_draw(&scene, grid);
}

static void draw_scene(struct rr_str *out, const struct scene_kind *kind)
{
	struct scene s;

	scene_begin(&s, kind);
	golden_add(out, draw, &s);
	scene_end(&s);
}

static void every_scene_looks_as_it_should(void **state)
{
	bool all = true;

	(void)state;
	for (const struct scene_kind *kind = scene_kinds; kind->name; kind++) {
		rr_autostr struct rr_str got = { 0 };

		draw_scene(&got, kind);
		all &= golden_is(kind->name, &got);
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
	bool all = true;

	for (const struct scene_kind *kind = scene_kinds; kind->name; kind++) {
		rr_autostr struct rr_str text = { 0 };

		draw_scene(&text, kind);
		all &= golden_write(kind->name, &text);
	}
	return all ? 0 : 1;
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
