/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list_columns.c - the columns that "rawright list" can show, and the table made of them.
 * Owns: nothing.   Threads: main. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "list.h"
#include "rawright/text.h"
#include "rawright/words.h"
#include "table_out.h"

/* ------------------------------------------------------------------ cells */

static char *text_of(const char *text)
{
	return rr_text_printable(text ? text : "");
}

static char *number_of(uint64_t n)
{
	return n ? rr_text_format("%" PRIu64, n) : strdup("");
}

static char *name(const struct rr_seen *seen)
{
	return text_of(seen->node.path);
}

static char *size(const struct rr_seen *seen)
{
	return rr_words_size(&seen->node);
}

static char *bytes(const struct rr_seen *seen)
{
	return number_of(seen->node.bytes);
}

static char *kind(const struct rr_seen *seen)
{
	return rr_words_kind(&seen->node);
}

static char *vendor(const struct rr_seen *seen)
{
	return text_of(seen->node.vendor);
}

static char *model(const struct rr_seen *seen)
{
	return rr_words_model(&seen->node);
}

static char *serial(const struct rr_seen *seen)
{
	return text_of(seen->node.serial);
}

static char *firmware(const struct rr_seen *seen)
{
	return text_of(seen->node.firmware);
}

static char *wwn(const struct rr_seen *seen)
{
	return text_of(seen->node.wwn);
}

static char *bus(const struct rr_seen *seen)
{
	return text_of(seen->node.bus);
}

static char *speed(const struct rr_seen *seen)
{
	return rr_words_speed(&seen->node);
}

static char *port(const struct rr_seen *seen)
{
	return text_of(seen->node.port);
}

static char *by_id(const struct rr_seen *seen)
{
	return text_of(seen->node.by_id);
}

static char *sector(const struct rr_seen *seen)
{
	return number_of(seen->node.sector);
}

static char *physical(const struct rr_seen *seen)
{
	return number_of(seen->node.physical_sector);
}

static char *label(const struct rr_seen *seen)
{
	return text_of(seen->node.label);
}

static char *table(const struct rr_seen *seen)
{
	return text_of(seen->node.content.table);
}

static char *content(const struct rr_seen *seen)
{
	return rr_words_content(&seen->node);
}

static char *used_by(const struct rr_seen *seen)
{
	return rr_words_use(&seen->use);
}

static char *writable(const struct rr_seen *seen)
{
	return rr_words_write(&seen->write);
}

static char *read_only(const struct rr_seen *seen)
{
	return strdup(seen->node.read_only ? "yes" : "no");
}

static char *removable(const struct rr_seen *seen)
{
	return strdup(seen->node.removable ? "yes" : "no");
}

static char *dev(const struct rr_seen *seen)
{
	return rr_text_format("%u:%u", major(seen->node.dev), minor(seen->node.dev));
}

static char *diskseq(const struct rr_seen *seen)
{
	return number_of(seen->node.diskseq);
}

/* ------------------------------------------------------------------ the columns */

#define STANDARD true
#define RIGHT	 true
#define WRAP	 true
static const struct rr_list_column columns[] = {
	{ "NAME", "the device", name, STANDARD, false, false },
	{ "SIZE", "of the medium, in powers of 1000", size, STANDARD, RIGHT, false },
	{ "BYTES", "of the medium", bytes, false, RIGHT, false },
	{ "KIND", "what kind of drive it is", kind, STANDARD, false, false },
	{ "VENDOR", "who made it", vendor, false, false, WRAP },
	{ "MODEL", "vendor and model", model, STANDARD, false, WRAP },
	{ "SERIAL", "its serial number", serial, false, false, WRAP },
	{ "FIRMWARE", "the version of its firmware", firmware, false, false, WRAP },
	{ "WWN", "its world-wide name", wwn, false, false, WRAP },
	{ "BUS", "how it is attached", bus, false, false, false },
	{ "SPEED", "of its USB link", speed, false, RIGHT, false },
	{ "PORT", "the port it is plugged into", port, false, false, WRAP },
	{ "BY-ID", "a name that stays the same", by_id, false, false, WRAP },
	{ "SECTOR", "bytes of a sector", sector, false, RIGHT, false },
	{ "PHYSICAL", "bytes of a physical sector", physical, false, RIGHT, false },
	{ "LABEL", "of the first file system that has one", label, false, false, WRAP },
	{ "TABLE", "its partition table", table, false, false, false },
	{ "CONTENT", "partition table, file systems and labels", content, STANDARD, false, WRAP },
	{ "USED-BY", "mount points, swap, and what is built on it", used_by, false, false, WRAP },
	{ "WRITE", "may it be written? If not, why", writable, STANDARD, false, WRAP },
	{ "READ-ONLY", "does the kernel refuse to write it?", read_only, false, false, false },
	{ "REMOVABLE", "can its medium be taken out?", removable, false, false, false },
	{ "DEV", "its device number", dev, false, false, false },
	{ "DISKSEQ", "its disk sequence number", diskseq, false, RIGHT, false },
};
#define COLUMNS (sizeof(columns) / sizeof(*columns))

const struct rr_list_column *rr_list_column_at(size_t i)
{
	return i < COLUMNS ? &columns[i] : NULL;
}

static const struct rr_list_column *find(const char *typed, size_t len)
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (strlen(columns[i].name) == len && strncasecmp(columns[i].name, typed, len) == 0)
			return &columns[i];
	return NULL;
}

static int fail_unknown(const char *typed, size_t len, struct rr_err *err)
{
	rr_autostr struct rr_str known = { 0 };

	for (size_t i = 0; i < COLUMNS; i++)
		rr_str_addf(&known, "%s%s", i ? ", " : "", columns[i].name);
	if (known.fail)
		return rr_fail_memory(err);
	return rr_fail(err, RR_USAGE, 0, "--columns: '%.*s' is no column; there are %s, and all",
		       (int)len, typed, known.s);
}

/* ------------------------------------------------------------------ the choice */

struct choice {
	const struct rr_list_column **col;	/* room for all, and each once */
	size_t n;
};

/* A column that is named twice is shown once. */
static void choose(struct choice *c, const struct rr_list_column *col)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->col[i] == col)
			return;
	c->col[c->n++] = col;
}

static void choose_many(struct choice *c, bool all)
{
	for (size_t i = 0; i < COLUMNS; i++)
		if (all || columns[i].standard)
			choose(c, &columns[i]);
}

static int choose_named(struct choice *c, const char *text, struct rr_err *err)
{
	for (const char *p = text;; p++) {
		size_t len = strcspn(p, ",");
		const struct rr_list_column *col = find(p, len);

		if (len == 3 && strncasecmp(p, "all", 3) == 0)
			choose_many(c, true);
		else if (col)
			choose(c, col);
		else
			return fail_unknown(p, len, err);
		p += len;
		if (!*p)
			return 0;
	}
}

int rr_list_columns_parse(const char *text, const struct rr_list_column ***out, size_t *n,
			  struct rr_err *err)
{
	struct choice c = { .col = calloc(COLUMNS, sizeof(*c.col)) };

	if (!c.col)
		return rr_fail_memory(err);
	if (!text || *text == '+')
		choose_many(&c, false);
	if (text && choose_named(&c, text + (*text == '+'), err) < 0) {
		free(c.col);
		return -1;
	}
	*out = c.col;
	*n = c.n;
	return 0;
}

/* ------------------------------------------------------------------ the table */

/* 0: it does not matter. Of what is no terminal COLUMNS may tell. */
static size_t terminal_width(void)
{
	const char *columns_set = getenv("COLUMNS");
	struct winsize at;
	unsigned long width;
	char *end;

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &at) == 0 && at.ws_col)
		return at.ws_col;
	width = columns_set ? strtoul(columns_set, &end, 10) : 0;
	return width && !*end && width < 10000 ? width : 0;
}

/* Nothing known stands as "-". */
static int fill(const struct rr_survey *survey, const struct rr_list_column **col, size_t ncol,
		char **cell)
{
	for (size_t i = 0; i < survey->n * ncol; i++) {
		cell[i] = col[i % ncol]->fill(&survey->drive[i / ncol]);
		if (cell[i] && !*cell[i]) {
			free(cell[i]);
			cell[i] = strdup("-");
		}
		if (!cell[i])
			return -1;
	}
	return 0;
}

int rr_list_print(const struct rr_survey *survey, const struct rr_list_column **col, size_t ncol,
		  struct rr_err *err)
{
	rr_autofree struct rr_table_column *head = calloc(ncol, sizeof(*head));
	rr_autofree char **cell = calloc(survey->n * ncol + 1, sizeof(*cell));
	rr_autofree char *text = NULL;
	int result = head && cell ? 0 : rr_fail_memory(err);

	for (size_t i = 0; i < ncol && !result; i++)
		head[i] = (struct rr_table_column){ col[i]->name, col[i]->right, col[i]->wrap };
	if (!result && fill(survey, col, ncol, cell) < 0)
		result = rr_fail_memory(err);
	if (!result)
		result = rr_table_text(head, ncol, cell, survey->n, terminal_width(), &text, err);
	if (!result)
		(void)fputs(text, stdout);	/* main looks at the stream's error at the end */
	for (size_t i = 0; cell && i < survey->n * ncol; i++)
		free(cell[i]);
	return result;
}
