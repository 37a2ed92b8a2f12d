/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ask.c - a question on a terminal, and the word that answers it.
 * Owns: nothing.   Threads: main. */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "out.h"
#include "rawright/event.h"
#include "rawright/fs.h"

#define TICK_MS 100 /* a signal may come just before the wait begins: it is looked for so often */

/* Until there is something to read. False: no answer is wanted any more. */
static bool wait_answer(int fd, const atomic_int *stop)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	while (!stop || !atomic_load(stop))
		if (poll(&p, 1, TICK_MS) > 0)
			return true;
	return false;
}

/* A line in buf. False at the end of input, or at a stop. */
static bool read_answer(int fd, const atomic_int *stop, char *buf, size_t size)
{
	size_t n = 0;
	char c;

	while (wait_answer(fd, stop) && read(fd, &c, 1) == 1) {
		if (c == '\n') {
			buf[n] = '\0';
			return true;
		}
		if (n + 1 < size)
			buf[n++] = c;
	}
	return false;
}

static void add_lines(struct rr_str *str, const char *text)
{
	for (size_t len; *text; text += len + (text[len] == '\n')) {
		rr_autofree char *line = NULL;

		len = strcspn(text, "\n");
		line = strndup(text, len);
		rr_out_foreign(str, line);
		rr_str_addf(str, "\n");
	}
}

/* Standard input may be the image: then the terminal itself is asked. */
static int open_terminal(void)
{
	return isatty(STDIN_FILENO) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3) :
				      open("/dev/tty", O_RDWR | O_CLOEXEC);
}

int rr_out_ask(const struct rr_question *question, int fd)
{
	rr_autostr struct rr_str lines = { 0 };
	rr_autofd int tty = open_terminal();
	char answer[128];

	if (tty < 0)
		return -1;
	add_lines(&lines, question->text);
	rr_str_addf(&lines, "Type %s to go on: ", question->word);
	(void)tcflush(tty, TCIFLUSH); /* what was typed before the question is no answer to it */
	if (lines.fail || rr_pwrite(fd, lines.s, lines.len, RR_STREAM, NULL) != 0)
		return -1;
	if (read_answer(tty, question->stop, answer, sizeof(answer)))
		return strcmp(answer, question->word) == 0;
	/* no line end was typed; a terminal that is gone needs none */
	return rr_pwrite(fd, "\n", 1, RR_STREAM, NULL) == 0 ? 0 : -1;
}
