/* SPDX-License-Identifier: GPL-3.0-or-later */
/* object.c - JSON objects that grow, with foreign texts made printable.
 * Owns: nothing; an object owns its members.   Threads: main. */
#include <string.h>

#include "object.h"
#include "rawright/fs.h"
#include "rawright/text.h"

struct rr_object rr_object_new(void)
{
	return (struct rr_object){ .json = json_object() };
}

void rr_object_put(struct rr_object *o, const char *key, json_t *value)
{
	o->fail |= json_object_set_new(o->json, key, value) < 0;
}

void rr_object_number(struct rr_object *o, const char *key, uint64_t n)
{
	rr_object_put(o, key, json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n));
}

void rr_object_flag(struct rr_object *o, const char *key, bool flag)
{
	rr_object_put(o, key, json_boolean(flag));
}

void rr_object_text(struct rr_object *o, const char *key, const char *text)
{
	rr_autofree char *printable = rr_text_printable(text);
	rr_autofree char *hex = NULL, *hex_key = NULL;

	if (!text)
		return;
	rr_object_put(o, key, printable ? json_string(printable) : NULL);
	if (rr_text_is_printable(text))
		return;
	hex = rr_text_hex(text, strlen(text));
	hex_key = rr_text_format("%s_hex", key);
	o->fail |= !hex_key;
	if (hex_key)
		rr_object_put(o, hex_key, hex ? json_string(hex) : NULL);
}

void rr_object_item(struct rr_object *o, json_t *list, json_t *item)
{
	o->fail |= json_array_append_new(list, item) < 0;
}

json_t *rr_object_take(struct rr_object *o)
{
	json_t *json = o->json;

	o->json = NULL;
	if (!o->fail)
		return json;
	json_decref(json);	/* NULL allowed */
	return NULL;
}

int rr_object_write(json_t *value, int fd, const char *name, struct rr_err *err)
{
	rr_autofree char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;
	size_t len = text ? strlen(text) : 0;
	int os;

	json_decref(value);	/* NULL allowed */
	if (!text)
		return rr_fail_memory(err);
	text[len] = '\n';	/* in place of the NUL: the length is known */
	os = rr_pwrite(fd, text, len + 1, RR_STREAM, NULL);
	if (os)
		return rr_fail(err, RR_SYSTEM, os, "cannot write to %s", name);
	return 0;
}
