/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick.h - the pages between "I have this in my hand" and a command line; for src/cli/pick_*.c. */
#ifndef RR_CLI_PICK_H
#define RR_CLI_PICK_H

#include <limits.h>

#include "rawright/cli.h"
#include "rawright/panel.h"
#include "rawright/survey.h"
#include "rawright/text.h"

/* lookout.c. Surveys taken by a thread of their own: at the beginning, and whenever something
 * happened. A drive that does not answer stops nobody. */
struct rr_lookout;
/* wake: an eventfd that is written to when there is news. */
RR_MUST int rr_lookout_new(int wake, struct rr_lookout **out, struct rr_err *err);
/* The newest survey, into *survey, whose old content is the caller's. False: there is none that was
 * not taken yet. err->kind other than RR_OK: why there will be no more. */
bool rr_lookout_take(struct rr_lookout *lookout, struct rr_survey *survey, struct rr_err *err);
/* No survey and no watch while somebody else asks libudev, which does not like to be asked by two
 * threads; where a drive does not answer, it is not waited for long. What happened meanwhile is
 * seen afterwards. */
void rr_lookout_rest(struct rr_lookout *lookout, bool rest);
/* Ends it. False: its thread sits in the kernel and was left behind. NULL allowed. */
bool rr_lookout_end(struct rr_lookout *lookout);

/* What is known of one drive, in a word that tells it, and what is in it, from any other. The
 * caller frees it; NULL without memory. */
RR_MUST char *rr_pick_id(const struct rr_node *node);
const struct rr_seen *rr_pick_find(const struct rr_survey *survey, const char *id);

/* ------------------------------------------------------------------ what to do */

enum rr_pick_operand { RR_PICK_DRIVE, RR_PICK_FILE, RR_PICK_TARGET, RR_PICK_NOTHING };

struct rr_pick_task {
	const char *name;	/* the command's */
	const char *title;	/* "Read it to an image file" */
	const char *brief;	/* what will be */
	const char *start;	/* "Start reading" */
	const struct rr_cmd *cmd;
	enum rr_pick_operand operand[2];	/* in the command's order */
	bool writes;		/* the drive is overwritten */
	bool new_file;		/* the file is made */
	const char *options;	/* those that are shown first, with blanks between */
};
/* pick_tasks.c. The i-th; NULL after the last. */
const struct rr_pick_task *rr_pick_task_at(size_t i);
/* The lines: what can be done with the drive, and why not. */
void rr_pick_fill_tasks(struct rr_menu *menu, const struct rr_seen *seen);

/* ------------------------------------------------------------------ which drive */

struct rr_pick_drives {
	bool all;		/* also fixed, loop and virtual ones */
	const char *except;	/* the id of one that is not shown; NULL */
	const struct rr_seen *source;	/* a drive that is copied: only what takes it is chosen */
	char *const *fresh;	/* ids of those that came while somebody looked */
	size_t nfresh;
};
/* pick_drives.c */
void rr_pick_fill_drives(struct rr_menu *menu, const struct rr_survey *survey,
			 const struct rr_pick_drives *conf);
/* "2 drives", of those that are shown. */
const char *rr_pick_count(const struct rr_menu *menu, char buf[32]);

/* ------------------------------------------------------------------ which file */

struct rr_pick_file {
	char *name;		/* as the file system has it; owned */
	uint64_t bytes;
	int64_t when;		/* changed, in seconds of 1970 */
	bool folder;
};
struct rr_pick_folder {
	char *path;		/* absolute; owned */
	struct rr_pick_file *file;	/* owned */
	size_t n;
	char *trouble;		/* why not all is known; NULL; owned */
	bool room_known;
	uint64_t room;		/* bytes that are free there */
};
/* pick_folder.c. What is in path. A folder that cannot be read is empty, and trouble says why. */
RR_MUST int rr_pick_folder_load(const char *path, struct rr_pick_folder *out, struct rr_err *err);
void rr_pick_folder_clear(struct rr_pick_folder *folder);
/* Absolute, without "." and ".."; relative ones begin in folder. NULL without memory. */
RR_MUST char *rr_pick_path(const char *folder, const char *name);

struct rr_pick_files {
	bool hidden;		/* names that begin with a full stop, too */
	bool by_name;		/* else the newest are first */
	bool new_file;		/* one is to be named */
	uint64_t most;		/* larger ones do not fit; 0: any */
	char *about;		/* the drive that it is for, as a line of the head; NULL; owned */
};
/* pick_files.c. Files that tell about an image are told of in its line, and have none. */
void rr_pick_fill_files(struct rr_menu *menu, const struct rr_pick_folder *folder,
			const struct rr_pick_files *conf);
/* What a file is, and what stands beside it: lines, printable. Reads a little of it. */
RR_MUST char *rr_pick_file_words(const char *path);
/* What becomes of a read to path: a new file, one that is gone on with, one that is in the way; and
 * is there room for so many bytes? *bad: it cannot be done. Lines, printable. */
RR_MUST char *rr_pick_name_words(const char *path, const struct rr_pick_folder *folder,
				 uint64_t bytes, bool *bad);

/* ------------------------------------------------------------------ how */

/* A command line in the making. */
struct rr_pick_option {
	const struct rr_opt *opt;
	bool on;
	char *value;		/* of those that have one; owned */
};
struct rr_pick_line {
	const struct rr_pick_task *task;
	char *operand[2];	/* owned; NULL after the last */
	struct rr_pick_option *option;	/* owned */
	size_t n;
};
/* pick_options.c */
RR_MUST int rr_pick_line_make(const struct rr_pick_task *task, struct rr_pick_line *line,
			      struct rr_err *err);
void rr_pick_line_clear(struct rr_pick_line *line);
/* The words, "rawright" first. screen: with --screen. The strings are the line's but for the array
 * and *store; the caller frees both. */
RR_MUST int rr_pick_line_words(const struct rr_pick_line *line, bool screen, char ***argv,
			       int *argc, char ***store, struct rr_err *err);
void rr_pick_words_free(char **argv, char **store);
/* As it would be typed at a shell, printable. NULL without memory; the caller frees it. */
RR_MUST char *rr_pick_line_text(const struct rr_pick_line *line);
/* Would the command take it? RR_USAGE says why not. */
RR_MUST int rr_pick_line_check(const struct rr_pick_line *line, struct rr_err *err);
/* Lines: "start", then "--NAME" each. */
void rr_pick_fill_options(struct rr_menu *menu, const struct rr_pick_line *line);
struct rr_pick_option *rr_pick_option_of(struct rr_pick_line *line, const char *id);
bool rr_pick_option_has_value(const struct rr_pick_option *option);

/* ------------------------------------------------------------------ the way through */

enum rr_pick_next {
	RR_PICK_STAY,
	RR_PICK_FORWARD,
	RR_PICK_BACK,
	RR_PICK_AGAIN,		/* from the list of drives on */
	RR_PICK_QUIT,
};

struct rr_pick {
	struct rr_cli *cli;
	struct rr_session *session;
	struct rr_lookout *lookout;
	int wake;		/* an eventfd: there is news */
	int status;		/* of the last command */
	bool left;		/* a thread was left behind in the kernel */
	char *notice;		/* the news; NULL; owned */
	struct rr_survey survey;
	bool surveyed;		/* there was one */
	bool all;		/* every drive is shown */
	bool news;		/* as in rr_pick_page */
	char **fresh;		/* ids; owned */
	size_t nfresh;
	/* what was chosen: */
	char *id;		/* the drive; owned */
	const struct rr_pick_task *task;
	char *target_id;	/* the drive that is copied to; owned */
	struct rr_pick_line line;
	/* the pages: */
	struct rr_menu drives, tasks, files, targets, options;
	struct rr_pick_folder folder;
	struct rr_pick_files files_conf;
	char *text;		/* of a sheet; owned */
	struct rr_sheet sheet;
	struct rr_aside *aside;	/* looking at a drive, into: */
	struct rr_info *info;	/* owned, but when the look was left behind */
	bool straight;		/* from the drives right to the info page */
	struct rr_pick_option *edited;	/* its value is being typed; NULL */
	char place[64];
};

/* A page: fills what it shows when it is come to, and says what follows from keys and news. */
struct rr_pick_page {
	const char *title, *help;
	const struct rr_hint *hints;
	bool free;		/* as in rr_panel */
	bool news;		/* drives that come and go are told of */
	bool anyhow;		/* also when the chosen drive has gone */
	int (*enter)(struct rr_pick *, struct rr_panel *, struct rr_err *);
	enum rr_pick_next (*on)(struct rr_pick *, struct rr_panel *, enum rr_did, unsigned key);
	void (*leave)(struct rr_pick *);	/* NULL: nothing is to be done */
};
/* One file each: pick_page_NAME.c. */
extern const struct rr_pick_page rr_pick_drives_page, rr_pick_tasks_page, rr_pick_files_page;
extern const struct rr_pick_page rr_pick_target_page, rr_pick_options_page, rr_pick_info_page;
extern const struct rr_pick_page rr_pick_result_page;

/* pick.c. The news; NULL: none. Takes the text over. */
void rr_pick_say(struct rr_pick *pick, char *text);
/* The chosen drive, or NULL when it is there no more. */
const struct rr_seen *rr_pick_drive(const struct rr_pick *pick);
/* A new survey, taken over; what it changes is news. */
void rr_pick_take_survey(struct rr_pick *pick, struct rr_survey *now);
void rr_pick_clear(struct rr_pick *pick);	/* frees */
/* Has the page lost what was chosen? Then it is said. */
bool rr_pick_is_lost(struct rr_pick *pick, const struct rr_pick_page *page);
/* Makes the line anew when another drive or task was chosen. */
RR_MUST int rr_pick_begin_line(struct rr_pick *pick, struct rr_err *err);
/* Sets the line's operand of that kind. */
RR_MUST int rr_pick_operand(struct rr_pick *pick, enum rr_pick_operand kind, const char *text,
			    struct rr_err *err);
/* All pages of the way that is being gone; NULL after the last. */
const struct rr_pick_page *rr_pick_page_at(const struct rr_pick *pick, size_t i);
/* pick_run.c. Runs the line's command; its words are shown by the result page. */
enum rr_pick_next rr_pick_run(struct rr_pick *pick);

#endif
