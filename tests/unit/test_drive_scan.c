/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_drive_scan.c - proves what scan.c and node.c make of drives: kinds, media, names, with
 * udev's properties and without, on odd drives (tests/data/umockdev).
 * Owns: nothing.   Threads: one. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "mocked.h"
#include "rawright/drive.h"
#include "rawright/fs.h"
#include "rawright/text.h"
#include "world.h"

static const struct rr_node *find(const struct world *w, const char *name)
{
	for (size_t i = 0; i < w->list.n; i++)
		if (strcmp(w->list.node[i].name, name) == 0)
			return &w->list.node[i];
	fail_msg("no drive %s", name);
	return NULL;
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

struct want {
	const char *name, *kind, *bus, *model, *serial;
	uint64_t bytes;
	bool medium;
};

static void expect(const struct world *w, const struct want *want)
{
	for (; want->name; want++) {
		const struct rr_node *n = find(w, want->name);

		if (strcmp(n->kind, want->kind) != 0 || !same(n->bus, want->bus) ||
		    !same(n->model, want->model) || !same(n->serial, want->serial) ||
		    n->bytes != want->bytes || n->medium != want->medium)
			fail_msg("%s: kind %s, bus %s, model '%s', serial '%s', %ju bytes, %d",
				 n->name, n->kind, n->bus, n->model, n->serial,
				 (uintmax_t)n->bytes, n->medium);
	}
}

static const struct want odd[] = {
	{ "sda", "floppy", "usb", "USB Floppy", "FD1", 2880 * 512, true },
	{ "sdb", "card-reader", "usb", "Card Reader", NULL, 0, false },
	{ "sdc", "usb-disk", "usb", "ST1000LM024 HN-M101MBB", "S2ZWJ9", 4194304ull * 512, true },
	{ "sdd", "disk", "ata", "WDC WD10EZEX", "WD-WCC3F", 1953525168ull * 512, true },
	{ "mmcblk1", "disk", "mmc", "DF4032", "0x00c0ffee", 61071360ull * 512, true },
	{ "sr0", "optical", "ata", "HL-DT-ST_DVDRAM_GH24NSC0", "K9A", 0, false },
	{ "sr1", "optical", "ata", "HL-DT-ST_DVDRAM_GH24NSC0", "K9B", 0, false },
	{ "vda", "disk", "virtio", NULL, "rootdisk", 41943040ull * 512, true },
	{ "loop0", "loop", NULL, NULL, NULL, 2048 * 512, true },
	{ "loop2", "loop", NULL, NULL, NULL, 0, false },
	{ "dm-0", "virtual", NULL, NULL, NULL, 2048 * 512, true },
	{ "zram0", "virtual", NULL, NULL, NULL, 0, false },
	{ "nvme0n1", "disk", "nvme", "FastOne", "N1", 2048 * 512, true },
	{ 0 },
};

static void odd_drives_are_known(void **state)
{
	struct world *w = world_new("odd.umockdev", true);

	(void)state;
	expect(w, odd);
	assert_string_equal(find(w, "loop0")->backing, "/tmp/a\nb.img ");
	assert_true(find(w, "loop0")->read_only);
	assert_null(find(w, "loop2")->backing);
	/* The shortest that names the model, and not the world-wide name. */
	assert_string_equal(find(w, "sdc")->by_id, "/dev/disk/by-id/ata-ST1000LM024_S2ZWJ9");
	assert_null(find(w, "sdc")->vendor);		/* the bridge's, and not the disk's */
	assert_string_equal(find(w, "sdc")->wwn, "0x5000c500a1b2c3d4");
	assert_null(find(w, "vda")->vendor);
	world_free(w);
}

/* A USB floppy by its interface, an empty CD drive by the size it claims. */
static void odd_drives_are_known_without_udev(void **state)
{
	struct world *w = world_new("odd.umockdev", false);

	(void)state;
	assert_string_equal(find(w, "sda")->kind, "floppy");
	assert_string_equal(find(w, "sdc")->kind, "usb-disk");
	assert_string_equal(find(w, "sdc")->serial, "BRIDGE9");
	assert_string_equal(find(w, "sr0")->kind, "optical");
	assert_false(find(w, "sr0")->medium);
	assert_int_equal(find(w, "sr0")->bytes, 0);
	assert_string_equal(find(w, "sdd")->model, "WDC WD10EZEX");
	assert_null(find(w, "sdd")->vendor);
	world_free(w);
}

/* sdb before sdaa, loop2 before loop10; no partition and no hidden path of an NVMe. */
static void list_is_in_natural_order(void **state)
{
	static const char *const names[] = {
		"dm-0", "loop0", "loop2", "loop10", "mmcblk1", "nvme0n1", "sda",   "sdb",
		"sdc",	"sdd",	 "sdaa",  "sr0",    "sr1",     "vda",	  "zram0",
	};
	struct world *w = world_new("odd.umockdev", true);

	(void)state;
	assert_int_equal(w->list.n, sizeof(names) / sizeof(*names));
	for (size_t i = 0; i < w->list.n; i++)
		assert_string_equal(w->list.node[i].name, names[i]);
	world_free(w);
}

/* Foreign strings stay what they are, whole, in the facts. */
static void hostile_strings_stay(void **state)
{
	static const char start[] = "\033]0;owned\007\xe2\x80\xaegpj.exe\nroot:AAAA";
	struct world *w = world_new("odd.umockdev", true);
	const struct rr_node *evil = find(w, "sdaa");

	(void)state;
	assert_int_equal(strlen(evil->model), strlen(start) - 4 + 4096);
	assert_memory_equal(evil->model, start, strlen(start));
	assert_string_equal(evil->vendor, "\xff\xfe");
	assert_string_equal(evil->label, "TWO \033[31m"); /* of the first partition that has one */
	world_free(w);
}

static void partition_has_the_facts_of_its_disk(void **state)
{
	struct world *w = world_new("odd.umockdev", true);
	struct rr_node node;
	struct rr_err err;

	(void)state;
	assert_int_equal(rr_drive_probe("/dev/sdaa3", &node, &err), 0);
	assert_true(node.partition && node.block && node.removable && node.read_only);
	assert_string_equal(node.path, "/dev/sdaa3");
	assert_string_equal(node.name, "sdaa3");
	assert_string_equal(node.parent, "/dev/sdaa");
	assert_string_equal(node.serial, "EVIL");
	assert_string_equal(node.kind, "usb-stick");
	assert_string_equal(node.label, "THREE");
	assert_string_equal(node.by_id, "/dev/disk/by-id/usb-evil-part3");
	assert_int_equal(node.bytes, 3 * 8192 * 512);
	assert_int_equal(node.diskseq, 22);
	assert_int_equal(node.dev, makedev(65, 163));
	assert_int_equal(node.sector, 512);
	rr_node_clear(&node);
	world_free(w);
}

static void probe_tells_kinds_of_paths_apart(void **state)
{
	struct world *w = world_new("kinds.umockdev", true);
	char folder[] = "/tmp/rawright-probe-XXXXXX";
	rr_autofree char *file = NULL, *link = NULL;
	struct rr_node node;
	struct rr_err err;

	(void)state;
	assert_non_null(mkdtemp(folder));
	file = rr_text_format("%s/image", folder);
	link = rr_text_format("%s/link", folder);
	assert_int_equal(rr_file_save(file, "12345", 5, RR_SAVE_NEW, &err), 0);
	assert_int_equal(symlink("image", link), 0);
	assert_int_equal(rr_drive_probe(link, &node, &err), 0);
	assert_string_equal(node.kind, "file");
	assert_string_equal(node.path, link);
	assert_string_equal(node.name, "link");
	assert_int_equal(node.bytes, 5);
	assert_true(node.medium && !node.block && node.dev == 0 && node.sector == 512);
	rr_node_clear(&node);
	assert_int_equal(rr_drive_probe(folder, &node, &err), -1);
	assert_int_equal(err.kind, RR_USAGE);
	assert_int_equal(rr_drive_probe("/dev/null", &node, &err), -1);
	assert_int_equal(err.kind, RR_USAGE);
	assert_int_equal(rr_drive_probe("/dev/sdx", &node, &err), -1);
	assert_int_equal(err.kind, RR_SYSTEM);
	assert_int_equal(err.os, ENOENT);
	assert_int_equal(unlink(link) | unlink(file) | rmdir(folder), 0);
	world_free(w);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(odd_drives_are_known),
		cmocka_unit_test(odd_drives_are_known_without_udev),
		cmocka_unit_test(list_is_in_natural_order),
		cmocka_unit_test(hostile_strings_stay),
		cmocka_unit_test(partition_has_the_facts_of_its_disk),
		cmocka_unit_test(probe_tells_kinds_of_paths_apart),
	};

	(void)argc;
	begin_mocked(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
