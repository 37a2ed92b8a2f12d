/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fat.c - the boot sectors of FAT file systems: of the whole medium, and of its partitions.
 * Owns: nothing.   Threads: any. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rawright/boot_sector.h"
#include "rawright/fs.h"
#include "rawright/inspect.h"
#include "rawright/io.h"
#include "rawright/size.h"
#include "rawright/text.h"

#define HEAD  ((size_t)64 << 10)	/* bytes looked at: even FAT32 has its FAT there */
#define MOST  8				/* partitions that are looked at */

/* Without the blanks that pad it; foreign. NULL without memory. */
static char *field(const uint8_t *p, size_t len)
{
	while (len && (p[len - 1] == ' ' || p[len - 1] == '\0'))
		len--;
	return rr_text_printable_bytes(p, len);
}

static void add_names(const struct rr_boot_sector *b, const char *group, struct rr_fact_list *facts)
{
	rr_autofree char *oem = field(b->oem, sizeof(b->oem));
	rr_autofree char *label = field(b->label, sizeof(b->label));

	if (b->fat_bits)
		rr_fact_number(facts, group, "type", b->fat_bits, "FAT%u%s", b->fat_bits,
			       b->bpb ? "" : ", without a BPB: as DOS 1 made it");
	if (b->bpb && oem && *oem)
		rr_fact_add(facts, group, "OEM name", "%s", oem);
	if (b->label_known && label)
		rr_fact_add(facts, group, "volume label", "%s", *label ? label : "(empty)");
	if (b->serial_known)
		rr_fact_add(facts, group, "volume serial", "%04X-%04X", b->serial >> 16,
			    b->serial & 0xffff);
}

static void add_geometry(const struct rr_boot_sector *b, const char *group,
			 struct rr_fact_list *facts)
{
	uint64_t track = (uint64_t)b->track_sectors * b->heads * b->sector;

	if (b->format)
		rr_fact_add(facts, group, "floppy format", "%s", b->format->name);
	if (track && b->bytes % track == 0)
		rr_fact_add(facts, group, "geometry",
			    "%" PRIu64 " cylinders, %u heads, %u sectors a track",
			    b->bytes / track, b->heads, b->track_sectors);
	else
		rr_fact_add(facts, group, "geometry", "%u heads, %u sectors a track", b->heads,
			    b->track_sectors);
}

static void add_sizes(const struct rr_boot_sector *b, const char *group, struct rr_fact_list *facts)
{
	char n[RR_SIZE_TEXT], bytes[RR_SIZE_TEXT];

	rr_fact_number(facts, group, "size", b->bytes, "%s sectors of %u, %s bytes",
		       rr_size_grouped(n, b->sectors), b->sector,
		       rr_size_grouped(bytes, b->bytes));
	rr_fact_number(facts, group, "clusters", b->clusters, "%s of %u sector%s",
		       rr_size_grouped(n, b->clusters), b->cluster_sectors,
		       b->cluster_sectors == 1 ? "" : "s");
	rr_fact_add(facts, group, "layout",
		    "%u reserved, %u FAT%s of %" PRIu32 " sector%s, %u root entries", b->reserved,
		    b->fats, b->fats == 1 ? "" : "s", b->fat_sectors,
		    b->fat_sectors == 1 ? "" : "s", b->root_entries);
	if (b->hidden)
		rr_fact_number(facts, group, "hidden sectors", b->hidden, "%s",
			       rr_size_grouped(n, b->hidden));
	rr_fact_number(facts, group, "media byte", b->media, "0x%02x", b->media);
	rr_fact_add(facts, group, "signature", "%s", b->signature ? "55 AA" : "none");
}

static void doubt_size(const struct rr_boot_sector *b, uint64_t medium, const char *group,
		       struct rr_fact_list *facts)
{
	char claim[RR_SIZE_TEXT], real[RR_SIZE_TEXT], diff[RR_SIZE_TEXT];

	rr_size_grouped(claim, b->bytes);
	rr_size_grouped(real, medium);
	if (b->doubts & RR_BOOT_BEYOND)
		rr_fact_doubt(facts, group,
			      "the file system has %s bytes and there are only %s: the last %s are "
			      "missing",
			      claim, real, rr_size_grouped(diff, b->bytes - medium));
	if (b->doubts & RR_BOOT_SHORT)
		rr_fact_doubt(facts, group,
			      "the file system ends before the medium: %s bytes of %s", claim,
			      real);
}

static void doubt_floppy(const struct rr_boot_sector *b, const char *group,
			 struct rr_fact_list *facts)
{
	if (b->doubts & RR_BOOT_MEDIA)
		rr_fact_doubt(facts, group,
			      "the media byte is 0x%02x in the boot sector and 0x%02x in the FAT",
			      b->media, (unsigned)b->fat_media);
	if (b->doubts & RR_BOOT_GEOMETRY)
		rr_fact_doubt(facts, group,
			      "no floppy format of this size has %u heads and %u sectors a track",
			      b->heads, b->track_sectors);
	if (b->doubts & RR_BOOT_FORMAT_MEDIA)
		rr_fact_doubt(facts, group,
			      "the media byte of a floppy of this format is 0x%02x, not 0x%02x",
			      b->format->media, b->media);
}

static void doubt_structure(const struct rr_boot_sector *b, const char *group,
			    struct rr_fact_list *facts)
{
	rr_autofree char *type = field(b->type_text, sizeof(b->type_text));

	if (b->doubts & RR_BOOT_TYPE_TEXT)
		rr_fact_doubt(facts, group,
			      "the boot sector says %s; by the number of clusters it is FAT%u",
			      type ? type : "otherwise", b->fat_bits);
	if (b->doubts & RR_BOOT_FAT_SIZE)
		rr_fact_doubt(facts, group, "the FAT is too small for all clusters");
	if (b->doubts & RR_BOOT_FEW_CLUSTERS)
		rr_fact_doubt(facts, group,
			      "it is laid out as FAT32, but has fewer clusters than that needs");
	if (b->doubts & RR_BOOT_NO_DATA)
		rr_fact_doubt(facts, group,
			      "the FATs and the root directory leave no room for files");
	if (b->doubts & RR_BOOT_SIGNATURE)
		rr_fact_doubt(facts, group,
			      "the signature 55 AA is missing: common before DOS 3.3, and on Atari "
			      "disks");
	if (b->doubts & RR_BOOT_JUMP)
		rr_fact_doubt(facts, group, "it does not begin with a jump: a PC cannot boot it");
}

static void add_all(const struct rr_boot_sector *b, uint64_t medium, const char *group,
		    struct rr_fact_list *facts)
{
	add_names(b, group, facts);
	add_geometry(b, group, facts);
	add_sizes(b, group, facts);
	doubt_size(b, medium, group, facts);
	doubt_floppy(b, group, facts);
	doubt_structure(b, group, facts);
}

/* Is there a FAT in [off, off + len)? */
static int look_at(const struct rr_subject *s, uint64_t off, uint64_t len, const char *group,
		   struct rr_fact_list *facts, struct rr_err *err)
{
	rr_autofree uint8_t *head = malloc(HEAD);
	struct rr_boot_sector b;
	size_t got;
	int os;

	if (!head)
		return rr_fail_memory(err);
	os = rr_pread(s->fd, head, (size_t)rr_min(HEAD, len), off, &got);
	if (os && !got) {
		rr_fail(err, rr_errno_is_unreadable(os) ? RR_MEDIUM : RR_SYSTEM, os,
			"cannot read the boot sector of %s", s->name);
		return rr_fail_at(err, off, s->sector);
	}
	if (rr_boot_sector_decode(head, got, len, &b))
		add_all(&b, len, group, facts);
	return 0;
}

/* A partition may reach behind the end of a cut image: then its FAT does so as well, and that is
 * told there. */
static int look_at_part(const struct rr_subject *s, const struct rr_part *part,
			struct rr_fact_list *facts, struct rr_err *err)
{
	char group[64];

	(void)snprintf(group, sizeof(group), "boot sector of partition %u", part->number);
	if (part->off >= s->size)
		return 0;
	return look_at(s, part->off, part->len, group, facts, err);
}

static int fat_look(const struct rr_subject *s, struct rr_fact_list *facts, struct rr_err *err)
{
	size_t seen = 0;

	if (s->size && look_at(s, 0, s->size, "boot sector", facts, err) < 0)
		return -1;
	for (size_t i = 0; i < s->content->n && seen < MOST; i++) {
		const struct rr_part *part = &s->content->part[i];

		if (!part->number || !part->fs || strcmp(part->fs, "vfat") != 0)
			continue;
		seen++;
		if (look_at_part(s, part, facts, err) < 0)
			return -1;
	}
	return 0;
}

const struct rr_inspector rr_inspector_fat = { .name = "fat", .look = fat_look };
