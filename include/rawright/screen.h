/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen.h - a reporter that takes the whole terminal: shows what happens, and takes keys. */
#ifndef RR_SCREEN_H
#define RR_SCREEN_H

#include <stdatomic.h>
#include <stdbool.h>

#include "rawright/err.h"
#include "rawright/event.h"

/* What the screen must leave to the process that it is part of; signals are the command line's. */
struct rr_terminal;
struct rr_screen_conf {
	/* The terminal, most likely standard error. As long as the screen is up, the descriptor of
	 * that number is a file in memory: whatever libraries and other reporters write there comes
	 * to the terminal when the screen is gone. */
	int fd;
	/* It is up already, and stays so; nothing stands in for fd then. NULL: one of its own. */
	struct rr_terminal *lent;
	bool utf8;		/* it takes UTF-8 ... */
	bool console;		/* ... but is Linux's own, with few characters */
	bool color;
	long day_s;		/* the time of day now, local, in seconds */
	/* What has to be written to the terminal should this process die; NULL: nothing more. */
	void (*guard)(const char *leave);
	/* From now on (or no more) *suspended tells that somebody wants the job suspended, instead
	 * of that being done. */
	void (*catch_suspend)(bool on);
	atomic_int *suspended;
	/* Suspends the process group; returns when it goes on. */
	void (*suspend)(void);
};

/* screen/terminal.c. Can the terminal at fd be one: is it this session's, and can it move its
 * cursor? */
bool rr_screen_can(int fd);

/* Up from shortly after START to END, when in the foreground. It must be told before other
 * reporters that write to conf->fd. conf is copied. */
RR_MUST int rr_screen_new(const struct rr_screen_conf *conf, struct rr_reporter **out,
		struct rr_err *err);

#endif
