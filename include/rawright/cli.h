/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli.h - commands and options as rows, read by parsing, help, completion and the manual test. */
#ifndef RR_CLI_H
#define RR_CLI_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "rawright/drive.h"
#include "rawright/err.h"
#include "rawright/event.h"
#include "rawright/job.h"
#include "rawright/size.h"

enum rr_opt_type {
	RR_OPT_FLAG,	/* bool: set */
	RR_OPT_TEXT,	/* const char *: the argument */
	RR_OPT_MAYBE,	/* struct rr_maybe: --x or --x=TEXT */
	RR_OPT_COUNT,	/* unsigned: a decimal number */
	RR_OPT_SIZE,	/* struct rr_opt_size: as rr_size_parse */
	RR_OPT_LIST,	/* struct rr_opt_list: repeatable TEXT */
	RR_OPT_WORD,	/* const char *: one of the words in `words` */
};
struct rr_maybe {
	bool given;
	const char *text;	/* NULL without =TEXT */
};
struct rr_opt_size {
	bool given;
	struct rr_size size;
};
struct rr_opt_list {
	const char **text;	/* owned; the strings are argv's */
	size_t n;
};
struct rr_opt {
	const char *name;	/* without dashes; NULL ends the table */
	char letter;		/* 0: none */
	enum rr_opt_type type;
	size_t at;		/* offsetof in the command's conf */
	const char *arg;	/* what stands for the argument in help: "FILE" */
	const char *help;
	const char *words;	/* RR_OPT_WORD: "auto|plain|numeric|none" */
};

struct rr_session;
struct rr_screen_conf;

/* What every command is given beside its own conf. */
/* A drive that a person chose on a page, as it was then. */
struct rr_meant {
	const char *path, *model, *serial;	/* NULL: not known */
	uint64_t diskseq, bytes;		/* 0: not known */
};

struct rr_cli {
	int argc;			/* the whole command line, for the record */
	char **argv;
	const atomic_int *stop;		/* the signal that asked for the end, 0: none */
	/* somebody asked for progress (SIGUSR1); taken by exchange */
	atomic_int *show;
	/* Tells the guardian which flags to put back should this process die. */
	void (*guard_hold)(const struct rr_hold *hold);
	/* They are put back: the guardian may forget them. */
	void (*guard_released)(void);
	/* Tells it what the terminal has to be told then; NULL: nothing any more. */
	void (*guard_terminal)(const char *leave);
	/* For a screen: as rr_screen_conf has them. */
	void (*catch_suspend)(bool on);
	atomic_int *suspended;
	void (*suspend)(void);
	/* It has the terminal while this runs: jobs are shown on it. NULL: none */
	struct rr_session *session;
	struct rr_meant meant[2];	/* what was chosen there; other drives may be named, too */
	size_t nmeant;
	/* set by the command: a thread sits in the kernel; leave at once */
	bool stuck;
};

struct rr_cmd {
	const char *name;
	const char *args;		/* "SOURCE [IMAGE]" */
	const char *brief;		/* one line */
	const char *about;		/* paragraphs for --help */
	const char *examples;		/* three, a line each, with a comment */
	const struct rr_opt *const *opts;	/* tables of rows, NULL after the last */
	size_t conf_size;
	int min_args, max_args;		/* operands; max -1: any number */
	void (*defaults)(void *conf);	/* what is not zero before argv is looked at; or NULL */
	/* Returns the exit status; everything was said. conf was zeroed, then filled from argv. */
	int (*run)(struct rr_cli *cli, void *conf, int argc, char **argv);
};
extern const struct rr_cmd *const rr_cmd_table[];	/* NULL after the last */
extern const struct rr_cmd rr_cmd_list, rr_cmd_info, rr_cmd_read, rr_cmd_write, rr_cmd_clone;
extern const struct rr_cmd rr_cmd_verify, rr_cmd_hash;
/* "rawright" alone: in no table, and without a name. */
extern const struct rr_cmd rr_cmd_pick;
/* Is there a terminal for it? */
bool rr_pick_possible(void);

/* cli/command.c. Makes a conf of the command line, which has the command's words from argv[2] on,
 * and runs it; what cannot be understood is complained of. Returns the exit status. */
typedef int rr_cmd_runner(const struct rr_cmd *cmd, struct rr_cli *cli, void *conf, int argc,
		char **argv);
int rr_command(const struct rr_cmd *cmd, struct rr_cli *cli, rr_cmd_runner *run);

/* cli/opt.c. Options and operands in any order; "--" ends options; unique prefixes are not
 * accepted. *argc and argv are left with the operands. RR_USAGE names the option. */
RR_MUST int rr_opt_parse(const struct rr_cmd *cmd, void *conf, int *argc, char **argv,
		struct rr_err *err);
void rr_opt_free(const struct rr_cmd *cmd, void *conf);	/* the lists */
bool rr_opt_is_help(int argc, char **argv);			/* --help or -h before "--" */
/* The candidate so close to what was typed that it may be meant, or NULL. best starts as
 * UINT_MAX; call it with one candidate after another. */
const char *rr_opt_nearer(const char *typed, const char *candidate, const char *nearest,
		unsigned *best);

/* cli/help.c */
void rr_help_program(FILE *out);
void rr_help_command(const struct rr_cmd *cmd, FILE *out);
/* All rows, tab-separated, for completion and tests: "command", "option", "digest" and "column"
 * lines. */
void rr_help_rows(FILE *out);

/* cli/common.c: what several commands share. */
struct rr_common_conf {
	struct rr_maybe json;
	const char *progress;
	bool quiet, no_color, screen;
};
/* at: inside a rr_common_conf at the conf's start */
extern const struct rr_opt rr_common_opts[];
extern const struct rr_opt rr_screen_opts[];	/* of commands that can be shown on a screen */
/* Builds the reporters the options ask for. With json.given and no json.text events go to standard
 * output: a command that prints something else there refuses that. */
RR_MUST int rr_common_reporter(struct rr_cli *cli, const struct rr_common_conf *conf,
		struct rr_reporter **out, struct rr_err *err);
/* cli/on_screen.c. The screen on standard error; *out is NULL when that cannot show one. */
RR_MUST int rr_cli_screen(struct rr_cli *cli, const struct rr_common_conf *conf,
		struct rr_reporter **out, struct rr_err *err);
void rr_cli_screen_conf(const struct rr_cli *cli, const struct rr_common_conf *conf,
		struct rr_screen_conf *out);
/* Is standard error a terminal that understands more than lines, and may it be in colour? */
bool rr_common_terminal(void);
bool rr_common_color(const struct rr_common_conf *conf);
/* Opens what --json=FILE names: a new file, or what keeps nothing (pipe, character device). */
RR_MUST int rr_common_open_json(const char *path, int *fd, struct rr_err *err);
/* "rawright: " and the error, made printable, on standard error; returns its exit status. */
int rr_complain(const struct rr_err *err);

/* cli/source.c: what a command reads from. Lives on the heap, since a thread that sits in the
 * kernel may still use it when the command returns. */
struct rr_cli_source {
	struct rr_source *src;
	struct rr_hold hold;
	uint64_t offset, length;	/* bytes, checked against the source */
};
struct rr_cli_open {
	const char *path;
	bool allow_mounted;
	const struct rr_opt_size *offset, *length;	/* NULL: all of it */
	bool whole;		/* of a disc sound too: what is read of it is the caller's matter */
};
/* RR_GONE: the node was chosen on a page, and another drive or medium has taken its place since. */
RR_MUST int rr_cli_check_meant(const struct rr_cli *cli, const struct rr_node *node,
		struct rr_err *err);
/* Facts go to r->source and its neighbours. A drive that does not answer keeps nobody: a signal
 * ends it with RR_STOPPED, cli->stuck is set, and r must be left alone for good. */
RR_MUST int rr_cli_source_open(struct rr_cli *cli, const struct rr_cli_open *conf,
		struct rr_result *r, struct rr_cli_source **out, struct rr_err *err);
/* Puts the read-only flags back and closes; with cli->stuck the guardian does. NULL allowed. */
void rr_cli_source_close(struct rr_cli *cli, struct rr_cli_source *s);
/* The whole command line into the result. */
RR_MUST int rr_cli_invocation(const struct rr_cli *cli, struct rr_result *r, struct rr_err *err);
/* cli/image_name.c. A name made from the medium: what it is called, or the device, and the day. One
 * that is taken by a whole image is counted up; an unfinished one is gone on with. folder: "", or
 * with a slash at its end. NULL: none was found; the caller frees it. */
RR_MUST char *rr_cli_image_name(const char *folder, const struct rr_node *node);
/* Makes and understands records and sums. */
extern const struct rr_keeper rr_cli_keeper;
/* Before the work: is there nothing at --record's path, or may it be overwritten? NULL allowed. */
RR_MUST int rr_cli_record_free(const char *path, bool force, struct rr_err *err);
/* The end of a job for cmd_*.c: tells it, saves --record when it is not the engine's, complains
 * when nobody else did. rc and err are the job's. Returns the exit status. */
RR_MUST int rr_cli_end(struct rr_job *job, int rc, const struct rr_err *err, const char *record,
		bool force);

/* cli/guardian.c. Forks. Returns in the child; the parent never returns: it waits, passes signals
 * on, puts read-only flags back when the child dies, and exits with the child's status, or at once
 * with 130 at the second signal. */
void rr_guardian_start(struct rr_cli *cli);
/* Child: tells the parent the exit status; leave: do not wait for this process to be reaped. */
void rr_guardian_status(int status, bool leave);

#endif
