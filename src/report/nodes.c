/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nodes.c - the list of drives as JSON.
 * Owns: nothing.   Threads: main. */
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
	put(o, "medium", json_boolean(node->medium));
	put(o, "removable", json_boolean(node->removable));
	put(o, "read_only", json_boolean(node->read_only));
}

/* NULL without memory. */
static json_t *node_object(const struct rr_node *node)
{
	struct object o = { .json = json_object() };
	rr_autofree char *dev = rr_text_format("%u:%u", major(node->dev), minor(node->dev));

	put_text(&o, "path", node->path);
	put_text(&o, "by_id", node->by_id);
	put(&o, "kind", json_string(node->kind));
	put(&o, "dev", dev ? json_string(dev) : NULL);
	put_text(&o, "bus", node->bus);
	put_text(&o, "vendor", node->vendor);
	put_text(&o, "model", node->model);
	put_text(&o, "serial", node->serial);
	put_text(&o, "wwn", node->wwn);
	put_text(&o, "firmware", node->firmware);
	put_text(&o, "label", node->label);
	put_text(&o, "backing", node->backing);
	put_numbers(&o, node);
	if (!o.fail)
		return o.json;
	json_decref(o.json);
	return NULL;
}

static char *list_text(const struct rr_node_list *list)
{
	json_t *drives = json_array(), *top = json_pack("{s:i}", "v", 1);
	bool fail = !top;
	char *text;

	for (size_t i = 0; i < list->n; i++)
		fail |= json_array_append_new(drives, node_object(&list->node[i])) < 0;
	fail |= json_object_set_new(top, "drives", drives) < 0;
	text = fail ? NULL : json_dumps(top, JSON_COMPACT);
	json_decref(top);	/* NULL allowed */
	return text;
}

int rr_report_nodes(const struct rr_node_list *list, int fd, const char *name, struct rr_err *err)
{
	rr_autofree char *text = list_text(list);
	size_t len = text ? strlen(text) : 0;
	int os;

	if (!text)
		return rr_fail_memory(err);
	text[len] = '\n';	/* in place of the NUL: the length is known */
	os = rr_pwrite(fd, text, len + 1, RR_STREAM, NULL);
	if (os)
		return rr_fail(err, RR_SYSTEM, os, "cannot write the list to %s", name);
	return 0;
}
