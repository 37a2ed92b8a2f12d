/* SPDX-License-Identifier: GPL-3.0-or-later */
/* err.c - fills an error once, at the place that knows most.
 * Owns: nothing.   Threads: any. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rawright/err.h"

const char *rr_err_os(int os)
{
	const char *text = strerrordesc_np(os);

	return text ? text : "unknown error";
}

int rr_fail(struct rr_err *err, enum rr_kind kind, int os, const char *fmt, ...)
{
	va_list ap;
	size_t used;

	if (!err)
		return -1;
	memset(err, 0, sizeof(*err));
	err->kind = kind;
	err->os = os;
	va_start(ap, fmt);
	(void)vsnprintf(err->text, sizeof(err->text), fmt, ap); /* cut at its limit: meant so */
	va_end(ap);
	used = strlen(err->text);
	if (os)
		(void)snprintf(err->text + used, sizeof(err->text) - used, ": %s", rr_err_os(os));
	return -1;
}

int rr_fail_at(struct rr_err *err, uint64_t off, uint64_t len)
{
	if (err) {
		err->off = off;
		err->len = len;
	}
	return -1;
}

int rr_fail_memory(struct rr_err *err)
{
	return rr_fail(err, RR_SYSTEM, 0, "out of memory");
}
