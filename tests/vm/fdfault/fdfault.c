/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fdfault.c - module for Linux: floppy sectors that the controller cannot read, as the kernel's own
 * floppy driver sees them. QEMU's controller never reports an error of reading: it gives zeros.
 * Owns: the rules, a probe on the driver.   Threads: the driver's worker; the rules have a lock.
 *
 * The driver's function rw_interrupt looks at the controller's answer to a READ DATA. A probe there
 * puts another answer in its place, so that the driver does what it does with real disks: it tries
 * again, recalibrates, resets, gives up, and says in the kernel's log what it met.
 *
 *	modprobe floppy; insmod fdfault.ko
 *	echo "data 100-101" >/sys/module/fdfault/parameters/rules
 *	echo "id 200 times 2" >/sys/module/fdfault/parameters/rules
 *
 * Each line that is written is one rule more; "clear" takes all away. It begins with what goes
 * wrong: "data" (CRC error in the data field), "id" (CRC error in the address field), "mark" (no
 * address mark), "missing" (the sector is not found). Sectors count from 0, as the disk's format
 * has them. "times N": only so often; the driver's own retries count. Reading the file gives the
 * rules, and how often each one acted.
 *
 * The licence is the kernel's, which a module becomes a part of. */
#include <linux/fd.h>
#include <linux/fdreg.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#define RULES_MAX     64
#define FOR_EVER      UINT_MAX
#define READ_DATA     0x06	/* without its bits for both sides, MFM and skipping */
#define COMMAND_BITS  0x1f
#define BOTH_SIDES    0x80
#define ABNORMAL_END  0x40	/* of ST0 */
#define UNIT_AND_HEAD 0x07

/* Places in a command and in an answer: 82077AA data sheet, 5.1.1. */
enum { COMMAND, UNIT, CYLINDER, HEAD, SECTOR, SIZE_CODE, PER_TRACK };
enum { ANSWER_ST0, ANSWER_ST1, ANSWER_ST2, ANSWER_CYLINDER, ANSWER_HEAD, ANSWER_SECTOR };

struct kind {
	const char *name;
	unsigned char st1, st2;
};

static const struct kind kinds[] = {
	{ "data", ST1_CRC, ST2_CRC },
	{ "id", ST1_CRC, 0 },
	{ "mark", ST1_MAM, 0 },
	{ "missing", ST1_ND, 0 },
};

struct rule {
	const struct kind *kind;
	unsigned int first, last, times, acted;
};

/* A module has one of each: where the kernel calls without a context, these have to be static. */
static struct rule rules[RULES_MAX];
static unsigned int nrules;
static DEFINE_SPINLOCK(lock);

/* Variables of the floppy driver. */
static unsigned char *answer;
static struct floppy_raw_cmd **command;
static struct floppy_struct **format;

static const struct kind *kind_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(name, kinds[i].name) == 0)
			return &kinds[i];
	return NULL;
}

static bool rule_parse(const char *line, struct rule *rule)
{
	char name[8], word[8], more;
	int got = sscanf(line, "%7s %u-%u %c", name, &rule->first, &rule->last, &more);

	rule->acted = 0;
	rule->times = FOR_EVER;
	if (got < 3) {
		got = sscanf(line, "%7s %u %7s %u %c", name, &rule->first, word, &rule->times,
			     &more);
		rule->last = rule->first;
		if (got != 2 && (got != 4 || strcmp(word, "times") != 0))
			return false;
	} else if (got > 3) {
		got = sscanf(line, "%7s %u-%u %7s %u %c", name, &rule->first, &rule->last, word,
			     &rule->times, &more);
		if (got != 5 || strcmp(word, "times") != 0)
			return false;
	}
	rule->kind = kind_of(name);
	return rule->kind && rule->first <= rule->last;
}

static int rules_set(const char *text, const struct kernel_param *param)
{
	struct rule rule;
	bool clear = sysfs_streq(text, "clear");
	int rc = 0;

	if (!clear && !rule_parse(text, &rule))
		return -EINVAL;
	spin_lock_irq(&lock);
	if (clear)
		nrules = 0;
	else if (nrules < RULES_MAX)
		rules[nrules++] = rule;
	else
		rc = -ENOSPC;
	spin_unlock_irq(&lock);
	return rc;
}

static int rules_get(char *text, const struct kernel_param *param)
{
	int len = 0;

	spin_lock_irq(&lock);
	for (unsigned int i = 0; i < nrules; i++) {
		const struct rule *rule = &rules[i];

		len += scnprintf(text + len, PAGE_SIZE - len, "%s %u-%u acted %u\n",
				 rule->kind->name, rule->first, rule->last, rule->acted);
	}
	spin_unlock_irq(&lock);
	return len;
}

static const struct kernel_param_ops rules_ops = { .set = rules_set, .get = rules_get };
module_param_cb(rules, &rules_ops, NULL, 0600);
MODULE_PARM_DESC(rules, "data|id|mark|missing SECTOR[-SECTOR] [times N], or clear");

/* The rule with the lowest sector among those that are read; it has acted once more. */
static struct rule *rule_for(unsigned int first, unsigned int count, unsigned int *at)
{
	struct rule *found = NULL;

	for (unsigned int i = 0; i < nrules; i++) {
		struct rule *rule = &rules[i];
		unsigned int sector = max(first, rule->first);

		if (rule->acted >= rule->times || rule->first >= first + count ||
		    rule->last < first || (found && sector >= *at))
			continue;
		found = rule;
		*at = sector;
	}
	if (found)
		found->acted++;
	return found;
}

/* What the controller would say: where it stopped, and why. */
static void answer_with(const struct kind *kind, unsigned int sector, unsigned int per_track,
		unsigned int heads)
{
	answer[ANSWER_ST0] = (answer[ANSWER_ST0] & UNIT_AND_HEAD) | ABNORMAL_END;
	answer[ANSWER_ST1] = kind->st1;
	answer[ANSWER_ST2] = kind->st2;
	answer[ANSWER_CYLINDER] = sector / per_track / heads;
	answer[ANSWER_HEAD] = sector / per_track % heads;
	answer[ANSWER_SECTOR] = sector % per_track + 1;
}

static int before_rw_interrupt(struct kprobe *probe, struct pt_regs *regs)
{
	const struct floppy_raw_cmd *c = *command;
	unsigned int heads, per_track, first, at;
	unsigned long flags;
	struct rule *rule;

	if (!c || !*format || (c->cmd[COMMAND] & COMMAND_BITS) != READ_DATA || !c->cmd[PER_TRACK])
		return 0;
	heads = (*format)->head;
	per_track = c->cmd[PER_TRACK];
	first = (c->cmd[CYLINDER] * heads + c->cmd[HEAD]) * per_track + c->cmd[SECTOR] - 1;
	spin_lock_irqsave(&lock, flags);
	rule = rule_for(first, c->length >> (7 + c->cmd[SIZE_CODE]), &at);
	if (rule)
		answer_with(rule->kind, at, per_track, heads);
	spin_unlock_irqrestore(&lock, flags);
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "rw_interrupt",
	.pre_handler = before_rw_interrupt,
};

/* The kernel tells modules no places of symbols; a probe on the function that knows them does. */
static unsigned long (*find_lookup(void))(const char *)
{
	struct kprobe finder = { .symbol_name = "kallsyms_lookup_name" };
	unsigned long (*lookup)(const char *);

	if (register_kprobe(&finder) < 0)
		return NULL;
	lookup = (void *)finder.addr;
	unregister_kprobe(&finder);
	return lookup;
}

static int __init fdfault_init(void)
{
	unsigned long (*lookup)(const char *) = find_lookup();

	if (!lookup)
		return -ENOENT;
	answer = (void *)lookup("floppy:reply_buffer");
	command = (void *)lookup("floppy:raw_cmd");
	format = (void *)lookup("floppy:_floppy");
	if (!answer || !command || !format) {
		pr_err("fdfault: this kernel's floppy driver is not loaded, or another one\n");
		return -ENOENT;
	}
	return register_kprobe(&probe);
}

static void __exit fdfault_exit(void)
{
	unregister_kprobe(&probe);
}

module_init(fdfault_init);
module_exit(fdfault_exit);
MODULE_DESCRIPTION("floppy sectors that cannot be read, for tests");
MODULE_LICENSE("GPL");
