/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_hold.c - proves on a real loop device that the read-only flags of a source and its
 * partitions are set, watched, and put back as they were. Needs root; skips itself else.
 * Owns: the loop devices it makes.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/fs.h>

#include "loop.h"
#include "rawright/drive.h"
#include "rawright/text.h"

/* A device with two partitions. */
struct world {
	struct loop loop;
	char *part[2];
	struct rr_node node;
	struct rr_hold hold;
};

static bool flag_of(const char *path)
{
	rr_autofd int fd = open(path, O_RDONLY | O_CLOEXEC);
	int flag = -1;

	assert_true(fd >= 0);
	assert_int_equal(ioctl(fd, BLKROGET, &flag), 0);
	return flag != 0;
}

static void flag_put(const char *path, int flag)
{
	rr_autofd int fd = open(path, O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(ioctl(fd, BLKROSET, &flag), 0);
}

static bool can_write(const char *path)
{
	rr_autofd int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && pwrite(fd, "x", 1, 0) == 1 && fsync(fd) == 0;
}

static int world_remove(void **state)
{
	struct world *w = *state;

	for (int i = 0; i < 2; i++) {
		loop_unpartition(&w->loop, i + 1);
		free(w->part[i]);
	}
	loop_remove(&w->loop);
	rr_hold_clear(&w->hold);
	rr_node_clear(&w->node);
	free(w);
	return 0;
}

static int world_make(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct rr_err err;
	bool made = true;

	*state = w;
	if (!w || !loop_make(&w->loop, 4 << 20))
		return w ? 0 : -1;
	for (int i = 0; i < 2; i++) {
		w->part[i] = rr_text_format("%sp%d", w->loop.path, i + 1);
		made &= w->part[i] &&
			loop_partition(&w->loop, i + 1, (uint64_t)(i + 1) << 20, 1 << 20);
	}
	if (made && rr_drive_probe(w->loop.path, &w->node, &err) == 0)
		return 0;
	(void)world_remove(state);	/* always 0 */
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

static void find(struct world *w)
{
	struct rr_err err;

	if (rr_hold_find(&w->node, &w->hold, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(w->hold.why_not, "");
}

static void flags_are_set_and_put_back(void **state)
{
	struct world *w = world_of(state);

	find(w);
	assert_int_equal(w->hold.n, 3);
	assert_string_equal(w->hold.flag[0].path, w->loop.path);
	for (size_t i = 0; i < 3; i++)
		assert_false(w->hold.flag[i].before);
	assert_false(flag_of(w->loop.path));
	assert_true(can_write(w->part[1]));
	rr_hold_set(&w->hold);
	assert_true(atomic_load(&w->hold.set));
	assert_true(flag_of(w->loop.path) && flag_of(w->part[0]) && flag_of(w->part[1]));
	assert_false(can_write(w->loop.path));
	assert_false(can_write(w->part[1]));
	rr_hold_release(&w->hold);
	assert_false(atomic_load(&w->hold.set));
	assert_false(flag_of(w->loop.path) || flag_of(w->part[0]) || flag_of(w->part[1]));
	assert_true(can_write(w->loop.path) && can_write(w->part[0]) && can_write(w->part[1]));
}

/* What was read-only before stays it; what was not is not made it. */
static void flags_are_put_back_as_they_were(void **state)
{
	struct world *w = world_of(state);

	flag_put(w->part[0], 1);
	find(w);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(w->hold.flag[i].before,
				 strcmp(w->hold.flag[i].path, w->part[0]) == 0);
	rr_hold_set(&w->hold);
	rr_hold_release(&w->hold);
	assert_true(flag_of(w->part[0]));
	assert_false(flag_of(w->part[1]) || flag_of(w->loop.path));
}

static void cleared_flags_are_set_again_and_counted(void **state)
{
	struct world *w = world_of(state);

	find(w);
	rr_hold_set(&w->hold);
	rr_hold_check(&w->hold);
	assert_int_equal(atomic_load(&w->hold.cleared), 0);
	flag_put(w->loop.path, 0);
	rr_hold_check(&w->hold);
	assert_int_equal(atomic_load(&w->hold.cleared), 1);
	assert_true(flag_of(w->loop.path));
	rr_hold_check(&w->hold);
	assert_int_equal(atomic_load(&w->hold.cleared), 1);
	rr_hold_release(&w->hold);
	assert_false(flag_of(w->loop.path));
}

static void released_is_left_alone(void **state)
{
	struct world *w = world_of(state);

	find(w);
	rr_hold_check(&w->hold);	/* not set yet */
	assert_false(flag_of(w->loop.path));
	rr_hold_set(&w->hold);
	rr_hold_release(&w->hold);
	flag_put(w->part[0], 1);	/* somebody else's, afterwards */
	rr_hold_release(&w->hold);
	rr_hold_check(&w->hold);
	assert_true(flag_of(w->part[0]));
	assert_false(flag_of(w->loop.path));
	assert_int_equal(atomic_load(&w->hold.cleared), 0);
}

static void partition_holds_itself_alone(void **state)
{
	struct world *w = world_of(state);
	struct rr_err err;

	rr_node_clear(&w->node);
	assert_int_equal(rr_drive_probe(w->part[0], &w->node, &err), 0);
	find(w);
	assert_int_equal(w->hold.n, 1);
	rr_hold_set(&w->hold);
	assert_true(flag_of(w->part[0]));
	assert_false(flag_of(w->part[1]) || flag_of(w->loop.path));
	rr_hold_release(&w->hold);
	assert_false(flag_of(w->part[0]));
}

/* The person's path may be a link that is gone when the flag is to be put back. */
static void path_is_the_lasting_one(void **state)
{
	struct world *w = world_of(state);
	char link[] = "/tmp/rawright-link-XXXXXX";
	struct rr_err err;

	assert_non_null(mkdtemp(link));
	assert_int_equal(rmdir(link), 0);
	assert_int_equal(symlink(w->loop.path, link), 0);
	rr_node_clear(&w->node);
	assert_int_equal(rr_drive_probe(link, &w->node, &err), 0);
	assert_string_equal(w->node.path, link);
	find(w);
	assert_int_equal(unlink(link), 0);
	assert_string_equal(w->hold.flag[0].path, w->loop.path);
}

static void only_that_device_is_put_back(void **state)
{
	struct world *w = world_of(state);

	flag_put(w->loop.path, 1);
	rr_hold_put_back(w->loop.path, w->node.dev + 1, false);
	assert_true(flag_of(w->loop.path));
	rr_hold_put_back(w->loop.path, w->node.dev, false);
	assert_false(flag_of(w->loop.path));
	rr_hold_put_back(w->loop.path, w->node.dev, true);
	assert_true(flag_of(w->loop.path));
	rr_hold_put_back("/dev/nowhere", w->node.dev, false);
	flag_put(w->loop.path, 0);
}

/* Without rights the reason is told, nothing is half set, and it is no error. */
static void not_allowed_is_told(void **state)
{
	struct world *w = world_of(state);
	bool set;

	find(w);
	assert_int_equal(seteuid(65534), 0);
	rr_hold_set(&w->hold);
	set = atomic_load(&w->hold.set);
	assert_int_equal(seteuid(0), 0);
	assert_false(set);
	assert_non_null(strstr(w->hold.why_not, w->loop.path));
	assert_false(flag_of(w->loop.path) || flag_of(w->part[0]));
}

/* One that cannot be set: then none is. */
static void half_set_is_undone(void **state)
{
	struct world *w = world_of(state);
	const char *last;

	find(w);
	last = w->hold.flag[2].path;
	loop_unpartition(&w->loop, last[strlen(last) - 1] - '0');
	rr_hold_set(&w->hold);
	assert_false(atomic_load(&w->hold.set));
	assert_non_null(strstr(w->hold.why_not, last));
	assert_false(flag_of(w->loop.path));
	assert_false(flag_of(w->hold.flag[1].path));
}

static void file_has_no_flags(void **state)
{
	char path[] = "/etc/passwd";
	const struct rr_node node = { .path = path };
	struct rr_hold hold;
	struct rr_err err;

	(void)state;
	assert_int_equal(rr_hold_find(&node, &hold, &err), 0);
	assert_int_equal(hold.n, 0);
	rr_hold_set(&hold);
	assert_false(atomic_load(&hold.set));
	rr_hold_check(&hold);
	rr_hold_release(&hold);
	rr_hold_clear(&hold);
}

#define with_world(test) cmocka_unit_test_setup_teardown(test, world_make, world_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_world(flags_are_set_and_put_back),
		with_world(flags_are_put_back_as_they_were),
		with_world(cleared_flags_are_set_again_and_counted),
		with_world(released_is_left_alone),
		with_world(partition_holds_itself_alone),
		with_world(path_is_the_lasting_one),
		with_world(only_that_device_is_put_back),
		with_world(not_allowed_is_told),
		with_world(half_set_is_undone),
		cmocka_unit_test(file_has_no_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
