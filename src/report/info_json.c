/* SPDX-License-Identifier: GPL-3.0-or-later */
/* info_json.c - what is known of one drive or image file, as JSON.
 * Owns: nothing.   Threads: main. */
#include <jansson.h>

#include "drive_json.h"
#include "object.h"
#include "rawright/info.h"
#include "rawright/part_type.h"
#include "rawright/text.h"

static json_t *drive_object(const struct rr_node *node)
{
	struct rr_object o = rr_object_new();

	rr_json_drive(&o, node);
	return rr_object_take(&o);
}

static json_t *container_object(const struct rr_info *info)
{
	struct rr_object o = rr_object_new();

	rr_object_text(&o, "name", info->container->name);
	rr_object_text(&o, "what", info->container->brief);
	rr_object_text(&o, "unpack", info->unpack);
	return rr_object_take(&o);
}

static json_t *fact_object(const struct rr_fact *fact)
{
	struct rr_object o = rr_object_new();

	rr_object_text(&o, "group", fact->group);
	if (!fact->doubt)
		rr_object_text(&o, "key", fact->key);
	rr_object_text(&o, "text", fact->text);
	if (fact->counted)
		rr_object_number(&o, "number", fact->number);
	return rr_object_take(&o);
}

static void add_facts(struct rr_object *o, const struct rr_fact_list *facts, json_t *found,
		      json_t *doubts)
{
	for (size_t i = 0; i < facts->n; i++)
		rr_object_item(o, facts->fact[i].doubt ? doubts : found,
			       fact_object(&facts->fact[i]));
	o->fail |= facts->fail;
}

/* What was found, and what does not fit, each in a list of its own. */
static void put_facts(struct rr_object *o, const struct rr_info *info)
{
	json_t *found = json_array(), *doubts = json_array();

	add_facts(o, &info->about, found, doubts);
	add_facts(o, &info->facts, found, doubts);
	rr_object_put(o, "facts", found);
	rr_object_put(o, "doubts", doubts);
}

static json_t *beside_object(const struct rr_beside *beside)
{
	struct rr_object o = rr_object_new();

	rr_object_text(&o, "path", beside->path);
	rr_object_text(&o, "what", beside->what);
	rr_object_text(&o, "text", beside->text);
	return rr_object_take(&o);
}

static void put_beside(struct rr_object *o, const struct rr_info *info)
{
	json_t *list = json_array();

	for (size_t i = 0; i < info->nbeside; i++)
		rr_object_item(o, list, beside_object(&info->beside[i]));
	rr_object_put(o, "beside", list);
}

static json_t *info_object(const struct rr_info *info)
{
	struct rr_object o = rr_object_new();

	rr_object_number(&o, "v", 1);
	rr_object_text(&o, "target", info->node.path);
	rr_object_text(&o, "kind", info->node.kind);
	if (info->opened) {
		rr_object_number(&o, "bytes", info->size);
		rr_object_number(&o, "sector", info->sector);
	}
	rr_object_text(&o, "trouble", info->trouble);
	rr_object_text(&o, "unknown", info->unknown);
	if (info->node.block)
		rr_object_put(&o, "drive", drive_object(&info->node));
	if (info->use_known)
		rr_object_put(&o, "use", rr_json_use(&info->use));
	if (info->judged)
		rr_object_put(&o, "writable", rr_json_verdict(&info->verdict));
	rr_object_put(&o, "content", rr_json_content(info->content.known ? &info->content :
									   &info->node.content));
	rr_object_put(&o, "content_from",
		      json_string(info->content.known	   ? "medium" :
				  info->node.content.known ? "udev" :
							     "nobody"));
	if (info->container)
		rr_object_put(&o, "container", container_object(info));
	put_facts(&o, info);
	if (!info->node.block)
		put_beside(&o, info);
	return rr_object_take(&o);
}

int rr_report_info(const struct rr_info *info, int fd, const char *name, struct rr_err *err)
{
	return rr_object_write(info_object(info), fd, name, err);
}
