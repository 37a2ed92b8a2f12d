/* SPDX-License-Identifier: GPL-3.0-or-later */
/* common.c - what commands share: options for what is shown, their reporters, complaints.
 * Owns: nothing.   Threads: main. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rawright/cli.h"
#include "rawright/text.h"

#define AT(field) offsetof(struct rr_common_conf, field)
const struct rr_opt rr_common_opts[] = {
	{ "json", 0, RR_OPT_MAYBE, AT(json), "FILE",
	  "events and the record as JSON, one object a line, on standard output or into a new FILE",
	  NULL },
	{ "progress", 0, RR_OPT_WORD, AT(progress), "HOW",
	  "how progress is shown: plain lines, numeric percents (for dialog --gauge), or none",
	  "auto|plain|numeric|none" },
	{ "quiet", 'q', RR_OPT_FLAG, AT(quiet), NULL, "say only what went wrong, and the result",
	  NULL },
	{ "no-color", 0, RR_OPT_FLAG, AT(no_color), NULL,
	  "no colours (as with NO_COLOR in the environment)", NULL },
	{ 0 },
};

int rr_complain(const struct rr_err *err)
{
	rr_autofree char *text = rr_text_printable(err->text);

	fprintf(stderr, "rawright: %s\n", text ? text : "out of memory");
	return rr_exit_of(err->kind);
}

/* "/dev/fd/5", "/dev/stdout", "/dev/stderr": a copy of that descriptor, whatever it is (opening a
 * name of /dev/fd fails for a socket, and begins a plain file anew). -2: no such name. */
static int open_inherited(const char *path)
{
	char *end;
	long n;

	if (strcmp(path, "/dev/stdout") == 0)
		return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (strcmp(path, "/dev/stderr") == 0)
		return fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
	if (strncmp(path, "/dev/fd/", 8) != 0 || path[8] < '0' || path[8] > '9')
		return -2;
	errno = 0;
	n = strtol(path + 8, &end, 10);
	if (errno || *end || n > 1 << 20)
		return -2;
	return fcntl((int)n, F_DUPFD_CLOEXEC, 3);
}

/* A new file; of what exists, only what keeps nothing (character device, pipe) is written to. */
int rr_common_open_json(const char *path, int *fd, struct rr_err *err)
{
	struct stat st;

	*fd = open_inherited(path);
	if (*fd == -2)
		*fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOCTTY, 0666);
	if (*fd < 0 && errno == EEXIST && stat(path, &st) == 0) {
		if (!S_ISCHR(st.st_mode) && !S_ISFIFO(st.st_mode))
			return rr_fail(err, RR_REFUSED, 0,
				       "--json: %s exists and is not overwritten: "
				       "remove it, or name another file",
				       path);
		*fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	}
	if (*fd < 0)
		return rr_fail(err, RR_SYSTEM, errno, "--json: cannot open %s for the events",
			       path);
	return 0;
}

static int json_reporter(const struct rr_common_conf *conf, struct rr_reporter **out,
			 struct rr_err *err)
{
	int fd = STDOUT_FILENO;

	if (conf->json.text && rr_common_open_json(conf->json.text, &fd, err) < 0)
		return -1;
	if (rr_json_new(fd, conf->json.text != NULL, out, err) < 0) {
		if (conf->json.text)
			(void)close(fd);	/* nothing was written */
		return -1;
	}
	return 0;
}

bool rr_common_terminal(void)
{
	const char *term = getenv("TERM");

	return isatty(STDERR_FILENO) && term && *term && strcmp(term, "dumb") != 0;
}

bool rr_common_color(const struct rr_common_conf *conf)
{
	const char *no_color = getenv("NO_COLOR");

	return rr_common_terminal() && !conf->no_color && !(no_color && *no_color);
}

/* mute: something else shows the progress. */
static int plain_reporter(const struct rr_common_conf *conf, bool numeric, bool mute,
			  struct rr_reporter **out, struct rr_err *err)
{
	bool none = mute || (conf->progress && strcmp(conf->progress, "none") == 0);
	struct rr_plain_conf plain = {
		.fd = STDERR_FILENO,
		.terminal = rr_common_terminal(),
		.color = rr_common_color(conf),
		.quiet = conf->quiet || numeric,
		.progress = !none && !numeric && !conf->quiet,
		.trouble = numeric,	/* a gauge reads along: words only when they are needed */
	};

	return rr_plain_new(&plain, out, err);
}

int rr_common_reporter(struct rr_cli *cli, const struct rr_common_conf *conf,
		       struct rr_reporter **out, struct rr_err *err)
{
	struct rr_reporter *each[4] = { NULL };
	bool numeric = conf->progress && strcmp(conf->progress, "numeric") == 0;
	size_t n = 0;
	int failed = conf->screen ? rr_cli_screen(cli, conf, &each[0], err) : 0;

	n += each[0] != NULL; /* before all that writes to standard error */
	if (!failed)
		failed = plain_reporter(conf, numeric, n > 0, &each[n], err);
	if (!failed && numeric)
		failed = rr_numeric_new(STDERR_FILENO, &each[++n], err);
	if (!failed && conf->json.given)
		failed = json_reporter(conf, &each[++n], err);
	if (!failed)
		return rr_fan_new(each, n + 1, out, err);
	for (size_t i = 0; i < sizeof(each) / sizeof(*each); i++)
		if (each[i])
			each[i]->close(each[i]);
	return -1;
}
