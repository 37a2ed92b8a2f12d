/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mocked.h - a test program that starts itself again inside of umockdev; for one file of it. */
#ifndef RR_TEST_MOCKED_H
#define RR_TEST_MOCKED_H

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* umockdev works by a preloaded library: without it this program starts itself again with it. */
static inline void begin_mocked(char **argv)
{
	const char *preloaded = getenv("LD_PRELOAD");

	if (preloaded && strstr(preloaded, "libumockdev-preload"))
		return;
	if (setenv("LD_PRELOAD", "libumockdev-preload.so.0", 1) < 0)
		exit(99);
	execv("/proc/self/exe", argv);
	exit(99);
}

/* AddressSanitizer wants to be the first library, which it need not be here. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "verify_asan_link_order=0";
}

#endif
