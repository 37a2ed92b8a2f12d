/* SPDX-License-Identifier: GPL-3.0-or-later */
/* targets.c - drives that a command overwrites: looked at, asked about, opened, written.
 * Owns: an rr_put.   Threads: main.
 * The order is the safety order: nothing is opened for writing before every drive has passed every
 * rule and the person has said so, and nothing is written before every drive is open and locked. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "targets.h"

#define UNMOUNTS_MOST 32u /* mounts over mounts; more is somebody who mounts them again */

#define AT(field) offsetof(struct rr_put_conf, field)
const struct rr_opt rr_put_opts[] = {
	{ "yes", 'y', RR_OPT_FLAG, AT(yes), NULL, "ask nothing: you are sure", NULL },
	{ "unmount", 0, RR_OPT_FLAG, AT(unmount), NULL, "unmount what is mounted of the drive",
	  NULL },
	{ "allow-fixed", 0, RR_OPT_FLAG, AT(allow_fixed), NULL,
	  "the drive may be one that is built in", NULL },
	{ "no-verify", 0, RR_OPT_FLAG, AT(no_verify), NULL, "do not read the medium back", NULL },
	{ "eject", 0, RR_OPT_FLAG, AT(eject), NULL, "let the medium go when all is well", NULL },
	{ "hash", 0, RR_OPT_TEXT, AT(hash), "LIST",
	  "digests to compute, with commas between, sha256 always among them; or none", NULL },
	{ "record", 0, RR_OPT_TEXT, AT(record), "FILE", "leave a record there", NULL },
	{ "force", 0, RR_OPT_FLAG, AT(force), NULL, "overwrite the record; never a protection",
	  NULL },
	{ "dry-run", 'n', RR_OPT_FLAG, AT(dry_run), NULL,
	  "make all checks, say what would be done, and do nothing", NULL },
	{ 0 },
};

/* "none" is for drives that are faster than any digest. */
static int list_hashes(const char *names, struct rr_digest_list *list, struct rr_err *err)
{
	if (names && strcmp(names, "none") == 0)
		return 0;
	if (rr_digest_list_parse("sha256", list, err) < 0)
		return -1;
	return names ? rr_digest_list_parse(names, list, err) : 0;
}

int rr_put_begin(struct rr_put *put, struct rr_digest_list *hash, struct rr_err *err)
{
	put->job = (struct rr_job){ .stop = put->cli->stop,
				    .show = put->cli->show,
				    .keeper = &rr_cli_keeper,
				    .result = &put->result };
	if (rr_cli_record_free(put->conf->record, put->conf->force, err) < 0 ||
	    rr_digest_init(err) < 0 || list_hashes(put->conf->hash, hash, err) < 0 ||
	    rr_cli_invocation(put->cli, &put->result, err) < 0)
		return -1;
	return rr_common_reporter(put->cli, &put->conf->common, &put->job.reporter, err);
}

/* ------------------------------------------------------------------ looking */

static int stopped(const struct rr_put *put, struct rr_err *err)
{
	if (!put->cli->stop || !atomic_load(put->cli->stop))
		return 0;
	return rr_fail(err, RR_STOPPED, 0, "stopped; nothing was written");
}

/* Different drives, and not two parts of one: the lock is the whole disk's. */
static int check_other(struct rr_put *put, const struct rr_node *a, const struct rr_node *b,
		       struct rr_err *err)
{
	bool same;

	if (rr_guard_same(put->guard, a, b, &same, err) < 0)
		return -1;
	if (same)
		return rr_fail(err, RR_USAGE, 0, "%s and %s are the same drive, or parts of it",
			       a->path, b->path);
	if (a->parent && b->parent && strcmp(a->parent, b->parent) == 0)
		return rr_fail(err, RR_USAGE, 0,
			       "%s and %s are partitions of one disk: write one after the other",
			       a->path, b->path);
	return 0;
}

/* Names must mean drives, and different ones. */
static int probe_all(struct rr_put *put, char **path, size_t n, struct rr_err *err)
{
	put->drive = calloc(n, sizeof(*put->drive));
	put->place = calloc(n, sizeof(*put->place));
	if (!put->drive || !put->place)
		return rr_fail_memory(err);
	if (rr_guard_new(&put->guard, err) < 0)
		return -1;
	while (put->n < n) {
		struct rr_node *node = &put->drive[put->n].node;

		if (rr_drive_probe(path[put->n], node, err) < 0)
			return -1;
		put->n++;
		if (rr_cli_check_meant(put->cli, node, err) < 0)
			return -1;
		for (size_t i = 0; i + 1 < put->n && node->block; i++)
			if (put->drive[i].node.block &&
			    check_other(put, &put->drive[i].node, node, err) < 0)
				return -1;
	}
	return 0;
}

static int judge(const struct rr_put *put, const struct rr_put_drive *d,
		 const struct rr_guard *guard, struct rr_err *err)
{
	const struct rr_want want = { .target = &d->node,
				      .guard = guard,
				      .source = put->image,
				      .bytes = put->bytes,
				      .unmount = put->conf->unmount,
				      .allow_fixed = put->conf->allow_fixed };
	struct rr_verdict verdict;

	if (!d->node.block)
		return rr_fail(err, RR_USAGE, 0,
			       "%s is a plain file: only drives are written (\"rawright list\" "
			       "shows them); \"rawright read\" makes files",
			       d->node.path);
	if (rr_rules_judge(&want, &verdict, err) < 0)
		return -1;
	return verdict.ban == RR_BAN_NONE ? 0 : rr_fail(err, RR_REFUSED, 0, "%s", verdict.text);
}

/* What is on it now, for the person who is asked, and what the writing must clear. */
static int inspect(const struct rr_cli *cli, struct rr_put_drive *d, uint64_t bytes,
		   struct rr_err *err)
{
	rr_autofd int fd = -1;
	struct rr_content content;
	struct rr_err why;

	if (rr_target_look(&d->node, &fd, err) < 0 || rr_cli_check_meant(cli, &d->node, err) < 0)
		return -1;
	/* a medium that cannot be read may still be written: then udev's word is all there is */
	if (rr_inspect_content(fd, d->node.path, d->node.sector, 0, &content, &why) == 0) {
		rr_content_clear(&d->node.content);
		d->node.content = content;
	}
	if (rr_inspect_signatures(fd, d->node.path, d->node.sector, bytes, &d->old,
				  &d->old_unknown) < 0)
		rr_signature_list_clear(&d->old);
	else
		d->old_unknown.kind = RR_OK;
	d->has_edges = !rr_target_is_certain(&d->node) &&
		       rr_target_edges(fd, d->node.bytes, d->edges) == 0;
	return 0;
}

static int look_at(struct rr_put *put, struct rr_put_drive *d, struct rr_err *err)
{
	if (judge(put, d, put->guard, err) < 0 || stopped(put, err) < 0 ||
	    inspect(put->cli, d, put->bytes, err) < 0 || stopped(put, err) < 0 ||
	    judge(put, d, put->guard, err) < 0) /* now that size and content are known */
		return -1;
	return rr_guard_use(put->guard, &d->node, &d->use, err);
}

/* No name may mean two things: with --force the record would replace the image. */
static int check_record(const struct rr_put *put, struct rr_err *err)
{
	const char *record = put->conf->record;
	struct stat a, b;

	if (!record || !put->image || stat(record, &a) < 0 || stat(put->image->path, &b) < 0 ||
	    a.st_dev != b.st_dev || a.st_ino != b.st_ino)
		return 0;
	return rr_fail(err, RR_USAGE, 0, "--record: %s is the image itself", record);
}

int rr_put_look(struct rr_put *put, char **path, size_t n, const struct rr_node *source,
		uint64_t bytes)
{
	int status = RR_EXIT_OK, one;
	struct rr_err err;

	put->image = source;
	put->bytes = bytes;
	if (check_record(put, &err) < 0 || probe_all(put, path, n, &err) < 0)
		return rr_complain(&err);
	for (size_t i = 0; i < n; i++) {
		if (look_at(put, &put->drive[i], &err) == 0)
			continue;
		one = rr_complain(&err);
		status = status == RR_EXIT_OK ? one : rr_exit_worse(status, one);
	}
	if (status != RR_EXIT_OK && n > 1)
		fprintf(stderr, "rawright: none of the drives was touched\n");
	return status;
}

/* ------------------------------------------------------------------ asking */

static int refuse_unasked(struct rr_put *put, const struct rr_str *text, struct rr_err *err)
{
	if (!put->conf->common.quiet)
		fprintf(stderr, "%s", text->s);
	return rr_fail(err, RR_REFUSED, 0,
		       "nobody can be asked here whether %s may be overwritten: say --yes when "
		       "you are sure",
		       put->n > 1 ? "these drives" : put->drive[0].node.path);
}

static int ask(struct rr_put *put, const struct rr_str *text, const char *word, struct rr_err *err)
{
	const struct rr_question question = { .text = text->s,
					      .word = word,
					      .stop = put->cli->stop };
	struct rr_reporter *reporter = put->job.reporter;
	int answer;

	if (text->fail || !word)
		return rr_fail_memory(err);
	answer = reporter->ask ? reporter->ask(reporter, &question) : -1;
	if (stopped(put, err) < 0)
		return -1;
	if (answer < 0)
		return refuse_unasked(put, text, err);
	return answer ? 0 :
			rr_fail(err, RR_REFUSED, 0, "that was not '%s': nothing was touched", word);
}

/* What is to be written, and that the rest is lost. */
static void add_intent(struct rr_str *text, const struct rr_put *put, const char *what)
{
	const struct rr_node *from = &put->result.source;
	rr_autofree char *source = rr_text_printable(from->path);
	rr_autofree char *name = from->block ? rr_node_model(from) : NULL;
	rr_autofree char *model = rr_text_printable(name);
	rr_autofree char *serial = rr_text_printable(from->serial);
	char size[RR_SIZE_TEXT];

	rr_str_addf(text, "%s", source ? source : "the source");
	if (from->block && model && *model)
		rr_str_addf(text, ", %s", model);
	if (from->block && serial)
		rr_str_addf(text, ", serial %s", serial);
	if (put->result.length)
		rr_str_addf(text, " (%s)", rr_size_human(size, put->result.length));
	rr_str_addf(text, " is to be written.\nAll that is on %s will be lost:\n", what);
}

/* All that need only a "yes", at once. */
static int ask_ordinary(struct rr_put *put, struct rr_err *err)
{
	rr_autostr struct rr_str text = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < put->n; i++)
		n += !rr_lost_is_grave(&put->drive[i].node);
	if (n == 0)
		return 0;
	add_intent(&text, put, n > 1 ? "these drives" : "this drive");
	for (size_t i = 0; i < put->n; i++)
		if (!rr_lost_is_grave(&put->drive[i].node))
			rr_lost_lines(&text, &put->drive[i], put->conf->unmount);
	return ask(put, &text, "yes", err);
}

static int ask_grave(struct rr_put *put, const struct rr_put_drive *d, struct rr_err *err)
{
	rr_autostr struct rr_str text = { 0 };
	rr_autofree char *word = rr_lost_word(&d->node);

	add_intent(&text, put,
		   rr_node_is_fixed(&d->node) ? "this FIXED drive" : "this LARGE drive");
	rr_lost_lines(&text, d, put->conf->unmount);
	rr_str_addf(&text, "To be sure that it is the right one, its %s is asked for.\n",
		    d->node.serial && word && strstr(d->node.serial, word) ? "serial number's end" :
									     "size");
	return ask(put, &text, word, err);
}

int rr_put_ask(struct rr_put *put, struct rr_err *err)
{
	const char *blind = rr_guard_blind(put->guard);

	if (blind && !put->conf->common.quiet)
		fprintf(stderr, "note: %s\n", blind);
	if (put->conf->yes || put->conf->dry_run)
		return 0;
	if (ask_ordinary(put, err) < 0)
		return -1;
	for (size_t i = 0; i < put->n; i++)
		if (rr_lost_is_grave(&put->drive[i].node) &&
		    ask_grave(put, &put->drive[i], err) < 0)
			return -1;
	return 0;
}

/* ------------------------------------------------------------------ doing */

static void tell_unmounted(void *ctx, const char *where)
{
	struct rr_put *put = ctx;
	rr_autofree char *printable = rr_text_printable(where);

	rr_result_note(&put->result, "unmounted", "unmounted %s", where);
	if (!put->conf->common.quiet)
		fprintf(stderr, "unmounted %s\n", printable ? printable : "it");
}

/* By a picture of this moment; what uses the drive now goes to d->use. */
static int look_again(const struct rr_put *put, struct rr_put_drive *d, struct rr_err *err)
{
	struct rr_guard *now = NULL;
	int rc = rr_guard_new(&now, err);

	rr_use_clear(&d->use);
	if (rc == 0)
		rc = judge(put, d, now, err);
	if (rc == 0)
		rc = rr_guard_use(now, &d->node, &d->use, err);
	rr_guard_free(now);
	return rc;
}

/* What is mounted may have changed while the question stood, and does so with each unmounting. */
static int unmount(struct rr_put *put, struct rr_put_drive *d, struct rr_err *err)
{
	for (unsigned i = 0; i < UNMOUNTS_MOST; i++) {
		if (look_again(put, d, err) < 0)
			return -1;
		if (!d->use.nmount)
			return 0;
		if (rr_unmount(&d->use, tell_unmounted, put, err) < 0 || stopped(put, err) < 0)
			return -1;
	}
	return rr_fail(err, RR_REFUSED, 0, "%s is mounted again and again: find out by whom",
		       d->node.path);
}

static int check_edges(const struct rr_put_drive *d, struct rr_err *err)
{
	rr_autofree unsigned char *now = malloc(RR_TARGET_EDGES);
	const struct rr_target_facts *facts = rr_target_facts(d->target);

	if (!now)
		return rr_fail_memory(err);
	if (!d->has_edges || d->use.nmount ||
	    (facts->size == d->node.bytes && rr_target_edges(facts->fd, facts->size, now) == 0 &&
	     memcmp(now, d->edges, RR_TARGET_EDGES) == 0))
		return 0;
	return rr_fail(
		err, RR_GONE, 0,
		"%s does not hold what it held when you were asked: another medium is in it; "
		"look and try again",
		d->node.path);
}

/* Under the lock: the same medium, and does every rule still hold? */
static int open_one(struct rr_put *put, struct rr_put_drive *d, struct rr_err *err)
{
	if (rr_target_open(&d->node, &d->target, err) < 0 || check_edges(d, err) < 0 ||
	    look_again(put, d, err) < 0)
		return -1;
	return stopped(put, err);
}

int rr_put_open(struct rr_put *put, struct rr_err *err)
{
	if (stopped(put, err) < 0)
		return -1;
	for (size_t i = 0; put->conf->unmount && i < put->n; i++)
		if (unmount(put, &put->drive[i], err) < 0)
			return -1;
	for (size_t i = 0; i < put->n; i++)
		if (open_one(put, &put->drive[i], err) < 0)
			return -1;
	return 0;
}

/* All checks that can be made without opening for writing. */
static int try_all(const struct rr_put *put, struct rr_err *err)
{
	for (size_t i = 0; i < put->n; i++)
		if (!put->drive[i].use.nmount && rr_target_try(&put->drive[i].node, err) < 0)
			return -1;
	return 0;
}

static void eject(const struct rr_put_drive *d)
{
	rr_autofree char *path = rr_text_printable(d->node.path);
	rr_autofree char *why = NULL;
	struct rr_err err;

	if (rr_target_eject(d->target, &d->node, &err) == 0) {
		fprintf(stderr, "%s may be taken out now\n", path ? path : "the medium");
		return;
	}
	why = rr_text_printable(err.text);
	fprintf(stderr, "note: %s\n", why ? why : "the medium was not ejected");
}

/* What is whole on its medium. */
static void settle(struct rr_put *put)
{
	bool unwanted = put->conf->no_verify || put->job.skip; /* a verification */

	for (size_t i = 0; i < put->n && i < put->result.ndest; i++) {
		enum rr_dest_status status = put->result.dest[i].status;

		if (!put->drive[i].target || !put->result.dest[i].written.whole)
			continue;
		rr_target_reread(put->drive[i].target);
		if (put->conf->eject && put->result.err.kind == RR_OK &&
		    (status == RR_DEST_VERIFIED || (status == RR_DEST_NOT_VERIFIED && unwanted)))
			eject(&put->drive[i]);
	}
}

int rr_put_run(struct rr_put *put, struct rr_restore_conf *conf)
{
	struct rr_err err = { 0 };
	int rc, status;

	for (size_t i = 0; i < put->n; i++)
		put->place[i] = (struct rr_restore_place){ .node = &put->drive[i].node,
							   .target = put->drive[i].target,
							   .old = put->drive[i].old.sig,
							   .nold = put->drive[i].old.n };
	for (size_t i = 0; i < put->n; i++)
		if (put->drive[i].old_unknown.kind != RR_OK)
			rr_result_note(
				&put->result, "cleared",
				"what old signatures %s holds beyond the image is not known: %s",
				put->drive[i].node.path, put->drive[i].old_unknown.text);
	conf->place = put->place;
	conf->n = put->n;
	conf->verify = !put->conf->no_verify;
	conf->dry_run = put->conf->dry_run;
	conf->guard_hold = put->cli->guard_hold;
	rc = rr_restore(&put->job, conf, &err);
	put->cli->stuck = put->job.stuck;
	status = rr_cli_end(&put->job, rc, &err, conf->dry_run ? NULL : put->conf->record,
			    put->conf->force);
	if (rc == 0 && !put->job.stuck)
		settle(put);
	return status;
}

int rr_put_go(struct rr_put *put, struct rr_restore_conf *conf)
{
	struct rr_err err;

	if (rr_put_ask(put, &err) < 0 ||
	    (put->conf->dry_run ? try_all(put, &err) : rr_put_open(put, &err)) < 0)
		return rr_complain(&err);
	return rr_put_run(put, conf);
}

void rr_put_end(struct rr_put *put)
{
	rr_cli_source_close(put->cli, put->source);
	if (put->job.reporter)
		put->job.reporter->close(put->job.reporter);
	if (put->cli->stuck)
		return; /* a thread may still look at it */
	rr_result_clear(&put->result);
	for (size_t i = 0; put->drive && i < put->n; i++) {
		rr_target_close(put->drive[i].target);
		rr_signature_list_clear(&put->drive[i].old);
		rr_use_clear(&put->drive[i].use);
		rr_node_clear(&put->drive[i].node);
	}
	rr_guard_free(put->guard);
	free(put->drive);
	free(put->place);
	free(put);
}
