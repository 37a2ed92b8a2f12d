/* SPDX-License-Identifier: GPL-3.0-or-later */
/* numeric.c - whole percents of all phases together, a line each, as `dialog --gauge` reads them:
 * never falling, 100 only when all is well.
 * Owns: nothing; the descriptor is the caller's.   Threads: main. */
#include <stdlib.h>
#include <string.h>

#include "rawright/event.h"
#include "rawright/fs.h"
#include "rawright/text.h"

#define LAST 99		/* before the end */

struct numeric {
	struct rr_reporter base;
	int fd;
	bool lost;		/* nobody reads any more */
	unsigned shown, phases;
	unsigned from, to;	/* the share of this phase, percents */
};

static void show(struct numeric *n, unsigned percent)
{
	rr_autofree char *line = rr_text_format("%u\n", percent);

	if (line && !n->lost)
		n->lost = rr_pwrite(n->fd, line, strlen(line), RR_STREAM, NULL) != 0;
	n->shown = percent;
}

/* Where the number of passes is not known, a copy is taken for half of what is to come. */
static void begin(struct numeric *n, const struct rr_event *ev)
{
	const char *name = ev->name ? ev->name : "";

	n->from = n->to = n->shown;
	if (strcmp(name, "flush") == 0 || strcmp(name, "identify") == 0)
		return;			/* short, or nobody knows how far it is */
	n->to = LAST;
	if (ev->parts && ev->part) {
		n->from = LAST * (ev->part - 1) / ev->parts;
		n->to = LAST * ev->part / ev->parts;
	} else if (n->phases == 0 && strcmp(name, "copy") == 0) {
		n->to = LAST / 2;
	}
	n->phases++;
}

static void progress(struct numeric *n, const struct rr_progress *now, bool asked)
{
	double done = now->total ? (double)now->bytes / (double)now->total : 0;
	unsigned percent = n->from;

	if (n->to > n->from)
		percent += (unsigned)((n->to - n->from) * (done < 1 ? done : 1));
	if (percent > n->shown || asked)
		show(n, percent > n->shown ? percent : n->shown);
}

static int numeric_event(struct rr_reporter *base, const struct rr_event *ev)
{
	struct numeric *n = (struct numeric *)base;

	switch (ev->type) {
	case RR_EV_START:
		n->phases = 0;
		show(n, 0);
		break;
	case RR_EV_PHASE:
		begin(n, ev);
		break;
	case RR_EV_PROGRESS:
		progress(n, &ev->now, ev->asked);
		break;
	case RR_EV_END:
		if (ev->result && ev->result->exit == RR_EXIT_OK)
			show(n, 100);
		break;
	case RR_EV_RANGE:
	case RR_EV_DONE:
	case RR_EV_NOTE:
	case RR_EV_DIGEST:
		break;
	}
	return 0;
}

static void numeric_close(struct rr_reporter *base)
{
	free(base);
}

int rr_numeric_new(int fd, struct rr_reporter **out, struct rr_err *err)
{
	struct numeric *n = calloc(1, sizeof(*n));

	if (!n)
		return rr_fail_memory(err);
	n->base = (struct rr_reporter){ .event = numeric_event, .close = numeric_close };
	n->fd = fd;
	*out = &n->base;
	return 0;
}
