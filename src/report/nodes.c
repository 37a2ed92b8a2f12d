/* SPDX-License-Identifier: GPL-3.0-or-later */
/* nodes.c - the drives there are, and what changes, as JSON.
 * Owns: nothing.   Threads: main. */
#include <errno.h>
#include <jansson.h>

#include "drive_json.h"
#include "object.h"
#include "rawright/nodes.h"

/* NULL without memory. */
static json_t *drive_object(const struct rr_seen *seen)
{
	struct rr_object o = rr_object_new();

	rr_json_drive(&o, &seen->node);
	rr_object_put(&o, "content", rr_json_content(&seen->node.content));
	rr_object_put(&o, "use", rr_json_use(&seen->use));
	rr_object_put(&o, "writable", rr_json_verdict(&seen->write));
	return rr_object_take(&o);
}

static json_t *survey_object(const struct rr_survey *survey, bool watch)
{
	struct rr_object o = rr_object_new();
	json_t *drives = json_array();

	rr_object_number(&o, "v", 1);
	if (watch)
		rr_object_put(&o, "event", json_string("list"));
	for (size_t i = 0; i < survey->n; i++)
		rr_object_item(&o, drives, drive_object(&survey->drive[i]));
	rr_object_put(&o, "drives", drives);
	rr_object_text(&o, "blind", survey->blind);
	return rr_object_take(&o);
}

static json_t *change_object(const struct rr_change *change)
{
	static const char *const events[] = {
		[RR_ADDED] = "added",
		[RR_REMOVED] = "removed",
		[RR_CHANGED] = "changed",
	};
	struct rr_object o = rr_object_new();
	json_t *what = json_array();

	rr_object_number(&o, "v", 1);
	rr_object_put(&o, "event", json_string(events[change->kind]));
	for (size_t i = 0; rr_change_word(change->what, i); i++)
		rr_object_item(&o, what, json_string(rr_change_word(change->what, i)));
	if (change->kind == RR_CHANGED)
		rr_object_put(&o, "what", what);
	else
		json_decref(what);
	rr_object_put(&o, "drive", drive_object(change->now ? change->now : change->was));
	return rr_object_take(&o);
}

int rr_report_survey(const struct rr_survey *survey, bool watch, int fd, const char *name,
		     struct rr_err *err)
{
	return rr_object_write(survey_object(survey, watch), fd, name, err);
}

int rr_report_change(const struct rr_change *change, int fd, const char *name, bool *closed,
		     struct rr_err *err)
{
	int rc = rr_object_write(change_object(change), fd, name, err);

	*closed = rc < 0 && err->os == EPIPE;
	return *closed ? 0 : rc;
}
