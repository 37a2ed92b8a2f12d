/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wait.h - condition variables that wait by the clock that only goes forward. */
#ifndef RR_WAIT_H
#define RR_WAIT_H

#include <pthread.h>
#include <time.h>

/* For rr_until() deadlines. Cannot fail on Linux. */
void rr_cond_init(pthread_cond_t *cv);

/* The moment so many milliseconds from now, of CLOCK_MONOTONIC. */
struct timespec rr_until(unsigned ms);

#endif
