/* SPDX-License-Identifier: GPL-3.0-or-later */
/* info_json.c - what is known of one drive or image file, as JSON.
 * Owns: nothing.   Threads: main. */
#include <jansson.h>
#include <sys/sysmacros.h>

#include "object.h"
#include "rawright/info.h"
#include "rawright/part_type.h"
#include "rawright/text.h"

/* All numbers of a plain file are in "image". */
static void put_device(struct rr_object *o, const struct rr_node *node)
{
	rr_autofree char *dev = rr_text_format("%u:%u", major(node->dev), minor(node->dev));

	rr_object_put(o, "dev", dev ? json_string(dev) : NULL);
	if (node->bytes || !node->medium)
		rr_object_number(o, "bytes", node->bytes);
	rr_object_number(o, "sector", node->sector);
	rr_object_number(o, "physical_sector", node->physical_sector);
	if (node->diskseq)
		rr_object_number(o, "diskseq", node->diskseq);
	if (node->speed)
		rr_object_number(o, "speed_mbit", node->speed);
	rr_object_flag(o, "medium", node->medium);
	rr_object_flag(o, "removable", node->removable);
	rr_object_flag(o, "read_only", node->read_only);
}

static json_t *drive_object(const struct rr_node *node)
{
	struct rr_object o = rr_object_new();

	rr_object_text(&o, "by_id", node->by_id);
	rr_object_text(&o, "bus", node->bus);
	rr_object_text(&o, "port", node->port);
	rr_object_text(&o, "vendor", node->vendor);
	rr_object_text(&o, "model", node->model);
	rr_object_text(&o, "serial", node->serial);
	rr_object_text(&o, "wwn", node->wwn);
	rr_object_text(&o, "firmware", node->firmware);
	rr_object_text(&o, "backing", node->backing);
	rr_object_text(&o, "parent", node->parent);
	put_device(&o, node);
	return rr_object_take(&o);
}

/* An array of texts cannot carry their bytes beside them: each is an object. */
static json_t *mount_object(const char *where)
{
	struct rr_object o = rr_object_new();

	rr_object_text(&o, "path", where);
	return rr_object_take(&o);
}

static json_t *use_object(const struct rr_use *use)
{
	struct rr_object o = rr_object_new();
	json_t *mounts = json_array();

	for (size_t i = 0; i < use->nmount; i++)
		rr_object_item(&o, mounts, mount_object(use->mount[i]));
	rr_object_put(&o, "mounts", mounts);
	rr_object_flag(&o, "mounted_rw", use->mounted_rw);
	rr_object_flag(&o, "mounted_ro", use->mounted_ro);
	rr_object_flag(&o, "swap", use->swap);
	rr_object_flag(&o, "hibernation", use->hibernation);
	rr_object_text(&o, "system", use->system);
	rr_object_text(&o, "stack", use->stack);
	return rr_object_take(&o);
}

static json_t *verdict_object(const struct rr_verdict *verdict)
{
	static const char *const bans[] = {
		[RR_BAN_NONE] = "none",
		[RR_BAN_LIFTABLE] = "liftable",
		[RR_BAN_REFUSED] = "refused",
		[RR_BAN_PROTECTED] = "protected",
	};
	struct rr_object o = rr_object_new();

	rr_object_text(&o, "ban", bans[verdict->ban]);
	if (verdict->ban != RR_BAN_NONE) {
		rr_object_text(&o, "rule", verdict->rule);
		rr_object_text(&o, "brief", verdict->brief);
		rr_object_text(&o, "why", verdict->text);
	}
	return rr_object_take(&o);
}

static json_t *part_object(const struct rr_part *part)
{
	struct rr_object o = rr_object_new();

	rr_object_number(&o, "number", part->number);
	rr_object_number(&o, "offset", part->off);
	if (part->len)
		rr_object_number(&o, "length", part->len);
	rr_object_text(&o, "type", part->type);
	rr_object_text(&o, "type_name", rr_part_type_name(part->type));
	rr_object_text(&o, "name", part->name);
	rr_object_text(&o, "fs", part->fs);
	rr_object_text(&o, "label", part->label);
	rr_object_text(&o, "uuid", part->uuid);
	return rr_object_take(&o);
}

static json_t *content_object(const struct rr_content *content)
{
	struct rr_object o = rr_object_new();
	json_t *parts = json_array();

	rr_object_flag(&o, "known", content->known);
	rr_object_text(&o, "table", content->table);
	rr_object_text(&o, "table_uuid", content->table_uuid);
	for (size_t i = 0; i < content->n; i++)
		rr_object_item(&o, parts, part_object(&content->part[i]));
	rr_object_put(&o, "parts", parts);
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
		rr_object_put(&o, "use", use_object(&info->use));
	if (info->judged)
		rr_object_put(&o, "writable", verdict_object(&info->verdict));
	rr_object_put(&o, "content", content_object(info->content.known ? &info->content :
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
