/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input.c - a line that is typed: characters go in as UTF-8, and come out whole.
 * Owns: nothing.   Threads: main. */
#include <string.h>

#include "draw.h"
#include "rawright/panel.h"
#include "rawright/text.h"

#define KEY_CLEAR ('u' & 0x1f) /* Ctrl-U, as at a shell */

void rr_input_set(struct rr_input *field, const char *text)
{
	size_t len = strnlen(text, sizeof(field->text) - 1);

	memcpy(field->text, text, len);
	field->text[len] = '\0';
	field->at = len;
}

static bool is_continued(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Bytes of the character before, or behind, the cursor. */
static size_t before(const struct rr_input *field)
{
	size_t n = field->at > 0;

	while (n && n < field->at && n < 4 && is_continued(field->text[field->at - n]))
		n++;
	return n;
}

static size_t behind(const struct rr_input *field)
{
	size_t n = field->text[field->at] != '\0';

	while (n && n < 4 && is_continued(field->text[field->at + n]))
		n++;
	return n;
}

static size_t encode(unsigned c, char out[4])
{
	static const unsigned char first[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	for (size_t i = n; i-- > 1; c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(first[n > 1 ? n : 0] | c);
	return n;
}

static enum rr_did insert(struct rr_input *field, unsigned c)
{
	size_t len = strlen(field->text), n;
	char bytes[5] = "";

	n = encode(c, bytes);
	if (!rr_text_is_printable(bytes) || len + n >= sizeof(field->text))
		return RR_DID_MOVE; /* taken, and nothing came of it */
	memmove(field->text + field->at + n, field->text + field->at, len - field->at + 1);
	memcpy(field->text + field->at, bytes, n);
	field->at += n;
	return RR_DID_EDIT;
}

static enum rr_did erase(struct rr_input *field)
{
	size_t n = before(field);

	memmove(field->text + field->at - n, field->text + field->at,
		strlen(field->text + field->at) + 1);
	field->at -= n;
	return n ? RR_DID_EDIT : RR_DID_MOVE;
}

enum rr_did rr_input_key(struct rr_input *field, unsigned key)
{
	if (key >= ' ' && key < RR_KEY_UP && key != 0x7f)
		return insert(field, key);
	if (key == RR_KEY_BACKSPACE)
		return erase(field);
	if (key == KEY_CLEAR) {
		rr_input_set(field, "");
		return RR_DID_EDIT;
	}
	if (key == RR_KEY_LEFT)
		field->at -= before(field);
	else if (key == RR_KEY_RIGHT)
		field->at += behind(field);
	else if (key == RR_KEY_HOME)
		field->at = 0;
	else if (key == RR_KEY_END)
		field->at = strlen(field->text);
	else
		return RR_DID_NOTHING;
	return RR_DID_MOVE;
}
