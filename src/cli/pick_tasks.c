/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_tasks.c - what can be done with a drive: a row each. A further command gets a row here.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "pick.h"
#include "rawright/words.h"

static const struct rr_pick_task tasks[] = {
	{ .name = "read",
	  .title = "Read it to an image file",
	  .brief = "Every sector goes into a file. The file is read back and compared, and its "
		   "checksums and a record are left beside it. The drive is not changed.",
	  .start = "Start reading",
	  .cmd = &rr_cmd_read,
	  .operand = { RR_PICK_DRIVE, RR_PICK_FILE },
	  .new_file = true,
	  .options = "hash retries no-verify reread sparse label note allow-mounted" },
	{ .name = "write",
	  .title = "Write an image file to it",
	  .brief = "The image takes the place of ALL that is on the drive. You are asked first, "
		   "and the drive is read back and compared.",
	  .start = "Go on to the last question",
	  .cmd = &rr_cmd_write,
	  .operand = { RR_PICK_FILE, RR_PICK_DRIVE },
	  .writes = true,
	  .options = "unmount allow-fixed no-verify eject hash record" },
	{ .name = "clone",
	  .title = "Copy it to another drive",
	  .brief = "Every sector goes to another drive, whose own content is lost. You are asked "
		   "first. This drive is not changed.",
	  .start = "Go on to the last question",
	  .cmd = &rr_cmd_clone,
	  .operand = { RR_PICK_DRIVE, RR_PICK_TARGET },
	  .options = "unmount allow-fixed no-verify retries eject hash record" },
	{ .name = "verify",
	  .title = "Compare it with an image file",
	  .brief = "Are they the same, byte by byte? Nothing is changed. The image is also held "
		   "against its own checksums.",
	  .start = "Start comparing",
	  .cmd = &rr_cmd_verify,
	  .operand = { RR_PICK_FILE, RR_PICK_DRIVE },
	  .options = "against offset allow-mounted record" },
	{ .name = "info",
	  .title = "See all that is known of it",
	  .brief = "What it is, how it is connected, what is on it, and whether that fits "
		   "together. Nothing is changed.",
	  .cmd = &rr_cmd_info,
	  .operand = { RR_PICK_DRIVE, RR_PICK_NOTHING } },
};
#define TASKS (sizeof(tasks) / sizeof(*tasks))

const struct rr_pick_task *rr_pick_task_at(size_t i)
{
	return i < TASKS ? &tasks[i] : NULL;
}

/* Why it cannot be done with that drive; NULL: it can. The caller frees it. */
static char *why_not(const struct rr_pick_task *task, const struct rr_seen *seen)
{
	const struct rr_verdict *write = &seen->write;

	if (task->cmd == &rr_cmd_info)
		return NULL;
	if (!seen->node.medium)
		return strdup("nothing is in it");
	if (task->writes && write->ban != RR_BAN_NONE && write->ban != RR_BAN_LIFTABLE)
		return rr_text_printable(write->brief);
	return NULL;
}

/* What has to be known before it is chosen. */
static char *detail_of(const struct rr_pick_task *task, const struct rr_seen *seen, bool off)
{
	rr_autofree char *text = rr_text_printable(seen->write.text);

	if (!text)
		return NULL;
	if (task->writes && off && *text)
		return rr_text_format("%s\nNot with this drive: %s\n", task->title, text);
	if (off)
		return rr_text_format("%s\nNot now: there is no medium in the drive. Put one in.\n",
				      task->title);
	if (task->writes && seen->write.ban == RR_BAN_LIFTABLE)
		return rr_text_format("%s\n%s\n%s\n", task->title, task->brief, text);
	return rr_text_format("%s\n%s\n", task->title, task->brief);
}

void rr_pick_fill_tasks(struct rr_menu *menu, const struct rr_seen *seen)
{
	static const struct rr_menu_column columns[] = {
		{ .rank = 0, .least = 20 },
		{ .rank = 1, .least = 10, .judges = true },
	};
	rr_autofree char *drive = rr_words_drive(&seen->node);
	rr_autofree char *path = rr_text_printable(seen->node.path);

	rr_menu_empty(menu);
	menu->col = columns;
	menu->ncol = 2;
	rr_menu_text(menu, &menu->head,
		     drive && path ? rr_text_format("Drive   %s: %s", path, drive) : NULL);
	for (size_t i = 0; i < TASKS; i++) {
		struct rr_menu_line *line = rr_menu_add(menu, tasks[i].name);
		rr_autofree char *why = why_not(&tasks[i], seen);

		if (!line)
			continue;
		line->off = why != NULL;
		line->opens = true;
		line->mood = why ? RR_MENU_WARN : RR_MENU_PLAIN;
		line->cell[0] = strdup(tasks[i].title);
		line->cell[1] = why ? rr_text_format("no: %s", why) : strdup("");
		line->detail = detail_of(&tasks[i], seen, why != NULL);
		menu->fail |= !line->cell[0] || !line->cell[1] || !line->detail;
	}
	rr_menu_settle(menu);
	if (menu->at == RR_MENU_NONE && menu->n && !menu->line[0].off)
		menu->at = 0; /* reading changes nothing */
}
