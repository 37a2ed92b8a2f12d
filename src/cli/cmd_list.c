/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_list.c - "rawright list": the drives there are, as a table or as JSON, and what changes.
 * Owns: nothing.   Threads: main. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "list.h"
#include "rawright/cli.h"
#include "rawright/nodes.h"
#include "rawright/text.h"

struct list_conf {
	struct rr_common_conf common;
	bool all, watch;
	const char *columns;
};

static const struct rr_opt list_opts[] = {
	{ "all", 'a', RR_OPT_FLAG, offsetof(struct list_conf, all), NULL,
	  "also fixed, loop and virtual drives", NULL },
	{ "columns", 'c', RR_OPT_TEXT, offsetof(struct list_conf, columns), "LIST",
	  "the columns to show, with commas between them; +LIST adds to those shown without it; "
	  "all",
	  NULL },
	{ "watch", 'w', RR_OPT_FLAG, offsetof(struct list_conf, watch), NULL,
	  "then tell what comes, goes and changes, until interrupted", NULL },
	{ 0 },
};
static const struct rr_opt *const list_tables[] = { list_opts, rr_common_opts, NULL };

/* What one run of the command goes by. */
struct list {
	const struct list_conf *conf;
	const struct rr_list_column **col;	/* owned */
	size_t ncol;
	struct rr_survey survey;
	struct rr_watch *watch;			/* NULL without --watch; owned */
	int json;				/* -1: none asked for */
	const char *json_name;
};

static void say_nothing_found(bool all)
{
	if (all)
		fprintf(stderr, "No drives found.\n");
	else
		fprintf(stderr,
			"No floppy, USB, SD or optical drive found: plug one in and try again.\n"
			"rawright list --all also shows fixed, loop and virtual drives.\n");
}

static void say_blind(const struct rr_survey *survey)
{
	rr_autofree char *text = rr_text_printable(survey->blind);

	if (text)
		fprintf(stderr, "note: %s\n", text);
}

/* Is the list on standard output one for people? */
static bool for_people(const struct list *l)
{
	return !l->conf->common.json.given || l->conf->common.json.text;
}

static int show(const struct list *l, struct rr_err *err)
{
	if (l->json >= 0 &&
	    rr_report_survey(&l->survey, l->watch != NULL, l->json, l->json_name, err) < 0)
		return -1;
	if (!l->conf->common.quiet)
		say_blind(&l->survey);
	if (!for_people(l))
		return 0;
	if (l->survey.n)
		return rr_list_print(&l->survey, l->col, l->ncol, err);
	if (!l->conf->common.quiet)
		say_nothing_found(l->conf->all);
	return 0;
}

static int watch(struct rr_cli *cli, struct list *l, bool *stopped, struct rr_err *err)
{
	struct rr_list_watch conf = {
		.survey = &l->survey,
		.all = l->conf->all,
		.people = for_people(l),
		.json = l->json,
		.json_name = l->json_name,
	};

	if (fflush(stdout) != 0)	/* main complains of it at the end */
		return 0;
	return rr_list_watch(l->watch, &conf, cli->stop, stopped, err);
}

/* The watch begins before the list is made: nothing can come in between. */
static int list_them(struct rr_cli *cli, struct list *l, bool *stopped, struct rr_err *err)
{
	if (l->conf->watch && rr_watch_new(&l->watch, err) < 0)
		return -1;
	if (rr_survey_take(&l->survey, l->conf->all, err) < 0 || show(l, err) < 0)
		return -1;
	return l->watch ? watch(cli, l, stopped, err) : 0;
}

static int open_json(struct list *l, struct rr_err *err)
{
	const struct rr_maybe *json = &l->conf->common.json;

	l->json_name = json->text ? json->text : "standard output";
	l->json = json->given ? STDOUT_FILENO : -1;
	return json->text ? rr_common_open_json(json->text, &l->json, err) : 0;
}

static int close_json(struct list *l, struct rr_err *err)
{
	if (l->conf->common.json.text && l->json >= 0 && close(l->json) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot write %s", l->json_name);
	return 0;
}

static int list_run(struct rr_cli *cli, void *conf, int argc, char **argv)
{
	struct list l = { .conf = conf, .json = -1 };
	bool stopped = false;
	struct rr_err err;
	int result;

	(void)argc, (void)argv;		/* no operands */
	result = rr_list_columns_parse(l.conf->columns, &l.col, &l.ncol, &err);
	if (!result)
		result = open_json(&l, &err);
	if (!result) {
		struct rr_err later;

		result = list_them(cli, &l, &stopped, &err);
		if (close_json(&l, result ? &later : &err) < 0)
			result = -1;
	}
	rr_watch_free(l.watch);
	rr_survey_clear(&l.survey);
	free(l.col);
	if (result < 0)
		return rr_complain(&err);
	return stopped ? RR_EXIT_STOPPED : RR_EXIT_OK;
}

const struct rr_cmd rr_cmd_list = {
	.name = "list",
	.args = "",
	.brief = "show the drives there are, and whether they may be written",
	.about = "Shows the drives that can be read, with size, kind, model, what is on them, and\n"
		 "whether they may be written, or why not. Without --all: floppy, USB, SD and\n"
		 "optical drives, and others whose medium can be taken out. Nothing is opened for\n"
		 "it: what is in the PC's own floppy drive is not known before it is read, and\n"
		 "shown as \"?\".\n",
	.examples = "rawright list                       # floppy, USB, SD and optical drives\n"
		    "rawright list --all --columns +SERIAL,PORT\n"
		    "rawright list --watch               # and what is plugged in from now on\n"
		    "rawright list --json | jq .         # one JSON object, for programs\n",
	.opts = list_tables,
	.conf_size = sizeof(struct list_conf),
	.min_args = 0,
	.max_args = 0,
	.run = list_run,
};
