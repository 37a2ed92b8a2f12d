/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_read.c - "rawright read": a medium to an image, hashed on the way, verified, with a record.
 * Owns: nothing.   Threads: main. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "rawright/cli.h"
#include "rawright/text.h"

#define WINDOWS_MAX (UINT64_C(1) << 22) /* digests of windows that a record may hold */

struct read_conf {
	struct rr_common_conf common;
	const char *hash, *map, *record, *fill;
	const char *number, *evidence, *examiner, *label, *note;
	struct rr_opt_size offset, length, window;
	struct rr_opt_list to;
	unsigned retries;
	bool sparse, no_verify, reread, keep_map, force, dry_run, allow_mounted;
};

#define AT(field) offsetof(struct read_conf, field)
static const struct rr_opt read_opts[] = {
	{ "hash", 0, RR_OPT_TEXT, AT(hash), "LIST",
	  "digests to compute, with commas between; sha256 is always among them", NULL },
	{ "retries", 'r', RR_OPT_COUNT, AT(retries), "N", "read a bad sector again so often (2)",
	  NULL },
	{ "to", 't', RR_OPT_LIST, AT(to), "PATH",
	  "a further destination: file, pipe, character device, or - (repeatable)", NULL },
	{ "offset", 0, RR_OPT_SIZE, AT(offset), "SIZE", "begin there in the source", NULL },
	{ "length", 0, RR_OPT_SIZE, AT(length), "SIZE", "read so much of the source", NULL },
	{ "window", 0, RR_OPT_SIZE, AT(window), "SIZE",
	  "a sha256 for every SIZE bytes too, in the record", NULL },
	{ "sparse", 0, RR_OPT_FLAG, AT(sparse), NULL, "blocks of zeros become holes in the image",
	  NULL },
	{ "fill", 0, RR_OPT_TEXT, AT(fill), "TEXT",
	  "fill unreadable sectors with TEXT, not with zeros", NULL },
	{ "no-verify", 0, RR_OPT_FLAG, AT(no_verify), NULL, "do not read the image back", NULL },
	{ "reread", 0, RR_OPT_FLAG, AT(reread), NULL, "read the source a second time and compare",
	  NULL },
	{ "map", 0, RR_OPT_TEXT, AT(map), "FILE", "the map of what is missing (IMAGE.map)", NULL },
	{ "keep-map", 0, RR_OPT_FLAG, AT(keep_map), NULL, "keep the map when nothing is missing",
	  NULL },
	{ "record", 0, RR_OPT_TEXT, AT(record), "FILE", "the record (IMAGE.json)", NULL },
	{ "case", 0, RR_OPT_TEXT, AT(number), "TEXT", "case number, for the record", NULL },
	{ "evidence", 0, RR_OPT_TEXT, AT(evidence), "TEXT", "evidence number, for the record",
	  NULL },
	{ "examiner", 0, RR_OPT_TEXT, AT(examiner), "TEXT", "who does this, for the record", NULL },
	{ "label", 0, RR_OPT_TEXT, AT(label), "TEXT",
	  "what is written on the medium, for the record", NULL },
	{ "note", 0, RR_OPT_TEXT, AT(note), "TEXT", "anything else, for the record", NULL },
	{ "allow-mounted", 0, RR_OPT_FLAG, AT(allow_mounted), NULL,
	  "read a source that is in use all the same", NULL },
	{ "force", 0, RR_OPT_FLAG, AT(force), NULL,
	  "overwrite files, and begin although there is no room", NULL },
	{ "dry-run", 'n', RR_OPT_FLAG, AT(dry_run), NULL,
	  "make all checks, say what would be done, and do nothing", NULL },
	{ 0 },
};
static const struct rr_opt *const read_tables[] = { read_opts, rr_screen_opts, rr_common_opts,
						    NULL };

static void read_defaults(void *conf)
{
	((struct read_conf *)conf)->retries = 2;
}

static int copy_text(const char *from, char **to, struct rr_err *err)
{
	*to = from ? strdup(from) : NULL;
	return from && !*to ? rr_fail_memory(err) : 0;
}

static int keep_case(const struct read_conf *conf, struct rr_result *r, struct rr_err *err)
{
	if (copy_text(conf->number, &r->info.number, err) < 0 ||
	    copy_text(conf->evidence, &r->info.evidence, err) < 0 ||
	    copy_text(conf->examiner, &r->info.examiner, err) < 0 ||
	    copy_text(conf->label, &r->info.label, err) < 0 ||
	    copy_text(conf->fill, &r->fill, err) < 0)
		return -1;
	r->retries = conf->retries;
	return copy_text(conf->note, &r->info.note, err);
}

static int check_window(const struct read_conf *conf, const struct rr_cli_source *s,
			uint64_t *window, struct rr_err *err)
{
	if (!conf->window.given)
		return 0;
	if (rr_size_bytes(&conf->window.size, s->src->sector, window, err) < 0)
		return -1;
	if (*window == 0 || s->length / *window >= WINDOWS_MAX)
		return rr_fail(err, RR_USAGE, 0,
			       "--window is too small: a record holds at most 4,194,304 windows");
	return 0;
}

static int check_words(const struct read_conf *conf, struct rr_capture_conf *capture,
		       struct rr_err *err)
{
	unsigned streams = 0;

	if (conf->fill && !*conf->fill)
		return rr_fail(err, RR_USAGE, 0, "--fill is empty");
	for (size_t i = 0; i < capture->ndest; i++)
		streams += strcmp(capture->dest[i], "-") == 0;
	if (streams > 1)
		return rr_fail(err, RR_USAGE, 0, "standard output is named twice");
	if (streams && conf->common.json.given && !conf->common.json.text)
		return rr_fail(
			err, RR_USAGE, 0,
			"the image goes to standard output: the events need a file, --json=FILE");
	if (streams && isatty(STDOUT_FILENO))
		return rr_fail(
			err, RR_USAGE, 0,
			"an image is not for a terminal: send standard output to a file or pipe");
	if (conf->map && strcmp(capture->dest[0], "-") == 0)
		return rr_fail(err, RR_USAGE, 0,
			       "--map needs an image that can be gone on with; a stream cannot");
	return 0;
}

static int make_capture(const struct read_conf *conf, struct rr_cli *cli,
			const struct rr_cli_source *s, struct rr_capture_conf *capture,
			struct rr_err *err)
{
	capture->offset = s->offset;
	capture->length = s->length;
	capture->map_path = conf->map;
	capture->record_path = conf->record;
	capture->retries = conf->retries;
	capture->fill = conf->fill;
	capture->sparse = conf->sparse;
	capture->verify = !conf->no_verify;
	capture->reread = conf->reread;
	capture->force = conf->force;
	capture->dry_run = conf->dry_run;
	capture->keep_map = conf->keep_map;
	capture->guard_hold = cli->guard_hold;
	if (s->length == 0)
		return rr_fail(err, RR_USAGE, 0, "%s is empty: there is nothing to read",
			       s->src->name);
	return check_window(conf, s, &capture->window, err);
}

/* IMAGE first, then what --to names. */
static int list_dests(const struct read_conf *conf, const char *image, const char ***out, size_t *n,
		      struct rr_err *err)
{
	const char **dest = calloc(conf->to.n + 1, sizeof(*dest));

	if (!dest)
		return rr_fail_memory(err);
	dest[0] = image;
	for (size_t i = 0; i < conf->to.n; i++)
		dest[i + 1] = conf->to.text[i];
	*out = dest;
	*n = conf->to.n + 1;
	return 0;
}

struct read {
	struct rr_cli *cli;
	const struct read_conf *conf;
	struct rr_job job;
	struct rr_result result;
	struct rr_cli_source *source;
	char *image;
	const char **dest;
};

static int list_hashes(const struct read_conf *conf, struct rr_digest_list *list,
		       struct rr_err *err)
{
	if (rr_digest_list_parse("sha256", list, err) < 0)
		return -1;
	return conf->hash ? rr_digest_list_parse(conf->hash, list, err) : 0;
}

static int prepare(struct read *r, int argc, char **argv, struct rr_capture_conf *capture,
		   struct rr_err *err)
{
	const struct rr_cli_open open = { .path = argv[0],
					  .allow_mounted = r->conf->allow_mounted,
					  .offset = &r->conf->offset,
					  .length = &r->conf->length };

	if (rr_digest_init(err) < 0 || list_hashes(r->conf, &capture->hash, err) < 0 ||
	    rr_cli_invocation(r->cli, &r->result, err) < 0 ||
	    keep_case(r->conf, &r->result, err) < 0)
		return -1;
	if (list_dests(r->conf, argc > 1 ? argv[1] : "", &r->dest, &capture->ndest, err) < 0)
		return -1;
	capture->dest = r->dest;
	for (size_t i = 0; r->cli->session && i < capture->ndest; i++)
		if (strcmp(capture->dest[i], "-") == 0)
			return rr_fail(err, RR_USAGE, 0,
				       "standard output is nowhere while pages are shown: name a "
				       "file");
	if (check_words(r->conf, capture, err) < 0 ||
	    rr_cli_source_open(r->cli, &open, &r->result, &r->source, err) < 0)
		return -1;
	if (argc < 2) {
		r->image = rr_cli_image_name("", &r->result.source);
		if (!r->image)
			return rr_fail(err, RR_USAGE, 0,
				       "no name for the image could be made: give one");
		r->dest[0] = r->image;
	}
	return make_capture(r->conf, r->cli, r->source, capture, err);
}

static int read_job(struct read *r, struct rr_capture_conf *capture)
{
	struct rr_err err = { 0 };
	int rc, status;

	r->job = (struct rr_job){ .stop = r->cli->stop,
				  .show = r->cli->show,
				  .keeper = &rr_cli_keeper,
				  .result = &r->result,
				  .src = r->source->src };
	capture->hold = &r->source->hold;
	r->result.window = capture->window;
	if (rr_common_reporter(r->cli, &r->conf->common, &r->job.reporter, &err) < 0)
		return rr_complain(&err);
	rc = rr_capture(&r->job, capture, &err);
	r->cli->stuck = r->job.stuck;
	status = rr_cli_end(&r->job, rc, &err, NULL, false);
	r->job.reporter->close(r->job.reporter);
	return status;
}

static int read_run(struct rr_cli *cli, void *conf, int argc, char **argv)
{
	struct read *r = calloc(1, sizeof(*r));
	struct rr_capture_conf capture = { 0 };
	struct rr_err err = { 0 };
	int status;

	if (!r) {
		rr_fail_memory(&err);
		return rr_complain(&err);
	}
	r->cli = cli;
	r->conf = conf;
	status = prepare(r, argc, argv, &capture, &err) < 0 ? rr_complain(&err) :
							      read_job(r, &capture);
	rr_cli_source_close(cli, r->source);
	if (cli->stuck)
		return status; /* a thread may still look at it */
	rr_result_clear(&r->result);
	free(r->image);
	free(r->dest);
	free(r);
	return status;
}

const struct rr_cmd rr_cmd_read = {
	.name = "read",
	.args = "SOURCE [IMAGE]",
	.brief = "read a medium to an image: hashed, verified, with a record",
	.about =
		"Reads SOURCE (a drive or a file) to IMAGE, sector by sector, computes\n"
		"digests of exactly what is written, reads the image back from the disk, and\n"
		"leaves IMAGE.json (the record) and IMAGE.sums (checksums) beside it. IMAGE -\n"
		"is standard output; without IMAGE a name is made from the medium. What\n"
		"cannot be read is filled and listed, and the exit status is 3. While\n"
		"anything is missing, IMAGE.map stands beside the image, and the same command\n"
		"goes on where it stopped.\n",
	.examples =
		"rawright read /dev/fd0 disk-12.img                 # a floppy\n"
		"rawright read --hash md5 --case 7 /dev/sdb e1.img  # md5 too, and a case number\n"
		"rawright read /dev/sr0 - | gzip > disc.iso.gz      # into a pipe\n",
	.opts = read_tables,
	.conf_size = sizeof(struct read_conf),
	.min_args = 1,
	.max_args = 2,
	.defaults = read_defaults,
	.run = read_run,
};
