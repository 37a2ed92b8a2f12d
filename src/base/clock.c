/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.c - time that only goes forward, and time that a court can read.
 * Owns: nothing.   Threads: any. */
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "rawright/clock.h"

uint64_t rr_clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

uint64_t rr_clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail for this clock */
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

const char *rr_clock_utc(char buf[RR_CLOCK_TEXT])
{
	struct timespec t;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &t);
	if (!gmtime_r(&t.tv_sec, &tm))
		memset(&tm, 0, sizeof(tm));
	n = strftime(buf, RR_CLOCK_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(buf + n, RR_CLOCK_TEXT - n, ".%03dZ", (int)(t.tv_nsec / 1000000));
	return buf;
}

const char *rr_clock_offset(char buf[RR_CLOCK_TEXT])
{
	time_t now = time(NULL);
	struct tm tm;
	long minutes = 0;

	if (localtime_r(&now, &tm))
		minutes = tm.tm_gmtoff / 60;
	(void)snprintf(buf, RR_CLOCK_TEXT, "%c%02ld:%02ld", minutes < 0 ? '-' : '+',
		       (minutes < 0 ? -minutes : minutes) / 60,
		       (minutes < 0 ? -minutes : minutes) % 60);
	return buf;
}

const char *rr_clock_span(char buf[RR_CLOCK_TEXT], uint64_t ms)
{
	unsigned long long s = ms / 1000;

	if (s >= 3600)
		(void)snprintf(buf, RR_CLOCK_TEXT, "%llu:%02llu:%02llu", s / 3600, s / 60 % 60,
			       s % 60);
	else
		(void)snprintf(buf, RR_CLOCK_TEXT, "%llu:%02llu", s / 60, s % 60);
	return buf;
}

bool rr_clock_synchronised(void)
{
	struct timex t = { 0 };

	return adjtimex(&t) >= 0 && !(t.status & STA_UNSYNC);
}
