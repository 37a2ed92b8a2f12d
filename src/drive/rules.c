/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules.c - may this drive be written? The rules of the safety order, one function each.
 * Owns: nothing.   Threads: any.
 *
 * A rule that refuses says so in its own words. The first that does counts: what is protected comes
 * before what an option lifts, so no option is offered for what none can lift. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "guard.h"
#include "rawright/size.h"
#include "rawright/text.h"

#define NAME_ROOM 128	/* of a name in a text */

/* What the rules look at. */
struct look {
	const struct rr_want *want;
	const struct rr_node *target, *source;	/* source may be NULL */
	struct rr_node disk;			/* the whole disk of a partition, or the target */
	struct rr_use use, whole;		/* of the target, and of the whole disk */
	bool holds;				/* the disk holds the source, a file */
	bool same;				/* target and source are one, or built on another */
	char its[NAME_ROOM];			/* the target's name, and the source's */
	char source_name[NAME_ROOM];
};

static void look_clear(struct look *l)
{
	rr_node_clear(&l->disk);
	rr_use_clear(&l->use);
	rr_use_clear(&l->whole);
}

/* The length of the first size bytes of s without a character of UTF-8 that they cut in two. */
static size_t whole_characters(const char *s, size_t size)
{
	size_t start = size, need;

	while (start > 0 && size - start < 3 && ((unsigned char)s[start - 1] & 0xc0) == 0x80)
		start--;
	if (start == 0 || (unsigned char)s[start - 1] < 0xc0)
		return size;
	need = (unsigned char)s[--start] < 0xe0 ? 2 : (unsigned char)s[start] < 0xf0 ? 3 : 4;
	return size - start < need ? start : size;
}

/* Into a text of a fixed size, cut where it is full. */
__attribute__((format(printf, 3, 4))) static void say(char *to, size_t size, const char *fmt, ...)
{
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(to, size, fmt, ap);
	va_end(ap);
	if (len > 0 && (size_t)len >= size)
		to[whole_characters(to, size - 1)] = '\0';
}

/* A name that may be as long as a path, so that what can be done still has room behind it. */
static const char *name(char buf[NAME_ROOM], const char *s)
{
	if (strlen(s) < NAME_ROOM)
		return memcpy(buf, s, strlen(s) + 1);
	memcpy(buf, s, NAME_ROOM);
	say(buf + whole_characters(s, NAME_ROOM - sizeof("...")), sizeof("..."), "...");
	return buf;
}

/* Where it takes two steps to see why: " is part of /dev/sda, which". */
static const char *by_disk(const struct look *l, bool own, struct rr_str *str)
{
	if (own || !l->target->partition)
		return "";
	rr_str_addf(str, " is part of %s, which", l->disk.path);
	return str->s ? str->s : "";
}

#define brief(v, ...) say((v)->brief, sizeof((v)->brief), __VA_ARGS__)
#define text(v, ...)  say((v)->text, sizeof((v)->text), __VA_ARGS__)

static bool no_medium(const struct look *l, struct rr_verdict *v)
{
	if (l->target->medium)
		return false;
	brief(v, "no medium");
	text(v, "there is no medium in %s: put one in", l->its);
	return true;
}

static bool carries_system(const struct look *l, struct rr_verdict *v)
{
	rr_autostr struct rr_str why = { 0 };
	const struct rr_use *use = l->use.system ? &l->use : &l->whole;
	char dir[NAME_ROOM];

	if (!use->system)
		return false;
	brief(v, "system: %s", name(dir, use->system));
	text(v,
	     "%s%s carries %s of the running system%s%s: it is never written; name another drive",
	     l->its, by_disk(l, use == &l->use, &why), dir, use->stack ? ", by way of " : "",
	     use->stack ? use->stack : "");
	return true;
}

static bool carries_swap(const struct look *l, struct rr_verdict *v)
{
	rr_autostr struct rr_str why = { 0 };

	if (!l->use.swap && !l->whole.swap)
		return false;
	brief(v, "swap space");
	text(v,
	     "%s%s is in use as swap space: it is never written; turn that off first (swapoff), "
	     "if it is the drive you mean",
	     l->its, by_disk(l, l->use.swap, &why));
	return true;
}

static bool carries_hibernation(const struct look *l, struct rr_verdict *v)
{
	rr_autostr struct rr_str why = { 0 };

	if (!l->use.hibernation && !l->whole.hibernation)
		return false;
	brief(v, "hibernation");
	text(v,
	     "%s%s is where the system goes to sleep (hibernation, /sys/power/resume): it is "
	     "never written; name another drive",
	     l->its, by_disk(l, l->use.hibernation, &why));
	return true;
}

static bool holds_source(const struct look *l, struct rr_verdict *v)
{
	rr_autostr struct rr_str why = { 0 };

	if (!l->holds)
		return false;
	brief(v, "holds the image");
	text(v,
	     "%s%s holds %s, the image that is to be written: it would be overwritten while it is "
	     "read; copy the image to another drive first",
	     l->its, by_disk(l, false, &why), l->source_name);
	return true;
}

static bool is_loop_of_source(const struct look *l, struct rr_verdict *v)
{
	if (!l->same || l->source->block)
		return false;
	brief(v, "stands on the image");
	text(v,
	     "%s stands on %s, the image that is to be written: it would be written onto itself; "
	     "name another drive",
	     l->its, l->source_name);
	return true;
}

static bool is_source(const struct look *l, struct rr_verdict *v)
{
	if (!l->same)
		return false;
	brief(v, "the source itself");
	text(v,
	     l->target->dev == l->source->dev ?
		     "%s and %s are the same drive: it would be written onto itself; name another "
		     "drive" :
		     "%s and %s are parts of one drive, or built on each other: what is read would "
		     "be overwritten; name another drive",
	     l->its, l->source_name);
	return true;
}

static bool is_mounted(const struct look *l, struct rr_verdict *v)
{
	const struct rr_use *use = &l->use;
	char first[NAME_ROOM], more[40] = "";

	if (l->want->unmount || !use->nmount)
		return false;
	if (use->nmount > 1)
		say(more, sizeof(more), " and %zu more", use->nmount - 1);
	brief(v, "mounted on %s%s", name(first, use->mount[0]), more);
	text(v, "%s is mounted on %s%s: unmount it, or say --unmount", l->its, first, more);
	return true;
}

static bool is_fixed(const struct look *l, struct rr_verdict *v)
{
	if (l->want->allow_fixed || !rr_node_is_fixed(l->target))
		return false;
	brief(v, "fixed disk");
	text(v,
	     "%s is a fixed disk, or what stands on one: if it is the one you mean, say "
	     "--allow-fixed",
	     l->its);
	return true;
}

/* How what is built on a drive is taken down, by the names that the kernel gives. */
static const char *how_to_stop(const char *stack)
{
	static const struct {
		const char *prefix, *how;
	} ways[] = {
		{ "dm-", "cryptsetup close, vgchange -an, or dmsetup remove" },
		{ "md", "mdadm --stop" },
		{ "loop", "losetup -d" },
		{ "zram", "zramctl --reset" },
		{ "bcache", "echo 1 into its bcache/stop in /sys/block" },
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (strncmp(stack, ways[i].prefix, strlen(ways[i].prefix)) == 0)
			return ways[i].how;
	return "whatever made it";
}

static bool has_stack(const struct look *l, struct rr_verdict *v)
{
	const struct rr_use *use = &l->use;
	bool mounted = use->mounted_rw || use->mounted_ro;
	char where[NAME_ROOM];

	if (!use->stack || use->pool)
		return false;
	brief(v, "in use by %s", use->stack);
	text(v, "%s is in use by %s, which is built on it%s%s: stop that first (%s)", l->its,
	     use->stack, mounted ? " and mounted on " : "", mounted ? name(where, use->where) : "",
	     how_to_stop(use->stack));
	return true;
}

static bool has_pool(const struct look *l, struct rr_verdict *v)
{
	const char *pool = l->use.pool;

	if (!pool)
		return false;
	brief(v, "ZFS pool %s", pool);
	text(v,
	     "%s is, or may be, a member of the ZFS pool %s, which is imported: export that first "
	     "(zpool export %s)",
	     l->its, pool, pool);
	return true;
}

/* Why a drive of this kind cannot be written, and what helps. */
static const char *why_read_only(const char *kind)
{
	static const struct {
		const char *kind, *why;
	} reasons[] = {
		{ "floppy",
		  "close the hole in the disk's corner (5.25-inch: take the sticker off)" },
		{ "usb-stick", "look for a lock switch on the stick" },
		{ "usb-disk", "look for a lock switch on the stick, the card or its adapter" },
		{ "card-reader", "look for the lock switch on the card or its adapter" },
		{ "sd", "look for the lock switch on the card or its adapter" },
		{ "optical", "discs are burned, not written as drives are" },
		{ "loop", "it was made so; make it anew without -r (losetup)" },
	};

	for (size_t i = 0; kind && i < sizeof(reasons) / sizeof(*reasons); i++)
		if (strcmp(reasons[i].kind, kind) == 0)
			return reasons[i].why;
	return "find out who made it so (blockdev --setrw takes the kernel's flag away)";
}

static bool is_read_only(const struct look *l, struct rr_verdict *v)
{
	if (!l->target->read_only)
		return false;
	brief(v, "read-only");
	text(v, "%s is read-only: %s", l->its, why_read_only(l->target->kind));
	return true;
}

static bool is_too_small(const struct look *l, struct rr_verdict *v)
{
	char room[RR_SIZE_TEXT], need[RR_SIZE_TEXT], lacks[RR_SIZE_TEXT];
	uint64_t bytes = l->want->bytes, has = l->target->bytes;

	if (!has || bytes <= has)
		return false;
	brief(v, "too small: %s", rr_size_human(room, has));
	text(v,
	     "%s is too small: it has %s bytes, and %s bytes are to be written, %s more; take a "
	     "larger one",
	     l->its, rr_size_grouped(room, has), rr_size_grouped(need, bytes),
	     rr_size_grouped(lacks, bytes - has));
	return true;
}

static const struct rule {
	const char *name;
	enum rr_ban ban;
	bool (*refuses)(const struct look *l, struct rr_verdict *v);
} rules[] = {
	{ "no-medium", RR_BAN_REFUSED, no_medium },
	{ "system", RR_BAN_PROTECTED, carries_system },
	{ "swap", RR_BAN_PROTECTED, carries_swap },
	{ "hibernation", RR_BAN_PROTECTED, carries_hibernation },
	{ "holds-source", RR_BAN_PROTECTED, holds_source },
	{ "source-loop", RR_BAN_PROTECTED, is_loop_of_source },
	{ "source", RR_BAN_PROTECTED, is_source },
	{ "mounted", RR_BAN_LIFTABLE, is_mounted },
	{ "fixed", RR_BAN_LIFTABLE, is_fixed },
	{ "in-use", RR_BAN_REFUSED, has_stack },
	{ "zfs", RR_BAN_REFUSED, has_pool },
	{ "read-only", RR_BAN_REFUSED, is_read_only },
	{ "too-small", RR_BAN_REFUSED, is_too_small },
};
#define RULES (sizeof(rules) / sizeof(*rules))

static int take_look(struct look *l, struct rr_err *err)
{
	const struct rr_guard *guard = l->want->guard;

	(void)name(l->its, l->target->path);
	(void)name(l->source_name, l->source ? l->source->path : "");
	if (rr_guard_disk(guard, l->target, &l->disk, err) < 0 ||
	    rr_guard_use(guard, l->target, &l->use, err) < 0 ||
	    rr_guard_use(guard, &l->disk, &l->whole, err) < 0)
		return -1;
	if (!l->source)
		return 0;
	if (!l->source->block &&
	    rr_guard_holds_file(guard, &l->disk, l->source->path, &l->holds, err) < 0)
		return -1;
	return rr_guard_same(guard, l->target, l->source, &l->same, err);
}

int rr_rules_judge(const struct rr_want *want, struct rr_verdict *out, struct rr_err *err)
{
	__attribute__((cleanup(look_clear))) struct look l = {
		.want = want,
		.target = want->target,
		.source = want->source,
	};

	memset(out, 0, sizeof(*out));
	if (!want->target->block)
		return rr_fail(err, RR_USAGE, 0, "%s is no drive", want->target->path);
	if (take_look(&l, err) < 0)
		return -1;
	for (size_t i = 0; i < RULES; i++) {
		if (!rules[i].refuses(&l, out))
			continue;
		out->ban = rules[i].ban;
		out->rule = rules[i].name;
		return 0;
	}
	return 0;
}
