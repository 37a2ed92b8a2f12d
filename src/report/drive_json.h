/* SPDX-License-Identifier: GPL-3.0-or-later */
/* drive_json.h - a drive as JSON; for src/report. rawright-list(5) describes the members. */
#ifndef RR_REPORT_DRIVE_JSON_H
#define RR_REPORT_DRIVE_JSON_H

#include "object.h"
#include "rawright/drive.h"

/* The members of the drive itself, into o. What is not known is left out. */
void rr_json_drive(struct rr_object *o, const struct rr_node *node);
/* Each a new object, NULL without memory. */
RR_MUST json_t *rr_json_use(const struct rr_use *use);
RR_MUST json_t *rr_json_verdict(const struct rr_verdict *verdict);
/* known false: nobody has looked, so what is not told may be there all the same. */
RR_MUST json_t *rr_json_content(const struct rr_content *content);

#endif
