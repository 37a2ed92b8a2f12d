/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.c - foreign strings made fit for terminals, logs and JSON; growing texts.
 * Owns: nothing.   Threads: any. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rawright/text.h"

/* Decodes one character of at most len bytes (RFC 3629). Returns its length, 0 when it is none. */
static size_t utf8_decode(const unsigned char *s, size_t len, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80		       ? 1 :
		   s[0] >= 0xf0 && s[0] < 0xf5 ? 4 :
		   s[0] >= 0xe0 && s[0] < 0xf0 ? 3 :
		   s[0] >= 0xc2 && s[0] < 0xe0 ? 2 :
						 0;

	if (n == 0 || n > len)
		return 0;
	*c = n == 1 ? s[0] : s[0] & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (s[i] & 0x3fu);
	}
	return *c < least[n] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000) ? 0 : n;
}

/* Controls (C0, DEL, C1), line and paragraph ends, and characters that change how others are
 * shown without being seen: bidirectional marks, zero-width ones, soft hyphen, tags, byte order
 * mark, interlinear marks, variation selectors, non-characters. Unicode 15, category Cf and kin. */
static bool shown(uint32_t c)
{
	static const uint32_t hidden[][2] = {
		{ 0x00, 0x1f },	    { 0x7f, 0x9f },	  { 0xad, 0xad },	 { 0x34f, 0x34f },
		{ 0x600, 0x605 },   { 0x61c, 0x61c },	  { 0x6dd, 0x6dd },	 { 0x70f, 0x70f },
		{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 },	  { 0x180b, 0x180f },	 { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f },	  { 0x3164, 0x3164 },	 { 0xe000, 0xf8ff },
		{ 0xfdd0, 0xfdef }, { 0xfe00, 0xfe0f },	  { 0xfeff, 0xfeff },	 { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xffff }, { 0x13430, 0x1343f }, { 0x1bca0, 0x1bca3 },
		{ 0x1d173, 0x1d17a }, { 0xe0000, 0x10ffff },
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (c >= hidden[i][0] && c <= hidden[i][1])
			return false;
	return true;
}

/* Length of the fit character at s, 0 when the byte must be escaped. */
static size_t fit(const unsigned char *s, size_t len)
{
	uint32_t c = 0;
	size_t n = utf8_decode(s, len, &c);

	return n && shown(c) ? n : 0;
}

char *rr_text_printable_bytes(const void *s, size_t len)
{
	const unsigned char *p = s;
	struct rr_str out = { 0 };

	if (!s)
		return NULL;
	rr_str_add(&out, "", 0);
	for (size_t i = 0; i < len;) {
		size_t n = fit(p + i, len - i);

		if (n)
			rr_str_add(&out, p + i, n);
		else
			rr_str_addf(&out, "\\x%02x", p[i]);
		i += n ? n : 1;
	}
	return rr_str_take(&out);
}

char *rr_text_printable(const char *s)
{
	return s ? rr_text_printable_bytes(s, strlen(s)) : NULL;
}

bool rr_text_is_printable(const char *s)
{
	size_t len = strlen(s), n;

	for (size_t i = 0; i < len; i += n) {
		n = fit((const unsigned char *)s + i, len - i);
		if (!n)
			return false;
	}
	return true;
}

bool rr_text_is_shell_word(const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789._+,:@%/-";

	return *s != '\0' && *s != '-' && s[strspn(s, plain)] == '\0';
}

char *rr_text_printable_lines(const char *s)
{
	rr_autostr struct rr_str out = { 0 };

	for (size_t len; *s; s += len + (s[len] == '\n')) {
		rr_autofree char *line = NULL;

		len = strcspn(s, "\n");
		line = rr_text_printable_bytes(s, len);
		if (!line)
			return NULL;
		rr_str_addf(&out, "%s%s", line, s[len] ? "\n" : "");
	}
	return rr_str_take(&out);
}

char *rr_text_hex(const void *s, size_t len)
{
	static const char digit[] = "0123456789abcdef";
	const unsigned char *p = s;
	char *out = malloc(2 * len + 1);

	if (!out)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digit[p[i] >> 4];
		out[2 * i + 1] = digit[p[i] & 15];
	}
	out[2 * len] = '\0';
	return out;
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool rr_text_unhex(const char *hex, uint8_t *out, size_t len)
{
	if (strlen(hex) != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

/* Room for len more bytes and the end. */
static bool str_room(struct rr_str *str, size_t len)
{
	size_t need, room = str->room ? str->room : 64;
	char *s;

	if (str->fail || __builtin_add_overflow(str->len, len, &need) || need > SIZE_MAX / 4) {
		str->fail = true;
		return false;
	}
	if (++need <= str->room)
		return true;
	while (room < need)
		room *= 2;
	s = realloc(str->s, room);
	if (!s) {
		str->fail = true;
		return false;
	}
	str->s = s;
	str->room = room;
	return true;
}

void rr_str_add(struct rr_str *str, const void *s, size_t len)
{
	if (!str_room(str, len))
		return;
	memcpy(str->s + str->len, s, len);
	str->len += len;
	str->s[str->len] = '\0';
}

static void str_addv(struct rr_str *str, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));
static void str_addv(struct rr_str *str, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0)
		str->fail = true;
	else if (str_room(str, (size_t)n)) {
		(void)vsnprintf(str->s + str->len, (size_t)n + 1, fmt, ap); /* measured above */
		str->len += (size_t)n;
	}
}

void rr_str_addf(struct rr_str *str, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	str_addv(str, fmt, ap);
	va_end(ap);
}

char *rr_str_take(struct rr_str *str)
{
	char *s;

	rr_str_add(str, "", 0);	/* nothing was added: a text all the same */
	s = str->s;
	if (str->fail) {
		rr_str_free(str);
		return NULL;
	}
	*str = (struct rr_str){ 0 };
	return s;
}

void rr_str_free(struct rr_str *str)
{
	free(str->s);
	*str = (struct rr_str){ 0 };
}

char *rr_text_format(const char *fmt, ...)
{
	struct rr_str str = { 0 };
	va_list ap;

	va_start(ap, fmt);
	str_addv(&str, fmt, ap);
	va_end(ap);
	return rr_str_take(&str);
}
