/* SPDX-License-Identifier: GPL-3.0-or-later */
/* machine.h - a machine that is not there: a sysfs and a proc of plain files, made from a text. */
#ifndef RR_TEST_MACHINE_H
#define RR_TEST_MACHINE_H

#include "../../src/drive/guard.h"

/* Makes the machine of a text, one thing a line (tests/data/machines/README); lines "ask", "blind"
 * and those with # are passed over. One machine at a time. Fails the test on a line that it does
 * not know. */
void machine_make(const char *text);
void machine_remove(void);	/* twice does no harm */
/* Writes a file of it anew: "proc/swaps". */
void machine_file(const char *path, const char *text);
const struct rr_guard_places *machine_places(void);
/* Its picture; the test fails when it cannot be taken. The caller frees it. */
struct rr_guard *machine_guard(void);
/* The facts of a device by the kernel's name, or of a file by its path; to be cleared. */
void machine_node(const char *name, struct rr_node *node);

#endif
