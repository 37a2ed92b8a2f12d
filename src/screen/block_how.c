/* SPDX-License-Identifier: GPL-3.0-or-later */
/* block_how.c - how it goes: what could not be read, what does not answer, whom all wait for, the
 * digests; and how it ended.
 * Owns: nothing.   Threads: main. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "draw.h"
#include "rawright/size.h"

#define LONG_MS 30000 /* then it is told where to look */

static void add_extent(struct rr_fields *fields, unsigned rank, const char *what,
		       const struct rr_range_list *list, uint32_t sector)
{
	uint64_t sectors = (rr_range_total(list) + sector - 1) / sector;
	const char *more = list->n >= RR_LISTED ? "more than " : "";
	char n[RR_SIZE_TEXT];

	if (list->n == 0)
		rr_fields_add(fields, rank, RR_ROLE_TEXT, "%s 0", what);
	else
		rr_fields_add(fields, rank, RR_ROLE_BAD, "%s %s%s sector%s in %zu place%s", what,
			      more, rr_size_grouped(n, sectors), sectors == 1 ? "" : "s", list->n,
			      list->n == 1 ? "" : "s");
}

static void counts_need(const struct rr_scene *scene, unsigned cols, struct rr_need *need)
{
	bool any = scene->model->started;

	(void)cols;
	*need = (struct rr_need){ any, any, any, false };
}

static void counts_draw(const struct rr_scene *scene, const struct rr_area *area)
{
	const struct rr_screen_model *model = scene->model;
	uint64_t retried = model->retried + model->progress.retried;
	struct rr_fields fields = { 0 };
	char n[RR_SIZE_TEXT];

	add_extent(&fields, 1, "unreadable", &model->map.bad, model->sector);
	if (model->map.differs.n)
		add_extent(&fields, 1, "different", &model->map.differs, model->sector);
	rr_fields_add(&fields, 2, retried ? RR_ROLE_WARN : RR_ROLE_TEXT, "tried again %s",
		      rr_size_grouped(n, retried));
	rr_fields_put(&fields, area, 0);
}

const struct rr_block rr_block_counts = { .rank = 5, .need = counts_need, .draw = counts_draw };

/* ------------------------------------------------------------------ trouble, or the end */

static unsigned lines_of(const char *text)
{
	unsigned n = 0;

	for (const char *p = text; p && *p; p++)
		n += *p == '\n';
	return n;
}

static void trouble_need(const struct rr_scene *scene, unsigned cols, struct rr_need *need)
{
	const struct rr_progress *now = &scene->model->progress;
	unsigned result = scene->model->ended ? lines_of(scene->model->result) : 0;
	bool any = now->silent_ms >= RR_SILENT_MS || now->paused;

	(void)cols;
	*need = (struct rr_need){ any, any, any, false };
	if (now->silent_ms >= LONG_MS)
		*need = (struct rr_need){ 1, 2, 2, false };
	if (scene->model->ended)
		*need = (struct rr_need){ result < 2 ? result : 2, result, result, false };
}

/* The last lines matter most: "result" and "next". */
static void draw_result(const struct rr_screen_model *model, const struct rr_area *area)
{
	unsigned skip = lines_of(model->result), row = 0;
	const char *line = model->result;
	bool well = model->exit == RR_EXIT_OK;

	skip = skip > area->rows ? skip - area->rows : 0;
	for (size_t len; line && *line && row < area->rows; line += len + 1) {
		rr_autofree char *text = NULL;
		bool verdict = strncmp(line, "result", 6) == 0;

		len = strcspn(line, "\n");
		if (skip) {
			skip--;
			continue;
		}
		text = strndup(line, len);
		(void)rr_put_text(area, row++, 0,
				  verdict ? well ? RR_ROLE_GOOD : RR_ROLE_BAD : RR_ROLE_TEXT,
				  text ? text : "");
	}
}

static void draw_silence(const struct rr_screen_model *model, const struct rr_area *area)
{
	const struct rr_progress *now = &model->progress;
	char sector[RR_SIZE_TEXT], pos[RR_SIZE_TEXT];
	struct rr_fields fields = { 0 };

	rr_fields_add(&fields, 1, RR_ROLE_WARN, "no answer for %llu s at sector %s",
		      (unsigned long long)(now->silent_ms / 1000),
		      rr_size_grouped(sector, now->pos / (now->sector ? now->sector : 512)));
	rr_fields_add(&fields, 2, RR_ROLE_WARN, "(byte %s)", rr_size_grouped(pos, now->pos));
	rr_fields_put(&fields, area, 0);
	if (area->rows > 1)
		(void)rr_put_text(area, 1, 0, RR_ROLE_WARN,
				  "the drive or the kernel is trying again by itself: dmesg tells "
				  "how it goes");
}

static void trouble_draw(const struct rr_scene *scene, const struct rr_area *area)
{
	const struct rr_screen_model *model = scene->model;

	if (model->ended)
		draw_result(model, area);
	else if (model->progress.paused)
		(void)rr_put_text(area, 0, 0, RR_ROLE_WARN,
				  "PAUSED: nothing is read until you press p");
	else
		draw_silence(model, area);
}

const struct rr_block rr_block_trouble = { .rank = 4, .need = trouble_need, .draw = trouble_draw };

/* ------------------------------------------------------------------ the slow part */

static void slowest_need(const struct rr_scene *scene, unsigned cols, struct rr_need *need)
{
	const struct rr_progress *now = &scene->model->progress;
	bool any = now->slowest && !now->paused && !scene->model->ended;

	(void)cols;
	*need = (struct rr_need){ any, any, any, false };
}

static void slowest_draw(const struct rr_scene *scene, const struct rr_area *area)
{
	const struct rr_screen_model *model = scene->model;
	const struct rr_progress *now = &model->progress;
	const struct rr_goal *goal = now->slowest_dest < model->ngoal ?
					     &model->goal[now->slowest_dest] :
					     NULL;
	const char *who = "the processor, with the digests", *disk = "";
	struct rr_fields fields = { 0 };

	if (strcmp(now->slowest, "source") == 0)
		who = model->task == RR_TASK_WRITE ? "the image" : "the medium that is read";
	if (strcmp(now->slowest, "destination") == 0) {
		who = goal && goal->is.path ? goal->is.path : goal ? goal->is.name : NULL;
		disk = goal && !goal->is.path && who ? "the disk of " : "";
	}
	rr_fields_add(&fields, 1, RR_ROLE_TEXT, "the slow part: %s%s", disk,
		      who ? who : "the destination");
	rr_fields_put(&fields, area, 0);
}

const struct rr_block rr_block_slowest = { .rank = 11, .need = slowest_need, .draw = slowest_draw };

/* ------------------------------------------------------------------ digests */

static void digests_need(const struct rr_scene *scene, unsigned cols, struct rr_need *need)
{
	/* at the end they stand among the result */
	unsigned n = scene->model->ended ? 0 : (unsigned)scene->model->ndigest;

	(void)cols;
	*need = (struct rr_need){ n > 0, n, n, false };
}

static void digests_draw(const struct rr_scene *scene, const struct rr_area *area)
{
	const struct rr_screen_model *model = scene->model;

	for (unsigned i = 0; i < model->ndigest && i < area->rows; i++) {
		const char *name = model->digest[i].name, *hex = model->digest[i].hex;
		unsigned col = rr_put_text(area, i, 0, RR_ROLE_LABEL, name ? name : "?");

		(void)rr_put_text(area, i, col + 1, RR_ROLE_TEXT, hex ? hex : "?");
	}
}

const struct rr_block rr_block_digests = { .rank = 12, .need = digests_need, .draw = digests_draw };
