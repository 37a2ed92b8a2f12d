/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_run.c - runs what was put together, by the very command that one would type, and shows what
 * it said.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "pick.h"
#include "rawright/result.h"

static int run(const struct rr_cmd *cmd, struct rr_cli *cli, void *conf, int argc, char **argv)
{
	return cmd->run(cli, conf, argc, argv);
}

/* What was chosen, as the newest survey has it: the command holds what it opens against it. */
static void mean(struct rr_pick *pick)
{
	const char *ids[] = { pick->id, pick->target_id };

	pick->cli->nmeant = 0;
	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++) {
		const struct rr_seen *seen = rr_pick_find(&pick->survey, ids[i]);

		if (seen)
			pick->cli->meant[pick->cli->nmeant++] =
				(struct rr_meant){ .path = seen->node.path,
						   .model = seen->node.model,
						   .serial = seen->node.serial,
						   .diskseq = seen->node.diskseq,
						   .bytes = seen->node.bytes };
	}
}

/* As if it had been typed: the record has this command line. */
static int run_words(struct rr_pick *pick, struct rr_err *err)
{
	char **argv, **store, **typed = pick->cli->argv;
	int argc, typed_n = pick->cli->argc;

	if (rr_pick_line_words(&pick->line, true, &argv, &argc, &store, err) < 0)
		return -1;
	pick->cli->argv = argv;
	pick->cli->argc = argc;
	mean(pick);
	rr_lookout_rest(pick->lookout, true);
	pick->status = rr_command(pick->task->cmd, pick->cli, run);
	rr_lookout_rest(pick->lookout, false);
	(void)fflush(stdout);	/* it goes where the complaint would go */
	pick->cli->argv = typed;
	pick->cli->argc = typed_n;
	if (!pick->cli->stuck)
		rr_pick_words_free(argv, store);
	return 0;
}

static void show_wait(struct rr_pick *pick, const char *line)
{
	static const struct rr_hint hints[] = { { "Ctrl-C", "Stop" }, { NULL, NULL } };
	rr_autofree char *text =
		rr_text_format("%s\n\nLooking at what is to be read and written ...\n", line);
	struct rr_sheet sheet = { .text = text ? text : "" };
	struct rr_panel panel = { .title = "One moment", .hints = hints, .sheet = &sheet };

	rr_session_wait(pick->session, &panel);
}

/* What the command said, for the result page. */
static void keep_words(struct rr_pick *pick, const char *line, size_t mark)
{
	rr_autofree char *kept = rr_session_kept(pick->session, mark);

	free(pick->text);
	pick->text = kept ? rr_text_format("%s\n\n%s", line, kept) : NULL;
}

enum rr_pick_next rr_pick_run(struct rr_pick *pick)
{
	rr_autofree char *line = rr_pick_line_text(&pick->line);
	size_t mark = rr_session_mark(pick->session);
	struct rr_err err;

	show_wait(pick, line ? line : "");
	if (run_words(pick, &err) < 0) {
		rr_pick_say(pick, rr_text_printable(err.text));
		return RR_PICK_STAY;
	}
	if (pick->cli->stuck || (pick->cli->stop && atomic_load(pick->cli->stop)))
		return RR_PICK_QUIT;
	if (pick->status == RR_EXIT_REFUSED && rr_session_declined(pick->session)) {
		rr_pick_say(pick, strdup("Nothing was touched."));
		return RR_PICK_STAY;
	}
	keep_words(pick, line ? line : "", mark);
	return RR_PICK_FORWARD;
}

/* ------------------------------------------------------------------ the result */

static const char *title_of(int status)
{
	static const struct {
		int status;
		const char *title;
	} titles[] = {
		{ RR_EXIT_OK, "Done" },
		{ RR_EXIT_BAD_SECTORS, "Done, but not all could be read" },
		{ RR_EXIT_DIFFERENT, "THERE IS A DIFFERENCE" },
		{ RR_EXIT_REFUSED, "REFUSED" },
		{ RR_EXIT_USAGE, "NOT UNDERSTOOD: nothing was touched" },
		{ RR_EXIT_GONE, "THE DRIVE WENT AWAY" },
		{ RR_EXIT_STOPPED, "STOPPED" },
	};

	for (size_t i = 0; i < sizeof(titles) / sizeof(*titles); i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "FAILED";
}

static int enter(struct rr_pick *pick, struct rr_panel *panel, struct rr_err *err)
{
	(void)err; /* it is all there */
	pick->sheet = (struct rr_sheet){ .text = pick->text ? pick->text : "",
					 .line = "result  ",
					 .mood = pick->status == RR_EXIT_OK ? RR_MENU_GOOD :
									      RR_MENU_WARN };
	(void)snprintf(pick->place, sizeof(pick->place), "exit status %d", pick->status);
	panel->title = title_of(pick->status);
	panel->place = pick->place;
	panel->sheet = &pick->sheet;
	return 0;
}

static enum rr_pick_next on(struct rr_pick *pick, struct rr_panel *panel, enum rr_did did,
			    unsigned key)
{
	(void)pick, (void)panel, (void)key;
	if (did == RR_DID_CHOOSE)
		return RR_PICK_AGAIN;
	return did == RR_DID_BACK ? RR_PICK_BACK : RR_PICK_STAY;
}

static const struct rr_hint hints[] = { { "Enter", "Another drive" }, { "Esc", "Back" },
					{ "arrows", "Scroll" },	      { "?", "Help" },
					{ "q", "Quit" },	      { NULL, NULL } };

const struct rr_pick_page rr_pick_result_page = {
	.hints = hints,
	.free = true,
	.anyhow = true,
	.help = "How it went, in the words of the command. They stand on the terminal, too,\n"
		"once rawright has ended. Enter goes back to the drives, Esc to the options.\n",
	.enter = enter,
	.on = on,
};
