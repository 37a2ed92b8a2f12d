/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disc_facts.c - what an optical drive said of its disc, for people: kind, sessions, tracks, sizes.
 * Owns: nothing.   Threads: any. */
#include <stdio.h>

#include "rawright/disc.h"
#include "rawright/inspect.h"
#include "rawright/size.h"

#define GROUP "disc"

static void add_size(struct rr_fact_list *facts, const char *key, uint32_t sectors)
{
	char n[RR_SIZE_TEXT];

	if (sectors)
		rr_fact_number(facts, GROUP, key, (uint64_t)sectors * RR_DISC_SECTOR, "%s sectors",
			       rr_size_grouped(n, sectors));
}

static void add_track(struct rr_fact_list *facts, const struct rr_disc *disc,
		      const struct rr_track *t)
{
	char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT], session[24] = "";

	if (disc->sessions > 1)
		(void)snprintf(session, sizeof(session), ", session %u", t->session); /* fits */
	rr_fact_number(facts, GROUP, "track", t->number, "%u: %s, sectors %s to %s%s%s", t->number,
		       t->audio ? "sound" : "data", rr_size_grouped(a, t->start),
		       rr_size_grouped(b, t->end - 1), session,
		       t->run_out ? ", of which the last two are run-out" : "");
}

void rr_disc_facts(const struct rr_disc *disc, uint64_t size, struct rr_fact_list *facts)
{
	const char *profile = rr_disc_profile_name(disc->profile);
	char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT];

	if (!disc->known)
		return;
	if (profile)
		rr_fact_add(facts, GROUP, "kind of disc", "%s", profile);
	if (disc->sessions)
		rr_fact_number(facts, GROUP, "sessions", disc->sessions, "%u", disc->sessions);
	for (size_t i = 0; i < disc->ntrack; i++)
		add_track(facts, disc, &disc->track[i]);
	add_size(facts, "by TOC", disc->lead_out);
	add_size(facts, "by the drive", disc->capacity);
	add_size(facts, "by file system", disc->filesystem);
	if (disc->lead_out && disc->capacity && disc->lead_out != disc->capacity)
		rr_fact_doubt(facts, GROUP,
			      "the table of contents and the drive differ about the disc's size");
	if (disc->filesystem > size / RR_DISC_SECTOR)
		rr_fact_doubt(facts, GROUP,
			      "the file system ends at sector %s and the disc at %s: it was not "
			      "burned to its end, or the drive does not see all of it",
			      rr_size_grouped(a, disc->filesystem),
			      rr_size_grouped(b, size / RR_DISC_SECTOR));
}
