/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_guard.c - proves what the guard sees as use of a drive: mounts, swap, stacks, by exact
 * device numbers, in a sysfs and a mountinfo made for it.
 * Owns: nothing.   Threads: one. */
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

#include "machine.h"
#include "rawright/text.h"

static const char machine[] =
	"disk sda 8:0 disk\npart sda1 8:1 sda\npart sda10 8:10 sda\n"
	"disk sdb 8:16 disk\npart sdb1 8:17 sdb\n"
	"disk dm-0 253:0 virtual\ndisk dm-1 253:1 virtual\n"
	"holder sdb1 dm-0\nholder dm-0 dm-1\n"		/* LUKS, and LVM on it */
	"disk sdc 8:32 disk\ndisk sdd 8:48 disk\n"
	"disk md0 9:0 virtual\npart md0p1 259:0 md0\nholder sdc md0\nholder sdd md0\n"
	"disk sde 8:64 disk\npart sde1 8:65 sde\n"		/* btrfs, with sdf1 */
	"disk sdf 8:80 disk\npart sdf1 8:81 sdf\npart sdf2 8:82 sdf\n"
	"btrfs 1234-5678 sde1 sdf1\n"
	"disk sdg 8:96 disk\nloop loop0 7:0 /dev/sdg\n"
	"disk sdh 8:112 disk\nloop loop1 7:1 /mnt/image\\040of\\040sdh\n"
	"disk sdaa 65:160 disk\npart sdaa1 65:161 sdaa\n"
	"file /mnt/image 8:112\nfile /m/a 0:60\nfile /elsewhere 8:112\nresume 8:82\n";

static int world_make(void **state)
{
	(void)state;
	machine_make(machine);
	return 0;
}

static int world_remove(void **state)
{
	(void)state;
	machine_remove();
	return 0;
}

static struct rr_guard *guard_of(const char *mounts, const char *swaps)
{
	rr_autofree char *text = rr_text_format("Filename\tType\tSize\tUsed\tPriority\n%s", swaps);

	machine_file("proc/self/mountinfo", mounts);
	machine_file("proc/1/mountinfo", mounts);
	machine_file("proc/swaps", text);
	return machine_guard();
}

/* What the guard says of /dev/NAME with these mounts and swaps; use is to be cleared. */
static void ask(const char *name, const char *mounts, const char *swaps, struct rr_use *use)
{
	struct rr_guard *guard = guard_of(mounts, swaps);
	struct rr_node node;
	struct rr_err err;

	machine_node(name, &node);
	if (rr_guard_use(guard, &node, use, &err) < 0)
		fail_msg("%s: %s", name, err.text);
	rr_node_clear(&node);
	rr_guard_free(guard);
}

#define ROOT_MOUNT                                          \
	"20 1 8:10 / / rw,relatime - ext4 /dev/sda10 rw\n" \
	"21 20 0:5 / /dev rw - devtmpfs devtmpfs rw\n"

enum { RW = 1, RO = 2, SWAP = 4 };
static const struct use_case {
	const char *what, *device, *mounts, *swaps;
	unsigned use;
	const char *where, *stack;
} cases[] = {
	{ "nothing on it", "sdh", ROOT_MOUNT, "", 0, NULL, NULL },
	{ "its partition is mounted", "sda", ROOT_MOUNT, "", RW, "/", NULL },
	{ "the partition itself is mounted", "sda10", ROOT_MOUNT, "", RW, "/", NULL },
	{ "sda1 is not sda10", "sda1", ROOT_MOUNT, "", 0, NULL, NULL },
	{ "sda is not sdaa", "sdaa", ROOT_MOUNT, "", 0, NULL, NULL },
	{ "sdaa is not sda", "sda", "30 20 65:161 / /m rw - vfat /dev/sdaa1 rw\n", "", 0, NULL,
	  NULL },
	{ "sdaa's own", "sdaa", "30 20 65:161 / /m rw - vfat /dev/sdaa1 rw\n", "", RW, "/m", NULL },
	{ "the whole disk is mounted, asked for a part", "sdb1",
	  "30 20 8:16 / /m rw - iso9660 /dev/sdb ro\n", "", RO, "/m", "dm-0" },
	{ "a neighbour is mounted", "sdf2", "30 20 8:81 / /m rw - ext4 /dev/sdf1 rw\n", "", 0, NULL,
	  NULL },
	{ "mounted read-only", "sdh", "30 20 8:112 / /m ro - ext4 /dev/sdh ro,discard\n", "", RO,
	  "/m", NULL },
	{ "a read-only bind of a writable file system", "sdh",
	  "30 20 8:112 /x /b ro - ext4 /dev/sdh rw\n", "", RW, "/b", NULL },
	{ "a read-only file system, mount says rw", "sdh",
	  "30 20 8:112 / /m rw - ext4 /dev/sdh ro\n", "", RO, "/m", NULL },
	{ "errors=remount-ro is not ro", "sdh",
	  "30 20 8:112 / /m rw - ext4 /dev/sdh rw,errors=remount-ro\n", "", RW, "/m", NULL },
	{ "the writable one is named", "sda", "30 20 8:1 / /r ro - ext4 /dev/sda1 ro\n" ROOT_MOUNT,
	  "", RW | RO, "/", NULL },
	{ "the first one is named", "sda", "30 20 8:1 / /first rw - ext4 /dev/sda1 rw\n" ROOT_MOUNT,
	  "", RW, "/first", NULL },
	{ "a mount point with a space", "sdh", "30 20 8:112 / /my\\040disk rw - ext4 /dev/sdh rw\n",
	  "", RW, "/my disk", NULL },
	{ "mounted under another name", "sdh", "30 20 8:112 / /m rw - ext4 /dev/mapper/x rw\n", "",
	  RW, "/m", NULL },
	{ "a number decides, not the name", "sdh", "30 20 8:99 / /m rw - ext4 /dev/sdh rw\n", "", 0,
	  NULL, NULL },
	{ "swap on a partition", "sda", "", "/dev/sda1 partition 100 0 -2\n", SWAP, "swap", NULL },
	{ "swap on another", "sda", "", "/dev/sdaa1 partition 100 0 -2\n", 0, NULL, NULL },
	{ "swap file", "sda", "", "/swapfile file 100 0 -2\n", 0, NULL, NULL },
	{ "LVM on LUKS on a partition is mounted", "sdb",
	  "30 20 253:1 / /m rw - ext4 /dev/mapper/vg-lv rw\n", "", RW, "/m", "dm-0" },
	{ "LUKS open, nothing mounted", "sdb", "", "", 0, "dm-0", "dm-0" },
	{ "swap on LVM", "sdb1", "", "/dev/dm-1 partition 100 0 -2\n", SWAP, "swap", "dm-0" },
	{ "one of two disks of a RAID", "sdc", "30 20 259:0 / /raid rw - ext4 /dev/md0p1 rw\n", "",
	  RW, "/raid", "md0" },
	{ "the other", "sdd", "30 20 259:0 / /raid rw - ext4 /dev/md0p1 rw\n", "", RW, "/raid",
	  "md0" },
	{ "the RAID itself", "md0", "30 20 259:0 / /raid rw - ext4 /dev/md0p1 rw\n", "", RW,
	  "/raid", NULL },
	{ "btrfs, by its source", "sde", "30 20 0:40 /@ /data rw - btrfs /dev/sde1 rw,ssd\n", "",
	  RW, "/data", NULL },
	{ "btrfs, by another member", "sdf", "30 20 0:40 /@ /data rw - btrfs /dev/sde1 rw,ssd\n",
	  "", RW, "/data", NULL },
	{ "btrfs, a partition that is no member", "sdf2",
	  "30 20 0:40 / /data rw - btrfs /dev/sde1 rw\n", "", 0, NULL, NULL },
	{ "FUSE over a partition", "sdaa", "30 20 0:50 / /ntfs rw - fuse.ntfs-3g /dev/sdaa1 rw\n",
	  "", RW, "/ntfs", NULL },
	{ "a network source that looks like a path", "sdh",
	  "30 20 0:51 / /n rw - 9p /dev/nothing rw\n", "", 0, NULL, NULL },
	{ "a loop device over the disk", "sdg", "", "", 0, "loop0", "loop0" },
	{ "a mounted loop device over the disk", "sdg", "30 20 7:0 / /l rw - ext4 /dev/loop0 rw\n",
	  "", RW, "/l", "loop0" },
	{ "a writable image in a file on a read-only one", "sdh",
	  "29 20 8:112 / /mnt ro - iso9660 /dev/sdh ro\n"
	  "30 20 7:1 / /l rw - ext4 /dev/loop1 rw\n",
	  "", RO, "/mnt", NULL },
	{ "a loop device over a file elsewhere", "sdh", "30 20 7:1 / /l rw - ext4 /dev/loop1 rw\n",
	  "", 0, NULL, NULL },
};

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void uses_are_seen(void **state)
{
	struct rr_use use;
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct use_case *c = &cases[i];
		unsigned got;

		ask(c->device, c->mounts, c->swaps, &use);
		got = (use.mounted_rw ? RW : 0) | (use.mounted_ro ? RO : 0) | (use.swap ? SWAP : 0);
		if (got != c->use || !same(use.where, c->where) || !same(use.stack, c->stack)) {
			print_error("%s (%s): use %u, where %s, stack %s\n", c->what, c->device,
				    got, use.where, use.stack);
			wrong++;
		}
		rr_use_clear(&use);
	}
	assert_int_equal(wrong, 0);
}

static void mounts_are_listed_in_their_order(void **state)
{
	static const char mounts[] = "30 1 8:81 / /z rw - ext4 /dev/sdf1 rw\n"
				     "31 1 0:40 /@ /data rw - btrfs /dev/sde1 rw\n"
				     "32 1 8:82 / /a ro - ext4 /dev/sdf2 ro\n"
				     "33 1 253:1 / /home rw - ext4 /dev/mapper/x rw\n";
	struct rr_use use;

	(void)state;
	ask("sdf", mounts, "", &use);
	assert_int_equal(use.nmount, 3);
	assert_string_equal(use.mount[0], "/z");
	assert_string_equal(use.mount[1], "/data");
	assert_string_equal(use.mount[2], "/a");
	assert_null(use.system);
	assert_true(use.hibernation);
	rr_use_clear(&use);
	ask("sdb", mounts, "", &use);
	assert_int_equal(use.nmount, 0);
	assert_string_equal(use.system, "/home");
	assert_false(use.hibernation);
	rr_use_clear(&use);
}

/* "/mnt" is above "/mnt/image", and not above "/mnt-2" or "/mn". */
static void files_belong_to_the_nearest_mount(void **state)
{
	static const char mounts[] = "20 1 8:10 / / rw - ext4 /dev/sda10 rw\n"
				     "30 20 0:60 / /m rw - overlay o "
				     "rw,lowerdir=/mnt-3/l:/mnt-2/l\n"
				     "31 20 8:112 / /mnt rw - ext4 /dev/sdh rw\n"
				     "32 20 8:65 / /mn rw - ext4 /dev/sde1 rw\n"
				     "33 20 65:161 / /mnt-2 rw - ext4 /dev/sdaa1 rw\n";
	static const struct {
		const char *device, *file;
		bool holds;
	} held[] = {
		{ "sdh", "/mnt/image", true },	{ "sda", "/mnt/image", false },
		{ "sde", "/mnt/image", false }, { "sdh", "/m/a", false },
		{ "sdaa1", "/m/a", true },	{ "sde", "/m/a", false },
		{ "sda10", "/m/a", true },	{ "sdh", "/elsewhere", true },
	};
	struct rr_guard *guard = guard_of(mounts, "");

	(void)state;
	for (size_t i = 0; i < sizeof(held) / sizeof(*held); i++) {
		struct rr_node node;
		struct rr_err err;
		bool holds;

		machine_node(held[i].device, &node);
		assert_int_equal(rr_guard_holds_file(guard, &node, held[i].file, &holds, &err), 0);
		if (holds != held[i].holds)
			fail_msg("%s and %s: %d", held[i].device, held[i].file, holds);
		rr_node_clear(&node);
	}
	rr_guard_free(guard);
}

/* Without udev it is the content that tells of a pool. */
static void content_tells_of_a_pool(void **state)
{
	static const char mounts[] = "20 1 0:30 / / rw - zfs rpool/ROOT rw\n"
				     "21 1 0:31 / /t rw - zfs tank rw\n";
	struct rr_guard *guard = guard_of(mounts, "");
	char fs[] = "zfs_member", tank[] = "tank", none[] = "old";
	struct rr_part part = { .fs = fs, .label = tank };
	struct rr_node node;
	struct rr_use use;
	struct rr_err err;

	(void)state;
	machine_node("sdh", &node);
	node.content.part = &part;
	node.content.n = 1;
	assert_int_equal(rr_guard_use(guard, &node, &use, &err), 0);
	assert_string_equal(use.pool, "tank");
	assert_string_equal(use.stack, "ZFS pool tank");
	assert_string_equal(use.where, "/t");
	assert_null(use.system);
	rr_use_clear(&use);
	part.label = none;
	assert_int_equal(rr_guard_use(guard, &node, &use, &err), 0);
	assert_null(use.pool);
	rr_use_clear(&use);
	part.label = NULL;
	assert_int_equal(rr_guard_use(guard, &node, &use, &err), 0);
	assert_non_null(use.pool);
	assert_string_equal(use.system, "/");
	rr_use_clear(&use);
	memset(&node.content, 0, sizeof(node.content));
	rr_node_clear(&node);
	rr_guard_free(guard);
}

static void unreadable_mounts_are_an_error(void **state)
{
	struct rr_guard_places at = *machine_places();
	struct rr_guard *guard;
	struct rr_err err;

	(void)state;
	at.proc = "/nowhere";
	assert_int_equal(rr_guard_new_at(&at, &guard, &err), -1);
	assert_int_equal(err.kind, RR_SYSTEM);
	assert_non_null(strstr(err.text, "/nowhere/self/mountinfo"));
	assert_null(guard);
}

static void missing_swaps_are_none(void **state)
{
	rr_autofree char *path = rr_text_format("%s/swaps", machine_places()->proc);
	struct rr_guard *guard;

	(void)state;
	assert_int_equal(unlink(path), 0);
	guard = machine_guard();
	rr_guard_free(guard);
}

static void absent_device_is_gone(void **state)
{
	struct rr_guard *guard = machine_guard();
	char path[] = "/dev/sdz";
	const struct rr_node node = { .path = path, .block = true, .dev = makedev(8, 4000) };
	struct rr_use use;
	struct rr_err err;

	(void)state;
	assert_int_equal(rr_guard_use(guard, &node, &use, &err), -1);
	assert_int_equal(err.kind, RR_GONE);
	assert_null(use.where);
	rr_guard_free(guard);
}

static void file_has_no_use(void **state)
{
	char path[] = "/etc/passwd";
	const struct rr_node node = { .path = path };
	struct rr_use use;
	struct rr_err err;

	(void)state;
	assert_int_equal(rr_guard_use(NULL, &node, &use, &err), 0);
	assert_false(use.mounted_rw || use.mounted_ro || use.swap || use.where || use.stack);
	assert_null(rr_guard_holder(&node));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uses_are_seen),
		cmocka_unit_test(mounts_are_listed_in_their_order),
		cmocka_unit_test(files_belong_to_the_nearest_mount),
		cmocka_unit_test(content_tells_of_a_pool),
		cmocka_unit_test(unreadable_mounts_are_an_error),
		cmocka_unit_test(missing_swaps_are_none),
		cmocka_unit_test(absent_device_is_gone),
		cmocka_unit_test(file_has_no_use),
	};

	return cmocka_run_group_tests(tests, world_make, world_remove);
}
