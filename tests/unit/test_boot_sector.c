/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_boot_sector.c - proves that FAT boot sectors are decoded as mkfs.vfat made them, that each
 * disagreement is seen, and that no bytes whatever do harm.
 * Owns: temporary images.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rawright/boot_sector.h"
#include "tool.h"

#define HEAD 65536
#define FLOPPY 1474560u

static void le16(uint8_t *p, unsigned n)
{
	p[0] = (uint8_t)n;
	p[1] = (uint8_t)(n >> 8);
}

/* A sound 1.44M floppy; each test spoils what it is about. */
static void make_floppy(uint8_t *b)
{
	memset(b, 0, HEAD);
	memcpy(b, "\xeb\x3c\x90MSDOS5.0", 11);
	le16(b + 11, 512);
	b[13] = 1;
	le16(b + 14, 1);
	b[16] = 2;
	le16(b + 17, 224);
	le16(b + 19, 2880);
	b[21] = 0xf0;
	le16(b + 22, 9);
	le16(b + 24, 18);
	le16(b + 26, 2);
	b[38] = 0x29;
	memcpy(b + 39, "\x78\x56\x34\x12", 4);
	memcpy(b + 43, "RAWRIGHT   FAT12   ", 19);
	memcpy(b + 510, "\x55\xaa", 2);
	memcpy(b + 512, "\xf0\xff\xff", 3);
}

static void every_field_is_read(void **state)
{
	static uint8_t b[HEAD];
	struct rr_boot_sector s;

	(void)state;
	make_floppy(b);
	assert_true(rr_boot_sector_decode(b, sizeof(b), FLOPPY, &s));
	assert_true(s.bpb && s.signature && s.jump && s.serial_known && s.label_known);
	assert_memory_equal(s.oem, "MSDOS5.0", 8);
	assert_int_equal(s.sector, 512);
	assert_int_equal(s.cluster_sectors, 1);
	assert_int_equal(s.reserved, 1);
	assert_int_equal(s.fats, 2);
	assert_int_equal(s.root_entries, 224);
	assert_int_equal(s.sectors, 2880);
	assert_int_equal(s.media, 0xf0);
	assert_int_equal(s.fat_media, 0xf0);
	assert_int_equal(s.fat_sectors, 9);
	assert_int_equal(s.track_sectors, 18);
	assert_int_equal(s.heads, 2);
	assert_int_equal(s.bytes, FLOPPY);
	assert_int_equal(s.clusters, 2847);
	assert_int_equal(s.fat_bits, 12);
	assert_int_equal(s.serial, 0x12345678);
	assert_memory_equal(s.label, "RAWRIGHT   ", 11);
	assert_memory_equal(s.type_text, "FAT12   ", 8);
	assert_non_null(s.format);
	assert_string_equal(s.format->name, "1.44M, 3.5 inch HD");
	assert_int_equal(s.doubts, 0);
}

static void each_disagreement_is_seen(void **state)
{
	static const struct {
		size_t at, len;
		const char *bytes;
		uint64_t medium;
		unsigned doubts;
	} row[] = {
		{ 0, 0, "", FLOPPY, 0 },
		{ 0, 0, "", 0, 0 },
		{ 0, 0, "", FLOPPY - 1, RR_BOOT_BEYOND },
		{ 0, 0, "", FLOPPY + 512, RR_BOOT_SHORT },
		{ 512, 1, "\xf9", FLOPPY, RR_BOOT_MEDIA },
		{ 21, 1, "\xf9", FLOPPY, RR_BOOT_MEDIA | RR_BOOT_FORMAT_MEDIA },
		{ 54, 8, "FAT16   ", FLOPPY, RR_BOOT_TYPE_TEXT },
		{ 54, 8, "FAT     ", FLOPPY, 0 },
		{ 24, 1, "\x09", FLOPPY, RR_BOOT_GEOMETRY },
		{ 26, 1, "\x00", FLOPPY, RR_BOOT_GEOMETRY },
		{ 511, 1, "\x00", FLOPPY, RR_BOOT_SIGNATURE },
		{ 22, 1, "\x08", FLOPPY, RR_BOOT_FAT_SIZE },
		{ 22, 2, "\xff\x0f", FLOPPY, RR_BOOT_NO_DATA },
		{ 0, 1, "\x60", FLOPPY, RR_BOOT_JUMP },
	};
	static uint8_t b[HEAD];
	struct rr_boot_sector s;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		make_floppy(b);
		memcpy(b + row[i].at, row[i].bytes, row[i].len);
		assert_true(rr_boot_sector_decode(b, sizeof(b), row[i].medium, &s));
		assert_int_equal(s.doubts, row[i].doubts);
	}
}

static void numbers_that_no_fat_has_are_refused(void **state)
{
	static const struct {
		size_t at, len;
		const char *bytes;
	} row[] = {
		{ 11, 2, "\0\0" },	/* bytes a sector */
		{ 11, 2, "\x01\x02" },	/* 513 */
		{ 11, 2, "\0\x20" },	/* 8192 */
		{ 11, 2, "\x40\0" },	/* 64 */
		{ 13, 1, "\0" },	/* sectors a cluster */
		{ 13, 1, "\x03" },	/* reserved sectors */
		{ 14, 2, "\0\0" },
		{ 16, 1, "\0" },	/* FATs */
		{ 16, 1, "\x05" },
		{ 19, 2, "\0\0" },	/* sectors: and 0 in the 32 bits as well */
		{ 21, 1, "\xf1" },	/* media */
		{ 21, 1, "\0" },
	};
	static uint8_t b[HEAD];
	struct rr_boot_sector s;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		make_floppy(b);
		memcpy(b + row[i].at, row[i].bytes, row[i].len);
		assert_false(rr_boot_sector_decode(b, sizeof(b), FLOPPY, &s));
	}
	make_floppy(b);
	assert_false(rr_boot_sector_decode(b, 511, FLOPPY, &s));
	assert_false(rr_boot_sector_decode(b, 0, FLOPPY, &s));
	assert_true(rr_boot_sector_decode(b, 512, FLOPPY, &s));
	assert_int_equal(s.fat_media, -1);	/* not among the bytes */
}

static void floppies_without_a_bpb_are_known_by_their_size(void **state)
{
	static const struct {
		uint8_t media;
		uint64_t size;
		uint32_t clusters;
	} row[] = {
		{ 0xfe, 163840, 313 },
		{ 0xfc, 184320, 351 },
		{ 0xff, 327680, 315 },
		{ 0xfd, 368640, 354 },
	};
	static uint8_t b[HEAD];
	struct rr_boot_sector s;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		memset(b, 0xeb, HEAD);		/* code everywhere */
		b[512] = row[i].media;
		b[513] = b[514] = 0xff;
		assert_true(rr_boot_sector_decode(b, sizeof(b), row[i].size, &s));
		assert_false(s.bpb);
		assert_int_equal(s.fat_bits, 12);
		assert_int_equal(s.clusters, row[i].clusters);
		assert_int_equal(s.bytes, row[i].size);
		assert_int_equal(s.doubts, 0);
		assert_false(rr_boot_sector_decode(b, sizeof(b), row[i].size + 512, &s));
		assert_false(rr_boot_sector_decode(b, sizeof(b), 0, &s));
	}
	b[512] = 0xf0;				/* never without a BPB */
	assert_false(rr_boot_sector_decode(b, sizeof(b), FLOPPY, &s));
}

static void named_formats_have_their_sizes(void **state)
{
	static const uint64_t size[] = {
		163840,	 184320,  327680,  368640,  655360,  737280,  819200,
		1228800, 1261568, 1474560, 1720320, 1763328, 1884160, 2949120,
	};
	const struct rr_floppy_format *format;

	(void)state;
	for (size_t i = 0; i < sizeof(size) / sizeof(*size); i++)
		assert_non_null(rr_floppy_format_of_size(size[i], NULL));
	format = rr_floppy_format_of(1720320, 2, 21);
	assert_string_equal(format->name, "1.68M DMF, 3.5 inch HD");
	assert_string_equal(rr_floppy_format_of(1763328, 2, 21)->name,
			    "1.72M, 3.5 inch HD, 82 tracks");
	assert_string_equal(rr_floppy_format_of(368640, 1, 9)->name, "360K, 3.5 inch, one side");
	assert_string_equal(rr_floppy_format_of(368640, 2, 9)->name, "360K, 5.25 inch");
	assert_null(rr_floppy_format_of(368640, 2, 18));
	assert_null(rr_floppy_format_of_size(1474561, NULL));
	format = rr_floppy_format_of_size(368640, NULL);
	assert_non_null(rr_floppy_format_of_size(368640, format));
}

/* The head of what mkfs.vfat makes; skips where it is not installed. */
static size_t made_by_mkfs(const char *line, unsigned kib, uint8_t *head)
{
	char path[] = "/tmp/rr-boot-XXXXXX";
	int fd = tool_file(path, (off_t)kib * 1024), rc;
	ssize_t n;

	assert_true(fd >= 0);
	rc = tool_run(line, path, -1, -1);
	n = pread(fd, head, HEAD, 0);
	(void)unlink(path);	/* made above */
	(void)close(fd);
	if (rc == TOOL_MISSING)
		skip();
	assert_int_equal(rc, 0);
	assert_true(n > 0);
	return (size_t)n;
}

#define MKFS "mkfs.vfat -i 0badcafe "
static void what_mkfs_makes_is_understood(void **state)
{
	static const struct {
		const char *line;
		unsigned kib, bits, sector;
		unsigned doubts;
	} row[] = {
		{ MKFS "-F 12 -n TWELVE FILE", 1440, 12, 512, 0 },
		{ MKFS "-F 12 -n TWELVE FILE", 720, 12, 512, 0 },
		{ MKFS "-F 16 -n SIXTEEN FILE", 16384, 16, 512, 0 },
		{ MKFS "-F 16 -S 4096 -n SIXTEEN FILE", 524288, 16, 4096, 0 },
		{ MKFS "-F 32 -s 1 -n THIRTYTWO FILE", 65536, 32, 512, 0 },
		{ MKFS "-F 32 -s 8 -n THIRTYTWO FILE", 34816, 32, 512, RR_BOOT_FEW_CLUSTERS },
	};
	static uint8_t b[HEAD];
	struct rr_boot_sector s;

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		size_t len = made_by_mkfs(row[i].line, row[i].kib, b);

		assert_true(rr_boot_sector_decode(b, len, (uint64_t)row[i].kib * 1024, &s));
		assert_int_equal(s.fat_bits, row[i].bits);
		assert_int_equal(s.sector, row[i].sector);
		assert_int_equal(s.serial, 0x0badcafe);
		assert_memory_equal(s.label, row[i].bits == 12 ? "TWELVE     " :
					     row[i].bits == 16 ? "SIXTEEN    " :
								 "THIRTYTWO  ", 11);
		assert_int_equal(s.fat_media, s.media);
		assert_int_equal(s.doubts & ~(unsigned)RR_BOOT_SHORT, row[i].doubts);
	}
}

/* A small generator of its own: the same bytes in each run. */
static uint32_t next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static void no_bytes_do_harm(void **state)
{
	static const uint64_t medium[] = { 0, 1, 512, 163840, FLOPPY, UINT64_MAX };
	uint32_t seed = 20261123;
	struct rr_boot_sector s;

	(void)state;
	for (unsigned round = 0; round < 100000; round++) {
		size_t len = 512 + next(&seed) % 600;
		uint8_t *b = malloc(HEAD), *exact;

		assert_non_null(b);
		make_floppy(b);
		for (unsigned n = 1 + next(&seed) % 12; n; n--)
			b[next(&seed) % (next(&seed) % 4 ? 64 : 515)] = (uint8_t)next(&seed);
		exact = realloc(b, len);	/* a byte too far is seen */
		assert_non_null(exact);
		if (rr_boot_sector_decode(exact, len, medium[next(&seed) % 6], &s))
			assert_true(s.fat_bits == 0 ? s.clusters == 0 : s.clusters > 0);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_field_is_read),
		cmocka_unit_test(each_disagreement_is_seen),
		cmocka_unit_test(numbers_that_no_fat_has_are_refused),
		cmocka_unit_test(floppies_without_a_bpb_are_known_by_their_size),
		cmocka_unit_test(named_formats_have_their_sizes),
		cmocka_unit_test(what_mkfs_makes_is_understood),
		cmocka_unit_test(no_bytes_do_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
