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
};
/* A record or checksum file: the one named, or what stands beside image. Nothing found and nothing
 * named is no error. RR_FORMAT: it cannot be understood, or says nothing of image. RR_MISMATCH: a
 * record that says the image is not whole. */
RR_MUST int rr_known_find(const char *image, const char *named, struct rr_known *known,
		struct rr_err *err);
void rr_known_clear(struct rr_known *known);

#endif
