/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plain.c - events as lines for people: on a terminal one line of progress, rewritten; else a line
 * every ten seconds.
 * Owns: nothing; the descriptor is the caller's.   Threads: main. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "out.h"
#include "rawright/clock.h"
#include "rawright/event.h"
#include "rawright/fs.h"
#include "rawright/size.h"

#define FIRST_MS 1000	/* before that nobody waits */
#define REST_MS 8000	/* before that the remaining time is a guess */
#define EACH_MS 10000	/* lines where nothing can be rewritten */
#define SILENT_MS 3000
#define RANGES 20	/* bad ranges named one by one */

struct plain {
	struct rr_reporter base;
	struct rr_plain_conf conf;
	const struct rr_result *result;	/* the job's, from START to END */
	bool headed;		/* the first line was said */
	bool flushing;
	uint64_t phase_ms;	/* when the phase began */
	char *name;		/* the source's, printable */
	uint32_t sector;
	bool lost;		/* nobody reads any more */
	bool open;		/* the line of progress stands there without its end */
	uint64_t shown_ms;	/* when the last one was shown */
	size_t ranges;
	struct rr_progress last;
};

/* A reader that is gone (EPIPE, EIO) must not end the job: nothing more can be said there. */
static void put(struct plain *p, const struct rr_str *str)
{
	if (!str->fail && str->len && !p->lost)
		p->lost = rr_pwrite(p->conf.fd, str->s, str->len, RR_STREAM, NULL) != 0;
}

/* A line of its own, after the end of the open one. */
static void put_lines(struct plain *p, struct rr_str *lines)
{
	rr_autostr struct rr_str str = { 0 };

	if (!lines->len || lines->fail)
		return;
	rr_str_addf(&str, "%s%s", p->open ? "\n" : "", lines->s);
	p->open = false;
	put(p, &str);
}

/* ------------------------------------------------------------------ progress */

/* Tenths of a percent, never 1000: only the end of a phase says that all is done. */
static unsigned tenths(const struct rr_progress *now)
{
	double part = now->total ? (double)now->bytes / (double)now->total * 1000 : 0;

	return part < 999 ? (unsigned)part : 999;
}

static void add_silence(struct rr_str *str, const struct rr_progress *now)
{
	char sector[RR_SIZE_TEXT], pos[RR_SIZE_TEXT];

	rr_str_addf(str, "  no answer for %llu s at sector %s (%s)",
		    (unsigned long long)(now->silent_ms / 1000),
		    rr_size_grouped(sector, now->pos / (now->sector ? now->sector : 512)),
		    rr_size_grouped(pos, now->pos));
}

static void add_speed(struct rr_str *str, const struct rr_progress *now)
{
	char rate[RR_SIZE_TEXT], span[RR_CLOCK_TEXT];

	rr_str_addf(str, "  %s/s", rr_size_human(rate, now->rate));
	if (now->eta_ms != UINT64_MAX && now->elapsed_ms >= REST_MS)
		rr_str_addf(str, "  %s left", rr_clock_span(span, now->eta_ms));
}

static void add_progress(struct rr_str *str, const struct rr_progress *now)
{
	bool silent = now->silent_ms >= SILENT_MS;
	char bytes[RR_SIZE_TEXT], total[RR_SIZE_TEXT], span[RR_CLOCK_TEXT];
	unsigned part = tenths(now);

	rr_out_foreign(str, rr_phase_doing(now->phase));
	if (now->total)
		rr_str_addf(str, "  %2u.%u%%", part / 10, part % 10);
	if (silent)
		add_silence(str, now);
	if (!silent && now->total) {
		rr_str_addf(str, "  %s of %s", rr_size_human(bytes, now->bytes),
			    rr_size_human(total, now->total));
		add_speed(str, now);
	}
	if (!silent && !now->total)	/* a stream: nobody knows how much will come */
		rr_str_addf(str, "  %s  %s/s  %s", rr_size_human(bytes, now->bytes),
			    rr_size_human(total, now->rate), rr_clock_span(span, now->elapsed_ms));
	if (now->bad) {
		rr_str_addf(str, "  ");
		rr_out_extent(str, now->bad, now->sector);
		rr_str_addf(str, " bad");
	}
}

/* How far it is, nobody knows: fsync(2) says nothing before it is through. */
static void add_flushing(struct rr_str *str, uint64_t ms)
{
	char span[RR_CLOCK_TEXT];

	rr_str_addf(str, "flushing  %s  waiting until all is on the disk", rr_clock_span(span, ms));
}

static size_t width(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

/* Rewrites the line. Its last column stays free: some terminals go on to the next line there. */
static void draw(struct plain *p, const struct rr_str *line)
{
	rr_autostr struct rr_str str = { 0 };
	size_t room = width(p->conf.fd) - 1;

	if (line->fail || !rr_out_ready(p->conf.fd))
		return;
	rr_str_addf(&str, "\r%.*s\033[K", (int)(line->len < room ? line->len : room), line->s);
	p->open = true;
	put(p, &str);
}

static bool is_due(const struct plain *p, const struct rr_event *ev)
{
	if (ev->asked)
		return true;
	if (!p->conf.progress || ev->ms < FIRST_MS)
		return false;
	return p->conf.terminal || ev->ms >= p->shown_ms + EACH_MS;
}

static void progress(struct plain *p, const struct rr_event *ev)
{
	rr_autostr struct rr_str line = { 0 };

	p->last = ev->now;
	if (!is_due(p, ev))
		return;
	if (p->flushing)
		add_flushing(&line, ev->ms - p->phase_ms);
	else
		add_progress(&line, &ev->now);
	if (p->conf.terminal && !ev->asked) {
		draw(p, &line);
	} else {
		rr_str_addf(&line, "\n");
		put_lines(p, &line);
		p->shown_ms = ev->ms;
	}
}

/* The phase whose progress stands there is over: its line says so before it is left. */
static void finish_phase(struct plain *p)
{
	rr_autostr struct rr_str line = { 0 };
	char total[RR_SIZE_TEXT], mean[RR_SIZE_TEXT], span[RR_CLOCK_TEXT];

	if (p->open && p->last.total && p->last.bytes >= p->last.total) {
		rr_out_foreign(&line, rr_phase_doing(p->last.phase));
		rr_str_addf(&line, "  100%%  %s in %s, %s/s", rr_size_human(total, p->last.total),
			    rr_clock_span(span, p->last.elapsed_ms),
			    rr_size_human(mean, p->last.mean));
		draw(p, &line);
	}
	p->last = (struct rr_progress){ 0 };
}

/* ------------------------------------------------------------------ the other events */

static void start(struct plain *p, const struct rr_result *r)
{
	free(p->name);		/* of the job before: one reporter may tell of several */
	p->name = rr_text_printable(r->source.path);
	p->sector = r->source.sector;
	p->result = r;
	p->headed = p->flushing = false;
	p->ranges = 0;
	p->shown_ms = p->phase_ms = 0;
}

/* "/dev/sdb (SanDisk Ultra, 30.8 GB)"; bytes 0: not known. */
static void add_drive(struct rr_str *line, const struct rr_node *node, uint64_t bytes)
{
	rr_autostr struct rr_str model = { 0 };
	char human[RR_SIZE_TEXT];

	rr_out_model(&model, node);
	rr_out_foreign(line, node->path);
	if (model.len || bytes)
		rr_str_addf(line, " (%s%s%s)", model.len ? model.s : "",
			    model.len && bytes ? ", " : "",
			    bytes ? rr_size_human(human, bytes) : "");
}

static void add_dests(struct rr_str *line, const struct rr_result *r, const char *before)
{
	for (size_t i = 0; i < r->ndest; i++) {
		rr_str_addf(line, "%s", i ? ", " : before);
		if (r->dest[i].drive)
			add_drive(line, r->dest[i].drive, r->dest[i].drive->bytes);
		else
			rr_out_foreign(line, r->dest[i].path);
	}
}

/* An image that is checked alone is its own source. */
static bool has_medium(const struct rr_result *r)
{
	return r->source.path && !(r->ndest && strcmp(r->source.path, r->dest[0].path) == 0);
}

/* The first line: what is done with what. Said when it is known, with the first phase. */
static void head(struct plain *p)
{
	static const char *const verbs[] = { [RR_TASK_READ] = "reading ",
					     [RR_TASK_WRITE] = "writing ",
					     [RR_TASK_CLONE] = "cloning ",
					     [RR_TASK_VERIFY] = "checking ",
					     [RR_TASK_HASH] = "reading " };
	const struct rr_result *r = p->result;
	rr_autostr struct rr_str line = { 0 };
	bool bound = r && r->source.kind && strcmp(r->source.kind, "stream") == 0;

	if (p->headed || !r)
		return;
	p->headed = true;
	if (p->conf.quiet || (r->dry_run && rr_task_to_drives(r->task)))
		return;
	if (r->task != RR_TASK_VERIFY && r->source.path) {
		rr_str_addf(&line, "%s", verbs[r->task]);
		add_drive(&line, &r->source, bound ? 0 : r->length);
		add_dests(&line, r, " to ");
	} else {
		add_dests(&line, r, verbs[RR_TASK_VERIFY]);
		if (has_medium(r)) {
			rr_str_addf(&line, " against ");
			add_drive(&line, &r->source, r->length);
		}
	}
	rr_str_addf(&line, "\n");
	put_lines(p, &line);
}

/* What follows the first phase and is not seen from its progress. */
static const char *phase_words(const char *name)
{
	static const char *const words[][2] = {
		{ "verify", "verifying: reading back what was written\n" },
		{ "hash", "hashing: reading back what was written\n" },
		{ "reread", "reading again: comparing with what was read before\n" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strcmp(words[i][0], name) == 0)
			return words[i][1];
	return "";
}

static void phase(struct plain *p, const struct rr_event *ev)
{
	const char *name = ev->name ? ev->name : "";
	rr_autostr struct rr_str line = { 0 };
	bool first = !p->headed;

	finish_phase(p);
	p->flushing = strcmp(name, "flush") == 0;
	p->phase_ms = ev->ms;
	head(p);
	if (first || p->conf.quiet)
		return;
	rr_str_addf(&line, "%s", phase_words(name));
	put_lines(p, &line);
}

static void add_place(struct rr_str *line, uint64_t off, uint32_t sector)
{
	char at[RR_SIZE_TEXT], n[RR_SIZE_TEXT];

	rr_str_addf(line, " at %s", rr_size_grouped(at, off));
	if (sector)
		rr_str_addf(line, " (sector %s)", rr_size_grouped(n, off / sector));
}

static void range(struct plain *p, const struct rr_event *ev)
{
	bool differs = ev->name && strcmp(ev->name, "differs") == 0;
	rr_autostr struct rr_str line = { 0 };

	if ((!differs && ev->state != RR_BAD) || p->ranges > RANGES)
		return;
	if (p->ranges++ == RANGES) {
		rr_str_addf(&line, "and more; all are in the record\n");
		put_lines(p, &line);
		return;
	}
	rr_str_addf(&line, differs ? "different: " : "cannot read ");
	if (differs || ev->len != p->sector)
		rr_out_extent(&line, ev->len, p->sector);
	rr_str_addf(&line, differs ? "" : ev->len != p->sector ? " of " : "");
	rr_str_addf(&line, "%s", differs ? "" : p->name ? p->name : "the source");
	add_place(&line, ev->off, p->sector);
	if (ev->os)
		rr_str_addf(&line, ": %s", rr_err_os(ev->os));
	rr_str_addf(&line, "\n");
	put_lines(p, &line);
}

static void note(struct plain *p, const struct rr_event *ev)
{
	rr_autostr struct rr_str line = { 0 };
	bool warning = rr_note_warns(ev->name);

	head(p);
	if (!ev->text || (p->conf.quiet && !warning && strcmp(ev->name, "dry-run") != 0))
		return;
	rr_str_addf(&line, warning && p->conf.color ? "\033[33m%s\033[0m" : "%s",
		    warning ? "note: " : "");
	rr_out_foreign(&line, ev->text);
	rr_str_addf(&line, "\n");
	put_lines(p, &line);
}

/* All went well, and whoever wants it quiet learns it by other ways. */
static bool is_dull(const struct plain *p, const struct rr_result *r)
{
	return r->exit == RR_EXIT_OK && (p->conf.trouble || (p->conf.quiet && !r->ndest));
}

static void end(struct plain *p, const struct rr_event *ev)
{
	rr_autostr struct rr_str lines = { 0 };

	finish_phase(p);
	if (ev->result && !is_dull(p, ev->result))
		rr_out_result(&lines, ev->result, p->conf.color);
	put_lines(p, &lines);
	p->result = NULL;
}

static int plain_event(struct rr_reporter *base, const struct rr_event *ev)
{
	struct plain *p = (struct plain *)base;

	switch (ev->type) {
	case RR_EV_START:
		if (ev->result)
			start(p, ev->result);
		break;
	case RR_EV_PHASE:
		phase(p, ev);
		break;
	case RR_EV_PROGRESS:
		progress(p, ev);
		break;
	case RR_EV_RANGE:
		range(p, ev);
		break;
	case RR_EV_NOTE:
		note(p, ev);
		break;
	case RR_EV_DONE:		/* progress tells enough of it */
	case RR_EV_DIGEST:		/* the block at the end has them */
		break;
	case RR_EV_END:
		end(p, ev);
		break;
	}
	return 0;
}

/* ------------------------------------------------------------------ questions */

static int plain_ask(struct rr_reporter *base, const struct rr_question *question)
{
	struct plain *p = (struct plain *)base;
	rr_autostr struct rr_str end_of_line = { 0 };

	if (!p->conf.terminal)
		return -1;
	if (p->open)
		rr_str_addf(&end_of_line, "\n");
	p->open = false;
	put(p, &end_of_line);
	return rr_out_ask(question, p->conf.fd);
}

static void plain_close(struct rr_reporter *base)
{
	struct plain *p = (struct plain *)base;
	rr_autostr struct rr_str end_of_line = { 0 };

	if (p->open)
		rr_str_addf(&end_of_line, "\n");
	put(p, &end_of_line);
	free(p->name);
	free(p);
}

int rr_plain_new(const struct rr_plain_conf *conf, struct rr_reporter **out, struct rr_err *err)
{
	struct plain *p = calloc(1, sizeof(*p));

	if (!p)
		return rr_fail_memory(err);
	p->base = (struct rr_reporter){ .event = plain_event,
					.ask = plain_ask,
					.close = plain_close };
	p->conf = *conf;
	*out = &p->base;
	return 0;
}
