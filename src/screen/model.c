/* SPDX-License-Identifier: GPL-3.0-or-later */
/* model.c - adds a job's events up.
 * Owns: all of a model.   Threads: main. */
#include <string.h>

#include "model.h"
#include "rawright/floppy_format.h"
#include "rawright/size.h"
#include "rawright/text.h"

#define ETA_AFTER_MS 3000
#define ETA_EACH_MS  1000 /* it does not flutter */

int rr_model_new(long day_s, struct rr_screen_model **out, struct rr_err *err)
{
	struct rr_screen_model *model = calloc(1, sizeof(*model));

	if (!model)
		return rr_fail_memory(err);
	model->day_s = day_s;
	rr_speed_start(&model->speed);
	model->map.at = UINT64_MAX;
	*out = model;
	return 0;
}

static void free_end(struct rr_end *end)
{
	free(end->name);
	free(end->path);
	free(end->port);
	free(end->serial);
}

static void clear(struct rr_screen_model *model)
{
	for (size_t i = 0; i < model->ngoal; i++) {
		free_end(&model->goal[i].is);
		free(model->goal[i].why);
	}
	free(model->goal);
	free_end(&model->source);
	free(model->result);
	for (size_t i = 0; i < model->ndigest; i++) {
		free(model->digest[i].name);
		free(model->digest[i].hex);
	}
	rr_sectors_clear(&model->map);
	rr_log_clear(&model->log);
}

void rr_model_free(struct rr_screen_model *model)
{
	if (!model)
		return;
	clear(model);
	free(model);
}

/* ------------------------------------------------------------------ the start */

/* Printable; NULL for what is not known, or empty. */
static char *known(const char *s)
{
	return s && *s ? rr_text_printable(s) : NULL;
}

/* Vendor and model; without them NULL. */
static char *model_of(const struct rr_node *node)
{
	rr_autofree char *name = rr_node_model(node);

	return known(name);
}

static void take_source(struct rr_screen_model *model, const struct rr_result *r)
{
	const struct rr_node *node = &r->source;
	const struct rr_kind_info *kind = rr_kind_find(node->kind);

	model->source.name = model_of(node);
	model->source.path = known(node->path);
	model->source.port = known(node->port);
	model->source.serial = known(node->serial);
	model->source.bytes = node->block ? node->bytes : 0;
	model->source_kind = node->block && kind ? kind->title : NULL;
	model->sector = node->sector ? node->sector : 512;
}

static void take_goal(struct rr_goal *goal, const struct rr_dest *dest)
{
	const struct rr_node *drive = dest->drive;

	if (!drive) {
		goal->is.name = known(dest->path);
		return;
	}
	goal->is = (struct rr_end){ .name = model_of(drive),
				    .path = known(dest->path),
				    .port = known(drive->port),
				    .serial = known(drive->serial),
				    .bytes = drive->bytes };
}

static const struct rr_floppy_format *floppy_of(const struct rr_result *r)
{
	const struct rr_node *node = r->source.block || !r->ndest ? &r->source : r->dest[0].drive;

	if (!node || !node->kind || strcmp(node->kind, "floppy") != 0 || r->offset)
		return NULL;
	return rr_floppy_format_of_size(r->length, NULL);
}

static void start(struct rr_screen_model *model, const struct rr_event *ev)
{
	const struct rr_result *r = ev->result;
	long day_s = model->day_s;

	clear(model);
	*model = (struct rr_screen_model){ .day_s = day_s, .started = true };
	rr_speed_start(&model->speed);
	rr_steps_plan(model, ev);
	rr_sectors_start(&model->map, 0, 512);
	if (!r)
		return;
	model->task = r->task;
	model->offset = r->offset;
	model->length = r->length;
	take_source(model, r);
	model->goal = calloc(r->ndest + 1, sizeof(*model->goal));
	for (; model->goal && model->ngoal < r->ndest; model->ngoal++)
		take_goal(&model->goal[model->ngoal], &r->dest[model->ngoal]);
	model->floppy = floppy_of(r);
	model->disc = r->disc;
	rr_sectors_start(&model->map, r->length, model->sector);
}

/* ------------------------------------------------------------------ progress */

static void phase(struct rr_screen_model *model, const struct rr_event *ev)
{
	rr_autofree char *line = NULL;

	rr_steps_begin(model, ev);
	if (ev->name && strcmp(ev->name, "flush") == 0) { /* the same bytes, on their way */
		model->map.at = UINT64_MAX;
	} else {
		uint64_t eta = model->speed.eta_ms;

		model->retried += model->progress.retried;
		model->progress = (struct rr_progress){ .eta_ms = UINT64_MAX };
		for (size_t i = 0; i < model->ngoal; i++)
			model->goal[i].share =
				(struct rr_share){ .failed = model->goal[i].share.failed };
		rr_speed_start(&model->speed);
		model->speed.eta_ms = eta; /* until a better one is known */
	}
	line = rr_text_format("%s", rr_phase_doing(ev->name));
	if (line)
		rr_log_add(&model->log, ev->ms, RR_ROLE_TEXT, line);
}

/* What phases that have not begun will take: as fast as this one, or as one of their kind was. */
static uint64_t later_ms(const struct rr_screen_model *model)
{
	double rate = model->speed.smooth, all = 0;

	for (size_t i = 0; i < model->now; i++)
		if (rr_phase_proves(model->step[i].name) && model->step[i].mean)
			rate = (double)model->step[i].mean;
	for (size_t i = model->now + 1; i < model->nstep; i++)
		if (rr_phase_proves(model->step[i].name))
			all += (double)rr_max(model->length, model->progress.total);
	return rate > 0 ? (uint64_t)(all * 1000 / rate) : 0;
}

static void guess_end(struct rr_screen_model *model, const struct rr_progress *now)
{
	struct rr_speed *s = &model->speed;
	double left = now->total > now->bytes ? (double)(now->total - now->bytes) : 0;

	if (now->elapsed_ms < ETA_AFTER_MS || !now->total || s->smooth < 1 || now->paused ||
	    (s->eta_at_ms && model->ms < s->eta_at_ms + ETA_EACH_MS))
		return;
	s->eta_at_ms = model->ms;
	s->eta_later_ms = later_ms(model);
	s->eta_ms = (uint64_t)(left * 1000 / s->smooth) + s->eta_later_ms;
}

static void take_shares(struct rr_screen_model *model, const struct rr_progress *now)
{
	for (size_t i = 0; i < now->nshare && i < model->ngoal; i++)
		if (now->share[i].active)
			model->goal[i].share = now->share[i];
}

static void progress(struct rr_screen_model *model, const struct rr_progress *now)
{
	uint64_t base = rr_phase_proves(now->phase) ? 0 : model->offset;

	if (now->paused && !model->progress.paused)
		model->paused_at_ms = model->ms;
	model->progress = *now;
	model->progress.share = NULL;
	model->progress.nshare = 0;
	take_shares(model, now);
	rr_speed_add(&model->speed, now);
	guess_end(model, now);
	model->map.at = now->pos >= base && model->map.n && now->bytes < now->total ?
				now->pos - base :
				UINT64_MAX;
	if (now->silent_ms >= RR_SILENT_MS && model->map.at != UINT64_MAX)
		rr_sectors_slow(&model->map, model->map.at);
}

static void done(struct rr_screen_model *model, const struct rr_event *ev)
{
	if (model->map.n && ev->state == RR_FINISHED && strcmp(ev->name, "identify") != 0)
		rr_sectors_add(&model->map, ev->off, ev->len, rr_phase_proves(ev->name));
}

/* ------------------------------------------------------------------ what happens */

static void range(struct rr_screen_model *model, const struct rr_event *ev)
{
	bool differs = ev->name && strcmp(ev->name, "differs") == 0;
	struct rr_range at = { .off = ev->off, .len = ev->len };
	rr_autostr struct rr_str line = { 0 };
	uint64_t sectors = (ev->len + model->sector - 1) / model->sector;
	char n[RR_SIZE_TEXT], off[RR_SIZE_TEXT];

	if (!differs && ev->state != RR_BAD)
		return;
	if (!differs && at.off >= model->offset)
		at.off -= model->offset;
	rr_sectors_trouble(&model->map, &at, differs);
	rr_str_addf(&line, "%s %s sector%s at sector %s", differs ? "different:" : "cannot read",
		    rr_size_grouped(n, sectors), sectors == 1 ? "" : "s",
		    rr_size_grouped(off, ev->off / model->sector));
	if (ev->os)
		rr_str_addf(&line, ": %s", rr_err_os(ev->os));
	if (!line.fail)
		rr_log_add(&model->log, ev->ms, RR_ROLE_BAD, line.s);
}

static void digest(struct rr_screen_model *model, const struct rr_event *ev)
{
	if (model->ndigest == RR_DIGESTS)
		return;
	model->digest[model->ndigest].name = rr_text_printable(ev->name);
	model->digest[model->ndigest].hex = rr_text_printable(ev->text);
	model->ndigest++;
}

static void end(struct rr_screen_model *model, const struct rr_event *ev)
{
	const struct rr_result *r = ev->result;
	struct rr_str lines = { 0 };

	rr_steps_end(model, ev);
	model->ended = true;
	model->map.at = UINT64_MAX;
	if (!r)
		return;
	model->exit = r->exit;
	for (size_t i = 0; i < r->ndest && i < model->ngoal; i++) {
		model->goal[i].status = r->dest[i].status;
		if (r->dest[i].status == RR_DEST_FAILED)
			model->goal[i].why = rr_text_printable(r->dest[i].err.text);
	}
	rr_out_result(&lines, r, false);
	model->result = rr_str_take(&lines);
}

void rr_model_tick(struct rr_screen_model *model, uint64_t ms)
{
	if (model->started && !model->ended && ms > model->ms)
		model->ms = ms;
}

void rr_model_event(struct rr_screen_model *model, const struct rr_event *ev)
{
	if (ev->ms > model->ms)
		model->ms = ev->ms;
	switch (ev->type) {
	case RR_EV_START:
		start(model, ev);
		break;
	case RR_EV_PHASE:
		phase(model, ev);
		break;
	case RR_EV_PROGRESS:
		progress(model, &ev->now);
		break;
	case RR_EV_DONE:
		done(model, ev);
		break;
	case RR_EV_RANGE:
		range(model, ev);
		break;
	case RR_EV_NOTE:
		rr_log_add(&model->log, ev->ms,
			   rr_note_warns(ev->name) ? RR_ROLE_WARN : RR_ROLE_TEXT,
			   ev->text ? ev->text : "");
		break;
	case RR_EV_DIGEST:
		digest(model, ev);
		break;
	case RR_EV_END:
		end(model, ev);
		break;
	}
}

const struct rr_step *rr_model_step(const struct rr_screen_model *model)
{
	return model->now < model->nstep ? &model->step[model->now] : NULL;
}

unsigned rr_model_tenths(const struct rr_screen_model *model)
{
	const struct rr_progress *now = &model->progress;
	const struct rr_step *step = rr_model_step(model);
	double part = now->total ? (double)now->bytes / (double)now->total * 1000 : 0;

	if (step && step->state == RR_STEP_DONE)
		return 1000;
	return part < 999 ? (unsigned)part : 999;
}
