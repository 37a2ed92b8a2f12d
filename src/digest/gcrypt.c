/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gcrypt.c - readies libgcrypt and runs its digests, in order or not at all.
 * Owns: its handles.
 * Threads: init the main one, before all others; each digest one at a time. */
#include <gcrypt.h>
#include <stdio.h>
#include <string.h>

#include "rawright/digest.h"

#define NEED "1.10.0"

struct rr_digest {
	gcry_md_hd_t md;
	const struct rr_digest_algo *algo;
	uint64_t next;		/* where the next bytes must come from */
	uint64_t bytes;
	bool stale;
};

int rr_digest_init(struct rr_err *err)
{
	const char *version = gcry_check_version(NEED);	/* must be the first call of all */

	if (!version)
		return rr_fail(err, RR_SYSTEM, 0,
			       "libgcrypt is older than %s; install a newer one", NEED);
	/* Only digests: no secret to lock in memory. FIPS mode ignores it, which does no harm. */
	(void)gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0) != 0 ||
	    !gcry_control(GCRYCTL_OPERATIONAL_P, 0))
		return rr_fail(err, RR_SYSTEM, 0,
			       "libgcrypt %s fails its own tests; reinstall it, or leave FIPS mode",
			       version);
	return 0;
}

/* The version that runs may be newer than the headers; each thread has a copy of its own. */
const char *rr_digest_library(void)
{
	static _Thread_local char name[48];

	/* For people: may be cut. */
	(void)snprintf(name, sizeof(name), "libgcrypt %s", gcry_check_version(NULL));
	return name;
}

bool rr_digest_fips(void)
{
	return gcry_fips_mode_active();
}

/* The library's own words come from gcry_strerror(), which is not thread-safe: its number does. */
static int fail_open(const char *name, gcry_error_t e, struct rr_err *err)
{
	return rr_fail(err, RR_SYSTEM, gcry_err_code_to_errno(gcry_err_code(e)),
		       "cannot compute %s (libgcrypt error %u)", name, (unsigned)gcry_err_code(e));
}

int rr_digest_open(const struct rr_digest_algo *algo, struct rr_digest **out, struct rr_err *err)
{
	struct rr_digest *d = calloc(1, sizeof(*d));
	gcry_error_t e;

	if (!d)
		return rr_fail_memory(err);
	e = gcry_md_open(&d->md, algo->id, 0);
	if (e) {
		free(d);
		return fail_open(algo->name, e, err);
	}
	d->algo = algo;
	*out = d;
	return 0;
}

const struct rr_digest_algo *rr_digest_algo(const struct rr_digest *d)
{
	return d->algo;
}

void rr_digest_update(struct rr_digest *d, uint64_t off, const void *data, size_t len)
{
	if (d->bytes && off != d->next)
		d->stale = true;
	if (d->stale || len == 0)
		return;
	gcry_md_write(d->md, data, len);
	d->bytes += len;
	d->next = off + len;
}

uint64_t rr_digest_bytes(const struct rr_digest *d)
{
	return d->bytes;
}

bool rr_digest_final(struct rr_digest *d, uint8_t out[RR_DIGEST_MAX])
{
	const unsigned char *value;

	/* gcry_md_read() ends the process when the digest is not enabled. */
	if (d->stale || !gcry_md_is_enabled(d->md, d->algo->id))
		return false;
	value = gcry_md_read(d->md, d->algo->id);
	if (!value)
		return false;
	memcpy(out, value, d->algo->size);
	d->stale = true;	/* libgcrypt takes bytes after this without a word, and wrongly */
	return true;
}

void rr_digest_close(struct rr_digest *d)
{
	if (!d)
		return;
	gcry_md_close(d->md);
	free(d);
}

struct rr_crc {
	gcry_md_hd_t md;
};

int rr_crc_open(struct rr_crc **out, struct rr_err *err)
{
	struct rr_crc *c = calloc(1, sizeof(*c));
	gcry_error_t e;

	if (!c)
		return rr_fail_memory(err);
	e = gcry_md_open(&c->md, GCRY_MD_CRC32, 0);
	if (e) {
		free(c);
		return fail_open("crc32", e, err);
	}
	*out = c;
	return 0;
}

void rr_crc_update(struct rr_crc *c, const void *data, size_t len)
{
	gcry_md_write(c->md, data, len);
}

uint32_t rr_crc_take(struct rr_crc *c)
{
	/* Enabled by rr_crc_open(): never NULL. */
	const unsigned char *v = gcry_md_read(c->md, GCRY_MD_CRC32);
	uint32_t crc = (uint32_t)v[0] << 24 | (uint32_t)v[1] << 16 | (uint32_t)v[2] << 8 | v[3];

	gcry_md_reset(c->md);
	return crc;
}

void rr_crc_close(struct rr_crc *c)
{
	if (!c)
		return;
	gcry_md_close(c->md);
	free(c);
}
