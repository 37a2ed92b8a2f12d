/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.c - a drive put into words for people.
 * Owns: nothing.   Threads: any. */
#include <inttypes.h>
#include <string.h>

#include "rawright/size.h"
#include "rawright/text.h"
#include "rawright/words.h"

#define PARTS_NAMED 3	/* of a medium, in a line or a cell */

/* Takes text over and makes it printable. */
static char *printable(char *text)
{
	char *fit = rr_text_printable(text);	/* NULL for NULL */

	free(text);
	return fit;
}

static char *finish(struct rr_str *str)
{
	return printable(rr_str_take(str));
}

/* A further part of a list. */
static void add(struct rr_str *str, const char *before, const char *text)
{
	if (text && *text)
		rr_str_addf(str, "%s%s%s", str->len ? ", " : "", before, text);
}

char *rr_words_size(const struct rr_node *node)
{
	char size[RR_SIZE_TEXT];

	if (!node->medium)
		return strdup("");
	return strdup(node->bytes ? rr_size_human(size, node->bytes) : "?");
}

char *rr_words_kind(const struct rr_node *node)
{
	const struct rr_kind_info *kind = rr_kind_find(node->kind);

	return strdup(kind ? kind->title : "");
}

char *rr_words_model(const struct rr_node *node)
{
	return printable(rr_node_model(node));
}

/* A USB link of 20 Gbit/s stands in sysfs as 20000, one of the first kind as 1.5. */
char *rr_words_speed(const struct rr_node *node)
{
	if (!node->speed)
		return strdup("");
	if (node->speed >= 1000 && node->speed % 1000 == 0)
		return rr_text_format("%" PRIu32 " Gbit/s", node->speed / 1000);
	return rr_text_format("%" PRIu32 " Mbit/s", node->speed);
}

static const char *nothing_in(const struct rr_node *node)
{
	if (strcmp(node->kind, "optical") == 0)
		return "no disc";
	if (strcmp(node->kind, "card-reader") == 0 || strcmp(node->kind, "sd") == 0)
		return "no card";
	return "no medium";
}

char *rr_words_content(const struct rr_node *node)
{
	rr_autostr struct rr_str str = { 0 };
	rr_autofree char *content = NULL;

	if (!node->medium)
		return strdup(nothing_in(node));
	content = rr_content_text(&node->content, PARTS_NAMED);
	if (!content)
		return NULL;
	if (node->backing)
		rr_str_addf(&str, "%s", node->backing);
	if (node->disc)
		rr_str_addf(&str, "%s", node->disc);
	if (*content && !(node->disc && !node->content.n))
		rr_str_addf(&str, "%s%s", str.len ? ": " : "", content);
	if (!str.len)
		rr_str_addf(&str, "?");
	return finish(&str);
}

char *rr_words_use(const struct rr_use *use)
{
	rr_autostr struct rr_str str = { 0 };

	for (size_t i = 0; i < use->nmount; i++)
		add(&str, "mounted on ", use->mount[i]);
	add(&str, "", use->swap ? "swap" : NULL);
	add(&str, "", use->hibernation ? "hibernation" : NULL);
	if (use->pool)
		add(&str, "ZFS pool ", use->pool);
	else
		add(&str, "", use->stack);
	add(&str, "needed for ", use->system);
	if (!str.len)
		add(&str, "", use->where);
	return finish(&str);
}

const char *rr_words_lifted_by(const struct rr_verdict *verdict)
{
	static const struct {
		const char *rule, *option;
	} options[] = {
		{ "mounted", "--unmount" },
		{ "fixed", "--allow-fixed" },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (verdict->ban == RR_BAN_LIFTABLE && verdict->rule &&
		    strcmp(verdict->rule, options[i].rule) == 0)
			return options[i].option;
	return NULL;
}

char *rr_words_write(const struct rr_verdict *verdict)
{
	const char *option = rr_words_lifted_by(verdict);

	if (verdict->ban == RR_BAN_NONE)
		return strdup("yes");
	return printable(rr_text_format("no: %s%s%s%s", verdict->brief, option ? " (" : "",
					option ? option : "", option ? ")" : ""));
}

char *rr_words_drive(const struct rr_node *node)
{
	rr_autostr struct rr_str str = { 0 };
	rr_autofree char *kind = rr_words_kind(node), *model = rr_words_model(node);
	rr_autofree char *size = rr_words_size(node), *content = rr_words_content(node);

	if (!kind || !model || !size || !content)
		return NULL;
	add(&str, "", kind);
	add(&str, "", model);
	add(&str, "", strcmp(size, "?") == 0 ? NULL : size);
	add(&str, "", strcmp(content, "?") == 0 ? NULL : content);
	return rr_str_take(&str);	/* its parts are printable */
}
