/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_hash.c - "rawright hash": digests of drives and files, as lines of a checksum file.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "rawright/cli.h"
#include "rawright/record.h"
#include "rawright/text.h"

struct hash_conf {
	struct rr_common_conf common;
	const char *hash, *record;
	struct rr_opt_size offset, length;
	unsigned retries;
	bool allow_mounted, force;
};

#define AT(field) offsetof(struct hash_conf, field)
static const struct rr_opt hash_opts[] = {
	{ "hash", 0, RR_OPT_TEXT, AT(hash), "LIST",
	  "digests to compute, with commas between (sha256)", NULL },
	{ "retries", 'r', RR_OPT_COUNT, AT(retries), "N", "read a bad sector again so often (2)",
	  NULL },
	{ "offset", 0, RR_OPT_SIZE, AT(offset), "SIZE", "begin there in the source", NULL },
	{ "length", 0, RR_OPT_SIZE, AT(length), "SIZE", "read so much of the source", NULL },
	{ "record", 0, RR_OPT_TEXT, AT(record), "FILE", "leave a record there (one target only)",
	  NULL },
	{ "allow-mounted", 0, RR_OPT_FLAG, AT(allow_mounted), NULL,
	  "read a source that is in use all the same", NULL },
	{ "force", 0, RR_OPT_FLAG, AT(force), NULL, "overwrite the record", NULL },
	{ 0 },
};
static const struct rr_opt *const hash_tables[] = { hash_opts, rr_common_opts, NULL };

static void hash_defaults(void *conf)
{
	((struct hash_conf *)conf)->retries = 2;
}

/* Of a source that was not read whole the lines are comments: no checker may take them for the
 * digest of what is on the medium. */
static void print_lines(const struct rr_result *r, const char *name)
{
	char n[RR_SIZE_TEXT];

	for (size_t i = 0; i < r->ndigest; i++) {
		rr_autofree char *line = rr_sums_line(&r->digest[i], name);

		if (line && r->bytes_filled)
			printf("# %s (with %s unreadable bytes as zeros)\n", line,
			       rr_size_grouped(n, r->bytes_filled));
		else if (line)
			printf("%s\n", line);
	}
}

struct hash {
	struct rr_cli *cli;
	const struct hash_conf *conf;
	struct rr_job job;
	struct rr_result result;
	struct rr_cli_source *source;
};

static int hash_source(struct hash *h, const char *path, const struct rr_digest_list *list)
{
	const struct rr_cli_open open = { .path = path,
					  .allow_mounted = h->conf->allow_mounted,
					  .offset = &h->conf->offset,
					  .length = &h->conf->length };
	struct rr_hash_conf conf = { .hash = *list, .retries = h->conf->retries };
	struct rr_err err = { 0 };
	int rc, status;

	if (rr_cli_invocation(h->cli, &h->result, &err) < 0 ||
	    rr_cli_source_open(h->cli, &open, &h->result, &h->source, &err) < 0)
		return rr_complain(&err);
	conf.offset = h->source->offset;
	conf.length = h->source->length;
	h->result.task = RR_TASK_HASH;
	h->job.result = &h->result;
	h->job.src = h->source->src;
	rc = rr_hash(&h->job, &conf, &err);
	h->cli->stuck = h->job.stuck;
	status = rr_cli_end(&h->job, rc, &err, h->conf->record, h->conf->force);
	if (rc == 0 && !(h->conf->common.json.given && !h->conf->common.json.text))
		print_lines(&h->result, path);
	return status;
}

static int hash_each(struct rr_cli *cli, const struct hash_conf *conf, struct rr_reporter *reporter,
		     int argc, char **argv, const struct rr_digest_list *list)
{
	int status = RR_EXIT_OK;

	for (int i = 0; i < argc && !cli->stuck && status != RR_EXIT_STOPPED; i++) {
		struct hash *h = calloc(1, sizeof(*h));
		int one;

		if (!h)
			return RR_EXIT_FAILED;
		h->cli = cli;
		h->conf = conf;
		h->job = (struct rr_job){ .reporter = reporter,
					  .stop = cli->stop,
					  .show = cli->show,
					  .keeper = &rr_cli_keeper };
		one = hash_source(h, argv[i], list);
		rr_cli_source_close(cli, h->source);
		status = status == RR_EXIT_OK ? one : rr_exit_worse(status, one);
		if (cli->stuck)
			break; /* a thread may still look at it */
		rr_result_clear(&h->result);
		free(h);
	}
	return status;
}

static int hash_run(struct rr_cli *cli, void *arg, int argc, char **argv)
{
	struct hash_conf *conf = arg;
	struct rr_digest_list list = { 0 };
	struct rr_reporter *reporter;
	struct rr_err err = { 0 };
	int status;

	conf->common.quiet |= !conf->common.json.given && !isatty(STDERR_FILENO);
	if (rr_digest_init(&err) < 0 ||
	    rr_digest_list_parse(conf->hash ? conf->hash : "sha256", &list, &err) < 0)
		return rr_complain(&err);
	if (conf->record && argc > 1) {
		rr_fail(&err, RR_USAGE, 0, "--record is for one target; there are %d", argc);
		return rr_complain(&err);
	}
	if (rr_cli_record_free(conf->record, conf->force, &err) < 0 ||
	    rr_common_reporter(cli, &conf->common, &reporter, &err) < 0)
		return rr_complain(&err);
	status = hash_each(cli, conf, reporter, argc, argv, &list);
	reporter->close(reporter);
	return status;
}

const struct rr_cmd rr_cmd_hash = {
	.name = "hash",
	.args = "TARGET...",
	.brief = "digests of drives or files, in checksum-file format",
	.about = "Reads each TARGET past the page cache where it can, with the same care as an\n"
		 "image, and prints lines that cksum -c and sha256sum -c check. Of a target\n"
		 "with unreadable sectors the lines are comments, and the exit status is 3.\n",
	.examples = "rawright hash /dev/sdb                      # sha256 of a whole stick\n"
		    "rawright hash --hash md5,sha1,sha256 a.img  # several at once\n"
		    "rawright hash *.img > SHA256SUMS            # a checksum file\n",
	.opts = hash_tables,
	.conf_size = sizeof(struct hash_conf),
	.min_args = 1,
	.max_args = -1,
	.defaults = hash_defaults,
	.run = hash_run,
};
