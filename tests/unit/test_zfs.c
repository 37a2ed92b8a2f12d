/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_zfs.c - proves that what udev found out of ZFS members comes to the guard, by device number.
 * Owns: nothing.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

#include <cmocka.h>
#include <umockdev.h>

#include "../../src/drive/guard.h"
#include "mocked.h"

#define DISK(name, number, more)                                                        \
	"P: /devices/virtual/block/" name "\nN: " name "\nE: DEVNAME=/dev/" name "\n"   \
	"E: DEVTYPE=disk\nE: SUBSYSTEM=block\nE: MAJOR=8\nE: MINOR=" number "\n" more \
	"A: dev=8:" number "\n\n"

static const char drives[] =
	DISK("sda", "0", "E: ID_FS_TYPE=zfs_member\nE: ID_FS_LABEL=tank\n")
	DISK("sdb", "16", "E: ID_FS_TYPE=zfs_member\n")
	DISK("sdc", "32", "E: ID_FS_TYPE=ext4\nE: ID_FS_LABEL=tank\n")
	DISK("sdd", "48", "");

static void members_and_their_pools(void **state)
{
	UMockdevTestbed *bed = umockdev_testbed_new();
	GError *error = NULL;
	char *pool;

	(void)state;
	if (!umockdev_testbed_add_from_string(bed, drives, &error))
		fail_msg("%s", error->message);
	assert_true(rr_zfs_member(makedev(8, 0), &pool));
	assert_string_equal(pool, "tank");
	free(pool);
	assert_true(rr_zfs_member(makedev(8, 16), &pool));
	assert_null(pool);
	assert_false(rr_zfs_member(makedev(8, 32), &pool));
	assert_null(pool);
	assert_false(rr_zfs_member(makedev(8, 48), &pool));
	assert_false(rr_zfs_member(makedev(8, 4000), &pool));
	g_object_unref(bed);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_and_their_pools),
	};

	(void)argc;
	begin_mocked(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
