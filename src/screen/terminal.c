/* SPDX-License-Identifier: GPL-3.0-or-later */
/* terminal.c - curses, and nothing else: cells out, keys in, the terminal as it was.
 * Owns: its copies of the descriptor, and of what was shown last.   Threads: main. */
#define NCURSES_NOMACROS 1
#include <curses.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "rawright/screen.h"
#include "rawright/text.h"
#include "terminal.h"

#define ESCAPE_MS   25 /* a key that begins with ESC comes as a whole */
#define KEY_CTRL(c) ((c)&0x1f)

struct rr_terminal {
	int fd;
	SCREEN *screen;
	FILE *in, *out;
	bool color;
	bool interrupt; /* Ctrl-C is to be a signal; remembered while it cannot be said */
	bool away; /* another job of the shell has it, or nobody asked since */
	char *undo;
	struct rr_grid shown; /* without cells: not known */
};

/* A capability of the terminal; NULL: it has none. */
static const char *capability(const char *name)
{
	const char *s = tigetstr(name);

	return s == (const char *)-1 ? NULL : s;
}

bool rr_screen_can(int fd)
{
	bool can;
	int found;

	if (tcgetpgrp(fd) < 0 || setupterm(NULL, fd, &found) != OK)
		return false;
	can = capability("cup") && capability("clear");
	(void)del_curterm(cur_term); /* ours, of this moment */
	return can;
}

/* ------------------------------------------------------------------ there and back */

static bool is_foreground(const struct rr_terminal *t)
{
	return tcgetpgrp(t->fd) == getpgrp();
}

/* Ctrl-C and Ctrl-Z come as keys, Ctrl-\ stays what it is, and Ctrl-S must not hold the job. The
 * modes of another job are none of ours: rr_terminal_here() comes back to it. */
static void take_modes(const struct rr_terminal *t)
{
	struct termios modes;

	if (t->away || !is_foreground(t))
		return;
	if (tcgetattr(t->fd, &modes) < 0)
		return; /* it is gone: reading keys will find nothing */
	if (!t->interrupt)
		modes.c_cc[VINTR] = _POSIX_VDISABLE;
	else if (modes.c_cc[VINTR] == _POSIX_VDISABLE)
		modes.c_cc[VINTR] = KEY_CTRL('c');
	modes.c_cc[VSUSP] = _POSIX_VDISABLE;
	modes.c_iflag &= ~(tcflag_t)IXON;
	(void)tcsetattr(t->fd, TCSANOW, &modes);
	def_prog_mode();
}

static void take_colors(struct rr_terminal *t)
{
	t->color = t->color && has_colors() && start_color() == OK && use_default_colors() == OK;
	for (short i = 1; t->color && i < 8; i++)
		(void)init_pair(i, i, -1);
}

/* Where keys come from: standard input may be the image. */
static FILE *open_input(int fd)
{
	int in = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);

	if (in < 0)
		in = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	return in < 0 ? NULL : fdopen(in, "r");
}

static FILE *open_output(int fd)
{
	int out = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	return out < 0 ? NULL : fdopen(out, "w");
}

void rr_terminal_free(struct rr_terminal *t)
{
	if (!t)
		return;
	if (t->screen)
		delscreen(t->screen);
	if (t->in)
		(void)fclose(t->in); /* was read from */
	if (t->out)
		(void)fclose(t->out); /* curses writes past it */
	free(t->undo);
	rr_grid_free(&t->shown);
	free(t);
}

int rr_terminal_open(int fd, bool color, struct rr_terminal **out, struct rr_err *err)
{
	struct rr_terminal *t = calloc(1, sizeof(*t));

	if (!t)
		return rr_fail_memory(err);
	t->color = color;
	t->in = open_input(fd);
	t->out = open_output(fd);
	if (t->in && t->out) {
		t->fd = fileno(t->out);
		use_tioctl(TRUE); /* LINES and COLUMNS of the environment never change */
		t->screen = newterm(NULL, t->out, t->in);
	}
	if (!t->screen) {
		rr_terminal_free(t);
		return rr_fail(err, RR_SYSTEM, 0, "this terminal cannot show a screen");
	}
	(void)cbreak();
	(void)noecho();
	(void)nonl();
	(void)set_escdelay(ESCAPE_MS);
	(void)intrflush(stdscr, FALSE);
	(void)keypad(stdscr, TRUE);
	(void)nodelay(stdscr, TRUE);
	(void)curs_set(0);
	take_colors(t);
	take_modes(t);
	(void)flushinp(); /* what was typed before is no answer to what is shown now */
	*out = t;
	return 0;
}

void rr_terminal_leave(struct rr_terminal *t)
{
	if (is_foreground(t) && !isendwin())
		(void)endwin();
	t->away = true;
}

/* Its size may have changed meanwhile, and nobody in the background hears of that. */
static void come_back(struct rr_terminal *t)
{
	struct winsize size;

	if (ioctl(t->fd, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
		(void)resizeterm(size.ws_row, size.ws_col);
	if (!isendwin())
		(void)reset_prog_mode(); /* somebody else may have changed it */
	(void)clearok(stdscr, TRUE);
	(void)refresh();
	t->away = false;
	take_modes(t);
}

bool rr_terminal_here(struct rr_terminal *t, bool *anew)
{
	if (!is_foreground(t)) {
		t->away = true;
	} else if (t->away) {
		come_back(t);
		*anew = true;
	}
	return !t->away;
}

bool rr_terminal_is_away(const struct rr_terminal *t)
{
	return t->away;
}

void rr_terminal_let_interrupt(struct rr_terminal *t)
{
	t->interrupt = true;
	take_modes(t);
}

void rr_terminal_hold_interrupt(struct rr_terminal *t)
{
	t->interrupt = false;
	take_modes(t);
}

/* A capability as it goes over the line: without its "$<5>" of padding, which no terminal of today
 * needs. */
static void add_capability(struct rr_str *str, const char *s)
{
	for (const char *end; s && *s; s = end) {
		size_t len = strcspn(s, "$");

		rr_str_add(str, s, len);
		end = s + len;
		if (strncmp(end, "$<", 2) == 0 && strchr(end, '>'))
			end = strchr(end, '>') + 1;
		else if (*end)
			rr_str_add(str, end++, 1);
	}
}

const char *rr_terminal_undo(struct rr_terminal *t)
{
	static const char *const undo[] = { "sgr0", "op", "rmkx", "cnorm", "rmcup" };
	struct rr_str str = { 0 };
	const char *move = capability("cup");

	for (size_t i = 0; i < sizeof(undo) / sizeof(*undo); i++)
		add_capability(&str, capability(undo[i]));
	if (!capability("rmcup") && move) { /* there is one screen: what comes stands below it */
		add_capability(&str, tparm(move, getmaxy(stdscr) - 1, 0));
		rr_str_addf(&str, "\r\n");
	}
	free(t->undo);
	t->undo = rr_str_take(&str);
	return t->undo;
}

/* ------------------------------------------------------------------ out */

void rr_terminal_size(struct rr_terminal *t, unsigned *rows, unsigned *cols)
{
	(void)t;
	*rows = (unsigned)getmaxy(stdscr);
	*cols = (unsigned)getmaxx(stdscr);
}

static void put_cell(const struct rr_terminal *t, unsigned row, unsigned col,
		     const struct rr_cell *cell)
{
	struct rr_look look = rr_look_of((enum rr_role)cell->role, t->color);
	const wchar_t text[] = { cell->c, 0 };
	attr_t attrs = (look.bold ? A_BOLD : 0) | (look.reverse ? A_REVERSE : 0);
	cchar_t out;

	if (setcchar(&out, text, attrs, look.color > 0 ? look.color : 0, NULL) == OK)
		(void)mvadd_wch((int)row, (int)col, &out); /* fails, and works, in the last cell */
}

static bool is_new(const struct rr_terminal *t, const struct rr_cell *cell, size_t i)
{
	return !t->shown.cell || t->shown.cell[i].c != cell->c ||
	       t->shown.cell[i].role != cell->role;
}

/* Without memory the next grid is put as a whole. */
static void remember(struct rr_terminal *t, const struct rr_grid *grid)
{
	if (rr_grid_make(&t->shown, grid->rows, grid->cols, grid->face, NULL) < 0)
		rr_grid_free(&t->shown);
	else
		memcpy(t->shown.cell, grid->cell,
		       (size_t)grid->rows * grid->cols * sizeof(*grid->cell));
}

/* To put a cell costs curses more than all else that is done for it, and few of them change. */
void rr_terminal_show(struct rr_terminal *t, const struct rr_grid *grid, bool all)
{
	if (all || t->shown.rows != grid->rows || t->shown.cols != grid->cols)
		rr_grid_free(&t->shown);
	for (unsigned row = 0; row < grid->rows; row++)
		for (unsigned col = 0; col < grid->cols; col++) {
			size_t i = (size_t)row * grid->cols + col;

			if (grid->cell[i].c && is_new(t, &grid->cell[i], i))
				put_cell(t, row, col, &grid->cell[i]);
		}
	remember(t, grid);
	if (all)
		(void)clearok(stdscr, TRUE);
	(void)refresh();
}

/* ------------------------------------------------------------------ in */

/* code: the key is one of curses' own, and no character. */
static unsigned special(wint_t key, bool code)
{
	static const struct {
		wint_t curses;
		unsigned ours;
	} keys[] = {
		{ KEY_UP, RR_KEY_UP },
		{ KEY_DOWN, RR_KEY_DOWN },
		{ KEY_LEFT, RR_KEY_LEFT },
		{ KEY_RIGHT, RR_KEY_RIGHT },
		{ KEY_PPAGE, RR_KEY_PAGE_UP },
		{ KEY_NPAGE, RR_KEY_PAGE_DOWN },
		{ KEY_HOME, RR_KEY_HOME },
		{ KEY_END, RR_KEY_END },
		{ KEY_ENTER, RR_KEY_ENTER },
		{ '\r', RR_KEY_ENTER },
		{ '\n', RR_KEY_ENTER },
		{ 0x1b, RR_KEY_ESCAPE },
		{ KEY_BACKSPACE, RR_KEY_BACKSPACE },
		{ 0x7f, RR_KEY_BACKSPACE },
		{ '\b', RR_KEY_BACKSPACE },
		{ KEY_F(1), RR_KEY_HELP },
		{ KEY_CTRL('c'), RR_KEY_INTERRUPT },
		{ KEY_CTRL('z'), RR_KEY_SUSPEND },
		{ KEY_CTRL('l'), RR_KEY_REDRAW },
		{ KEY_RESIZE, RR_KEY_RESIZED },
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i].curses == key && code == (key >= KEY_MIN))
			return keys[i].ours;
	return RR_KEY_NONE;
}

int rr_terminal_input(const struct rr_terminal *t)
{
	return fileno(t->in);
}

void rr_terminal_forget_keys(struct rr_terminal *t)
{
	(void)t;
	(void)flushinp();
}

unsigned rr_terminal_key(struct rr_terminal *t)
{
	wint_t key;

	(void)t;
	for (int how; (how = wget_wch(stdscr, &key)) != ERR;) {
		unsigned ours = special(key, how == KEY_CODE_YES);

		if (ours == RR_KEY_NONE && how == OK && key < RR_KEY_UP)
			return (unsigned)key;
		if (ours != RR_KEY_NONE)
			return ours;
	}
	return RR_KEY_NONE;
}
