/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gpt.c - headers of GUID partition tables, where they are and where they should be.
 * Owns: nothing.   Threads: any. */
#include <string.h>

#include "gpt.h"
#include "rawright/fs.h"
#include "rawright/inspect.h"

#define HEADER_LEAST 92		/* bytes of a header; its CRC is over HeaderSize bytes */
#define HEADER_BYTES 512	/* as much of it as is looked at */

static uint32_t le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t le64(const uint8_t *p)
{
	return le32(p) | (uint64_t)le32(p + 4) << 32;
}

/* CRC-32 of ISO 3309, bit by bit: a header is short. */
static uint32_t crc32_of(const uint8_t *p, size_t len)
{
	uint32_t crc = UINT32_MAX;

	for (; len--; p++) {
		crc ^= *p;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return ~crc;
}

/* The CRC is made with its own field as zeros. */
static bool is_sound(uint8_t *header)
{
	uint32_t size = le32(header + 12), crc = le32(header + 16);

	if (size < HEADER_LEAST || size > HEADER_BYTES)
		return false;
	memset(header + 16, 0, 4);
	return crc32_of(header, size) == crc;
}

int rr_gpt_read(int fd, uint64_t off, struct rr_gpt *out)
{
	uint8_t h[HEADER_BYTES];
	size_t got;
	int os;

	*out = (struct rr_gpt){ 0 };
	if (off > INT64_MAX - sizeof(h))
		return 0;
	os = rr_pread(fd, h, sizeof(h), off, &got);
	if (os || got < sizeof(h) || memcmp(h, "EFI PART", 8) != 0)
		return os;
	out->there = true;
	out->own = le64(h + 24);
	out->alternate = le64(h + 32);
	memcpy(out->guid, h + 56, sizeof(out->guid));
	out->first = le64(h + 40);
	out->last = le64(h + 48);
	out->entries_at = le64(h + 72);
	out->entries = le32(h + 80);
	out->entry_bytes = le32(h + 84);
	out->sound = is_sound(h);
	return 0;
}

uint64_t rr_gpt_entries_bytes(const struct rr_gpt *gpt)
{
	return (uint64_t)gpt->entries * gpt->entry_bytes;
}

bool rr_gpt_is_cut(const struct rr_gpt *gpt, uint64_t size, uint32_t sector)
{
	return gpt->sound && gpt->own == 1 && gpt->alternate >= size / sector;
}

uint32_t rr_inspect_sector(int fd, uint32_t sector)
{
	static const uint32_t sizes[] = { 512, 4096, 2048, 1024 };
	struct rr_gpt gpt;

	if (rr_gpt_read(fd, sector, &gpt) == 0 && gpt.there)
		return sector;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
		if (rr_gpt_read(fd, sizes[i], &gpt) == 0 && gpt.there && gpt.own == 1)
			return sizes[i];
	return sector;
}
