/* SPDX-License-Identifier: GPL-3.0-or-later */
/* member.h - members of JSON objects, in and out: foreign texts, sizes, names of errors. */
#ifndef RR_MEMBER_H
#define RR_MEMBER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rawright/clean.h"
#include "rawright/err.h"

static inline void rr_clean_json(json_t **json)
{
	json_decref(*json);	/* NULL allowed */
}
#define rr_autojson __attribute__((cleanup(rr_clean_json)))

/* An object or a list that grows. fail is set once memory ran out. */
struct rr_out {
	json_t *json;
	bool fail;
};
void rr_out_object(struct rr_out *out);
void rr_out_list(struct rr_out *out);
/* The value is taken over; NULL means that memory ran out. */
void rr_out_put(struct rr_out *out, const char *key, json_t *value);
void rr_out_item(struct rr_out *out, json_t *value);
/* A text, made printable; its bytes stand in KEY_hex where that changed them. NULL: nothing. */
void rr_out_text(struct rr_out *out, const char *key, const char *text);
void rr_out_word(struct rr_out *out, const char *key, const char *word);	/* one of our own */
void rr_out_size(struct rr_out *out, const char *key, uint64_t n);
void rr_out_flag(struct rr_out *out, const char *key, bool flag);
void rr_out_errno(struct rr_out *out, const char *key, int os);		/* 0: nothing */
RR_MUST json_t *rr_out_hex(const void *value, size_t len);
/* Hands it over; NULL when memory ran out. */
RR_MUST json_t *rr_out_take(struct rr_out *out);

/* What is being read, for messages. */
struct rr_in {
	const char *name;
	struct rr_err *err;
};
/* Each leaves *out as it is when the member is absent or null, and returns -1 with RR_FORMAT when
 * it is of another type or out of bounds. */
RR_MUST int rr_in_object(const struct rr_in *in, const json_t *obj, const char *key, json_t **out);
RR_MUST int rr_in_list(const struct rr_in *in, const json_t *obj, const char *key, json_t **out);
RR_MUST int rr_in_size(const struct rr_in *in, const json_t *obj, const char *key, uint64_t *out);
RR_MUST int rr_in_count(const struct rr_in *in, const json_t *obj, const char *key, unsigned *out);
RR_MUST int rr_in_flag(const struct rr_in *in, const json_t *obj, const char *key, bool *out);
/* Undoes rr_out_text. The caller frees *out, which must be NULL before. */
RR_MUST int rr_in_text(const struct rr_in *in, const json_t *obj, const char *key, char **out);
/* A short one, into a buffer of the size given. */
RR_MUST int rr_in_short(const struct rr_in *in, const json_t *obj, const char *key, char *buf,
			size_t size);
RR_MUST int rr_in_errno(const struct rr_in *in, const json_t *obj, const char *key, int *out);
/* Which of n words the member is; name(i) gives them. */
RR_MUST int rr_in_word(const struct rr_in *in, const json_t *obj, const char *key,
		       const char *(*name)(unsigned), unsigned n, unsigned *out);
/* RR_FORMAT for the member, with what it should be. Returns -1. */
int rr_in_fail(const struct rr_in *in, const char *key, const char *want);
/* A new array of n elements, zeroed; NULL when there are none. */
RR_MUST int rr_in_array(const struct rr_in *in, size_t n, size_t size, void **out);

#endif
