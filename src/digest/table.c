/* SPDX-License-Identifier: GPL-3.0-or-later */
/* table.c - the digests there are, under the names people type, and choices of them.
 * Owns: nothing.   Threads: any. */
#include <ctype.h>
#include <gcrypt.h>
#include <string.h>

#include "rawright/digest.h"
#include "rawright/text.h"

/* Tiger was printed in three ways. GCRY_MD_TIGER shows each 64-bit word with its high byte first,
 * as the paper's examples and GnuPG up to 1.3.2 did; everybody else, and Tiger2, the low byte. */
static const struct rr_digest_algo table[] = {
	{ "sha256", NULL, "SHA256", "SHA-2, 256 bits; always computed", 32, GCRY_MD_SHA256 },
	{ "md5", NULL, "MD5", "MD5, 128 bits; collisions are easy to make", 16, GCRY_MD_MD5 },
	{ "sha1", NULL, "SHA1", "SHA-1, 160 bits; collisions were made", 20, GCRY_MD_SHA1 },
	{ "sha224", NULL, "SHA224", "SHA-2, 224 bits", 28, GCRY_MD_SHA224 },
	{ "sha384", NULL, "SHA384", "SHA-2, 384 bits", 48, GCRY_MD_SHA384 },
	{ "sha512", NULL, "SHA512", "SHA-2, 512 bits", 64, GCRY_MD_SHA512 },
	{ "sha512-224", NULL, NULL, "SHA-512/224", 28, GCRY_MD_SHA512_224 },
	{ "sha512-256", NULL, NULL, "SHA-512/256", 32, GCRY_MD_SHA512_256 },
	{ "sha3-224", NULL, NULL, "SHA-3, 224 bits", 28, GCRY_MD_SHA3_224 },
	{ "sha3-256", NULL, NULL, "SHA-3, 256 bits", 32, GCRY_MD_SHA3_256 },
	{ "sha3-384", NULL, NULL, "SHA-3, 384 bits", 48, GCRY_MD_SHA3_384 },
	{ "sha3-512", NULL, NULL, "SHA-3, 512 bits", 64, GCRY_MD_SHA3_512 },
	{ "blake2b", "blake2b-512", "BLAKE2b", "BLAKE2b, 512 bits, as b2sum", 64,
	  GCRY_MD_BLAKE2B_512 },
	{ "blake2b-160", NULL, "BLAKE2b-160", "BLAKE2b, 160 bits", 20, GCRY_MD_BLAKE2B_160 },
	{ "blake2b-256", NULL, "BLAKE2b-256", "BLAKE2b, 256 bits", 32, GCRY_MD_BLAKE2B_256 },
	{ "blake2b-384", NULL, "BLAKE2b-384", "BLAKE2b, 384 bits", 48, GCRY_MD_BLAKE2B_384 },
	{ "blake2s", "blake2s-256", NULL, "BLAKE2s, 256 bits", 32, GCRY_MD_BLAKE2S_256 },
	{ "blake2s-128", NULL, NULL, "BLAKE2s, 128 bits", 16, GCRY_MD_BLAKE2S_128 },
	{ "blake2s-160", NULL, NULL, "BLAKE2s, 160 bits", 20, GCRY_MD_BLAKE2S_160 },
	{ "blake2s-224", NULL, NULL, "BLAKE2s, 224 bits", 28, GCRY_MD_BLAKE2S_224 },
	{ "sm3", NULL, "SM3", "SM3 (GB/T 32905), 256 bits", 32, GCRY_MD_SM3 },
	{ "rmd160", "ripemd160", NULL, "RIPEMD-160", 20, GCRY_MD_RMD160 },
	{ "tiger", NULL, NULL, "Tiger, 192 bits, as rhash prints it", 24, GCRY_MD_TIGER1 },
	{ "tiger2", NULL, NULL, "Tiger2, 192 bits", 24, GCRY_MD_TIGER2 },
	{ "tiger-be", NULL, NULL, "Tiger, each 64-bit word high byte first", 24, GCRY_MD_TIGER },
	{ "whirlpool", NULL, NULL, "Whirlpool (ISO/IEC 10118-3), 512 bits", 64,
	  GCRY_MD_WHIRLPOOL },
	{ "streebog-256", "stribog256", NULL, "GOST R 34.11-2012, 256 bits", 32,
	  GCRY_MD_STRIBOG256 },
	{ "streebog-512", "stribog512", NULL, "GOST R 34.11-2012, 512 bits", 64,
	  GCRY_MD_STRIBOG512 },
	{ "gost94", "gost", NULL, "GOST R 34.11-94, test S-box (RFC 5831)", 32,
	  GCRY_MD_GOSTR3411_94 },
	{ "gost94-cryptopro", "gost-cryptopro", NULL,
	  "GOST R 34.11-94, CryptoPro S-box (RFC 4357)", 32, GCRY_MD_GOSTR3411_CP },
	{ "md4", NULL, NULL, "MD4, 128 bits; broken", 16, GCRY_MD_MD4 },
};
#define ROWS (sizeof(table) / sizeof(*table))

const struct rr_digest_algo *rr_digest_at(size_t i)
{
	return i < ROWS ? &table[i] : NULL;
}

static const char *skip_joints(const char *s)
{
	return s + strspn(s, "-_/");
}

/* "SHA-512/256" is "sha512-256". No two names differ by their joints alone. */
static bool same_name(const char *a, const char *b)
{
	for (;; a++, b++) {
		a = skip_joints(a);
		b = skip_joints(b);
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

const struct rr_digest_algo *rr_digest_find(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (same_name(name, table[i].name) ||
		    (table[i].alias && same_name(name, table[i].alias)))
			return &table[i];
	return NULL;
}

const struct rr_digest_algo *rr_digest_find_tag(const char *tag)
{
	for (size_t i = 0; i < ROWS; i++)
		if (table[i].tag && strcmp(tag, table[i].tag) == 0)
			return &table[i];
	return NULL;
}

int rr_digest_list_add(struct rr_digest_list *list, const struct rr_digest_algo *algo,
		       struct rr_err *err)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->algo[i] == algo)
			return 0;
	if (gcry_md_test_algo(algo->id) != 0)
		return rr_fail(err, RR_REFUSED, 0,
			       "%s is not allowed: libgcrypt %s; leave it out of --hash",
			       algo->name,
			       rr_digest_fips() ? "runs in FIPS mode" : "was built without it");
	if (list->n == sizeof(list->algo) / sizeof(*list->algo))
		return rr_fail(err, RR_USAGE, 0, "more than %zu digests; leave some out of --hash",
			       list->n);
	list->algo[list->n++] = algo;
	return 0;
}

static int fail_unknown(const char *name, struct rr_err *err)
{
	rr_autostr struct rr_str names = { 0 };

	if (!*name)
		return rr_fail(err, RR_USAGE, 0,
			       "a digest has no name; write them with a comma between: sha256,md5");
	for (size_t i = 0; i < ROWS; i++)
		rr_str_addf(&names, "%s%s", i ? ", " : "", table[i].name);
	if (names.fail)
		return rr_fail_memory(err);
	return rr_fail(err, RR_USAGE, 0, "unknown digest \"%.60s\"; there are %s", name, names.s);
}

int rr_digest_list_parse(const char *names, struct rr_digest_list *list, struct rr_err *err)
{
	for (const char *end; ; names = end + 1) {
		rr_autofree char *name = NULL;
		const struct rr_digest_algo *algo;

		end = strchrnul(names, ',');
		name = strndup(names, (size_t)(end - names));
		if (!name)
			return rr_fail_memory(err);
		algo = rr_digest_find(name);
		if (!algo)
			return fail_unknown(name, err);
		if (rr_digest_list_add(list, algo, err) < 0)
			return -1;
		if (!*end)
			return 0;
	}
}
