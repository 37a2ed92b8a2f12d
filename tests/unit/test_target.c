/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_target.c - proves that a drive is opened to be written only when it is the one that was
 * meant, and that nobody else has it meanwhile; on a loop device.
 * Owns: nothing.   Threads: one. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

#include "loop.h"
#include "rawright/drive.h"
#include "rawright/fs.h"

#define MIB (UINT64_C(1) << 20)

static struct loop device = { .fd = -1, .backing = -1 };

static void probe(struct rr_node *node, const char *path)
{
	struct rr_err err;

	if (rr_drive_probe(path, node, &err) < 0)
		fail_msg("%s", err.text);
}

static int make_device(void **state)
{
	(void)state;
	return loop_make(&device, 8 * MIB) ? 0 : -1;
}

static int remove_device(void **state)
{
	(void)state;
	loop_remove(&device);
	return 0;
}

static void it_is_held_and_locked(void **state)
{
	struct rr_target *target = NULL;
	struct rr_node node;
	struct rr_err err;
	int other = open(device.path, O_RDONLY | O_CLOEXEC);

	(void)state;
	probe(&node, device.path);
	assert_int_equal(rr_target_open(&node, &target, &err), 0);
	assert_true(rr_target_facts(target)->size == 8 * MIB);
	assert_int_equal(rr_target_facts(target)->sector, 512);
	assert_int_equal(open(device.path, O_RDWR | O_EXCL | O_CLOEXEC), -1);
	assert_int_equal(errno, EBUSY);
	assert_int_equal(flock(other, LOCK_SH | LOCK_NB), -1);
	assert_int_equal(errno, EWOULDBLOCK);
	rr_target_close(target);
	assert_int_equal(flock(other, LOCK_EX | LOCK_NB), 0);
	(void)close(other);
	rr_node_clear(&node);
}

/* What listens to udev locks whole disks. */
static void a_partition_locks_its_disk(void **state)
{
	char path[48];
	struct rr_target *target = NULL;
	struct rr_node node;
	struct rr_err err;
	int other = open(device.path, O_RDONLY | O_CLOEXEC);

	(void)state;
	(void)snprintf(path, sizeof(path), "%sp1", device.path);
	assert_true(loop_partition(&device, 1, MIB, 2 * MIB));
	if (access(path, F_OK) != 0)
		assert_int_equal(mknod(path, S_IFBLK | 0600, makedev(259, 0)), 0);
	probe(&node, path);
	assert_true(node.partition);
	assert_int_equal(rr_target_open(&node, &target, &err), 0);
	assert_true(rr_target_facts(target)->size == 2 * MIB);
	assert_int_equal(flock(other, LOCK_SH | LOCK_NB), -1);
	rr_target_close(target);
	(void)close(other);
	rr_node_clear(&node);
	loop_unpartition(&device, 1);
}

static void another_one_is_not_opened(void **state)
{
	struct rr_target *target = NULL;
	struct rr_node node;
	struct rr_err err;

	(void)state;
	probe(&node, device.path);
	node.diskseq++;
	assert_int_equal(rr_target_open(&node, &target, &err), -1);
	assert_int_equal(err.kind, RR_GONE);
	node.diskseq--;
	node.bytes -= 512;
	assert_int_equal(rr_target_open(&node, &target, &err), -1);
	assert_int_equal(err.kind, RR_GONE);
	node.bytes += 512;
	node.serial = strdup("another");
	assert_int_equal(rr_target_open(&node, &target, &err), -1);
	assert_int_equal(err.kind, RR_GONE);
	free(node.serial);
	node.serial = NULL;
	node.dev = makedev(7, 1048575);
	assert_int_equal(rr_target_open(&node, &target, &err), -1);
	assert_int_equal(err.kind, RR_GONE);
	rr_node_clear(&node);
}

static void a_read_only_one_is_refused(void **state)
{
	struct rr_target *target = NULL;
	struct rr_node node;
	struct rr_err err;
	int on = 1, off = 0;

	(void)state;
	probe(&node, device.path);
	assert_int_equal(ioctl(device.fd, BLKROSET, &on), 0);
	assert_int_equal(rr_target_open(&node, &target, &err), -1);
	assert_int_equal(err.kind, RR_REFUSED);
	assert_int_equal(ioctl(device.fd, BLKROSET, &off), 0);
	rr_node_clear(&node);
}

/* From the medium, whatever the page cache holds. */
static void it_is_read_past_the_cache(void **state)
{
	static unsigned char a[4096] __attribute__((aligned(4096)));
	struct rr_target *target = NULL;
	struct rr_source *source = NULL;
	struct rr_node node;
	struct rr_err err;
	enum rr_how how;
	size_t got;

	(void)state;
	probe(&node, device.path);
	assert_int_equal(rr_target_open(&node, &target, &err), 0);
	memset(a, 'x', sizeof(a));
	assert_int_equal(rr_pwrite(rr_target_facts(target)->fd, a, sizeof(a), 0, NULL), 0);
	assert_int_equal(fsync(rr_target_facts(target)->fd), 0);
	assert_int_equal(rr_pwrite(device.backing, "y", 1, 100, NULL), 0); /* behind its back */
	assert_int_equal(rr_target_source(target, &source, &how, &err), 0);
	assert_int_equal(how, RR_HOW_DIRECT);
	assert_int_equal(source->ops->read(source, a, sizeof(a), 0, &got, &err), 0);
	assert_true(got == sizeof(a));
	assert_int_equal(a[99], 'x');
	assert_int_equal(a[100], 'y');
	rr_source_close(source);
	rr_target_close(target);
	rr_node_clear(&node);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_held_and_locked),
		cmocka_unit_test(a_partition_locks_its_disk),
		cmocka_unit_test(another_one_is_not_opened),
		cmocka_unit_test(a_read_only_one_is_refused),
		cmocka_unit_test(it_is_read_past_the_cache),
	};
	struct loop probe_of_machine = { .fd = -1, .backing = -1 };

	if (!loop_make(&probe_of_machine, 4096))
		return 77;
	loop_remove(&probe_of_machine);
	return cmocka_run_group_tests(tests, make_device, remove_device);
}
