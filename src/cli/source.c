/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source.c - what commands that read have in common: opening, the range asked for, the end.
 * Owns: the source and its read-only flags.   Threads: main. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "look.h"
#include "rawright/cli.h"
#include "rawright/fs.h"
#include "rawright/record.h"
#include "rawright/text.h"

const struct rr_keeper rr_cli_keeper = {
	.render = rr_record_render,
	.parse = rr_record_parse,
	.sums = rr_sums_print,
};

int rr_cli_invocation(const struct rr_cli *cli, struct rr_result *r, struct rr_err *err)
{
	r->argv = calloc((size_t)cli->argc + 1, sizeof(*r->argv));
	if (!r->argv)
		return rr_fail_memory(err);
	for (; r->argc < cli->argc; r->argc++) {
		r->argv[r->argc] = strdup(cli->argv[r->argc]);
		if (!r->argv[r->argc])
			return rr_fail_memory(err);
	}
	return 0;
}

static int to_bytes(const struct rr_opt_size *opt, const char *name, const struct rr_source *src,
		    uint64_t *out, struct rr_err *err)
{
	char unit[RR_SIZE_TEXT];

	if (rr_size_bytes(&opt->size, src->sector, out, err) < 0)
		return -1;
	if (*out % src->sector && *out != src->size)
		return rr_fail(err, RR_USAGE, 0,
			       "%s must be a multiple of %s bytes, the sector size of %s", name,
			       rr_size_grouped(unit, src->sector), src->name);
	return 0;
}

/* The data that begin at or behind a sector, else the last ones before it; NULL: there are none. */
static const struct rr_track *data_near(const struct rr_disc *d, uint32_t lba)
{
	const struct rr_track *data = NULL;

	for (size_t i = 0; i < d->ntrack; i++) {
		if (d->track[i].audio)
			continue;
		data = &d->track[i];
		if (data->start >= lba)
			break;
	}
	return data;
}

static int refuse_audio(const struct rr_disc *d, const struct rr_cli_source *s, struct rr_err *err)
{
	uint32_t size = (uint32_t)(s->src->size / RR_DISC_SECTOR);
	const struct rr_track *data = data_near(d, (uint32_t)(s->offset / RR_DISC_SECTOR));
	uint32_t end = data ? rr_disc_data_end(d, data->start, size) : 0;

	if (!data || end == data->start)
		return rr_fail(err, RR_REFUSED, 0,
			       "the disc in %s holds sound and no data: its %zu tracks have no "
			       "sectors that an image could hold",
			       s->src->name, d->ntrack);
	return rr_fail(err, RR_REFUSED, 0,
		       "there is sound in that part of the disc in %s, and an image holds data: "
		       "read those with --offset %" PRIu32 "s --length %" PRIu32 "s",
		       s->src->name, data->start, end - data->start);
}

/* Of a disc, data alone. What is left out is for a person to choose, and not for us. */
static int check_data(const struct rr_disc *d, const struct rr_cli_source *s, struct rr_err *err)
{
	uint64_t first = s->offset / RR_DISC_SECTOR, end;

	if (!d->known || !d->ntrack)
		return 0;
	for (end = first; end * RR_DISC_SECTOR < s->offset + s->length;) {
		struct rr_span span = rr_disc_span(d, (uint32_t)end);

		if (span.kind == RR_SPAN_AUDIO)
			return refuse_audio(d, s, err);
		end = span.end;
	}
	return 0;
}

/* A source that cannot know its sectors (a file) takes any range that its reading can. */
static int set_range(const struct rr_cli_open *conf, struct rr_cli_source *s, struct rr_err *err)
{
	char size[RR_SIZE_TEXT];

	s->offset = 0;
	if (conf->offset && conf->offset->given &&
	    to_bytes(conf->offset, "--offset", s->src, &s->offset, err) < 0)
		return -1;
	if (s->offset > s->src->size || (s->offset && s->offset == s->src->size))
		return rr_fail(err, RR_USAGE, 0, "--offset is past the end: %s has %s bytes",
			       s->src->name, rr_size_grouped(size, s->src->size));
	s->length = s->src->size - s->offset;
	if (!conf->length || !conf->length->given)
		return 0;
	if (rr_size_bytes(&conf->length->size, s->src->sector, &s->length, err) < 0)
		return -1;
	if (s->length > s->src->size - s->offset)
		return rr_fail(err, RR_USAGE, 0, "--length goes past the end: %s has %s bytes",
			       s->src->name, rr_size_grouped(size, s->src->size));
	if (s->length == 0)
		return rr_fail(err, RR_USAGE, 0, "--length is 0: there is nothing to read");
	if (s->length % s->src->sector && s->offset + s->length != s->src->size)
		return to_bytes(conf->length, "--length", s->src, &s->length, err);
	return 0;
}

static void keep_facts(struct rr_result *r, const struct rr_cli_source *s)
{
	r->offset = s->offset;
	r->length = s->length;
	r->source.bytes = s->src->size;
	r->source.sector = s->src->sector;
	r->direct = atomic_load(&s->src->direct);
	if (!r->direct)
		r->why_buffered = strdup(s->src->why_buffered); /* NULL: the record leaves it out */
}

/* What the guard saw; -1 is its own matter: rr_drive_open looks again, and refuses. */
static bool is_in_use(const struct rr_node *node)
{
	struct rr_use use;
	bool any;

	if (rr_guard_use(NULL, node, &use, NULL) < 0)
		return false;
	any = use.mounted_rw || use.swap || use.stack;
	rr_use_clear(&use);
	return any;
}

static bool differs(const char *a, const char *b)
{
	return a && b && strcmp(a, b) != 0;
}

int rr_cli_check_meant(const struct rr_cli *cli, const struct rr_node *node, struct rr_err *err)
{
	/* the PC's floppy drive knows its medium only when it is opened; an error makes a disc
	 * shorter to the kernel */
	bool floppy = node->name && strncmp(node->name, "fd", 2) == 0;
	bool sure = !floppy && strcmp(node->kind, "optical") != 0;

	for (size_t i = 0; i < cli->nmeant; i++) {
		const struct rr_meant *m = &cli->meant[i];

		if (strcmp(m->path, node->path) != 0)
			continue;
		if (differs(m->model, node->model) || differs(m->serial, node->serial) ||
		    (!floppy && m->diskseq && node->diskseq && m->diskseq != node->diskseq) ||
		    (sure && m->bytes && node->bytes && m->bytes != node->bytes))
			return rr_fail(err, RR_GONE, 0,
				       "%s is not what was chosen: another drive or medium took "
				       "its place; nothing was touched",
				       node->path);
	}
	return 0;
}

/* What may take as long as a drive likes. On the heap: who was left behind still looks at it. */
struct opening {
	const struct rr_cli *cli;
	const char *path;
	struct rr_result *r;
	struct rr_cli_source *s;
	struct rr_open_conf conf;
	int rc;
	struct rr_err err;
};

static void open_source(void *ctx)
{
	struct opening *o = ctx;

	rr_drive_prompt(o->path);
	o->rc = rr_drive_probe(o->path, &o->r->source, &o->err);
	if (o->rc == 0)
		o->rc = rr_cli_check_meant(o->cli, &o->r->source, &o->err);
	if (o->rc == 0)
		o->rc = rr_hold_find(&o->r->source, &o->s->hold, &o->err);
	if (o->rc == 0)
		o->rc = rr_drive_open(&o->r->source, &o->conf, &o->s->src, &o->r->exclusive,
				      &o->err);
	if (o->rc == 0)
		o->r->mounted = is_in_use(&o->r->source);
}

static void say_slow(void *ctx)
{
	rr_autofree char *path = rr_text_printable(((struct opening *)ctx)->path);

	fprintf(stderr, "%s does not answer yet: still waiting\n", path ? path : "the drive");
}

static int open_aside(struct rr_cli *cli, const struct rr_cli_open *conf, struct rr_result *r,
		      struct rr_cli_source *s, struct rr_err *err)
{
	struct opening *o = calloc(1, sizeof(*o));
	int rc;

	if (!o)
		return rr_fail_memory(err);
	o->cli = cli;
	o->path = conf->path;
	o->r = r;
	o->s = s;
	o->conf = (struct rr_open_conf){ .allow_mounted = conf->allow_mounted,
					 .hold = &s->hold,
					 .disc = &r->disc };
	rc = rr_aside(cli, open_source, say_slow, o, err);
	if (cli->stuck)
		return -1;
	if (rc == 0 && o->rc < 0) {
		*err = o->err;
		rc = -1;
	}
	free(o);
	return rc;
}

int rr_cli_source_open(struct rr_cli *cli, const struct rr_cli_open *conf, struct rr_result *r,
		       struct rr_cli_source **out, struct rr_err *err)
{
	struct rr_cli_source *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return rr_fail_memory(err);
	rc = open_aside(cli, conf, r, s, err);
	if (cli->stuck)
		return -1;
	if (rc == 0)
		rc = set_range(conf, s, err);
	if (rc == 0 && !conf->whole)
		rc = check_data(&r->disc, s, err);
	if (rc < 0) {
		rr_source_close(s->src);
		rr_hold_clear(&s->hold);
		free(s);
		return -1;
	}
	keep_facts(r, s);
	*out = s;
	return 0;
}

void rr_cli_source_close(struct rr_cli *cli, struct rr_cli_source *s)
{
	if (!s)
		return;
	if (cli->stuck) /* the guardian puts the flags back: no call of it can hang us */
		return;
	rr_hold_release(&s->hold);
	if (cli->guard_released)
		cli->guard_released();
	rr_source_close(s->src);
	rr_hold_clear(&s->hold);
	free(s);
}

int rr_cli_record_free(const char *path, bool force, struct rr_err *err)
{
	if (rr_path_check_plain(path, err) < 0)
		return -1;
	if (!path || force || !rr_path_exists(path))
		return 0;
	return rr_fail(err, RR_REFUSED, 0,
		       "%s exists: nothing is overwritten; take another name, or say --force",
		       path);
}

static int save_record(const char *path, const char *text, bool force, struct rr_err *err)
{
	if (!text)
		return rr_fail_memory(err);
	return rr_file_save(path, text, strlen(text), force ? RR_SAVE_REPLACE : RR_SAVE_NEW, err);
}

int rr_cli_end(struct rr_job *job, int rc, const struct rr_err *err, const char *record, bool force)
{
	rr_autofree char *text = NULL;
	struct rr_err bad;

	rr_job_end(job, rc < 0 ? err : NULL, &text);
	if (!job->started)
		return rc < 0 ? rr_complain(err) : job->result->exit;
	if (record && save_record(record, text, force, &bad) < 0)
		return rr_exit_worse(job->result->exit, rr_complain(&bad));
	return job->result->exit;
}
