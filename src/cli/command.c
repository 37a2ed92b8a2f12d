/* SPDX-License-Identifier: GPL-3.0-or-later */
/* command.c - a command line becomes a conf, and the command is run with it.
 * Owns: nothing.   Threads: main. */
#include <stdlib.h>
#include <string.h>

#include "rawright/cli.h"

static int parse_and_run(const struct rr_cmd *cmd, struct rr_cli *cli, rr_cmd_runner *run,
			 void *conf, char **argv)
{
	int argc = cli->argc - 2;
	struct rr_err err;

	memcpy(argv, cli->argv + 2, (size_t)argc * sizeof(*argv)); /* operands are moved in it */
	if (cmd->defaults)
		cmd->defaults(conf);
	if (rr_opt_parse(cmd, conf, &argc, argv, &err) == 0)
		return run(cmd, cli, conf, argc, argv);
	(void)rr_complain(&err);	/* its status is the kind's */
	if (err.kind == RR_USAGE)
		fprintf(stderr, "'rawright %s --help' shows how it is used\n", cmd->name);
	return rr_exit_of(err.kind);
}

int rr_command(const struct rr_cmd *cmd, struct rr_cli *cli, rr_cmd_runner *run)
{
	char **argv = calloc((size_t)cli->argc, sizeof(*argv));
	void *conf = calloc(1, cmd->conf_size);
	struct rr_err err;
	int status;

	if (!argv || !conf) {
		free(argv);
		free(conf);
		(void)rr_fail_memory(&err);
		return rr_complain(&err);
	}
	status = parse_and_run(cmd, cli, run, conf, argv);
	if (cli->stuck)
		return status;	/* a thread may still look at it */
	rr_opt_free(cmd, conf);
	free(argv);
	free(conf);
	return status;
}
