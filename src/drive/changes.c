/* SPDX-License-Identifier: GPL-3.0-or-later */
/* changes.c - what is new in a survey of the drives, against an older one.
 * Owns: nothing.   Threads: one at a time.
 *
 * Facts are compared as texts: all that belongs to one question is written into one string. */
#include <inttypes.h>
#include <string.h>

#include "rawright/survey.h"
#include "rawright/text.h"

/* A text and its end; nothing is not the same as an empty text. */
static void add(struct rr_str *str, const char *text)
{
	rr_str_add(str, text ? "=" : "-", 1);
	rr_str_add(str, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void add_number(struct rr_str *str, uint64_t n)
{
	rr_str_addf(str, "%" PRIu64 ";", n);
}

/* Which drive it is: in the same place, by the same name, and calling itself the same. */
static void write_identity(struct rr_str *str, const struct rr_seen *seen)
{
	const struct rr_node *n = &seen->node;
	const char *const texts[] = { n->name, n->bus, n->port, n->vendor, n->model, n->serial,
				      n->wwn };

	add_number(str, n->dev);
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		add(str, texts[i]);
}

static void write_medium(struct rr_str *str, const struct rr_seen *seen)
{
	add_number(str, seen->node.medium);
	add_number(str, seen->node.bytes);
	add_number(str, seen->node.diskseq);
	add(str, seen->node.disc);
	add(str, seen->node.backing);
}

static void write_content(struct rr_str *str, const struct rr_seen *seen)
{
	const struct rr_content *content = &seen->node.content;

	add_number(str, content->known);
	add(str, content->table);
	add(str, content->table_uuid);
	for (size_t i = 0; i < content->n; i++) {
		const struct rr_part *part = &content->part[i];

		add_number(str, part->number);
		add_number(str, part->off);
		add_number(str, part->len);
		add(str, part->type);
		add(str, part->name);
		add(str, part->fs);
		add(str, part->label);
		add(str, part->uuid);
	}
}

static void write_use(struct rr_str *str, const struct rr_seen *seen)
{
	const struct rr_use *use = &seen->use;

	add_number(str, use->mounted_rw);
	add_number(str, use->mounted_ro);
	add_number(str, use->swap);
	add_number(str, use->hibernation);
	add(str, use->system);
	add(str, use->stack);
	add(str, use->pool);
	for (size_t i = 0; i < use->nmount; i++)
		add(str, use->mount[i]);
}

static void write_verdict(struct rr_str *str, const struct rr_seen *seen)
{
	add_number(str, seen->write.ban);
	add(str, seen->write.rule);
	add(str, seen->write.brief);
}

static void write_facts(struct rr_str *str, const struct rr_seen *seen)
{
	const struct rr_node *n = &seen->node;

	add(str, n->kind);
	add(str, n->by_id);
	add(str, n->firmware);
	add_number(str, n->speed);
	add_number(str, n->sector);
	add_number(str, n->physical_sector);
	add_number(str, n->removable);
	add_number(str, n->read_only);
}

/* -1 without memory. */
static int differs(const struct rr_seen *a, const struct rr_seen *b,
		   void (*write)(struct rr_str *, const struct rr_seen *))
{
	rr_autostr struct rr_str x = { 0 }, y = { 0 };

	write(&x, a);
	write(&y, b);
	if (x.fail || y.fail)
		return -1;
	return x.len != y.len || memcmp(x.s, y.s, x.len) != 0;
}

static const struct aspect {
	unsigned bit;
	const char *word;
	void (*write)(struct rr_str *, const struct rr_seen *);
} aspects[] = {
	{ RR_CHANGED_MEDIUM, "medium", write_medium },
	{ RR_CHANGED_CONTENT, "content", write_content },
	{ RR_CHANGED_USE, "use", write_use },
	{ RR_CHANGED_WRITE, "writable", write_verdict },
	{ RR_CHANGED_FACTS, "facts", write_facts },
};
#define ASPECTS (sizeof(aspects) / sizeof(*aspects))

const char *rr_change_word(unsigned what, size_t i)
{
	for (size_t k = 0; k < ASPECTS; k++)
		if ((what & aspects[k].bit) && i-- == 0)
			return aspects[k].word;
	return NULL;
}

/* The same drive in the other survey; NULL: it is not there. *failed: no memory. */
static const struct rr_seen *find(const struct rr_survey *survey, const struct rr_seen *seen,
				  bool *failed)
{
	for (size_t i = 0; i < survey->n; i++) {
		const struct rr_seen *other = &survey->drive[i];
		int other_one = strcmp(other->node.name, seen->node.name) != 0 ?
					1 :
					differs(other, seen, write_identity);

		*failed |= other_one < 0;
		if (!other_one)
			return other;
	}
	return NULL;
}

static int visit_gone(const struct rr_survey *was, const struct rr_survey *now,
		      rr_change_visit *visit, void *ctx, bool *failed)
{
	int result = 0;

	for (size_t i = 0; i < was->n && !result && !*failed; i++) {
		struct rr_change change = { .kind = RR_REMOVED, .was = &was->drive[i] };

		if (!find(now, change.was, failed) && !*failed)
			result = visit(ctx, &change);
	}
	return result;
}

static int visit_here(const struct rr_survey *was, const struct rr_seen *now,
		      rr_change_visit *visit, void *ctx, bool *failed)
{
	struct rr_change change = { .kind = RR_ADDED, .now = now };

	change.was = find(was, now, failed);
	for (size_t i = 0; change.was && i < ASPECTS; i++) {
		int other = differs(change.was, now, aspects[i].write);

		change.kind = RR_CHANGED;
		change.what |= other ? aspects[i].bit : 0;
		*failed |= other < 0;
	}
	if (*failed || (change.was && !change.what))
		return 0;
	return visit(ctx, &change);
}

int rr_survey_compare(const struct rr_survey *was, const struct rr_survey *now,
		      rr_change_visit *visit, void *ctx, struct rr_err *err)
{
	bool failed = false;
	int result = visit_gone(was, now, visit, ctx, &failed);

	for (size_t i = 0; i < now->n && !result && !failed; i++)
		result = visit_here(was, &now->drive[i], visit, ctx, &failed);
	return failed ? rr_fail_memory(err) : result;
}
