/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_words.c - the words of a command line that was put together: to be run, to be typed.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "pick.h"

/* rawright, the command, two words for each option, --screen, --, two operands, NULL */
#define WORDS(n) (2 * (n) + 7)

struct words {
	char **argv, **store;
	int argc;
	size_t nstore;
};

static void push(struct words *w, const char *word)
{
	w->argv[w->argc++] = (char *)word; /* nobody writes to it */
}

static int push_option(struct words *w, const struct rr_pick_option *option, struct rr_err *err)
{
	char *name = rr_text_format("--%s", option->opt->name);

	if (!name)
		return rr_fail_memory(err);
	w->store[w->nstore++] = name;
	push(w, name);
	if (rr_pick_option_has_value(option))
		push(w, option->value ? option->value : "");
	return 0;
}

int rr_pick_line_words(const struct rr_pick_line *line, bool screen, char ***argv, int *argc,
		       char ***store, struct rr_err *err)
{
	struct words w = { .argv = calloc(WORDS(line->n), sizeof(char *)),
			   .store = calloc(line->n + 1, sizeof(char *)) };
	bool dashed = false;
	int rc = w.argv && w.store ? 0 : rr_fail_memory(err);

	if (rc == 0)
		push(&w, "rawright");
	if (rc == 0)
		push(&w, line->task->name);
	for (size_t i = 0; i < line->n && rc == 0; i++)
		if (line->option[i].on)
			rc = push_option(&w, &line->option[i], err);
	if (rc < 0) {
		rr_pick_words_free(w.argv, w.store);
		return -1;
	}
	if (screen)
		push(&w, "--screen");
	for (size_t i = 0; i < 2 && line->operand[i]; i++)
		dashed |= line->operand[i][0] == '-';
	if (dashed)
		push(&w, "--");
	for (size_t i = 0; i < 2 && line->operand[i]; i++)
		push(&w, line->operand[i]);
	*argv = w.argv;
	*argc = w.argc;
	*store = w.store;
	return 0;
}

void rr_pick_words_free(char **argv, char **store)
{
	for (size_t i = 0; store && store[i]; i++)
		free(store[i]);
	free(store);
	free(argv);
}

/* ------------------------------------------------------------------ by hand */

static void add_byte(struct rr_str *str, unsigned char c)
{
	if (c == '\'' || c == '\\')
		rr_str_addf(str, "\\%c", c);
	else if (c < ' ' || c >= 0x7f)
		rr_str_addf(str, "\\x%02x", c);
	else
		rr_str_addf(str, "%c", c);
}

/* As a shell takes it: as it is, in quotes, or with what cannot be typed in bash's own. */
static void add_word(struct rr_str *str, const char *word)
{
	bool name = word[0] == '-' && word[1] == '-' && rr_text_is_shell_word(word + 2);

	if (rr_text_is_shell_word(word) || name || strcmp(word, "--") == 0) {
		rr_str_addf(str, "%s", word);
		return;
	}
	if (rr_text_is_printable(word) && !strchr(word, '\'')) {
		rr_str_addf(str, "'%s'", word);
		return;
	}
	rr_str_addf(str, "$'");
	for (; *word; word++)
		add_byte(str, (unsigned char)*word);
	rr_str_addf(str, "'");
}

char *rr_pick_line_text(const struct rr_pick_line *line)
{
	rr_autostr struct rr_str str = { 0 };
	char **argv, **store;
	int argc;

	if (rr_pick_line_words(line, false, &argv, &argc, &store, NULL) < 0)
		return NULL;
	for (int i = 0; i < argc; i++) {
		rr_str_addf(&str, "%s", i ? " " : "");
		add_word(&str, argv[i]);
	}
	rr_pick_words_free(argv, store);
	return rr_str_take(&str);
}

int rr_pick_line_check(const struct rr_pick_line *line, struct rr_err *err)
{
	const struct rr_cmd *cmd = line->task->cmd;
	rr_autofree void *conf = calloc(1, cmd->conf_size);
	char **argv, **store;
	int argc, rc;

	if (!conf)
		return rr_fail_memory(err);
	if (rr_pick_line_words(line, true, &argv, &argc, &store, err) < 0)
		return -1;
	argc -= 2;
	rc = rr_opt_parse(cmd, conf, &argc, argv + 2, err);
	rr_opt_free(cmd, conf);
	rr_pick_words_free(argv, store);
	return rc;
}
