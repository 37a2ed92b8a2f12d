/* SPDX-License-Identifier: GPL-3.0-or-later */
/* help.c - help for people and rows for programs, both from the tables.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "list.h"
#include "rawright/cli.h"
#include "rawright/digest.h"

#define WIDTH 79
#define COLUMN 28	/* where the explanation of an option begins */

/* Blanks and line ends at the start of text; *empty: there is an empty line among them. */
static size_t gap(const char *text, bool *empty)
{
	size_t len = strspn(text, " \n");
	const char *end = memchr(text, '\n', len);

	*empty = end && text[len] && memchr(end + 1, '\n', len - (size_t)(end + 1 - text));
	return len;
}

/* Words of text up to WIDTH, from column `at` on; further lines start at indent. An empty line is
 * kept, a single line end is a blank. */
static void wrap(FILE *out, const char *text, int at, int indent)
{
	bool empty, first = true;

	for (text += gap(text, &empty); *text; text += gap(text, &empty)) {
		int len = (int)strcspn(text, " \n");

		if (!first && (empty || at + 1 + len > WIDTH)) {
			fprintf(out, "%s\n%*s", empty ? "\n" : "", indent, "");
			at = indent;
			first = true;
		}
		fprintf(out, "%s%.*s", first ? "" : " ", len, text);
		at += len + !first;
		first = false;
		text += len;
	}
	fputc('\n', out);
}

/* To where explanations begin; on a new line when that is past. */
static void to_column(FILE *out, int at)
{
	if (at >= COLUMN)
		fprintf(out, "\n%*s", COLUMN, "");
	else
		fprintf(out, "%*s", COLUMN - at, "");
}

void rr_help_program(FILE *out)
{
	fputs("rawright - raw images of floppies, sticks, cards, discs and drives\n\n"
	      "  rawright COMMAND [OPTION]... [NAME]...\n\n", out);
	fprintf(out, "  %-*s%s\n", COLUMN - 2, "(nothing)",
		"on a terminal: leads through all of it, page by page");
	for (size_t i = 0; rr_cmd_table[i]; i++) {
		int at = fprintf(out, "  %s %s", rr_cmd_table[i]->name, rr_cmd_table[i]->args);

		to_column(out, at);
		wrap(out, rr_cmd_table[i]->brief, COLUMN, COLUMN);
	}
	fprintf(out, "\n  %-*s%s\n", COLUMN - 2, "COMMAND --help",
		"its options, and three examples");
	fprintf(out, "  %-*s%s\n", COLUMN - 2, "--help", "this text");
	fprintf(out, "  %-*s%s\n\n", COLUMN - 2, "--version",
		"the version, and those of the libraries");
	fputs("Exit status: 0 all is well, 1 failed, 2 usage, 3 some sectors could not be read,\n"
	      "4 a difference, 5 refused, 6 the drive went away, 130 interrupted.\n"
	      "The manual: man rawright\n", out);
}

/* "--json[=FILE]" and its kin. Returns the columns used. */
static int put_option(FILE *out, const struct rr_opt *opt)
{
	const char *arg = opt->arg ? opt->arg : opt->words;
	int at = opt->letter ? fprintf(out, "  -%c, --%s", opt->letter, opt->name) :
		 fprintf(out, "  --%s", opt->name);

	if (opt->type == RR_OPT_MAYBE)
		return at + fprintf(out, "[=%s]", arg);
	return opt->type == RR_OPT_FLAG ? at : at + fprintf(out, " %s", arg);
}

static void help_options(const struct rr_cmd *cmd, FILE *out)
{
	for (const struct rr_opt *const *table = cmd->opts; *table; table++)
		for (const struct rr_opt *opt = *table; opt->name; opt++) {
			int at = put_option(out, opt);

			to_column(out, at);
			wrap(out, opt->help, COLUMN, COLUMN);
		}
	fprintf(out, "  %-*s%s\n", COLUMN - 2, "-h, --help", "this text");
}

void rr_help_command(const struct rr_cmd *cmd, FILE *out)
{
	const char *line = cmd->examples;

	fprintf(out, "rawright %s [OPTION]...%s%s\n\n", cmd->name, *cmd->args ? " " : "",
		cmd->args);
	wrap(out, cmd->about ? cmd->about : cmd->brief, 0, 0);
	fputs("\nOptions:\n", out);
	help_options(cmd, out);
	fputs("\nExamples:\n", out);
	for (int len; line && *line; line += len + (line[len] == '\n')) {
		len = (int)strcspn(line, "\n");
		fprintf(out, "  %.*s\n", len, line);
	}
}

static const char *type_name(enum rr_opt_type type)
{
	switch (type) {
	case RR_OPT_FLAG:
		return "flag";
	case RR_OPT_TEXT:
		return "text";
	case RR_OPT_MAYBE:
		return "maybe";
	case RR_OPT_COUNT:
		return "count";
	case RR_OPT_SIZE:
		return "size";
	case RR_OPT_LIST:
		return "list";
	case RR_OPT_WORD:
		return "word";
	}
	return "-";
}

static void option_row(FILE *out, const char *cmd, const struct rr_opt *opt)
{
	const char *arg = opt->words ? opt->words : opt->arg ? opt->arg : "-";
	char letter[3] = { opt->letter ? '-' : 0, opt->letter, 0 };

	fprintf(out, "option\t%s\t--%s\t%s\t%s\t%s\t%s\n", cmd, opt->name, *letter ? letter : "-",
		type_name(opt->type), arg, opt->help);
}

/* command NAME ARGS BRIEF; option COMMAND --NAME -LETTER TYPE ARGUMENT HELP; digest NAME BRIEF;
 * column NAME BRIEF. What is empty stands as "-". */
void rr_help_rows(FILE *out)
{
	for (size_t i = 0; rr_cmd_table[i]; i++) {
		const struct rr_cmd *cmd = rr_cmd_table[i];

		fprintf(out, "command\t%s\t%s\t%s\n", cmd->name, *cmd->args ? cmd->args : "-",
			cmd->brief);
		for (const struct rr_opt *const *table = cmd->opts; *table; table++)
			for (const struct rr_opt *opt = *table; opt->name; opt++)
				option_row(out, cmd->name, opt);
	}
	for (size_t i = 0; rr_digest_at(i); i++)
		fprintf(out, "digest\t%s\t%s\n", rr_digest_at(i)->name, rr_digest_at(i)->brief);
	for (size_t i = 0; rr_list_column_at(i); i++)
		fprintf(out, "column\t%s\t%s\n", rr_list_column_at(i)->name,
			rr_list_column_at(i)->help);
}
