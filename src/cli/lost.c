/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lost.c - what would be lost with a drive, in words, and the word that says one wants it.
 * Owns: nothing.   Threads: main. */
#include <ctype.h>
#include <string.h>

#include "rawright/words.h"
#include "targets.h"

#define GRAVE	   UINT64_C(64000000000) /* bytes: no stick or card that is written every day */
#define TAIL	   4 /* characters of a serial number */
#define PARTS_MOST 6

static void add_foreign(struct rr_str *out, const char *before, const char *text)
{
	rr_autofree char *printable = rr_text_printable(text);

	if (printable && *printable)
		rr_str_addf(out, "%s%s", before, printable);
}

static void add_identity(struct rr_str *out, const struct rr_node *node)
{
	rr_autofree char *model = rr_words_model(node), *kind = rr_words_kind(node);
	char grouped[RR_SIZE_TEXT], human[RR_SIZE_TEXT];

	add_foreign(out, "", node->path);
	rr_str_addf(out, ": ");
	if (model && *model)
		rr_str_addf(out, "%s, ", model);
	if (node->serial && *node->serial) {
		add_foreign(out, "serial ", node->serial);
		rr_str_addf(out, ", ");
	}
	rr_str_addf(out, "%s (%s bytes), %s%s", rr_size_human(human, node->bytes),
		    rr_size_grouped(grouped, node->bytes),
		    node->partition ? "a partition of a " : "", kind ? kind : "");
	add_foreign(out, " at ", node->port);
	add_foreign(out, ", over the file ", node->backing);
	rr_str_addf(out, "\n");
}

void rr_lost_lines(struct rr_str *out, const struct rr_put_drive *drive, bool unmount)
{
	rr_autofree char *content = rr_content_text(&drive->node.content, PARTS_MOST);

	add_identity(out, &drive->node);
	if (content && *content) {
		add_foreign(out, "  holds: ", content);
		rr_str_addf(out, "\n");
	}
	for (size_t i = 0; i < drive->use.nmount; i++) {
		add_foreign(out, "  mounted on ", drive->use.mount[i]);
		rr_str_addf(out, unmount ? ": will be unmounted\n" : "\n");
	}
}

bool rr_lost_is_grave(const struct rr_node *node)
{
	return node->bytes > GRAVE || rr_node_is_fixed(node);
}

/* What a keyboard has, and nobody mistakes. */
static bool is_typed_easily(const char *s)
{
	for (; *s; s++)
		if (!isascii((unsigned char)*s) || !isalnum((unsigned char)*s))
			return false;
	return true;
}

char *rr_lost_word(const struct rr_node *node)
{
	size_t len = node->serial ? strlen(node->serial) : 0;
	char size[RR_SIZE_TEXT];

	if (!rr_lost_is_grave(node))
		return strdup("yes");
	if (len >= TAIL && is_typed_easily(node->serial + len - TAIL))
		return strdup(node->serial + len - TAIL);
	return strdup(rr_size_human(size, node->bytes));
}
