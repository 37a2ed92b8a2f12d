/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_drive_open.c - proves that a source is opened only when nobody else uses it, only when it is
 * the one that was meant, and that alive() sees it change. On loop devices; needs root, skips else.
 * Owns: the loop devices, mounts and children it makes.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/fs.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "loop.h"
#include "rawright/drive.h"
#include "rawright/text.h"

#define BYTES (4u << 20)
#define PART  (1u << 20)

struct world {
	struct loop loop, upper;	/* upper: one that stands on loop, if fd >= 0 */
	char part[40];
	char folder[40];
	bool mounted;
	struct rr_node node;
	struct rr_source *src;
	pid_t child;
	bool exclusive;
	struct rr_err err;
};

static void end_child(struct world *w)
{
	if (w->child > 0 && kill(w->child, SIGKILL) == 0)
		(void)waitpid(w->child, NULL, 0);	/* ours, and killed */
	w->child = 0;
}

static int world_remove(void **state)
{
	struct world *w = *state;
	int result = 0;

	end_child(w);
	rr_source_close(w->src);
	if (w->mounted)
		result |= umount(w->folder);
	if (w->folder[0])
		result |= rmdir(w->folder);
	loop_remove(&w->upper);
	loop_unpartition(&w->loop, 1);
	loop_remove(&w->loop);
	rr_node_clear(&w->node);
	free(w);
	return result;
}

static int world_make(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	*state = w;
	if (!w)
		return -1;
	w->upper.fd = w->upper.backing = -1;
	if (!loop_make(&w->loop, BYTES))
		return 0;
	(void)snprintf(w->part, sizeof(w->part), "%.31sp1", w->loop.path);
	(void)snprintf(w->folder, sizeof(w->folder), "/tmp/rawright-mount-XXXXXX");
	if (mkdtemp(w->folder) && loop_partition(&w->loop, 1, PART, 2 * PART) &&
	    rr_drive_probe(w->loop.path, &w->node, &w->err) == 0)
		return 0;
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

static int open_it(struct world *w, bool allow_mounted)
{
	const struct rr_open_conf conf = { .allow_mounted = allow_mounted };

	return rr_drive_open(&w->node, &conf, &w->src, &w->exclusive, &w->err);
}

static void refused(struct world *w, enum rr_kind kind, const char *text)
{
	assert_int_equal(open_it(w, false), -1);
	if (w->err.kind != kind || !strstr(w->err.text, text))
		fail_msg("kind %d, \"%s\", and not \"%s\"", w->err.kind, w->err.text, text);
	assert_false(w->exclusive);
}

/* Puts a file system on the partition and mounts it. */
static void mount_it(struct world *w, unsigned long flags)
{
	char program[] = "mkfs.ext4", quiet[] = "-qF";
	char *argv[] = { program, quiet, w->part, NULL };
	int status = -1;
	pid_t pid;

	if (posix_spawnp(&pid, program, NULL, NULL, argv, environ) == 0)
		assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(mount(w->part, w->folder, "ext4", flags, NULL), 0);
	w->mounted = true;
}

static void free_drive_is_opened_exclusively(void **state)
{
	struct world *w = world_of(state);
	char *buf = aligned_alloc(4096, 4096);
	size_t got;
	int fd;

	assert_int_equal(pwrite(w->loop.backing, "here", 4, 8192), 4);
	if (open_it(w, false) < 0)
		fail_msg("%s", w->err.text);
	assert_true(w->exclusive);
	assert_string_equal(w->src->name, w->loop.path);
	assert_int_equal(w->src->size, BYTES);
	assert_int_equal(w->src->sector, 512);
	assert_int_equal(w->src->ops->read(w->src, buf, 4096, 8192, &got, &w->err), 0);
	assert_int_equal(got, 4096);
	assert_memory_equal(buf, "here", 4);
	fd = open(w->part, O_RDONLY | O_EXCL | O_CLOEXEC);
	assert_int_equal(fd, -1);
	assert_int_equal(errno, EBUSY);
	free(buf);
}

static void mounted_partition_refuses_its_disk(void **state)
{
	struct world *w = world_of(state);

	mount_it(w, 0);
	refused(w, RR_REFUSED, w->folder);
	assert_int_equal(open_it(w, true), 0);
	assert_false(w->exclusive);
}

static void mounted_read_only_is_opened_unexclusively(void **state)
{
	struct world *w = world_of(state);

	mount_it(w, MS_RDONLY);
	if (open_it(w, false) < 0)
		fail_msg("%s", w->err.text);
	assert_false(w->exclusive);
}

/* A bind mount that is read-only does not make the file system so. */
static void read_only_bind_is_no_excuse(void **state)
{
	struct world *w = world_of(state);

	mount_it(w, 0);
	assert_int_equal(mount(NULL, w->folder, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), 0);
	refused(w, RR_REFUSED, "is mounted on");
}

/* A child that has path open, and nothing else of the loop device, and tells when. */
static pid_t hold_open(const struct world *w, const char *path)
{
	int pipes[2];
	char c;
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	if (pid == 0) {
		(void)close(w->loop.fd);
		if (open(path, O_RDONLY | O_EXCL) < 0 || write(pipes[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			(void)pause();
	}
	assert_true(pid > 0);
	(void)close(pipes[1]);
	assert_int_equal(read(pipes[0], &c, 1), 1);
	(void)close(pipes[0]);
	return pid;
}

static void holder_is_named(void **state)
{
	struct world *w = world_of(state);
	rr_autofree char *name = NULL, *holder = NULL;

	w->child = hold_open(w, w->part);
	/* The kernel keeps 15 characters of the name. */
	name = rr_text_format("%.15s (%d)", program_invocation_short_name, w->child);
	holder = rr_guard_holder(&w->node);
	assert_non_null(holder);
	assert_string_equal(holder, name);
	refused(w, RR_REFUSED, name);
	assert_int_equal(open_it(w, true), 0);
	assert_false(w->exclusive);
}

static void nobody_is_named_for_a_free_drive(void **state)
{
	struct world *w = world_of(state);

	assert_null(rr_guard_holder(&w->node));
}

static void loop_on_the_drive_refuses_it(void **state)
{
	struct world *w = world_of(state);

	w->upper.backing = open(w->loop.path, O_RDWR | O_CLOEXEC);
	assert_true(w->upper.backing >= 0);
	for (int tries = 0; w->upper.fd < 0 && tries < 20; tries++)
		(void)loop_try(&w->upper);
	assert_true(w->upper.fd >= 0);
	refused(w, RR_REFUSED, w->upper.name);
	loop_remove(&w->upper);
	assert_int_equal(open_it(w, false), 0);
}

static void another_drive_is_told(void **state)
{
	struct world *w = world_of(state);

	w->node.diskseq++;
	refused(w, RR_GONE, "took its place");
	w->node.diskseq--;
	w->node.bytes += 512;
	refused(w, RR_GONE, "4,194,816");
	w->node.bytes -= 512;
	assert_int_equal(open_it(w, false), 0);
}

/* Where media come and go a new number is only a reason to look again. */
static void new_number_of_a_removable_drive_is_looked_into(void **state)
{
	struct world *w = world_of(state);

	w->node.removable = true;
	w->node.diskseq++;
	if (open_it(w, false) < 0)
		fail_msg("%s", w->err.text);
	rr_source_close(w->src);
	w->src = NULL;
	w->node.model = strdup("another");
	refused(w, RR_GONE, "took its place");
}

static void empty_drive_has_no_medium(void **state)
{
	struct world *w = world_of(state);

	loop_unpartition(&w->loop, 1);
	assert_int_equal(ioctl(w->loop.fd, LOOP_CLR_FD), 0);
	(void)close(w->loop.fd);	/* the last one detaches it */
	w->loop.fd = -1;
	w->node.diskseq = 0;
	refused(w, RR_GONE, w->loop.path);
}

static void alive_tells_shrunk_and_gone(void **state)
{
	struct world *w = world_of(state);
	uint64_t now = 0;

	assert_int_equal(open_it(w, false), 0);
	assert_int_equal(w->src->ops->alive(w->src, &now, &w->err), 0);
	assert_int_equal(now, BYTES);
	assert_int_equal(ftruncate(w->loop.backing, BYTES / 2), 0);
	assert_int_equal(ioctl(w->loop.fd, LOOP_SET_CAPACITY), 0);
	assert_int_equal(w->src->ops->alive(w->src, &now, &w->err), 0);
	assert_int_equal(now, BYTES / 2);
	assert_int_equal(ftruncate(w->loop.backing, 0), 0);
	assert_int_equal(ioctl(w->loop.fd, LOOP_SET_CAPACITY), 0);
	assert_int_equal(w->src->ops->alive(w->src, &now, &w->err), -1);
	assert_int_equal(w->err.kind, RR_GONE);
}

/* Opens it so that LOOP_CHANGE_FD can put another file under it, which is returned: that goes with
 * a read-only loop device, and is another disk to the kernel. */
static int open_exchangeable(struct world *w)
{
	char other[] = "/tmp/rawright-other-XXXXXX";
	int fd = mkstemp(other);

	assert_true(fd >= 0);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(ftruncate(fd, BYTES), 0);
	loop_unpartition(&w->loop, 1);
	loop_read_only(&w->loop);
	rr_node_clear(&w->node);
	assert_int_equal(rr_drive_probe(w->loop.path, &w->node, &w->err), 0);
	assert_int_equal(open_it(w, false), 0);
	return fd;
}

static void alive_tells_another_medium(void **state)
{
	struct world *w = world_of(state);
	rr_autofd int fd = open_exchangeable(w);
	uint64_t now = 0;

	assert_int_equal(w->src->ops->alive(w->src, &now, &w->err), 0);
	assert_int_equal(ioctl(w->loop.fd, LOOP_CHANGE_FD, fd), 0);
	assert_int_equal(w->src->ops->alive(w->src, &now, &w->err), -1);
	assert_int_equal(w->err.kind, RR_GONE);
	assert_non_null(strstr(w->err.text, "changed"));
}

/* No error tells of it: each read asks. */
static void nothing_is_read_of_another_medium(void **state)
{
	struct world *w = world_of(state);
	rr_autofd int fd = open_exchangeable(w);
	static char buf[4096] __attribute__((aligned(4096)));
	size_t got = 0;

	assert_int_equal(w->src->ops->read(w->src, buf, sizeof(buf), 0, &got, &w->err), 0);
	assert_int_equal(got, sizeof(buf));
	assert_int_equal(ioctl(w->loop.fd, LOOP_CHANGE_FD, fd), 0);
	assert_int_equal(w->src->ops->read(w->src, buf, sizeof(buf), 4096, &got, &w->err), -1);
	assert_int_equal(got, 0);
	assert_int_equal(w->err.kind, RR_GONE);
	assert_non_null(strstr(w->err.text, "changed"));
}

static void alive_watches_the_flag(void **state)
{
	struct world *w = world_of(state);
	struct rr_hold hold;
	const struct rr_open_conf conf = { .hold = &hold };
	uint64_t now;
	int off = 0;

	assert_int_equal(rr_hold_find(&w->node, &hold, &w->err), 0);
	assert_int_equal(rr_drive_open(&w->node, &conf, &w->src, &w->exclusive, &w->err), 0);
	rr_hold_set(&hold);
	assert_int_equal(ioctl(w->loop.fd, BLKROSET, &off), 0);
	assert_int_equal(w->src->ops->alive(w->src, &now, &w->err), 0);
	assert_int_equal(atomic_load(&hold.cleared), 1);
	rr_hold_release(&hold);
	rr_source_close(w->src);
	w->src = NULL;
	rr_hold_clear(&hold);
}

static void partition_is_opened_as_itself(void **state)
{
	struct world *w = world_of(state);
	uint64_t now;

	rr_node_clear(&w->node);
	assert_int_equal(rr_drive_probe(w->part, &w->node, &w->err), 0);
	if (open_it(w, false) < 0)
		fail_msg("%s", w->err.text);
	assert_true(w->exclusive);
	assert_int_equal(w->src->size, 2 * PART);
	assert_int_equal(w->src->ops->alive(w->src, &now, &w->err), 0);
	assert_int_equal(now, 2 * PART);
}

static void file_is_opened_if_it_is_the_same(void **state)
{
	char path[] = "/tmp/rawright-file-XXXXXX";
	rr_autofd int fd = mkstemp(path);
	struct world w = { .src = NULL };

	(void)state;
	assert_int_equal(ftruncate(fd, 1000), 0);
	assert_int_equal(rr_drive_probe(path, &w.node, &w.err), 0);
	assert_int_equal(open_it(&w, false), 0);
	assert_int_equal(w.src->size, 1000);
	assert_false(w.exclusive);
	rr_source_close(w.src);
	assert_int_equal(ftruncate(fd, 999), 0);
	refused(&w, RR_GONE, "999");
	assert_int_equal(unlink(path), 0);
	refused(&w, RR_GONE, path);
	assert_int_equal(mkfifo(path, 0600), 0);
	refused(&w, RR_GONE, "no longer a plain file");
	assert_int_equal(unlink(path), 0);
	rr_node_clear(&w.node);
}

#define with_world(test) cmocka_unit_test_setup_teardown(test, world_make, world_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_world(free_drive_is_opened_exclusively),
		with_world(mounted_partition_refuses_its_disk),
		with_world(mounted_read_only_is_opened_unexclusively),
		with_world(read_only_bind_is_no_excuse),
		with_world(holder_is_named),
		with_world(nobody_is_named_for_a_free_drive),
		with_world(loop_on_the_drive_refuses_it),
		with_world(another_drive_is_told),
		with_world(new_number_of_a_removable_drive_is_looked_into),
		with_world(empty_drive_has_no_medium),
		with_world(alive_tells_shrunk_and_gone),
		with_world(alive_tells_another_medium),
		with_world(nothing_is_read_of_another_medium),
		with_world(alive_watches_the_flag),
		with_world(partition_is_opened_as_itself),
		cmocka_unit_test(file_is_opened_if_it_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
