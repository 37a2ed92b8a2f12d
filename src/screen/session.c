/* SPDX-License-Identifier: GPL-3.0-or-later */
/* session.c - the terminal while pages and jobs take turns on it.
 * Owns: the terminal, and what stands in for standard output and error.   Threads: main. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "panels.h"
#include "rawright/clock.h"
#include "rawright/fs.h"
#include "rawright/size.h"
#include "rawright/text.h"
#include "session.h"

#define TICK_MS	  200 /* so often the stop flag and the foreground are looked at */
#define KEYS	  64 /* at once */
#define KEPT_MOST ((size_t)1 << 20)

/* ------------------------------------------------------------------ there and back */

static int take_descriptors(struct rr_session *s)
{
	s->real = fcntl(s->conf.fd, F_DUPFD_CLOEXEC, 3);
	s->output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	s->memory = memfd_create("rawright-pages", MFD_CLOEXEC);
	if (s->real < 0 || s->output < 0 || s->memory < 0)
		return -1;
	return dup2(s->memory, s->conf.fd) < 0 || dup2(s->memory, STDOUT_FILENO) < 0 ? -1 : 0;
}

/* What was kept goes out. */
static void give_descriptors(struct rr_session *s)
{
	rr_autofree char *kept = s->memory >= 0 ? rr_session_kept(s, 0) : NULL;

	if (s->real >= 0)
		(void)dup2(s->real, s->conf.fd); /* both are open: cannot fail */
	if (s->output >= 0)
		(void)dup2(s->output, STDOUT_FILENO);
	if (kept && rr_pwrite(s->conf.fd, kept, strlen(kept), RR_STREAM, NULL) != 0)
		return; /* nobody reads there any more */
}

void rr_session_close(struct rr_session *s)
{
	if (!s)
		return;
	if (s->terminal) {
		rr_terminal_leave(s->terminal);
		rr_terminal_free(s->terminal);
		s->conf.catch_suspend(false);
		s->conf.guard(NULL);
	}
	give_descriptors(s);
	rr_clean_fd(&s->real);
	rr_clean_fd(&s->output);
	rr_clean_fd(&s->memory);
	rr_grid_free(&s->grid);
	free(s);
}

int rr_session_open(const struct rr_screen_conf *conf, const atomic_int *stop,
		    struct rr_session **out, struct rr_err *err)
{
	struct rr_session *s = calloc(1, sizeof(*s));

	if (!s)
		return rr_fail_memory(err);
	s->conf = *conf;
	s->stop = stop;
	s->open_ms = rr_clock_ms();
	s->real = s->output = s->memory = -1;
	if (take_descriptors(s) < 0) {
		(void)rr_fail(err, RR_SYSTEM, errno, "cannot keep what is written to the terminal");
		rr_session_close(s);
		return -1;
	}
	if (rr_terminal_open(s->real, s->conf.color, &s->terminal, err) < 0) {
		rr_session_close(s);
		return -1;
	}
	s->conf.guard(rr_terminal_undo(s->terminal));
	s->conf.catch_suspend(true);
	s->all = true;
	*out = s;
	return 0;
}

/* ------------------------------------------------------------------ what is kept */

size_t rr_session_mark(const struct rr_session *s)
{
	off_t end = lseek(s->memory, 0, SEEK_END);

	return end > 0 ? (size_t)end : 0;
}

/* Whoever writes there may write anything. cut: the first line has lost its beginning. */
static char *printable_lines(const char *text, size_t len, bool cut)
{
	const char *end = text + len, *next = cut ? memchr(text, '\n', len) : NULL;
	rr_autostr struct rr_str out = { 0 };

	if (cut)
		rr_str_addf(&out, "(It was very much: what stood before is left out.)\n");
	for (const char *p = next ? next + 1 : text; p < end; p = next) {
		const char *line_end = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((line_end ? line_end : end) - p);
		rr_autofree char *line = rr_text_printable_bytes(p, n);

		if (!line)
			return NULL;
		rr_str_addf(&out, "%s%s", line, line_end ? "\n" : "");
		next = p + n + (line_end != NULL);
	}
	return rr_str_take(&out);
}

char *rr_session_kept(const struct rr_session *s, size_t mark)
{
	size_t end = rr_session_mark(s), got = 0;
	size_t len = end > mark ? rr_min(end - mark, KEPT_MOST) : 0;
	rr_autofree char *text = malloc(len + 1);

	if (!text)
		return NULL;
	if (len && rr_pread(s->memory, text, len, end - len, &got) != 0 && !got)
		return NULL; /* memory that cannot be read */
	return printable_lines(text, got, end > mark && end - mark > len);
}

/* ------------------------------------------------------------------ frames */

static const struct rr_face *face_of(const struct rr_screen_conf *conf)
{
	return !conf->utf8 ? &rr_face_ascii : conf->console ? &rr_face_console : &rr_face_utf8;
}

static void draw(struct rr_session *s, const struct rr_panel *page)
{
	unsigned rows, cols;

	if (rr_terminal_is_away(s->terminal) || !rr_out_ready(s->real))
		return;
	rr_terminal_size(s->terminal, &rows, &cols);
	if (rr_grid_make(&s->grid, rows, cols, face_of(&s->conf), NULL) < 0)
		return; /* no memory: what was there stays */
	rr_panel_draw(page, &s->grid);
	rr_terminal_show(s->terminal, &s->grid, s->all);
	s->all = s->dirty = false;
	s->drawn = page;
}

void rr_session_wait(struct rr_session *s, struct rr_panel *page)
{
	s->declined = false;
	draw(s, page);
	rr_terminal_let_interrupt(s->terminal);
}

/* ------------------------------------------------------------------ keys */

/* Another job of the shell may have the terminal: then nothing is shown until it is ours. */
static void look_for_foreground(struct rr_session *s)
{
	bool anew = false;

	(void)rr_terminal_here(s->terminal, &anew); /* who shows or reads asks the terminal */
	if (anew)
		s->all = s->dirty = true;
}

static void suspend(struct rr_session *s)
{
	atomic_store(s->conf.suspended, 0);
	rr_terminal_leave(s->terminal);
	s->conf.guard(NULL);
	s->conf.suspend();
	s->conf.guard(rr_terminal_undo(s->terminal));
	look_for_foreground(s);
}

/* What was not seen, in a window of this size, is not answered. */
static bool may_answer(const struct rr_session *s, const struct rr_panel *page)
{
	unsigned rows, cols;

	rr_terminal_size(s->terminal, &rows, &cols);
	return s->drawn == page && s->grid.rows == rows && s->grid.cols == cols;
}

static enum rr_did take_keys(struct rr_session *s, struct rr_panel *page, unsigned *pressed)
{
	enum rr_did did = RR_DID_NOTHING;
	unsigned key;

	for (unsigned i = 0;
	     i < KEYS && did == RR_DID_NOTHING && !rr_terminal_is_away(s->terminal) &&
	     (key = rr_terminal_key(s->terminal)) != RR_KEY_NONE;
	     i++) {
		s->dirty = true;
		if (key == RR_KEY_SUSPEND) {
			suspend(s);
		} else if (key == RR_KEY_REDRAW || key == RR_KEY_RESIZED) {
			s->all = true;
			s->conf.guard(rr_terminal_undo(s->terminal));
		} else if (key != RR_KEY_ENTER || !page->asking || may_answer(s, page)) {
			did = rr_panel_key(page, s->grid.rows, s->grid.cols, key);
			*pressed = key;
		}
	}
	return did;
}

/* Until there is something to look at. */
static enum rr_did wait_for(struct rr_session *s, int wake)
{
	struct pollfd p[] = { { .fd = rr_terminal_input(s->terminal), .events = POLLIN },
			      { .fd = wake, .events = POLLIN } };

	if (rr_terminal_is_away(s->terminal))
		p[0].fd = -1;
	if (poll(p, 2, TICK_MS) < 0)
		return RR_DID_NOTHING; /* a signal: perhaps of another size */
	if (p[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		return RR_DID_QUIT;
	return p[1].revents ? RR_DID_WAKE : RR_DID_NOTHING;
}

enum rr_did rr_session_show(struct rr_session *s, struct rr_panel *page, int wake, unsigned *key)
{
	enum rr_did did = RR_DID_NOTHING;
	unsigned pressed = RR_KEY_NONE;

	rr_terminal_hold_interrupt(s->terminal);
	s->dirty = true;
	while (did == RR_DID_NOTHING) {
		if (atomic_load(s->conf.suspended))
			suspend(s);
		look_for_foreground(s);
		did = take_keys(s, page, &pressed);
		if (atomic_load(s->stop) || s->quitting)
			return RR_DID_QUIT;
		if (did == RR_DID_NOTHING && s->dirty)
			draw(s, page);
		if (did == RR_DID_NOTHING)
			did = wait_for(s, wake);
	}
	if (key)
		*key = pressed;
	return did;
}
