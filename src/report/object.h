/* SPDX-License-Identifier: GPL-3.0-or-later */
/* object.h - JSON objects that grow; for src/report. */
#ifndef RR_REPORT_OBJECT_H
#define RR_REPORT_OBJECT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "rawright/clean.h"
#include "rawright/err.h"

struct rr_object {
	json_t *json;		/* owned */
	bool fail;		/* memory ran out */
};
struct rr_object rr_object_new(void);
/* Takes value over; NULL: there was no memory for it. */
void rr_object_put(struct rr_object *o, const char *key, json_t *value);
void rr_object_number(struct rr_object *o, const char *key, uint64_t n);
void rr_object_flag(struct rr_object *o, const char *key, bool flag);
/* A text, made printable; its bytes stand in KEY_hex where that changed them. NULL: nothing. */
void rr_object_text(struct rr_object *o, const char *key, const char *text);
/* The next item of list, taken over. */
void rr_object_item(struct rr_object *o, json_t *list, json_t *item);
/* Hands it over; NULL when memory ran out. */
RR_MUST json_t *rr_object_take(struct rr_object *o);
/* Takes value over and writes it as one line; NULL: memory had run out. */
RR_MUST int rr_object_write(json_t *value, int fd, const char *name, struct rr_err *err);

#endif
