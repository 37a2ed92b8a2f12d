/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_guard_real.c - proves that the guard sees what a real kernel uses: mounts, swap, loop
 * devices over devices and files. On loop devices, in a mount namespace of its own; needs root,
 * skips else. Swap goes through swapon(8), because valgrind knows no swapon(2).
 * Owns: the loop devices, mounts and swap spaces it makes.   Threads: one. */
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/mount.h>

#include "loop.h"
#include "rawright/drive.h"
#include "rawright/text.h"
#include "tool.h"

#define BYTES (24u << 20)
#define PART  (16u << 20)

struct world {
	struct loop loop, upper;	/* upper: one that stands on it, if fd >= 0 */
	char part[40], folder[40], file[60];
	bool mounted;
	const char *swap;		/* in use */
	struct rr_node node;
	struct rr_guard *guard;
};

static int world_remove(void **state)
{
	struct world *w = *state;
	int result = 0;

	if (w->swap)
		result |= tool_run("swapoff FILE", w->swap, -1, -1);
	loop_remove(&w->upper);
	if (w->mounted)
		result |= umount(w->folder);
	if (w->folder[0])
		result |= rmdir(w->folder);
	loop_unpartition(&w->loop, 1);
	loop_remove(&w->loop);
	rr_node_clear(&w->node);
	rr_guard_free(w->guard);
	free(w);
	return result;
}

static int world_make(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct rr_err err;

	*state = w;
	if (!w)
		return -1;
	w->upper.fd = w->upper.backing = -1;
	if (!loop_make(&w->loop, BYTES))
		return 0;
	(void)snprintf(w->part, sizeof(w->part), "%.31sp1", w->loop.path);
	(void)snprintf(w->folder, sizeof(w->folder), "/tmp/rawright-mount-XXXXXX");
	if (mkdtemp(w->folder) && loop_partition(&w->loop, 1, 1u << 20, PART) &&
	    rr_drive_probe(w->loop.path, &w->node, &err) == 0) {
		(void)snprintf(w->file, sizeof(w->file), "%s/file", w->folder);
		return 0;
	}
	(void)world_remove(state);	/* the setup has failed already */
	return -1;
}

/* The world, or a skipped test where no loop device is to be had. */
static struct world *world_of(void **state)
{
	struct world *w = *state;

	if (w->loop.fd < 0)
		skip();
	return w;
}

static void run(const char *line, const char *path)
{
	assert_int_equal(tool_run(line, path, -1, -1), 0);
}

static void mount_it(struct world *w)
{
	run("mkfs.ext4 -qF FILE", w->part);
	assert_int_equal(mount(w->part, w->folder, "ext4", 0, NULL), 0);
	w->mounted = true;
}

/* A file of that many bytes, all of them there, on what is mounted. */
static void make_file(const struct world *w, size_t bytes)
{
	rr_autofd int fd = open(w->file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	rr_autofree char *zeros = calloc(1, bytes);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, zeros, bytes), (ssize_t)bytes);
	assert_int_equal(fsync(fd), 0);
}

static void stand_on(struct world *w, const char *path)
{
	w->upper.backing = open(path, O_RDWR | O_CLOEXEC);
	assert_true(w->upper.backing >= 0);
	for (int tries = 0; w->upper.fd < 0 && tries < 20; tries++)
		(void)loop_try(&w->upper);
	assert_true(w->upper.fd >= 0);
}

static void look(struct world *w, const char *path, struct rr_use *use)
{
	struct rr_node node;
	struct rr_err err;

	rr_guard_free(w->guard);
	w->guard = NULL;
	assert_int_equal(rr_guard_new(&w->guard, &err), 0);
	assert_int_equal(rr_drive_probe(path, &node, &err), 0);
	if (rr_guard_use(w->guard, &node, use, &err) < 0)
		fail_msg("%s", err.text);
	rr_node_clear(&node);
}

/* The rule that refuses the drive, with every option that lifts one; "" for none. */
static const char *rule(const struct world *w, const char *source)
{
	struct rr_node from = { .path = NULL };
	struct rr_want want = {
		.target = &w->node,
		.guard = w->guard,
		.source = source ? &from : NULL,
		.unmount = true,
		.allow_fixed = true,
	};
	struct rr_verdict verdict;
	struct rr_err err;

	if (source)
		assert_int_equal(rr_drive_probe(source, &from, &err), 0);
	if (rr_rules_judge(&want, &verdict, &err) < 0)
		fail_msg("%s", err.text);
	rr_node_clear(&from);
	return verdict.rule ? verdict.rule : "";
}

static void free_drive_is_free(void **state)
{
	struct world *w = world_of(state);
	struct rr_use use;

	look(w, w->loop.path, &use);
	assert_false(use.mounted_rw || use.mounted_ro || use.swap || use.hibernation);
	assert_null(use.where);
	assert_null(use.system);
	assert_string_equal(rule(w, NULL), "");
	assert_string_equal(rule(w, "/etc/passwd"), "");
	assert_string_equal(rule(w, w->loop.file), "source-loop");
	assert_string_equal(rule(w, w->part), "source");
	rr_use_clear(&use);
}

/* The mount is seen in this namespace only, and process 1 does not see it. */
static void mounted_partition_is_seen(void **state)
{
	struct world *w = world_of(state);
	struct rr_use use;

	mount_it(w);
	make_file(w, 4096);
	look(w, w->loop.path, &use);
	assert_true(use.mounted_rw);
	assert_int_equal(use.nmount, 1);
	assert_string_equal(use.mount[0], w->folder);
	assert_string_equal(use.where, w->folder);
	assert_null(use.system);
	assert_string_equal(rule(w, NULL), "");
	assert_string_equal(rule(w, w->file), "holds-source");
	rr_use_clear(&use);
}

static void link_to_the_source_is_followed(void **state)
{
	struct world *w = world_of(state);
	char path[] = "/tmp/rawright-link-XXXXXX";
	rr_autofd int fd = mkstemp(path);
	struct rr_use use;

	assert_true(fd >= 0);
	mount_it(w);
	make_file(w, 4096);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(w->file, path), 0);
	look(w, w->loop.path, &use);
	rr_use_clear(&use);
	assert_string_equal(rule(w, path), "holds-source");
	assert_int_equal(unlink(path), 0);
}

static void loop_over_a_file_on_it_is_the_same(void **state)
{
	struct world *w = world_of(state);
	struct rr_use use;

	mount_it(w);
	make_file(w, 1 << 20);
	stand_on(w, w->file);
	look(w, w->loop.path, &use);
	assert_null(use.stack);
	assert_string_equal(rule(w, w->upper.path), "source");
	rr_use_clear(&use);
	look(w, w->upper.path, &use);
	assert_null(use.where);
	rr_use_clear(&use);
}

static void loop_over_it_is_a_stack(void **state)
{
	struct world *w = world_of(state);
	struct rr_use use;

	stand_on(w, w->part);
	look(w, w->loop.path, &use);
	assert_string_equal(use.stack, w->upper.name);
	assert_string_equal(rule(w, NULL), "in-use");
	assert_string_equal(rule(w, w->upper.path), "source");
	rr_use_clear(&use);
}

static void swap_partition_is_never_written(void **state)
{
	struct world *w = world_of(state);
	struct rr_use use;

	run("mkswap -q FILE", w->part);
	run("swapon FILE", w->part);
	w->swap = w->part;
	look(w, w->loop.path, &use);
	assert_true(use.swap);
	assert_string_equal(use.where, "swap");
	assert_string_equal(rule(w, NULL), "swap");
	rr_use_clear(&use);
}

static void swap_file_is_never_written(void **state)
{
	struct world *w = world_of(state);
	struct rr_use use;

	mount_it(w);
	make_file(w, 4 << 20);
	run("mkswap -q FILE", w->file);
	run("swapon FILE", w->file);
	w->swap = w->file;
	look(w, w->loop.path, &use);
	assert_true(use.swap);
	assert_string_equal(rule(w, NULL), "swap");
	rr_use_clear(&use);
}

static int own_namespace(void **state)
{
	(void)state;
	if (unshare(CLONE_NEWNS) == 0)
		return mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL);
	return 0;			/* no root: no loop device either */
}

#define with_world(test) cmocka_unit_test_setup_teardown(test, world_make, world_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_world(free_drive_is_free),
		with_world(mounted_partition_is_seen),
		with_world(link_to_the_source_is_followed),
		with_world(loop_over_a_file_on_it_is_the_same),
		with_world(loop_over_it_is_a_stack),
		with_world(swap_partition_is_never_written),
		with_world(swap_file_is_never_written),
	};

	return cmocka_run_group_tests(tests, own_namespace, NULL);
}
