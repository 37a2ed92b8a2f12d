/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h - time that only goes forward, and time that a court can read. */
#ifndef RR_CLOCK_H
#define RR_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#define RR_CLOCK_TEXT 32

/* Milliseconds of CLOCK_MONOTONIC. */
uint64_t rr_clock_ms(void);
/* The same in microseconds. */
uint64_t rr_clock_us(void);

/* RFC 3339, UTC, milliseconds: "2026-11-23T15:29:22.123Z". Returns buf. */
const char *rr_clock_utc(char buf[RR_CLOCK_TEXT]);

/* The local offset now: "+01:00". Returns buf. */
const char *rr_clock_offset(char buf[RR_CLOCK_TEXT]);

/* A span of time: "1:02:03", "0:27". Returns buf. */
const char *rr_clock_span(char buf[RR_CLOCK_TEXT], uint64_t ms);

/* Does the kernel hold the clock synchronised? (adjtimex(2), STA_UNSYNC) */
bool rr_clock_synchronised(void);

#endif
