/* SPDX-License-Identifier: GPL-3.0-or-later */
/* digest.h - every fixed-length digest of libgcrypt, and the CRC-32 that locates differences. */
#ifndef RR_DIGEST_H
#define RR_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"
#include "rawright/err.h"

#define RR_DIGEST_MAX 64	/* bytes of the longest */

struct rr_digest_algo {
	/* as coreutils and openssl name it: "sha256", "sha3-256", "blake2b" */
	const char *name;
	const char *alias;	/* another name people type ("sha-256"), or NULL */
	const char *tag;	/* BSD tag that `cksum -c` of coreutils 9.1 checks, or NULL */
	const char *brief;
	size_t size;		/* bytes */
	int id;			/* the library's */
};

/* Readies the library; once, before the first thread. Version too old or broken: RR_SYSTEM. */
RR_MUST int rr_digest_init(struct rr_err *err);
const char *rr_digest_library(void);		/* "libgcrypt 1.10.1" */
bool rr_digest_fips(void);			/* does the library run in FIPS mode? */

/* The rows, in the order in which help shows them; NULL after the last. */
const struct rr_digest_algo *rr_digest_at(size_t i);
/* By name or alias; letter case, "-", "_" and "/" are ignored ("SHA-256"). NULL when unknown. */
const struct rr_digest_algo *rr_digest_find(const char *name);
/* By BSD tag, exactly; NULL when unknown. */
const struct rr_digest_algo *rr_digest_find_tag(const char *tag);

/* A choice of algorithms, each once. */
struct rr_digest_list {
	const struct rr_digest_algo *algo[32];
	size_t n;
};
/* "sha256,md5": adds to list, in order. Unknown: RR_USAGE with the names there are. Not allowed in
 * FIPS mode: RR_REFUSED. */
RR_MUST int rr_digest_list_parse(const char *names, struct rr_digest_list *list,
		struct rr_err *err);
RR_MUST int rr_digest_list_add(struct rr_digest_list *list, const struct rr_digest_algo *algo,
		struct rr_err *err);

/* One running digest; one thread at a time. */
struct rr_digest;
RR_MUST int rr_digest_open(const struct rr_digest_algo *algo, struct rr_digest **out,
		struct rr_err *err);
const struct rr_digest_algo *rr_digest_algo(const struct rr_digest *d);
/* off must follow what came before (the first one may be anything); else the digest is stale. */
void rr_digest_update(struct rr_digest *d, uint64_t off, const void *data, size_t len);
uint64_t rr_digest_bytes(const struct rr_digest *d);
/* False: bytes came out of order, and there is no digest. out holds algo->size bytes. Once. */
RR_MUST bool rr_digest_final(struct rr_digest *d, uint8_t out[RR_DIGEST_MAX]);
void rr_digest_close(struct rr_digest *d);	/* NULL allowed */

/* CRC-32 (ISO-HDLC, as in zip and gzip) of many ranges; one thread at a time. */
struct rr_crc;
RR_MUST int rr_crc_open(struct rr_crc **out, struct rr_err *err);
void rr_crc_update(struct rr_crc *c, const void *data, size_t len);
uint32_t rr_crc_take(struct rr_crc *c);		/* the value so far, and begins anew */
void rr_crc_close(struct rr_crc *c);		/* NULL allowed */

#endif
