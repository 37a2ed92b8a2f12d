/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sums.c - checksum files: ours, for `cksum -c`, and those of others.
 * Owns: nothing.   Threads: any. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include <string.h>

#include "rawright/record.h"
#include "rawright/text.h"

#define HEX "0123456789abcdefABCDEF"
#define PLAIN_LEAST 32		/* digits of MD5; what is shorter may be a CRC in decimal */

/* coreutils 9.1, src/digest.c: these three are escaped, and a backslash before all says so. */
static bool needs_escape(const char *name)
{
	return name[strcspn(name, "\\\n\r")] != '\0';
}

static void add_name(struct rr_str *out, const char *name)
{
	for (; *name; name++)
		if (*name == '\\')
			rr_str_add(out, "\\\\", 2);
		else if (*name == '\n')
			rr_str_add(out, "\\n", 2);
		else if (*name == '\r')
			rr_str_add(out, "\\r", 2);
		else
			rr_str_add(out, name, 1);
}

/* ASCII alone: the locale must not change a tag. */
static void add_upper(struct rr_str *out, const char *name)
{
	for (; *name; name++) {
		char c = *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name;

		rr_str_add(out, &c, 1);
	}
}

char *rr_sums_line(const struct rr_digest_value *digest, const char *name)
{
	rr_autofree char *hex = rr_text_hex(digest->value, digest->algo->size);
	rr_autostr struct rr_str line = { 0 };

	if (!hex)
		return NULL;
	if (needs_escape(name))
		rr_str_add(&line, "\\", 1);
	if (digest->algo->tag)
		rr_str_addf(&line, "%s", digest->algo->tag);
	else
		add_upper(&line, digest->algo->name);
	rr_str_add(&line, " (", 2);
	add_name(&line, name);
	rr_str_addf(&line, ") = %s", hex);
	return rr_str_take(&line);
}

/* A line that can be typed again; names that a shell would not take as they are stay out of it. */
static void add_header(struct rr_str *out, const char *name)
{
	rr_str_addf(out, "# rawright %s\n", PACKAGE_VERSION);
	if (rr_text_is_shell_word(name))
		rr_str_addf(out, "# check with: cksum -c %s.sums\n", name);
	else
		rr_str_addf(out, "# check with: cksum -c, and the name of this file\n");
}

int rr_sums_print(const struct rr_result *r, const char *path, char **out, struct rr_err *err)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	rr_autostr struct rr_str text = { 0 };

	add_header(&text, name);
	if (strcmp(name, "-") == 0)
		name = "./-";		/* to cksum, "-" is its standard input */
	for (size_t i = 0; i < r->ndigest; i++) {
		rr_autofree char *line = NULL;

		if (!r->digest[i].algo->tag)
			continue;	/* stands in the record; cksum -c would stumble over it */
		line = rr_sums_line(&r->digest[i], name);
		if (!line)
			return rr_fail_memory(err);
		rr_str_addf(&text, "%s\n", line);
	}
	*out = rr_str_take(&text);
	return *out ? 0 : rr_fail_memory(err);
}

/* A piece of the text. */
struct piece {
	const char *s;
	size_t len;
};

/* Copies the name, undoing escapes. False: it is empty, or holds an escape that there is not. */
static bool copy_name(struct piece from, bool escaped, char *to)
{
	size_t n = 0;

	for (size_t i = 0; i < from.len; i++) {
		char c = from.s[i];

		if (escaped && c == '\\') {
			c = ++i < from.len ? from.s[i] : '\0';
			if (c != '\\' && c != 'n' && c != 'r')
				return false;
			c = c == 'n' ? '\n' : c == 'r' ? '\r' : c;
		}
		to[n++] = c;
	}
	to[n] = '\0';
	return n > 0;
}

/* Pairs of hex digits, as many as the tag's digest has when it is known. */
static bool copy_hex(struct piece from, struct rr_sum *sum)
{
	const struct rr_digest_algo *algo = rr_digest_find_tag(sum->tag);

	if (from.len == 0 || from.len % 2 != 0 || from.len >= sizeof(sum->hex) ||
	    (algo && from.len != 2 * algo->size))
		return false;
	memcpy(sum->hex, from.s, from.len);
	sum->hex[from.len] = '\0';
	return strspn(sum->hex, HEX) == from.len;
}

/* The last ") = " (or openssl's ")= ") of the line; NULL without one. A name may hold others. */
static const char *find_close(struct piece line)
{
	for (const char *p = line.s + line.len; p > line.s;)
		if (*--p == ')' && (size_t)(line.s + line.len - p) > 3 &&
		    (memcmp(p, ") = ", 4) == 0 || memcmp(p, ")= ", 3) == 0))
			return p;
	return NULL;
}

/* "TAG (name) = hex", or openssl's "TAG(name)= hex". */
static bool split_tagged(struct piece line, struct rr_sum *sum, struct piece *name,
			 struct piece *hex)
{
	const char *open = memchr(line.s, '(', line.len), *close = find_close(line), *end = open;

	if (!open || !close || open > close)
		return false;
	if (end > line.s && end[-1] == ' ')
		end--;
	if (end == line.s || (size_t)(end - line.s) >= sizeof(sum->tag) ||
	    memchr(line.s, ' ', (size_t)(end - line.s)))
		return false;
	memcpy(sum->tag, line.s, (size_t)(end - line.s));
	name->s = open + 1;
	name->len = (size_t)(close - name->s);
	hex->s = close + (close[1] == ' ' ? 4 : 3);
	hex->len = (size_t)(line.s + line.len - hex->s);
	return true;
}

/* "hex  name", "hex *name", and "hex name" of the BSDs. */
static bool split_plain(struct piece line, struct piece *name, struct piece *hex)
{
	const char *space = memchr(line.s, ' ', line.len), *end = line.s + line.len;

	if (!space || space - line.s < PLAIN_LEAST)
		return false;
	hex->s = line.s;
	hex->len = (size_t)(space - line.s);
	name->s = space + 1;
	if (name->s < end && (*name->s == ' ' || *name->s == '*'))
		name->s++;
	name->len = (size_t)(end - name->s);
	return true;
}

/* 1: *sum is filled, its name owned; 0: no checksum line; -1: no memory. */
static int parse_line(struct piece line, struct rr_sum *sum)
{
	bool escaped = line.s[0] == '\\';
	rr_autofree char *copy = calloc(1, line.len + 1);
	struct piece name, hex;

	*sum = (struct rr_sum){ 0 };
	if (!copy)
		return -1;
	if (escaped) {
		line.s++;
		line.len--;
	}
	if (!split_tagged(line, sum, &name, &hex) && !split_plain(line, &name, &hex))
		return 0;
	if (!copy_hex(hex, sum) || !copy_name(name, escaped, copy))
		return 0;
	sum->name = copy;
	copy = NULL;			/* now the sum's */
	return 1;
}

static int add_line(struct rr_sum_list *list, struct piece line, const char *name, size_t number,
		    struct rr_err *err)
{
	struct rr_sum sum, *grown;
	int got = parse_line(line, &sum);

	if (got == 0)
		return rr_fail(err, RR_FORMAT, 0, "%s, line %zu is no checksum: it must read "
			       "\"SHA256 (name) = hex digits\" or \"hex digits  name\"",
			       name, number);
	grown = got < 0 ? NULL : reallocarray(list->sum, list->n + 1, sizeof(*list->sum));
	if (!grown) {
		free(sum.name);
		return rr_fail_memory(err);
	}
	grown[list->n++] = sum;
	list->sum = grown;
	return 0;
}

/* A line without what stands before and after it: blanks, and LF, CRLF or the end of the text. */
static struct piece cut_line(const char *s)
{
	struct piece line;

	line.s = s + strspn(s, " \t");
	line.len = strcspn(line.s, "\n");
	if (line.len > 0 && line.s[line.len - 1] == '\r')
		line.len--;
	return line;
}

int rr_sums_parse(const char *text, const char *name, struct rr_sum_list *list, struct rr_err *err)
{
	static const char mark[] = "\xef\xbb\xbf";	/* what some put before UTF-8 */

	*list = (struct rr_sum_list){ 0 };
	if (strncmp(text, mark, 3) == 0)
		text += 3;
	for (size_t number = 1; *text; number++) {
		struct piece line = cut_line(text);

		if (line.len > 0 && line.s[0] != '#' &&
		    add_line(list, line, name, number, err) < 0) {
			rr_sum_list_clear(list);
			return -1;
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return 0;
}

void rr_sum_list_clear(struct rr_sum_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->sum[i].name);
	free(list->sum);
	*list = (struct rr_sum_list){ 0 };
}
