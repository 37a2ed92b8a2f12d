/* SPDX-License-Identifier: GPL-3.0-or-later */
/* boot_sector.c - decodes the boot sector of a FAT file system.
 * Owns: nothing.   Threads: any.
 *
 * The offsets are those of fatgen103, "Boot Sector and BPB Structure". */
#include <string.h>

#include "rawright/boot_sector.h"

#define BOOT_BYTES    512
#define DIR_ENTRY     32	/* bytes of an entry of the root directory */
#define FAT16_LEAST   4085	/* fatgen103, "FAT Type Determination": with fewer clusters FAT12 */
#define FAT32_LEAST   65525	/* with fewer FAT16 */
#define FLOPPY_LARGEST 2949120	/* bytes: what is larger has any geometry it likes */

static uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static uint32_t le32(const uint8_t *p)
{
	return le16(p) | (uint32_t)le16(p + 2) << 16;
}

static bool is_power(unsigned n)
{
	return n && (n & (n - 1)) == 0;
}

static bool is_media(uint8_t byte)
{
	return byte == 0xf0 || byte >= 0xf8;
}

/* Where the extended boot record begins: behind the BPB of FAT12/16, or behind that of FAT32,
 * which has no 16-bit size of the FAT. */
static size_t extended_at(const uint8_t *b)
{
	return le16(b + 22) ? 36 : 64;
}

static void take_extended(const uint8_t *b, struct rr_boot_sector *out)
{
	const uint8_t *p = b + extended_at(b);

	out->serial_known = p[2] == 0x28 || p[2] == 0x29;
	out->label_known = p[2] == 0x29;
	if (out->serial_known)
		out->serial = le32(p + 3);
	if (!out->label_known)
		return;
	memcpy(out->label, p + 7, sizeof(out->label));
	memcpy(out->type_text, p + 18, sizeof(out->type_text));
}

static void take_bpb(const uint8_t *b, struct rr_boot_sector *out)
{
	out->sector = le16(b + 11);
	out->cluster_sectors = b[13];
	out->reserved = le16(b + 14);
	out->fats = b[16];
	out->root_entries = le16(b + 17);
	out->sectors = le16(b + 19) ? le16(b + 19) : le32(b + 32);
	out->media = b[21];
	out->fat_sectors = le16(b + 22) ? le16(b + 22) : le32(b + 36);
	out->track_sectors = le16(b + 24);
	out->heads = le16(b + 26);
	/* DOS 2 had 16 bits here, and code behind them */
	out->hidden = out->serial_known || !le16(b + 19) ? le32(b + 28) : le16(b + 28);
}

/* Numbers that a FAT can have. Anything else may stand in the first bytes of any disk. */
static bool is_possible(const struct rr_boot_sector *b)
{
	return is_power(b->sector) && b->sector >= 128 && b->sector <= 4096 &&
	       is_power(b->cluster_sectors) && b->reserved && b->fats && b->fats <= 4 &&
	       b->sectors && b->fat_sectors && is_media(b->media);
}

/* What DOS 1 and 2 took for granted, by the first byte of the FAT in the second sector. */
static bool take_old(const uint8_t *b, size_t len, uint64_t medium, struct rr_boot_sector *out)
{
	const struct rr_floppy_format *format;

	if (len < BOOT_BYTES + 3 || b[BOOT_BYTES + 1] != 0xff || b[BOOT_BYTES + 2] != 0xff)
		return false;
	format = rr_floppy_format_old(b[BOOT_BYTES]);
	if (!format || rr_floppy_format_size(format) != medium)
		return false;
	out->sector = format->sector;
	out->cluster_sectors = format->old_cluster;
	out->reserved = 1;
	out->fats = 2;
	out->root_entries = format->old_root;
	out->sectors = (uint32_t)(medium / format->sector);
	out->media = format->media;
	out->fat_sectors = format->old_fat;
	out->track_sectors = format->sectors;
	out->heads = format->heads;
	out->serial_known = out->label_known = false;
	out->hidden = 0;
	return true;
}

/* fatgen103, "FAT Type Determination". Drivers take what has no 16-bit FAT size for FAT32. */
static void count_clusters(struct rr_boot_sector *b, bool fat32)
{
	uint64_t root = ((uint64_t)b->root_entries * DIR_ENTRY + b->sector - 1) / b->sector;
	uint64_t before = b->reserved + (uint64_t)b->fats * b->fat_sectors + root;
	uint64_t room;

	b->clusters = before < b->sectors ? (uint32_t)((b->sectors - before) / b->cluster_sectors) :
					    0;
	if (!b->clusters) {
		b->doubts |= RR_BOOT_NO_DATA;
		return;
	}
	b->fat_bits = fat32			  ? 32 :
		      b->clusters < FAT16_LEAST ? 12 :
		      b->clusters < FAT32_LEAST ? 16 :
						    32;
	if (fat32 && b->clusters < FAT32_LEAST)
		b->doubts |= RR_BOOT_FEW_CLUSTERS;
	room = (uint64_t)b->fat_sectors * b->sector * 8 / b->fat_bits;
	if (room < (uint64_t)b->clusters + 2)	/* the first two entries are not for clusters */
		b->doubts |= RR_BOOT_FAT_SIZE;
}

static void look_at_fat(const uint8_t *bytes, size_t len, struct rr_boot_sector *b)
{
	uint64_t at = (uint64_t)b->reserved * b->sector;

	b->fat_media = at < len ? bytes[at] : -1;
	if (b->fat_media >= 0 && b->fat_media != b->media)
		b->doubts |= RR_BOOT_MEDIA;
}

/* Only for what is as large as a floppy format is. */
static void look_at_geometry(struct rr_boot_sector *b)
{
	b->format = rr_floppy_format_of(b->bytes, b->heads, b->track_sectors);
	if (!b->format && b->bytes <= FLOPPY_LARGEST && rr_floppy_format_of_size(b->bytes, NULL))
		b->doubts |= RR_BOOT_GEOMETRY;
	if (b->format && b->format->media && b->format->media != b->media)
		b->doubts |= RR_BOOT_FORMAT_MEDIA;
}

static void look_at_text(struct rr_boot_sector *b)
{
	static const struct {
		const char *text;
		unsigned bits;
	} types[] = { { "FAT12   ", 12 }, { "FAT16   ", 16 }, { "FAT32   ", 32 } };

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (b->label_known && b->fat_bits && b->fat_bits != types[i].bits &&
		    memcmp(b->type_text, types[i].text, sizeof(b->type_text)) == 0)
			b->doubts |= RR_BOOT_TYPE_TEXT;
}

static void look_at_size(struct rr_boot_sector *b, uint64_t medium)
{
	if (medium && b->bytes > medium)
		b->doubts |= RR_BOOT_BEYOND;
	if (medium && b->bytes < medium)
		b->doubts |= RR_BOOT_SHORT;
}

bool rr_boot_sector_decode(const void *bytes, size_t len, uint64_t medium,
			   struct rr_boot_sector *out)
{
	const uint8_t *b = bytes;
	bool fat32;

	*out = (struct rr_boot_sector){ .fat_media = -1 };
	if (len < BOOT_BYTES)
		return false;
	out->signature = b[510] == 0x55 && b[511] == 0xaa;
	out->jump = (b[0] == 0xeb && b[2] == 0x90) || b[0] == 0xe9;
	memcpy(out->oem, b + 3, sizeof(out->oem));
	take_extended(b, out);
	take_bpb(b, out);
	out->bpb = is_possible(out);
	if (!out->bpb && !take_old(b, len, medium, out))
		return false;
	fat32 = out->bpb && !le16(b + 22);
	out->bytes = (uint64_t)out->sectors * out->sector;
	if (out->bpb && !out->signature)
		out->doubts |= RR_BOOT_SIGNATURE;
	if (out->bpb && !out->jump)
		out->doubts |= RR_BOOT_JUMP;
	count_clusters(out, fat32);
	look_at_fat(b, len, out);
	look_at_geometry(out);
	look_at_text(out);
	look_at_size(out, medium);
	return true;
}
