/* SPDX-License-Identifier: GPL-3.0-or-later */
/* known.c - finds what is known of an image: its record, its checksums, or a list of its folder's.
 * Owns: nothing.   Threads: main. */
#include <string.h>
#include <sys/stat.h>

#include "known.h"
#include "rawright/fs.h"
#include "rawright/map.h"
#include "rawright/record.h"
#include "rawright/size.h"
#include "rawright/text.h"

#define MAP_LIMIT ((size_t)256 << 20)

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* The algorithm of a line without a tag: by the length of its digest. */
static const struct rr_digest_algo *algo_of(const struct rr_sum *sum)
{
	static const struct {
		size_t digits;
		const char *name;
	} lengths[] = {
		{ 32, "md5" },	  { 40, "sha1" },   { 56, "sha224" },
		{ 64, "sha256" }, { 96, "sha384" }, { 128, "sha512" },
	};

	if (sum->tag[0])
		return rr_digest_find_tag(sum->tag);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++)
		if (strlen(sum->hex) == lengths[i].digits)
			return rr_digest_find(lengths[i].name);
	return NULL;
}

static int add_digest(struct rr_known *known, const struct rr_sum *sum, struct rr_err *err)
{
	const struct rr_digest_algo *algo = algo_of(sum);
	struct rr_digest_value *grown;

	if (!algo) /* of some other tool's making: not checked here */
		return 0;
	grown = reallocarray(known->digest, known->ndigest + 1, sizeof(*grown));
	if (!grown)
		return rr_fail_memory(err);
	known->digest = grown;
	grown += known->ndigest;
	grown->algo = algo;
	if (!rr_text_unhex(sum->hex, grown->value, algo->size))
		return rr_fail(err, RR_FORMAT, 0, "%s: the %s of %s has not %zu digits",
			       known->from, algo->name, sum->name, 2 * algo->size);
	known->ndigest++;
	return 0;
}

/* Names in a checksum file are relative to its folder. */
static bool is_exactly(const char *list, const char *name, const char *image)
{
	int folder = name[0] == '/' ? 0 : (int)(base_name(list) - list);
	rr_autofree char *path = rr_text_format("%.*s%s", folder, list, name);
	struct stat a, b;

	return path && stat(path, &a) == 0 && stat(image, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* The name in the list that means the image: its own path; else, where only one name ends like it,
 * that one. NULL: none, or who knows which. */
static const char *name_in(const struct rr_sum_list *list, const char *from, const char *image)
{
	const char *found = NULL;

	for (size_t i = 0; i < list->n; i++)
		if (is_exactly(from, list->sum[i].name, image))
			return list->sum[i].name;
	for (size_t i = 0; i < list->n; i++) {
		const char *name = list->sum[i].name;

		if (strcmp(base_name(name), base_name(image)) != 0)
			continue;
		if (found && strcmp(found, name) != 0)
			return NULL;
		found = name;
	}
	return found;
}

static int take_sums(const char *text, const char *image, struct rr_known *known,
		     struct rr_err *err)
{
	struct rr_sum_list list = { 0 };
	int rc = rr_sums_parse(text, known->from, &list, err);
	const char *name = rc == 0 ? name_in(&list, known->from, image) : NULL;

	for (size_t i = 0; i < list.n && rc == 0 && name; i++)
		if (strcmp(list.sum[i].name, name) == 0)
			rc = add_digest(known, &list.sum[i], err);
	rr_sum_list_clear(&list);
	return rc;
}

static int take_record(const char *text, size_t len, const char *image, struct rr_known *known,
		       struct rr_err *err)
{
	char missing[RR_SIZE_TEXT];

	if (rr_record_parse(text, len, known->from, &known->record, err) < 0)
		return -1;
	known->from_record = true;
	if (known->record.outcome == RR_FAILED)
		return rr_fail(err, RR_MISMATCH, 0,
			       "%s is not to be relied on: %s says that making it failed; the same "
			       "read once more goes on with it",
			       image, known->from);
	if (known->record.outcome == RR_INCOMPLETE)
		return rr_fail(err, RR_MISMATCH, 0,
			       "%s is not whole: %s says that %s bytes are missing; the same read "
			       "once more goes on with it",
			       image, known->from,
			       rr_size_grouped(missing, known->record.bytes_missing));
	if (!known->record.ndigest)
		return rr_fail(err, RR_FORMAT, 0, "%s holds no digest of %s", known->from, image);
	return 0;
}

static int take_file(const char *path, const char *image, struct rr_known *known,
		     struct rr_err *err)
{
	rr_autofree char *text = NULL;
	size_t len;

	if (rr_file_load(path, RR_RECORD_LIMIT, &text, &len, err) < 0)
		return -1;
	free(known->from);
	known->from = strdup(path);
	if (!known->from)
		return rr_fail_memory(err);
	if (text[strspn(text, " \t\r\n")] == '{')
		return take_record(text, len, image, known, err);
	return take_sums(text, image, known, err);
}

static bool knows(const struct rr_known *known)
{
	return known->from_record || known->ndigest;
}

/* Goes on to the next file when this one cannot be understood; a record that says the image is not
 * whole is understood only too well. */
static int try_file(const char *path, const char *image, struct rr_known *known, struct rr_err *err)
{
	struct rr_err first = known->skipped, why;

	if (take_file(path, image, known, &why) == 0)
		return 0;
	if (why.kind == RR_MISMATCH) {
		*err = why;
		return -1;
	}
	rr_known_clear(known);
	known->skipped = first.kind == RR_OK ? why : first;
	return 0;
}

/* Files named after the image. */
static int look_beside(const char *image, struct rr_known *known, struct rr_err *err)
{
	static const char *const suffixes[] = { ".json",   ".sums", ".sha256",
						".sha512", ".sha1", ".md5" };

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(*suffixes) && !knows(known); i++) {
		rr_autofree char *path = rr_text_format("%s%s", image, suffixes[i]);

		if (!path)
			return rr_fail_memory(err);
		if (rr_path_exists(path) && try_file(path, image, known, err) < 0)
			return -1;
	}
	if (known->skipped.kind == RR_OK || knows(known))
		return 0;
	*err = known->skipped; /* it is the image's own, and nobody understands it */
	return -1;
}

/* Lists of a folder; one that does not name the image says nothing. */
static int look_in_folder(const char *image, struct rr_known *known, struct rr_err *err)
{
	static const char *const names[] = { "SHA256SUMS", "SHA512SUMS",    "SHA1SUMS",	 "MD5SUMS",
					     "CHECKSUMS",  "sha256sum.txt", "md5sum.txt" };
	int folder = (int)(base_name(image) - image);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names) && !knows(known); i++) {
		rr_autofree char *path = rr_text_format("%.*s%s", folder, image, names[i]);

		if (!path)
			return rr_fail_memory(err);
		if (rr_path_exists(path) && try_file(path, image, known, err) < 0)
			return -1;
	}
	return 0;
}

int rr_known_map(const char *path, uint64_t off, uint64_t len, struct rr_map **out,
		 struct rr_err *err)
{
	struct rr_map_info info = { 0 };
	rr_autofree char *text = NULL;

	if (rr_file_load(path, MAP_LIMIT, &text, NULL, err) < 0 ||
	    rr_map_parse(text, path, off, len, 1, out, &info, err) < 0)
		return -1;
	rr_map_info_free(&info);
	return 0;
}

int rr_known_whole(const char *image, uint64_t len, const struct rr_known *known,
		   struct rr_err *err)
{
	static const enum rr_state open[] = { RR_NON_TRIED, RR_NON_TRIMMED, RR_NON_SCRAPED };
	rr_autofree char *path = rr_text_format("%s.map", image);
	uint64_t off = known->from_record ? known->record.offset : 0, missing = 0;
	struct rr_map *map = NULL;
	char n[RR_SIZE_TEXT];

	if (!path)
		return rr_fail_memory(err);
	if (!rr_path_exists(path))
		return 0;
	if (rr_known_map(path, off, len, &map, err) < 0)
		return -1;
	for (size_t i = 0; i < sizeof(open) / sizeof(*open); i++)
		missing += rr_map_total(map, open[i]);
	rr_map_free(map);
	if (!missing)
		return 0;
	return rr_fail(err, RR_MISMATCH, 0,
		       "%s is not whole: %s says that %s bytes are missing; the same read once "
		       "more goes on with it",
		       image, path, rr_size_grouped(n, missing));
}

int rr_known_find(const char *image, const char *named, struct rr_known *known, struct rr_err *err)
{
	if (named && take_file(named, image, known, err) < 0)
		return -1;
	if (named && !knows(known))
		return rr_fail(err, RR_FORMAT, 0, "%s says nothing of %s", named, base_name(image));
	if (!named && (look_beside(image, known, err) < 0 || look_in_folder(image, known, err) < 0))
		return -1;
	return 0;
}

void rr_known_clear(struct rr_known *known)
{
	free(known->from);
	free(known->digest);
	rr_result_clear(&known->record);
	*known = (struct rr_known){ 0 };
}
