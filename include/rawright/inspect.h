/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inspect.h - what is on a drive or in an image file: partition tables, file systems, boot sectors,
 * containers. Reads a little, writes nothing; everything found is foreign. */
#ifndef RR_INSPECT_H
#define RR_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"
#include "rawright/content.h"
#include "rawright/err.h"

/* inspect/blkid.c. Partition table, partitions and file systems of the open drive or image, by
 * libblkid: of the whole, and of each partition where it begins. fd is read and not kept; sector:
 * bytes. name is for messages. Nothing found is no error (out->known is set, out->n 0); what cannot
 * be read is RR_MEDIUM or RR_SYSTEM. */
RR_MUST int rr_inspect_content(int fd, const char *name, uint32_t sector, struct rr_content *out,
			       struct rr_err *err);

/* What libblkid would still recognise by bytes that lie at or after from: old RAID, file-system and
 * table signatures at a medium's end, a backup GPT among them. */
struct rr_signature {
	uint64_t off;		/* of its magic */
	char name[32];		/* "gpt backup", "linux_raid_member", ... */
};
struct rr_signature_list {
	struct rr_signature *sig;
	size_t n;
};
RR_MUST int rr_inspect_signatures(int fd, const char *name, uint32_t sector, uint64_t from,
				  struct rr_signature_list *out, struct rr_err *err);
void rr_signature_list_clear(struct rr_signature_list *list);

/* inspect/containers.c. What a file is when it is no raw image, by its first bytes: compressed
 * streams, archives, containers of other programs. NULL: nothing that is known here. */
struct rr_container {
	const char *name;	/* "gzip", "xz", "zip", "ewf" ... */
	const char *brief;	/* "compressed with gzip" */
	const char *unpack;	/* a command that writes the raw image to standard output, %s
				 * being the file: "gzip -dc %s"; NULL: there is none as simple */
};
#define RR_CONTAINER_HEAD ((size_t)64 << 10)	/* bytes of the head that are looked at, at most */
const struct rr_container *rr_inspect_container(const void *head, size_t len);

#endif
