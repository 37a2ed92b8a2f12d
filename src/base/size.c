/* SPDX-License-Identifier: GPL-3.0-or-later */
/* size.c - sizes as people write and read them.
 * Owns: nothing.   Threads: any. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rawright/size.h"

static const struct unit {
	const char *suffix;
	uint64_t factor;
} units[] = {
	{ "", 1 },
	{ "k", 1000 },
	{ "M", 1000000 },
	{ "G", 1000000000 },
	{ "T", 1000000000000 },
	{ "Ki", UINT64_C(1) << 10 },
	{ "Mi", UINT64_C(1) << 20 },
	{ "Gi", UINT64_C(1) << 30 },
	{ "Ti", UINT64_C(1) << 40 },
};

static int size_fail(const char *text, struct rr_err *err)
{
	return rr_fail(err, RR_USAGE, 0,
		       "'%s' is no size: give bytes, or a number with s (sectors), "
		       "k M G T (powers of 1000) or Ki Mi Gi Ti (powers of 1024)",
		       text);
}

/* The digits at the start of text; NULL when there are none or too many. */
static const char *digits(const char *text, uint64_t *n)
{
	const char *p = text;

	for (*n = 0; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(*n, 10u, n) ||
		    __builtin_add_overflow(*n, (unsigned)(*p - '0'), n))
			return NULL;
	return p == text ? NULL : p;
}

int rr_size_parse(const char *text, struct rr_size *out, struct rr_err *err)
{
	const char *suffix = digits(text, &out->n);

	if (!suffix)
		return size_fail(text, err);
	out->sectors = strcmp(suffix, "s") == 0;
	if (out->sectors)
		return 0;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(suffix, units[i].suffix) != 0)
			continue;
		if (__builtin_mul_overflow(out->n, units[i].factor, &out->n))
			return size_fail(text, err);
		return 0;
	}
	return size_fail(text, err);
}

int rr_size_bytes(const struct rr_size *size, uint32_t sector, uint64_t *out, struct rr_err *err)
{
	if (__builtin_mul_overflow(size->n, size->sectors ? sector : 1u, out) || *out > INT64_MAX)
		return rr_fail(err, RR_USAGE, 0, "%" PRIu64 "%s is more than a file can hold",
			       size->n, size->sectors ? " sectors" : " bytes");
	return 0;
}

const char *rr_size_grouped(char buf[RR_SIZE_TEXT], uint64_t n)
{
	char *p = buf + RR_SIZE_TEXT;
	unsigned digit = 0;

	*--p = '\0';
	do {
		if (digit && digit % 3 == 0)
			*--p = ',';
		*--p = (char)('0' + n % 10);
		n /= 10;
		digit++;
	} while (n);
	memmove(buf, p, (size_t)(buf + RR_SIZE_TEXT - p));
	return buf;
}

const char *rr_size_human(char buf[RR_SIZE_TEXT], uint64_t bytes)
{
	static const char *const names[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
	double n = (double)bytes / 1000;
	size_t i = 0;

	if (bytes < 1000) {
		(void)snprintf(buf, RR_SIZE_TEXT, "%u byte%s", (unsigned)bytes,
			       bytes == 1 ? "" : "s");
		return buf;
	}
	for (; n >= 999.5 && i + 1 < sizeof(names) / sizeof(*names); i++)
		n /= 1000;
	(void)snprintf(buf, RR_SIZE_TEXT, "%.*f %s",
		       n < 9.995 ? 2 :
		       n < 99.95 ? 1 :
				   0,
		       n, names[i]);
	return buf;
}
