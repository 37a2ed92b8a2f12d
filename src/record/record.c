/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record.c - the record as one JSON text that people can read and line tools can search.
 * Owns: nothing.   Threads: any, while nobody changes the result. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <pwd.h>
#include <string.h>
#include <sys/utsname.h>

#include "member.h"
#include "parts.h"
#include "rawright/record.h"
#include "rawright/text.h"

#define LINE_MEMBERS 4		/* an object or list of so many plain members stands on one line */
#define DUMP (JSON_ENCODE_ANY | JSON_REAL_PRECISION(12))

static json_t *tool(void)
{
	const char *gcrypt = strchr(rr_digest_library(), ' ');
	struct rr_out out, libraries;

	rr_out_object(&libraries);
	rr_out_text(&libraries, "libgcrypt", gcrypt ? gcrypt + 1 : "");
	rr_out_text(&libraries, "jansson", jansson_version_str());
	rr_out_object(&out);
	rr_out_word(&out, "name", "rawright");
	rr_out_word(&out, "version", PACKAGE_VERSION);
	rr_out_put(&out, "libraries", rr_out_take(&libraries));
	rr_out_flag(&out, "fips", rr_digest_fips());
	return rr_out_take(&out);
}

static void put_arguments(struct rr_out *out, const struct rr_result *r)
{
	struct rr_out list, hex;
	bool differ = false;

	rr_out_list(&list);
	rr_out_list(&hex);
	for (int i = 0; r->argv && i < r->argc; i++) {
		const char *argument = r->argv[i] ? r->argv[i] : "";
		rr_autofree char *text = rr_text_printable(argument);

		rr_out_item(&list, text ? json_string(text) : NULL);
		rr_out_item(&hex, rr_out_hex(argument, strlen(argument)));
		differ = differ || !rr_text_is_printable(argument);
	}
	rr_out_put(out, "argv", rr_out_take(&list));
	if (differ)
		rr_out_put(out, "argv_hex", rr_out_take(&hex));
	else
		json_decref(hex.json);
}

/* The account that runs this; its number when it has no name. */
static void put_user(struct rr_out *out)
{
	char room[4096];
	struct passwd pw, *found = NULL;
	rr_autofree char *number = rr_text_format("%ju", (uintmax_t)geteuid());

	if (getpwuid_r(geteuid(), &pw, room, sizeof(room), &found) != 0)
		found = NULL;
	if (!number)
		out->fail = true;
	else
		rr_out_text(out, "user", found ? pw.pw_name : number);
}

static json_t *invocation(const struct rr_result *r)
{
	rr_autofree char *kernel = NULL, *cwd = getcwd(NULL, 0);
	struct utsname host;
	struct rr_out out;

	rr_out_object(&out);
	put_arguments(&out, r);
	put_user(&out);
	if (uname(&host) == 0) {
		kernel = rr_text_format("%s %s %s", host.sysname, host.release, host.machine);
		rr_out_text(&out, "host", host.nodename);
		rr_out_text(&out, "kernel", kernel);
	}
	rr_out_text(&out, "cwd", cwd);	/* NULL when the folder is gone: then nothing */
	return rr_out_take(&out);
}

/* NULL without memory; an empty object when nothing was given. */
static json_t *case_info(const struct rr_case_info *info)
{
	struct rr_out out;

	rr_out_object(&out);
	for (const struct rr_field *field = rr_case_fields; field->key; field++)
		rr_out_text(&out, field->key, *(char *const *)((const char *)info + field->at));
	return rr_out_take(&out);
}

static void put_all(struct rr_out *out, const struct rr_result *r)
{
	rr_autojson json_t *info = case_info(&r->info);

	rr_out_word(out, "schema", RR_RECORD_SCHEMA);
	rr_out_put(out, "tool", tool());
	rr_out_put(out, "invocation", invocation(r));
	rr_out_word(out, "task", rr_task_name(r->task));
	rr_out_put(out, "runs", rr_part_runs(r));
	if (!info || json_object_size(info) > 0)
		rr_out_put(out, "case", json_incref(info));
	rr_out_put(out, "source", rr_part_source(r));
	rr_out_put(out, "destination", rr_part_destination(r));
	rr_out_put(out, "result", rr_part_result(r));
	rr_out_put(out, "digests", rr_part_digests(r));
	if (r->window)
		rr_out_put(out, "windows", rr_part_windows(r));
	if (r->ndest > 0)
		rr_out_put(out, "verification",
			   rr_part_verification(&r->dest[0].verification,
						r->dest[0].drive ? "medium" : "image"));
	if (r->reread.done || r->reread.bytes || r->reread.differences.n)
		rr_out_put(out, "reread", rr_part_verification(&r->reread, "source"));
	rr_out_put(out, "events", rr_part_events(r));
	if (r->segments.n > 0)		/* last: it is long and not for people */
		rr_out_put(out, "segments", rr_part_segments(r));
}

static void print_value(struct rr_str *text, const char *before, json_t *value, int depth);

static bool is_plain(json_t *value)
{
	return !json_is_object(value) && !json_is_array(value);
}

/* Fits on one line: nothing inside it holds anything, and there is little of it. */
static bool is_line(json_t *value)
{
	const char *key;
	json_t *part;
	size_t i;

	if (json_object_size(value) > LINE_MEMBERS || json_array_size(value) > LINE_MEMBERS)
		return false;
	json_object_foreach(value, key, part)
		if (!is_plain(part))
			return false;
	json_array_foreach(value, i, part)
		if (!is_plain(part))
			return false;
	return true;
}

static void print_members(struct rr_str *text, json_t *value, int depth)
{
	const char *key, *comma = "";
	json_t *part;
	size_t i;

	json_object_foreach(value, key, part) {
		rr_autofree char *before = rr_text_format("\"%s\": ", key);

		rr_str_addf(text, "%s\n%*s", comma, 2 * depth, "");
		if (!before)
			text->fail = true;
		else
			print_value(text, before, part, depth);
		comma = ",";
	}
	json_array_foreach(value, i, part) {
		rr_str_addf(text, "%s\n%*s", comma, 2 * depth, "");
		print_value(text, "", part, depth);
		comma = ",";
	}
}

/* The depth is that of our own parts: five. */
static void print_value(struct rr_str *text, const char *before, json_t *value, int depth)
{
	rr_str_add(text, before, strlen(before));
	if (is_line(value)) {
		rr_autofree char *line = json_dumps(value, DUMP);

		if (line)
			rr_str_add(text, line, strlen(line));
		else
			text->fail = true;
		return;
	}
	rr_str_addf(text, "%c", json_is_object(value) ? '{' : '[');
	print_members(text, value, depth + 1);
	rr_str_addf(text, "\n%*s%c", 2 * depth, "", json_is_object(value) ? '}' : ']');
}

int rr_record_render(const struct rr_result *r, char **out, struct rr_err *err)
{
	rr_autojson json_t *record = NULL;
	rr_autostr struct rr_str text = { 0 };
	struct rr_out all;

	rr_out_object(&all);
	put_all(&all, r);
	record = rr_out_take(&all);
	if (!record)
		return rr_fail_memory(err);
	print_value(&text, "", record, 0);
	rr_str_add(&text, "\n", 1);
	*out = rr_str_take(&text);
	return *out ? 0 : rr_fail_memory(err);
}
