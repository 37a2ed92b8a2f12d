/* SPDX-License-Identifier: GPL-3.0-or-later */
/* terminal.h - a terminal that shows grids and gives keys; the only place that knows curses. */
#ifndef RR_SCREEN_TERMINAL_H
#define RR_SCREEN_TERMINAL_H

#include "draw.h"

struct rr_terminal;

/* What a key can be beside those of enum rr_key. */
enum { RR_KEY_RESIZED = 0x120000, RR_KEY_SUSPEND, RR_KEY_REDRAW };

/* Takes the terminal at fd (borrowed) over: another screen, other modes. RR_SYSTEM: it cannot be
 * one. Only one at a time. */
RR_MUST int rr_terminal_open(int fd, bool color, struct rr_terminal **out, struct rr_err *err);
/* Leaves the terminal as it is. NULL allowed. */
void rr_terminal_free(struct rr_terminal *t);
/* What undoes that when this process cannot: a text for the terminal. Valid until the next call. */
const char *rr_terminal_undo(struct rr_terminal *t);

/* As it was before, until rr_terminal_here(); nothing may be shown between. Another job's is left
 * alone. */
void rr_terminal_leave(struct rr_terminal *t);
/* Is it this job's? Looks whether the shell has given it to another one, and takes it back when
 * that is over: then *anew is set, and all must be shown anew. */
bool rr_terminal_here(struct rr_terminal *t, bool *anew);
/* What the last look has found: it was left, or was another job's. Nothing may be shown. */
bool rr_terminal_is_away(const struct rr_terminal *t);
/* Ctrl-C is a signal again, or a key, as at the beginning. In the background that is remembered,
 * and done once it is back. */
void rr_terminal_let_interrupt(struct rr_terminal *t);
void rr_terminal_hold_interrupt(struct rr_terminal *t);

void rr_terminal_size(struct rr_terminal *t, unsigned *rows, unsigned *cols);
/* Writes what is new of it. all: everything, since something else may have written there. */
void rr_terminal_show(struct rr_terminal *t, const struct rr_grid *grid, bool all);
/* Where keys come from, to wait for them once rr_terminal_key() has no more. */
int rr_terminal_input(const struct rr_terminal *t);
/* What was typed until now is no key. */
void rr_terminal_forget_keys(struct rr_terminal *t);
/* The next key, without waiting; RR_KEY_NONE: there is none. */
unsigned rr_terminal_key(struct rr_terminal *t);

#endif
