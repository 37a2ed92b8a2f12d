/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_page_files.c - which image file, or where a new one is to be.
 * Owns: nothing.   Threads: main. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "look.h"
#include "pick.h"
#include "rawright/words.h"

/* ------------------------------------------------------------------ what is shown */

static uint64_t bytes_of(const struct rr_pick *pick)
{
	const struct rr_seen *seen = rr_pick_drive(pick);

	return seen ? seen->node.bytes : 0;
}

static char *typed_path(const struct rr_pick *pick)
{
	return rr_pick_path(pick->folder.path, pick->files.field.text);
}

/* What becomes of the name that is typed. */
static void say_name(struct rr_pick *pick, bool *bad)
{
	struct rr_menu *menu = &pick->files;
	rr_autofree char *path = typed_path(pick);

	*bad = !*menu->field.text;
	if (pick->files_conf.new_file && path && !*bad)
		rr_menu_text(menu, &menu->field_detail,
			     rr_pick_name_words(path, &pick->folder, bytes_of(pick), bad));
	else
		rr_menu_text(menu, &menu->field_detail,
			     strdup(pick->files_conf.new_file ?
					    "A name for the new image\n" :
					    "The name of an image, or of a folder to look into\n"));
}

/* A file is looked at when somebody looks at it. */
static void say_file(struct rr_pick *pick)
{
	const struct rr_menu_line *chosen = rr_menu_chosen(&pick->files);
	rr_autofree char *path = NULL;

	if (!chosen || chosen->detail || *chosen->id != 'f')
		return;
	path = rr_pick_path(pick->folder.path, chosen->id + 1);
	pick->files.line[pick->files.at].detail = path ? rr_pick_file_words(path) : NULL;
}

static void refill(struct rr_pick *pick)
{
	bool bad;

	rr_pick_fill_files(&pick->files, &pick->folder, &pick->files_conf);
	pick->files.empty = pick->files_conf.hidden ? "There is nothing here." :
						      "There is nothing here that is shown; the "
						      "full stop shows hidden names, too.";
	say_name(pick, &bad);
	say_file(pick);
}

static int go_to(struct rr_pick *pick, const char *path, struct rr_err *err)
{
	struct rr_pick_folder folder;

	if (rr_pick_folder_load(path, &folder, err) < 0)
		return -1;
	rr_pick_folder_clear(&pick->folder);
	pick->folder = folder;
	rr_input_set(&pick->files.filter, "");
	pick->files.at = RR_MENU_NONE;
	refill(pick);
	return 0;
}

/* ------------------------------------------------------------------ coming to it */

static void propose_name(struct rr_pick *pick)
{
	const struct rr_seen *seen = rr_pick_drive(pick);
	rr_autofree char *folder = rr_text_format("%s/", pick->folder.path);
	rr_autofree char *path = folder && seen ? rr_cli_image_name(folder, &seen->node) : NULL;
	const char *slash = path ? strrchr(path, '/') : NULL;

	rr_input_set(&pick->files.field, slash ? slash + 1 : "");
}

static bool add_about(struct rr_pick *pick)
{
	const struct rr_seen *seen = rr_pick_drive(pick);
	rr_autofree char *drive = rr_words_drive(&seen->node);
	rr_autofree char *path = rr_text_printable(seen->node.path);

	free(pick->files_conf.about);
	pick->files_conf.about = drive && path ? rr_text_format("Drive   %s: %s", path, drive) :
						 NULL;
	return pick->files_conf.about != NULL;
}

static bool has_file(const struct rr_pick *pick)
{
	for (size_t i = 0; i < 2; i++)
		if (pick->task->operand[i] == RR_PICK_FILE && pick->line.operand[i])
			return true;
	return false;
}

static int enter(struct rr_pick *pick, struct rr_panel *panel, struct rr_err *err)
{
	rr_autofree char *here = pick->folder.path ? strdup(pick->folder.path) :
						     getcwd(NULL, 0);
	bool back = has_file(pick), bad;

	panel->title = pick->task->new_file ? "Where is the image to be?" : "Which image?";
	panel->menu = &pick->files;
	pick->files_conf.new_file = pick->task->new_file;
	pick->files_conf.most = pick->task->writes ? bytes_of(pick) : 0;
	if (!add_about(pick))
		return rr_fail_memory(err);
	pick->files.label = "name: ";
	pick->files.none = pick->task->new_file ? NULL :
						  "The arrow keys choose an image, Enter opens a "
						  "folder, Tab types a name.\n";
	pick->files.typing = pick->task->new_file;
	if (go_to(pick, here ? here : "/", err) < 0)
		return -1;
	if (pick->task->new_file && !back)
		propose_name(pick);
	else if (!pick->task->new_file && !back)
		rr_input_set(&pick->files.field, "");
	say_name(pick, &bad);
	return 0;
}

/* ------------------------------------------------------------------ choosing */

/* As somebody in the folder where rawright was started would name it. */
static const char *short_name(const char *path, const char *here)
{
	size_t len = here ? strlen(here) : 0;

	if (len > 1 && strncmp(path, here, len) == 0 && path[len] == '/' && path[len + 1])
		return path + len + 1;
	return path;
}

static enum rr_pick_next accept(struct rr_pick *pick, const char *path)
{
	rr_autofree char *here = getcwd(NULL, 0);
	const char *name = short_name(path, here);
	/* "-" is standard output to a command, and what begins so an option */
	rr_autofree char *file = *name == '-' ? rr_text_format("./%s", name) : strdup(name);
	struct rr_err err = { 0 };

	if (!file)
		(void)rr_fail_memory(&err); /* told below */
	else if (rr_pick_operand(pick, RR_PICK_FILE, file, &err) == 0)
		return RR_PICK_FORWARD;
	rr_pick_say(pick, rr_text_printable(err.text));
	return RR_PICK_STAY;
}

static enum rr_pick_next open_folder(struct rr_pick *pick, const char *path)
{
	struct rr_err err;

	if (go_to(pick, path, &err) < 0)
		rr_pick_say(pick, rr_text_printable(err.text));
	return RR_PICK_STAY;
}

static enum rr_pick_next go_up(struct rr_pick *pick)
{
	rr_autofree char *path = rr_pick_path(pick->folder.path, "..");
	const char *slash = strrchr(pick->folder.path, '/');
	rr_autofree char *from = rr_text_format("d%s", slash ? slash + 1 : "");

	if (path)
		(void)open_folder(pick, path); /* stays in any case */
	if (from)
		rr_menu_go(&pick->files, from);
	return RR_PICK_STAY;
}

static enum rr_pick_next choose(struct rr_pick *pick)
{
	const struct rr_menu_line *line = rr_menu_chosen(&pick->files);
	rr_autofree char *path = line ? rr_pick_path(pick->folder.path, line->id + 1) : NULL;
	bool bad;

	if (!path)
		return RR_PICK_STAY;
	if (strcmp(line->id, "d..") == 0)
		return go_up(pick);
	if (*line->id == 'd')
		return open_folder(pick, path);
	if (!pick->files_conf.new_file)
		return accept(pick, path);
	rr_input_set(&pick->files.field, line->id + 1); /* and it is said what stands there */
	pick->files.typing = true;
	say_name(pick, &bad);
	return RR_PICK_STAY;
}

/* The folder that a new file would be in must be there. */
static bool has_folder(struct rr_pick *pick, const char *path)
{
	rr_autofree char *folder = rr_pick_path(path, "..");
	rr_autofree char *printable = folder ? rr_text_printable(folder) : NULL;
	struct stat st;

	if (folder && stat(folder, &st) == 0 && S_ISDIR(st.st_mode))
		return true;
	rr_pick_say(pick, printable ? rr_text_format("There is no folder %s.", printable) : NULL);
	return false;
}

static enum rr_pick_next take_typed(struct rr_pick *pick)
{
	rr_autofree char *path = typed_path(pick);
	rr_autofree char *printable = path ? rr_text_printable(path) : NULL;
	struct stat st;
	bool there, bad;

	if (!printable || !*pick->files.field.text)
		return RR_PICK_STAY;
	there = stat(path, &st) == 0;
	if (there && S_ISDIR(st.st_mode)) {
		rr_input_set(&pick->files.field, "");
		return open_folder(pick, path);
	}
	say_name(pick, &bad);
	if (pick->files_conf.new_file)
		return !bad && has_folder(pick, path) ? accept(pick, path) : RR_PICK_STAY;
	if (there && S_ISREG(st.st_mode))
		return accept(pick, path);
	rr_pick_say(pick, there ? rr_text_format("%s is no image file.", printable) :
				  rr_text_format("There is no file %s.", printable));
	return RR_PICK_STAY;
}

/* ------------------------------------------------------------------ keys */

static enum rr_pick_next obey(struct rr_pick *pick, unsigned key)
{
	if (key == '.')
		pick->files_conf.hidden = !pick->files_conf.hidden;
	else if (key == 's')
		pick->files_conf.by_name = !pick->files_conf.by_name;
	else if (key == 'h')
		return go_up(pick);
	refill(pick);
	return RR_PICK_STAY;
}

static enum rr_pick_next on(struct rr_pick *pick, struct rr_panel *panel, enum rr_did did,
			    unsigned key)
{
	bool bad;

	(void)panel;
	switch (did) {
	case RR_DID_CHOOSE:
		return choose(pick);
	case RR_DID_TYPE:
		return take_typed(pick);
	case RR_DID_BACK:
		return RR_PICK_BACK;
	case RR_DID_KEY:
		return obey(pick, key);
	case RR_DID_EDIT:
		say_name(pick, &bad);
		return RR_PICK_STAY;
	default:
		say_file(pick);
		return RR_PICK_STAY;
	}
}

static const struct rr_hint hints[] = {
	{ "Enter", "Choose" }, { "Esc", "Back" },  { "Tab", "List/name" }, { "s", "Sort" },
	{ ".", "Hidden" },     { "/", "Filter" },  { "?", "Help" },	    { "q", "Quit" },
	{ NULL, NULL }
};

const struct rr_pick_page rr_pick_files_page = {
	.hints = hints,
	.help = "Folders and files. Tab goes between the list and the line in which a name, or\n"
		"a whole path, can be typed. Checksums, records and maps are not listed as\n"
		"files: the line of their image says that they are there, and below it stands\n"
		"what they say. \"unfinished\" is an image with a map beside it: a read goes on\n"
		"with it.\n"
		"\n"
		"Keys here\n"
		"  s             the newest first, or by name\n"
		"  .             hidden names, too\n"
		"  left, h       one folder up\n",
	.enter = enter,
	.on = on,
};
