/* SPDX-License-Identifier: GPL-3.0-or-later */
/* drive_json.c - a drive, what uses it, whether it may be written and what is on it, as JSON: the
 * same members wherever one is told.
 * Owns: nothing.   Threads: main. */
#include <sys/sysmacros.h>

#include "drive_json.h"
#include "rawright/part_type.h"
#include "rawright/text.h"

static void put_numbers(struct rr_object *o, const struct rr_node *node)
{
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

static void put_identity(struct rr_object *o, const struct rr_node *node)
{
	rr_autofree char *dev = rr_text_format("%u:%u", major(node->dev), minor(node->dev));

	rr_object_text(o, "path", node->path);
	rr_object_text(o, "by_id", node->by_id);
	rr_object_text(o, "kind", node->kind);
	rr_object_put(o, "dev", dev ? json_string(dev) : NULL);
	rr_object_text(o, "bus", node->bus);
	rr_object_text(o, "port", node->port);
	rr_object_text(o, "vendor", node->vendor);
	rr_object_text(o, "model", node->model);
	rr_object_text(o, "serial", node->serial);
	rr_object_text(o, "wwn", node->wwn);
	rr_object_text(o, "firmware", node->firmware);
	rr_object_text(o, "label", node->label);
	rr_object_text(o, "disc", node->disc);
	rr_object_text(o, "backing", node->backing);
	rr_object_text(o, "parent", node->parent);
}

void rr_json_drive(struct rr_object *o, const struct rr_node *node)
{
	put_identity(o, node);
	put_numbers(o, node);
}

/* An array of texts cannot carry their bytes beside them: each is an object. */
static json_t *mount_object(const char *where)
{
	struct rr_object o = rr_object_new();

	rr_object_text(&o, "path", where);
	return rr_object_take(&o);
}

json_t *rr_json_use(const struct rr_use *use)
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
	rr_object_text(&o, "pool", use->pool);
	return rr_object_take(&o);
}

json_t *rr_json_verdict(const struct rr_verdict *verdict)
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

json_t *rr_json_content(const struct rr_content *content)
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
