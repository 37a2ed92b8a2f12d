/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limits.c - finds tables that claim more than any drive has, before libblkid believes them.
 * Owns: nothing.   Threads: any. */
#include <string.h>

#include "gpt.h"
#include "limits.h"
#include "rawright/fs.h"
#include "rawright/inspect.h"
#include "rawright/size.h"

#define ENTRIES_LIMIT (UINT64_C(1) << 20)	/* bytes of GPT entries; 16 KiB are usual */
#define LINKS_LIMIT   RR_INSPECT_PARTS

static uint32_t le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static bool is_too_large(const struct rr_gpt *gpt)
{
	return gpt->there && rr_gpt_entries_bytes(gpt) > ENTRIES_LIMIT;
}

/* A second header that cannot be read is no reason to leave the first one out. */
static int gpt_is_too_large(int fd, uint64_t off, uint64_t len, uint32_t sector, bool *is)
{
	struct rr_gpt gpt;
	int os = rr_gpt_read(fd, off + sector, &gpt);

	*is = is_too_large(&gpt);
	if (!os && !*is && len >= 2 * (uint64_t)sector &&
	    rr_gpt_read(fd, off + rr_align_down(len, sector) - sector, &gpt) == 0)
		*is = is_too_large(&gpt);
	return os;
}

/* An entry of the table in an MBR or EBR that frames others: types 05, 0f and 85. */
static bool is_extended(const uint8_t *entry)
{
	return entry[4] == 0x05 || entry[4] == 0x0f || entry[4] == 0x85;
}

/* The first extended entry of the table in b; 0: none. */
static uint32_t extended_in(const uint8_t *b)
{
	for (int i = 0; i < 4; i++)
		if (is_extended(b + 446 + 16 * i))
			return le32(b + 446 + 16 * i + 8);
	return 0;
}

/* Each link of the chain tells where the next one is, counted from the first. */
static int chain_is_too_long(int fd, uint64_t off, uint64_t len, uint32_t sector, bool *is)
{
	uint8_t b[512];
	uint64_t begin = 0, at = 0;

	for (unsigned links = 0; links <= LINKS_LIMIT; links++) {
		size_t got = 0;
		uint32_t next;
		int os = at * sector < len ? rr_pread(fd, b, sizeof(b), off + at * sector, &got) :
					     0;

		if (os && links)	/* libblkid stops there as well */
			return 0;
		if (os || got < sizeof(b) || b[510] != 0x55 || b[511] != 0xaa)
			return os;
		next = extended_in(b);
		if (!next)
			return 0;
		at = begin + next;
		begin = links == 0 ? next : begin;
	}
	*is = true;
	return 0;
}

/* Apple's map says in each entry how many there are (Inside Macintosh: Devices, chapter 3). */
static int mac_is_too_large(int fd, uint64_t off, uint32_t sector, bool *is)
{
	uint8_t b[8];
	size_t got;
	int os = rr_pread(fd, b, sizeof(b), off + sector, &got);

	*is = !os && got == sizeof(b) && memcmp(b, "PM", 2) == 0 &&
	      (b[4] || b[5] || b[6] > RR_INSPECT_PARTS >> 8);
	return os;
}

int rr_table_too_large(int fd, uint64_t off, uint64_t len, uint32_t sector, const char **name)
{
	bool gpt = false, dos = false, mac = false;
	int os = gpt_is_too_large(fd, off, len, sector, &gpt);

	if (!os)
		os = chain_is_too_long(fd, off, len, sector, &dos);
	if (!os)
		os = mac_is_too_large(fd, off, sector, &mac);
	*name = gpt ? "gpt" : dos ? "dos" : mac ? "mac" : NULL;
	return os;
}
