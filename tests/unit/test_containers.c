/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_containers.c - proves that files which are no raw images are known by their first or last
 * bytes, and that raw images are not taken for them.
 * Owns: temporary files.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rawright/inspect.h"
#include "tool.h"

#define HEAD 4096

static const char *name_of(const void *head, size_t len)
{
	const struct rr_container *c = rr_inspect_container(head, len);

	return c ? c->name : "-";
}

#define BYTES(text) text, sizeof(text) - 1

static void magics_are_known(void **state)
{
	static const struct {
		const char *name;
		size_t at;
		const char *bytes;
		size_t len;
	} row[] = {
		{ "gzip", 0, BYTES("\x1f\x8b\x08\x08\0\0\0\0\0\x03") },
		{ "-", 0, BYTES("\x1f\x8b\x07\x08\0\0\0\0\0\x03") },
		{ "-", 0, BYTES("\x1f\x8b\x08\xff\0\0\0\0\0\x03") },
		{ "xz", 0, BYTES("\xfd" "7zXZ\0\0\x04") },
		{ "zstd", 0, BYTES("\x28\xb5\x2f\xfd\x04") },
		{ "bzip2", 0, BYTES("BZh9\x31\x41\x59\x26\x53\x59") },
		{ "-", 0, BYTES("BZh9 is what they say") },
		{ "lz4", 0, BYTES("\x04\x22\x4d\x18") },
		{ "lzop", 0, BYTES("\x89LZO\0\r\n\x1a\n") },
		{ "lzma", 0, BYTES("\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0") },
		{ "-", 0, BYTES("\x5d\0\0\x81\0\xff\xff\xff\xff\xff\xff\xff\xff\0") },
		{ "zip", 0, BYTES("PK\x03\x04") },
		{ "7z", 0, BYTES("7z\xbc\xaf\x27\x1c") },
		{ "rar", 0, BYTES("Rar!\x1a\x07\x01\0") },
		{ "tar", 257, BYTES("ustar  ") },
		{ "-", 256, BYTES("ustar") },
		{ "ewf", 0, BYTES("EVF\x09\x0d\x0a\xff\0\x01") },
		{ "ewf2", 0, BYTES("EVF2\r\n\x81\0") },
		{ "aff", 0, BYTES("AFF10\r\n\0") },
		{ "qcow2", 0, BYTES("QFI\xfb\0\0\0\x03") },
		{ "vmdk", 0, BYTES("KDMV") },
		{ "vmdk", 0, BYTES("# Disk DescriptorFile\n") },
		{ "vhd", 0, BYTES("conectix") },
		{ "vhdx", 0, BYTES("vhdxfile") },
		{ "vdi", 64, BYTES("\x7f\x10\xda\xbe") },
		{ "imd", 0, BYTES("IMD 1.18: 21/11/2026") },
		{ "-", 0, BYTES("IMD is a name") },
		{ "teledisk", 0, BYTES("TD\0\x05\x15\x00\0\0\0\0\0\0") },
		{ "teledisk", 0, BYTES("td\0\x05\x15\x02\0\0\0\0\0\0") },
		{ "-", 0, BYTES("TDK is a name, too") },
		{ "hfe", 0, BYTES("HXCPICFE") },
		{ "scp", 0, BYTES("SCP\x18\x80\x03\0\x9f\0\0") },
		{ "-", 0, BYTES("SCP\x18\x80\x03\x9f\0\0\0") },
		{ "dsk", 0, BYTES("MV - CPCEMU Disk-File") },
		{ "edsk", 0, BYTES("EXTENDED CPC DSK File") },
		{ "86f", 0, BYTES("86BF") },
		{ "kryoflux", 0, BYTES("\x0d\x04\x40\0name=KryoFlux DiskSystem") },
		{ "-", 0, BYTES("\x0d\x04\x40\0name=another") },
		{ "android-sparse", 0, BYTES("\x3a\xff\x26\xed\x01") },
		{ "ccd", 0, BYTES("[CloneCD]\r\n") },
	};
	static uint8_t b[HEAD];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		memset(b, 0, sizeof(b));
		memcpy(b + row[i].at, row[i].bytes, row[i].len);
		assert_string_equal(name_of(b, sizeof(b)), row[i].name);
	}
}

static void descriptions_are_known_by_their_words(void **state)
{
	static const char cue[] = "REM GENRE Test\nCATALOG 0000000000000\nFILE \"a.bin\" BINARY\n";
	static const char bmap[] = "<?xml version=\"1.0\" ?>\n<!-- x -->\n<bmap version=\"2.0\">\n";
	static const char other[] = "<?xml version=\"1.0\" ?>\n<svg/>\n";

	(void)state;
	assert_string_equal(name_of(cue, sizeof(cue) - 1), "cue");
	assert_string_equal(name_of(cue + 4, sizeof(cue) - 5), "cue");
	assert_string_equal(name_of("the FILE \"a\"", 12), "-");
	assert_string_equal(name_of(bmap, sizeof(bmap) - 1), "bmap");
	assert_string_equal(name_of(other, sizeof(other) - 1), "-");
}

/* Every prefix, in a block of just its size: a byte too far is seen by the sanitizer. */
static void short_files_are_no_danger(void **state)
{
	static const char *const whole[] = {
		"\x1f\x8b\x08", "BZh91AY&SY", "TD", "IMD 1", "SCP", "\x5d", "<?xml <bmap version=",
		"FILE \"", "\x0d\x04KryoFlux", "conectix", "EXTENDED CPC DSK",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(whole) / sizeof(*whole); i++)
		for (size_t len = 0; len <= strlen(whole[i]); len++) {
			char *exact = malloc(len ? len : 1);

			assert_non_null(exact);
			memcpy(exact, whole[i], len);
			(void)rr_inspect_container(exact, len);	/* that it returns is the test */
			free(exact);
		}
	assert_null(rr_inspect_container("", 0));
	assert_null(rr_inspect_trailer("koly", 4));
}

static void raw_images_are_none(void **state)
{
	static uint8_t b[RR_CONTAINER_HEAD];
	uint32_t seed = 1;
	unsigned taken = 0;

	(void)state;
	assert_string_equal(name_of(b, sizeof(b)), "-");
	memset(b, 0xf6, sizeof(b));
	assert_string_equal(name_of(b, sizeof(b)), "-");
	memcpy(b, "\xeb\x3c\x90MSDOS5.0", 11);
	assert_string_equal(name_of(b, sizeof(b)), "-");
	for (unsigned i = 0; i < 100000; i++) {
		for (unsigned k = 0; k < 16; k++) {
			seed = seed * 1664525 + 1013904223;
			b[k] = (uint8_t)(seed >> 24);
		}
		taken += rr_inspect_container(b, 512) != NULL;
	}
	assert_true(taken <= 2);	/* noise: nothing is taken for a container but by luck */
}

static void trailers_are_known(void **state)
{
	uint8_t b[RR_CONTAINER_TAIL] = "koly";
	const struct rr_container *c = rr_inspect_trailer(b, sizeof(b));

	(void)state;
	assert_non_null(c);
	assert_string_equal(c->name, "dmg");
	memcpy(b, "conectix", 8);
	c = rr_inspect_trailer(b, sizeof(b));
	assert_non_null(c);
	assert_string_equal(c->name, "vhd-fixed");
	b[0] = 'C';
	assert_null(rr_inspect_trailer(b, sizeof(b)));
}

/* What the tools themselves make; those that are not installed are left out. */
static void what_tools_make_is_known(void **state)
{
	static const char *const row[][2] = {
		{ "gzip", "gzip -c FILE" }, { "xz", "xz -c FILE" },
		{ "zstd", "zstd -qc FILE" }, { "bzip2", "bzip2 -c FILE" },
		{ "lz4", "lz4 -qc FILE" },  { "lzop", "lzop -c FILE" },
		{ "lzma", "xz --format=lzma -c FILE" }, { "tar", "tar -cf - FILE" },
		{ "zip", "zip -q - FILE" },
	};
	static uint8_t b[HEAD];

	(void)state;
	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		char path[] = "/tmp/rr-packed-XXXXXX";
		int fd = tool_file(path, 0), rc;
		ssize_t n;

		assert_true(fd >= 0);
		rc = tool_run(row[i][1], "/etc/passwd", -1, fd);
		n = pread(fd, b, sizeof(b), 0);
		(void)unlink(path);	/* made above */
		(void)close(fd);
		if (rc == TOOL_MISSING)
			continue;
		assert_int_equal(rc, 0);
		assert_true(n > 0);
		assert_string_equal(name_of(b, (size_t)n), row[i][0]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(magics_are_known),
		cmocka_unit_test(descriptions_are_known_by_their_words),
		cmocka_unit_test(short_files_are_no_danger),
		cmocka_unit_test(raw_images_are_none),
		cmocka_unit_test(trailers_are_known),
		cmocka_unit_test(what_tools_make_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
