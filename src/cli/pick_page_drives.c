/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_page_drives.c - the first page: which drive? None is chosen before somebody does so.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "pick.h"

static const char nothing_yet[] = "Looking for drives ...";
static const char nothing_common[] =
	"There is no floppy, USB, SD or optical drive.\n"
	"Plug one in: it appears here by itself.\n"
	"a shows built-in, loop and virtual drives, too.\n";
static const char nothing_at_all[] = "There is no drive at all.\n"
				     "Plug one in: it appears here by itself.\n";

static void fill(struct rr_pick *pick, struct rr_panel *panel)
{
	const struct rr_pick_drives conf = { .all = pick->all,
					     .fresh = pick->fresh,
					     .nfresh = pick->nfresh };
	rr_autofree char *blind = rr_text_printable(pick->survey.blind);

	rr_pick_fill_drives(&pick->drives, &pick->survey, &conf);
	pick->drives.empty = !pick->surveyed ? nothing_yet :
			     pick->all	     ? nothing_at_all :
					       nothing_common;
	rr_menu_text(&pick->drives, &pick->drives.foot,
		     blind ? rr_text_format("Note: %s", blind) : strdup(""));
	panel->place = pick->surveyed ? rr_pick_count(&pick->drives, pick->place) : NULL;
}

static int enter(struct rr_pick *pick, struct rr_panel *panel, struct rr_err *err)
{
	(void)err; /* what is missing is missing on the page alone */
	free(pick->id);
	pick->id = NULL;
	pick->task = NULL;
	pick->straight = false;
	panel->menu = &pick->drives;
	pick->drives.none = "The arrow keys choose a drive, and Enter asks what is to be done with "
			    "it.\nNothing happens to a drive on this page.\n";
	fill(pick, panel);
	return 0;
}

static enum rr_pick_next choose(struct rr_pick *pick)
{
	const struct rr_menu_line *line = rr_menu_chosen(&pick->drives);

	free(pick->id);
	pick->id = line ? strdup(line->id) : NULL;
	return pick->id ? RR_PICK_FORWARD : RR_PICK_STAY;
}

static enum rr_pick_next show_info(struct rr_pick *pick)
{
	for (size_t i = 0; rr_pick_task_at(i); i++)
		if (rr_pick_task_at(i)->cmd == &rr_cmd_info)
			pick->task = rr_pick_task_at(i);
	pick->straight = rr_menu_chosen(&pick->drives) != NULL;
	return choose(pick);
}

static enum rr_pick_next on(struct rr_pick *pick, struct rr_panel *panel, enum rr_did did,
			    unsigned key)
{
	if (did == RR_DID_CHOOSE)
		return choose(pick);
	if (did == RR_DID_KEY && key == 'i')
		return show_info(pick);
	if (did == RR_DID_BACK)
		panel->quitting = true;
	if (did == RR_DID_KEY && key == 'a')
		pick->all = !pick->all;
	if (did == RR_DID_KEY || did == RR_DID_WAKE)
		fill(pick, panel);
	return RR_PICK_STAY;
}

static const struct rr_hint hints[] = {
	{ "arrows", "Move" }, { "Enter", "Choose" }, { "a", "All drives" }, { "i", "Info" },
	{ "/", "Filter" },    { "?", "Help" },	     { "q", "Quit" },	    { NULL, NULL }
};

const struct rr_pick_page rr_pick_drives_page = {
	.title = "Which drive?",
	.hints = hints,
	.news = true,
	.free = true,
	.anyhow = true,
	.help = "The drives that there are. What is plugged in appears, and what is pulled out\n"
		"goes, by itself; + marks what has come since you look. Choosing a drive does\n"
		"nothing to it: what is to be done is asked next.\n"
		"WRITE says whether it may be overwritten, and if not, why; the whole reason\n"
		"stands below for the drive that the cursor is on. What the running system\n"
		"needs is never written.\n"
		"\n"
		"Keys here\n"
		"  a             show built-in, loop and virtual drives, too, or hide them\n"
		"  i             all that is known of the drive\n",
	.enter = enter,
	.on = on,
};
