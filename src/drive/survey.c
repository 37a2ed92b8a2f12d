/* SPDX-License-Identifier: GPL-3.0-or-later */
/* survey.c - looks at all drives once: facts, use, and whether each may be written.
 * Owns: nothing; a survey owns what it points to.   Threads: one at a time. */
#include <stdio.h>
#include <string.h>

#include "rawright/survey.h"

void rr_seen_clear(struct rr_seen *seen)
{
	rr_node_clear(&seen->node);
	rr_use_clear(&seen->use);
	memset(seen, 0, sizeof(*seen));
}

void rr_survey_clear(struct rr_survey *survey)
{
	for (size_t i = 0; i < survey->n; i++)
		rr_seen_clear(&survey->drive[i]);
	free(survey->drive);
	free(survey->blind);
	memset(survey, 0, sizeof(*survey));
}

/* Loop devices and RAM disks that stand ready for nobody are never shown. */
static bool is_wanted(const struct rr_node *node, bool all)
{
	const struct rr_kind_info *kind = rr_kind_find(node->kind);

	if (all)
		return node->bytes ||
		       (strcmp(node->kind, "loop") != 0 && strcmp(node->kind, "virtual") != 0);
	return kind && kind->common;
}

static void refuse_unknown(struct rr_seen *seen, const char *why)
{
	seen->write = (struct rr_verdict){ .ban = RR_BAN_REFUSED, .rule = "unknown" };
	(void)snprintf(seen->write.brief, sizeof(seen->write.brief), "what uses it is not known");
	(void)snprintf(seen->write.text, sizeof(seen->write.text), "%s", why); /* cut is enough */
}

/* guard NULL: there is none, for the reason why. */
static void judge(struct rr_seen *seen, const struct rr_guard *guard, const char *why)
{
	struct rr_want want = { .target = &seen->node, .guard = guard };
	struct rr_err err;

	if (!guard) {
		refuse_unknown(seen, why);
		return;
	}
	if (rr_guard_use(guard, &seen->node, &seen->use, &err) < 0 ||
	    rr_rules_judge(&want, &seen->write, &err) < 0)
		refuse_unknown(seen, err.text);
}

/* Takes the nodes over. */
static int take_nodes(struct rr_survey *survey, struct rr_node_list *list, bool all,
		      struct rr_err *err)
{
	survey->drive = calloc(list->n + 1, sizeof(*survey->drive));
	if (!survey->drive)
		return rr_fail_memory(err);
	for (size_t i = 0; i < list->n; i++) {
		if (!is_wanted(&list->node[i], all))
			continue;
		survey->drive[survey->n++].node = list->node[i];
		memset(&list->node[i], 0, sizeof(list->node[i]));	/* now the survey's */
	}
	return 0;
}

int rr_survey_take(struct rr_survey *survey, bool all, struct rr_err *err)
{
	struct rr_guard *guard = NULL;
	struct rr_node_list list;
	struct rr_err why = { .kind = RR_OK };
	const char *blind;
	int result;

	memset(survey, 0, sizeof(*survey));
	if (rr_drive_scan(&list, err) < 0)
		return -1;
	result = take_nodes(survey, &list, all, err);
	rr_node_list_clear(&list);
	if (result < 0)
		return -1;
	blind = rr_guard_new(&guard, &why) < 0 ? why.text : rr_guard_blind(guard);
	for (size_t i = 0; i < survey->n; i++)
		judge(&survey->drive[i], why.kind == RR_OK ? guard : NULL, why.text);
	survey->blind = blind ? strdup(blind) : NULL;
	rr_guard_free(guard);
	return 0;
}
