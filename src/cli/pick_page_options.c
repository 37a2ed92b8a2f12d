/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_page_options.c - how is it to be done? And what one would type for it.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "pick.h"
#include "rawright/words.h"

/* The drive that is to be overwritten; NULL: none is, or it is gone. */
static const struct rr_seen *target_of(const struct rr_pick *pick)
{
	if (pick->task->writes)
		return rr_pick_drive(pick);
	return pick->task->operand[1] == RR_PICK_TARGET ?
		       rr_pick_find(&pick->survey, pick->target_id) :
		       NULL;
}

/* The option that lifts what stands in the way is shown; choosing it is the person's. */
static void point_to_obstacle(struct rr_pick *pick)
{
	const struct rr_seen *target = target_of(pick);
	const char *name = target ? rr_words_lifted_by(&target->write) : NULL;
	struct rr_pick_option *option = name ? rr_pick_option_of(&pick->line, name) : NULL;
	rr_autofree char *why = name ? rr_text_printable(target->write.brief) : NULL;

	if (!option || option->on || !why)
		return;
	rr_pick_say(pick, rr_text_format("It is refused as it is (%s): %s allows it.", why, name));
	rr_menu_go(&pick->options, name);
}

/* A source that is mounted may change while it is read. */
static void point_to_mounted_source(struct rr_pick *pick)
{
	static const char name[] = "--allow-mounted";
	const struct rr_seen *source = rr_pick_drive(pick);
	struct rr_pick_option *option = rr_pick_option_of(&pick->line, name);
	rr_autofree char *where = rr_text_printable(source->use.where ? source->use.where : "?");

	if (pick->task->writes || !source->use.mounted_rw || !option || option->on || !where)
		return;
	rr_pick_say(pick, rr_text_format("Mounted on %s, it is not read: unmount it, or set %s.",
					 where, name));
	rr_menu_go(&pick->options, name);
}

static int enter(struct rr_pick *pick, struct rr_panel *panel, struct rr_err *err)
{
	(void)err; /* what is missing is missing on the page alone */
	panel->menu = &pick->options;
	pick->options.typing = false;
	pick->options.label = NULL;
	pick->edited = NULL;
	rr_pick_fill_options(&pick->options, &pick->line);
	rr_menu_go(&pick->options, "start");
	point_to_mounted_source(pick);
	point_to_obstacle(pick);
	return 0;
}

/* ------------------------------------------------------------------ one option */

static void end_edit(struct rr_pick *pick)
{
	pick->edited = NULL;
	pick->options.typing = false;
	pick->options.label = NULL;
	rr_pick_fill_options(&pick->options, &pick->line);
}

static void begin_edit(struct rr_pick *pick, struct rr_pick_option *option)
{
	struct rr_menu *menu = &pick->options;

	pick->edited = option;
	rr_input_set(&menu->field, option->value ? option->value : "");
	rr_menu_text(menu, &menu->field_detail,
		     rr_text_format("--%s %s\n%s\n", option->opt->name,
				    option->opt->arg ? option->opt->arg : "", option->opt->help));
	menu->label = "value: ";
	menu->typing = true;
}

/* What the command would not take is not taken here. */
static void set(struct rr_pick *pick, struct rr_pick_option *option, bool on, char *value)
{
	struct rr_pick_option before = *option;
	struct rr_err err;

	option->on = on;
	option->value = value;
	if (rr_pick_line_check(&pick->line, &err) < 0) {
		*option = before;
		if (value != before.value)
			free(value);
		rr_pick_say(pick, rr_text_printable(err.text));
		return;
	}
	if (before.value != value)
		free(before.value);
	end_edit(pick);
}

static void toggle(struct rr_pick *pick, struct rr_pick_option *option, bool edit)
{
	if (rr_pick_option_has_value(option) && (edit || !option->on))
		begin_edit(pick, option);
	else
		set(pick, option, !option->on, option->value);
}

/* ------------------------------------------------------------------ keys */

/* edit: of an option that has a value another one is wanted. */
static enum rr_pick_next choose(struct rr_pick *pick, bool edit)
{
	const struct rr_menu_line *line = rr_menu_chosen(&pick->options);
	struct rr_pick_option *option = line ? rr_pick_option_of(&pick->line, line->id) : NULL;

	if (option)
		toggle(pick, option, edit);
	else if (line && edit)
		return rr_pick_run(pick);
	return RR_PICK_STAY;
}

static enum rr_pick_next take_typed(struct rr_pick *pick)
{
	const char *text = pick->options.field.text;
	char *value = strdup(text);

	if (value)
		set(pick, pick->edited, *value != '\0', value);
	return RR_PICK_STAY;
}

static enum rr_pick_next on(struct rr_pick *pick, struct rr_panel *panel, enum rr_did did,
			    unsigned key)
{
	(void)panel;
	if (pick->edited && did == RR_DID_TYPE)
		return take_typed(pick);
	if (pick->edited && (did == RR_DID_BACK || !pick->options.typing)) {
		end_edit(pick);
		return RR_PICK_STAY;
	}
	if (did == RR_DID_CHOOSE)
		return choose(pick, true);
	if (did == RR_DID_KEY && key == ' ')
		return choose(pick, false);
	if (did == RR_DID_BACK || (did == RR_DID_KEY && key == 'h'))
		return RR_PICK_BACK;
	return RR_PICK_STAY;
}

static const struct rr_hint hints[] = {
	{ "arrows", "Move" }, { "Enter", "Start, or change" }, { "Space", "On/off" },
	{ "Esc", "Back" },    { "?", "Help" },		       { "q", "Quit" },
	{ NULL, NULL }
};

const struct rr_pick_page rr_pick_options_page = {
	.title = "How is it to be done?",
	.hints = hints,
	.help = "Nothing has to be changed here: what is not set is done as is best for most.\n"
		"The options used most stand first. Enter or the space bar sets one, or takes\n"
		"it back; of one that has a value, Enter lets you type it (an empty one takes\n"
		"it back). Below stands what you would type at a shell for just this.\n"
		"What overwrites a drive asks once more, whatever is set here.\n",
	.enter = enter,
	.on = on,
};
