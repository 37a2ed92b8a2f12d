/* SPDX-License-Identifier: GPL-3.0-or-later */
/* out.h - what the reporters share: a slow reader, foreign text, the words of the result. */
#ifndef RR_REPORT_OUT_H
#define RR_REPORT_OUT_H

#include <stdbool.h>

#include "rawright/result.h"
#include "rawright/text.h"

/* report/ask.c. rr_reporter's ask on the terminal of this process, the question on fd. */
struct rr_question;
RR_MUST int rr_out_ask(const struct rr_question *question, int fd);
/* What a drive is called: vendor and model, made printable; nothing where neither is known. */
void rr_out_model(struct rr_str *out, const struct rr_node *node);
/* s, made printable; "-" for NULL. */
void rr_out_foreign(struct rr_str *out, const char *s);
/* "3 sectors", "100 bytes" when that is no whole number of them. */
void rr_out_extent(struct rr_str *out, uint64_t len, uint32_t sector);

#endif
