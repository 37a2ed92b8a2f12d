/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world.h - a recording of drives, mocked by umockdev, and what a scan makes of it; for tests. */
#ifndef RR_TEST_WORLD_H
#define RR_TEST_WORLD_H

#include <stdlib.h>
#include <string.h>

#include <umockdev.h>

#include "rawright/drive.h"
#include "rawright/fs.h"
#include "rawright/text.h"

struct world {
	UMockdevTestbed *bed;
	struct rr_node_list list;
};

/* A recording, or only what the kernel itself says: no links, no properties of udev's rules. */
static inline char *world_load(const char *file, bool udev)
{
	const char *top = getenv("srcdir");
	rr_autofree char *path = rr_text_format("%s/tests/data/umockdev/%s", top ? top : ".", file);
	char *text, *to;
	struct rr_err err;

	assert_int_equal(rr_file_load(path, 1 << 20, &text, NULL, &err), 0);
	if (udev)
		return text;
	to = text;
	for (char *line = text, *next; *line; line = next) {
		next = line + strcspn(line, "\n");
		next += *next != '\0';
		if (strncmp(line, "S: ", 3) == 0 || strncmp(line, "E: ID_", 6) == 0 ||
		    strncmp(line, "E: TAGS", 7) == 0 || strncmp(line, "E: DEVLINKS", 11) == 0)
			continue;
		memmove(to, line, (size_t)(next - line));
		to += next - line;
	}
	*to = '\0';
	return text;
}

static inline struct world *world_new(const char *file, bool udev)
{
	struct world *w = calloc(1, sizeof(*w));
	rr_autofree char *text = world_load(file, udev);
	GError *error = NULL;
	struct rr_err err;

	assert_non_null(w);
	w->bed = umockdev_testbed_new();
	if (!umockdev_testbed_add_from_string(w->bed, text, &error))
		fail_msg("%s: %s", file, error->message);
	if (rr_drive_scan(&w->list, &err) < 0)
		fail_msg("%s", err.text);
	return w;
}

static inline void world_free(struct world *w)
{
	rr_node_list_clear(&w->list);
	g_object_unref(w->bed);
	free(w);
}

#endif
