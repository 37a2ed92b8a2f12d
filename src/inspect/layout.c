/* SPDX-License-Identifier: GPL-3.0-or-later */
/* layout.c - does the partition table fit the medium? Parts behind its end, parts that overlap, the
 * second header of a GPT.
 * Owns: nothing.   Threads: any. */
#include <inttypes.h>
#include <string.h>

#include "gpt.h"
#include "rawright/inspect.h"
#include "rawright/io.h"
#include "rawright/size.h"

#define GROUP "partition table"

static bool is_frame(const struct rr_part *part)
{
	return part->type && (strcmp(part->type, "0x05") == 0 || strcmp(part->type, "0x0f") == 0 ||
			      strcmp(part->type, "0x85") == 0);
}

static void look_at_ends(const struct rr_subject *s, struct rr_fact_list *facts)
{
	char n[RR_SIZE_TEXT];

	for (size_t i = 0; i < s->content->n; i++) {
		const struct rr_part *part = &s->content->part[i];
		uint64_t end;

		if (!rr_extent_end(part->off, part->len, &end) || end <= s->size)
			continue;
		rr_size_grouped(n, end - rr_max(s->size, part->off));
		if (part->off >= s->size)
			rr_fact_doubt(facts, GROUP,
				      "partition %u lies behind the end: all its %s bytes are "
				      "missing",
				      part->number, n);
		else
			rr_fact_doubt(facts, GROUP,
				      "partition %u reaches behind the end: its last %s bytes are "
				      "missing",
				      part->number, n);
	}
}

static void look_at_overlaps(const struct rr_subject *s, struct rr_fact_list *facts)
{
	const struct rr_part *part = s->content->part;
	size_t told = 0;

	for (size_t i = 0; i < s->content->n; i++)
		for (size_t k = i + 1; k < s->content->n && told < 4; k++) {
			if (!part[i].number || is_frame(&part[i]) || is_frame(&part[k]) ||
			    part[i].off >= part[k].off + part[k].len ||
			    part[k].off >= part[i].off + part[i].len)
				continue;
			rr_fact_doubt(facts, GROUP, "partitions %u and %u overlap", part[i].number,
				      part[k].number);
			told++;
		}
}

static void tell_second(const struct rr_subject *s, const struct rr_gpt *first,
			const struct rr_gpt *last, uint64_t at, struct rr_fact_list *facts)
{
	char n[RR_SIZE_TEXT], m[RR_SIZE_TEXT];

	if (last->there && last->sound && first->alternate == at)
		rr_fact_add(facts, GROUP, "second GPT", "in the last sector, where it should be");
	else if (first->alternate > at)
		rr_fact_doubt(facts, GROUP,
			      "the GPT is of a medium of %s sectors of %" PRIu32 " bytes; here are "
			      "%s, and the second GPT is missing: the image is cut",
			      rr_size_grouped(n, first->alternate + 1), s->sector,
			      rr_size_grouped(m, at + 1));
	else if (first->alternate < at)
		rr_fact_doubt(facts, GROUP,
			      "the second GPT stands at sector %s and not at the end: the table is "
			      "of a smaller medium",
			      rr_size_grouped(n, first->alternate));
	else
		rr_fact_doubt(facts, GROUP, "the second GPT, in the last sector, is %s",
			      last->there ? "damaged" : "missing");
}

static int fail_last(const struct rr_subject *s, int os, struct rr_err *err)
{
	return rr_fail(err, rr_errno_is_unreadable(os) ? RR_MEDIUM : RR_SYSTEM, os,
		       "cannot read the last sector of %s", s->name);
}

static int look_at_gpt(const struct rr_subject *s, struct rr_fact_list *facts, struct rr_err *err)
{
	uint64_t at = s->size / s->sector - 1;		/* the last whole sector */
	struct rr_gpt first, last;
	int os = rr_gpt_read(s->fd, s->sector, &first);

	if (!os)
		os = rr_gpt_read(s->fd, at * s->sector, &last);
	if (os)
		return fail_last(s, os, err);
	if (first.there && !first.sound)
		rr_fact_doubt(facts, GROUP, "the first GPT, in sector 1, is damaged%s",
			      last.there && last.sound ? "; the second one, at the end, is sound" :
							 "");
	else if (first.there)
		tell_second(s, &first, &last, at, facts);
	else if (last.there && last.own == at)
		rr_fact_doubt(facts, GROUP,
			      "a second GPT is in the last sector, left over or without its first");
	return 0;
}

static int layout_look(const struct rr_subject *s, struct rr_fact_list *facts, struct rr_err *err)
{
	look_at_ends(s, facts);
	look_at_overlaps(s, facts);
	return s->size / s->sector > 2 ? look_at_gpt(s, facts, err) : 0;
}

const struct rr_inspector rr_inspector_layout = { .name = "layout", .look = layout_look };
