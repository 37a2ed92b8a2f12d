/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_info.c - "rawright info": all that is known of one drive or image file.
 * Owns: nothing.   Threads: main. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "look.h"
#include "rawright/text.h"

#define WIDTH 79

struct info_conf {
	struct rr_common_conf common;
	unsigned sector;
};

static const struct rr_opt info_opts[] = {
	{ "sector", 0, RR_OPT_COUNT, offsetof(struct info_conf, sector), "BYTES",
	  "what an image file's partition table counts in: 512, 1024, 2048 or 4096 (found out)",
	  NULL },
	{ 0 },
};
static const struct rr_opt *const info_tables[] = { info_opts, rr_common_opts, NULL };

/* On the heap: a thread that sits in the kernel still looks at it. */
struct look {
	struct rr_info info;
	bool quiet;
	int status;
	bool fail;	/* memory ran out */
};

static void look_work(void *ctx)
{
	struct look *look = ctx;

	look->status = rr_look_inside(&look->info);
	if (!look->info.node.block)
		look->fail = !rr_look_beside(&look->info);
}

/* The thread is at work: nothing but what stands still is looked at. */
static void look_slow(void *ctx)
{
	const struct look *look = ctx;
	rr_autofree char *path = rr_text_printable(look->info.node.path);

	if (!look->quiet)
		fprintf(stderr, "%s has not answered for 5 s; Ctrl-C ends the waiting\n",
			path ? path : "the drive");
}

static int show_json(const char *path, const struct rr_info *info, struct rr_err *err)
{
	int fd = STDOUT_FILENO, result;

	if (path && rr_common_open_json(path, &fd, err) < 0)
		return -1;
	result = rr_report_info(info, fd, path ? path : "standard output", err);
	if (path && close(fd) < 0 && !result)
		return rr_fail(err, RR_SYSTEM, errno, "cannot write %s", path);
	return result;
}

static int show(const struct rr_common_conf *conf, const struct rr_info *info, struct rr_err *err)
{
	rr_autofree char *text = NULL;

	if (conf->json.given && show_json(conf->json.text, info, err) < 0)
		return -1;
	if (conf->json.given && !conf->json.text)
		return 0;
	text = rr_report_info_text(info, WIDTH);
	if (!text)
		return rr_fail_memory(err);
	(void)fputs(text, stdout);	/* main looks at the stream's error at the end */
	return 0;
}

/* What was found is shown whatever became of the rest; then the trouble is told. */
static int finish(const struct rr_common_conf *conf, const struct look *look)
{
	struct rr_err err = { 0 };

	if (look->fail || look->info.facts.fail || look->info.about.fail) {
		(void)rr_fail_memory(&err);
		return rr_complain(&err);
	}
	if (show(conf, &look->info, &err) < 0)
		return rr_complain(&err);
	if (!look->info.trouble)
		return look->status;
	(void)fflush(stdout);		/* as above; before what follows on standard error */
	(void)rr_fail(&err, RR_SYSTEM, 0, "%s", look->info.trouble);
	(void)rr_complain(&err);	/* its status is the look's */
	return look->status;
}

/* 0: not given. A drive knows its own. */
static int check_sector(unsigned sector, const struct rr_node *node, struct rr_err *err)
{
	if (sector && (sector < 512 || sector > 4096 || (sector & (sector - 1)) != 0))
		return rr_fail(err, RR_USAGE, 0, "--sector is 512, 1024, 2048 or 4096, not %u",
			       sector);
	if (sector && node->block)
		return rr_fail(err, RR_USAGE, 0,
			       "--sector is for image files: %s has sectors of its own",
			       node->path);
	return 0;
}

static int info_run(struct rr_cli *cli, void *arg, int argc, char **argv)
{
	const struct info_conf *conf = arg;
	struct look *look = calloc(1, sizeof(*look));
	struct rr_err err = { 0 };
	int status;

	(void)argc;			/* exactly one */
	if (!look)
		return RR_EXIT_FAILED;
	look->quiet = conf->common.quiet;
	look->info.sector = conf->sector;
	if (rr_digest_init(&err) < 0 || rr_look_outside(argv[0], &look->info, &err) < 0 ||
	    check_sector(conf->sector, &look->info.node, &err) < 0 ||
	    rr_aside(cli, look_work, look_slow, look, &err) < 0)
		status = rr_complain(&err);
	else
		status = finish(&conf->common, look);
	if (cli->stuck)
		return status;		/* the thread may still look at it */
	rr_info_clear(&look->info);
	free(look);
	return status;
}

const struct rr_cmd rr_cmd_info = {
	.name = "info",
	.args = "TARGET",
	.brief = "all that is known of a drive or an image file",
	.about = "Of a drive: what it is, how it is connected, what uses it, whether it may be\n"
		 "written and if not why. Of an image file: its size in sectors, what it is\n"
		 "packed with, and what the files beside it say. Of both: partition table, file\n"
		 "systems, FAT boot sectors, and what in them does not fit together (a line with\n"
		 "an exclamation mark).\n\n"
		 "The target is opened for reading only, and little of it is read. Without the\n"
		 "right to read a drive, what udev knows of it is shown and the exit status is\n"
		 "1; without a medium in it, 6.\n",
	.examples = "rawright info /dev/sdb                    # a stick, and what is on it\n"
		    "rawright info disk01.img                  # an image, and its record\n"
		    "rawright info --json card.img | jq .content.parts\n",
	.opts = info_tables,
	.conf_size = sizeof(struct info_conf),
	.min_args = 1,
	.max_args = 1,
	.run = info_run,
};
