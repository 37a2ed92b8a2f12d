/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_clone.c - "rawright clone": one drive to others, no file between.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "targets.h"

struct clone_conf {
	struct rr_put_conf put;
	struct rr_opt_size offset, length;
	unsigned retries;
	const char *fill;
	bool allow_mounted;
};

#define AT(field) offsetof(struct clone_conf, field)
static const struct rr_opt clone_opts[] = {
	{ "retries", 'r', RR_OPT_COUNT, AT(retries), "N", "read a bad sector again so often (2)",
	  NULL },
	{ "fill", 0, RR_OPT_TEXT, AT(fill), "TEXT",
	  "fill unreadable sectors with TEXT, not with zeros", NULL },
	{ "offset", 0, RR_OPT_SIZE, AT(offset), "SIZE", "begin there in the source", NULL },
	{ "length", 0, RR_OPT_SIZE, AT(length), "SIZE", "copy so much of the source", NULL },
	{ "allow-mounted", 0, RR_OPT_FLAG, AT(allow_mounted), NULL,
	  "read a source that is in use all the same", NULL },
	{ 0 },
};
static const struct rr_opt *const clone_tables[] = { rr_put_opts, clone_opts, rr_screen_opts,
						     rr_common_opts, NULL };

static void clone_defaults(void *conf)
{
	((struct clone_conf *)conf)->retries = 2;
}

static int open_source(struct rr_put *put, const struct clone_conf *conf, const char *path,
		       struct rr_err *err)
{
	const struct rr_cli_open open = { .path = path,
					  .allow_mounted = conf->allow_mounted,
					  .offset = &conf->offset,
					  .length = &conf->length };

	if (conf->fill && !*conf->fill)
		return rr_fail(err, RR_USAGE, 0, "--fill is empty");
	if (rr_cli_source_open(put->cli, &open, &put->result, &put->source, err) < 0)
		return -1;
	if (!put->result.source.block)
		return rr_fail(err, RR_USAGE, 0,
			       "%s is a plain file: \"rawright write\" writes an image to drives",
			       path);
	put->job.src = put->source->src;
	put->result.retries = conf->retries;
	put->result.fill = conf->fill ? strdup(conf->fill) : NULL;
	return conf->fill && !put->result.fill ? rr_fail_memory(err) : 0;
}

static int clone_prepared(struct rr_put *put, const struct clone_conf *conf,
			  struct rr_restore_conf *restore, char **path, size_t n)
{
	int status = rr_put_look(put, path, n, &put->result.source, put->source->length);

	if (status != RR_EXIT_OK)
		return status;
	restore->offset = put->source->offset;
	restore->length = put->source->length;
	restore->retries = conf->retries;
	restore->fill = conf->fill;
	restore->hold = &put->source->hold;
	return rr_put_go(put, restore);
}

static int clone_run(struct rr_cli *cli, void *conf, int argc, char **argv)
{
	const struct clone_conf *c = conf;
	struct rr_put *put = calloc(1, sizeof(*put));
	struct rr_restore_conf restore = { .known_length = UINT64_MAX };
	struct rr_err err = { 0 };
	int status;

	if (!put) {
		(void)rr_fail_memory(&err);
		return rr_complain(&err);
	}
	put->cli = cli;
	put->conf = &c->put;
	put->result.task = RR_TASK_CLONE;
	if (rr_put_begin(put, &restore.hash, &err) < 0 || open_source(put, c, argv[0], &err) < 0)
		status = rr_complain(&err);
	else
		status = clone_prepared(put, c, &restore, argv + 1, (size_t)argc - 1);
	rr_put_end(put);
	return status;
}

const struct rr_cmd rr_cmd_clone = {
	.name = "clone",
	.args = "SOURCE DEVICE...",
	.brief = "copy a drive to others, verified by reading the media",
	.about = "Copies the drive SOURCE to every DEVICE at once, no file between, reading the\n"
		 "source once and writing past the page cache; then each DEVICE is read and held\n"
		 "against the checksums of what was read. The source is protected as by read,\n"
		 "the drives that are overwritten as by write. Sectors that cannot be read are\n"
		 "filled and listed, and the exit status is 3: a source that is damaged is\n"
		 "better read to an image, which can be gone on with.\n",
	.examples = "rawright clone /dev/sdb /dev/sdc             # a stick to another\n"
		    "rawright clone --record c.json /dev/sdb /dev/sdc /dev/sdd\n"
		    "rawright clone --dry-run /dev/fd0 /dev/fd1   # would it go?\n",
	.opts = clone_tables,
	.conf_size = sizeof(struct clone_conf),
	.min_args = 2,
	.max_args = -1,
	.defaults = clone_defaults,
	.run = clone_run,
};
