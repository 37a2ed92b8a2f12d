/* SPDX-License-Identifier: GPL-3.0-or-later */
/* info_text.c - what is known of one drive or image file, in lines for people.
 * Owns: nothing.   Threads: main. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rawright/info.h"
#include "rawright/part_type.h"
#include "rawright/size.h"
#include "rawright/text.h"

#define COLUMN 20	/* where what is said about a key begins */

struct page {
	struct rr_str out;
	unsigned width;
};

/* Words of a printable text, from column `at` on; further lines begin at indent. */
static void wrap(struct page *page, const char *text, size_t at, size_t indent)
{
	for (bool first = true; *text; first = false) {
		size_t len;

		text += strspn(text, " ");
		len = strcspn(text, " ");
		if (!first && at + 1 + len > page->width) {
			rr_str_addf(&page->out, "\n%*s", (int)indent, "");
			at = indent;
		} else if (!first && len) {
			rr_str_add(&page->out, " ", 1);
			at++;
		}
		rr_str_add(&page->out, text, len);
		at += len;
		text += len;
	}
	rr_str_add(&page->out, "\n", 1);
}

/* A key and a foreign text; NULL: nothing is said. */
static void line(struct page *page, const char *key, const char *text)
{
	rr_autofree char *printable = rr_text_printable(text);
	int pad = COLUMN - 3 - (int)strlen(key);

	if (!text)
		return;
	rr_str_addf(&page->out, "  %s%*s ", key, pad > 0 ? pad : 0, "");
	page->out.fail |= !printable;
	wrap(page, printable ? printable : "", COLUMN, COLUMN);
}

static void linef(struct page *page, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void linef(struct page *page, const char *key, const char *fmt, ...)
{
	rr_autofree char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	page->out.fail |= !text;
	line(page, key, text);
}

/* A sentence that is not to be overlooked. */
static void warn(struct page *page, const char *text)
{
	rr_autofree char *printable = rr_text_printable(text);

	rr_str_addf(&page->out, "  ! ");
	page->out.fail |= !printable;
	wrap(page, printable ? printable : "", 4, 4);
}

static void heading(struct page *page, const char *text)
{
	bool small = text[0] >= 'a' && text[0] <= 'z';

	rr_str_addf(&page->out, "\n%c%s\n", small ? text[0] - 'a' + 'A' : text[0], text + 1);
}

static void size_line(struct page *page, const char *key, uint64_t bytes)
{
	char n[RR_SIZE_TEXT], human[RR_SIZE_TEXT];

	if (bytes < 1000)
		linef(page, key, "%s bytes", rr_size_grouped(n, bytes));
	else
		linef(page, key, "%s bytes (%s)", rr_size_grouped(n, bytes),
		      rr_size_human(human, bytes));
}

static void put_names(struct page *page, const struct rr_node *node)
{
	const struct rr_kind_info *kind = rr_kind_find(node->kind);

	linef(page, "kind", "%s%s%s%s", kind ? kind->title : node->kind,
	      node->partition ? ", a partition of " : "",
	      node->partition && node->parent ? node->parent : "",
	      node->removable ? ", removable" : "");
	line(page, "vendor", node->vendor);
	line(page, "model", node->model);
	line(page, "serial", node->serial);
	line(page, "WWN", node->wwn);
	line(page, "firmware", node->firmware);
	line(page, "file", node->backing);
	line(page, "by id", node->by_id);
}

static void put_place(struct page *page, const struct rr_node *node)
{
	line(page, "bus", node->bus);
	line(page, "port", node->port);
	if (node->speed >= 1000 && node->speed % 1000 == 0)
		linef(page, "speed", "%" PRIu32 " Gbit/s", node->speed / 1000);
	else if (node->speed)
		linef(page, "speed", "%" PRIu32 " Mbit/s", node->speed);
	if (node->diskseq)
		linef(page, "disk sequence", "%" PRIu64, node->diskseq);
	linef(page, "read-only", "%s", node->read_only ? "yes" : "no");
}

static void put_drive(struct page *page, const struct rr_info *info)
{
	const struct rr_node *node = &info->node;
	uint64_t bytes = info->opened ? info->size : node->bytes;
	char n[RR_SIZE_TEXT];

	heading(page, "drive");
	put_names(page, node);
	if (!bytes)
		line(page, "size", node->medium ? "not known before it is opened" : "no medium");
	else
		size_line(page, "size", bytes);
	line(page, "disc", node->disc);
	if (bytes && node->physical_sector != node->sector)
		linef(page, "sectors", "%s of %" PRIu32 " bytes (physically %" PRIu32 ")",
		      rr_size_grouped(n, bytes / node->sector), node->sector,
		      node->physical_sector);
	else if (bytes)
		linef(page, "sectors", "%s of %" PRIu32 " bytes",
		      rr_size_grouped(n, bytes / node->sector), node->sector);
	put_place(page, node);
}

static void put_use(struct page *page, const struct rr_info *info)
{
	const struct rr_use *use = &info->use;
	bool none = !use->mounted_rw && !use->mounted_ro && !use->swap && !use->stack &&
		    !use->hibernation;

	heading(page, "use");
	if (info->use_known && none)
		line(page, "in use", "no");
	for (size_t i = 0; i < use->nmount; i++)
		line(page, "mounted on", use->mount[i]);
	if (!use->nmount && (use->mounted_rw || use->mounted_ro))
		line(page, "mounted on", use->where);
	if (use->swap)
		line(page, "swap", "yes");
	if (use->hibernation)
		line(page, "hibernation", "the system sleeps to it");
	line(page, "built on it", use->stack);
	line(page, "needed for", use->system);
	if (info->judged && info->verdict.ban == RR_BAN_NONE)
		line(page, "may be written", "yes");
	else if (info->judged)
		linef(page, "may be written", "no: %s",
		      *info->verdict.text ? info->verdict.text : info->verdict.brief);
	if (info->unknown)
		warn(page, info->unknown);
}

static void put_part(struct page *page, const struct rr_part *part)
{
	const char *type = rr_part_type_name(part->type);
	char key[32], n[RR_SIZE_TEXT], human[RR_SIZE_TEXT];
	rr_autostr struct rr_str text = { 0 };

	rr_str_addf(&text, "%s", part->fs ? part->fs : "nothing known");
	if (part->label)
		rr_str_addf(&text, " \"%s\"", part->label);
	if (part->number && part->len)
		rr_str_addf(&text, ", %s from byte %s on", rr_size_human(human, part->len),
			    rr_size_grouped(n, part->off));
	if (part->type)
		rr_str_addf(&text, ", type %s", type ? type : part->type);
	if (part->name && *part->name)
		rr_str_addf(&text, ", named \"%s\"", part->name);
	if (part->uuid)
		rr_str_addf(&text, ", UUID %s", part->uuid);
	page->out.fail |= text.fail;
	(void)snprintf(key, sizeof(key), "partition %u", part->number);
	line(page, part->number ? key : "whole medium", text.s);
}

/* False: there was nothing to say. */
static bool put_content(struct page *page, const struct rr_info *info)
{
	const struct rr_content *c = info->content.known ? &info->content : &info->node.content;

	if (!c->known || (info->container && !c->table && !c->n))
		return false;
	heading(page, "content");
	if (!info->content.known)
		line(page, "seen by", "udev, some time ago");
	if (c->table && c->table_uuid)
		linef(page, "partition table", "%s, %s", c->table, c->table_uuid);
	else
		line(page, "partition table", c->table ? c->table : "none");
	if (!c->n)
		line(page, c->table ? "partitions" : "file system",
		     c->table ? "none" : "none that is known");
	for (size_t i = 0; i < c->n; i++)
		put_part(page, &c->part[i]);
	return true;
}

static void put_container(struct page *page, const struct rr_info *info)
{
	if (!info->container)
		return;
	heading(page, "format");
	line(page, info->container->name, info->container->brief);
	line(page, "to unpack", info->unpack);
}

/* Facts in their order; those of `group` stand below what is there already. */
static void put_facts(struct page *page, const struct rr_fact_list *facts, const char *group)
{
	for (size_t i = 0; i < facts->n; i++) {
		const struct rr_fact *fact = &facts->fact[i];

		if (strcmp(group, fact->group) != 0)
			heading(page, fact->group);
		group = fact->group;
		if (fact->doubt)
			warn(page, fact->text);
		else
			line(page, fact->key, fact->text);
	}
	page->out.fail |= facts->fail;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void put_beside(struct page *page, const struct rr_info *info)
{
	if (info->nbeside)
		heading(page, "beside it");
	for (size_t i = 0; i < info->nbeside; i++) {
		const struct rr_beside *b = &info->beside[i];

		linef(page, b->what, "%s: %s", base_name(b->path), b->text);
	}
}

static void put_file(struct page *page, const struct rr_info *info)
{
	heading(page, "file");
	size_line(page, "size", info->node.bytes);
	put_facts(page, &info->about, "file");
}

char *rr_report_info_text(const struct rr_info *info, unsigned width)
{
	struct page page = { .width = width };
	rr_autofree char *name = rr_text_printable(info->node.path);

	rr_str_addf(&page.out, "%s\n", name ? name : "");
	page.out.fail |= !name;
	if (info->node.block) {
		put_drive(&page, info);
		put_use(&page, info);
	} else {
		put_file(&page, info);
	}
	put_container(&page, info);
	put_facts(&page, &info->facts, put_content(&page, info) ? "partition table" : "");
	put_beside(&page, info);
	return rr_str_take(&page.out);
}
