/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json.c - the events as JSON, one object a line (docs/rawright-events.5).
 * Owns: the descriptor when told so.   Threads: main. */
#include <jansson.h>
#include <string.h>

#include "out.h"
#include "rawright/event.h"
#include "rawright/fs.h"

#define VERSION 1

struct json {
	struct rr_reporter base;
	int fd;
	bool close_fd;
	bool lost;		/* nobody reads any more: the job goes on without */
};

const char *rr_json_version(void)
{
	return jansson_version_str();
}

/* Foreign text; null for NULL. */
static json_t *text(const char *s)
{
	rr_autofree char *printable = rr_text_printable(s);

	return printable ? json_string(printable) : json_null();
}

static json_t *number(uint64_t n)
{
	return json_integer(n > INT64_MAX ? INT64_MAX : (json_int_t)n);
}

static json_t *source(const struct rr_node *node)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "path", text(node->path), "kind", text(node->kind),
			 "vendor", text(node->vendor), "model", text(node->model),
			 "serial", text(node->serial),
			 "bytes", number(node->bytes), "sector", number(node->sector));
}

static json_t *destinations(const struct rr_result *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->ndest; i++)
		(void)json_array_append_new(list, text(r->dest[i].path));  /* no memory: without */
	return list;
}

static json_t *plan(const struct rr_event *ev)
{
	json_t *list = json_array();

	for (size_t i = 0; i < ev->nplan; i++)
		(void)json_array_append_new(list, text(ev->plan[i])); /* no memory: without */
	return list;
}

static json_t *start(const struct rr_event *ev)
{
	const struct rr_result *r = ev->result;
	char now[RR_CLOCK_TEXT];

	if (!r)
		return json_object();
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o}", "time", rr_clock_utc(now),
			 "source", r->source.path ? source(&r->source) : json_null(),
			 "destinations", destinations(r),
			 "offset", number(r->offset), "length", number(r->length),
			 "phases", plan(ev));
}

static json_t *phase(const struct rr_event *ev)
{
	return json_pack("{s:o, s:o, s:o}", "phase", text(ev->name),
			 "part", ev->parts ? number(ev->part) : json_null(),
			 "parts", ev->parts ? number(ev->parts) : json_null());
}

static json_t *shares(const struct rr_progress *now)
{
	json_t *list = json_array();

	for (size_t i = 0; i < now->nshare; i++) {
		const struct rr_share *share = &now->share[i];
		json_t *one = json_null();

		if (share->active)
			one = json_pack("{s:o, s:b, s:o}", "bytes", number(share->bytes), "failed",
					share->failed, "silent_ms", number(share->silent_ms));
		(void)json_array_append_new(list, one); /* no memory: without */
	}
	return list;
}

static json_t *progress(const struct rr_progress *now)
{
	json_t *more = json_pack("{s:o, s:b, s:o, s:o, s:o}", "retried", number(now->retried),
				 "paused", now->paused, "slowest", text(now->slowest),
				 "slowest_destination",
				 now->slowest && strcmp(now->slowest, "destination") == 0 ?
					 number(now->slowest_dest) : json_null(),
				 "destinations", shares(now));
	json_t *all = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "phase",
			 text(now->phase), "bytes", number(now->bytes), "total", number(now->total),
			 "rate", number(now->rate), "mean", number(now->mean), "bad",
			 number(now->bad), "eta_ms",
			 now->eta_ms == UINT64_MAX ? json_null() : number(now->eta_ms),
			 "elapsed_ms", number(now->elapsed_ms), "silent_ms", number(now->silent_ms),
			 "offset", number(now->pos));

	(void)json_object_update(all, more); /* no memory: without */
	json_decref(more);
	return all;
}

static const char *const states[RR_STATES] = {
	"non-tried", "non-trimmed", "non-scraped", "bad", "finished",
};

static json_t *done(const struct rr_event *ev)
{
	return json_pack("{s:o, s:o, s:o, s:s}", "phase", text(ev->name), "offset",
			 number(ev->off), "length", number(ev->len), "state", states[ev->state]);
}

static json_t *range(const struct rr_event *ev)
{
	bool differs = ev->name && strcmp(ev->name, "differs") == 0;

	return json_pack("{s:o, s:o, s:s, s:i, s:o}",
			 "offset", number(ev->off), "length", number(ev->len),
			 "state", differs ? "differs" : states[ev->state],
			 "errno", ev->os, "error", ev->os ? text(rr_err_os(ev->os)) : json_null());
}

/* The record, anew from its text; null when there is none. */
static json_t *record(const char *text_of_it)
{
	json_t *object = text_of_it ? json_loads(text_of_it, 0, NULL) : NULL;

	return object ? object : json_null();
}

static json_t *end(const struct rr_event *ev)
{
	const struct rr_result *r = ev->result;

	if (!r)
		return json_pack("{s:n, s:n, s:n, s:o}", "exit", "status", "error",
				 "record", record(ev->record));
	return json_pack("{s:i, s:s, s:o, s:o}",
			 "exit", r->exit, "status", rr_outcome_name(r->outcome),
			 "error", r->err.kind == RR_OK ? json_null() : text(r->err.text),
			 "record", record(ev->record));
}

static json_t *body(const struct rr_event *ev, const char **name)
{
	switch (ev->type) {
	case RR_EV_START:
		*name = "start";
		return start(ev);
	case RR_EV_PHASE:
		*name = "phase";
		return phase(ev);
	case RR_EV_PROGRESS:
		*name = "progress";
		return progress(&ev->now);
	case RR_EV_RANGE:
		*name = "range";
		return range(ev);
	case RR_EV_DONE:
		*name = "done";
		return done(ev);
	case RR_EV_NOTE:
		*name = "note";
		return json_pack("{s:o, s:o}", "kind", text(ev->name), "text", text(ev->text));
	case RR_EV_DIGEST:
		*name = "digest";
		return json_pack("{s:o, s:o}", "name", text(ev->name), "hex", text(ev->text));
	case RR_EV_END:
		*name = "end";
		return end(ev);
	}
	*name = "note";
	return json_object();
}

/* One object, one line, one write. */
static void put(struct json *json, json_t *object)
{
	rr_autostr struct rr_str line = { 0 };
	rr_autofree char *dump = json_dumps(object, JSON_COMPACT);

	if (!dump)
		return;			/* no memory: an event less */
	rr_str_addf(&line, "%s\n", dump);
	if (!line.fail)
		json->lost = rr_pwrite(json->fd, line.s, line.len, RR_STREAM, NULL) != 0;
}

static int json_event(struct rr_reporter *base, const struct rr_event *ev)
{
	struct json *json = (struct json *)base;
	const char *name;
	json_t *object, *rest;

	if (json->lost || (ev->type == RR_EV_PROGRESS && !rr_out_ready(json->fd)))
		return 0;
	rest = body(ev, &name);
	object = json_pack("{s:i, s:s, s:o}", "v", VERSION, "event", name, "ms", number(ev->ms));
	if (object && rest && json_object_update(object, rest) == 0)
		put(json, object);
	json_decref(object);
	json_decref(rest);
	return 0;
}

static void json_close(struct rr_reporter *base)
{
	struct json *json = (struct json *)base;

	if (json->close_fd)
		(void)close(json->fd);	/* a monitor's copy: the record is elsewhere */
	free(json);
}

int rr_json_new(int fd, bool close_fd, struct rr_reporter **out, struct rr_err *err)
{
	struct json *json = calloc(1, sizeof(*json));

	if (!json)
		return rr_fail_memory(err);
	json->base = (struct rr_reporter){ .event = json_event, .close = json_close };
	json->fd = fd;
	json->close_fd = close_fd;
	*out = &json->base;
	return 0;
}
