/* SPDX-License-Identifier: GPL-3.0-or-later */
/* menu.c - a list to choose from: lines that come and go under a cursor which stays, a filter, and
 * perhaps a line that is typed.
 * Owns: a menu its texts.   Threads: main. */
#include <string.h>

#include "draw.h"
#include "panels.h"

/* ------------------------------------------------------------------ lines */

static void clear_line(const struct rr_menu *menu, struct rr_menu_line *line)
{
	free(line->id);
	free(line->detail);
	for (size_t i = 0; i < menu->ncol; i++)
		free(line->cell[i]);
}

void rr_menu_empty(struct rr_menu *menu)
{
	const struct rr_menu_line *chosen = rr_menu_chosen(menu);
	char *wanted = chosen ? strdup(chosen->id) : NULL;

	if (chosen) {
		free(menu->wanted);
		menu->wanted = wanted;
	}
	for (size_t i = 0; i < menu->n; i++)
		clear_line(menu, &menu->line[i]);
	menu->n = 0;
	menu->at = RR_MENU_NONE;
	menu->fail = false;
}

struct rr_menu_line *rr_menu_add(struct rr_menu *menu, const char *id)
{
	struct rr_menu_line *line = reallocarray(menu->line, menu->n + 1, sizeof(*line));
	char *copy = strdup(id);

	if (line)
		menu->line = line;
	if (!line || !copy) {
		free(copy);
		menu->fail = true;
		return NULL;
	}
	line[menu->n] = (struct rr_menu_line){ .id = copy };
	return &line[menu->n++];
}

bool rr_menu_shows(const struct rr_menu *menu, size_t i)
{
	const struct rr_menu_line *line = &menu->line[i];

	if (!*menu->filter.text)
		return true;
	for (size_t c = 0; c < menu->ncol; c++)
		if (line->cell[c] && strcasestr(line->cell[c], menu->filter.text))
			return true;
	return false;
}

void rr_menu_go(struct rr_menu *menu, const char *id)
{
	for (size_t i = 0; i < menu->n; i++)
		if (strcmp(menu->line[i].id, id) == 0 && rr_menu_shows(menu, i))
			menu->at = i;
}

void rr_menu_settle(struct rr_menu *menu)
{
	menu->at = RR_MENU_NONE;
	if (menu->wanted)
		rr_menu_go(menu, menu->wanted);
	free(menu->wanted);
	menu->wanted = NULL;
}

const struct rr_menu_line *rr_menu_chosen(const struct rr_menu *menu)
{
	return !menu->typing && menu->at < menu->n ? &menu->line[menu->at] : NULL;
}

void rr_menu_text(struct rr_menu *menu, char **at, char *text)
{
	free(*at);
	*at = text;
	menu->fail |= !text;
}

void rr_menu_clear(struct rr_menu *menu)
{
	rr_menu_empty(menu);
	free(menu->line);
	free(menu->head);
	free(menu->foot);
	free(menu->field_detail);
	free(menu->wanted);
	*menu = (struct rr_menu){ .at = RR_MENU_NONE };
}

/* ------------------------------------------------------------------ the cursor */

size_t rr_menu_before(const struct rr_menu *menu, size_t at)
{
	size_t n = 0;

	for (size_t i = 0; i < menu->n && i < at; i++)
		n += rr_menu_shows(menu, i);
	return n;
}

/* So many shown lines up (negative) or down, as far as there are any. From nowhere: to the first,
 * or the last. */
static void move(struct rr_menu *menu, long by)
{
	long step = by < 0 ? -1 : 1;
	size_t at = menu->at;

	if (at >= menu->n)
		at = step > 0 ? SIZE_MAX : menu->n;
	for (size_t i = at + (size_t)step; by && i < menu->n; i += (size_t)step)
		if (rr_menu_shows(menu, i)) {
			menu->at = i;
			by -= step;
		}
}

/* What a filter hides cannot be chosen. */
static void leave_hidden(struct rr_menu *menu)
{
	if (menu->at < menu->n && !rr_menu_shows(menu, menu->at))
		menu->at = RR_MENU_NONE;
}

static bool move_key(struct rr_menu *menu, unsigned page, unsigned key)
{
	if (key == RR_KEY_UP || key == 'k')
		move(menu, -1);
	else if (key == RR_KEY_DOWN || key == 'j')
		move(menu, 1);
	else if (key == RR_KEY_PAGE_UP)
		move(menu, -(long)page);
	else if (key == RR_KEY_PAGE_DOWN)
		move(menu, page);
	else if (key == RR_KEY_HOME || key == 'g')
		move(menu, -(long)menu->n);
	else if (key == RR_KEY_END || key == 'G')
		move(menu, (long)menu->n);
	else
		return false;
	return true;
}

/* ------------------------------------------------------------------ keys */

static enum rr_did filter_key(struct rr_menu *menu, unsigned key)
{
	enum rr_did did = RR_DID_NOTHING;

	if (key == RR_KEY_ENTER || key == RR_KEY_DOWN || key == RR_KEY_UP || key == '\t') {
		menu->filtering = false;
		if (key != RR_KEY_ENTER)
			move(menu, key == RR_KEY_UP ? -1 : 1);
		return RR_DID_MOVE;
	}
	if (key == RR_KEY_ESCAPE) {
		menu->filtering = false;
		rr_input_set(&menu->filter, "");
		return RR_DID_MOVE;
	}
	did = rr_input_key(&menu->filter, key);
	leave_hidden(menu);
	return did == RR_DID_EDIT ? RR_DID_MOVE : RR_DID_NOTHING;
}

/* False: the key is not the field's. */
static bool type_key(struct rr_menu *menu, unsigned key, enum rr_did *did)
{
	*did = RR_DID_MOVE;
	if (key == RR_KEY_ENTER) {
		*did = RR_DID_TYPE;
	} else if (key == RR_KEY_UP || key == RR_KEY_DOWN || key == '\t') {
		menu->typing = false;
		if (menu->at >= menu->n)
			move(menu, key == RR_KEY_UP ? -1 : 1);
	} else {
		*did = rr_input_key(&menu->field, key);
		return *did != RR_DID_NOTHING;
	}
	return true;
}

static enum rr_did choose(struct rr_menu *menu, bool arrow)
{
	const struct rr_menu_line *line = rr_menu_chosen(menu);

	if (!line || line->off || (arrow && !line->opens))
		return RR_DID_NOTHING;
	return RR_DID_CHOOSE;
}

/* A new one: what was looked for before is not to be added to. */
static void begin_filter(struct rr_menu *menu)
{
	rr_input_set(&menu->filter, "");
	menu->filtering = true;
}

enum rr_did rr_menu_key(struct rr_menu *menu, unsigned page, unsigned key)
{
	enum rr_did did;

	if (menu->filtering)
		return filter_key(menu, key);
	if (menu->typing && type_key(menu, key, &did))
		return did;
	if (!menu->typing && move_key(menu, page, key))
		return RR_DID_MOVE;
	if (key == RR_KEY_ENTER || key == RR_KEY_RIGHT || key == 'l')
		return choose(menu, key != RR_KEY_ENTER);
	if (key == RR_KEY_ESCAPE && *menu->filter.text) {
		rr_input_set(&menu->filter, "");
		return RR_DID_MOVE;
	}
	if (key == RR_KEY_ESCAPE)
		return RR_DID_BACK;
	if (key == '\t' && menu->label)
		menu->typing = true;
	else if (key == '\t')
		move(menu, 1);
	else if (key == '/')
		begin_filter(menu);
	else
		return RR_DID_KEY;
	return RR_DID_MOVE;
}
