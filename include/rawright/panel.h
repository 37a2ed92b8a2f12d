/* SPDX-License-Identifier: GPL-3.0-or-later */
/* panel.h - pages that lead a person to what is to be done: a list to choose from, a text to read,
 * a word to type; and the terminal that shows them. Pages are made and changed without one. */
#ifndef RR_PANEL_H
#define RR_PANEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"
#include "rawright/err.h"
#include "rawright/event.h"
#include "rawright/screen.h"

/* All texts in pages are printable (rr_text_printable()), but for those of fields. */

/* What a key has led to. */
enum rr_did {
	RR_DID_NOTHING,
	RR_DID_MOVE,	/* the cursor is elsewhere, or a filter hides other lines */
	RR_DID_EDIT,	/* the field's text is another one */
	RR_DID_CHOOSE,	/* Enter on a line that can be chosen, or the right word was typed */
	RR_DID_TYPE,	/* Enter in the field */
	RR_DID_BACK,	/* Esc */
	RR_DID_KEY,	/* a key that is for whoever shows the page */
	RR_DID_QUIT,	/* and it was meant */
	RR_DID_WAKE,	/* no key: what was waited for beside keys has happened */
};

/* ------------------------------------------------------------------ input.c */

/* A line that is typed: bytes, since a file's name need not be UTF-8. */
#define RR_INPUT_ROOM 4096
struct rr_input {
	char text[RR_INPUT_ROOM];
	size_t at;		/* the cursor: before this byte */
};
void rr_input_set(struct rr_input *field, const char *text);	/* cut where it has no room */
/* RR_DID_NOTHING: the key is none of a field's. */
enum rr_did rr_input_key(struct rr_input *field, unsigned key);

/* ------------------------------------------------------------------ menu.c */

#define RR_MENU_NONE SIZE_MAX
#define RR_MENU_COLUMNS 8

struct rr_menu_column {
	const char *title;	/* NULL in all: no heading is shown */
	unsigned rank;		/* where there is no room, those of the highest rank go first */
	unsigned least;		/* narrower than that it is of no use, and goes */
	unsigned enough;	/* wider only when the others have enough; 0: no limit */
	bool right;
	bool judges;		/* shown as what is good, or stands in the way */
};
enum rr_menu_mood { RR_MENU_PLAIN, RR_MENU_GOOD, RR_MENU_WARN };
struct rr_menu_line {
	char *id;		/* what the cursor stays with when lines come and go; owned */
	char *cell[RR_MENU_COLUMNS];	/* owned; NULL is empty */
	char *detail;		/* lines, in full below the list while it is chosen; owned */
	enum rr_menu_mood mood;
	bool off;		/* it cannot be chosen: the detail says why */
	bool opens;		/* the right arrow chooses it, too */
	bool fresh;		/* it has just come */
	bool gap;		/* an empty line stands before it */
};
struct rr_menu {
	const struct rr_menu_column *col;
	size_t ncol;
	struct rr_menu_line *line;	/* owned */
	size_t n;
	size_t at;		/* the cursor: a line that is shown, or RR_MENU_NONE */
	char *head, *foot;	/* lines above and below; NULL; owned */
	const char *empty;	/* stands where there is no line */
	const char *none;	/* stands for a detail while the cursor is nowhere; NULL */
	struct rr_input filter;	/* only lines with it are shown */
	bool filtering;		/* it is being typed */
	const char *label;	/* names the field; NULL: there is none */
	struct rr_input field;
	char *field_detail;	/* as a line's, while the field is typed into; owned */
	bool typing;
	bool fail;		/* memory ran out: something is missing, and it is said */
	char *wanted;		/* the id of the cursor's line; owned */
};
/* No lines any more. The cursor comes back in rr_menu_settle() where its line does. */
void rr_menu_empty(struct rr_menu *menu);
/* A new line at the end, zeroed but for a copy of id; NULL (and fail) without memory. */
RR_MUST struct rr_menu_line *rr_menu_add(struct rr_menu *menu, const char *id);
/* After the last line: the cursor stands where it stood, or nowhere. */
void rr_menu_settle(struct rr_menu *menu);
/* To the line of that id, if it is there and shown. */
void rr_menu_go(struct rr_menu *menu, const char *id);
/* Is the line shown, by what is filtered? */
bool rr_menu_shows(const struct rr_menu *menu, size_t i);
/* The line that the cursor is on; NULL. */
const struct rr_menu_line *rr_menu_chosen(const struct rr_menu *menu);
/* Replaces a text of the menu; takes text over. */
void rr_menu_text(struct rr_menu *menu, char **at, char *text);
void rr_menu_clear(struct rr_menu *menu);	/* frees; zeroes */

/* ------------------------------------------------------------------ pages */

struct rr_hint {
	const char *key, *does;	/* "Enter", "Choose" */
};

/* A text that is longer than the window. */
struct rr_sheet {
	const char *text;	/* lines; borrowed */
	const char *line;	/* the line that begins with it is shown as mood says; NULL */
	enum rr_menu_mood mood;
	size_t top;		/* rows above the window */
};

/* A word to be typed before something is done. */
struct rr_asking {
	const char *text;	/* what is asked: lines; borrowed */
	const char *word;	/* borrowed */
	struct rr_input field;
	bool wrong;		/* another one was typed */
	size_t top;		/* rows of the text above the window */
	bool read;		/* its end was seen: before that no word counts */
};

struct rr_panel {
	const char *title;	/* "Which drive?" */
	const char *place;	/* right of it: "2 drives"; NULL */
	const char *notice;	/* news, in a line of their own; NULL */
	const struct rr_hint *hints;	/* keys that work here, the needed ones first; key NULL
					 * after the last */
	const char *help;	/* what the page is about: lines */
	bool free;		/* nothing is lost with it: q needs no answer */
	/* one of them: */
	struct rr_menu *menu;
	struct rr_sheet *sheet;
	struct rr_asking *asking;
	/* what keys change: */
	bool quitting;		/* "Quit?" is asked */
	bool helped;		/* the help is shown */
	struct rr_sheet helping;
};
/* screen/panel.c. rows and cols: of the whole screen. */
enum rr_did rr_panel_key(struct rr_panel *page, unsigned rows, unsigned cols, unsigned key);

/* ------------------------------------------------------------------ session.c: the terminal */

/* Holds the terminal while pages and jobs take turns. What is written to standard output and
 * standard error meanwhile is kept, can be shown, and goes to the terminal at the end. */
struct rr_session;
RR_MUST int rr_session_open(const struct rr_screen_conf *conf, const atomic_int *stop,
		struct rr_session **out, struct rr_err *err);
/* Gives the terminal back. NULL allowed. */
void rr_session_close(struct rr_session *session);
/* Shows the page until something comes of a key (*key, NULL allowed) or wake (-1: none) can be
 * read. RR_DID_QUIT also at *stop, and when the terminal is gone. */
enum rr_did rr_session_show(struct rr_session *session, struct rr_panel *page, int wake,
		unsigned *key);
/* Shows a page once, while something is done that looks at no keys; Ctrl-C is a signal until the
 * next page is shown or a job begins. A command begins with it: nothing was declined yet. */
void rr_session_wait(struct rr_session *session, struct rr_panel *page);
/* Where the next text would be kept; what was kept since then, printable, as lines, whatever bytes
 * were written. Of more than a MiB the end, which says so. The caller frees it; NULL without
 * memory. */
size_t rr_session_mark(const struct rr_session *session);
RR_MUST char *rr_session_kept(const struct rr_session *session, size_t mark);
/* A reporter that shows a job on this terminal and asks by a page. It must be told, and asked,
 * before others. */
RR_MUST int rr_session_reporter(struct rr_session *session, struct rr_reporter **out,
		struct rr_err *err);
/* Was the last question since rr_session_wait() answered by going back, or could not be asked? */
bool rr_session_declined(const struct rr_session *session);

#endif
