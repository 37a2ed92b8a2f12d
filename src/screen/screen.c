/* SPDX-License-Identifier: GPL-3.0-or-later */
/* screen.c - the reporter: takes the terminal when a job runs, shows what the model says, gives it
 * back at the end, whatever was written meanwhile after it.
 * Owns: the model, the terminal, what stands in for the descriptor.   Threads: main. */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <termios.h>
#include <unistd.h>

#include "draw.h"
#include "rawright/clock.h"
#include "rawright/fs.h"
#include "rawright/screen.h"
#include "terminal.h"

#define UP_AFTER_MS 300 /* what is over sooner needs no screen */
#define FRAME_MS    200 /* at most five a second */
#define KEYS	    64 /* at once: a paste must not hold the job */

struct screen {
	struct rr_reporter base;
	struct rr_screen_conf conf;
	struct rr_screen_model *model;
	struct rr_screen_view view;
	struct rr_grid grid;
	struct rr_terminal *terminal; /* NULL: not up */
	int real, memory; /* the descriptor while it is up, and what stands in for it; -1 */
	uint64_t start_ms, shown_ms;
	bool running; /* between START and END */
	bool given_up; /* it cannot be one after all */
	bool dirty, all;
};

static bool is_foreground(int fd)
{
	return tcgetpgrp(fd) == getpgrp();
}

/* ------------------------------------------------------------------ up and down */

/* Whatever is written to the descriptor from now on is kept. */
static bool take_descriptor(struct screen *s)
{
	s->real = fcntl(s->conf.fd, F_DUPFD_CLOEXEC, 3);
	s->memory = memfd_create("rawright-screen", MFD_CLOEXEC);
	return s->real >= 0 && s->memory >= 0 && dup2(s->memory, s->conf.fd) == s->conf.fd;
}

/* What was kept goes out. */
static void give_descriptor(struct screen *s)
{
	char buf[4096];
	ssize_t n;

	if (s->real >= 0)
		(void)dup2(s->real, s->conf.fd); /* both are open: cannot fail */
	for (off_t at = 0; s->memory >= 0 && (n = pread(s->memory, buf, sizeof(buf), at)) > 0;
	     at += n)
		if (rr_pwrite(s->conf.fd, buf, (size_t)n, RR_STREAM, NULL) != 0)
			break; /* nobody reads there any more */
	rr_clean_fd(&s->real);
	rr_clean_fd(&s->memory);
	s->real = s->memory = -1;
}

static void go_up(struct screen *s)
{
	struct rr_err err;

	if (!is_foreground(s->conf.fd))
		return; /* another time */
	s->dirty = s->all = true;
	if (s->conf.lent) {
		s->terminal = s->conf.lent;
		s->real = s->conf.fd;
		rr_terminal_hold_interrupt(s->terminal);
		return;
	}
	if (!take_descriptor(s) ||
	    rr_terminal_open(s->real, s->conf.color, &s->terminal, &err) < 0) {
		give_descriptor(s);
		s->given_up = true; /* the other reporters tell enough */
		return;
	}
	s->conf.guard(rr_terminal_undo(s->terminal));
	s->conf.catch_suspend(true);
}

static void go_down(struct screen *s)
{
	if (!s->terminal)
		return;
	if (s->conf.lent) {
		rr_terminal_let_interrupt(s->terminal);
		s->terminal = NULL;
		s->real = -1;
		return;
	}
	rr_terminal_leave(s->terminal);
	rr_terminal_free(s->terminal);
	s->terminal = NULL;
	s->conf.catch_suspend(false);
	s->conf.guard(NULL);
	give_descriptor(s);
}

/* ------------------------------------------------------------------ frames */

static void resize(struct screen *s)
{
	unsigned rows, cols;

	rr_terminal_size(s->terminal, &rows, &cols);
	if (rr_grid_make(&s->grid, rows, cols,
			 !s->conf.utf8	 ? &rr_face_ascii :
			 s->conf.console ? &rr_face_console :
					   &rr_face_utf8,
			 NULL) < 0)
		rr_grid_free(&s->grid); /* no memory: what was there stays */
}

/* Left out for a terminal that does not take it now: the job must not wait for it. */
static void draw(struct screen *s)
{
	struct rr_scene scene = { .model = s->model, .view = &s->view };

	if (rr_terminal_is_away(s->terminal) || !rr_out_ready(s->real))
		return;
	resize(s);
	if (!s->grid.cell)
		return;
	rr_screen_draw(&scene, &s->grid);
	rr_terminal_show(s->terminal, &s->grid, s->all);
	s->shown_ms = rr_clock_ms();
	s->dirty = s->all = false;
}

static void draw_if_due(struct screen *s)
{
	if (s->dirty && rr_clock_ms() - s->shown_ms >= FRAME_MS)
		draw(s);
}

/* ------------------------------------------------------------------ keys */

/* Another job of the shell may have the terminal when this one goes on: then it goes on without. */
static bool is_here(struct screen *s)
{
	bool anew = false, here = rr_terminal_here(s->terminal, &anew);

	if (anew) {
		s->all = true;
		draw(s);
	}
	return here;
}

static void suspend(struct screen *s)
{
	atomic_store(s->conf.suspended, 0);
	rr_terminal_leave(s->terminal);
	s->conf.guard(NULL);
	s->conf.suspend();
	s->conf.guard(rr_terminal_undo(s->terminal));
	(void)is_here(s); /* it is asked again before anything is shown */
}

static void obey_key(struct screen *s, unsigned key)
{
	unsigned wish = s->view.wish;

	s->dirty = true;
	if (key == RR_KEY_REDRAW || key == RR_KEY_RESIZED) {
		s->all = true;
		s->conf.guard(rr_terminal_undo(s->terminal));
		return;
	}
	rr_view_key(&s->view, s->model, s->grid.rows, s->grid.cols, key);
	if ((s->view.wish & RR_WISH_STOP) && !(wish & RR_WISH_STOP))
		rr_terminal_let_interrupt(s->terminal); /* who insists is heard at once */
}

static void take_keys(struct screen *s)
{
	unsigned key;

	for (unsigned i = 0; i < KEYS && (key = rr_terminal_key(s->terminal)) != RR_KEY_NONE; i++) {
		if (key == RR_KEY_SUSPEND)
			suspend(s);
		else
			obey_key(s, key);
		if (rr_terminal_is_away(s->terminal))
			return;
	}
	if (s->dirty) /* a key shows its effect at once */
		draw(s);
}

static unsigned screen_wish(struct rr_reporter *base)
{
	struct screen *s = (struct screen *)base;

	if (!s->running || s->given_up)
		return s->view.wish;
	rr_model_tick(s->model, rr_clock_ms() - s->start_ms);
	if (!s->terminal && (s->conf.lent || rr_clock_ms() - s->start_ms >= UP_AFTER_MS))
		go_up(s);
	if (!s->terminal)
		return s->view.wish;
	if (atomic_load(s->conf.suspended))
		suspend(s);
	if (is_here(s))
		take_keys(s);
	draw_if_due(s);
	return s->view.wish;
}

/* ------------------------------------------------------------------ events */

static int screen_event(struct rr_reporter *base, const struct rr_event *ev)
{
	struct screen *s = (struct screen *)base;

	if (ev->type == RR_EV_START) {
		s->start_ms = rr_clock_ms();
		s->view = (struct rr_screen_view){ 0 };
		s->running = true;
	}
	rr_model_event(s->model, ev);
	s->dirty = true;
	if (ev->type == RR_EV_END) {
		s->running = false;
		go_down(s);
	}
	if (s->terminal && ev->type == RR_EV_PROGRESS)
		draw_if_due(s);
	return 0;
}

static void screen_close(struct rr_reporter *base)
{
	struct screen *s = (struct screen *)base;

	go_down(s);
	rr_grid_free(&s->grid);
	rr_model_free(s->model);
	free(s);
}

int rr_screen_new(const struct rr_screen_conf *conf, struct rr_reporter **out, struct rr_err *err)
{
	struct screen *s = calloc(1, sizeof(*s));

	if (!s)
		return rr_fail_memory(err);
	s->base = (struct rr_reporter){ .event = screen_event,
					.wish = screen_wish,
					.close = screen_close };
	s->conf = *conf;
	s->real = s->memory = -1;
	if (rr_model_new(conf->day_s, &s->model, err) < 0) {
		free(s);
		return -1;
	}
	*out = &s->base;
	return 0;
}
