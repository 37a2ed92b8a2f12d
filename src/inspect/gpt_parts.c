/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gpt_parts.c - the partitions of a GPT whose medium is not all there.
 * Owns: nothing.   Threads: any. */
#include <inttypes.h>
#include <string.h>

#include "gpt.h"
#include "rawright/fs.h"
#include "rawright/inspect.h"
#include "rawright/io.h"
#include "rawright/size.h"
#include "rawright/text.h"

#define ENTRY 128		/* UEFI 2.10, 5.3.3: bytes that have a meaning */
#define NAME  36		/* code units of UTF-16 */

static uint64_t le(const uint8_t *p, unsigned bytes)
{
	uint64_t n = 0;

	while (bytes--)
		n = n << 8 | p[bytes];
	return n;
}

/* UEFI 2.10, appendix A: the first three fields are little-endian. */
static char *guid_text(const uint8_t *p)
{
	return rr_text_format("%08" PRIx64 "-%04" PRIx64 "-%04" PRIx64
			      "-%02x%02x-%02x%02x%02x%02x%02x%02x",
			      le(p, 4), le(p + 4, 2), le(p + 6, 2), p[8], p[9], p[10], p[11], p[12],
			      p[13], p[14], p[15]);
}

static void add_utf8(struct rr_str *out, uint32_t c)
{
	char b[4] = { (char)c };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; n > 1 && i-- > 0; c >>= 6)
		b[i] = (char)(i ? 0x80 | (c & 0x3f) : (0xf00u >> n & 0xf0) | c);
	rr_str_add(out, b, n);
}

/* NULL for none. Halves of pairs that stand alone become U+FFFD. */
static char *name_text(const uint8_t *p)
{
	rr_autostr struct rr_str out = { 0 };

	for (unsigned i = 0; i < NAME; i++) {
		uint32_t c = (uint32_t)le(p + 2 * i, 2), low;

		if (c == 0)
			break;
		low = i + 1 < NAME ? (uint32_t)le(p + 2 * i + 2, 2) : 0;
		if (c >= 0xd800 && c < 0xdc00 && low >= 0xdc00 && low < 0xe000) {
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i++;
		} else if (c >= 0xd800 && c < 0xe000) {
			c = 0xfffd;
		}
		add_utf8(&out, c);
	}
	return out.len ? rr_str_take(&out) : NULL;
}

/* An entry of type zero is free; one that no medium can have is left out. */
static int add_part(const uint8_t *e, unsigned number, uint32_t sector, struct rr_content *out,
		    struct rr_err *err)
{
	static const uint8_t unused[16];
	uint64_t first = le(e + 32, 8), last = le(e + 40, 8), end;
	struct rr_part *part;

	if (memcmp(e, unused, sizeof(unused)) == 0 || last < first || last == UINT64_MAX ||
	    __builtin_mul_overflow(last + 1, sector, &end) || end > INT64_MAX)
		return 0;
	part = rr_content_add(out);
	if (!part)
		return rr_fail_memory(err);
	part->number = number;
	part->off = first * sector;
	part->len = end - part->off;
	part->type = guid_text(e);
	part->name = name_text(e + 56);
	return 0;
}

int rr_gpt_parts(int fd, const char *name, uint32_t sector, const struct rr_gpt *gpt,
		 struct rr_content *out, struct rr_err *err)
{
	uint64_t at;

	out->table = strdup("gpt");
	out->table_uuid = guid_text(gpt->guid);
	if (gpt->entry_bytes < ENTRY ||
	    __builtin_mul_overflow(gpt->entries_at, sector, &at) || at > INT64_MAX / 2)
		return 0;
	for (unsigned i = 0; i < gpt->entries && out->n < RR_INSPECT_PARTS; i++) {
		uint8_t entry[ENTRY];
		size_t got;
		int os = rr_pread(fd, entry, sizeof(entry), at + (uint64_t)i * gpt->entry_bytes,
				  &got);

		if (os)
			return rr_fail(err, rr_errno_is_unreadable(os) ? RR_MEDIUM : RR_SYSTEM, os,
				       "cannot read the partition table of %s", name);
		if (got < sizeof(entry))
			break;
		if (add_part(entry, i + 1, sector, out, err) < 0)
			return -1;
	}
	return 0;
}
