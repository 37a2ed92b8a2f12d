/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_drive_every.c - proves what is made of one drive of every sort (every.umockdev): its kind as
 * a person thinks of it, its place and speed, what is on it, and how long many of them take.
 * Owns: nothing.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "mocked.h"
#include "rawright/size.h"
#include "rawright/survey.h"
#include "world.h"

static const struct rr_node *find(const struct world *w, const char *name)
{
	for (size_t i = 0; i < w->list.n; i++)
		if (strcmp(w->list.node[i].name, name) == 0)
			return &w->list.node[i];
	return NULL;
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Names in the list's order; content in rr_content_text()'s words. */
static const struct want {
	const char *name, *kind, *bare;		/* bare: the kind as sysfs alone tells it */
	const char *port;
	uint32_t speed;
	const char *content;
	bool medium, read_only;
} wanted[] = {
	{ "dm-0", "virtual", "virtual", NULL, 0, "ext4 \"root\"", true, false },
	{ "fd0", "floppy", "floppy", NULL, 0, "", true, false },
	{ "loop0", "loop", "loop", NULL, 0, "vfat \"RAWRIGHT\"", true, false },
	{ "loop1", "loop", "loop", NULL, 0, "", false, false },
	{ "mmcblk0", "sd", "sd", "pci-0000:00:1e.6-platform-mmc0", 0,
	  "dos: vfat \"bootfs\", ext4 \"rootfs\"", true, false },
	{ "mmcblk1", "disk", "disk", "pci-0000:00:1a.0-platform-mmc1", 0,
	  "nothing recognised", true, false },
	{ "mspblk0", "card-reader", "card-reader", NULL, 0, "dos: vfat \"CYBERSHOT\"", true,
	  false },
	{ "nvme0n1", "disk", "disk", "pci-0000:04:00.0-nvme-1", 0, "gpt: vfat, crypto_LUKS", true,
	  false },
	{ "sda", "floppy", "floppy", "usb 1-3", 12, "vfat \"LETTERS 94\"", true, false },
	{ "sdb", "usb-stick", "usb-stick", "usb 2-1", 5000, "dos: vfat \"PHOTOS\"", true, false },
	{ "sdc", "usb-stick", "usb-stick", "usb 1-4.2", 480,
	  "dos: iso9660 \"Debian 12.2.0 amd64 n\", vfat \"EFI\"", true, true },
	{ "sdd", "usb-disk", "usb-disk", "usb 2-2", 5000, "gpt: vfat \"EFI\", ntfs \"Backup\"",
	  true, false },
	{ "sde", "card-reader", "card-reader", "usb 1-5", 480, "dos: vfat \"EOS_DIGITAL\"", true,
	  false },
	{ "sdf", "card-reader", "card-reader", "usb 1-5", 480, "", false, false },
	{ "sdg", "disk", "disk", "pci-0000:00:17.0-ata-1.0", 0, "gpt: ext4 \"data\"", true, false },
	{ "sdh", "removable", "removable", "pci-0000:00:17.0-ata-3.0", 0, "", false, false },
	{ "sr0", "optical", "optical", "pci-0000:00:17.0-ata-2.0", 0, "iso9660 \"THESIS_2004\"",
	  true, true },
	{ "sr1", "optical", "optical", "usb 1-6", 480, "", false, true },
	{ "zram0", "virtual", "virtual", NULL, 0, "", false, false },
};
#define WANTED (sizeof(wanted) / sizeof(*wanted))

static void every_sort_is_known(void **state)
{
	struct world *w = world_new("every.umockdev", true);

	(void)state;
	assert_int_equal(w->list.n, WANTED);
	for (size_t i = 0; i < WANTED; i++) {
		const struct want *want = &wanted[i];
		const struct rr_node *n = &w->list.node[i];
		rr_autofree char *content = rr_content_text(&n->content, 0);

		assert_string_equal(n->name, want->name);
		assert_non_null(content);
		if (strcmp(n->kind, want->kind) != 0 || !same(n->port, want->port) ||
		    n->speed != want->speed || strcmp(content, want->content) != 0 ||
		    n->medium != want->medium || n->read_only != want->read_only)
			fail_msg("%s: kind %s, port %s, speed %u, content '%s', medium %d, ro %d",
				 n->name, n->kind, n->port, n->speed, content, n->medium,
				 n->read_only);
	}
	world_free(w);
}

/* Then nobody has looked at what is on them, but the places of partitions are known. */
static void every_sort_is_known_without_udev(void **state)
{
	struct world *w = world_new("every.umockdev", false);
	const struct rr_content *sdb;

	(void)state;
	assert_int_equal(w->list.n, WANTED);
	for (size_t i = 0; i < WANTED; i++) {
		const struct rr_node *n = &w->list.node[i];

		if (strcmp(n->kind, wanted[i].bare) != 0 || n->speed != wanted[i].speed ||
		    n->content.known)
			fail_msg("%s: kind %s, speed %u, known %d", n->name, n->kind, n->speed,
				 n->content.known);
	}
	sdb = &find(w, "sdb")->content;
	assert_int_equal(sdb->n, 1);
	assert_int_equal(sdb->part[0].off, 8192 * 512);
	assert_null(sdb->part[0].fs);
	world_free(w);
}

/* An eMMC's boot partitions are disks to the kernel; asked for by name, they are found. */
static void boot_partitions_are_not_shown(void **state)
{
	struct world *w = world_new("every.umockdev", true);
	struct rr_node node;
	struct rr_err err;

	(void)state;
	assert_null(find(w, "mmcblk1boot0"));
	assert_int_equal(rr_drive_probe("/dev/mmcblk1boot0", &node, &err), 0);
	assert_true(node.read_only);
	rr_node_clear(&node);
	world_free(w);
}

static void content_is_known_in_detail(void **state)
{
	struct world *w = world_new("every.umockdev", true);
	const struct rr_content *gpt = &find(w, "sdd")->content;
	const struct rr_content *hybrid = &find(w, "sdc")->content;

	(void)state;
	assert_true(gpt->known);
	assert_string_equal(gpt->table, "gpt");
	assert_string_equal(gpt->table_uuid, "7d1f2a4e-90c3-4b8a-8a55-0b1c2d3e4f50");
	assert_int_equal(gpt->n, 2);
	assert_int_equal(gpt->part[0].number, 1);
	assert_int_equal(gpt->part[0].off, 2048 * 512);
	assert_int_equal(gpt->part[0].len, 409600 * 512);
	assert_string_equal(gpt->part[0].name, "EFI System Partition");
	assert_string_equal(gpt->part[0].type, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
	assert_string_equal(gpt->part[1].uuid, "5C3A90F13A90C9C0");
	/* The whole of it is a file system, and inside there are partitions. */
	assert_int_equal(hybrid->n, 2);
	assert_int_equal(hybrid->part[0].number, 0);
	assert_int_equal(hybrid->part[0].len, 15728640ull * 512);
	assert_int_equal(hybrid->part[1].number, 2);
	assert_string_equal(hybrid->part[1].type, "0xef");
	assert_string_equal(find(w, "sdb")->content.part[0].type, "0x0c");
	assert_string_equal(find(w, "sdc")->label, "Debian 12.2.0 amd64 n");
	world_free(w);
}

static void discs_are_named(void **state)
{
	struct world *w = world_new("every.umockdev", true);

	(void)state;
	assert_string_equal(find(w, "sr0")->disc, "CD-R");
	assert_null(find(w, "sr1")->disc);
	world_free(w);
}

static void names_that_stay_are_found(void **state)
{
	struct world *w = world_new("every.umockdev", true);

	(void)state;
	assert_string_equal(find(w, "nvme0n1")->by_id,
			    "/dev/disk/by-id/nvme-Samsara_SSD_980_500GB_S64DNX0R412345");
	assert_string_equal(find(w, "sdg")->by_id,
			    "/dev/disk/by-id/ata-Westgate_Blue_1TB_WX-WCC6Y4KP");
	assert_string_equal(find(w, "mmcblk0")->by_id, "/dev/disk/by-id/mmc-SL32G_0x4d21c07f");
	world_free(w);
}

/* One drive asked for by its path has the facts that it has in the list. */
static void probe_agrees_with_scan(void **state)
{
	struct world *w = world_new("every.umockdev", true);

	(void)state;
	for (size_t i = 0; i < w->list.n; i++) {
		const struct rr_node *n = &w->list.node[i];
		rr_autofree char *in_list = rr_content_text(&n->content, 0), *alone = NULL;
		struct rr_node node;
		struct rr_err err;

		assert_int_equal(rr_drive_probe(n->path, &node, &err), 0);
		alone = rr_content_text(&node.content, 0);
		assert_string_equal(node.kind, n->kind);
		assert_string_equal(alone, in_list);
		assert_true(same(node.port, n->port) && same(node.by_id, n->by_id));
		assert_true(same(node.label, n->label) && same(node.disc, n->disc));
		rr_node_clear(&node);
	}
	world_free(w);
}

/* Kinds on USB by words, by the number of units, by an empty slot; each stick below differs from
 * the others in just that. */
static const struct usb_case {
	const char *vendor, *model;
	unsigned removable, size, units;
	const char *protocol, *property;
	const char *kind;
} usb_cases[] = {
	{ "Acme", "Thing", 1, 2048, 1, "50", NULL, "usb-stick" },
	{ "Acme", "Thing", 0, 2048, 1, "50", NULL, "usb-disk" },
	{ "Acme", "Thing", 1, 0, 1, "50", NULL, "card-reader" },
	{ "Acme", "Thing", 1, 2048, 2, "50", NULL, "card-reader" },
	{ "Acme", "uSD Card READER", 1, 2048, 1, "50", NULL, "card-reader" },
	{ "Generic", "STORAGE DEVICE", 1, 2048, 1, "50", NULL, "card-reader" },
	{ "Acme", "STORAGE DEVICE", 1, 2048, 1, "50", NULL, "usb-stick" },
	{ "Generic", "MassStorageClass", 1, 2048, 1, "50", NULL, "card-reader" },
	{ "Generic-", "USB3.0 CRW -SD", 1, 2048, 1, "50", NULL, "card-reader" },
	{ "TS-RDF5", "SD  Transcend", 1, 2048, 1, "50", NULL, "card-reader" },
	{ "Acme", "Card Reader", 0, 2048, 1, "50", NULL, "usb-disk" },
	{ "Acme", "Thing", 1, 2048, 1, "50", "ID_DRIVE_FLASH_SD", "card-reader" },
	{ "Acme", "Card Reader", 1, 2048, 1, "50", "ID_DRIVE_THUMB", "usb-stick" },
	{ "Acme", "Flash Drive", 0, 2048, 1, "50", NULL, "usb-stick" },
	{ "Acme", "Flash Drive", 0, 2048, 1, "62", NULL, "usb-disk" },
	{ "IOMEGA", "ZIP 100", 1, 2048, 1, "50", NULL, "removable" },
	{ "Acme", "Thing", 1, 2048, 1, "50", "ID_DRIVE_FLOPPY_ZIP", "removable" },
	{ "Acme", "Thing", 1, 2048, 1, "50", "ID_DRIVE_FLOPPY", "floppy" },
};

#define INTERFACE "/devices/pci0000:00/0000:00:14.0/usb1/1-%u/1-%u:1.0"

/* The n-th drive of a bed, with so many units of which the first is sdX. */
static void add_usb(UMockdevTestbed *bed, unsigned n, const struct usb_case *c)
{
	rr_autostr struct rr_str str = { 0 };
	GError *error = NULL;

	rr_str_addf(&str, "P: /devices/pci0000:00/0000:00:14.0/usb1/1-%u\nE: SUBSYSTEM=usb\n"
			  "A: idVendor=1234\\n\nA: speed=480\\n\n\n", n);
	rr_str_addf(&str, "P: " INTERFACE "\nE: SUBSYSTEM=usb\nA: bInterfaceClass=08\\n\n"
			  "A: bInterfaceSubClass=06\\n\nA: bInterfaceProtocol=%s\\n\n\n",
		    n, n, c->protocol);
	for (unsigned lun = 0; lun < c->units; lun++) {
		rr_str_addf(&str, "P: " INTERFACE "/host%u/target%u:0:0/%u:0:0:%u\n"
				  "E: SUBSYSTEM=scsi\nA: vendor=%s\\n\nA: model=%s\\n\n"
				  "A: type=0\\n\n\n",
			    n, n, n, n, n, lun, c->vendor, c->model);
		rr_str_addf(&str, "P: " INTERFACE "/host%u/target%u:0:0/%u:0:0:%u/block/sd%c%c\n"
				  "N: sd%c%c\nE: DEVNAME=/dev/sd%c%c\nE: DEVTYPE=disk\n"
				  "E: SUBSYSTEM=block\nE: MAJOR=60\nE: MINOR=%u\n"
				  "%s%s%sA: dev=60:%u\\n\nA: size=%u\\n\nA: removable=%u\\n\n"
				  "A: ro=0\\n\nL: device=../../../%u:0:0:%u\n\n",
			    n, n, n, n, n, lun, 'a' + lun, 'a' + n % 26, 'a' + lun, 'a' + n % 26,
			    'a' + lun, 'a' + n % 26, n * 2 + lun, c->property ? "E: " : "",
			    c->property ? c->property : "", c->property ? "=1\n" : "", n * 2 + lun,
			    c->size, c->removable, n, lun);
	}
	if (!umockdev_testbed_add_from_string(bed, str.s, &error))
		fail_msg("%s", error->message);
}

static void kinds_on_usb_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(usb_cases) / sizeof(*usb_cases); i++) {
		UMockdevTestbed *bed = umockdev_testbed_new();
		struct rr_node_list list;
		struct rr_err err;

		add_usb(bed, 1, &usb_cases[i]);
		assert_int_equal(rr_drive_scan(&list, &err), 0);
		assert_int_equal(list.n, usb_cases[i].units);
		if (strcmp(list.node[0].kind, usb_cases[i].kind) != 0)
			fail_msg("case %zu: %s", i, list.node[0].kind);
		rr_node_list_clear(&list);
		g_object_unref(bed);
	}
}

/* Microseconds of this process's work: whatever else the machine does, does not count. */
static uint64_t worked_us(void)
{
	return (uint64_t)clock() * 1000000 / CLOCKS_PER_SEC;
}

/* How long so many looks at one attribute take, there. */
static uint64_t looks(const char *sys)
{
	rr_autofree char *path = rr_text_format(
		"%s/devices/pci0000:00/0000:00:14.0/usb1/1-9/idVendor", sys);
	uint64_t start = worked_us();

	for (int i = 0; i < 20000; i++) {
		rr_autofree char *line = rr_file_line(path);

		assert_non_null(line);
	}
	return worked_us() - start + 1;
}

/* How many times slower a look is by the detour that umockdev sends it on. */
static uint64_t detour(UMockdevTestbed *bed)
{
	rr_autofree char *root = umockdev_testbed_get_root_dir(bed);
	rr_autofree char *straight = rr_text_format("%s/sys", root);

	return looks("/sys") / looks(straight) + 1;
}

static void a_hundred_drives_take_a_tenth_of_a_second(void **state)
{
	UMockdevTestbed *bed = umockdev_testbed_new();
	const char *slower = getenv("SLOWER");
	uint64_t factor = slower ? strtoul(slower, NULL, 10) : 1, took = UINT64_MAX;
	struct usb_case c = usb_cases[0];
	struct rr_survey survey;
	struct rr_err err;

	(void)state;
	c.units = 4;
	for (unsigned n = 1; n <= 25; n++)
		add_usb(bed, n, &c);
	for (int i = 0; i < 5; i++) {	/* the best of them: the machine has other work */
		uint64_t began = worked_us();

		assert_int_equal(rr_survey_take(&survey, true, &err), 0);
		assert_int_equal(survey.n, 100);
		rr_survey_clear(&survey);
		took = rr_min(took, (worked_us() - began) / 1000);
	}
	factor *= detour(bed);
	print_message("100 drives in %u ms; %u times slower than without umockdev\n",
		      (unsigned)took, (unsigned)factor);
	assert_in_range(took, 0, 100 * factor);
	g_object_unref(bed);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sort_is_known),
		cmocka_unit_test(every_sort_is_known_without_udev),
		cmocka_unit_test(boot_partitions_are_not_shown),
		cmocka_unit_test(content_is_known_in_detail),
		cmocka_unit_test(discs_are_named),
		cmocka_unit_test(names_that_stay_are_found),
		cmocka_unit_test(probe_agrees_with_scan),
		cmocka_unit_test(kinds_on_usb_are_told_apart),
		cmocka_unit_test(a_hundred_drives_take_a_tenth_of_a_second),
	};

	(void)argc;
	begin_mocked(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
