/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_inspect.c - proves that partition tables and file systems are found on images of every kind,
 * also on cut ones, and that what is left at a medium's end is seen.
 * Owns: temporary images.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "image.h"

static void nothing_is_found_where_nothing_is(void **state)
{
	static const uint64_t size[] = { 0, 1, 511, 512, 1474560, 4 * MIB };

	(void)state;
	for (size_t i = 0; i < sizeof(size) / sizeof(*size); i++) {
		struct image im = image_new(size[i]);
		struct rr_content content = look(&im, 512);

		assert_null(content.table);
		assert_int_equal(content.n, 0);
		rr_content_clear(&content);
		image_close(&im);
	}
}

static void file_systems_without_a_table(void **state)
{
	static const struct {
		const char *line, *fs, *label;
		uint64_t size;
	} row[] = {
		{ "mkfs.vfat -n FLOPPY FILE", "vfat", "FLOPPY", 1474560 },
		{ "mkfs.ext4 -qF -L root FILE", "ext4", "root", 8 * MIB },
		{ "mkswap -L rest FILE", "swap", "rest", 4 * MIB },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		struct image im = image_new(row[i].size);
		struct rr_content content;

		make(&im, row[i].line);
		content = look(&im, 512);
		assert_null(content.table);
		assert_int_equal(content.n, 1);
		assert_int_equal(content.part[0].number, 0);
		assert_int_equal(content.part[0].off, 0);
		assert_int_equal(content.part[0].len, row[i].size);
		assert_string_equal(content.part[0].fs, row[i].fs);
		assert_string_equal(content.part[0].label, row[i].label);
		assert_non_null(content.part[0].uuid);
		rr_content_clear(&content);
		image_close(&im);
	}
}

static void a_gpt_and_what_is_in_its_partitions(void **state)
{
	struct image im = image_new(16 * MIB);
	struct rr_content content;

	(void)state;
	partition(&im, TWO_PARTS, "sfdisk -q FILE");
	make(&im, "mkfs.vfat --offset 2048 -n ESP FILE 4096");
	make(&im, "mkfs.ext4 -qF -L top -E offset=5242880 FILE 4M");
	content = look(&im, 512);
	assert_string_equal(content.table, "gpt");
	assert_non_null(content.table_uuid);
	assert_int_equal(content.n, 2);
	assert_int_equal(content.part[0].number, 1);
	assert_int_equal(content.part[0].off, MIB);
	assert_int_equal(content.part[0].len, 4 * MIB);
	assert_string_equal(content.part[0].type, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
	assert_string_equal(content.part[0].name, "EFI");
	assert_string_equal(content.part[0].fs, "vfat");
	assert_string_equal(content.part[0].label, "ESP");
	assert_string_equal(content.part[1].name, "\xc3\x84 root");
	assert_string_equal(content.part[1].fs, "ext4");
	assert_string_equal(content.part[1].label, "top");
	rr_content_clear(&content);
	image_close(&im);
}

static void an_mbr_with_logical_partitions(void **state)
{
	struct image im = image_new(16 * MIB);
	struct rr_content content;

	(void)state;
	partition(&im, "label: dos\nstart=2048, size=4096, type=c\nstart=8192, type=5\n"
		  "start=10240, size=2048, type=83\nstart=14336, size=2048, type=83\n",
		  "sfdisk -q FILE");
	content = look(&im, 512);
	assert_string_equal(content.table, "dos");
	assert_int_equal(content.n, 4);
	assert_string_equal(content.part[0].type, "0x0c");
	assert_int_equal(content.part[0].len, 2 * MIB);
	assert_string_equal(content.part[1].type, "0x05");
	assert_int_equal(content.part[2].number, 5);
	assert_int_equal(content.part[2].off, 10240 * 512);
	assert_int_equal(content.part[3].number, 6);
	assert_null(content.part[3].fs);
	rr_content_clear(&content);
	image_close(&im);
}

/* sfdisk knows the sectors of devices alone: the bytes of a GPT for 512 are moved apart. */
static void make_4k(const struct image *im, const struct image *from)
{
	static uint8_t sector[512], entries[16384];
	size_t got;

	assert_int_equal(rr_pread(from->fd, sector, 512, 0, &got), 0);
	put(im, 0, sector, 512);
	assert_int_equal(rr_pread(from->fd, sector, 512, 512, &got), 0);
	put(im, 4096, sector, 512);
	assert_int_equal(rr_pread(from->fd, entries, sizeof(entries), 1024, &got), 0);
	put(im, 8192, entries, sizeof(entries));
}

static void sectors_of_4096_bytes(void **state)
{
	struct image small = image_new(16 * MIB), im = image_new(128 * MIB);
	struct rr_content content;

	(void)state;
	partition(&small, TWO_PARTS, "sfdisk -q FILE");
	make_4k(&im, &small);
	assert_int_equal(rr_inspect_sector(im.fd, 512), 4096);
	assert_int_equal(rr_inspect_sector(small.fd, 512), 512);
	assert_int_equal(rr_inspect_sector(small.fd, 4096), 512);
	content = look(&im, 4096);
	assert_string_equal(content.table, "gpt");
	assert_int_equal(content.n, 2);
	assert_int_equal(content.part[0].off, 2048 * 4096);
	assert_int_equal(content.part[1].len, 8192 * 4096);
	rr_content_clear(&content);
	image_close(&small);
	image_close(&im);
}

static bool holds(const struct rr_fact_list *facts, const char *words)
{
	for (size_t i = 0; i < facts->n; i++)
		if (strstr(facts->fact[i].text, words))
			return true;
	return false;
}

static void a_cut_image_still_tells_its_partitions(void **state)
{
	struct image im = image_new(16 * MIB);
	struct rr_content content;
	struct rr_fact_list facts;

	(void)state;
	partition(&im, TWO_PARTS, "sfdisk -q FILE");
	make(&im, "mkfs.vfat --offset 2048 FILE 4096");
	content = look(&im, 512);
	facts = facts_of(&im, &content);
	assert_true(holds(&facts, "in the last sector, where it should be"));
	assert_false(holds(&facts, "missing"));
	rr_fact_list_clear(&facts);
	rr_content_clear(&content);
	assert_int_equal(ftruncate(im.fd, (off_t)(7 * MIB)), 0);
	content = look(&im, 512);
	assert_string_equal(content.table, "gpt");
	assert_int_equal(content.n, 2);
	assert_int_equal(content.part[0].number, 1);
	assert_int_equal(content.part[0].off, MIB);
	assert_int_equal(content.part[1].off + content.part[1].len, 9 * MIB);
	assert_string_equal(content.part[0].type, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
	assert_string_equal(content.part[0].name, "EFI");
	assert_string_equal(content.part[1].name, "\xc3\x84 root");
	assert_string_equal(content.part[0].fs, "vfat");
	assert_non_null(content.table_uuid);
	facts = facts_of(&im, &content);
	assert_true(holds(&facts, "partition 2 reaches behind the end: its last 2,097,152 bytes"));
	assert_true(holds(&facts, "the second GPT is missing: the image is cut"));
	assert_false(holds(&facts, "partition 1"));
	rr_fact_list_clear(&facts);
	rr_content_clear(&content);
	image_close(&im);
}

static void a_fat_tells_of_its_boot_sector(void **state)
{
	struct image im = image_new(1474560);
	struct rr_content content;
	struct rr_fact_list facts;

	(void)state;
	make(&im, "mkfs.vfat -n FLOPPY -i 12345678 FILE");
	content = look(&im, 512);
	facts = facts_of(&im, &content);
	assert_true(holds(&facts, "FAT12"));
	assert_true(holds(&facts, "1234-5678"));
	assert_true(holds(&facts, "1.44M, 3.5 inch HD"));
	assert_true(holds(&facts, "80 cylinders, 2 heads, 18 sectors a track"));
	for (size_t i = 0; i < facts.n; i++)
		assert_false(facts.fact[i].doubt);
	rr_fact_list_clear(&facts);
	rr_content_clear(&content);
	image_close(&im);
}

static bool has(const struct rr_signature_list *list, uint64_t off, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->sig[i].off == off && strcmp(list->sig[i].name, name) == 0)
			return true;
	return false;
}

static void what_is_left_at_the_end_is_seen(void **state)
{
	struct image im = image_new(16 * MIB);
	struct rr_signature_list list;
	struct rr_err err;
	static uint8_t zeros[34 * 512];

	(void)state;
	partition(&im, TWO_PARTS, "sfdisk -q FILE");
	make(&im, "mkfs.ext4 -qF -E offset=5242880 FILE 4M");
	assert_int_equal(rr_inspect_signatures(im.fd, im.path, 512, 4 * MIB, &list, &err), 0);
	assert_int_equal(list.n, 1);
	assert_true(has(&list, 16 * MIB - 512, "gpt backup"));
	rr_signature_list_clear(&list);
	put(&im, 0, zeros, sizeof(zeros));	/* nothing is left but the backup */
	assert_int_equal(rr_inspect_signatures(im.fd, im.path, 512, 4 * MIB, &list, &err), 0);
	assert_int_equal(list.n, 1);
	assert_true(has(&list, 16 * MIB - 512, "gpt backup"));
	rr_signature_list_clear(&list);
	put(&im, 16 * MIB - 512, zeros, 512);
	assert_int_equal(rr_inspect_signatures(im.fd, im.path, 512, 4 * MIB, &list, &err), 0);
	assert_int_equal(list.n, 0);
	rr_signature_list_clear(&list);
	image_close(&im);
}

/* A magic at the start does not hide one behind the place that is asked for. */
static void what_is_before_the_place_does_not_hide_it(void **state)
{
	struct image im = image_new(16 * MIB);
	struct rr_signature_list list;
	struct rr_err err;

	(void)state;
	make(&im, "mkfs.ext4 -qF FILE 8M");
	put(&im, 16 * MIB - 4096, "EFI PART", 8);	/* of sectors of 4096 bytes */
	assert_int_equal(rr_inspect_signatures(im.fd, im.path, 512, 8 * MIB, &list, &err), 0);
	assert_int_equal(list.n, 1);
	assert_true(has(&list, 16 * MIB - 4096, "gpt backup"));
	rr_signature_list_clear(&list);
	assert_int_equal(rr_inspect_signatures(im.fd, im.path, 512, 0, &list, &err), 0);
	assert_int_equal(list.n, 2);
	assert_true(has(&list, 1080, "ext4"));
	rr_signature_list_clear(&list);
	image_close(&im);
}

/* An ext4 whose swap header of before was left: both are whole. */
static void two_file_systems_are_called_ambivalent(void **state)
{
	struct image im = image_new(64 * MIB);
	struct rr_content content;

	(void)state;
	make(&im, "mkfs.ext4 -qF FILE");
	put(&im, 4086, "SWAPSPACE2", 10);
	put(&im, 1024, "\1\0\0\0\0\x10\0\0", 8);
	content = look(&im, 512);
	assert_int_equal(content.n, 1);
	assert_string_equal(content.part[0].fs, RR_FS_AMBIVALENT);
	rr_content_clear(&content);
	image_close(&im);
}

static void what_cannot_be_read_is_an_error(void **state)
{
	struct rr_content content;
	struct rr_err err;
	int fd = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(rr_inspect_content(fd, "/tmp", 512, 0, &content, &err), -1);
	assert_int_equal(err.kind, RR_SYSTEM);
	assert_int_equal(content.n, 0);
	assert_false(content.known);
	(void)close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_found_where_nothing_is),
		cmocka_unit_test(file_systems_without_a_table),
		cmocka_unit_test(a_gpt_and_what_is_in_its_partitions),
		cmocka_unit_test(an_mbr_with_logical_partitions),
		cmocka_unit_test(sectors_of_4096_bytes),
		cmocka_unit_test(a_cut_image_still_tells_its_partitions),
		cmocka_unit_test(a_fat_tells_of_its_boot_sector),
		cmocka_unit_test(what_is_left_at_the_end_is_seen),
		cmocka_unit_test(what_is_before_the_place_does_not_hide_it),
		cmocka_unit_test(two_file_systems_are_called_ambivalent),
		cmocka_unit_test(what_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
