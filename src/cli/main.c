/* SPDX-License-Identifier: GPL-3.0-or-later */
/* main.c - finds the command, gives it its options and a guardian, and ends with its status.
 * Owns: the signal flags.   Threads: main. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>

#include "rawright/cli.h"
#include "rawright/digest.h"
#include "rawright/event.h"

static atomic_int stop, show, suspended;	/* set by the handlers below and by nobody else */

static void on_stop(int sig)
{
	int none = 0;

	(void)atomic_compare_exchange_strong(&stop, &none, sig);	/* the first one counts */
}

static void on_show(int sig)
{
	(void)sig;
	atomic_store(&show, 1);
}

static void on_suspend(int sig)
{
	(void)sig;
	atomic_store(&suspended, 1);
}

/* What the caller ignores stays ignored. */
static void catch_suspend(bool on)
{
	struct sigaction act = { .sa_handler = on ? on_suspend : SIG_DFL }, now;

	sigemptyset(&act.sa_mask);
	act.sa_flags = SA_RESTART;
	if (sigaction(SIGTSTP, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
		(void)sigaction(SIGTSTP, &act, NULL);	/* a known signal: cannot fail */
}

/* As the terminal does it: all of the process group, the guardian and a pipe's other end too. */
static void suspend(void)
{
	catch_suspend(false);
	(void)kill(0, SIGTSTP);	/* without job control nothing happens */
	catch_suspend(true);
}

/* No SA_RESTART: whoever waits in the kernel is to look at the flag. What the caller ignores
 * (nohup, a job in the background) stays ignored; SIGTERM is also the guardian's last word. */
static void catch_signals(void)
{
	static const int stops[] = { SIGINT, SIGHUP, SIGTERM };
	struct sigaction act = { .sa_handler = on_stop }, now;

	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); i++)
		if (sigaction(stops[i], NULL, &now) == 0 &&
		    (stops[i] == SIGTERM || now.sa_handler != SIG_IGN))
			(void)sigaction(stops[i], &act, NULL);	/* known signals: cannot fail */
	act.sa_handler = on_show;
	(void)sigaction(SIGUSR1, &act, NULL);
}

/* A missing standard descriptor would be given to the next file opened, and words or bytes meant
 * for it would land in an image. What stands in for it fails as a closed one does. */
static int fill_standard(void)
{
	static const int mode[] = { O_WRONLY, O_RDONLY, O_RDWR };

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", mode[fd]) != fd)
			return -1;
	return 0;
}

/* What was printed must have arrived. */
static int flush_output(int status)
{
	struct rr_err err;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	(void)rr_fail(&err, RR_SYSTEM, errno, "cannot write to standard output");
	(void)rr_complain(&err);	/* its status is this one's */
	return rr_exit_worse(status, RR_EXIT_FAILED);
}

static int version(void)
{
	struct rr_err err;

	if (rr_digest_init(&err) < 0)
		return rr_complain(&err);
	printf("rawright %s\n%s, jansson %s\n", PACKAGE_VERSION, rr_digest_library(),
	       rr_json_version());
	printf("Free software: GNU General Public License, version 3 or later; no warranty.\n");
	return RR_EXIT_OK;
}

static int unknown(const char *what, const char *word)
{
	const char *nearest = NULL;
	unsigned best = UINT_MAX;
	struct rr_err err;

	for (size_t i = 0; *word != '-' && rr_cmd_table[i]; i++)
		nearest = rr_opt_nearer(word, rr_cmd_table[i]->name, nearest, &best);
	if (nearest)
		(void)rr_fail(&err, RR_USAGE, 0, "unknown %s '%s': did you mean 'rawright %s'?",
			      what, word, nearest);
	else
		(void)rr_fail(&err, RR_USAGE, 0,
			      "unknown %s '%s': 'rawright --help' shows what there is", what, word);
	return rr_complain(&err);
}

static int program_option(const char *word)
{
	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
		rr_help_program(stdout);
	else if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
		return version();
	else if (strcmp(word, "--help-rows") == 0)
		rr_help_rows(stdout);
	else
		return unknown("option", word);
	return RR_EXIT_OK;
}

static const struct rr_cmd *find_command(const char *name)
{
	for (size_t i = 0; rr_cmd_table[i]; i++)
		if (strcmp(rr_cmd_table[i]->name, name) == 0)
			return rr_cmd_table[i];
	return NULL;
}

static int run(const struct rr_cmd *cmd, struct rr_cli *cli, void *conf, int argc, char **argv)
{
	int status;

	catch_signals();
	rr_guardian_start(cli);
	status = flush_output(cmd->run(cli, conf, argc, argv));
	rr_guardian_status(status, cli->stuck);
	if (!cli->stuck)
		return status;
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		(void)close(fd); /* flushed; who reads the other end must not wait for the drive */
	_exit(status);
}

int main(int argc, char **argv)
{
	struct rr_cli cli = { .argc = argc,
			      .argv = argv,
			      .stop = &stop,
			      .show = &show,
			      .suspended = &suspended,
			      .catch_suspend = catch_suspend,
			      .suspend = suspend };
	const struct rr_cmd *cmd;

	if (fill_standard() < 0)
		return RR_EXIT_FAILED;		/* and nowhere to say it */
	(void)signal(SIGPIPE, SIG_IGN);		/* write() says it: EPIPE */
	(void)signal(SIGXFSZ, SIG_IGN);		/* EFBIG */
	if (argc < 2 && rr_pick_possible())
		return run(&rr_cmd_pick, &cli, NULL, 0, NULL);
	if (argc < 2) {
		rr_help_program(stderr);
		return RR_EXIT_USAGE;
	}
	if (argv[1][0] == '-')
		return flush_output(program_option(argv[1]));
	cmd = find_command(argv[1]);
	if (!cmd)
		return unknown("command", argv[1]);
	if (!rr_opt_is_help(argc - 2, argv + 2))
		return rr_command(cmd, &cli, run);
	rr_help_command(cmd, stdout);
	return flush_output(RR_EXIT_OK);
}
