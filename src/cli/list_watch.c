/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list_watch.c - "rawright list --watch": what comes, goes and changes, a line each.
 * Owns: nothing.   Threads: main. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "list.h"
#include "rawright/fs.h"
#include "rawright/nodes.h"
#include "rawright/text.h"
#include "rawright/words.h"

struct teller {
	const struct rr_list_watch *conf;
	struct rr_err *err;
	bool closed;		/* nobody reads any more */
};

/* Each line is written as a whole, and at once. */
static int put(struct teller *t, const char *line)
{
	int os = rr_pwrite(STDOUT_FILENO, line, strlen(line), RR_STREAM, NULL);

	t->closed = os == EPIPE;
	if (os && !t->closed)
		return rr_fail(t->err, RR_SYSTEM, os, "cannot write to standard output");
	return t->closed ? 1 : 0;
}

/* What is new with a drive, in words: its medium, its use, then what it may. */
static char *news(const struct rr_change *change)
{
	const struct rr_seen *now = change->now;
	rr_autofree char *drive = rr_words_drive(&now->node), *use = rr_words_use(&now->use);
	rr_autofree char *can = rr_words_write(&now->write);
	rr_autostr struct rr_str str = { 0 };

	if (!drive || !use || !can)
		return NULL;
	if (change->what & RR_CHANGED_MEDIUM)
		rr_str_addf(&str, "%s", !now->node.medium		? "medium is out: " :
					!change->was->node.medium ? "medium is in: " :
								    "another medium: ");
	if (change->what & (RR_CHANGED_MEDIUM | RR_CHANGED_CONTENT | RR_CHANGED_FACTS))
		rr_str_addf(&str, "%s", drive);
	if (change->what & RR_CHANGED_USE)
		rr_str_addf(&str, "%s%s", str.len ? "; " : "", *use ? use : "no longer in use");
	if (change->what & RR_CHANGED_WRITE)
		rr_str_addf(&str, "%swritable: %s", str.len ? "; " : "", can);
	return rr_str_take(&str);
}

char *rr_list_change(const struct rr_change *change)
{
	const struct rr_seen *seen = change->now ? change->now : change->was;
	rr_autofree char *path = rr_text_printable(seen->node.path);
	rr_autofree char *what = change->kind == RR_CHANGED ? news(change) :
							       rr_words_drive(&seen->node);

	if (!path || !what)
		return NULL;
	return rr_text_format("%s %s: %s\n",
			      change->kind == RR_ADDED	 ? "+ added" :
			      change->kind == RR_REMOVED ? "- removed" :
							   "~ changed",
			      path, what);
}

static int tell(void *ctx, const struct rr_change *change)
{
	struct teller *t = ctx;
	const struct rr_list_watch *conf = t->conf;
	rr_autofree char *line = NULL;
	bool json_closed = false;

	if (conf->json >= 0 &&
	    rr_report_change(change, conf->json, conf->json_name, &json_closed, t->err) < 0)
		return -1;
	t->closed |= json_closed;
	if (t->closed || !conf->people)
		return t->closed ? 1 : 0;
	line = rr_list_change(change);
	return line ? put(t, line) : rr_fail_memory(t->err);
}

/* The new survey takes the place of the old one. */
static int look_again(struct teller *t)
{
	struct rr_survey now;
	int result;

	if (rr_survey_take(&now, t->conf->all, t->err) < 0)
		return -1;
	result = rr_survey_compare(t->conf->survey, &now, tell, t, t->err);
	rr_survey_clear(t->conf->survey);
	*t->conf->survey = now;
	return result < 0 ? -1 : 0;
}

int rr_list_watch(struct rr_watch *watch, const struct rr_list_watch *conf, const atomic_int *stop,
		  bool *stopped, struct rr_err *err)
{
	struct teller t = { .conf = conf, .err = err };
	int out = conf->people ? STDOUT_FILENO : conf->json;
	enum rr_watched what = RR_WATCH_NEWS;

	while (!t.closed && what == RR_WATCH_NEWS) {
		if (rr_watch_wait(watch, stop, out, &what, err) < 0)
			return -1;
		if (what == RR_WATCH_NEWS && look_again(&t) < 0)
			return -1;
	}
	*stopped = what == RR_WATCH_STOPPED;
	return 0;
}
