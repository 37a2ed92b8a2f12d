/* SPDX-License-Identifier: GPL-3.0-or-later */
/* content.c - what is on a medium, kept and put into words.
 * Owns: nothing; a content owns what it points to.   Threads: one at a time for each content. */
#include <stdlib.h>
#include <string.h>

#include "rawright/content.h"
#include "rawright/text.h"

static void part_clear(struct rr_part *part)
{
	free(part->type);
	free(part->name);
	free(part->fs);
	free(part->label);
	free(part->uuid);
}

void rr_content_clear(struct rr_content *content)
{
	for (size_t i = 0; i < content->n; i++)
		part_clear(&content->part[i]);
	free(content->part);
	free(content->table);
	free(content->table_uuid);
	*content = (struct rr_content){ 0 };
}

struct rr_part *rr_content_add(struct rr_content *content)
{
	struct rr_part *part = reallocarray(content->part, content->n + 1, sizeof(*part));

	if (!part)
		return NULL;
	content->part = part;
	part += content->n++;
	*part = (struct rr_part){ 0 };
	return part;
}

const char *rr_content_label(const struct rr_content *content)
{
	for (size_t i = 0; i < content->n; i++)
		if (content->part[i].label && *content->part[i].label)
			return content->part[i].label;
	return NULL;
}

/* What else would be an unknown file system is a box for further partitions. */
static bool is_extended(const struct rr_part *part)
{
	const char *type = part->type ? part->type : "";

	return strcmp(type, "0x05") == 0 || strcmp(type, "0x0f") == 0 || strcmp(type, "0x85") == 0;
}

static void add_part(struct rr_str *str, const struct rr_part *part, bool first)
{
	const char *label = part->label ? part->label : part->name;

	rr_str_addf(str, "%s%s", first ? "" : ", ",
		    part->fs	      ? part->fs :
		    is_extended(part) ? "extended" :
					"unknown");
	if (label && *label)
		rr_str_addf(str, " \"%s\"", label);
}

char *rr_content_text(const struct rr_content *content, size_t most)
{
	rr_autostr struct rr_str str = { 0 };
	size_t shown = most && most < content->n ? most : content->n;

	rr_str_add(&str, "", 0);
	if (content->table)
		rr_str_addf(&str, "%s%s", content->table, content->n ? ": " : ", no partitions");
	for (size_t i = 0; i < shown; i++)
		add_part(&str, &content->part[i], i == 0);
	if (shown < content->n)
		rr_str_addf(&str, ", %zu more", content->n - shown);
	if (content->known && !content->table && !content->n)
		rr_str_addf(&str, "nothing recognised");
	return rr_str_take(&str);
}
