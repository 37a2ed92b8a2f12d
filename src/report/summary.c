/* SPDX-License-Identifier: GPL-3.0-or-later */
/* summary.c - how a job ended, in plain words: what was read to where, its digests, what is wrong
 * with it, and what can be done next.
 * Owns: nothing.   Threads: any. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "out.h"
#include "rawright/event.h"
#include "rawright/size.h"

void rr_out_foreign(struct rr_str *out, const char *s)
{
	rr_autofree char *text = rr_text_printable(s);

	rr_str_addf(out, "%s", text ? text : "-");
}

void rr_out_extent(struct rr_str *out, uint64_t len, uint32_t sector)
{
	bool whole = sector && len && len % sector == 0;
	uint64_t n = whole ? len / sector : len;
	char text[RR_SIZE_TEXT];

	rr_str_addf(out, "%s %s%s", rr_size_grouped(text, n), whole ? "sector" : "byte",
		    n == 1 ? "" : "s");
}

static void label(struct rr_str *out, const char *name)
{
	rr_str_addf(out, "%-6s  ", name);
}

static void source_line(struct rr_str *out, const struct rr_result *r)
{
	char part[RR_SIZE_TEXT], all[RR_SIZE_TEXT], human[RR_SIZE_TEXT];

	if (!r->source.path)
		return;
	label(out, r->task == RR_TASK_WRITE ? "image" : "read");
	rr_out_foreign(out, r->source.path);
	if (r->bytes_read != r->length)
		rr_str_addf(out, ": %s of", rr_size_grouped(part, r->bytes_read));
	else
		rr_str_addf(out, ":");
	rr_str_addf(out, " %s bytes (%s)", rr_size_grouped(all, r->length),
		    rr_size_human(human, r->length));
	if (r->offset)
		rr_str_addf(out, ", from byte %s on", rr_size_grouped(part, r->offset));
	rr_str_addf(out, "\n");
}

static const char *how_text(enum rr_how how, bool drive)
{
	switch (how) {
	case RR_HOW_DIRECT:
		return drive ? "verified by reading the medium itself" :
			       "verified by reading it back from the disk";
	case RR_HOW_DROPPED:
		return drive ? "verified by reading the medium (dropped from memory first)" :
			       "verified by reading it back from the disk (dropped from memory "
			       "first)";
	case RR_HOW_CACHE:
		break;
	}
	return drive ? "verified from the cache only: the drive takes no direct reads" :
		       "verified from the cache: the file system keeps it in memory";
}

void rr_out_model(struct rr_str *out, const struct rr_node *node)
{
	rr_autofree char *model = rr_node_model(node);

	if (model && *model)
		rr_out_foreign(out, model);
}

/* What a drive is called, where it has a name. */
static void add_model(struct rr_str *out, const struct rr_node *node)
{
	rr_autostr struct rr_str model = { 0 };

	rr_out_model(&model, node);
	if (model.len)
		rr_str_addf(out, " (%s)", model.s);
}

static void difference(struct rr_str *out, const struct rr_verification *v)
{
	char bytes[RR_SIZE_TEXT], first[RR_SIZE_TEXT];

	rr_str_addf(out, "DIFFERENT");
	if (v->differences.n)
		rr_str_addf(out, ": %s bytes in %zu place%s, the first at %s",
			    rr_size_grouped(bytes, rr_range_total(&v->differences)),
			    v->differences.n, v->differences.n == 1 ? "" : "s",
			    rr_size_grouped(first, v->differences.range[0].off));
	else if (v->digests_compared && !v->digests_match)
		rr_str_addf(out, ": its digests are not those of what was read");
}

static void dest_line(struct rr_str *out, const struct rr_dest *d, bool wrote)
{
	label(out, wrote ? "to" : "image");
	rr_out_foreign(out, d->path);
	if (d->drive)
		add_model(out, d->drive);
	rr_str_addf(out, ": ");
	switch (d->status) {
	case RR_DEST_VERIFIED:
		rr_str_addf(out, "%s", how_text(d->verification.how, d->drive != NULL));
		break;
	case RR_DEST_WRITTEN:
	case RR_DEST_NOT_VERIFIED:
		rr_str_addf(out, d->stream ?
					 "written, not verified (a stream cannot be read back)" :
					 "written, not verified");
		break;
	case RR_DEST_DIFFERENT:
		difference(out, &d->verification);
		break;
	case RR_DEST_FAILED:
		rr_str_addf(out, "FAILED: ");
		rr_out_foreign(out, d->err.text);
		break;
	case RR_DEST_OPEN:
		rr_str_addf(out, !d->drive	    ? "incomplete" :
				 d->written.begun ? "not usable: begun and not finished" :
						    "not touched");
		break;
	}
	rr_str_addf(out, "\n");
}

/* The medium, read once more: after a copy, or to hold an image against it. */
static void reread_line(struct rr_str *out, const struct rr_result *r, bool wrote)
{
	if (!r->reread.done)
		return;
	label(out, wrote ? "again" : "medium");
	rr_out_foreign(out, r->source.path);
	rr_str_addf(out, ": ");
	if (r->reread.differences.n)
		difference(out, &r->reread);
	else
		rr_str_addf(out, wrote ? "the same data when it was read a second time" :
					 "the same data as the image");
	rr_str_addf(out, "\n");
}

static void digest_line(struct rr_str *out, const struct rr_digest_value *d)
{
	rr_autofree char *hex = rr_text_hex(d->value, d->algo->size);
	rr_autofree char *name = strdup(d->algo->name);

	if (!hex || !name) {
		out->fail = true;
		return;
	}
	for (char *p = name; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	label(out, d->algo->tag ? d->algo->tag : name);
	rr_str_addf(out, "%s\n", hex);
}

static void bad_lines(struct rr_str *out, const struct rr_result *r)
{
	char n[RR_SIZE_TEXT];

	if (r->bytes_filled || r->bad.n) {
		label(out, "bad");
		rr_out_extent(out, rr_range_total(&r->bad), r->source.sector);
		rr_str_addf(out, " in %zu place%s could not be read", r->bad.n,
			    r->bad.n == 1 ? "" : "s");
		if (r->bytes_filled) {
			rr_str_addf(out, "; filled with ");
			if (r->fill)
				rr_str_addf(out, "the text '");
			rr_out_foreign(out, r->fill ? r->fill : "zeros");
			rr_str_addf(out, r->fill ? "'" : "");
		}
		rr_str_addf(out, "\n");
	}
	if (r->bytes_missing) {
		label(out, "miss");
		rr_str_addf(out, "%s bytes %s\n", rr_size_grouped(n, r->bytes_missing),
			    rr_task_to_drives(r->task) ? "were not written" :
							 "are not on the image yet");
	}
}

static void warning_lines(struct rr_str *out, const struct rr_result *r)
{
	if (r->mounted) {
		label(out, "note");
		rr_str_addf(
			out,
			"the source was in use while it was read: it may have changed meanwhile\n");
	}
	if (r->read_only_cleared) {
		label(out, "note");
		rr_str_addf(
			out,
			"the source's read-only flag was found cleared %u time%s, and set again\n",
			r->read_only_cleared, r->read_only_cleared == 1 ? "" : "s");
	}
}

static bool all_verified(const struct rr_result *r)
{
	for (size_t i = 0; i < r->ndest; i++)
		if (r->dest[i].status != RR_DEST_VERIFIED)
			return false;
	return r->ndest > 0;
}

static const char *result_word(const struct rr_result *r)
{
	switch (r->exit) {
	case RR_EXIT_OK:
		return all_verified(r) ? "complete and verified" :
		       r->ndest	       ? "complete, not verified" :
					 "complete";
	case RR_EXIT_BAD_SECTORS:
		return "complete, but some sectors could not be read";
	case RR_EXIT_DIFFERENT:
		return "DIFFERENT";
	case RR_EXIT_REFUSED:
		return "REFUSED";
	case RR_EXIT_GONE:
		return "GONE";
	case RR_EXIT_STOPPED:
		return "STOPPED";
	}
	return "FAILED";
}

static const char *result_color(const struct rr_result *r)
{
	if (r->exit == RR_EXIT_OK)
		return "\033[32m";
	return r->exit == RR_EXIT_BAD_SECTORS || r->exit == RR_EXIT_STOPPED ? "\033[33m" :
									      "\033[31m";
}

static void result_line(struct rr_str *out, const struct rr_result *r, bool color)
{
	const char *by = r->nrun ? r->run[r->nrun - 1].stopped_by : "";

	label(out, "result");
	rr_str_addf(out, "%s%s%s", color ? result_color(r) : "", result_word(r),
		    color ? "\033[0m" : "");
	if (r->exit == RR_EXIT_STOPPED && strncmp(by, "SIG", 3) == 0)
		rr_str_addf(out, " by %s", by);
	else if (r->err.kind != RR_OK && r->err.kind != RR_STOPPED) {
		rr_str_addf(out, ": ");
		rr_out_foreign(out, r->err.text);
	}
	if (r->exit != RR_EXIT_OK)
		rr_str_addf(out, " (exit status %d)", r->exit);
	rr_str_addf(out, "\n");
}

/* What the person can do now, after a job that made an image; NULL: nothing is to be done. Only
 * what goes to a file can go on. */
static const char *next_of_image(const struct rr_result *r)
{
	bool resumable = rr_task_writes(r->task) && r->ndest && !r->dest[0].stream;

	switch (r->exit) {
	case RR_EXIT_STOPPED:
		return resumable ? "the same command again goes on where this one stopped" : NULL;
	case RR_EXIT_GONE:
		return resumable ? "connect the same drive again; the same command then goes on" :
				   NULL;
	case RR_EXIT_FAILED:
		return resumable && r->bytes_missing ?
		       "once the cause is gone, the same command goes on from here" : NULL;
	case RR_EXIT_BAD_SECTORS:
		return resumable ? "clean medium and drive: the same command, with --retries 10\n"
		       "        for instance, reads only the bad sectors again" : NULL;
	case RR_EXIT_DIFFERENT:
		return "do not rely on this image; check disks, cables and memory before\n"
		       "        reading the medium again";
	}
	return NULL;
}

static bool any_dest(const struct rr_result *r, enum rr_dest_status status)
{
	for (size_t i = 0; i < r->ndest; i++)
		if (r->dest[i].status == status)
			return true;
	return false;
}

static bool any_begun(const struct rr_result *r)
{
	for (size_t i = 0; i < r->ndest; i++)
		if (r->dest[i].status == RR_DEST_OPEN && r->dest[i].written.begun)
			return true;
	return false;
}

/* The same for drives: writing does not go on, it begins anew. */
static const char *next_of_drive(const struct rr_result *r)
{
	if (r->err.kind == RR_MISMATCH)
		return "do not use what was written: get the image once more";
	if (any_dest(r, RR_DEST_DIFFERENT))
		return "do not rely on what differs: drive, reader or cable is failing, or the\n"
		       "        drive is smaller than it says";
	if (any_begun(r))
		return "the same command begins anew; writing does not go on where it stopped";
	if (any_dest(r, RR_DEST_OPEN))
		return NULL;
	if (any_dest(r, RR_DEST_FAILED))
		return "what failed is not usable: once the cause is gone, write it anew";
	if (r->exit == RR_EXIT_STOPPED)
		return "all was written, but not verified: rawright verify does that";
	if (r->exit == RR_EXIT_BAD_SECTORS)
		return "read the source to an image to try its bad sectors again";
	return NULL;
}

void rr_out_result(struct rr_str *out, const struct rr_result *r, bool color)
{
	const char *next = rr_task_to_drives(r->task) ? next_of_drive(r) : next_of_image(r);
	bool wrote = rr_task_writes(r->task);

	if (r->dry_run && r->exit == RR_EXIT_OK) {
		label(out, "result");
		rr_str_addf(out, "all checks were passed; nothing was read or written\n");
		return;
	}
	if (wrote || !r->ndest)
		source_line(out, r);
	for (size_t i = 0; i < r->ndest; i++)
		dest_line(out, &r->dest[i], wrote);
	reread_line(out, r, wrote);
	for (size_t i = 0; r->ndest && i < r->ndigest; i++) /* without: the command prints them */
		digest_line(out, &r->digest[i]);
	bad_lines(out, r);
	warning_lines(out, r);
	result_line(out, r, color);
	if (next) {
		label(out, "next");
		rr_str_addf(out, "%s\n", next);
	}
}
