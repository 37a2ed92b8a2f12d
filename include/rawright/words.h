/* SPDX-License-Identifier: GPL-3.0-or-later */
/* words.h - a drive put into words for people: cells of tables and parts of sentences. */
#ifndef RR_WORDS_H
#define RR_WORDS_H

#include "rawright/clean.h"
#include "rawright/survey.h"

/* cli/words.c. Each is a new string fit for a terminal (rr_text_printable()); "" where nothing is
 * known, NULL without memory. The caller frees it. */
/* "30.8 GB"; "?": not known before it is opened */
RR_MUST char *rr_words_size(const struct rr_node *node);
/* "USB stick" */
RR_MUST char *rr_words_kind(const struct rr_node *node);
/* Vendor and model, neither twice. */
RR_MUST char *rr_words_model(const struct rr_node *node);
/* Of its USB link: "480 Mbit/s", "5 Gbit/s" */
RR_MUST char *rr_words_speed(const struct rr_node *node);
/* What is in it: "dos: vfat "PHOTOS"", "no card", the file of a loop device; "?": not looked at. */
RR_MUST char *rr_words_content(const struct rr_node *node);
/* What uses it, all of it: "mounted on /a, mounted on /b, swap, dm-0". */
RR_MUST char *rr_words_use(const struct rr_use *use);
/* "yes", or "no: mounted on /media/x (--unmount)": the reason, and the option that lifts it. */
RR_MUST char *rr_words_write(const struct rr_verdict *verdict);
/* The option that lifts what refuses: "--unmount"; NULL: none does. Not a copy. */
const char *rr_words_lifted_by(const struct rr_verdict *verdict);
/* The drive in one line: "USB stick, SanDisk Ultra, 30.8 GB, dos: vfat "PHOTOS"". */
RR_MUST char *rr_words_drive(const struct rr_node *node);

#endif
