/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_drive_kinds.c - proves what a scan makes of every kind of drive, as real udev told them
 * (kinds.umockdev, recorded by tests/vm/capture), held against kinds.txt; and by sysfs alone.
 * Owns: nothing.   Threads: one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "mocked.h"
#include "rawright/drive.h"
#include "world.h"

/* A line of kinds.txt; "-" where there is nothing. */
struct row {
	char drive[32], kind[16], bus[16], port[64], link[8], sector[8];
	char medium[8], removable[8], read_only[8], write[16], label[32];
};
#define ROWS_MAX 64

static size_t load_rows(struct row *row)
{
	const char *top = getenv("srcdir");
	rr_autofree char *path = rr_text_format("%s/tests/data/umockdev/kinds.txt",
						top ? top : ".");
	rr_autofree char *text = NULL;
	struct rr_err err;
	size_t n = 0;

	assert_int_equal(rr_file_load(path, 1 << 16, &text, NULL, &err), 0);
	for (char *line = text, *next; *line; line = next) {
		struct row *r = &row[n];

		next = line + strcspn(line, "\n");
		if (*next)
			*next++ = '\0';
		if (*line == '#')
			continue;
		assert_in_range(n, 0, ROWS_MAX - 1);
		if (sscanf(line, "%31s %15s %15s %63s %7s %7s %7s %7s %7s %15s %31s", r->drive,
			   r->kind, r->bus, r->port, r->link, r->sector, r->medium, r->removable,
			   r->read_only, r->write, r->label) != 11)
			fail_msg("not a line of eleven words: %s", line);
		n++;
	}
	return n;
}

/* Behind the last "_" of its name by id; else the kernel's. */
static const char *drive_of(const struct rr_node *n)
{
	const char *tail = n->by_id ? strrchr(n->by_id, '_') : NULL;

	return tail ? tail + 1 : n->by_id ? strrchr(n->by_id, '/') + 1 : n->name;
}

static const char *or_dash(const char *text)
{
	return text ? text : "-";
}

static const char *yes(bool is)
{
	return is ? "yes" : "no";
}

/* "usb 3-1.2" without the number of the bus. */
static char *port_of(const struct rr_node *n)
{
	bool usb = n->port && strncmp(n->port, "usb ", 4) == 0;

	return rr_text_format("%s%s", usb ? "usb" : "", usb ? strchr(n->port, '-') :
							      or_dash(n->port));
}

/* As a line of kinds.txt has it; by sysfs alone a port that is not of USB is not known, nor what is
 * on a medium. */
static char *told(const struct rr_node *n)
{
	rr_autofree char *port = port_of(n);
	rr_autofree char *link = n->speed ? rr_text_format("%u", n->speed) : strdup("-");

	return rr_text_format("%s %s %s %s %u %s %s %s %s", n->kind, or_dash(n->bus), port, link,
			      n->sector, yes(n->medium), yes(n->removable), yes(n->read_only),
			      or_dash(n->label));
}

static char *wanted(const struct row *r, bool udev)
{
	bool port = udev || strncmp(r->port, "usb-", 4) == 0;

	return rr_text_format("%s %s %s %s %s %s %s %s %s", r->kind, r->bus, port ? r->port : "-",
			      r->link, r->sector, r->medium, r->removable, r->read_only,
			      udev ? r->label : "-");
}

static const struct row *find(const struct row *row, size_t n, const char *drive)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(row[i].drive, drive) == 0)
			return &row[i];
	fail_msg("kinds.txt does not know the drive %s", drive);
	return NULL;
}

/* Which drive is which is known by udev's names; the list without udev has the same order. */
static void hold(const struct rr_node_list *list, const struct rr_node_list *named, bool udev)
{
	struct row row[ROWS_MAX];
	size_t n = load_rows(row);

	assert_int_equal(list->n, n);
	for (size_t i = 0; i < n; i++) {
		const char *drive = drive_of(&named->node[i]);
		rr_autofree char *is = told(&list->node[i]);
		rr_autofree char *want = wanted(find(row, n, drive), udev);

		assert_string_equal(list->node[i].name, named->node[i].name);
		if (strcmp(is, want) != 0)
			fail_msg("%s is\n%s, but kinds.txt says\n%s", drive, is, want);
	}
}

static void every_kind_is_known(void **state)
{
	struct world *w = world_new("kinds.umockdev", true);

	(void)state;
	hold(&w->list, &w->list, true);
	world_free(w);
}

static void every_kind_is_known_without_udev(void **state)
{
	struct world *named = world_new("kinds.umockdev", true);
	struct rr_node_list list = named->list;
	struct world *w;

	(void)state;
	g_object_unref(named->bed);
	w = world_new("kinds.umockdev", false);
	hold(&w->list, &list, false);
	rr_node_list_clear(&list);
	free(named);
	world_free(w);
}

/* The words by which a person knows a drive; the SD card's own name is "QEMU!". */
static const struct {
	const char *drive, *vendor, *model, *serial, *bare_model, *bare_serial, *firmware;
} names[] = {
	{ "stick-0:0", "QEMU", "QEMU HARDDISK", "stick", "QEMU HARDDISK", "stick", "2.5+" },
	{ "floppy", "TEAC", "FD-05PUB", "floppy", "FD-05PUB", "floppy", "0100" },
	{ "0xdeadbeef", NULL, "QEMU_", "0xdeadbeef", "QEMU!", "0xdeadbeef", "0x1" },
	{ "ata-disc", NULL, "QEMU DVD-ROM", "ata-disc", "QEMU DVD-ROM", NULL, "2.5+" },
	{ "scsi-disk", "QEMU", "QEMU HARDDISK", "scsi-disk", "QEMU HARDDISK", "scsi-disk", "2.5+" },
	{ "system", NULL, "QEMU HARDDISK", "system", "QEMU HARDDISK", "system", "2.5+" },
	{ "virtio-virtio", NULL, NULL, "virtio", NULL, "virtio", NULL },
	{ "nvme", NULL, "QEMU NVMe Ctrl", "nvme", "QEMU NVMe Ctrl", "nvme", "7.2.22" },
	{ "fd0", NULL, NULL, NULL, NULL, NULL, NULL },
	{ "dm-name-linear", NULL, NULL, NULL, NULL, NULL, NULL },
};

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static size_t index_of(const struct world *w, const char *drive)
{
	for (size_t i = 0; i < w->list.n; i++)
		if (strcmp(drive_of(&w->list.node[i]), drive) == 0)
			return i;
	fail_msg("no drive %s", drive);
	return 0;
}

static void drives_are_called_what_they_call_themselves(void **state)
{
	struct world *w = world_new("kinds.umockdev", true);

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct rr_node *n = &w->list.node[index_of(w, names[i].drive)];

		if (!same(n->vendor, names[i].vendor) || !same(n->model, names[i].model) ||
		    !same(n->serial, names[i].serial) || !same(n->firmware, names[i].firmware))
			fail_msg("%s: vendor %s, model '%s', serial '%s', firmware '%s'",
				 names[i].drive, n->vendor, n->model, n->serial, n->firmware);
	}
	world_free(w);
}

static void drives_are_called_what_sysfs_calls_them(void **state)
{
	struct world *w = world_new("kinds.umockdev", true);
	size_t at[sizeof(names) / sizeof(*names)];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		at[i] = index_of(w, names[i].drive);
	world_free(w);
	w = world_new("kinds.umockdev", false);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const struct rr_node *n = &w->list.node[at[i]];

		if (!same(n->model, names[i].bare_model) || !same(n->serial, names[i].bare_serial))
			fail_msg("%s: model '%s', serial '%s'", names[i].drive, n->model,
				 n->serial);
	}
	world_free(w);
}

/* Two slots behind one plug are known by their place there; a disc is named. */
static void what_is_in_them_is_known(void **state)
{
	struct world *w = world_new("kinds.umockdev", true);
	const struct rr_node *card = &w->list.node[index_of(w, "reader-0:0")];
	const struct rr_node *slot = &w->list.node[index_of(w, "reader-0:1")];

	(void)state;
	assert_string_equal(card->port, slot->port);
	assert_int_equal(card->bytes, 4 << 20);
	assert_int_equal(slot->bytes, 0);
	assert_string_equal(w->list.node[index_of(w, "usb-disc-0:0")].disc, "CD");
	assert_null(w->list.node[index_of(w, "usb-none-0:0")].disc);
	assert_string_equal(w->list.node[index_of(w, "loop0")].backing, "/host/loop");
	world_free(w);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_is_known),
		cmocka_unit_test(every_kind_is_known_without_udev),
		cmocka_unit_test(drives_are_called_what_they_call_themselves),
		cmocka_unit_test(drives_are_called_what_sysfs_calls_them),
		cmocka_unit_test(what_is_in_them_is_known),
	};

	(void)argc;
	begin_mocked(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
