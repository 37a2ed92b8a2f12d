/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_render.c - the parts of a result as JSON.
 * Owns: nothing.   Threads: any, while nobody changes the result. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "member.h"
#include "parts.h"

const struct rr_field rr_case_fields[] = {
	{ "number", offsetof(struct rr_case_info, number) },
	{ "evidence", offsetof(struct rr_case_info, evidence) },
	{ "examiner", offsetof(struct rr_case_info, examiner) },
	{ "label", offsetof(struct rr_case_info, label) },
	{ "note", offsetof(struct rr_case_info, note) },
	{ 0 },
};

const struct rr_field rr_source_fields[] = {
	{ "path", offsetof(struct rr_node, path) },
	{ "name", offsetof(struct rr_node, name) },
	{ "by_id", offsetof(struct rr_node, by_id) },
	{ "bus", offsetof(struct rr_node, bus) },
	{ "vendor", offsetof(struct rr_node, vendor) },
	{ "model", offsetof(struct rr_node, model) },
	{ "serial", offsetof(struct rr_node, serial) },
	{ "wwn", offsetof(struct rr_node, wwn) },
	{ "firmware", offsetof(struct rr_node, firmware) },
	{ "label", offsetof(struct rr_node, label) },
	{ "backing", offsetof(struct rr_node, backing) },
	{ "parent", offsetof(struct rr_node, parent) },
	{ "port", offsetof(struct rr_node, port) },
	{ 0 },
};

static void put_fields(struct rr_out *out, const struct rr_field *field, const void *base)
{
	for (; field->key; field++)
		rr_out_text(out, field->key, *(char *const *)((const char *)base + field->at));
}

/* To the millisecond; what is no number of seconds at all is 0. */
static double seconds(double s)
{
	return isfinite(s) && s > 0 ? round(s * 1000) / 1000 : 0;
}

json_t *rr_part_runs(const struct rr_result *r)
{
	struct rr_out list;

	rr_out_list(&list);
	for (size_t i = 0; i < r->nrun; i++) {
		const struct rr_run *run = &r->run[i];
		struct rr_out out;

		rr_out_object(&out);
		rr_out_text(&out, "start", run->start);
		rr_out_text(&out, "end", run->end);
		rr_out_put(&out, "seconds", json_real(seconds(run->seconds)));
		rr_out_text(&out, "utc_offset", run->utc_offset);
		rr_out_flag(&out, "clock_synchronised", run->clock_synchronised);
		rr_out_text(&out, "stopped_by", run->stopped_by);
		rr_out_item(&list, rr_out_take(&out));
	}
	return rr_out_take(&list);
}

static json_t *read_only(const struct rr_result *r)
{
	struct rr_out out;

	rr_out_object(&out);
	rr_out_flag(&out, "before", r->read_only_before);
	rr_out_flag(&out, "set", r->read_only_set);
	rr_out_size(&out, "cleared", r->read_only_cleared);
	rr_out_text(&out, "why_not", r->read_only_why_not);
	return rr_out_take(&out);
}

static void put_device(struct rr_out *out, dev_t dev)
{
	char text[32];

	if (!dev)
		return;
	(void)snprintf(text, sizeof(text), "%u:%u", major(dev), minor(dev));	/* 21 at most */
	rr_out_word(out, "device", text);
}

static void put_node(struct rr_out *out, const struct rr_node *node)
{
	put_fields(out, rr_source_fields, node);
	if (node->kind)
		rr_out_text(out, "kind", node->kind);
	put_device(out, node->dev);
	rr_out_size(out, "bytes", node->bytes);
	rr_out_size(out, "sector", node->sector);
	rr_out_size(out, "physical_sector", node->physical_sector);
	if (node->diskseq)
		rr_out_size(out, "diskseq", node->diskseq);
	rr_out_flag(out, "partition", node->partition);
	rr_out_flag(out, "removable", node->removable);
}

static json_t *disc_tracks(const struct rr_disc *disc)
{
	struct rr_out list;

	rr_out_list(&list);
	for (size_t i = 0; i < disc->ntrack; i++) {
		const struct rr_track *track = &disc->track[i];
		struct rr_out out;

		rr_out_object(&out);
		rr_out_size(&out, "number", track->number);
		rr_out_size(&out, "session", track->session);
		rr_out_word(&out, "kind", track->audio ? "audio" : "data");
		rr_out_size(&out, "start", track->start);
		rr_out_size(&out, "end", track->end);
		rr_out_size(&out, "run_out", track->run_out);
		rr_out_item(&list, rr_out_take(&out));
	}
	return rr_out_take(&list);
}

/* What the drive said of it before it was read; nothing where it said nothing. */
static void put_disc(struct rr_out *out, const struct rr_disc *disc)
{
	const char *profile = rr_disc_profile_name(disc->profile);
	struct rr_out o;

	if (!disc->known)
		return;
	rr_out_object(&o);
	if (profile)
		rr_out_word(&o, "profile", profile);
	rr_out_size(&o, "sessions", disc->sessions);
	rr_out_size(&o, "toc_sectors", disc->lead_out);
	rr_out_size(&o, "capacity_sectors", disc->capacity);
	rr_out_size(&o, "filesystem_sectors", disc->filesystem);
	rr_out_put(&o, "tracks", disc_tracks(disc));
	rr_out_put(out, "disc", rr_out_take(&o));
}

json_t *rr_part_source(const struct rr_result *r)
{
	struct rr_out out;

	rr_out_object(&out);
	put_node(&out, &r->source);
	rr_out_flag(&out, "exclusive", r->exclusive);
	rr_out_flag(&out, "mounted", r->mounted);
	rr_out_put(&out, "read_only", read_only(r));
	put_disc(&out, &r->disc);
	rr_out_size(&out, "offset", r->offset);
	rr_out_size(&out, "length", r->length);
	return rr_out_take(&out);
}

/* Ranges with what there is to tell of them; tries only of those that were read again and again. */
static json_t *ranges(const struct rr_range_list *ranges, bool tries)
{
	struct rr_out list;

	rr_out_list(&list);
	for (size_t i = 0; i < ranges->n; i++) {
		const struct rr_range *range = &ranges->range[i];
		struct rr_out out;

		rr_out_object(&out);
		rr_out_size(&out, "offset", range->off);
		rr_out_size(&out, "length", range->len);
		rr_out_errno(&out, "errno", range->os);
		if (tries)
			rr_out_size(&out, "tries", range->tries);
		rr_out_item(&list, rr_out_take(&out));
	}
	return rr_out_take(&list);
}

/* "match" only for what was looked at whole: byte by byte, or by the digests of all. */
static const char *verification_status(const struct rr_verification *v)
{
	if (v->differences.n > 0 || (v->digests_compared && !v->digests_match))
		return "different";
	if (!v->done || (v->compared == 0 && !v->digests_compared && v->bytes > 0))
		return "unverified";
	return v->digests_compared || v->compared == v->bytes ? "match" : "partial";
}

json_t *rr_part_verification(const struct rr_verification *v, const char *what)
{
	struct rr_out out;

	rr_out_object(&out);
	rr_out_word(&out, "what", what);
	rr_out_word(&out, "status", verification_status(v));
	rr_out_flag(&out, "done", v->done);
	rr_out_word(&out, "how", rr_how_name(v->how));
	rr_out_size(&out, "bytes", v->bytes);
	rr_out_size(&out, "bytes_compared", v->compared);
	rr_out_word(&out, "digests", !v->digests_compared ? RR_DIGESTS_NOT_COMPARED :
		    v->digests_match ? RR_DIGESTS_MATCH : RR_DIGESTS_DIFFERENT);
	rr_out_put(&out, "differences", ranges(&v->differences, false));
	return rr_out_take(&out);
}

/* Of a drive that was written: which one, and how. */
static void put_drive(struct rr_out *out, const struct rr_dest *dest)
{
	const struct rr_disk_written *written = &dest->written;
	struct rr_out drive;

	rr_out_object(&drive);
	put_node(&drive, dest->drive);
	rr_out_put(out, "drive", rr_out_take(&drive));
	rr_out_word(out, "io", written->direct || !written->whole ? "direct" : "buffered");
	if (written->why_buffered[0])
		rr_out_text(out, "why_buffered", written->why_buffered);
	rr_out_flag(out, "whole", written->whole);
	rr_out_size(out, "padded", written->padded);
	rr_out_put(out, "cleared", ranges(&written->cleared, false));
}

json_t *rr_part_destination(const struct rr_result *r)
{
	struct rr_out list;

	rr_out_list(&list);
	for (size_t i = 0; i < r->ndest; i++) {
		const struct rr_dest *dest = &r->dest[i];
		struct rr_out out;

		rr_out_object(&out);
		rr_out_text(&out, "path", dest->path ? dest->path : "");
		rr_out_word(&out, "format", "raw");
		rr_out_flag(&out, "stream", dest->stream);
		rr_out_word(&out, "status", rr_dest_status_name(dest->status));
		if (dest->status != RR_DEST_OPEN && dest->status != RR_DEST_FAILED)
			rr_out_size(&out, "bytes", r->length);
		if (dest->err.kind != RR_OK)
			rr_out_text(&out, "error", dest->err.text);
		if (dest->drive)
			put_drive(&out, dest);
		rr_out_put(&out, "verification",
			   rr_part_verification(&dest->verification,
						dest->drive ? "medium" : "image"));
		rr_out_item(&list, rr_out_take(&out));
	}
	return rr_out_take(&list);
}

json_t *rr_part_result(const struct rr_result *r)
{
	struct rr_out out;

	rr_out_object(&out);
	rr_out_word(&out, "status", rr_outcome_name(r->outcome));
	rr_out_put(&out, "exit", json_integer(r->exit));
	if (r->err.kind != RR_OK)
		rr_out_text(&out, "error", r->err.text);
	rr_out_size(&out, "bytes", r->length);
	rr_out_size(&out, "bytes_read", r->bytes_read);
	rr_out_size(&out, "bytes_filled", r->bytes_filled);
	rr_out_size(&out, "bytes_missing", r->bytes_missing);
	rr_out_put(&out, "bad", ranges(&r->bad, true));
	rr_out_word(&out, "io", r->direct ? "direct" : "buffered");
	rr_out_text(&out, "why_buffered", r->why_buffered);
	rr_out_word(&out, "digest_over", r->digest_over_image ? "image" : "stream");
	rr_out_text(&out, "fill", r->fill);
	rr_out_size(&out, "retries", r->retries);
	return rr_out_take(&out);
}

json_t *rr_part_digests(const struct rr_result *r)
{
	struct rr_out out;

	rr_out_object(&out);
	for (size_t i = 0; i < r->ndigest; i++)
		rr_out_put(&out, r->digest[i].algo->name,
			   rr_out_hex(r->digest[i].value, r->digest[i].algo->size));
	return rr_out_take(&out);
}

json_t *rr_part_windows(const struct rr_result *r)
{
	struct rr_out out, list;

	rr_out_list(&list);
	for (size_t i = 0; i < r->nwindow; i++)
		rr_out_item(&list, rr_out_hex(r->window_sha256[i], sizeof(*r->window_sha256)));
	rr_out_object(&out);
	rr_out_size(&out, "size", r->window);
	rr_out_put(&out, "sha256", rr_out_take(&list));
	return rr_out_take(&out);
}

static json_t *segment(const struct rr_segment *seg)
{
	struct rr_out out;
	char crc[16];

	(void)snprintf(crc, sizeof(crc), "%08x", (unsigned)seg->crc);	/* eight digits */
	rr_out_list(&out);
	rr_out_item(&out, json_integer((json_int_t)seg->off));
	rr_out_item(&out, json_integer((json_int_t)seg->len));
	rr_out_item(&out, json_string(crc));
	return rr_out_take(&out);
}

json_t *rr_part_segments(const struct rr_result *r)
{
	struct rr_out out, list;

	rr_out_list(&list);
	for (size_t i = 0; i < r->segments.n; i++)
		rr_out_item(&list, segment(&r->segments.seg[i]));
	rr_out_object(&out);
	rr_out_word(&out, "algorithm", "crc32");
	rr_out_put(&out, "list", rr_out_take(&list));
	return rr_out_take(&out);
}

json_t *rr_part_events(const struct rr_result *r)
{
	struct rr_out list;

	rr_out_list(&list);
	for (size_t i = 0; i < r->nnote; i++) {
		const struct rr_note *note = &r->note[i];
		struct rr_out out;

		rr_out_object(&out);
		rr_out_text(&out, "t", note->t);
		rr_out_text(&out, "kind", note->kind);
		rr_out_text(&out, "text", note->text ? note->text : "");
		if (note->placed) {
			rr_out_size(&out, "offset", note->off);
			rr_out_size(&out, "length", note->len);
		}
		rr_out_item(&list, rr_out_take(&out));
	}
	return rr_out_take(&list);
}
