/* SPDX-License-Identifier: GPL-3.0-or-later */
/* member.c - members of JSON objects, in and out: foreign texts, sizes, names of errors.
 * Owns: nothing.   Threads: any. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "member.h"
#include "rawright/text.h"

#define ERRNO_LAST 4095		/* MAX_ERRNO, include/linux/err.h of the kernel */

void rr_out_object(struct rr_out *out)
{
	out->json = json_object();
	out->fail = !out->json;
}

void rr_out_list(struct rr_out *out)
{
	out->json = json_array();
	out->fail = !out->json;
}

void rr_out_put(struct rr_out *out, const char *key, json_t *value)
{
	if (json_object_set_new(out->json, key, value) < 0)
		out->fail = true;
}

void rr_out_item(struct rr_out *out, json_t *value)
{
	if (json_array_append_new(out->json, value) < 0)
		out->fail = true;
}

void rr_out_text(struct rr_out *out, const char *key, const char *text)
{
	rr_autofree char *printable = rr_text_printable(text);
	rr_autofree char *hex_key = NULL;

	if (!text)
		return;
	rr_out_put(out, key, printable ? json_string(printable) : NULL);
	if (rr_text_is_printable(text))
		return;
	hex_key = rr_text_format("%s_hex", key);
	if (hex_key)
		rr_out_put(out, hex_key, rr_out_hex(text, strlen(text)));
	else
		out->fail = true;
}

void rr_out_word(struct rr_out *out, const char *key, const char *word)
{
	rr_out_put(out, key, json_string(word));
}

/* JSON's numbers end at 2^63 - 1 here, as off_t does; only a disk sequence number could be larger,
 * and that is no reason to leave a job without its record. */
void rr_out_size(struct rr_out *out, const char *key, uint64_t n)
{
	rr_out_put(out, key, json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n));
}

void rr_out_flag(struct rr_out *out, const char *key, bool flag)
{
	rr_out_put(out, key, json_boolean(flag));
}

void rr_out_errno(struct rr_out *out, const char *key, int os)
{
	const char *name = strerrorname_np(os);
	char number[16];

	if (os == 0)
		return;
	(void)snprintf(number, sizeof(number), "%d", os);	/* an int always fits */
	rr_out_word(out, key, name ? name : number);
}

json_t *rr_out_hex(const void *value, size_t len)
{
	rr_autofree char *hex = rr_text_hex(value, len);

	return hex ? json_string(hex) : NULL;
}

json_t *rr_out_take(struct rr_out *out)
{
	json_t *json = out->json;

	out->json = NULL;
	if (!out->fail)
		return json;
	json_decref(json);
	return NULL;
}

int rr_in_fail(const struct rr_in *in, const char *key, const char *want)
{
	return rr_fail(in->err, RR_FORMAT, 0, "%s is no record that can be used: \"%s\" must be %s",
		       in->name, key, want);
}

/* The member, or NULL when it is absent or null. */
static json_t *member(const json_t *obj, const char *key)
{
	json_t *value = json_object_get(obj, key);

	return json_is_null(value) ? NULL : value;
}

int rr_in_object(const struct rr_in *in, const json_t *obj, const char *key, json_t **out)
{
	json_t *value = member(obj, key);

	if (value && !json_is_object(value))
		return rr_in_fail(in, key, "an object");
	if (value)
		*out = value;
	return 0;
}

int rr_in_list(const struct rr_in *in, const json_t *obj, const char *key, json_t **out)
{
	json_t *value = member(obj, key);

	if (value && !json_is_array(value))
		return rr_in_fail(in, key, "a list");
	if (value)
		*out = value;
	return 0;
}

int rr_in_size(const struct rr_in *in, const json_t *obj, const char *key, uint64_t *out)
{
	const json_t *value = member(obj, key);

	if (value && (!json_is_integer(value) || json_integer_value(value) < 0))
		return rr_in_fail(in, key, "a whole number that is not negative");
	if (value)
		*out = (uint64_t)json_integer_value(value);
	return 0;
}

int rr_in_count(const struct rr_in *in, const json_t *obj, const char *key, unsigned *out)
{
	uint64_t n = *out;

	if (rr_in_size(in, obj, key, &n) < 0)
		return -1;
	if (n > INT_MAX)
		return rr_in_fail(in, key, "smaller");
	*out = (unsigned)n;
	return 0;
}

int rr_in_flag(const struct rr_in *in, const json_t *obj, const char *key, bool *out)
{
	const json_t *value = member(obj, key);

	if (value && !json_is_boolean(value))
		return rr_in_fail(in, key, "true or false");
	if (value)
		*out = json_is_true(value);
	return 0;
}

/* The text of KEY_hex, or of KEY without it; *out is NULL when there is neither. */
static int text_bytes(const struct rr_in *in, const char *hex_key, const json_t *hex, char **out)
{
	const char *digits = json_string_value(hex);
	size_t len = digits ? strlen(digits) / 2 : 0;
	rr_autofree char *text = calloc(1, len + 1);

	if (!text)
		return rr_fail_memory(in->err);
	if (!digits || !rr_text_unhex(digits, (uint8_t *)text, len) || strlen(text) != len)
		return rr_in_fail(in, hex_key, "pairs of hex digits, none of them 00");
	*out = text;
	text = NULL;			/* now the caller's */
	return 0;
}

int rr_in_text(const struct rr_in *in, const json_t *obj, const char *key, char **out)
{
	rr_autofree char *hex_key = rr_text_format("%s_hex", key);
	const json_t *value = member(obj, key), *hex;

	if (!hex_key)
		return rr_fail_memory(in->err);
	if (!value)
		return 0;
	if (!json_is_string(value))
		return rr_in_fail(in, key, "a text");
	hex = member(obj, hex_key);
	if (hex)
		return text_bytes(in, hex_key, hex, out);
	*out = strdup(json_string_value(value));
	return *out ? 0 : rr_fail_memory(in->err);
}

int rr_in_short(const struct rr_in *in, const json_t *obj, const char *key, char *buf, size_t size)
{
	rr_autofree char *text = NULL;

	if (rr_in_text(in, obj, key, &text) < 0)
		return -1;
	if (!text)
		return 0;
	if (strlen(text) >= size)
		return rr_in_fail(in, key, "shorter");
	(void)snprintf(buf, size, "%s", text);	/* measured above */
	return 0;
}

/* The number behind "EIO", or behind "524" (the kernel has some without a name); 0: none. */
static int errno_of(const char *name)
{
	char *end;
	unsigned long number = strtoul(name, &end, 10);

	if (*name >= '1' && *name <= '9')
		return *end || number > ERRNO_LAST ? 0 : (int)number;
	for (int os = 1; os <= ERRNO_LAST; os++) {
		const char *known = strerrorname_np(os);

		if (known && strcmp(name, known) == 0)
			return os;
	}
	return 0;
}

int rr_in_errno(const struct rr_in *in, const json_t *obj, const char *key, int *out)
{
	const json_t *value = member(obj, key);

	if (!value)
		return 0;
	if (!json_is_string(value))
		return rr_in_fail(in, key, "the name of an error, as \"EIO\"");
	*out = errno_of(json_string_value(value));
	if (*out == 0)
		return rr_in_fail(in, key, "the name of an error, as \"EIO\"");
	return 0;
}

int rr_in_word(const struct rr_in *in, const json_t *obj, const char *key,
	       const char *(*name)(unsigned), unsigned n, unsigned *out)
{
	const json_t *value = member(obj, key);
	const char *word = json_string_value(value);

	if (!value)
		return 0;
	for (unsigned i = 0; word && i < n; i++)
		if (strcmp(word, name(i)) == 0) {
			*out = i;
			return 0;
		}
	return rr_in_fail(in, key, "one of the words of schema rawright-record/1");
}

int rr_in_array(const struct rr_in *in, size_t n, size_t size, void **out)
{
	if (n == 0)
		return 0;
	*out = calloc(n, size);
	return *out ? 0 : rr_fail_memory(in->err);
}
