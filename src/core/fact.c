/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fact.c - a list of facts that grows.
 * Owns: nothing; a list owns what it points to.   Threads: one at a time for each list. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rawright/fact.h"

static void add(struct rr_fact_list *list, const char *group, struct rr_fact fact, const char *fmt,
		va_list ap) __attribute__((format(printf, 4, 0)));
static void add(struct rr_fact_list *list, const char *group, struct rr_fact fact, const char *fmt,
		va_list ap)
{
	struct rr_fact *grown = reallocarray(list->fact, list->n + 1, sizeof(*grown));

	if (!grown) {
		list->fail = true;
		return;
	}
	list->fact = grown;
	fact.group = strdup(group);
	if (vasprintf(&fact.text, fmt, ap) < 0)
		fact.text = NULL;
	if (fact.group && fact.text) {
		grown[list->n++] = fact;
		return;
	}
	free(fact.group);
	free(fact.text);
	list->fail = true;
}

void rr_fact_add(struct rr_fact_list *list, const char *group, const char *key, const char *fmt,
		 ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(list, group, (struct rr_fact){ .key = key }, fmt, ap);
	va_end(ap);
}

void rr_fact_number(struct rr_fact_list *list, const char *group, const char *key, uint64_t number,
		    const char *fmt, ...)
{
	const struct rr_fact fact = { .key = key, .counted = true, .number = number };
	va_list ap;

	va_start(ap, fmt);
	add(list, group, fact, fmt, ap);
	va_end(ap);
}

void rr_fact_doubt(struct rr_fact_list *list, const char *group, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(list, group, (struct rr_fact){ .key = "", .doubt = true }, fmt, ap);
	va_end(ap);
}

void rr_fact_list_clear(struct rr_fact_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->fact[i].group);
		free(list->fact[i].text);
	}
	free(list->fact);
	*list = (struct rr_fact_list){ 0 };
}
