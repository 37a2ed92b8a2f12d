/* SPDX-License-Identifier: GPL-3.0-or-later */
/* image_name.c - a name for an image, made from the medium.
 * Owns: nothing.   Threads: main. */
#include <string.h>
#include <time.h>

#include "rawright/cli.h"
#include "rawright/fs.h"
#include "rawright/text.h"

/* Letters, digits, and few others: a name that no shell and no file system minds. */
static void add_word(struct rr_str *name, const char *word)
{
	bool gap = name->len > 0;

	for (const char *p = word; p && *p && name->len < 100; p++) {
		bool fit = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
			   (*p >= 'A' && *p <= 'Z') || *p == '.' || *p == '_';

		if (fit && gap && name->len)
			rr_str_add(name, "-", 1);
		if (fit)
			rr_str_add(name, p, 1);
		gap = !fit;
	}
}

char *rr_cli_image_name(const char *folder, const struct rr_node *node)
{
	rr_autostr struct rr_str base = { 0 };
	rr_autofree char *stem = NULL;
	time_t now = time(NULL);
	char day[32] = "";
	struct tm tm;

	add_word(&base, node->label ? node->label : node->vendor);
	if (!node->label)
		add_word(&base, node->model);
	add_word(&base, node->serial);
	if (base.len == 0)
		add_word(&base, node->name);
	if (gmtime_r(&now, &tm) && strftime(day, sizeof(day), "%Y%m%d", &tm))
		add_word(&base, day);
	stem = rr_str_take(&base);
	for (unsigned i = 1; stem && i < 1000; i++) {
		char *name = i == 1 ? rr_text_format("%s%s.img", folder, stem) :
				      rr_text_format("%s%s-%u.img", folder, stem, i);
		rr_autofree char *map = name ? rr_text_format("%s.map", name) : NULL;

		if (!name || !map || !rr_path_exists(name) || rr_path_exists(map))
			return name;
		free(name);
	}
	return NULL;
}
