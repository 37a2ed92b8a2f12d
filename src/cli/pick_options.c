/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_options.c - a command line in the making: its options as lines to choose from, its words,
 * and how it is typed by hand.
 * Owns: a line its texts.   Threads: main. */
#include <string.h>

#include "pick.h"

/* Not for the screen: it is one itself, and nothing is overwritten without a question. */
static bool is_left_out(const struct rr_opt *opt)
{
	static const char *const names[] = { "yes", "json", "progress", "quiet", "no-color",
					     "screen" };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(opt->name, names[i]) == 0)
			return true;
	return false;
}

static bool is_first(const struct rr_pick_task *task, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = task->options; p && *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");

		if (n == len && strncmp(p, name, n) == 0)
			return true;
		p += n;
	}
	return false;
}

static int add(struct rr_pick_line *line, const struct rr_opt *opt, struct rr_err *err)
{
	struct rr_pick_option *option =
		reallocarray(line->option, line->n + 1, sizeof(*option));

	if (!option)
		return rr_fail_memory(err);
	line->option = option;
	option[line->n++] = (struct rr_pick_option){ .opt = opt };
	return 0;
}

/* Those of that name, or (name NULL) all that are not among the first. */
static int add_named(struct rr_pick_line *line, const char *name, size_t len, struct rr_err *err)
{
	for (const struct rr_opt *const *table = line->task->cmd->opts; *table; table++)
		for (const struct rr_opt *opt = *table; opt->name; opt++) {
			bool wanted = name ? strlen(opt->name) == len &&
						     strncmp(opt->name, name, len) == 0 :
					     !is_first(line->task, opt->name);

			if (wanted && !is_left_out(opt) && add(line, opt, err) < 0)
				return -1;
		}
	return 0;
}

int rr_pick_line_make(const struct rr_pick_task *task, struct rr_pick_line *line,
		      struct rr_err *err)
{
	*line = (struct rr_pick_line){ .task = task };
	for (const char *p = task->options; p && *p; p += strspn(p, " ")) {
		size_t len = strcspn(p, " ");

		if (add_named(line, p, len, err) < 0)
			return -1;
		p += len;
	}
	return add_named(line, NULL, 0, err);
}

void rr_pick_line_clear(struct rr_pick_line *line)
{
	for (size_t i = 0; i < line->n; i++)
		free(line->option[i].value);
	free(line->option);
	free(line->operand[0]);
	free(line->operand[1]);
	*line = (struct rr_pick_line){ 0 };
}

bool rr_pick_option_has_value(const struct rr_pick_option *option)
{
	return option->opt->type != RR_OPT_FLAG;
}

struct rr_pick_option *rr_pick_option_of(struct rr_pick_line *line, const char *id)
{
	for (size_t i = 0; i < line->n; i++)
		if (strncmp(id, "--", 2) == 0 && strcmp(line->option[i].opt->name, id + 2) == 0)
			return &line->option[i];
	return NULL;
}

/* ------------------------------------------------------------------ lines to choose from */

/* What becomes of it all, for the line that starts it. */
static char *start_detail(const struct rr_pick_line *line)
{
	rr_autofree char *from = rr_text_printable(line->operand[0]);
	rr_autofree char *to = rr_text_printable(line->operand[1]);

	if (!from || !to)
		return NULL;
	return rr_text_format("%s: %s > %s\n%s\n", line->task->name, from, to, line->task->brief);
}

static void add_start(struct rr_menu *menu, const struct rr_pick_line *line)
{
	struct rr_menu_line *start = rr_menu_add(menu, "start");

	if (!start)
		return;
	start->cell[0] = strdup(line->task->start);
	start->detail = start_detail(line);
	menu->fail |= !start->cell[0] || !start->detail;
}

static void add_option(struct rr_menu *menu, const struct rr_pick_line *line, size_t i)
{
	const struct rr_pick_option *option = &line->option[i];
	rr_autofree char *id = rr_text_format("--%s", option->opt->name);
	rr_autofree char *value = rr_text_printable(option->value ? option->value : "");
	struct rr_menu_line *at = id ? rr_menu_add(menu, id) : NULL;

	if (!at || !value) {
		menu->fail = true;
		return;
	}
	at->cell[0] = rr_text_format("[%c] %s", option->on ? 'x' : ' ', id);
	at->cell[1] = rr_pick_option_has_value(option) && option->on ? strdup(value) : strdup("");
	at->cell[2] = strdup(option->opt->help);
	at->detail = rr_text_format("%s%s%s\n%s%s%s\n", id, option->opt->arg ? " " : "",
				    option->opt->arg ? option->opt->arg : "", option->opt->help,
				    option->opt->words ? ": " : "",
				    option->opt->words ? option->opt->words : "");
	at->gap = i == 0 || (!is_first(line->task, option->opt->name) &&
			     is_first(line->task, line->option[i - 1].opt->name));
	menu->fail |= !at->cell[0] || !at->cell[1] || !at->cell[2] || !at->detail;
}

void rr_pick_fill_options(struct rr_menu *menu, const struct rr_pick_line *line)
{
	static const struct rr_menu_column columns[] = {
		{ .rank = 0, .least = 20 },
		{ .rank = 1, .least = 6 },
		{ .rank = 2, .least = 16 },
	};
	rr_autofree char *text = rr_pick_line_text(line);

	rr_menu_empty(menu);
	menu->col = columns;
	menu->ncol = sizeof(columns) / sizeof(*columns);
	rr_menu_text(menu, &menu->foot,
		     text ? rr_text_format("By hand the same:  %s", text) : NULL);
	add_start(menu, line);
	for (size_t i = 0; i < line->n; i++)
		add_option(menu, line, i);
	rr_menu_settle(menu);
}
