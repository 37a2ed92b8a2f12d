/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_drives.c - drives as lines to choose from: what they are, what is on them, and whether they
 * may be written.
 * Owns: nothing.   Threads: main. */
#include <inttypes.h>
#include <string.h>

#include "pick.h"
#include "rawright/words.h"

static const struct rr_menu_column columns[] = {
	{ .title = "NAME", .rank = 0, .least = 12 },
	{ .title = "SIZE", .rank = 1, .least = 7, .right = true },
	{ .title = "KIND", .rank = 4, .least = 11, .enough = 11 },
	{ .title = "MODEL", .rank = 2, .least = 10, .enough = 18 },
	{ .title = "CONTENT", .rank = 5, .least = 13, .enough = 18 },
	{ .title = "WRITE", .rank = 1, .least = 12, .enough = 22, .judges = true },
};
#define COLUMNS (sizeof(columns) / sizeof(*columns))

char *rr_pick_id(const struct rr_node *node)
{
	return rr_text_format("%s\n%" PRIu64 "\n%" PRIu64 "\n%s\n%s", node->path, node->diskseq,
			      node->medium ? node->bytes : 0, node->model ? node->model : "",
			      node->serial ? node->serial : "");
}

const struct rr_seen *rr_pick_find(const struct rr_survey *survey, const char *id)
{
	for (size_t i = 0; id && i < survey->n; i++) {
		rr_autofree char *its = rr_pick_id(&survey->drive[i].node);

		if (its && strcmp(its, id) == 0)
			return &survey->drive[i];
	}
	return NULL;
}

static bool is_shown(const struct rr_seen *seen, const char *id, const struct rr_pick_drives *conf)
{
	const struct rr_kind_info *kind = rr_kind_find(seen->node.kind);

	if (conf->except && strcmp(conf->except, id) == 0)
		return false;
	return conf->all || (kind && kind->common);
}

/* Why it cannot take what is on the source; NULL: it can, or it is not known yet. */
static const char *why_not(const struct rr_seen *seen, const struct rr_seen *source)
{
	if (!seen->node.medium)
		return "no: nothing is in it";
	if (seen->node.bytes && seen->node.bytes < source->node.bytes)
		return "no: too small";
	return NULL;
}

static void add_line(struct rr_str *str, const char *name, const char *text)
{
	rr_autofree char *printable = rr_text_printable(text);

	if (printable && *printable)
		rr_str_addf(str, "%-10s%s\n", name, printable);
}

static char *detail_of(const struct rr_seen *seen, const char *too)
{
	const struct rr_node *node = &seen->node;
	rr_autofree char *drive = rr_words_drive(node), *use = rr_words_use(&seen->use);
	rr_autofree char *content = rr_content_text(&node->content, 0);
	rr_autofree char *path = rr_text_printable(node->path);
	rr_autostr struct rr_str str = { 0 };

	if (!drive || !use || !content || !path)
		return NULL;
	rr_str_addf(&str, "%s: %s\n", path, drive);
	if (too)
		add_line(&str, "writable", too);
	else
		add_line(&str, "writable",
			 seen->write.ban == RR_BAN_NONE ? "yes, after you have typed a word" :
							  seen->write.text);
	add_line(&str, "serial", node->serial);
	add_line(&str, "port", node->port);
	add_line(&str, "used", use);
	add_line(&str, "holds", content);
	add_line(&str, "file", node->backing);
	return rr_str_take(&str);
}

static bool is_fresh(const char *id, const struct rr_pick_drives *conf)
{
	for (size_t i = 0; i < conf->nfresh; i++)
		if (strcmp(conf->fresh[i], id) == 0)
			return true;
	return false;
}

static void fill(struct rr_menu *menu, struct rr_menu_line *line, const struct rr_seen *seen,
		 const struct rr_pick_drives *conf)
{
	const char *too = conf->source ? why_not(seen, conf->source) : NULL;
	bool free = seen->write.ban == RR_BAN_NONE;

	line->cell[0] = rr_text_printable(seen->node.path);
	line->cell[1] = rr_words_size(&seen->node);
	line->cell[2] = rr_words_kind(&seen->node);
	line->cell[3] = rr_words_model(&seen->node);
	line->cell[4] = rr_words_content(&seen->node);
	line->cell[5] = too ? strdup(too) : rr_words_write(&seen->write);
	line->detail = detail_of(seen, too);
	line->mood = !too && free ? RR_MENU_GOOD : RR_MENU_WARN;
	line->opens = true;
	line->fresh = is_fresh(line->id, conf);
	line->off = conf->source && (too || (!free && seen->write.ban != RR_BAN_LIFTABLE));
	for (size_t c = 0; c < COLUMNS; c++)
		menu->fail |= !line->cell[c];
	menu->fail |= !line->detail;
}

void rr_pick_fill_drives(struct rr_menu *menu, const struct rr_survey *survey,
			 const struct rr_pick_drives *conf)
{
	rr_menu_empty(menu);
	menu->col = columns;
	menu->ncol = COLUMNS;
	for (size_t i = 0; i < survey->n; i++) {
		rr_autofree char *id = rr_pick_id(&survey->drive[i].node);
		struct rr_menu_line *line;

		menu->fail |= !id;
		if (!id || !is_shown(&survey->drive[i], id, conf))
			continue;
		line = rr_menu_add(menu, id);
		if (line)
			fill(menu, line, &survey->drive[i], conf);
	}
	rr_menu_settle(menu);
}

const char *rr_pick_count(const struct rr_menu *menu, char buf[32])
{
	if (menu->n == 0)
		(void)snprintf(buf, 32, "no drive");
	else
		(void)snprintf(buf, 32, "%zu drive%s", menu->n, menu->n == 1 ? "" : "s");
	return buf;
}
