/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fan.c - one reporter that tells many.
 * Owns: the reporters it was made of.   Threads: main. */
#include <stdlib.h>
#include <string.h>

#include "rawright/event.h"

struct fan {
	struct rr_reporter base;
	size_t n;
	struct rr_reporter *each[];
};

static int fan_event(struct rr_reporter *base, const struct rr_event *ev)
{
	struct fan *fan = (struct fan *)base;
	int stop = 0;

	for (size_t i = 0; i < fan->n; i++)
		if (fan->each[i]->event(fan->each[i], ev))
			stop = 1;
	return stop;
}

static int fan_ask(struct rr_reporter *base, const struct rr_question *question)
{
	struct fan *fan = (struct fan *)base;

	for (size_t i = 0; i < fan->n; i++) {
		int answer = fan->each[i]->ask ? fan->each[i]->ask(fan->each[i], question) : -1;

		if (answer >= 0)
			return answer;
	}
	return -1;
}

static unsigned fan_wish(struct rr_reporter *base)
{
	struct fan *fan = (struct fan *)base;
	unsigned wish = 0;

	for (size_t i = 0; i < fan->n; i++)
		if (fan->each[i]->wish)
			wish |= fan->each[i]->wish(fan->each[i]);
	return wish;
}

static void fan_close(struct rr_reporter *base)
{
	struct fan *fan = (struct fan *)base;

	for (size_t i = 0; i < fan->n; i++)
		fan->each[i]->close(fan->each[i]);
	free(fan);
}

int rr_fan_new(struct rr_reporter **each, size_t n, struct rr_reporter **out, struct rr_err *err)
{
	struct fan *fan = malloc(sizeof(*fan) + n * sizeof(fan->each[0]));

	if (!fan) {
		for (size_t i = 0; i < n; i++)
			each[i]->close(each[i]);	/* taken over, also now */
		return rr_fail_memory(err);
	}
	fan->base = (struct rr_reporter){
		.event = fan_event, .ask = fan_ask, .wish = fan_wish, .close = fan_close
	};
	fan->n = n;
	memcpy(fan->each, each, n * sizeof(fan->each[0]));
	*out = &fan->base;
	return 0;
}
