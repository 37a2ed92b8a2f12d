/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draw.h - from a model and what a person looks at to a grid: a pure function, tested without a
 * terminal. */
#ifndef RR_SCREEN_DRAW_H
#define RR_SCREEN_DRAW_H

#include "model.h"

enum rr_page { RR_PAGE_PROGRESS, RR_PAGE_MAP, RR_PAGE_LOG, RR_PAGE_HELP };
#define RR_PAGES 4

/* What is to be confirmed. */
enum rr_asked { RR_ASKED_NOTHING, RR_ASKED_STOP, RR_ASKED_SKIP };

/* What a person looks at, and wants. Only keys change it. */
struct rr_screen_view {
	enum rr_page page, before;	/* before: where the help was asked for */
	enum rr_asked asked;
	unsigned wish;		/* bits of enum rr_wish */
	uint64_t at;		/* the cursor on the map: a byte of the image */
	size_t up;		/* lines of the log below the window */
	char filter[48];	/* only lines with it are shown; "": all */
	bool typing;		/* it is being typed */
};

/* keys.c */
enum rr_key {
	RR_KEY_NONE = 0,	/* below 0x110000: the character */
	RR_KEY_UP = 0x110000,
	RR_KEY_DOWN,
	RR_KEY_LEFT,
	RR_KEY_RIGHT,
	RR_KEY_PAGE_UP,
	RR_KEY_PAGE_DOWN,
	RR_KEY_HOME,
	RR_KEY_END,
	RR_KEY_ENTER,
	RR_KEY_ESCAPE,
	RR_KEY_BACKSPACE,
	RR_KEY_HELP,		/* F1 */
	RR_KEY_INTERRUPT,	/* Ctrl-C */
};
/* rows and cols: of the screen. */
void rr_view_key(struct rr_screen_view *view, const struct rr_screen_model *model, unsigned rows,
		unsigned cols, unsigned key);
/* May it be done now? */
bool rr_view_can_pause(const struct rr_screen_model *model);
bool rr_view_can_skip(const struct rr_screen_view *view, const struct rr_screen_model *model);

/* ------------------------------------------------------------------ drawing */

#define RR_LEAST_ROWS 10
#define RR_LEAST_COLS 40

struct rr_scene {
	const struct rr_screen_model *model;
	const struct rr_screen_view *view;
};

/* layout.c. Fills the grid, whose size it obeys. Below RR_LEAST_ROWS x RR_LEAST_COLS it asks for a
 * larger window and says how far the job is. */
void rr_screen_draw(const struct rr_scene *scene, struct rr_grid *grid);

/* A part of the progress page. Where there is no room for all, those of the highest rank go
 * first. */
struct rr_need {
	unsigned least, good, most;	/* rows; least 0: not at all now */
	bool leap;			/* what lies between good and most is of no use */
};
struct rr_block {
	unsigned rank;
	bool wide;		/* without the margin */
	void (*need)(const struct rr_scene *, unsigned cols, struct rr_need *);
	void (*draw)(const struct rr_scene *, const struct rr_area *);
};
extern const struct rr_block rr_block_source, rr_block_goals, rr_block_steps, rr_block_bar;
extern const struct rr_block rr_block_bytes, rr_block_time, rr_block_trouble, rr_block_counts;
extern const struct rr_block rr_block_graph, rr_block_map, rr_block_slowest, rr_block_digests;
extern const struct rr_block rr_block_log;

/* frame.c. The first line; the last one, with the keys that work now; a question over all. */
void rr_draw_title(const struct rr_scene *scene, const struct rr_area *all);
void rr_draw_keys(const struct rr_scene *scene, const struct rr_area *all);
void rr_draw_question(const struct rr_scene *scene, const struct rr_area *all);
/* "14:02:31", so many ms after the start. */
const char *rr_time_of_day(const struct rr_screen_model *model, uint64_t ms,
		char buf[RR_CLOCK_TEXT]);

/* The other pages, between title and keys. */
void rr_draw_map_page(const struct rr_scene *scene, const struct rr_area *area);
void rr_draw_log_page(const struct rr_scene *scene, const struct rr_area *area);
void rr_draw_help_page(const struct rr_scene *scene, const struct rr_area *area);

/* cells.c. How the map is laid out: a floppy by sides and cylinders, others in rows. */
struct rr_cells {
	unsigned rows, cols;
	size_t n;		/* cells that mean something */
	unsigned cylinders;	/* in a cell of a floppy; 0: in rows */
	unsigned sectors;	/* of a floppy: cells of a track, one below the other */
	bool marked;		/* below a row in which tracks of a disc begin stands another one */
};
void rr_cells_of(const struct rr_screen_model *model, unsigned rows, unsigned cols,
		struct rr_cells *cells);
/* The i-th piece of a cell: a range of the image. False after the last. */
bool rr_cells_piece(const struct rr_screen_model *model, const struct rr_cells *cells, size_t cell,
		size_t i, uint64_t *off, uint64_t *len);
enum rr_spot rr_cells_spot(const struct rr_screen_model *model, const struct rr_cells *cells,
		size_t cell);
/* The cell that a byte is in. */
size_t rr_cells_find(const struct rr_screen_model *model, const struct rr_cells *cells,
		uint64_t off);
enum rr_role rr_spot_role(enum rr_spot spot);
/* A line that says what the characters mean. */
void rr_cells_legend(const struct rr_screen_model *model, const struct rr_area *area, unsigned row);
void rr_cells_draw(const struct rr_screen_model *model, const struct rr_cells *cells,
		const struct rr_area *area, size_t chosen);
/* The row that a cell is drawn in, and how many all take: with those of marks. */
unsigned rr_cells_row(const struct rr_screen_model *model, const struct rr_cells *cells,
		size_t cell);
unsigned rr_cells_rows(const struct rr_screen_model *model, const struct rr_cells *cells);
/* The map page's rows for cells, of the whole screen's. */
unsigned rr_map_page_rows(unsigned rows);

/* tracks.c. Are there tracks to be marked: has the image more of a disc than one? */
bool rr_tracks_shown(const struct rr_screen_model *model);
/* In how many of the first rows of cells does a track begin? */
unsigned rr_tracks_rows(const struct rr_screen_model *model, const struct rr_cells *cells,
		unsigned rows);
/* Marks, below the cells, where that is. */
void rr_tracks_mark(const struct rr_screen_model *model, const struct rr_cells *cells,
		const struct rr_area *area);
#define RR_TRACK_TEXT 40
/* Which track a range of the image is in: "track 2, session 1". Returns buf. */
const char *rr_tracks_name(const struct rr_screen_model *model, uint64_t off, uint64_t len,
		char buf[RR_TRACK_TEXT]);

/* The log's lines that a view shows. */
size_t rr_log_shown(const struct rr_log *log, const char *filter);

#endif
