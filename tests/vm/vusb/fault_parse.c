/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fault_parse.c - understands the lines that say what goes wrong.
 * Owns: nothing.   Threads: any. */
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "rawright/text.h"

enum argument { NOTHING, TIME, NAME, SENSE, WAY_BACK };

struct word {
	const char *name;
	enum effect effect;
	enum argument argument;
	bool on_read, on_write;		/* where it makes sense */
	uint64_t times;			/* unless the line says so */
	uint8_t key;			/* of EFFECT_SENSE */
	uint16_t code;
};

#define SENSE_WORD(word, reads, writes, key_, code_) \
	{ word, EFFECT_SENSE, NOTHING, reads, writes, FOR_EVER, key_, code_ }

static const struct word words[] = {
	SENSE_WORD("unreadable", true, false, MEDIUM_ERROR, CODE_READ_ERROR),
	SENSE_WORD("unwritable", false, true, MEDIUM_ERROR, CODE_WRITE_ERROR),
	SENSE_WORD("protected", false, true, DATA_PROTECT, CODE_PROTECTED),
	SENSE_WORD("aborted", true, true, ABORTED_COMMAND, 0),
	SENSE_WORD("hardware", true, true, HARDWARE_ERROR, CODE_FAILURE),
	{ "sense", EFFECT_SENSE, SENSE, true, true, FOR_EVER, 0, 0 },
	{ "attention", EFFECT_ATTENTION, NOTHING, true, true, 1, 0, 0 },
	{ "not-ready", EFFECT_NOT_READY, TIME, true, true, 1, 0, 0 },
	{ "short", EFFECT_SHORT, NOTHING, true, false, FOR_EVER, 0, 0 },
	{ "mute", EFFECT_MUTE, NOTHING, true, true, FOR_EVER, 0, 0 },
	{ "phase-error", EFFECT_PHASE_ERROR, NOTHING, true, true, FOR_EVER, 0, 0 },
	{ "gone", EFFECT_GONE, WAY_BACK, true, true, 1, 0, 0 },
	{ "swap", EFFECT_SWAP, NAME, true, true, 1, 0, 0 },
	{ "eject", EFFECT_EJECT, NOTHING, true, true, 1, 0, 0 },
	{ "slow", EFFECT_SLOW, TIME, true, true, FOR_EVER, 0, 0 },
	{ "differs", EFFECT_DIFFERS, NOTHING, true, false, FOR_EVER, 0, 0 },
	{ "zeros", EFFECT_ZEROS, NOTHING, true, true, FOR_EVER, 0, 0 },
	{ "wrong", EFFECT_WRONG, NOTHING, true, true, FOR_EVER, 0, 0 },
	{ "vanishes", EFFECT_VANISHES, NOTHING, false, true, FOR_EVER, 0, 0 },
	{ "scratched", EFFECT_SCRATCHED, NOTHING, true, false, FOR_EVER, 0, 0 },
};

static int parse_name(struct words *w, struct fault *out, struct rr_err *err)
{
	const char *name = words_next(w);

	if (!name)
		return words_fail(w, err, "the name of a file is missing");
	out->name = strdup(name);
	return out->name ? 0 : rr_fail_memory(err);
}

static int parse_sense(struct words *w, struct fault *out, struct rr_err *err)
{
	const char *text = words_next(w);

	if (!text || !sense_parse(text, &out->sense))
		return words_fail(w, err, "which sense? key, code and qualifier, such as 3/11/00");
	return 0;
}

static int parse_way_back(struct words *w, struct fault *out, struct rr_err *err)
{
	if (!words_take(w, "back"))
		return 0;
	out->back = true;
	if (words_time(w, &out->time_ms, err) < 0)
		return -1;
	return words_take(w, "as") ? parse_name(w, out, err) : 0;
}

static int parse_argument(struct words *w, enum argument argument, struct fault *out,
		struct rr_err *err)
{
	switch (argument) {
	case TIME:
		return words_time(w, &out->time_ms, err);
	case NAME:
		return parse_name(w, out, err);
	case SENSE:
		return parse_sense(w, out, err);
	case WAY_BACK:
		return parse_way_back(w, out, err);
	case NOTHING:
		break;
	}
	return 0;
}

static int parse_direction(struct words *w, struct fault *out, struct rr_err *err)
{
	bool any = words_take(w, "any");

	out->on_read = any || words_take(w, "read");
	out->on_write = any || (!out->on_read && words_take(w, "write"));
	if (!out->on_read && !out->on_write)
		return words_fail(w, err, "on what? read, write or any");
	return 0;
}

static int parse_effect(struct words *w, struct fault *out, struct rr_err *err)
{
	const char *name = words_next(w);

	if (!name)
		return words_fail(w, err, "what happens there? such as unreadable");
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		const struct word *word = &words[i];

		if (strcmp(name, word->name) != 0)
			continue;
		if ((out->on_read && !word->on_read) || (out->on_write && !word->on_write))
			return words_fail(w, err, "'%s' is only for 'on %s'", name,
					  word->on_read ? "read" : "write");
		out->effect = word->effect;
		out->times = word->times;
		out->sense = (struct sense){ .key = word->key, .code = word->code };
		return parse_argument(w, word->argument, out, err);
	}
	return words_fail(w, err, "'%s' is nothing that can happen", name);
}

static int parse_counts(struct words *w, struct fault *out, struct rr_err *err)
{
	if (words_take(w, "after") && words_number(w, FOR_EVER, &out->after, err) < 0)
		return -1;
	if (words_take(w, "times") && words_number(w, FOR_EVER, &out->times, err) < 0)
		return -1;
	return words_end(w, err);
}

static char *line_of(const struct words *w)
{
	struct rr_str str = { 0 };

	for (size_t i = w->at; i < w->n; i++)
		rr_str_addf(&str, "%s ", w->word[i]);
	return rr_str_take(&str);
}

int fault_parse(struct words *w, struct fault *out, struct rr_err *err)
{
	*out = (struct fault){ .line = line_of(w) };
	if (!out->line)
		return rr_fail_memory(err);
	if (parse_direction(w, out, err) < 0 || words_range(w, &out->first, &out->last, err) < 0 ||
	    parse_effect(w, out, err) < 0)
		return -1;
	return parse_counts(w, out, err);
}

void fault_clear(struct fault *fault)
{
	free(fault->line);
	free(fault->name);
	fault->line = fault->name = NULL;
}
