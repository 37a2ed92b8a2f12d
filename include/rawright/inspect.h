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
#include "rawright/disc.h"
#include "rawright/err.h"
#include "rawright/fact.h"

/* inspect/gpt.c. The sector size in bytes by which the GPT on the open file counts: an image of a
 * drive with sectors of 4,096 bytes is a file like any other. Without a GPT it is `sector`. */
uint32_t rr_inspect_sector(int fd, uint32_t sector);

/* inspect/blkid.c. Partition table, partitions and file systems of the open drive or image, by
 * libblkid: of the whole, and of each partition where it begins. fd is read and not kept; sector:
 * bytes. name is for messages. Nothing found is no error (out->known is set, out->n 0). When the
 * first sector cannot be read: RR_MEDIUM or RR_SYSTEM, and out is left cleared; a part whose file
 * system cannot be looked for has fs RR_FS_UNREADABLE, one with several RR_FS_AMBIVALENT. Parts may
 * reach behind the end of what is open. At most RR_INSPECT_PARTS of them are kept; a table that
 * claims far more than that is named and has none. size: no byte behind it is looked at, and a disc
 * that the kernel cut meanwhile is no trouble; 0: all that is open. */
#define RR_FS_AMBIVALENT "ambivalent"
#define RR_FS_UNREADABLE "unreadable"
#define RR_INSPECT_PARTS 256u
RR_MUST int rr_inspect_content(int fd, const char *name, uint32_t sector, uint64_t size,
		struct rr_content *out,			       struct rr_err *err);

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
	const char *convert;	/* one that makes the file raw.img of it, where unpack is NULL */
};
#define RR_CONTAINER_HEAD ((size_t)64 << 10)	/* bytes of the head that are looked at, at most */
const struct rr_container *rr_inspect_container(const void *head, size_t len);
/* The same by the last bytes, which some write instead: a footer of RR_CONTAINER_TAIL bytes. */
#define RR_CONTAINER_TAIL ((size_t)512)
const struct rr_container *rr_inspect_trailer(const void *tail, size_t len);
/* Both, of an open file; *out NULL: nothing that is known here. size: its bytes; 0 where the last
 * ones tell nothing, as on a drive. -1 with RR_MEDIUM when not all could be read; *out is then what
 * the rest told. */
RR_MUST int rr_inspect_file(int fd, const char *name, uint64_t size,
			    const struct rr_container **out, struct rr_err *err);
/* unpack or convert, with the file's name put in; the word FILE instead of a name that a shell
 * would not take as it is. NULL without memory. The caller frees it. */
RR_MUST char *rr_container_command(const char *command, const char *path);

/* inspect/disc_facts.c. What an optical drive said of its disc, of which size bytes can be read;
 * what does not fit is a doubt. Nothing when the disc is not known. */
void rr_disc_facts(const struct rr_disc *disc, uint64_t size, struct rr_fact_list *facts);

/* inspect/table.c. What else can be recognised: one file each, which adds what it found as facts,
 * and adds none where it found nothing of its kind. */
struct rr_subject {
	int fd;				/* readable, of a block device or plain file */
	const char *name;		/* for messages */
	uint64_t size;			/* bytes */
	uint32_t sector;		/* bytes */
	const struct rr_content *content;
};
struct rr_inspector {
	const char *name;
	/* -1: RR_MEDIUM or RR_SYSTEM; facts that were found before stay */
	int (*look)(const struct rr_subject *subject, struct rr_fact_list *facts,
			struct rr_err *err);
};
extern const struct rr_inspector rr_inspector_layout, rr_inspector_fat;
/* All of them, in the order in which they are shown; NULL after the last. */
extern const struct rr_inspector *const rr_inspectors[];

#endif
