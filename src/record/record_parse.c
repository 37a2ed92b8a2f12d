/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_parse.c - a record read back: strict about what it uses, deaf to what it does not know.
 * Owns: nothing.   Threads: any. */
#include <string.h>

#include "member.h"
#include "parts.h"
#include "rawright/record.h"
#include "rawright/size.h"
#include "rawright/text.h"

static int get_run(const struct rr_in *in, const json_t *obj, struct rr_run *run)
{
	const json_t *seconds = json_object_get(obj, "seconds");

	if (seconds && !json_is_number(seconds))
		return rr_in_fail(in, "seconds", "a number");
	if (seconds)
		run->seconds = json_number_value(seconds);
	if (rr_in_short(in, obj, "start", run->start, sizeof(run->start)) < 0 ||
	    rr_in_short(in, obj, "end", run->end, sizeof(run->end)) < 0 ||
	    rr_in_short(in, obj, "utc_offset", run->utc_offset, sizeof(run->utc_offset)) < 0 ||
	    rr_in_short(in, obj, "stopped_by", run->stopped_by, sizeof(run->stopped_by)) < 0)
		return -1;
	return rr_in_flag(in, obj, "clock_synchronised", &run->clock_synchronised);
}

static int get_runs(const struct rr_in *in, const json_t *root, struct rr_result *r)
{
	json_t *list = NULL, *obj;
	void *at = NULL;
	size_t i;

	if (rr_in_list(in, root, "runs", &list) < 0 ||
	    rr_in_array(in, json_array_size(list), sizeof(*r->run), &at) < 0)
		return -1;
	r->run = at;
	json_array_foreach(list, i, obj) {
		if (!json_is_object(obj))
			return rr_in_fail(in, "runs", "a list of objects");
		if (get_run(in, obj, &r->run[r->nrun++]) < 0)
			return -1;
	}
	return 0;
}

static int get_fields(const struct rr_in *in, const json_t *obj, const struct rr_field *field,
		      void *base)
{
	for (; field->key; field++)
		if (rr_in_text(in, obj, field->key, (char **)((char *)base + field->at)) < 0)
			return -1;
	return 0;
}

/* The kinds live in no allocated text. */
static int get_kind(const struct rr_in *in, const json_t *obj, struct rr_node *node)
{
	char kind[16] = "";

	if (rr_in_short(in, obj, "kind", kind, sizeof(kind)) < 0)
		return -1;
	for (size_t i = 0; rr_kind_at(i); i++)
		if (strcmp(kind, rr_kind_at(i)->name) == 0)
			node->kind = rr_kind_at(i)->name;
	return 0;
}

static int get_read_only(const struct rr_in *in, const json_t *source, struct rr_result *r)
{
	json_t *obj = NULL;

	if (rr_in_object(in, source, "read_only", &obj) < 0 ||
	    rr_in_flag(in, obj, "before", &r->read_only_before) < 0 ||
	    rr_in_flag(in, obj, "set", &r->read_only_set) < 0 ||
	    rr_in_count(in, obj, "cleared", &r->read_only_cleared) < 0)
		return -1;
	return rr_in_text(in, obj, "why_not", &r->read_only_why_not);
}

static int get_range_of_source(const struct rr_in *in, const json_t *obj, struct rr_result *r)
{
	uint64_t end;

	r->length = UINT64_MAX;
	if (rr_in_size(in, obj, "offset", &r->offset) < 0 ||
	    rr_in_size(in, obj, "length", &r->length) < 0)
		return -1;
	if (r->length == UINT64_MAX)
		return rr_in_fail(in, "length", "there: the bytes of the source in the image");
	if (!rr_extent_end(r->offset, r->length, &end) || end > INT64_MAX)
		return rr_in_fail(in, "length", "smaller");
	return 0;
}

static int get_source(const struct rr_in *in, const json_t *root, struct rr_result *r)
{
	struct rr_node *node = &r->source;
	json_t *obj = NULL;

	if (rr_in_object(in, root, "source", &obj) < 0)
		return -1;
	if (!obj)
		return rr_in_fail(in, "source", "there");
	if (get_fields(in, obj, rr_source_fields, node) < 0 || get_kind(in, obj, node) < 0 ||
	    rr_in_size(in, obj, "bytes", &node->bytes) < 0 ||
	    rr_in_count(in, obj, "sector", &node->sector) < 0 ||
	    rr_in_count(in, obj, "physical_sector", &node->physical_sector) < 0 ||
	    rr_in_size(in, obj, "diskseq", &node->diskseq) < 0 ||
	    rr_in_flag(in, obj, "partition", &node->partition) < 0 ||
	    rr_in_flag(in, obj, "removable", &node->removable) < 0 ||
	    rr_in_flag(in, obj, "exclusive", &r->exclusive) < 0 ||
	    rr_in_flag(in, obj, "mounted", &r->mounted) < 0 || get_read_only(in, obj, r) < 0)
		return -1;
	return get_range_of_source(in, obj, r);
}

/* Ranges that rise and stay inside [off, off + len). */
static int get_ranges(const struct rr_in *in, const json_t *obj, const char *key, uint64_t off,
		      uint64_t len, struct rr_range_list *out)
{
	uint64_t least = off, end;
	json_t *list = NULL, *item;
	size_t i;

	if (rr_in_list(in, obj, key, &list) < 0)
		return -1;
	json_array_foreach(list, i, item) {
		struct rr_range range = { 0 };

		if (!json_is_object(item))
			return rr_in_fail(in, key, "a list of objects");
		if (rr_in_size(in, item, "offset", &range.off) < 0 ||
		    rr_in_size(in, item, "length", &range.len) < 0 ||
		    rr_in_errno(in, item, "errno", &range.os) < 0 ||
		    rr_in_count(in, item, "tries", &range.tries) < 0)
			return -1;
		if (range.len == 0 || range.off < least ||
		    !rr_extent_end(range.off, range.len, &end) || end > off + len)
			return rr_in_fail(in, key, "rising ranges inside what was read");
		if (rr_range_add(out, &range, in->err) < 0)
			return -1;
		least = end;
	}
	return 0;
}

static const char *how_name(unsigned how)
{
	return rr_how_name((enum rr_how)how);
}

static const char *digests_name(unsigned i)
{
	static const char *const names[] = {
		RR_DIGESTS_NOT_COMPARED, RR_DIGESTS_DIFFERENT, RR_DIGESTS_MATCH,
	};

	return names[i];
}

static int get_verification(const struct rr_in *in, const json_t *parent, const char *key,
			    uint64_t length, struct rr_verification *v)
{
	unsigned how = RR_HOW_CACHE, digests = 0;
	json_t *obj = NULL;

	if (rr_in_object(in, parent, key, &obj) < 0 ||
	    rr_in_flag(in, obj, "done", &v->done) < 0 ||
	    rr_in_word(in, obj, "how", how_name, RR_HOW_CACHE + 1, &how) < 0 ||
	    rr_in_size(in, obj, "bytes", &v->bytes) < 0 ||
	    rr_in_size(in, obj, "bytes_compared", &v->compared) < 0 ||
	    rr_in_word(in, obj, "digests", digests_name, 3, &digests) < 0 ||
	    get_ranges(in, obj, "differences", 0, length, &v->differences) < 0)
		return -1;
	v->how = (enum rr_how)how;
	v->digests_compared = digests > 0;
	v->digests_match = digests == 2;
	return 0;
}

static const char *status_name(unsigned status)
{
	return rr_dest_status_name((enum rr_dest_status)status);
}

/* What a drive holds beyond the image is looked at, too. */
static uint64_t length_of_destination(const struct rr_result *r)
{
	return rr_task_to_drives(r->task) ? INT64_MAX : r->length;
}

static int get_destination(const struct rr_in *in, const json_t *root, struct rr_result *r)
{
	json_t *list = NULL, *obj;
	void *at = NULL;
	size_t i;

	if (rr_in_list(in, root, "destination", &list) < 0 ||
	    rr_in_array(in, json_array_size(list), sizeof(*r->dest), &at) < 0)
		return -1;
	r->dest = at;
	json_array_foreach(list, i, obj) {
		struct rr_dest *dest = &r->dest[r->ndest++];
		unsigned status = RR_DEST_FAILED;

		if (!json_is_object(obj))
			return rr_in_fail(in, "destination", "a list of objects");
		if (rr_in_text(in, obj, "path", &dest->path) < 0 ||
		    rr_in_flag(in, obj, "stream", &dest->stream) < 0 ||
		    rr_in_word(in, obj, "status", status_name, RR_DEST_FAILED + 1, &status) < 0 ||
		    get_verification(in, obj, "verification", length_of_destination(r),
				     &dest->verification) < 0)
			return -1;
		if (!dest->path)
			return rr_in_fail(in, "path", "there in each destination");
		dest->status = (enum rr_dest_status)status;
	}
	return 0;
}

static const char *outcome_name(unsigned outcome)
{
	return rr_outcome_name((enum rr_outcome)outcome);
}

static const char *io_name(unsigned direct)
{
	return direct ? "direct" : "buffered";
}

static const char *over_name(unsigned image)
{
	return image ? "image" : "stream";
}

static int get_words(const struct rr_in *in, const json_t *obj, struct rr_result *r)
{
	unsigned outcome = RR_FAILED + 1, direct = 0, image = 0;

	if (rr_in_word(in, obj, "status", outcome_name, RR_FAILED + 1, &outcome) < 0 ||
	    rr_in_word(in, obj, "io", io_name, 2, &direct) < 0 ||
	    rr_in_word(in, obj, "digest_over", over_name, 2, &image) < 0)
		return -1;
	if (outcome == RR_FAILED + 1)
		return rr_in_fail(in, "status", "there: how the job ended");
	r->outcome = (enum rr_outcome)outcome;
	r->direct = direct;
	r->digest_over_image = image;
	return 0;
}

static int get_result(const struct rr_in *in, const json_t *root, struct rr_result *r)
{
	json_t *obj = NULL;
	unsigned exit = 0;

	if (rr_in_object(in, root, "result", &obj) < 0)
		return -1;
	if (!obj)
		return rr_in_fail(in, "result", "there");
	if (get_words(in, obj, r) < 0 || rr_in_count(in, obj, "exit", &exit) < 0 ||
	    rr_in_size(in, obj, "bytes_read", &r->bytes_read) < 0 ||
	    rr_in_size(in, obj, "bytes_filled", &r->bytes_filled) < 0 ||
	    rr_in_size(in, obj, "bytes_missing", &r->bytes_missing) < 0 ||
	    rr_in_text(in, obj, "why_buffered", &r->why_buffered) < 0 ||
	    rr_in_text(in, obj, "fill", &r->fill) < 0 ||
	    rr_in_count(in, obj, "retries", &r->retries) < 0)
		return -1;
	if (exit > 255)
		return rr_in_fail(in, "exit", "an exit status, 0 to 255");
	r->exit = (int)exit;
	return get_ranges(in, obj, "bad", r->offset, r->length, &r->bad);
}

/* Digests that this program does not know are left out. */
static int get_digests(const struct rr_in *in, const json_t *root, struct rr_result *r)
{
	json_t *obj = NULL, *value;
	const char *name;
	void *at = NULL;

	if (rr_in_object(in, root, "digests", &obj) < 0 ||
	    rr_in_array(in, json_object_size(obj), sizeof(*r->digest), &at) < 0)
		return -1;
	r->digest = at;
	json_object_foreach(obj, name, value) {
		const struct rr_digest_algo *algo = rr_digest_find(name);
		const char *hex = json_string_value(value);

		if (!algo || strcmp(algo->name, name) != 0)
			continue;
		if (!hex || !rr_text_unhex(hex, r->digest[r->ndigest].value, algo->size))
			return rr_in_fail(in, name, "all hex digits of this digest");
		r->digest[r->ndigest++].algo = algo;
	}
	return 0;
}

static int get_windows(const struct rr_in *in, const json_t *root, struct rr_result *r)
{
	json_t *obj = NULL, *list = NULL, *value;
	void *at = NULL;
	size_t i;

	if (rr_in_object(in, root, "windows", &obj) < 0 ||
	    rr_in_size(in, obj, "size", &r->window) < 0 ||
	    rr_in_list(in, obj, "sha256", &list) < 0)
		return -1;
	if (obj && r->window == 0)
		return rr_in_fail(in, "windows", "of a size");
	if (list && json_array_size(list) > r->length / r->window + (r->length % r->window != 0))
		return rr_in_fail(in, "windows", "no more than there is room for in the image");
	if (rr_in_array(in, json_array_size(list), sizeof(*r->window_sha256), &at) < 0)
		return -1;
	r->window_sha256 = at;
	json_array_foreach(list, i, value) {
		const char *hex = json_string_value(value);

		if (!hex || !rr_text_unhex(hex, r->window_sha256[r->nwindow++],
					   sizeof(*r->window_sha256)))
			return rr_in_fail(in, "windows", "SHA-256 digests in 64 hex digits");
	}
	return 0;
}

/* [offset, length, "crc"] */
static bool is_segment(const json_t *item, uint64_t least, uint64_t length, struct rr_segment *seg)
{
	const json_t *off = json_array_get(item, 0), *len = json_array_get(item, 1);
	const char *hex = json_string_value(json_array_get(item, 2));
	uint8_t crc[4];
	uint64_t end;

	if (json_array_size(item) != 3 || !json_is_integer(off) || !json_is_integer(len) || !hex ||
	    json_integer_value(off) < 0 || json_integer_value(len) <= 0 ||
	    !rr_text_unhex(hex, crc, sizeof(crc)))
		return false;
	seg->off = (uint64_t)json_integer_value(off);
	seg->len = (uint64_t)json_integer_value(len);
	seg->crc = (uint32_t)crc[0] << 24 | (uint32_t)crc[1] << 16 | (uint32_t)crc[2] << 8 | crc[3];
	return seg->off >= least && rr_extent_end(seg->off, seg->len, &end) && end <= length;
}

static int get_segments(const struct rr_in *in, const json_t *root, struct rr_result *r)
{
	json_t *obj = NULL, *list = NULL, *item;
	const char *algorithm;
	uint64_t least = 0;
	size_t i;

	if (rr_in_object(in, root, "segments", &obj) < 0 || rr_in_list(in, obj, "list", &list) < 0)
		return -1;
	algorithm = json_string_value(json_object_get(obj, "algorithm"));
	if (obj && (!algorithm || strcmp(algorithm, "crc32") != 0))
		return rr_in_fail(in, "algorithm", "\"crc32\"");
	json_array_foreach(list, i, item) {
		struct rr_segment seg;

		if (!is_segment(item, least, r->length, &seg))
			return rr_in_fail(in, "segments",
					  "rising [offset, length, \"crc\"] inside the image");
		if (rr_segment_add(&r->segments, &seg, in->err) < 0)
			return -1;
		least = seg.off + seg.len;
	}
	return 0;
}

static int get_event(const struct rr_in *in, const json_t *obj, struct rr_note *note)
{
	const json_t *off = json_object_get(obj, "offset");

	if (!json_is_object(obj))
		return rr_in_fail(in, "events", "a list of objects");
	note->placed = off && !json_is_null(off);
	if (rr_in_short(in, obj, "t", note->t, sizeof(note->t)) < 0 ||
	    rr_in_short(in, obj, "kind", note->kind, sizeof(note->kind)) < 0 ||
	    rr_in_text(in, obj, "text", &note->text) < 0 ||
	    rr_in_size(in, obj, "offset", &note->off) < 0)
		return -1;
	if (!note->text)
		return rr_in_fail(in, "text", "there in each event");
	return rr_in_size(in, obj, "length", &note->len);
}

static int get_events(const struct rr_in *in, const json_t *root, struct rr_result *r)
{
	json_t *list = NULL, *obj;
	void *at = NULL;
	size_t i;

	if (rr_in_list(in, root, "events", &list) < 0 ||
	    rr_in_array(in, json_array_size(list), sizeof(*r->note), &at) < 0)
		return -1;
	r->note = at;
	json_array_foreach(list, i, obj)
		if (get_event(in, obj, &r->note[r->nnote++]) < 0)
			return -1;
	return 0;
}

static int get_schema(const struct rr_in *in, const json_t *root)
{
	const char *schema = json_string_value(json_object_get(root, "schema"));

	if (!schema)
		return rr_fail(in->err, RR_FORMAT, 0, "%s is no record: it names no schema",
			       in->name);
	if (strcmp(schema, RR_RECORD_SCHEMA) != 0)
		return rr_fail(in->err, RR_FORMAT, 0,
			       "%s is of schema \"%.60s\"; this program reads %s alone", in->name,
			       schema, RR_RECORD_SCHEMA);
	return 0;
}

static const char *task_name(unsigned task)
{
	return rr_task_name((enum rr_task)task);
}

/* Absent: a read, as in records of the first release. */
static int get_task(const struct rr_in *in, const json_t *root, struct rr_result *r)
{
	unsigned task = RR_TASK_READ;

	if (rr_in_word(in, root, "task", task_name, RR_TASK_HASH + 1, &task) < 0)
		return -1;
	r->task = (enum rr_task)task;
	return 0;
}

static int get_all(const struct rr_in *in, const json_t *root, struct rr_result *r)
{
	json_t *info = NULL;

	if (get_schema(in, root) < 0 || get_task(in, root, r) < 0 || get_runs(in, root, r) < 0 ||
	    rr_in_object(in, root, "case", &info) < 0 ||
	    get_fields(in, info, rr_case_fields, &r->info) < 0 || get_source(in, root, r) < 0 ||
	    get_result(in, root, r) < 0 || get_destination(in, root, r) < 0 ||
	    get_verification(in, root, "reread", r->offset + r->length, &r->reread) < 0 ||
	    get_digests(in, root, r) < 0 || get_windows(in, root, r) < 0 ||
	    get_segments(in, root, r) < 0)
		return -1;
	return get_events(in, root, r);
}

int rr_record_parse(const char *text, size_t len, const char *name, struct rr_result *r,
		    struct rr_err *err)
{
	const struct rr_in in = { name, err };
	rr_autojson json_t *root = NULL;
	json_error_t why;

	*r = (struct rr_result){ 0 };
	if (len > RR_RECORD_LIMIT)
		return rr_fail(err, RR_FORMAT, 0, "%s is too large to be a record", name);
	root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (!root && json_error_code(&why) == json_error_out_of_memory)
		return rr_fail_memory(err);
	if (!root)
		return rr_fail(err, RR_FORMAT, 0, "%s is no JSON text: line %d: %s", name, why.line,
			       why.text);
	if (get_all(&in, root, r) < 0) {
		rr_result_clear(r);
		return -1;
	}
	return 0;
}
