/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fault.h - what goes wrong where, how often, and whose turn it is. */
#ifndef VUSB_FAULT_H
#define VUSB_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sense.h"
#include "words.h"

enum effect {
	/* The command ends at the sector. */
	EFFECT_SENSE,		/* it fails with this sense */
	EFFECT_ATTENTION,	/* it fails with a unit attention, as after a change of medium */
	EFFECT_NOT_READY,	/* from now on for a time, nothing is ready */
	EFFECT_SHORT,		/* half of the data, and good status */
	EFFECT_MUTE,		/* no answer until the host resets the drive */
	EFFECT_PHASE_ERROR,	/* the transport says that it lost the thread */
	EFFECT_GONE,		/* it leaves the bus */
	EFFECT_SWAP,		/* another medium is in it */
	EFFECT_EJECT,		/* no medium is in it */
	/* The command goes on. */
	EFFECT_SLOW,
	EFFECT_DIFFERS,		/* the first reading is true, each further one gives other bytes */
	EFFECT_ZEROS,
	EFFECT_WRONG,		/* bytes that are always wrong in the same way, read or written */
	EFFECT_VANISHES,	/* what is written is not there */
	EFFECT_SCRATCHED,	/* a CD: no 2048 bytes; raw ones are damaged and flagged by C2 */
};

#define FOR_EVER UINT64_MAX

struct fault {
	char *line;		/* as it was written, less blanks */
	bool on_read, on_write;
	uint64_t first, last;	/* sectors */
	enum effect effect;
	struct sense sense;	/* of EFFECT_SENSE */
	uint64_t time_ms;	/* how slow, how long not ready, back after so long */
	bool back;		/* EFFECT_GONE: comes back */
	char *name;		/* EFFECT_SWAP: the image; EFFECT_GONE: it comes back as; or NULL */
	uint64_t after, times;	/* lets so many commands go; then acts on so many */

	uint64_t touched;	/* commands that came as far as here */
	bool acts;		/* in this command */
};

/* What is to become of a command. */
struct verdict {
	struct fault *stop;	/* NULL: it goes through */
	uint64_t at;		/* the sector at which it stops */
	uint64_t wait_ms;	/* before the answer */
};

/* The words after "on": read, write or any, sectors, an effect and what belongs to it.
 * RR_FORMAT, RR_SYSTEM. The caller clears out, also after a failure. */
int fault_parse(struct words *w, struct fault *out, struct rr_err *err);
void fault_clear(struct fault *fault);

/* Judges a command that touches count sectors from first on, and counts it. The fault with the
 * lowest sector stops it; those behind are not reached, so it is not counted there. Of two at the
 * same sector the first in the list counts. */
struct verdict fault_judge(struct fault *fault, size_t n, bool writing, uint64_t first,
		uint64_t count);

/* Changes data of count sectors, read or about to be written, as the faults that act want it. */
void fault_spoil(const struct fault *fault, size_t n, uint64_t first, uint64_t count,
		uint32_t sector_size, uint8_t *data);

/* Does a fault with this effect act on this sector in the command that was judged last? */
bool fault_acts(const struct fault *fault, size_t n, enum effect effect, uint64_t sector);

/* A line that was there before goes on counting. */
void fault_keep_counts(struct fault *fault, size_t n, const struct fault *before, size_t nbefore);

#endif
