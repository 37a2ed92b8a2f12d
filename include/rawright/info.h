/* SPDX-License-Identifier: GPL-3.0-or-later */
/* info.h - all that is known of one drive or image file, for people and as JSON. */
#ifndef RR_INFO_H
#define RR_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"
#include "rawright/content.h"
#include "rawright/drive.h"
#include "rawright/err.h"
#include "rawright/fact.h"
#include "rawright/inspect.h"

/* A file beside an image that tells about it. */
struct rr_beside {
	char *path;		/* owned */
	const char *what;	/* one of our own words: "record", "map", "checksums" ... */
	char *text;		/* what it says, in a few words; may be foreign; owned */
};

struct rr_info {
	struct rr_node node;
	bool use_known;
	struct rr_use use;
	bool judged;
	struct rr_verdict verdict;	/* may it be written? */
	char *unknown;		/* why use or verdict are not known; NULL: they are; owned */

	bool opened;		/* it could be: size is what it has, sector how it is read */
	uint64_t size;
	uint32_t sector;
	char *trouble;		/* what could not be read or opened, and why; NULL: all; owned */
	struct rr_content content;	/* not known: node.content, as udev sees it, is left */
	const struct rr_container *container;	/* NULL: a raw image, as far as is known */
	char *unpack;		/* a command that makes a raw image of it; NULL; owned */
	struct rr_fact_list about;	/* a file's size, in every way that may help */
	struct rr_fact_list facts;	/* what stands on it */
	struct rr_beside *beside;	/* owned */
	size_t nbeside;
};
/* report/info_text.c: lines that fit `width` columns, where words are not longer; ready for a
 * terminal. NULL without memory; the caller frees it. */
RR_MUST char *rr_report_info_text(const struct rr_info *info, unsigned width);
/* report/info_json.c: one object on one line, as rawright(1) describes it. Strings are made
 * printable; where that changed one, its bytes stand beside it in hex. name is for messages. */
RR_MUST int rr_report_info(const struct rr_info *info, int fd, const char *name,
		struct rr_err *err);

#endif
