/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmd_write.c - "rawright write": an image to one or many drives, verified from the media.
 * Owns: nothing.   Threads: main. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "known.h"
#include "rawright/fs.h"
#include "rawright/inspect.h"
#include "targets.h"

struct write_conf {
	struct rr_put_conf put;
	struct rr_opt_size length;
	bool as_is;
};

#define AT(field) offsetof(struct write_conf, field)
static const struct rr_opt write_opts[] = {
	{ "length", 0, RR_OPT_SIZE, AT(length), "SIZE",
	  "write so much of the image; of standard input so much must come", NULL },
	{ "as-is", 0, RR_OPT_FLAG, AT(as_is), NULL,
	  "write the bytes of the file, whatever it is and whatever its checksums say", NULL },
	{ 0 },
};
static const struct rr_opt *const write_tables[] = { rr_put_opts, write_opts, rr_screen_opts,
						     rr_common_opts, NULL };

struct write {
	struct rr_put *put;
	const struct write_conf *conf;
	struct rr_known known;
	struct rr_node input; /* the file behind standard input; path NULL: none */
	struct rr_restore_conf restore;
};

/* ------------------------------------------------------------------ standard input */

/* A file behind standard input tells how much will come, and must not be on the drive. */
static int look_behind_input(struct write *w, struct rr_err *err)
{
	static const char self[] = "/proc/self/fd/0";
	rr_autofree char *path = realpath(self, NULL);
	off_t at = lseek(STDIN_FILENO, 0, SEEK_CUR);
	struct stat in, named;

	if (fstat(STDIN_FILENO, &in) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot read standard input");
	if (S_ISDIR(in.st_mode))
		return rr_fail(err, RR_USAGE, 0, "standard input is a folder, and no image");
	if (S_ISBLK(in.st_mode))
		return rr_fail(err, RR_USAGE, 0,
			       "standard input is a drive: \"rawright clone\" writes one drive to "
			       "another");
	if (!S_ISREG(in.st_mode))
		return 0;
	/* a name that is gone, or another file's by now, is no way to it */
	if (!path || stat(path, &named) < 0 || named.st_dev != in.st_dev ||
	    named.st_ino != in.st_ino) {
		free(path);
		path = strdup(self);
	}
	if (!path)
		return rr_fail_memory(err);
	if (at >= 0 && in.st_size >= at)
		w->restore.known_length = (uint64_t)(in.st_size - at);
	return rr_drive_probe(path, &w->input, err);
}

static int name_input(struct rr_node *node, struct rr_err *err)
{
	node->path = strdup("standard input");
	node->name = strdup("stdin");
	node->kind = "stream";
	node->sector = node->physical_sector = 512;
	return node->path && node->name ? 0 : rr_fail_memory(err);
}

static int measure_input(struct write *w, struct rr_err *err)
{
	if (isatty(STDIN_FILENO))
		return rr_fail(err, RR_USAGE, 0,
			       "an image is not typed: send it to standard input by a pipe or <");
	if (look_behind_input(w, err) < 0)
		return -1;
	if (!w->conf->length.given)
		return name_input(&w->put->result.source, err);
	if (rr_size_bytes(&w->conf->length.size, 512, &w->restore.known_length, err) < 0)
		return -1;
	if (w->restore.known_length == 0)
		return rr_fail(err, RR_USAGE, 0, "--length is 0: there is nothing to write");
	return name_input(&w->put->result.source, err);
}

/* Nobody knows how much will come: one byte more than the largest drive takes shows that it is too
 * much, and it is the drive that says so. */
static uint64_t bound_of_input(const struct write *w)
{
	uint64_t most = 0;

	for (size_t i = 0; i < w->put->n; i++)
		most = rr_max(most, w->put->drive[i].node.bytes);
	return w->restore.known_length == UINT64_MAX ? most + 1 : w->restore.known_length;
}

static int open_input(struct write *w, struct rr_err *err)
{
	uint64_t known = w->restore.known_length;
	struct rr_cli_source *s = calloc(1, sizeof(*s));
	int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);

	if (!s || fd < 0) {
		free(s);
		return rr_fail(err, RR_SYSTEM, errno, "cannot use standard input");
	}
	s->length = bound_of_input(w);
	w->put->source = s;
	return rr_stream_source_new("standard input", fd, s->length,
				    known == UINT64_MAX ? 0 : known, &s->src, err);
}

/* ------------------------------------------------------------------ an image file */

static int refuse_container(const char *path, const struct rr_container *what, struct rr_err *err)
{
	rr_autofree char *how = NULL;

	if (!what->unpack)
		return rr_fail(err, RR_USAGE, 0,
			       "%s is no raw image (%s): unpack it first, or write the file as it "
			       "is with --as-is",
			       path, what->brief);
	how = rr_container_command(what->unpack, path);
	if (!how)
		return rr_fail_memory(err);
	return rr_fail(err, RR_USAGE, 0,
		       "%s is no raw image (%s): \"%s | rawright write - DEVICE\" writes what is "
		       "in it; --as-is writes the file as it is",
		       path, what->brief, how);
}

static int check_container(const char *path, struct rr_err *err)
{
	rr_autofd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const struct rr_container *what;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot open %s", path);
	if (rr_inspect_file(fd, path, (uint64_t)st.st_size, &what, err) < 0)
		return -1;
	return what ? refuse_container(path, what, err) : 0;
}

static int add_way_out(struct rr_err *err)
{
	size_t len = strlen(err->text);

	(void)snprintf(err->text + len, sizeof(err->text) - len,
		       " (--as-is writes the file whatever is said of it)"); /* cut: meant so */
	return -1;
}

/* What stands beside the image must speak for it. */
static int find_known(struct write *w, const char *path, struct rr_digest_list *hash,
		      struct rr_err *err)
{
	const struct rr_result *record = &w->known.record;

	if (rr_known_find(path, NULL, &w->known, err) < 0 ||
	    rr_known_whole(path, w->put->source->src->size, &w->known, err) < 0)
		return add_way_out(err);
	if (w->known.skipped.kind != RR_OK)
		(void)rr_complain(&w->known.skipped); /* told: a list that may be about others */
	w->restore.known = w->known.from_record ? record->digest : w->known.digest;
	w->restore.nknown = w->known.from_record ? record->ndigest : w->known.ndigest;
	w->restore.known_from = w->known.from;
	if (w->known.from_record && record->length != w->put->source->src->size)
		return rr_fail(err, RR_MISMATCH, 0, "%s has not the length that %s says", path,
			       w->known.from);
	for (size_t i = 0; i < w->restore.nknown; i++)
		if (rr_digest_list_add(hash, w->restore.known[i].algo, err) < 0)
			return -1;
	return 0;
}

static int open_image(struct write *w, const char *path, struct rr_err *err)
{
	const struct rr_cli_open open = { .path = path, .length = &w->conf->length };
	struct rr_node node;
	bool block;

	if (rr_drive_probe(path, &node, err) < 0)
		return -1;
	block = node.block;
	rr_node_clear(&node);
	if (block)
		return rr_fail(err, RR_USAGE, 0,
			       "%s is a drive: \"rawright clone\" writes one drive to another",
			       path);
	if (!w->conf->as_is && check_container(path, err) < 0)
		return -1;
	if (rr_cli_source_open(w->put->cli, &open, &w->put->result, &w->put->source, err) < 0)
		return -1;
	if (w->put->source->length == 0)
		return rr_fail(err, RR_USAGE, 0, "%s is empty: there is nothing to write", path);
	w->restore.twice = true;
	if (w->conf->as_is || w->conf->length.given)
		return 0;
	return find_known(w, path, &w->restore.hash, err);
}

/* ------------------------------------------------------------------ both */

static int write_prepared(struct write *w, char **path, size_t n, bool input)
{
	struct rr_put *put = w->put;
	uint64_t bytes = input ? w->restore.known_length : put->source->length;
	struct rr_err err;
	int status;

	status = rr_put_look(put, path, n,
			     !input	   ? &put->result.source :
			     w->input.path ? &w->input :
					     NULL,
			     bytes == UINT64_MAX ? 0 : bytes);
	if (status != RR_EXIT_OK)
		return status;
	if (input && open_input(w, &err) < 0)
		return rr_complain(&err);
	put->job.src = put->source->src;
	put->result.length = input && bytes == UINT64_MAX ? 0 : bytes;
	w->restore.offset = put->source->offset;
	w->restore.length = put->source->length;
	return rr_put_go(put, &w->restore);
}

static int write_run(struct rr_cli *cli, void *conf, int argc, char **argv)
{
	struct write *w = calloc(1, sizeof(*w));
	struct rr_err err = { 0 };
	bool input = strcmp(argv[0], "-") == 0;
	int status;

	if (w)
		w->put = calloc(1, sizeof(*w->put));
	if (!w || !w->put) {
		free(w);
		(void)rr_fail_memory(&err);
		return rr_complain(&err);
	}
	w->conf = conf;
	w->put->cli = cli;
	w->put->conf = &w->conf->put;
	w->put->result.task = RR_TASK_WRITE;
	w->restore.known_length = UINT64_MAX;
	if (rr_put_begin(w->put, &w->restore.hash, &err) < 0 ||
	    (input ? measure_input(w, &err) : open_image(w, argv[0], &err)) < 0)
		status = rr_complain(&err);
	else
		status = write_prepared(w, argv + 1, (size_t)argc - 1, input);
	rr_put_end(w->put);
	if (cli->stuck)
		return status; /* a thread may still look at it */
	rr_known_clear(&w->known);
	rr_node_clear(&w->input);
	free(w);
	return status;
}

const struct rr_cmd rr_cmd_write = {
	.name = "write",
	.args = "IMAGE DEVICE...",
	.brief = "write an image to drives, verified by reading the media",
	.about = "Writes IMAGE to every DEVICE at once, past the page cache, and then reads each\n"
		 "medium itself and compares it with the image. IMAGE - is standard input. What\n"
		 "is on the drives is lost: it is said what that is, and nothing is done before\n"
		 "you have typed a word. Drives that the system needs are never written; mounted,\n"
		 "built-in, read-only or too small ones are refused. The first MiB is written\n"
		 "last: a drive whose writing was not finished holds nothing that looks usable,\n"
		 "and the same command begins anew. If checksums or a record stand beside the\n"
		 "image, it must be what they say.\n",
	.examples = "rawright write debian.img /dev/sdb          # asks, writes, verifies\n"
		    "rawright write --unmount disk.img /dev/sd[bcd]   # three at once\n"
		    "xz -dc card.img.xz | rawright write - /dev/mmcblk0\n",
	.opts = write_tables,
	.conf_size = sizeof(struct write_conf),
	.min_args = 2,
	.max_args = -1,
	.run = write_run,
};
