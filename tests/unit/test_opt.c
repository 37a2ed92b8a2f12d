/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_opt.c - proves that a command line becomes the conf it says, that each mistake is refused
 * with a message that names the option and the mistake, and that operands keep their order. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "rawright/cli.h"

struct conf {
	bool force, quiet;
	const char *map, *progress;
	struct rr_maybe json;
	unsigned retries;
	struct rr_opt_size offset;
	struct rr_opt_list to;
};

static const struct rr_opt rows[] = {
	{ "force",    'f', RR_OPT_FLAG,  offsetof(struct conf, force),    NULL,   "help", NULL },
	{ "map",      'm', RR_OPT_TEXT,  offsetof(struct conf, map),      "FILE", "help", NULL },
	{ "json",     'j', RR_OPT_MAYBE, offsetof(struct conf, json),     "FILE", "help", NULL },
	{ "retries",  'r', RR_OPT_COUNT, offsetof(struct conf, retries),  "N",    "help", NULL },
	{ 0 },
};
static const struct rr_opt more_rows[] = {
	{ "offset", 0, RR_OPT_SIZE, offsetof(struct conf, offset), "SIZE", "help", NULL },
	{ "to", 0, RR_OPT_LIST, offsetof(struct conf, to), "PATH", "help", NULL },
	{ "progress", 0, RR_OPT_WORD, offsetof(struct conf, progress), "HOW", "help",
	  "auto|plain|none" },
	{ "quiet", 'q', RR_OPT_FLAG, offsetof(struct conf, quiet), NULL, "help", NULL },
	{ 0 },
};
static const struct rr_opt *const tables[] = { rows, more_rows, NULL };
static const struct rr_cmd command = {
	.name = "take", .args = "SOURCE [IMAGE]", .brief = "brief", .examples = "", .opts = tables,
	.conf_size = sizeof(struct conf), .min_args = 1, .max_args = 2,
};

struct line {
	struct conf conf;
	struct rr_err err;
	int argc;
	char *argv[16];
};

/* Parses the words of text, which is cut at its blanks. */
static int parse(struct line *line, char *text)
{
	char *save;

	memset(line, 0, sizeof(*line));
	for (char *word = strtok_r(text, " ", &save); word; word = strtok_r(NULL, " ", &save))
		line->argv[line->argc++] = word;
	return rr_opt_parse(&command, &line->conf, &line->argc, line->argv, &line->err);
}

static void refused(const char *words, const char *message)
{
	char text[256];
	struct line line;

	(void)snprintf(text, sizeof(text), "%s", words);
	assert_int_equal(parse(&line, text), -1);
	assert_int_equal(line.err.kind, RR_USAGE);
	if (!strstr(line.err.text, message))
		fail_msg("'%s' does not hold '%s'", line.err.text, message);
	rr_opt_free(&command, &line.conf);
}

static void options_and_operands_mix(void **state)
{
	char text[] = "src -f --map here dst --retries=12";
	struct line line;

	(void)state;
	assert_int_equal(parse(&line, text), 0);
	assert_true(line.conf.force);
	assert_false(line.conf.quiet);
	assert_string_equal(line.conf.map, "here");
	assert_int_equal(line.conf.retries, 12);
	assert_int_equal(line.argc, 2);
	assert_string_equal(line.argv[0], "src");
	assert_string_equal(line.argv[1], "dst");
	assert_null(line.argv[2]);
}

static void two_dashes_end_the_options(void **state)
{
	char text[] = "-f -- --force -q";
	struct line line;

	(void)state;
	assert_int_equal(parse(&line, text), 0);
	assert_int_equal(line.argc, 2);
	assert_string_equal(line.argv[0], "--force");
	assert_string_equal(line.argv[1], "-q");
	assert_false(line.conf.quiet);
}

static void one_dash_is_an_operand(void **state)
{
	char text[] = "src -";
	struct line line;

	(void)state;
	assert_int_equal(parse(&line, text), 0);
	assert_string_equal(line.argv[1], "-");
}

static void letters_join(void **state)
{
	char text[] = "-qfr7 src -m here", value_next[] = "-fr 8 src";
	struct line line;

	(void)state;
	assert_int_equal(parse(&line, text), 0);
	assert_true(line.conf.quiet && line.conf.force);
	assert_int_equal(line.conf.retries, 7);
	assert_string_equal(line.conf.map, "here");
	assert_int_equal(parse(&line, value_next), 0);
	assert_int_equal(line.conf.retries, 8);
}

/* --json FILE would take an operand away; only --json=FILE names one. */
static void an_optional_value_stands_behind_equals_only(void **state)
{
	char without[] = "--json src", with[] = "--json=a=b src";
	struct line line;

	(void)state;
	assert_int_equal(parse(&line, without), 0);
	assert_true(line.conf.json.given);
	assert_null(line.conf.json.text);
	assert_int_equal(line.argc, 1);
	assert_int_equal(parse(&line, with), 0);
	assert_string_equal(line.conf.json.text, "a=b");
}

static void a_list_grows_and_others_take_the_last(void **state)
{
	char text[] = "--to a --map x --to=b src --map y --to c";
	struct line line;

	(void)state;
	assert_int_equal(parse(&line, text), 0);
	assert_int_equal(line.conf.to.n, 3);
	assert_string_equal(line.conf.to.text[0], "a");
	assert_string_equal(line.conf.to.text[1], "b");
	assert_string_equal(line.conf.to.text[2], "c");
	assert_string_equal(line.conf.map, "y");
	rr_opt_free(&command, &line.conf);
	assert_null(line.conf.to.text);
	assert_int_equal(line.conf.to.n, 0);
}

static void a_size_keeps_its_unit(void **state)
{
	char sectors[] = "--offset 10s src", bytes[] = "--offset=64Ki src";
	struct line line;

	(void)state;
	assert_int_equal(parse(&line, sectors), 0);
	assert_true(line.conf.offset.given && line.conf.offset.size.sectors);
	assert_int_equal(line.conf.offset.size.n, 10);
	assert_int_equal(parse(&line, bytes), 0);
	assert_false(line.conf.offset.size.sectors);
	assert_int_equal(line.conf.offset.size.n, 65536);
}

static void a_word_must_be_one_of_those(void **state)
{
	char text[] = "--progress none src";
	struct line line;

	(void)state;
	assert_int_equal(parse(&line, text), 0);
	assert_string_equal(line.conf.progress, "none");
	refused("--progress plai src", "--progress wants one of auto|plain|none, not 'plai'");
	refused("--progress plain|none src", "--progress wants one of");
	refused("--progress= src", "--progress wants one of");
}

static void mistakes_are_named(void **state)
{
	(void)state;
	refused("--retries x src", "--retries wants a number up to 4294967295, not 'x'");
	refused("--retries= src", "--retries wants a number");
	refused("--retries -1 src", "not '-1'");
	refused("--retries 4294967296 src", "not '4294967296'");
	refused("--retries 42949672950 src", "not '42949672950'");
	refused("--offset 1q src", "--offset: '1q' is no size");
	refused("--offset 99999999999999999999 src", "--offset: ");
	refused("--force=yes src", "--force takes no value, but 'yes' was given");
	refused("src --map", "--map wants FILE after it");
	refused("src -m", "--map wants FILE after it");
	refused("-z src", "unknown option -z");
	refused("-fz src", "unknown option -z");
}

static void a_prefix_is_no_option_but_suggests_one(void **state)
{
	(void)state;
	refused("--retr 3 src", "unknown option --retr: did you mean --retries?");
	refused("--forse src", "unknown option --forse: did you mean --force?");
	refused("--Force src", "did you mean --force?");
	refused("--xyzzy src", "unknown option --xyzzy");
}

static void operands_are_counted(void **state)
{
	(void)state;
	refused("-f", "rawright take [OPTION]... SOURCE [IMAGE]");
	refused("a b c", "too many names (3, at most 2): rawright take [OPTION]... SOURCE [IMAGE]");
}

static void help_is_seen_before_two_dashes_only(void **state)
{
	char name[] = "a", word[] = "--help", short_word[] = "-h", dashes[] = "--";
	char *early[] = { name, word, NULL }, *letter[] = { short_word, NULL },
	     *late[] = { dashes, word, NULL };

	(void)state;
	assert_true(rr_opt_is_help(2, early));
	assert_true(rr_opt_is_help(1, letter));
	assert_false(rr_opt_is_help(2, late));
	assert_false(rr_opt_is_help(0, NULL));
}

static void the_nearest_is_suggested(void **state)
{
	unsigned best = UINT_MAX;
	const char *nearest = NULL;

	(void)state;
	nearest = rr_opt_nearer("raed", "list", nearest, &best);
	assert_null(nearest);
	nearest = rr_opt_nearer("raed", "read", nearest, &best);
	nearest = rr_opt_nearer("raed", "restore", nearest, &best);
	assert_string_equal(nearest, "read");
	best = UINT_MAX;
	assert_null(rr_opt_nearer("x", "hash", NULL, &best));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_and_operands_mix),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(one_dash_is_an_operand),
		cmocka_unit_test(letters_join),
		cmocka_unit_test(an_optional_value_stands_behind_equals_only),
		cmocka_unit_test(a_list_grows_and_others_take_the_last),
		cmocka_unit_test(a_size_keeps_its_unit),
		cmocka_unit_test(a_word_must_be_one_of_those),
		cmocka_unit_test(mistakes_are_named),
		cmocka_unit_test(a_prefix_is_no_option_but_suggests_one),
		cmocka_unit_test(operands_are_counted),
		cmocka_unit_test(help_is_seen_before_two_dashes_only),
		cmocka_unit_test(the_nearest_is_suggested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
