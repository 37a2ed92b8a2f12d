/* SPDX-License-Identifier: GPL-3.0-or-later */
/* opt.c - makes a command's conf of the words on its command line, by its rows of options.
 * Owns: the lists in a conf, until rr_opt_free.   Threads: main. */
#include <limits.h>
#include <string.h>

#include "rawright/cli.h"

struct words {
	const struct rr_cmd *cmd;
	void *conf;
	char **argv;
	int argc;
	int next;		/* the word to look at */
	int kept;		/* operands, moved to the front */
};

/* ------------------------------------------------------------------ suggestions */

/* Letters to change, add or leave out on the way from a to b (Levenshtein). */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[33];
	size_t len = strlen(b);

	if (len >= sizeof(row) / sizeof(*row))
		return UINT_MAX;
	for (size_t i = 0; i <= len; i++)
		row[i] = (unsigned)i;
	for (; *a; a++) {
		unsigned diagonal = row[0]++;

		for (size_t i = 1; i <= len; i++) {
			unsigned change = diagonal + (*a != b[i - 1]);
			unsigned add = (row[i] < row[i - 1] ? row[i] : row[i - 1]) + 1;

			diagonal = row[i];
			row[i] = change < add ? change : add;
		}
	}
	return row[len];
}

const char *rr_opt_nearer(const char *typed, const char *candidate, const char *nearest,
			  unsigned *best)
{
	size_t len = strlen(typed);
	unsigned far = distance(typed, candidate);

	if (len >= 2 && strncmp(typed, candidate, len) == 0)
		far = 1;		/* cut short */
	if (far > 3 || far > (len + 1) / 2 || far >= *best)
		return nearest;
	*best = far;
	return candidate;
}

static int fail_unknown(const struct words *w, const char *name, struct rr_err *err)
{
	const char *nearest = NULL;
	unsigned best = UINT_MAX;

	for (const struct rr_opt *const *table = w->cmd->opts; *table; table++)
		for (const struct rr_opt *opt = *table; opt->name; opt++)
			nearest = rr_opt_nearer(name, opt->name, nearest, &best);
	if (nearest)
		return rr_fail(err, RR_USAGE, 0, "unknown option --%s: did you mean --%s?", name,
			       nearest);
	return rr_fail(err, RR_USAGE, 0, "unknown option --%s", name);
}

/* ------------------------------------------------------------------ values */

static int set_count(const struct rr_opt *opt, unsigned *n, const char *value, struct rr_err *err)
{
	unsigned sum = 0;

	for (const char *p = value; *p || p == value; p++)
		if (*p < '0' || *p > '9' || __builtin_mul_overflow(sum, 10u, &sum) ||
		    __builtin_add_overflow(sum, (unsigned)(*p - '0'), &sum))
			return rr_fail(err, RR_USAGE, 0, "--%s wants a number up to %u, not '%s'",
				       opt->name, UINT_MAX, value);
	*n = sum;
	return 0;
}

static int set_size(const struct rr_opt *opt, struct rr_opt_size *at, const char *value,
		    struct rr_err *err)
{
	struct rr_err why;

	if (rr_size_parse(value, &at->size, &why) < 0)
		return rr_fail(err, why.kind, 0, "--%s: %s", opt->name, why.text);
	at->given = true;
	return 0;
}

static int add_to_list(struct rr_opt_list *list, const char *value, struct rr_err *err)
{
	const char **text = reallocarray(list->text, list->n + 1, sizeof(*text));

	if (!text)
		return rr_fail_memory(err);
	list->text = text;
	list->text[list->n++] = value;
	return 0;
}

static int set_word(const struct rr_opt *opt, const char **at, const char *value,
		    struct rr_err *err)
{
	size_t len = strlen(value);

	for (const char *p = opt->words; p; p = strchr(p, '|')) {
		p += *p == '|';
		if (len && strcspn(p, "|") == len && strncmp(p, value, len) == 0) {
			*at = value;
			return 0;
		}
	}
	return rr_fail(err, RR_USAGE, 0, "--%s wants one of %s, not '%s'", opt->name, opt->words,
		       value);
}

static int set(const struct rr_opt *opt, void *conf, const char *value, struct rr_err *err)
{
	void *at = (char *)conf + opt->at;

	switch (opt->type) {
	case RR_OPT_FLAG:
		*(bool *)at = true;
		return 0;
	case RR_OPT_TEXT:
		*(const char **)at = value;
		return 0;
	case RR_OPT_MAYBE:
		*(struct rr_maybe *)at = (struct rr_maybe){ .given = true, .text = value };
		return 0;
	case RR_OPT_COUNT:
		return set_count(opt, at, value, err);
	case RR_OPT_SIZE:
		return set_size(opt, at, value, err);
	case RR_OPT_LIST:
		return add_to_list(at, value, err);
	case RR_OPT_WORD:
		return set_word(opt, at, value, err);
	}
	return rr_fail(err, RR_USAGE, 0, "--%s cannot be set", opt->name);
}

/* ------------------------------------------------------------------ words */

static bool wants_value(const struct rr_opt *opt)
{
	return opt->type != RR_OPT_FLAG && opt->type != RR_OPT_MAYBE;
}

/* The value of opt: what stands in the same word, or the next word. */
static int take(struct words *w, const struct rr_opt *opt, const char *value, struct rr_err *err)
{
	if (value && opt->type == RR_OPT_FLAG)
		return rr_fail(err, RR_USAGE, 0, "--%s takes no value, but '%s' was given",
			       opt->name, value);
	if (!value && wants_value(opt)) {
		if (w->next >= w->argc)
			return rr_fail(err, RR_USAGE, 0, "--%s wants %s after it", opt->name,
				       opt->arg ? opt->arg : opt->words ? opt->words : "a value");
		value = w->argv[w->next++];
	}
	return set(opt, w->conf, value, err);
}

static int take_long(struct words *w, const char *word, struct rr_err *err)
{
	const char *equals = strchr(word, '=');
	size_t len = equals ? (size_t)(equals - word) : strlen(word);
	rr_autofree char *name = strndup(word, len);

	if (!name)
		return rr_fail_memory(err);
	for (const struct rr_opt *const *table = w->cmd->opts; *table; table++)
		for (const struct rr_opt *opt = *table; opt->name; opt++)
			if (strcmp(opt->name, name) == 0)
				return take(w, opt, equals ? equals + 1 : NULL, err);
	return fail_unknown(w, name, err);
}

static const struct rr_opt *by_letter(const struct rr_cmd *cmd, char letter)
{
	for (const struct rr_opt *const *table = cmd->opts; *table; table++)
		for (const struct rr_opt *opt = *table; opt->name; opt++)
			if (opt->letter == letter)
				return opt;
	return NULL;
}

/* "-qv3": flags, and a value in the rest of the word for the first that wants one. */
static int take_letters(struct words *w, const char *word, struct rr_err *err)
{
	for (const char *p = word; *p; p++) {
		const struct rr_opt *opt = by_letter(w->cmd, *p);

		if (!opt)
			return rr_fail(err, RR_USAGE, 0, "unknown option -%c", *p);
		if (wants_value(opt))
			return take(w, opt, p[1] ? p + 1 : NULL, err);
		if (take(w, opt, NULL, err) < 0)
			return -1;
	}
	return 0;
}

static int check_operands(const struct rr_cmd *cmd, int n, struct rr_err *err)
{
	if (n < cmd->min_args)
		return rr_fail(err, RR_USAGE, 0,
			       "something is missing: rawright %s [OPTION]...%s%s", cmd->name,
			       *cmd->args ? " " : "", cmd->args);
	if (cmd->max_args >= 0 && n > cmd->max_args)
		return rr_fail(err, RR_USAGE, 0,
			       "too many names (%d, at most %d): rawright %s [OPTION]...%s%s", n,
			       cmd->max_args, cmd->name, *cmd->args ? " " : "", cmd->args);
	return 0;
}

int rr_opt_parse(const struct rr_cmd *cmd, void *conf, int *argc, char **argv, struct rr_err *err)
{
	struct words w = { .cmd = cmd, .conf = conf, .argv = argv, .argc = *argc };
	bool options = true;

	while (w.next < w.argc) {
		char *word = argv[w.next++];
		int failed = 0;

		if (options && strcmp(word, "--") == 0)
			options = false;
		else if (options && strncmp(word, "--", 2) == 0)
			failed = take_long(&w, word + 2, err);
		else if (options && word[0] == '-' && word[1])
			failed = take_letters(&w, word + 1, err);
		else
			argv[w.kept++] = word;
		if (failed)
			return -1;
	}
	argv[w.kept] = NULL;
	*argc = w.kept;
	return check_operands(cmd, w.kept, err);
}

void rr_opt_free(const struct rr_cmd *cmd, void *conf)
{
	for (const struct rr_opt *const *table = cmd->opts; *table; table++)
		for (const struct rr_opt *opt = *table; opt->name; opt++)
			if (opt->type == RR_OPT_LIST) {
				struct rr_opt_list *list = (void *)((char *)conf + opt->at);

				free(list->text);
				*list = (struct rr_opt_list){ 0 };
			}
}

bool rr_opt_is_help(int argc, char **argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}
