/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_page_info.c - all that is known of a drive, as "rawright info" tells it. Looking at it may
 * take as long as the drive likes: a thread does it, and can be left behind.
 * Owns: what is being looked at, until it is left behind.   Threads: main; the one that looks. */
#include <string.h>

#include "look.h"
#include "pick.h"

#define ANY_WIDTH 4000 /* the page breaks lines itself */

static void work(void *ctx)
{
	(void)rr_look_inside(ctx); /* what went wrong is in it */
}

static void show_text(struct rr_pick *pick, char *text)
{
	free(pick->text);
	pick->text = text;
	pick->sheet = (struct rr_sheet){ .text = text ? text : "" };
}

static int look_outside(struct rr_pick *pick, const char *path, struct rr_err *err)
{
	int rc;

	rr_lookout_rest(pick->lookout, true);
	rc = rr_look_outside(path, pick->info, err);
	rr_lookout_rest(pick->lookout, false);
	return rc;
}

static int enter(struct rr_pick *pick, struct rr_panel *panel, struct rr_err *err)
{
	const struct rr_seen *seen = rr_pick_drive(pick);
	rr_autofree char *path = rr_text_printable(seen->node.path);

	panel->sheet = &pick->sheet;
	pick->info = calloc(1, sizeof(*pick->info));
	if (!pick->info)
		return rr_fail_memory(err);
	show_text(pick, rr_text_format("Looking at %s ...\n"
				       "This takes as long as the drive does; Esc goes back.\n",
				       path ? path : "the drive"));
	if (look_outside(pick, seen->node.path, err) < 0 ||
	    rr_aside_begin(work, pick->info, pick->wake, &pick->aside, err) < 0)
		return -1;
	return 0;
}

static void finish(struct rr_pick *pick)
{
	rr_autofree char *trouble = rr_text_printable(pick->info->trouble);
	rr_autofree char *text = rr_report_info_text(pick->info, ANY_WIDTH);

	if (text)
		show_text(pick, rr_text_format("%s%s%s", text, trouble ? "\n" : "",
					       trouble ? trouble : ""));
}

static enum rr_pick_next on(struct rr_pick *pick, struct rr_panel *panel, enum rr_did did,
			    unsigned key)
{
	(void)panel;
	if (did == RR_DID_BACK || did == RR_DID_CHOOSE ||
	    (did == RR_DID_KEY && key == 'i' && pick->straight))
		return RR_PICK_BACK;
	if (did == RR_DID_WAKE && pick->aside && rr_aside_done(pick->aside)) {
		if (rr_aside_end(pick->aside)) /* it is done */
			pick->aside = NULL;
		finish(pick);
	}
	return RR_PICK_STAY;
}

static void leave(struct rr_pick *pick)
{
	if (pick->aside && !rr_aside_end(pick->aside)) {
		pick->left = true;
		pick->info = NULL; /* the thread's for good */
	}
	pick->aside = NULL;
	if (pick->info)
		rr_info_clear(pick->info);
	free(pick->info);
	pick->info = NULL;
}

static const struct rr_hint hints[] = { { "arrows", "Scroll" }, { "Esc", "Back" },
					{ "?", "Help" },	{ "q", "Quit" },
					{ NULL, NULL } };

const struct rr_pick_page rr_pick_info_page = {
	.title = "All that is known of it",
	.hints = hints,
	.anyhow = true,
	.help = "What \"rawright info\" says of the drive. It is opened for reading only, and\n"
		"little of it is read. A line with an exclamation mark says what does not fit\n"
		"together.\n",
	.enter = enter,
	.on = on,
	.leave = leave,
};
