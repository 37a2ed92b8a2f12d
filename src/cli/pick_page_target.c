/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_page_target.c - which drive is to be overwritten with a copy? None is chosen beforehand.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "pick.h"
#include "rawright/words.h"

static void fill(struct rr_pick *pick, struct rr_panel *panel)
{
	const struct rr_seen *source = rr_pick_drive(pick);
	const struct rr_pick_drives conf = { .all = pick->all,
					     .except = pick->id,
					     .source = source,
					     .fresh = pick->fresh,
					     .nfresh = pick->nfresh };
	rr_autofree char *drive = rr_words_drive(&source->node);
	rr_autofree char *path = rr_text_printable(source->node.path);

	rr_pick_fill_drives(&pick->targets, &pick->survey, &conf);
	pick->targets.empty = "There is no other drive. Plug one in: it appears here by itself.\n"
			      "a shows built-in, loop and virtual drives, too.\n";
	rr_menu_text(&pick->targets, &pick->targets.head,
		     drive && path ? rr_text_format("Copied is   %s: %s", path, drive) : NULL);
	panel->place = rr_pick_count(&pick->targets, pick->place);
}

/* What was allowed for one drive is not for the next. */
static void forget_target(struct rr_pick *pick)
{
	static const char *const lifting[] = { "allow-fixed", "unmount", "force", "eject" };

	free(pick->target_id);
	pick->target_id = NULL;
	for (size_t i = 0; i < pick->line.n; i++)
		for (size_t j = 0; j < sizeof(lifting) / sizeof(*lifting); j++)
			if (strcmp(pick->line.option[i].opt->name, lifting[j]) == 0)
				pick->line.option[i].on = false;
}

static int enter(struct rr_pick *pick, struct rr_panel *panel, struct rr_err *err)
{
	(void)err; /* what is missing is missing on the page alone */
	panel->menu = &pick->targets;
	forget_target(pick);
	rr_menu_clear(&pick->targets);
	pick->targets.none = "The arrow keys choose the drive that is to be overwritten.\n";
	fill(pick, panel);
	return 0;
}

static enum rr_pick_next choose(struct rr_pick *pick)
{
	const struct rr_menu_line *line = rr_menu_chosen(&pick->targets);
	const struct rr_seen *target = line ? rr_pick_find(&pick->survey, line->id) : NULL;
	struct rr_err err;

	if (!target)
		return RR_PICK_STAY;
	pick->target_id = strdup(line->id);
	if (pick->target_id &&
	    rr_pick_operand(pick, RR_PICK_TARGET, target->node.path, &err) == 0)
		return RR_PICK_FORWARD;
	return RR_PICK_STAY;
}

static enum rr_pick_next on(struct rr_pick *pick, struct rr_panel *panel, enum rr_did did,
			    unsigned key)
{
	if (did == RR_DID_CHOOSE)
		return choose(pick);
	if (did == RR_DID_BACK || (did == RR_DID_KEY && key == 'h'))
		return RR_PICK_BACK;
	if (did == RR_DID_KEY && key == 'a')
		pick->all = !pick->all;
	if (did == RR_DID_KEY || did == RR_DID_WAKE)
		fill(pick, panel);
	return RR_PICK_STAY;
}

static const struct rr_hint hints[] = {
	{ "arrows", "Move" }, { "Enter", "Choose" }, { "a", "All drives" }, { "Esc", "Back" },
	{ "/", "Filter" },    { "?", "Help" },	     { "q", "Quit" },	    { NULL, NULL }
};

const struct rr_pick_page rr_pick_target_page = {
	.title = "Which drive is to be overwritten with the copy?",
	.hints = hints,
	.news = true,
	.help = "What is on the drive that you choose here will be lost. It is not touched\n"
		"before you have seen what that is, and have typed a word.\n"
		"Drives that cannot take the copy are shown, with the reason; they cannot be\n"
		"chosen.\n",
	.enter = enter,
	.on = on,
};
