/* SPDX-License-Identifier: GPL-3.0-or-later */
/* on_screen.c - the screen of a command: on which terminals, in which characters.
 * Owns: nothing.   Threads: main. */
#include <langinfo.h>
#include <locale.h>
#include <string.h>
#include <time.h>

#include "rawright/cli.h"
#include "rawright/panel.h"
#include "rawright/screen.h"

#define AT(field) offsetof(struct rr_common_conf, field)
const struct rr_opt rr_screen_opts[] = {
	{ "screen", 0, RR_OPT_FLAG, AT(screen), NULL,
	  "show everything on the whole terminal, with keys to pause, stop and look around", NULL },
	{ 0 },
};

/* The locale says which characters the terminal takes, and how wide they are. */
static bool is_utf8(void)
{
	return setlocale(LC_CTYPE, "") && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static long time_of_day(void)
{
	time_t now = time(NULL);
	struct tm tm;

	return localtime_r(&now, &tm) ? tm.tm_hour * 3600L + tm.tm_min * 60L + tm.tm_sec : 0;
}

static int check(const struct rr_common_conf *conf, struct rr_err *err)
{
	if (conf->progress)
		return rr_fail(err, RR_USAGE, 0, "--screen and --progress exclude each other");
	if (conf->json.given && !conf->json.text && isatty(STDOUT_FILENO))
		return rr_fail(err, RR_USAGE, 0,
			       "--screen and --json would share this terminal: name a file for the "
			       "events, --json=FILE");
	return 0;
}

void rr_cli_screen_conf(const struct rr_cli *cli, const struct rr_common_conf *conf,
			struct rr_screen_conf *out)
{
	const char *term = getenv("TERM");

	*out = (struct rr_screen_conf){ .fd = STDERR_FILENO,
					.utf8 = is_utf8(),
					.console = term && strncmp(term, "linux", 5) == 0,
					.color = rr_common_color(conf),
					.day_s = time_of_day(),
					.guard = cli->guard_terminal,
					.catch_suspend = cli->catch_suspend,
					.suspended = cli->suspended,
					.suspend = cli->suspend };
}

int rr_cli_screen(struct rr_cli *cli, const struct rr_common_conf *conf, struct rr_reporter **out,
		  struct rr_err *err)
{
	struct rr_screen_conf screen;

	*out = NULL;
	if (check(conf, err) < 0)
		return -1;
	if (cli->session)
		return rr_session_reporter(cli->session, out, err);
	if (!rr_common_terminal() || !rr_screen_can(STDERR_FILENO))
		return 0;
	rr_cli_screen_conf(cli, conf, &screen);
	return rr_screen_new(&screen, out, err);
}
