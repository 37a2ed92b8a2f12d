/* SPDX-License-Identifier: GPL-3.0-or-later */
/* signatures.c - what libblkid would still recognise on a medium by bytes at or behind a place.
 * Owns: a probe, while it looks.   Threads: any. */
#include <blkid/blkid.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gpt.h"
#include "rawright/inspect.h"
#include "rawright/io.h"
#include "rawright/size.h"

#define MOST 256	/* signatures, and steps of the search */
#define GPT_BACKUP "gpt backup"

static int add(struct rr_signature_list *list, uint64_t off, const char *name, struct rr_err *err)
{
	struct rr_signature *grown;

	for (size_t i = 0; i < list->n; i++)
		if (list->sig[i].off == off)
			return 0;
	grown = reallocarray(list->sig, list->n + 1, sizeof(*grown));
	if (!grown)
		return rr_fail_memory(err);
	list->sig = grown;
	grown += list->n++;
	*grown = (struct rr_signature){ .off = off };
	(void)snprintf(grown->name, sizeof(grown->name), "%s", name);	/* cut where too long */
	return 0;
}

/* One of two names: a file system's, or a partition table's. */
static const char *value_of(blkid_probe probe, const char *fs, const char *table, size_t *len)
{
	const char *value;

	if (blkid_probe_lookup_value(probe, fs, &value, len) == 0 ||
	    blkid_probe_lookup_value(probe, table, &value, len) == 0)
		return value;
	return NULL;
}

/* What the probe has just found; *off and *len say where its magic stands. False: it has none. */
static bool found(blkid_probe probe, const char **name, uint64_t *off, size_t *len)
{
	const char *place = value_of(probe, "SBMAGIC_OFFSET", "PTMAGIC_OFFSET", NULL);
	char *end;

	*name = value_of(probe, "TYPE", "PTTYPE", NULL);
	if (!place || !*name || !value_of(probe, "SBMAGIC", "PTMAGIC", len))
		return false;
	errno = 0;
	*off = strtoull(place, &end, 10);
	return errno == 0 && *end == '\0';
}

/* Each hit is hidden and looked for once more: the next copy of it may stand further behind. */
static int step(blkid_probe probe, uint64_t from, struct rr_signature_list *out,
		struct rr_err *err)
{
	const char *name;
	uint64_t off;
	size_t len;

	if (!found(probe, &name, &off, &len))
		return 0;
	if (off >= from &&
	    add(out, off, strcmp(name, "gpt") == 0 && off > 4096 ? GPT_BACKUP : name, err) < 0)
		return -1;
	if (blkid_probe_hide_range(probe, off, len) == 0)
		(void)blkid_probe_step_back(probe);	/* or the search goes on behind it */
	return 0;
}

static int search(blkid_probe probe, const char *name, uint64_t from,
		  struct rr_signature_list *out, struct rr_err *err)
{
	int rc = 1;

	for (size_t i = 0; i < MOST && (rc = blkid_do_probe(probe)) == 0; i++)
		if (step(probe, from, out, err) < 0)
			return -1;
	if (rc < 0)
		return rr_fail(err, RR_MEDIUM, 0,
			       "cannot read all of %s where signatures of file systems may stand",
			       name);
	return 0;
}

static bool prepare(blkid_probe probe, int fd, uint32_t sector)
{
	return probe && blkid_probe_set_device(probe, fd, 0, 0) == 0 &&
	       blkid_probe_set_sectorsize(probe, sector) == 0 &&
	       blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_MAGIC | BLKID_SUBLKS_TYPE |
							BLKID_SUBLKS_BADCSUM) == 0 &&
	       blkid_probe_enable_partitions(probe, 1) == 0 &&
	       blkid_probe_set_partitions_flags(probe, BLKID_PARTS_MAGIC) == 0;
}

/* libblkid takes a backup for one only when it fits this medium and sector size. */
static int look_for_backup(int fd, const char *name, uint64_t size, uint32_t sector,
			   uint64_t from, struct rr_signature_list *out, struct rr_err *err)
{
	const uint64_t sizes[] = { sector, 512, 4096 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		uint64_t off = rr_align_down(size, sizes[i]);
		struct rr_gpt gpt;
		int os;

		if (off < 2 * sizes[i] || off - sizes[i] < from)
			continue;
		off -= sizes[i];
		os = rr_gpt_read(fd, off, &gpt);
		if (os)
			return rr_fail(err,
				       rr_errno_is_unreadable(os) ? RR_MEDIUM : RR_SYSTEM, os,
				       "cannot read the last sector of %s", name);
		if (gpt.there && add(out, off, GPT_BACKUP, err) < 0)
			return -1;
	}
	return 0;
}

int rr_inspect_signatures(int fd, const char *name, uint32_t sector, uint64_t from,
			  struct rr_signature_list *out, struct rr_err *err)
{
	off_t size = lseek(fd, 0, SEEK_END);
	blkid_probe probe;
	int rc;

	*out = (struct rr_signature_list){ 0 };
	if (size < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot ask %s for its size", name);
	if (size == 0)
		return 0;
	probe = blkid_new_probe();
	rc = prepare(probe, fd, sector) ? search(probe, name, from, out, err) :
					  rr_fail_memory(err);
	blkid_free_probe(probe);	/* NULL allowed */
	if (!rc)
		rc = look_for_backup(fd, name, (uint64_t)size, sector, from, out, err);
	if (rc < 0)
		rr_signature_list_clear(out);
	return rc;
}

void rr_signature_list_clear(struct rr_signature_list *list)
{
	free(list->sig);
	*list = (struct rr_signature_list){ 0 };
}
