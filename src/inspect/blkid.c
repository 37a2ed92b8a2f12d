/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blkid.c - partition tables and file systems, as libblkid recognises them.
 * Owns: probes, while it looks.   Threads: any; a probe is never shared. */
#include <blkid/blkid.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "gpt.h"
#include "limits.h"
#include "rawright/fs.h"
#include "rawright/inspect.h"
#include "rawright/io.h"
#include "rawright/size.h"
#include "rawright/text.h"

#define TEXT_LIMIT  4096	/* bytes of a label */
#define UNIT	    512		/* bytes; libblkid counts partitions in it, whatever the sectors */

static void clean_probe(blkid_probe *probe)
{
	blkid_free_probe(*probe);	/* NULL allowed */
}
#define auto_probe __attribute__((cleanup(clean_probe)))

/* What is looked at. */
struct medium {
	int fd;
	const char *name;
	uint32_t sector;
	uint64_t size;
};

static int medium_open(struct medium *m, struct rr_err *err)
{
	off_t size = lseek(m->fd, 0, SEEK_END);

	if (size < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot ask %s for its size", m->name);
	m->size = m->size ? rr_min(m->size, (uint64_t)size) : (uint64_t)size;
	return 0;
}

/* libblkid gives no reason. A disc may be shorter after an error, to the kernel; else it is
 * memory. */
static int fail_probe(const struct medium *m, struct rr_err *err)
{
	off_t now = lseek(m->fd, 0, SEEK_END);

	if (now >= 0 && (uint64_t)now < m->size)
		return rr_fail(err, RR_MEDIUM, 0,
			       "the end of %s cannot be read, and the kernel cut it off: not all "
			       "that is on it is known",
			       m->name);
	return rr_fail_memory(err);
}

static int fail_read(const struct medium *m, int os, uint64_t off, struct rr_err *err)
{
	char where[RR_SIZE_TEXT];

	rr_fail(err, rr_errno_is_unreadable(os) ? RR_MEDIUM : RR_SYSTEM, os,
		"cannot read %s at %s", m->name, rr_size_grouped(where, off));
	return rr_fail_at(err, off, m->sector);
}

/* A part of the medium, [off, off + len), to be probed; NULL: not possible. */
static blkid_probe probe_new(const struct medium *m, uint64_t off, uint64_t len)
{
	blkid_probe probe = blkid_new_probe();

	if (probe && (blkid_probe_set_device(probe, m->fd, (blkid_loff_t)off,
					     (blkid_loff_t)len) != 0 ||
		      blkid_probe_set_sectorsize(probe, m->sector) != 0)) {
		blkid_free_probe(probe);
		return NULL;
	}
	return probe;
}

/* A copy of a text that is as long as the medium wants; NULL for none. */
static char *copy(const char *text)
{
	return text && *text ? strndup(text, TEXT_LIMIT) : NULL;
}

static char *value_of(blkid_probe probe, const char *name)
{
	const char *value;

	return blkid_probe_lookup_value(probe, name, &value, NULL) == 0 ? copy(value) : NULL;
}

static int set_fs(struct rr_part *part, const char *fs, struct rr_err *err)
{
	part->fs = strdup(fs);
	return part->fs ? 0 : rr_fail_memory(err);
}

static int probe_fs(const struct medium *m, blkid_probe probe, struct rr_part *part,
		    struct rr_err *err)
{
	int rc;

	if (!probe || blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_LABEL |
							       BLKID_SUBLKS_UUID |
							       BLKID_SUBLKS_TYPE) != 0)
		return fail_probe(m, err);
	rc = blkid_do_safeprobe(probe);
	if (rc < 0)
		return set_fs(part, rc == -2 ? RR_FS_AMBIVALENT : RR_FS_UNREADABLE, err);
	if (rc > 0)
		return 0;
	part->fs = value_of(probe, "TYPE");
	part->label = value_of(probe, "LABEL");
	part->uuid = value_of(probe, "UUID");
	return 0;
}

/* The file system on the part, as much of it as is there; fs stays NULL where there is none. */
static int find_fs(const struct medium *m, struct rr_part *part, struct rr_err *err)
{
	uint64_t len = part->off < m->size ? rr_min(part->len, m->size - part->off) : 0;
	auto_probe blkid_probe probe = NULL;
	const char *too_large = NULL;

	if (len && rr_table_too_large(m->fd, part->off, len, m->sector, &too_large) != 0)
		return set_fs(part, RR_FS_UNREADABLE, err);
	if (!len || too_large)
		return 0;
	probe = probe_new(m, part->off, len);
	return probe_fs(m, probe, part, err);
}

/* What stands on the medium as a whole, beside its table if it has one (a hybrid CD image). */
static int find_whole(const struct medium *m, struct rr_content *out, struct rr_err *err)
{
	struct rr_part whole = { .len = m->size }, *part;
	int rc = find_fs(m, &whole, err);

	if (rc < 0 || !whole.fs)
		return rc;
	part = rr_content_add(out);
	if (!part) {
		free(whole.fs);
		free(whole.label);
		free(whole.uuid);
		return rr_fail_memory(err);
	}
	*part = whole;
	return 0;
}

static char *type_of(blkid_partition from)
{
	const char *type = blkid_partition_get_type_string(from);

	return type ? copy(type) : rr_text_format("0x%02x", blkid_partition_get_type(from) & 0xff);
}

/* Numbers that no medium can have are left out. */
static int add_part(blkid_partition from, struct rr_content *out, struct rr_err *err)
{
	blkid_loff_t start = blkid_partition_get_start(from), len = blkid_partition_get_size(from);
	struct rr_part *part;
	uint64_t off, end, bytes;

	if (start < 0 || len < 0 || __builtin_mul_overflow((uint64_t)start, UNIT, &off) ||
	    __builtin_mul_overflow((uint64_t)len, UNIT, &bytes) ||
	    !rr_extent_end(off, bytes, &end) || end > INT64_MAX)
		return 0;
	part = rr_content_add(out);
	if (!part)
		return rr_fail_memory(err);
	part->number = (unsigned)blkid_partition_get_partno(from);
	part->off = off;
	part->len = bytes;
	part->type = type_of(from);
	part->name = copy(blkid_partition_get_name(from));
	return 0;
}

/* An extended partition is a frame for others: no file system is looked for in it. */
static int add_parts(const struct medium *m, blkid_partlist list, struct rr_content *out,
		     struct rr_err *err)
{
	int n = blkid_partlist_numof_partitions(list);

	for (int i = 0; i < n && out->n < RR_INSPECT_PARTS; i++) {
		blkid_partition from = blkid_partlist_get_partition(list, i);
		size_t before = out->n;

		if (add_part(from, out, err) < 0)
			return -1;
		if (out->n > before && !blkid_partition_is_extended(from) &&
		    find_fs(m, &out->part[before], err) < 0)
			return -1;
	}
	return 0;
}

static int by_number(const void *a, const void *b)
{
	unsigned x = ((const struct rr_part *)a)->number, y = ((const struct rr_part *)b)->number;

	return x < y ? -1 : x > y;
}

static int find_by_libblkid(const struct medium *m, struct rr_content *out, struct rr_err *err)
{
	auto_probe blkid_probe probe = probe_new(m, 0, m->size);
	blkid_partlist list;
	blkid_parttable table;

	if (!probe || blkid_probe_enable_superblocks(probe, 0) != 0 ||
	    blkid_probe_enable_partitions(probe, 1) != 0)
		return fail_probe(m, err);
	list = blkid_probe_get_partitions(probe);
	table = list ? blkid_partlist_get_table(list) : NULL;
	if (!table)
		return 0;
	out->table = copy(blkid_parttable_get_type(table));
	out->table_uuid = copy(blkid_parttable_get_id(table));
	return add_parts(m, list, out, err);
}

static int find_in_cut(const struct medium *m, const struct rr_gpt *gpt, struct rr_content *out,
		       struct rr_err *err)
{
	if (rr_gpt_parts(m->fd, m->name, m->sector, gpt, out, err) < 0)
		return -1;
	for (size_t i = 0; i < out->n; i++)
		if (find_fs(m, &out->part[i], err) < 0)
			return -1;
	return 0;
}

static int find_table(const struct medium *m, struct rr_content *out, struct rr_err *err)
{
	const char *too_large;
	struct rr_gpt gpt;
	int os = rr_table_too_large(m->fd, 0, m->size, m->sector, &too_large);

	if (!os)
		os = rr_gpt_read(m->fd, m->sector, &gpt);
	if (os)
		return fail_read(m, os, m->sector, err);
	if (too_large) {
		out->table = copy(too_large);
		return 0;
	}
	return rr_gpt_is_cut(&gpt, m->size, m->sector) ? find_in_cut(m, &gpt, out, err) :
							 find_by_libblkid(m, out, err);
}

int rr_inspect_content(int fd, const char *name, uint32_t sector, uint64_t size,
		       struct rr_content *out, struct rr_err *err)
{
	struct medium m = { .fd = fd, .name = name, .sector = sector, .size = size };
	char first[UNIT];
	size_t got;
	int os, rc = medium_open(&m, err);

	*out = (struct rr_content){ 0 };
	if (rc < 0)
		return -1;
	os = rr_pread(fd, first, sizeof(first), 0, &got);
	if (os)
		return fail_read(&m, os, 0, err);
	if (m.size)
		rc = find_table(&m, out, err);
	if (m.size && !rc)
		rc = find_whole(&m, out, err);
	if (rc < 0) {
		rr_content_clear(out);
		return -1;
	}
	if (out->n)
		qsort(out->part, out->n, sizeof(*out->part), by_number);
	out->known = true;
	return 0;
}
