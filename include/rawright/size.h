/* SPDX-License-Identifier: GPL-3.0-or-later */
/* size.h - sizes as people write and read them. */
#ifndef RR_SIZE_H
#define RR_SIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"
#include "rawright/err.h"

/* A size from the command line. Sectors cannot become bytes before the drive is known. */
struct rr_size {
	uint64_t n;
	bool sectors;
};

/* "512", "10s" (sectors), "64k" "1M" "2G" "1T" (powers of 1000), "64Ki" "1Mi" "2Gi" "1Ti" (powers
 * of 1024). Decimal digits only; anything else, or what does not fit 64 bits, is RR_USAGE. */
RR_MUST int rr_size_parse(const char *text, struct rr_size *out, struct rr_err *err);

/* In bytes, for a drive of this sector size. RR_USAGE when it does not fit 63 bits (off_t). */
RR_MUST int rr_size_bytes(const struct rr_size *size, uint32_t sector, uint64_t *out,
		struct rr_err *err);

#define RR_SIZE_TEXT 32

/* "1,474,560": digits in threes. Returns buf. */
const char *rr_size_grouped(char buf[RR_SIZE_TEXT], uint64_t n);

/* "1.47 MB", "512 bytes", powers of 1000, three digits. Returns buf. */
const char *rr_size_human(char buf[RR_SIZE_TEXT], uint64_t bytes);

/* off + len, false on overflow. */
static inline bool rr_extent_end(uint64_t off, uint64_t len, uint64_t *end)
{
	return !__builtin_add_overflow(off, len, end);
}

/* n down to a multiple of unit (unit > 0). */
static inline uint64_t rr_align_down(uint64_t n, uint64_t unit)
{
	return n - n % unit;
}

/* n up to a multiple of unit (unit > 0); n is at most 2^63. */
static inline uint64_t rr_align_up(uint64_t n, uint64_t unit)
{
	return rr_align_down(n + unit - 1, unit);
}

static inline uint64_t rr_min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static inline uint64_t rr_max(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

#endif
