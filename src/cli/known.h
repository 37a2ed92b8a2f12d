/* SPDX-License-Identifier: GPL-3.0-or-later */
/* known.h - what is known of an image, found in the files beside it. For cmd_verify.c. */
#ifndef RR_CLI_KNOWN_H
#define RR_CLI_KNOWN_H

#include "rawright/job.h"

struct rr_known {
	char *from;			/* the file it was found in; NULL: nothing was found */
	bool from_record;
	struct rr_result record;	/* when from_record */
	struct rr_digest_value *digest;
	size_t ndigest;
	struct rr_err skipped;		/* of the first file that could not be understood, when
					 * another one could */
};
/* A record or checksum file: the one named, or what stands beside image: the first one that can be
 * understood. Nothing found and nothing named is no error. RR_FORMAT, RR_SYSTEM: what there is
 * cannot be understood or read, or says nothing of image; of lists that may be about others (those
 * of the folder) only skipped tells. RR_MISMATCH: a record that says the image is not whole. */
RR_MUST int rr_known_find(const char *image, const char *named, struct rr_known *known,
		struct rr_err *err);
/* The map at path, of an image whose first byte is at off of its source. The caller frees it. */
struct rr_map;
RR_MUST int rr_known_map(const char *path, uint64_t off, uint64_t len, struct rr_map **out,
		struct rr_err *err);
/* Does a map beside the image say that something of it was not tried yet? RR_MISMATCH then;
 * RR_FORMAT, RR_SYSTEM: it cannot be understood or read. known tells where the image begins. */
RR_MUST int rr_known_whole(const char *image, uint64_t len, const struct rr_known *known,
		struct rr_err *err);
void rr_known_clear(struct rr_known *known);

#endif
