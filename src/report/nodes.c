/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nodes.c - the drives there are, and what changes, as JSON.
 * Owns: nothing.   Threads: main. */
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "rawright/fs.h"
#include "rawright/nodes.h"
#include "rawright/text.h"

/* An object being made; fail is set once memory ran out. */
struct object {
	json_t *json;
	bool fail;
};

/* Takes value over; NULL: there was no memory for it. */
static void put(struct object *o, const char *key, json_t *value)
{
	o->fail |= json_object_set_new(o->json, key, value) < 0;
}

static void put_number(struct object *o, const char *key, uint64_t n)
{
	put(o, key, json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n));
}

static void put_text(struct object *o, const char *key, const char *text)
{
	rr_autofree char *printable = rr_text_printable(text);
	rr_autofree char *hex = NULL, *hex_key = NULL;

	if (!text)
		return;
	put(o, key, printable ? json_string(printable) : NULL);
	if (rr_text_is_printable(text))
		return;
	hex = rr_text_hex(text, strlen(text));
	hex_key = rr_text_format("%s_hex", key);
	o->fail |= !hex_key;
	if (hex_key)
		put(o, hex_key, hex ? json_string(hex) : NULL);
}

static void put_numbers(struct object *o, const struct rr_node *node)
{
	if (node->bytes || !node->medium)
		put_number(o, "bytes", node->bytes);
	put_number(o, "sector", node->sector);
	put_number(o, "physical_sector", node->physical_sector);
	if (node->diskseq)
		put_number(o, "diskseq", node->diskseq);
	if (node->speed)
		put_number(o, "speed_mbit", node->speed);
	put(o, "medium", json_boolean(node->medium));
	put(o, "removable", json_boolean(node->removable));
	put(o, "read_only", json_boolean(node->read_only));
}

/* The object, or NULL when memory ran out. */
static json_t *finish(struct object *o)
{
	if (!o->fail)
		return o->json;
	json_decref(o->json);
	return NULL;
}

static json_t *part_object(const struct rr_part *part)
{
	struct object o = { .json = json_object() };

	put_number(&o, "number", part->number);
	put_number(&o, "offset", part->off);
	if (part->len)
		put_number(&o, "length", part->len);
	put_text(&o, "type", part->type);
	put_text(&o, "name", part->name);
	put_text(&o, "fs", part->fs);
	put_text(&o, "label", part->label);
	put_text(&o, "uuid", part->uuid);
	return finish(&o);
}

/* known false: nobody has looked, so what is not told may be there all the same. */
static json_t *content_object(const struct rr_content *content)
{
	struct object o = { .json = json_object() };
	json_t *parts = json_array();

	put(&o, "known", json_boolean(content->known));
	put_text(&o, "table", content->table);
	put_text(&o, "table_uuid", content->table_uuid);
	for (size_t i = 0; i < content->n; i++)
		o.fail |= json_array_append_new(parts, part_object(&content->part[i])) < 0;
	put(&o, "parts", parts);
	return finish(&o);
}

/* An array of texts cannot carry their bytes beside them: each is an object. */
static json_t *mount_object(const char *where)
{
	struct object o = { .json = json_object() };

	put_text(&o, "path", where);
	return finish(&o);
}

static json_t *use_object(const struct rr_use *use)
{
	struct object o = { .json = json_object() };
	json_t *mounts = json_array();

	for (size_t i = 0; i < use->nmount; i++)
		o.fail |= json_array_append_new(mounts, mount_object(use->mount[i])) < 0;
	put(&o, "mounts", mounts);
	put(&o, "mounted_rw", json_boolean(use->mounted_rw));
	put(&o, "mounted_ro", json_boolean(use->mounted_ro));
	put(&o, "swap", json_boolean(use->swap));
	put(&o, "hibernation", json_boolean(use->hibernation));
	put_text(&o, "system", use->system);
	put_text(&o, "stack", use->stack);
	put_text(&o, "pool", use->pool);
	return finish(&o);
}

static const char *ban_name(enum rr_ban ban)
{
	static const char *const names[] = {
		[RR_BAN_NONE] = "none",
		[RR_BAN_LIFTABLE] = "liftable",
		[RR_BAN_REFUSED] = "refused",
		[RR_BAN_PROTECTED] = "protected",
	};

	return names[ban];
}

static json_t *verdict_object(const struct rr_verdict *verdict)
{
	struct object o = { .json = json_object() };

	put(&o, "ban", json_string(ban_name(verdict->ban)));
	if (verdict->ban != RR_BAN_NONE) {
		put_text(&o, "rule", verdict->rule);
		put_text(&o, "brief", verdict->brief);
		put_text(&o, "why", verdict->text);
	}
	return finish(&o);
}

static void put_identity(struct object *o, const struct rr_node *node)
{
	rr_autofree char *dev = rr_text_format("%u:%u", major(node->dev), minor(node->dev));

	put_text(o, "path", node->path);
	put_text(o, "by_id", node->by_id);
	put(o, "kind", json_string(node->kind));
	put(o, "dev", dev ? json_string(dev) : NULL);
	put_text(o, "bus", node->bus);
	put_text(o, "port", node->port);
	put_text(o, "vendor", node->vendor);
	put_text(o, "model", node->model);
	put_text(o, "serial", node->serial);
	put_text(o, "wwn", node->wwn);
	put_text(o, "firmware", node->firmware);
	put_text(o, "label", node->label);
	put_text(o, "disc", node->disc);
	put_text(o, "backing", node->backing);
}

/* NULL without memory. */
static json_t *drive_object(const struct rr_seen *seen)
{
	struct object o = { .json = json_object() };

	put_identity(&o, &seen->node);
	put_numbers(&o, &seen->node);
	put(&o, "content", content_object(&seen->node.content));
	put(&o, "use", use_object(&seen->use));
	put(&o, "writable", verdict_object(&seen->write));
	return finish(&o);
}

static json_t *survey_object(const struct rr_survey *survey, bool watch)
{
	struct object o = { .json = json_pack("{s:i}", "v", 1) };
	json_t *drives = json_array();

	if (watch)
		put(&o, "event", json_string("list"));
	for (size_t i = 0; i < survey->n; i++)
		o.fail |= json_array_append_new(drives, drive_object(&survey->drive[i])) < 0;
	put(&o, "drives", drives);
	put_text(&o, "blind", survey->blind);
	return finish(&o);
}

static json_t *change_object(const struct rr_change *change)
{
	static const char *const events[] = {
		[RR_ADDED] = "added",
		[RR_REMOVED] = "removed",
		[RR_CHANGED] = "changed",
	};
	struct object o = { .json = json_pack("{s:i}", "v", 1) };
	json_t *what = json_array();

	put(&o, "event", json_string(events[change->kind]));
	for (size_t i = 0; rr_change_word(change->what, i); i++)
		o.fail |= json_array_append_new(
				  what, json_string(rr_change_word(change->what, i))) < 0;
	if (change->kind == RR_CHANGED)
		put(&o, "what", what);
	else
		json_decref(what);
	put(&o, "drive", drive_object(change->now ? change->now : change->was));
	return finish(&o);
}

/* Takes value over; NULL: there was no memory for it. The errno of writing goes to *os. */
static int write_line(json_t *value, int fd, int *os, struct rr_err *err)
{
	rr_autofree char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;
	size_t len = text ? strlen(text) : 0;

	json_decref(value);	/* NULL allowed */
	if (!text)
		return rr_fail_memory(err);
	text[len] = '\n';	/* in place of the NUL: the length is known */
	*os = rr_pwrite(fd, text, len + 1, RR_STREAM, NULL);
	return 0;
}

int rr_report_survey(const struct rr_survey *survey, bool watch, int fd, const char *name,
		     struct rr_err *err)
{
	int os;

	if (write_line(survey_object(survey, watch), fd, &os, err) < 0)
		return -1;
	if (os)
		return rr_fail(err, RR_SYSTEM, os, "cannot write the list to %s", name);
	return 0;
}

int rr_report_change(const struct rr_change *change, int fd, const char *name, bool *closed,
		     struct rr_err *err)
{
	int os;

	if (write_line(change_object(change), fd, &os, err) < 0)
		return -1;
	*closed = os == EPIPE;
	if (os && !*closed)
		return rr_fail(err, RR_SYSTEM, os, "cannot write what changed to %s", name);
	return 0;
}
