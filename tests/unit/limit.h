/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limit.h - how long a test may wait. */
#ifndef RR_TEST_LIMIT_H
#define RR_TEST_LIMIT_H

void fake_nap(unsigned us);
/* A limit of time for builds that are slow: times SLOWER of the environment. */
unsigned fake_limit_ms(unsigned ms);

#endif
