/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_verify.c - "rawright verify": an image against its record or checksums, and against a medium.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "known.h"
#include "rawright/cli.h"
#include "rawright/text.h"

struct verify_conf {
	struct rr_common_conf common;
	const char *against, *record;
	struct rr_opt_size offset;
	bool allow_mounted, force;
};

#define AT(field) offsetof(struct verify_conf, field)
static const struct rr_opt verify_opts[] = {
	{ "against", 0, RR_OPT_TEXT, AT(against), "FILE",
	  "the record or checksum file (found beside IMAGE)", NULL },
	{ "offset", 0, RR_OPT_SIZE, AT(offset), "SIZE",
	  "where on DEVICE the image begins (as its record says)", NULL },
	{ "record", 0, RR_OPT_TEXT, AT(record), "FILE", "leave a record of this verification there",
	  NULL },
	{ "allow-mounted", 0, RR_OPT_FLAG, AT(allow_mounted), NULL,
	  "read a DEVICE that is in use all the same", NULL },
	{ "force", 0, RR_OPT_FLAG, AT(force), NULL, "overwrite the record", NULL },
	{ 0 },
};
static const struct rr_opt *const verify_tables[] = { verify_opts, rr_screen_opts,
						      rr_common_opts, NULL };

struct verify {
	struct rr_cli *cli;
	const struct verify_conf *conf;
	struct rr_job job;
	struct rr_result result;
	struct rr_known known;
	struct rr_cli_source *source;
};

static void use_known(struct verify *v, struct rr_verify_conf *conf)
{
	const struct rr_result *r = &v->known.record;

	conf->digest = v->known.digest;
	conf->ndigest = v->known.ndigest;
	conf->segments = &r->segments;
	conf->length = UINT64_MAX;
	if (!v->known.from_record)
		return;
	conf->digest = r->digest;
	conf->ndigest = r->ndigest;
	conf->length = r->length;
	conf->offset = r->offset;
	conf->bad = &r->bad;
	conf->bad_base = r->offset;
	if (r->nwindow) {
		conf->window = r->window;
		conf->window_sha256 = (const uint8_t(*)[32])r->window_sha256;
		conf->nwindow = r->nwindow;
	}
}

static int prepare(struct verify *v, int argc, char **argv, struct rr_verify_conf *conf,
		   struct rr_err *err)
{
	const struct rr_cli_open open = { .path = argv[argc - 1],
					  .allow_mounted = v->conf->allow_mounted,
					  .whole = true };

	conf->image = argv[0];
	if (rr_cli_record_free(v->conf->record, v->conf->force, err) < 0 ||
	    rr_digest_init(err) < 0 || rr_cli_invocation(v->cli, &v->result, err) < 0 ||
	    rr_known_find(argv[0], v->conf->against, &v->known, err) < 0)
		return -1;
	use_known(v, conf);
	if (!v->known.from && argc < 2 && v->known.skipped.kind != RR_OK) {
		*err = v->known.skipped;
		return -1;
	}
	if (!v->known.from && argc < 2)
		return rr_fail(
			err, RR_USAGE, 0,
			"there is nothing to verify %s against: no record and no checksums were "
			"found beside it (name them with --against), and no device is named",
			argv[0]);
	if (argc < 2)
		return rr_drive_probe(argv[0], &v->result.source, err);
	if (rr_cli_source_open(v->cli, &open, &v->result, &v->source, err) < 0)
		return -1;
	v->job.src = v->source->src;
	if (v->conf->offset.given)
		return rr_size_bytes(&v->conf->offset.size, v->job.src->sector, &conf->offset, err);
	return 0;
}

static void say_found(const struct verify *v)
{
	rr_autofree char *from = rr_text_printable(v->known.from);

	if (v->known.skipped.kind != RR_OK)
		(void)rr_complain(&v->known.skipped); /* told; another file was understood */
	if (from && !v->conf->common.quiet)
		fprintf(stderr, "verifying against %s\n", from);
}

static int verify_job(struct verify *v, const struct rr_verify_conf *conf)
{
	struct rr_err err = { 0 };
	int rc, status;

	v->result.task = RR_TASK_VERIFY;
	v->job.stop = v->cli->stop;
	v->job.show = v->cli->show;
	v->job.keeper = &rr_cli_keeper;
	v->job.result = &v->result;
	if (rr_common_reporter(v->cli, &v->conf->common, &v->job.reporter, &err) < 0)
		return rr_complain(&err);
	say_found(v);
	rc = rr_verify(&v->job, conf, &err);
	v->cli->stuck = v->job.stuck;
	status = rr_cli_end(&v->job, rc, &err, v->conf->record, v->conf->force);
	v->job.reporter->close(v->job.reporter);
	return status;
}

static int verify_run(struct rr_cli *cli, void *conf, int argc, char **argv)
{
	struct verify *v = calloc(1, sizeof(*v));
	struct rr_verify_conf verify = { 0 };
	struct rr_err err = { 0 };
	int status;

	if (!v) {
		rr_fail_memory(&err);
		return rr_complain(&err);
	}
	v->cli = cli;
	v->conf = conf;
	status = prepare(v, argc, argv, &verify, &err) < 0 ? rr_complain(&err) :
							     verify_job(v, &verify);
	rr_cli_source_close(cli, v->source);
	if (cli->stuck)
		return status; /* a thread may still look at it */
	rr_known_clear(&v->known);
	rr_result_clear(&v->result);
	free(v);
	return status;
}

const struct rr_cmd rr_cmd_verify = {
	.name = "verify",
	.args = "IMAGE [DEVICE]",
	.brief = "an image against its record or checksums, and against a medium",
	.about = "Reads IMAGE from the disk and holds it against its record (IMAGE.json) or a\n"
		 "checksum file, which it finds by itself; with DEVICE also against the\n"
		 "medium, byte by byte. Says where they differ; the exit status is then 4.\n",
	.examples = "rawright verify disk-12.img            # is it still what was read?\n"
		    "rawright verify disk-12.img /dev/fd0   # is it what is on the floppy?\n"
		    "rawright verify --against SHA256SUMS debian.iso\n",
	.opts = verify_tables,
	.conf_size = sizeof(struct verify_conf),
	.min_args = 1,
	.max_args = 2,
	.run = verify_run,
};
