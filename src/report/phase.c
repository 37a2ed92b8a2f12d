/* SPDX-License-Identifier: GPL-3.0-or-later */
/* phase.c - the phases and the notes of jobs: what they are called, what they mean to a person.
 * Owns: nothing.   Threads: any. */
#include <string.h>

#include "rawright/event.h"

struct phase {
	const char *name, *doing;
	bool proves;
};
static const struct phase phases[] = {
	{ "copy", "copying", false },	     { "write", "writing", false },
	{ "flush", "flushing", false },	     { "verify", "verifying", true },
	{ "hash", "hashing", false },	     { "compare", "comparing", true },
	{ "reread", "reading again", true }, { "identify", "identifying", false },
};

static const struct phase *find(const char *name)
{
	for (size_t i = 0; name && i < sizeof(phases) / sizeof(*phases); i++)
		if (strcmp(phases[i].name, name) == 0)
			return &phases[i];
	return NULL;
}

const char *rr_phase_doing(const char *name)
{
	const struct phase *phase = find(name);

	return phase ? phase->doing : name ? name : "working";
}

bool rr_phase_proves(const char *name)
{
	const struct phase *phase = find(name);

	return phase && phase->proves;
}

bool rr_note_warns(const char *kind)
{
	static const char *const calm[] = { "resume", "dry-run", "info",
					    "padded", "cleared", "unmounted" };

	for (size_t i = 0; kind && i < sizeof(calm) / sizeof(*calm); i++)
		if (strcmp(calm[i], kind) == 0)
			return false;
	return true;
}
