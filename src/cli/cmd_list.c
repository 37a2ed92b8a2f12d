/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_list.c - "rawright list": the drives there are, as a table or as JSON.
 * Owns: nothing.   Threads: main. */
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <wchar.h>

#include "rawright/cli.h"
#include "rawright/nodes.h"
#include "rawright/text.h"

struct list_conf {
	struct rr_common_conf common;
	bool all;
};

static const struct rr_opt list_opts[] = {
	{ "all", 'a', RR_OPT_FLAG, offsetof(struct list_conf, all), NULL,
	  "also fixed, loop and virtual drives", NULL },
	{ 0 },
};
static const struct rr_opt *const list_tables[] = { list_opts, rr_common_opts, NULL };

enum { NAME, SIZE, KIND, MODEL, SERIAL, MEDIUM, COLUMNS };
static const char *const titles[COLUMNS] = { "NAME", "SIZE", "KIND", "MODEL", "SERIAL", "MEDIUM" };
#define GAP   2		/* columns of the terminal between two of ours */
#define LEAST 8		/* a column is not cut below it */

struct row {
	char *cell[COLUMNS];	/* printable */
};

static bool is_wanted(const struct rr_node *node, bool all)
{
	const struct rr_kind_info *kind = rr_kind_find(node->kind);

	/* Loop devices and RAM disks that stand ready for nobody. */
	if (all)
		return node->bytes ||
		       (strcmp(node->kind, "loop") != 0 && strcmp(node->kind, "virtual") != 0);
	return kind && kind->common;
}

/* Takes out what was not asked for. */
static void keep_wanted(struct rr_node_list *list, bool all)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++) {
		if (is_wanted(&list->node[i], all))
			list->node[kept++] = list->node[i];
		else
			rr_node_clear(&list->node[i]);
	}
	list->n = kept;
}

static void add_part(struct rr_str *str, const char *before, const char *text)
{
	if (text)
		rr_str_addf(str, "%s%s%s", str->len ? ", " : "", before, text);
}

/* What uses it; a guard that cannot look says nothing here, and stops a job that would need it. */
static void add_use(struct rr_str *str, const struct rr_node *node)
{
	struct rr_use use;

	if (rr_guard_use(NULL, node, &use, NULL) < 0)
		return;
	if (use.mounted_rw || use.mounted_ro)
		add_part(str, "mounted on ", use.where);
	else if (use.swap)
		add_part(str, "", "swap space");
	else
		add_part(str, "in use by ", use.stack);
	rr_use_clear(&use);
}

static char *medium_text(const struct rr_node *node)
{
	rr_autostr struct rr_str str = { 0 };

	rr_str_add(&str, "", 0);
	if (!node->medium) {
		add_part(&str, "", "no medium");
		return rr_str_take(&str);
	}
	add_part(&str, "", node->label);
	add_part(&str, "", node->backing);
	add_part(&str, "", node->read_only ? "read-only" : NULL);
	add_use(&str, node);
	return rr_str_take(&str);
}

static char *size_text(const struct rr_node *node)
{
	char size[RR_SIZE_TEXT];

	if (!node->medium)
		return strdup("-");
	return strdup(node->bytes ? rr_size_human(size, node->bytes) : "?");
}

static char *model_text(const struct rr_node *node)
{
	const char *vendor = node->vendor ? node->vendor : "";
	const char *model = node->model ? node->model : "";

	if (strncmp(model, vendor, strlen(vendor)) == 0) /* "QEMU", "QEMU HARDDISK"; or no vendor */
		return strdup(model);
	return rr_text_format("%s%s%s", vendor, *model ? " " : "", model);
}

/* Replaces a cell by its printable form, and nothing by "-". */
static int cell_finish(char **cell)
{
	char *text = *cell ? rr_text_printable(**cell ? *cell : "-") : NULL;

	free(*cell);
	*cell = text;
	return text ? 0 : -1;
}

static int row_fill(struct row *row, const struct rr_node *node)
{
	int result = 0;

	row->cell[NAME] = strdup(node->path);
	row->cell[SIZE] = size_text(node);
	row->cell[KIND] = strdup(node->kind);
	row->cell[MODEL] = model_text(node);
	row->cell[SERIAL] = strdup(node->serial ? node->serial : "");
	row->cell[MEDIUM] = medium_text(node);
	for (size_t i = 0; i < COLUMNS; i++)
		result |= cell_finish(&row->cell[i]);
	return result;
}

/* The character at s, which is valid UTF-8 (rr_text_printable() made it so): its bytes, and the
 * columns it takes. */
static size_t character(const char *s, size_t *columns)
{
	unsigned char lead = (unsigned char)*s;
	size_t len = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	mbstate_t state = { 0 };
	wchar_t c;
	int width = mbrtowc(&c, s, len, &state) == len ? wcwidth(c) : -1;

	*columns = width < 0 ? 1 : (size_t)width;
	return len;
}

static size_t text_width(const char *s)
{
	size_t width = 0, columns;

	for (; *s; width += columns)
		s += character(s, &columns);
	return width;
}

static void print_padding(size_t n)
{
	(void)fprintf(stdout, "%*s", (int)n, ""); /* main looks at the stream's error at the end */
}

/* The text in exactly width columns, cut with "..." where it is longer. */
static void print_cell(const char *text, size_t width, bool right, bool last)
{
	size_t need = text_width(text), room = need > width ? width - 3 : width, used = 0, columns;

	if (right && need < width)
		print_padding(width - need);
	while (*text) {
		size_t n = character(text, &columns);

		if (used + columns > room)
			break;
		(void)fwrite(text, 1, n, stdout);	/* as above */
		text += n;
		used += columns;
	}
	if (need > width) {
		(void)fputs("...", stdout);		/* as above */
		used += 3;
	}
	if (!right && !last && used < width)
		print_padding(width - used);
}

static void print_row(char *const *cell, const size_t *width)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		print_cell(cell[i], width[i], i == SIZE, i == COLUMNS - 1);
		if (i < COLUMNS - 1)
			print_padding(GAP);
	}
	(void)fputc('\n', stdout);		/* main looks at the stream's error at the end */
}

/* 0: it does not matter. */
static size_t terminal_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
		return 0;
	return size.ws_col;
}

/* Takes from the widest of the columns that may be cut, until all fits or none can give. */
static void fit_widths(size_t width[COLUMNS], size_t limit)
{
	static const size_t cut[] = { MODEL, SERIAL, MEDIUM };
	size_t sum = GAP * (COLUMNS - 1);

	for (size_t i = 0; i < COLUMNS; i++)
		sum += width[i];
	while (limit && sum > limit) {
		size_t widest = MODEL;

		for (size_t i = 0; i < sizeof(cut) / sizeof(*cut); i++)
			if (width[cut[i]] > width[widest])
				widest = cut[i];
		if (width[widest] <= LEAST)
			return;
		width[widest]--;
		sum--;
	}
}

static void print_table(const struct row *row, size_t n)
{
	size_t width[COLUMNS];

	for (size_t i = 0; i < COLUMNS; i++) {
		width[i] = strlen(titles[i]);
		for (size_t k = 0; k < n; k++)
			if (text_width(row[k].cell[i]) > width[i])
				width[i] = text_width(row[k].cell[i]);
	}
	fit_widths(width, terminal_width());
	print_row((char *const *)titles, width);
	for (size_t k = 0; k < n; k++)
		print_row(row[k].cell, width);
}

/* Widths are those of UTF-8, whatever the locale; without such a locale one for each character. */
static void print_table_utf8(const struct row *row, size_t n)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;

	print_table(row, n);
	if (utf8) {
		(void)uselocale(before);	/* the one it was is valid */
		freelocale(utf8);
	}
}

static int show_table(const struct rr_node_list *list, struct rr_err *err)
{
	struct row *row = calloc(list->n, sizeof(*row));
	int result = row ? 0 : -1;

	for (size_t i = 0; i < list->n && !result; i++)
		result = row_fill(&row[i], &list->node[i]);
	if (!result)
		print_table_utf8(row, list->n);
	for (size_t i = 0; row && i < list->n; i++)
		for (size_t k = 0; k < COLUMNS; k++)
			free(row[i].cell[k]);
	free(row);
	return result ? rr_fail_memory(err) : 0;
}

static void say_nothing_found(bool all)
{
	if (all)
		fprintf(stderr, "No drives found.\n");
	else
		fprintf(stderr,
			"No floppy, USB, SD or optical drive found: plug one in and try again.\n"
			"rawright list --all also shows fixed, loop and virtual drives.\n");
}

static int show_json(const char *path, const struct rr_node_list *list, struct rr_err *err)
{
	int fd = STDOUT_FILENO, result;

	if (path && rr_common_open_json(path, &fd, err) < 0)
		return -1;
	result = rr_report_nodes(list, fd, path ? path : "standard output", err);
	if (path && close(fd) < 0 && !result)
		return rr_fail(err, RR_SYSTEM, errno, "cannot write %s", path);
	return result;
}

static int show(const struct list_conf *conf, const struct rr_node_list *list, struct rr_err *err)
{
	const struct rr_maybe *json = &conf->common.json;

	if (json->given && show_json(json->text, list, err) < 0)
		return -1;
	if (json->given && !json->text)
		return 0;
	if (list->n == 0) {
		if (!conf->common.quiet)
			say_nothing_found(conf->all);
		return 0;
	}
	return show_table(list, err);
}

static int list_run(struct rr_cli *cli, void *conf, int argc, char **argv)
{
	struct list_conf *c = conf;
	struct rr_node_list list;
	struct rr_err err;
	int result;

	(void)cli, (void)argc, (void)argv;	/* no operands, nothing to stop */
	if (rr_drive_scan(&list, &err) < 0)
		return rr_complain(&err);
	keep_wanted(&list, c->all);
	result = show(c, &list, &err) < 0 ? rr_complain(&err) : RR_EXIT_OK;
	rr_node_list_clear(&list);
	return result;
}

const struct rr_cmd rr_cmd_list = {
	.name = "list",
	.args = "",
	.brief = "show the drives there are",
	.about = "Shows the drives that can be read, with size, kind, model, serial number and\n"
		 "what is in them. Without --all: floppy, USB, SD and optical drives. Nothing\n"
		 "is opened for it: what is in the PC's own floppy drive is not known before it\n"
		 "is read, and shown as \"?\".\n",
	.examples = "rawright list                  # floppy, USB, SD and optical drives\n"
		    "rawright list --all            # also fixed, loop and virtual ones\n"
		    "rawright list --json | jq .    # one JSON object, for programs\n",
	.opts = list_tables,
	.conf_size = sizeof(struct list_conf),
	.min_args = 0,
	.max_args = 0,
	.run = list_run,
};
