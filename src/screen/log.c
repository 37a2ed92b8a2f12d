/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.c - the newest lines of what happened.
 * Owns: their texts.   Threads: main. */
#include "model.h"
#include "rawright/text.h"

void rr_log_add(struct rr_log *log, uint64_t ms, enum rr_role role, const char *text)
{
	struct rr_log_line *line = &log->line[log->n % RR_LOG_LINES];
	char *printable = rr_text_printable(text);

	if (!printable)
		return; /* no memory: a line less */
	free(line->text);
	*line = (struct rr_log_line){ .ms = ms, .role = role, .text = printable };
	log->n++;
}

size_t rr_log_kept(const struct rr_log *log)
{
	return log->n < RR_LOG_LINES ? log->n : RR_LOG_LINES;
}

const struct rr_log_line *rr_log_at(const struct rr_log *log, size_t i)
{
	size_t kept = rr_log_kept(log);

	return i < kept ? &log->line[(log->n - kept + i) % RR_LOG_LINES] : NULL;
}

void rr_log_clear(struct rr_log *log)
{
	for (size_t i = 0; i < RR_LOG_LINES; i++)
		free(log->line[i].text);
	*log = (struct rr_log){ 0 };
}
