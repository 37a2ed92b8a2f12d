/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_page_tasks.c - what is to be done with the drive?
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "pick.h"

static int enter(struct rr_pick *pick, struct rr_panel *panel, struct rr_err *err)
{
	(void)err; /* the drive is there: it was looked for */
	pick->task = NULL;
	rr_pick_fill_tasks(&pick->tasks, rr_pick_drive(pick));
	panel->menu = &pick->tasks;
	return 0;
}

static enum rr_pick_next choose(struct rr_pick *pick)
{
	const struct rr_menu_line *line = rr_menu_chosen(&pick->tasks);
	struct rr_err err;

	for (size_t i = 0; line && rr_pick_task_at(i); i++)
		if (strcmp(rr_pick_task_at(i)->name, line->id) == 0)
			pick->task = rr_pick_task_at(i);
	if (!pick->task)
		return RR_PICK_STAY;
	if (rr_pick_begin_line(pick, &err) == 0)
		return RR_PICK_FORWARD;
	rr_pick_say(pick, rr_text_printable(err.text));
	return RR_PICK_AGAIN;
}

static enum rr_pick_next on(struct rr_pick *pick, struct rr_panel *panel, enum rr_did did,
			    unsigned key)
{
	(void)panel;
	if (did == RR_DID_CHOOSE)
		return choose(pick);
	if (did == RR_DID_BACK || (did == RR_DID_KEY && (key == 'h')))
		return RR_PICK_BACK;
	if (did == RR_DID_WAKE)
		rr_pick_fill_tasks(&pick->tasks, rr_pick_drive(pick));
	return RR_PICK_STAY;
}

static const struct rr_hint hints[] = { { "arrows", "Move" }, { "Enter", "Choose" },
					{ "Esc", "Back" },    { "?", "Help" },
					{ "q", "Quit" },      { NULL, NULL } };

const struct rr_pick_page rr_pick_tasks_page = {
	.title = "What is to be done with it?",
	.hints = hints,
	.help = "What rawright can do with this drive. What cannot be done now says why, and\n"
		"what would have to be changed. Nothing begins on this page.\n",
	.enter = enter,
	.on = on,
};
