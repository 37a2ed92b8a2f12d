/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.h - what the parts of a session share; for src/screen. */
#ifndef RR_SCREEN_SESSION_H
#define RR_SCREEN_SESSION_H

#include "rawright/panel.h"
#include "terminal.h"

struct rr_session {
	struct rr_screen_conf conf;
	const atomic_int *stop;
	struct rr_terminal *terminal;
	struct rr_grid grid;
	int real;	/* the terminal */
	int output;	/* standard output as it was */
	int memory;	/* what stands in for it and for conf.fd */
	bool dirty, all;
	const struct rr_panel *drawn;	/* what the grid shows; only to compare; NULL */
	bool declined;
	bool quitting;	/* it was wished in a question: no page is shown any more */
	uint64_t open_ms;	/* when conf.day_s was */
	size_t job_mark;	/* where the job's texts begin */
};

#endif
