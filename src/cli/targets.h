/* SPDX-License-Identifier: GPL-3.0-or-later */
/* targets.h - drives that a command overwrites: looked at, asked about, opened, written. For
 * cmd_write.c and cmd_clone.c. */
#ifndef RR_CLI_TARGETS_H
#define RR_CLI_TARGETS_H

#include "rawright/cli.h"
#include "rawright/inspect.h"
#include "rawright/text.h"

/* At the start of the command's conf; its rows. */
struct rr_put_conf {
	struct rr_common_conf common;
	const char *hash, *record;
	bool yes, allow_fixed, unmount, eject, no_verify, force, dry_run;
};
extern const struct rr_opt rr_put_opts[];

/* One drive that is to be overwritten; node.content: what would be lost. */
struct rr_put_drive {
	struct rr_node node;
	struct rr_use use;
	struct rr_signature_list old;
	struct rr_err old_unknown;	/* why that list may lack something; RR_OK: it does not */
	/* where no number tells one medium from another: what its first and last bytes were */
	unsigned char edges[RR_TARGET_EDGES];
	bool has_edges;
	struct rr_target *target;	/* NULL before it is opened */
};

/* On the heap, since a thread that sits in the kernel may still use it when the command returns. */
struct rr_put {
	struct rr_cli *cli;
	const struct rr_put_conf *conf;
	struct rr_job job;
	struct rr_result result;
	struct rr_cli_source *source;
	struct rr_guard *guard;
	const struct rr_node *image;	/* what is to be written; NULL: standard input */
	uint64_t bytes;			/* of it; 0: not known */
	struct rr_put_drive *drive;
	struct rr_restore_place *place;
	size_t n;
};

/* Reporters, digests, the command line for the record. */
RR_MUST int rr_put_begin(struct rr_put *put, struct rr_digest_list *hash, struct rr_err *err);
/* Looks at the n drives named, and holds each against the rules: bytes (0: not known) of source
 * (NULL: standard input) are to be written. Complains of each that may not be written, and returns
 * the exit status; RR_EXIT_OK: all may. */
int rr_put_look(struct rr_put *put, char **path, size_t n, const struct rr_node *source,
		uint64_t bytes);
/* What --yes leaves out: says what would be lost and asks. RR_REFUSED, RR_STOPPED: not wanted. */
RR_MUST int rr_put_ask(struct rr_put *put, struct rr_err *err);
/* Unmounts where that was asked for, opens and locks all of them, and holds them against the rules
 * once more: what was true before the question need not be so now. */
RR_MUST int rr_put_open(struct rr_put *put, struct rr_err *err);
/* Writes (or says what would be written), ejects, tells the end. conf: all but places and switches
 * is filled. Returns the exit status. */
int rr_put_run(struct rr_put *put, struct rr_restore_conf *conf);
/* Asks, opens, runs: what follows rr_put_look. Returns the exit status. */
int rr_put_go(struct rr_put *put, struct rr_restore_conf *conf);
/* Closes and frees all; nothing while a thread still uses it. */
void rr_put_end(struct rr_put *put);

/* cli/lost.c. The lines that say what would be lost with a drive; foreign texts made printable. */
void rr_lost_lines(struct rr_str *out, const struct rr_put_drive *drive, bool unmount);
/* Is more than a "yes" asked for: over 64 GB, or a fixed disk? */
bool rr_lost_is_grave(const struct rr_node *node);
/* The word that must be typed: "yes", or the last four characters of the serial number, or the size
 * as it is shown. NULL without memory; the caller frees it. */
RR_MUST char *rr_lost_word(const struct rr_node *node);

#endif
