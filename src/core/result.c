/* SPDX-License-Identifier: GPL-3.0-or-later */
/* result.c - what a job found out: notes, names and exit statuses.
 * Owns: nothing; a result owns what it points to.   Threads: one at a time for each result. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rawright/result.h"

/* A medium error that ends a job is a failure; sectors that were filled are an outcome and no
 * error: RR_EXIT_BAD_SECTORS is the engine's to say. */
int rr_exit_of(enum rr_kind kind)
{
	switch (kind) {
	case RR_OK:
		return RR_EXIT_OK;
	case RR_USAGE:
	case RR_FORMAT:
		return RR_EXIT_USAGE;
	case RR_GONE:
		return RR_EXIT_GONE;
	case RR_MISMATCH:
		return RR_EXIT_DIFFERENT;
	case RR_REFUSED:
		return RR_EXIT_REFUSED;
	case RR_STOPPED:
		return RR_EXIT_STOPPED;
	case RR_SYSTEM:
	case RR_MEDIUM:
		break;
	}
	return RR_EXIT_FAILED;
}

static size_t exit_weight(int status)
{
	static const int rising[] = {
		RR_EXIT_OK, RR_EXIT_USAGE, RR_EXIT_REFUSED, RR_EXIT_BAD_SECTORS,
		RR_EXIT_FAILED, RR_EXIT_DIFFERENT, RR_EXIT_GONE, RR_EXIT_STOPPED,
	};
	size_t n = sizeof(rising) / sizeof(*rising);

	for (size_t i = 0; i < n; i++)
		if (rising[i] == status)
			return i;
	return exit_weight(RR_EXIT_FAILED);
}

int rr_exit_worse(int a, int b)
{
	return exit_weight(a) >= exit_weight(b) ? a : b;
}

const char *rr_dest_status_name(enum rr_dest_status status)
{
	switch (status) {
	case RR_DEST_OPEN:
		return "open";
	case RR_DEST_WRITTEN:
		return "written";
	case RR_DEST_VERIFIED:
		return "verified";
	case RR_DEST_NOT_VERIFIED:
		return "not-verified";
	case RR_DEST_DIFFERENT:
		return "different";
	case RR_DEST_FAILED:
		break;
	}
	return "failed";
}

const char *rr_task_name(enum rr_task task)
{
	static const char *const names[] = { "read", "write", "clone", "verify", "hash" };

	return names[task];
}

bool rr_task_writes(enum rr_task task)
{
	return task == RR_TASK_READ || rr_task_to_drives(task);
}

bool rr_task_to_drives(enum rr_task task)
{
	return task == RR_TASK_WRITE || task == RR_TASK_CLONE;
}

const char *rr_outcome_name(enum rr_outcome outcome)
{
	switch (outcome) {
	case RR_INCOMPLETE:
		return "incomplete";
	case RR_COMPLETE:
		return "complete";
	case RR_COMPLETE_WITH_ERRORS:
		return "complete-with-errors";
	case RR_FAILED:
		break;
	}
	return "failed";
}

static void clear_asked(struct rr_result *r)
{
	for (int i = 0; r->argv && i < r->argc; i++)
		free(r->argv[i]);
	free(r->argv);
	free(r->info.number);
	free(r->info.evidence);
	free(r->info.examiner);
	free(r->info.label);
	free(r->info.note);
	free(r->run);
}

static void clear_places(struct rr_result *r)
{
	rr_node_clear(&r->source);
	free(r->read_only_why_not);
	free(r->why_buffered);
	for (size_t i = 0; i < r->ndest; i++) {
		free(r->dest[i].path);
		rr_range_list_clear(&r->dest[i].verification.differences);
		rr_range_list_clear(&r->dest[i].written.cleared);
	}
	free(r->dest);
	rr_range_list_clear(&r->reread.differences);
}

void rr_result_clear(struct rr_result *r)
{
	clear_asked(r);
	clear_places(r);
	rr_range_list_clear(&r->bad);
	free(r->fill);
	free(r->digest);
	free(r->window_sha256);
	rr_segment_list_clear(&r->segments);
	for (size_t i = 0; i < r->nnote; i++)
		free(r->note[i].text);
	free(r->note);
	*r = (struct rr_result){ 0 };
}

/* The text of the note, or NULL. */
static char *note_text(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
static char *note_text(const char *fmt, va_list ap)
{
	char *text;

	return vasprintf(&text, fmt, ap) < 0 ? NULL : text;
}

void rr_result_note(struct rr_result *r, const char *kind, const char *fmt, ...)
{
	struct rr_note *grown, note = { 0 };
	va_list ap;

	va_start(ap, fmt);
	note.text = note_text(fmt, ap);
	va_end(ap);
	grown = note.text ? reallocarray(r->note, r->nnote + 1, sizeof(*r->note)) : NULL;
	if (!grown) {
		free(note.text);	/* a note is no reason to end a job */
		return;
	}
	(void)rr_clock_utc(note.t);
	/* Kinds are short words of ours. */
	(void)snprintf(note.kind, sizeof(note.kind), "%s", kind);
	grown[r->nnote++] = note;
	r->note = grown;
}
