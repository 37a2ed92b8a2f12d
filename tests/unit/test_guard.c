/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_guard.c - proves what the guard sees as use of a drive: mounts, swap, stacks, by exact
 * device numbers, in a sysfs and a mountinfo made for it.
 * Owns: nothing.   Threads: one. */
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/drive/guard.h"
#include "rawright/drive.h"
#include "rawright/fs.h"
#include "rawright/text.h"

static char root[] = "/tmp/rawright-guard-XXXXXX";

/* The machine: /dev/NAME, its number, the disk it is a part of, the device that stands on it. */
static const struct device {
	const char *name;
	unsigned maj, min;
	const char *disk, *holder;
} devices[] = {
	{ "sda", 8, 0, NULL, NULL },
	{ "sda1", 8, 1, "sda", NULL },
	{ "sda10", 8, 10, "sda", NULL },
	{ "sdb", 8, 16, NULL, NULL },
	{ "sdb1", 8, 17, "sdb", "dm-0" },
	{ "dm-0", 253, 0, NULL, "dm-1" },	/* LUKS, and LVM on it */
	{ "dm-1", 253, 1, NULL, NULL },
	{ "sdc", 8, 32, NULL, "md0" },
	{ "sdd", 8, 48, NULL, "md0" },
	{ "md0", 9, 0, NULL, NULL },
	{ "md0p1", 259, 0, "md0", NULL },
	{ "sde", 8, 64, NULL, NULL },
	{ "sde1", 8, 65, "sde", NULL },		/* btrfs, with sdf1 */
	{ "sdf", 8, 80, NULL, NULL },
	{ "sdf1", 8, 81, "sdf", NULL },
	{ "sdf2", 8, 82, "sdf", NULL },
	{ "sdg", 8, 96, NULL, NULL },
	{ "loop0", 7, 0, NULL, NULL },		/* over /dev/sdg */
	{ "loop1", 7, 1, NULL, NULL },		/* over a file */
	{ "sdaa", 65, 160, NULL, NULL },
	{ "sdaa1", 65, 161, "sdaa", NULL },
	{ "sdh", 8, 112, NULL, NULL },
};
#define DEVICES (sizeof(devices) / sizeof(*devices))

static const struct device *device_find(const char *name)
{
	for (size_t i = 0; i < DEVICES; i++)
		if (strcmp(devices[i].name, name) == 0)
			return &devices[i];
	fail_msg("no device %s", name);
	return NULL;
}

static bool fake_devnum(const char *path, dev_t *dev)
{
	for (size_t i = 0; i < DEVICES; i++) {
		if (strncmp(path, "/dev/", 5) != 0 || strcmp(path + 5, devices[i].name) != 0)
			continue;
		*dev = makedev(devices[i].maj, devices[i].min);
		return true;
	}
	return false;
}

static void make_folder(const char *path)
{
	for (char *p = strchr(path + 1, '/'), *part; p; p = strchr(p + 1, '/')) {
		part = strndup(path, (size_t)(p - path));
		assert_non_null(part);
		assert_true(mkdir(part, 0777) == 0 || errno == EEXIST);
		free(part);
	}
	assert_true(mkdir(path, 0777) == 0 || errno == EEXIST);
}

static void make_file(const char *dir, const char *name, const char *text)
{
	rr_autofree char *path = rr_text_format("%s/%s", dir, name);
	struct rr_err err;

	assert_int_equal(rr_file_save(path, text, strlen(text), RR_SAVE_NEW, &err), 0);
}

static void make_link(const char *dir, const char *name, const char *target)
{
	rr_autofree char *path = rr_text_format("%s/%s", dir, name);

	make_folder(dir);
	assert_int_equal(symlink(target, path), 0);
}

static char *folder_of(const char *name)
{
	const struct device *d = device_find(name);

	return rr_text_format("%s/sys/devices/block/%s%s%s", root, d->disk ? d->disk : "",
			      d->disk ? "/" : "", name);
}

static void make_device(const struct device *d)
{
	rr_autofree char *dir = folder_of(d->name);
	rr_autofree char *number = rr_text_format("%u:%u", d->maj, d->min);
	rr_autofree char *line = rr_text_format("%s\n", number);
	rr_autofree char *numbers = rr_text_format("%s/sys/dev/block", root);
	rr_autofree char *names = rr_text_format("%s/sys/block", root);

	make_folder(dir);
	make_file(dir, "dev", line);
	make_link(numbers, number, dir);
	if (d->disk)
		make_file(dir, "partition", "1\n");
	else
		make_link(names, d->name, dir);
}

static void make_holder(const struct device *d)
{
	rr_autofree char *dir = folder_of(d->name);
	rr_autofree char *holders = rr_text_format("%s/holders", dir);
	rr_autofree char *holder = d->holder ? folder_of(d->holder) : NULL;

	if (holder)
		make_link(holders, d->holder, holder);
}

static void make_loop(const char *name, const char *backing)
{
	rr_autofree char *dir = folder_of(name);
	rr_autofree char *loop = rr_text_format("%s/loop", dir);

	make_folder(loop);
	make_file(loop, "backing_file", backing);
}

static int world_make(void **state)
{
	rr_autofree char *members = NULL, *features = NULL, *sde1 = NULL, *sdf1 = NULL;

	(void)state;
	if (!mkdtemp(root))
		return -1;
	for (size_t i = 0; i < DEVICES; i++)
		make_device(&devices[i]);
	for (size_t i = 0; i < DEVICES; i++)
		make_holder(&devices[i]);
	make_loop("loop0", "/dev/sdg\n");
	make_loop("loop1", "/mnt/image of sdh\n");
	members = rr_text_format("%s/sys/fs/btrfs/1234-5678/devices", root);
	features = rr_text_format("%s/sys/fs/btrfs/features", root);
	sde1 = folder_of("sde1");
	sdf1 = folder_of("sdf1");
	make_folder(features);
	make_link(members, "sde1", sde1);
	make_link(members, "sdf1", sdf1);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static int world_remove(void **state)
{
	(void)state;
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* What the guard says of /dev/NAME with these mounts and swaps; use is to be cleared. */
static void ask(const char *name, const char *mounts, const char *swaps, struct rr_use *use)
{
	const struct device *d = device_find(name);
	rr_autofree char *sys = rr_text_format("%s/sys", root);
	rr_autofree char *mountinfo = rr_text_format("%s/mountinfo", root);
	rr_autofree char *swap_file = rr_text_format("%s/swaps", root);
	rr_autofree char *swap_text = rr_text_format("Filename\tType\tSize\tUsed\tPriority\n%s",
						     swaps);
	const struct rr_guard_places at = { sys, mountinfo, swap_file, fake_devnum };
	rr_autofree char *path = rr_text_format("/dev/%s", name);
	const struct rr_node node = { .path = path, .block = true, .dev = makedev(d->maj, d->min) };
	struct rr_err err;

	make_file(root, "mountinfo", mounts);
	make_file(root, "swaps", swap_text);
	if (rr_guard_use_at(&at, &node, use, &err) < 0)
		fail_msg("%s: %s", name, err.text);
	assert_int_equal(unlink(mountinfo) | unlink(swap_file), 0);
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
	{ "a loop device over a file", "sdh", "30 20 7:1 / /l rw - ext4 /dev/loop1 rw\n", "", 0,
	  NULL, NULL },
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

static void unreadable_mounts_are_an_error(void **state)
{
	rr_autofree char *sys = rr_text_format("%s/sys", root);
	const struct rr_guard_places at = { sys, "/nowhere/mountinfo", "/proc/swaps", fake_devnum };
	char path[] = "/dev/sdh";
	const struct rr_node node = { .path = path, .block = true, .dev = makedev(8, 112) };
	struct rr_use use;
	struct rr_err err;

	(void)state;
	assert_int_equal(rr_guard_use_at(&at, &node, &use, &err), -1);
	assert_int_equal(err.kind, RR_SYSTEM);
	assert_non_null(strstr(err.text, "/nowhere/mountinfo"));
	assert_null(use.where);
}

static void missing_swaps_are_none(void **state)
{
	rr_autofree char *sys = rr_text_format("%s/sys", root);
	const struct rr_guard_places at = { sys, "/proc/self/mountinfo", "/nowhere/swaps",
					    fake_devnum };
	char path[] = "/dev/sdh";
	const struct rr_node node = { .path = path, .block = true, .dev = makedev(8, 112) };
	struct rr_use use;
	struct rr_err err;

	(void)state;
	assert_int_equal(rr_guard_use_at(&at, &node, &use, &err), 0);
	assert_false(use.swap);
	rr_use_clear(&use);
}

static void absent_device_is_gone(void **state)
{
	rr_autofree char *sys = rr_text_format("%s/sys", root);
	const struct rr_guard_places at = { sys, "/proc/self/mountinfo", "/proc/swaps",
					    fake_devnum };
	char path[] = "/dev/sdz";
	const struct rr_node node = { .path = path, .block = true, .dev = makedev(8, 4000) };
	struct rr_use use;
	struct rr_err err;

	(void)state;
	assert_int_equal(rr_guard_use_at(&at, &node, &use, &err), -1);
	assert_int_equal(err.kind, RR_GONE);
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
		cmocka_unit_test(unreadable_mounts_are_an_error),
		cmocka_unit_test(missing_swaps_are_none),
		cmocka_unit_test(absent_device_is_gone),
		cmocka_unit_test(file_has_no_use),
	};

	return cmocka_run_group_tests(tests, world_make, world_remove);
}
