/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_screen_model.c - proves what a screen makes of events and of keys: every sector of a small
 * map, and large ones as exactly as they need be; remaining time; nothing is ended by one key; the
 * cursor stays on its bytes when the window changes.
 * Owns: nothing.   Threads: main. */
#include <errno.h>

#include "scenes.h"

static const struct scene_kind *kind_of(const char *name)
{
	for (const struct scene_kind *kind = scene_kinds; kind->name; kind++)
		if (strcmp(kind->name, name) == 0)
			return kind;
	fail_msg("no scene %s", name);
	return NULL;
}

static void press(struct scene *s, unsigned key)
{
	rr_view_key(&s->view, s->model, 24, 80, key);
}

/* ------------------------------------------------------------------ the map */

static void small_maps_know_each_sector(void **state)
{
	struct rr_sectors map = { 0 };

	(void)state;
	rr_sectors_start(&map, 2880 * 512, 512);
	assert_int_equal(map.n, 2880);
	rr_sectors_add(&map, 0, 100 * 512 + 511, false);
	assert_int_equal(rr_sectors_spot(&map, 99 * 512, 512), RR_SPOT_DONE);
	assert_int_equal(rr_sectors_spot(&map, 100 * 512, 512), RR_SPOT_TODO);
	assert_int_equal(rr_sectors_spot(&map, 99 * 512, 1024), RR_SPOT_TODO);
	rr_sectors_add(&map, 100 * 512 + 511, 1, false);
	assert_int_equal(rr_sectors_spot(&map, 0, 101 * 512), RR_SPOT_DONE);
	rr_sectors_add(&map, 0, 2880 * 512, true);
	assert_int_equal(rr_sectors_spot(&map, 0, 2880 * 512), RR_SPOT_PROVEN);
	rr_sectors_trouble(&map, &(struct rr_range){ .off = 1024, .len = 512 }, false);
	rr_sectors_trouble(&map, &(struct rr_range){ .off = 2048, .len = 512 }, true);
	assert_int_equal(rr_sectors_spot(&map, 1024, 512), RR_SPOT_BAD);
	assert_int_equal(rr_sectors_spot(&map, 2048, 512), RR_SPOT_DIFFERS);
	assert_int_equal(rr_sectors_spot(&map, 0, 4096), RR_SPOT_BAD);
	assert_int_equal(rr_sectors_spot(&map, 1536, 512), RR_SPOT_PROVEN);
	rr_sectors_clear(&map);
}

/* Of a disk of 2^63 bytes or a stream without end, of an image of one byte. */
static void any_length_has_a_map_or_none(void **state)
{
	static const uint64_t lengths[] = {
		0, 1, 511, 513, UINT64_C(1) << 41, INT64_MAX, UINT64_MAX
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		struct rr_sectors map = { 0 };
		uint64_t off, len, end = 0;

		rr_sectors_start(&map, lengths[i], 4096);
		assert_true(map.n <= 8192);
		for (size_t cell = 0, n = map.n < 100 ? map.n : 100; cell < n; cell++) {
			rr_sectors_cell(&map, cell, n, &off, &len);
			assert_true(off == end && len > 0);
			end = off + len;
			rr_sectors_add(&map, off, len, false);
			assert_int_equal(rr_sectors_spot(&map, off, len), RR_SPOT_DONE);
		}
		assert_true(end == map.length);
		rr_sectors_add(&map, lengths[i], UINT64_MAX, false); /* behind the end: nothing */
		rr_sectors_clear(&map);
	}
}

static void one_bad_sector_of_a_terabyte_is_seen(void **state)
{
	struct rr_sectors map = { 0 };
	unsigned seen = 0;
	uint64_t off, len;

	(void)state;
	rr_sectors_start(&map, UINT64_C(1) << 40, 512);
	rr_sectors_add(&map, 0, UINT64_C(1) << 40, false);
	rr_sectors_trouble(&map, &(struct rr_range){ .off = 512 * UINT64_C(999999), .len = 512 },
			   false);
	for (size_t cell = 0; cell < 80; cell++) {
		rr_sectors_cell(&map, cell, 80, &off, &len);
		seen += rr_sectors_spot(&map, off, len) == RR_SPOT_BAD;
	}
	assert_int_equal(seen, 1);
	rr_sectors_clear(&map);
}

static void a_floppy_is_shown_by_its_tracks(void **state)
{
	struct rr_cells cells;
	struct scene s;
	uint64_t off, len;

	(void)state;
	scene_begin(&s, kind_of("errors"));
	rr_cells_of(s.model, 2, 80, &cells);
	assert_int_equal(cells.n, 160);
	/* sector 200: cylinder 5, side 1 */
	assert_int_equal(rr_cells_find(s.model, &cells, 102400), 85);
	assert_int_equal(rr_cells_spot(s.model, &cells, 85), RR_SPOT_BAD);
	assert_int_equal(rr_cells_spot(s.model, &cells, 5), RR_SPOT_DONE);
	rr_cells_of(s.model, 40, 80, &cells);
	assert_int_equal(cells.n, 2880);
	assert_int_equal(rr_cells_find(s.model, &cells, 102400), (18 + 2) * 80 + 5);
	assert_true(rr_cells_piece(s.model, &cells, 2879, 0, &off, &len));
	assert_true(off == 1474560 - 512 && len == 512);
	rr_cells_of(s.model, 2, 40, &cells);
	assert_int_equal(cells.n, 80);
	assert_int_equal(rr_cells_spot(s.model, &cells, 42), RR_SPOT_BAD);
	scene_end(&s);
}

static void each_place_of_a_disc_has_its_track(void **state)
{
	static const struct {
		uint32_t from, sectors;
		const char *name;
	} places[] = {
		{ 0, 1, "track 1, session 1" },	     { 149999, 1, "track 1, session 1" },
		{ 149999, 2, "tracks 1 to 2" },	     { 150000, 1, "track 2, session 1" },
		{ 209999, 1, "track 2, session 1" }, { 210000, 11400, "in no track" },
		{ 221399, 2, "track 3, session 2" }, { 329999, 1, "track 3, session 2" },
		{ 0, 330000, "tracks 1 to 3" },
	};
	char text[RR_TRACK_TEXT];
	struct scene s;

	(void)state;
	scene_begin(&s, kind_of("disc"));
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		assert_string_equal(rr_tracks_name(s.model, places[i].from * UINT64_C(2048),
						   places[i].sectors * UINT64_C(2048), text),
				    places[i].name);
	s.model->offset = 200000 * 2048; /* an image of a part */
	assert_string_equal(rr_tracks_name(s.model, 0, 2048, text), "track 2, session 1");
	assert_true(rr_tracks_shown(s.model));
	s.model->offset = 221400 * 2048;
	assert_string_equal(rr_tracks_name(s.model, 0, 2048, text), "track 3, session 2");
	assert_false(rr_tracks_shown(s.model)); /* the only one */
	scene_end(&s);
}

/* With as many tracks as a disc can have, cells and marks fit, and each byte has its cell. */
static void marks_of_many_tracks_fit(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, kind_of("disc"));
	s.model->disc.ntrack = RR_DISC_TRACKS;
	for (uint32_t i = 0; i < RR_DISC_TRACKS; i++)
		s.model->disc.track[i] = (struct rr_track){ .number = (uint8_t)(i + 1),
							    .session = 1,
							    .start = 3333 * i,
							    .end = 3333 * (i + 1) };
	for (unsigned rows = 1; rows < 60; rows++)
		for (unsigned cols = 1; cols < 200; cols += 7) {
			struct rr_cells cells;
			uint64_t off, len;

			rr_cells_of(s.model, rows, cols, &cells);
			assert_in_range(rr_cells_rows(s.model, &cells), 1, rows);
			assert_true(cells.marked == (rows > 1));
			for (size_t i = 0; i < cells.n; i += 1 + i / 8) {
				assert_true(rr_cells_piece(s.model, &cells, i, 0, &off, &len));
				assert_int_equal(rr_cells_find(s.model, &cells, off), i);
				assert_int_equal(rr_cells_find(s.model, &cells, off + len - 1), i);
			}
		}
	scene_end(&s);
}

/* ------------------------------------------------------------------ speed and time */

static void history_never_outgrows_its_place(void **state)
{
	struct rr_progress now = { 0 };
	struct rr_speed speed;

	(void)state;
	rr_speed_start(&speed);
	for (unsigned i = 1; i <= 20000; i++) {
		now.elapsed_ms = i * 1000;
		now.bytes += 1000000;
		now.mean = 1000000;
		rr_speed_add(&speed, &now);
	}
	assert_true(speed.n <= RR_SAMPLES && speed.n >= RR_SAMPLES / 2);
	for (size_t i = 0; i < speed.n; i++)
		assert_int_equal(speed.sample[i], 1000000);
	assert_int_equal((int)(speed.smooth + 0.5), 1000000);
	assert_int_equal(speed.least, 1000000);
}

static void a_pause_makes_nothing_slow(void **state)
{
	struct rr_progress now = { .elapsed_ms = 5000, .bytes = 5000000, .mean = 1000000 };
	struct rr_speed speed;

	(void)state;
	rr_speed_start(&speed);
	rr_speed_add(&speed, &now);
	for (unsigned i = 0; i < 100; i++)
		rr_speed_add(&speed, &now);
	assert_int_equal((int)(speed.smooth + 0.5), 1000000);
	assert_int_equal(speed.n, 1);
}

/* Of 783 MB a third is copied at 11.7 MB/s, and all is to be read back. */
static void remaining_time_is_that_of_the_whole_job(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, kind_of("running"));
	assert_in_range(s.model->speed.eta_ms, 100000, 118000);
	assert_in_range(s.model->speed.eta_later_ms, 62000, 70000);
	scene_end(&s);
}

static void phases_nobody_announced_are_listed(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, kind_of("running"));
	for (unsigned i = 0; i < 40; i++) {
		struct rr_event ev = { .type = RR_EV_PHASE,
				       .name = i % 2 ? "x" :
						       "a long name "
						       "that does not fit",
				       .ms = 30000 + i };

		rr_model_event(s.model, &ev);
		assert_true(s.model->nstep <= RR_STEPS && s.model->now < s.model->nstep);
		assert_int_equal(rr_model_step(s.model)->state, RR_STEP_RUNNING);
	}
	assert_string_equal(s.model->step[0].name, "copy");
	assert_int_equal(s.model->step[0].state, RR_STEP_DONE);
	scene_end(&s);
}

/* Flushing may be over before anybody could tell of it: it was done, unlike a phase left out. */
static void a_flush_that_was_not_told_was_done(void **state)
{
	struct rr_event ev = { .type = RR_EV_PHASE, .name = "verify", .ms = 30000 };
	struct scene s;

	(void)state;
	scene_begin(&s, kind_of("running"));
	assert_string_equal(s.model->step[1].name, "flush");
	assert_int_equal(s.model->step[1].state, RR_STEP_TODO);
	rr_model_event(s.model, &ev);
	assert_int_equal(s.model->step[1].state, RR_STEP_DONE);
	assert_int_equal(s.model->step[2].state, RR_STEP_RUNNING);
	scene_end(&s);
}

static void the_log_keeps_the_newest(void **state)
{
	struct rr_log log = { 0 };
	char text[32];

	(void)state;
	for (unsigned i = 0; i < 2500; i++) {
		(void)snprintf(text, sizeof(text), "line %u", i);
		rr_log_add(&log, i, RR_ROLE_TEXT, text);
	}
	assert_int_equal(rr_log_kept(&log), 1000);
	assert_string_equal(rr_log_at(&log, 0)->text, "line 1500");
	assert_string_equal(rr_log_at(&log, 999)->text, "line 2499");
	assert_null(rr_log_at(&log, 1000));
	assert_int_equal(rr_log_shown(&log, "LINE 24"), 100);
	rr_log_clear(&log);
}

/* ------------------------------------------------------------------ keys */

static void no_single_key_ends_anything(void **state)
{
	struct scene s;

	(void)state;
	for (const char *scene = "running"; scene; scene = NULL)
		for (unsigned key = 1; key < 0x80; key++) {
			scene_begin(&s, kind_of(scene));
			press(&s, key);
			assert_int_equal(s.view.wish & (RR_WISH_STOP | RR_WISH_SKIP), 0);
			scene_end(&s);
		}
	for (unsigned key = RR_KEY_UP; key <= RR_KEY_INTERRUPT; key++) {
		scene_begin(&s, kind_of("running"));
		press(&s, key);
		assert_int_equal(s.view.wish, 0);
		scene_end(&s);
	}
}

struct typed {
	unsigned key[4];
	unsigned wish;
	enum rr_page page;
	enum rr_asked asked;
};

static void keys_do_what_people_expect(void **state)
{
	static const struct typed table[] = {
		{ { 'q' }, 0, RR_PAGE_PROGRESS, RR_ASKED_STOP },
		{ { 'q', 'y' }, RR_WISH_STOP, RR_PAGE_PROGRESS, RR_ASKED_NOTHING },
		{ { 'q', 'n' }, 0, RR_PAGE_PROGRESS, RR_ASKED_NOTHING },
		{ { 'q', RR_KEY_ENTER }, 0, RR_PAGE_PROGRESS, RR_ASKED_NOTHING },
		{ { 'q', RR_KEY_ESCAPE }, 0, RR_PAGE_PROGRESS, RR_ASKED_NOTHING },
		{ { 'q', 'x', 'y' }, RR_WISH_STOP, RR_PAGE_PROGRESS, RR_ASKED_NOTHING },
		{ { RR_KEY_INTERRUPT }, 0, RR_PAGE_PROGRESS, RR_ASKED_STOP },
		{ { RR_KEY_INTERRUPT, RR_KEY_INTERRUPT },
		  RR_WISH_STOP,
		  RR_PAGE_PROGRESS,
		  RR_ASKED_NOTHING },
		{ { 'p' }, RR_WISH_PAUSE, RR_PAGE_PROGRESS, RR_ASKED_NOTHING },
		{ { 'p', 'p' }, 0, RR_PAGE_PROGRESS, RR_ASKED_NOTHING },
		{ { 'v' }, 0, RR_PAGE_PROGRESS, RR_ASKED_SKIP },
		{ { 'v', 'y' }, RR_WISH_SKIP, RR_PAGE_PROGRESS, RR_ASKED_NOTHING },
		{ { 'v', 'y', 'v' }, RR_WISH_SKIP, RR_PAGE_PROGRESS, RR_ASKED_NOTHING },
		{ { 'v', RR_KEY_INTERRUPT, 'n' }, 0, RR_PAGE_PROGRESS, RR_ASKED_NOTHING },
		{ { 'm' }, 0, RR_PAGE_MAP, RR_ASKED_NOTHING },
		{ { 'l' }, 0, RR_PAGE_LOG, RR_ASKED_NOTHING },
		{ { '\t' }, 0, RR_PAGE_MAP, RR_ASKED_NOTHING },
		{ { '\t', '\t', '\t' }, 0, RR_PAGE_PROGRESS, RR_ASKED_NOTHING },
		{ { 'm', '?', RR_KEY_ESCAPE }, 0, RR_PAGE_MAP, RR_ASKED_NOTHING },
		{ { 'l', RR_KEY_HELP, RR_KEY_HELP, '\t' }, 0, RR_PAGE_LOG, RR_ASKED_NOTHING },
		{ { 'l', '/', 'q', 'y' }, 0, RR_PAGE_LOG, RR_ASKED_NOTHING },
		{ { 'l', '/', RR_KEY_INTERRUPT }, 0, RR_PAGE_LOG, RR_ASKED_STOP },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct scene s;

		scene_begin(&s, kind_of("running"));
		for (size_t j = 0; j < 4 && table[i].key[j]; j++)
			press(&s, table[i].key[j]);
		if (s.view.wish != table[i].wish || s.view.page != table[i].page ||
		    s.view.asked != table[i].asked)
			fail_msg("row %zu: wish %u, page %d, asked %d", i, s.view.wish, s.view.page,
				 s.view.asked);
		scene_end(&s);
	}
}

static void what_cannot_be_is_not_offered(void **state)
{
	struct scene s;

	(void)state;
	scene_begin(&s, kind_of("done"));
	press(&s, 'q');
	press(&s, 'p');
	press(&s, 'v');
	assert_int_equal(s.view.wish, 0);
	assert_int_equal(s.view.asked, RR_ASKED_NOTHING);
	scene_end(&s);
	scene_begin(&s, kind_of("running"));
	s.model->task = RR_TASK_VERIFY; /* there is nothing beside the verification */
	press(&s, 'v');
	assert_int_equal(s.view.asked, RR_ASKED_NOTHING);
	scene_end(&s);
}

static void the_cursor_stays_on_its_bytes(void **state)
{
	struct scene s;
	uint64_t at;

	(void)state;
	scene_begin(&s, kind_of("errors"));
	press(&s, 'm');
	press(&s, 'n');
	at = s.view.at;
	assert_true(at == 36 * 512); /* cylinder 1, side 0: the first of them in the picture */
	rr_view_key(&s.view, s.model, 60, 200, RR_KEY_RIGHT);
	assert_true(s.view.at > at);
	for (unsigned rows = 1; rows < 60; rows++) {
		rr_view_key(&s.view, s.model, rows, rows * 3, 'G');
		rr_view_key(&s.view, s.model, rows, rows * 3, 'j');
		rr_view_key(&s.view, s.model, rows, rows * 3, 'k');
		assert_true(s.view.at < 1474560);
	}
	press(&s, 'g');
	press(&s, 'h');
	assert_true(s.view.at == 0);
	scene_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_maps_know_each_sector),
		cmocka_unit_test(any_length_has_a_map_or_none),
		cmocka_unit_test(one_bad_sector_of_a_terabyte_is_seen),
		cmocka_unit_test(a_floppy_is_shown_by_its_tracks),
		cmocka_unit_test(each_place_of_a_disc_has_its_track),
		cmocka_unit_test(marks_of_many_tracks_fit),
		cmocka_unit_test(history_never_outgrows_its_place),
		cmocka_unit_test(a_pause_makes_nothing_slow),
		cmocka_unit_test(remaining_time_is_that_of_the_whole_job),
		cmocka_unit_test(phases_nobody_announced_are_listed),
		cmocka_unit_test(a_flush_that_was_not_told_was_done),
		cmocka_unit_test(the_log_keeps_the_newest),
		cmocka_unit_test(no_single_key_ends_anything),
		cmocka_unit_test(keys_do_what_people_expect),
		cmocka_unit_test(what_cannot_be_is_not_offered),
		cmocka_unit_test(the_cursor_stays_on_its_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
