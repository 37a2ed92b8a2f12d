/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick.c - "rawright" alone: from a drive to a command line, page by page, and the command run.
 * Owns: all that was chosen.   Threads: main; the lookout has its own. */
#include <string.h>
#include <sys/eventfd.h>

#include "list.h"
#include "look.h"
#include "pick.h"
#include "rawright/digest.h"
#include "rawright/words.h"

void rr_pick_say(struct rr_pick *pick, char *text)
{
	free(pick->notice);
	pick->notice = text;
}

const struct rr_seen *rr_pick_drive(const struct rr_pick *pick)
{
	return rr_pick_find(&pick->survey, pick->id);
}

/* ------------------------------------------------------------------ the line */

int rr_pick_begin_line(struct rr_pick *pick, struct rr_err *err)
{
	const struct rr_seen *seen = rr_pick_drive(pick);

	rr_pick_line_clear(&pick->line);
	free(pick->target_id);
	pick->target_id = NULL;
	if (!seen)
		return rr_fail(err, RR_GONE, 0, "the drive is gone");
	if (rr_pick_line_make(pick->task, &pick->line, err) < 0)
		return -1;
	return rr_pick_operand(pick, RR_PICK_DRIVE, seen->node.path, err);
}

int rr_pick_operand(struct rr_pick *pick, enum rr_pick_operand kind, const char *text,
		    struct rr_err *err)
{
	for (size_t i = 0; i < 2; i++) {
		char **at = &pick->line.operand[i];

		if (pick->task->operand[i] != kind)
			continue;
		free(*at);
		*at = strdup(text);
		return *at ? 0 : rr_fail_memory(err);
	}
	return 0;
}

/* ------------------------------------------------------------------ news */

struct news {
	struct rr_pick *pick;
	char *text;	/* of the last change that is worth a word; owned */
};

static void add_fresh(struct rr_pick *pick, const struct rr_node *node)
{
	char *id = rr_pick_id(node);
	char **grown = reallocarray(pick->fresh, pick->nfresh + 1, sizeof(*grown));

	if (grown)
		pick->fresh = grown;
	if (grown && id)
		grown[pick->nfresh++] = id;
	else
		free(id); /* without a mark it is shown all the same */
}

static int hear(void *ctx, const struct rr_change *change)
{
	struct news *news = ctx;
	const struct rr_seen *seen = change->now ? change->now : change->was;
	const struct rr_kind_info *kind = rr_kind_find(seen->node.kind);
	char *line;

	if (change->kind == RR_ADDED || (change->now && change->now->node.medium &&
					 (change->what & RR_CHANGED_MEDIUM)))
		add_fresh(news->pick, &seen->node);
	if (!news->pick->news || (!news->pick->all && !(kind && kind->common)) ||
	    (change->kind == RR_CHANGED && !(change->what & RR_CHANGED_MEDIUM)))
		return 0;
	line = rr_list_change(change);
	if (line && *line)
		line[strlen(line) - 1] = '\0'; /* its line end */
	free(news->text);
	news->text = line;
	return 0;
}

void rr_pick_take_survey(struct rr_pick *pick, struct rr_survey *now)
{
	struct news news = { .pick = pick };

	if (pick->surveyed &&
	    rr_survey_compare(&pick->survey, now, hear, &news, NULL) == 0 && news.text)
		rr_pick_say(pick, news.text);
	rr_survey_clear(&pick->survey);
	pick->survey = *now;
	pick->surveyed = true;
}

static void take_news(struct rr_pick *pick)
{
	struct rr_survey now;
	struct rr_err err;
	eventfd_t n;

	(void)eventfd_read(pick->wake, &n); /* empty: somebody else's news */
	if (rr_lookout_take(pick->lookout, &now, &err))
		rr_pick_take_survey(pick, &now);
	if (err.kind != RR_OK)
		rr_pick_say(pick, rr_text_printable(err.text));
}

/* ------------------------------------------------------------------ pages */

const struct rr_pick_page *rr_pick_page_at(const struct rr_pick *pick, size_t i)
{
	const struct rr_pick_page *pages[8] = { &rr_pick_drives_page };
	size_t n = 1;

	if (!pick->straight)
		pages[n++] = &rr_pick_tasks_page;
	if (pick->task && pick->task->cmd == &rr_cmd_info) {
		pages[n++] = &rr_pick_info_page;
	} else if (pick->task) {
		for (size_t o = 0; o < 2; o++) {
			if (pick->task->operand[o] == RR_PICK_FILE)
				pages[n++] = &rr_pick_files_page;
			if (pick->task->operand[o] == RR_PICK_TARGET)
				pages[n++] = &rr_pick_target_page;
		}
		pages[n++] = &rr_pick_options_page;
		pages[n++] = &rr_pick_result_page;
	}
	return i < n ? pages[i] : NULL;
}

/* Whatever takes the place of the drive that was chosen is another one. */
bool rr_pick_is_lost(struct rr_pick *pick, const struct rr_pick_page *page)
{
	bool source = !pick->id || rr_pick_drive(pick);
	bool target = !pick->target_id || rr_pick_find(&pick->survey, pick->target_id);

	if (page->anyhow || (source && target))
		return false;
	rr_pick_say(pick, strdup(source ? "The drive that was to be overwritten is gone, or holds "
					  "another medium." :
					  "The drive that you had chosen is gone, or holds another "
					  "medium."));
	return true;
}

static enum rr_pick_next show(struct rr_pick *pick, const struct rr_pick_page *page)
{
	struct rr_panel panel = { .title = page->title,
				  .help = page->help,
				  .hints = page->hints,
				  .free = page->free };
	enum rr_pick_next next = RR_PICK_STAY;
	struct rr_err err;

	if (rr_pick_is_lost(pick, page))
		return RR_PICK_AGAIN;
	if (page->enter(pick, &panel, &err) < 0) {
		rr_pick_say(pick, rr_text_printable(err.text));
		return RR_PICK_BACK;
	}
	pick->news = page->news;
	while (next == RR_PICK_STAY) {
		enum rr_did did;
		unsigned key = 0;

		panel.notice = pick->notice;
		did = rr_session_show(pick->session, &panel, pick->wake, &key);
		if (did == RR_DID_QUIT)
			return RR_PICK_QUIT;
		if (did == RR_DID_WAKE)
			take_news(pick);
		else
			rr_pick_say(pick, NULL); /* it was read */
		next = rr_pick_is_lost(pick, page) ? RR_PICK_AGAIN :
						     page->on(pick, &panel, did, key);
	}
	return next;
}

/* Esc at the beginning leads nowhere. */
static void go(struct rr_pick *pick)
{
	enum rr_pick_next next = RR_PICK_STAY;
	size_t at = 0;

	while (next != RR_PICK_QUIT) {
		const struct rr_pick_page *page = rr_pick_page_at(pick, at);

		next = show(pick, page);
		if (page->leave)
			page->leave(pick);
		if (next == RR_PICK_FORWARD && rr_pick_page_at(pick, at + 1))
			at++;
		else if (next == RR_PICK_BACK)
			at -= at > 0;
		else if (next != RR_PICK_QUIT)
			at = 0;
	}
}

/* ------------------------------------------------------------------ the command */

bool rr_pick_possible(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && rr_common_terminal() &&
	       rr_screen_can(STDERR_FILENO);
}

void rr_pick_clear(struct rr_pick *pick)
{
	struct rr_menu *const menus[] = { &pick->drives, &pick->tasks, &pick->files,
					  &pick->targets, &pick->options };

	for (size_t i = 0; i < sizeof(menus) / sizeof(*menus); i++)
		rr_menu_clear(menus[i]);
	for (size_t i = 0; i < pick->nfresh; i++)
		free(pick->fresh[i]);
	free(pick->fresh);
	rr_pick_folder_clear(&pick->folder);
	rr_pick_line_clear(&pick->line);
	rr_survey_clear(&pick->survey);
	free(pick->files_conf.about);
	free(pick->id);
	free(pick->target_id);
	free(pick->notice);
	free(pick->text);
}

static int begin(struct rr_pick *pick, struct rr_err *err)
{
	const struct rr_common_conf common = { 0 };
	struct rr_screen_conf conf;

	pick->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (pick->wake < 0)
		return rr_fail(err, RR_SYSTEM, 0, "cannot wait for drives and keys at once");
	rr_cli_screen_conf(pick->cli, &common, &conf);
	if (rr_digest_init(err) < 0 || rr_lookout_new(pick->wake, &pick->lookout, err) < 0)
		return -1;
	return rr_session_open(&conf, pick->cli->stop, &pick->session, err);
}

static int pick_run(struct rr_cli *cli, void *conf, int argc, char **argv)
{
	struct rr_pick pick = { .cli = cli, .wake = -1 };
	struct rr_err err;

	(void)conf, (void)argc, (void)argv; /* there are none */
	if (begin(&pick, &err) < 0) {
		pick.status = rr_complain(&err);
	} else {
		cli->session = pick.session;
		go(&pick);
		cli->session = NULL;
		rr_session_close(pick.session);
		if (atomic_load(cli->stop))
			pick.status = rr_exit_worse(pick.status, RR_EXIT_STOPPED);
	}
	pick.left |= !rr_lookout_end(pick.lookout);
	cli->stuck |= pick.left;
	rr_clean_fd(&pick.wake);
	if (!cli->stuck)
		rr_pick_clear(&pick);
	return pick.status;
}

const struct rr_cmd rr_cmd_pick = {
	.name = "",
	.run = pick_run,
};
