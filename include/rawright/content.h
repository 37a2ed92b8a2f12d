/* SPDX-License-Identifier: GPL-3.0-or-later */
/* content.h - what is on a medium: its partition table, its file systems and their labels. */
#ifndef RR_CONTENT_H
#define RR_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"

/* A partition, or (number 0) the medium as a whole when something stands on it without one. Strings
 * are owned, NULL when not known, and as foreign as the medium made them. */
struct rr_part {
	unsigned number;
	uint64_t off, len;	/* bytes of the medium; len 0: not known */
	char *type;		/* the table's word: "0x0c", or a GUID in lower case */
	char *name;		/* the table's own name for it (GPT) */
	char *fs;		/* libblkid's word: "vfat", "ext4", "swap", "crypto_LUKS" ... */
	char *label, *uuid;	/* of the file system */
};

struct rr_content {
	bool known;		/* udev or libblkid has looked; false: it may be anything */
	char *table;		/* "gpt", "dos", ...; NULL: none */
	char *table_uuid;
	struct rr_part *part;	/* by number; owned */
	size_t n;
};
void rr_content_clear(struct rr_content *content);	/* frees all, zeroes it */
/* A new part at the end, zeroed; NULL without memory. */
RR_MUST struct rr_part *rr_content_add(struct rr_content *content);
/* The label of the first part that has one; NULL. Not a copy. */
const char *rr_content_label(const struct rr_content *content);
/* One line for people, foreign texts as they are: "gpt: vfat \"EFI\", ext4 \"root\", 1 more";
 * "nothing recognised" where somebody looked (it need not be empty), "" where nobody did. At most
 * `most` parts are named (0: all). NULL without memory; the caller frees it. */
RR_MUST char *rr_content_text(const struct rr_content *content, size_t most);

#endif
