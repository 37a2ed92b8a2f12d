/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panels.h - how pages are drawn, and what its kinds make of keys; for src/screen. */
#ifndef RR_SCREEN_PANELS_H
#define RR_SCREEN_PANELS_H

#include "grid.h"
#include "rawright/panel.h"

/* panel.c: all of the window, whose size it obeys. */
void rr_panel_draw(const struct rr_panel *page, struct rr_grid *grid);
/* Rows of a menu's list, or of a sheet, in a window of that size. */
unsigned rr_panel_rows(const struct rr_panel *page, unsigned rows);

/* hint.c. "Enter Choose" in the last row, if it fits; the column behind it. */
unsigned rr_put_hint(const struct rr_area *all, unsigned col, const struct rr_hint *hint);

/* menu.c. page: lines that are seen at once. */
enum rr_did rr_menu_key(struct rr_menu *menu, unsigned page, unsigned key);
/* Lines that are shown before that one. */
size_t rr_menu_before(const struct rr_menu *menu, size_t at);
/* menu_draw.c */
void rr_menu_draw(const struct rr_menu *menu, const struct rr_area *area);
unsigned rr_menu_rows(const struct rr_menu *menu, unsigned rows);
enum rr_role rr_mood_role(enum rr_menu_mood mood);
/* menu_columns.c. How wide each is; 0: there is no room for it. */
void rr_menu_widths(const struct rr_menu *menu, const struct rr_face *face, unsigned cols,
		unsigned width[RR_MENU_COLUMNS]);
#define RR_MENU_MARK 2u	/* columns before the first one */
#define RR_MENU_GAP  2u	/* between two */

/* sheet.c */
enum rr_did rr_sheet_key(struct rr_sheet *sheet, unsigned rows, unsigned key);
void rr_sheet_draw(const struct rr_sheet *sheet, const struct rr_area *area);
/* Not further than its end. */
void rr_sheet_settle(struct rr_sheet *sheet, unsigned rows, unsigned cols);

/* asking.c. A page that asks it. */
void rr_asking_panel(struct rr_asking *asking, struct rr_panel *panel);
enum rr_did rr_asking_key(struct rr_asking *asking, unsigned rows, unsigned cols, unsigned key);
void rr_asking_draw(const struct rr_asking *asking, const struct rr_area *area);

/* input_draw.c. The field's text with its cursor, from a column to the area's end. */
void rr_input_draw(const struct rr_input *field, const struct rr_area *area, unsigned row,
		unsigned col, bool active);

#endif
