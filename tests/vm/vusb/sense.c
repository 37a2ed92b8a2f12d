/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sense.c - sense data in the fixed format.
 * Owns: nothing.   Threads: any. */
#include "sense.h"

#include <stdio.h>
#include <string.h>

#include "bytes.h"

#define FIXED_CURRENT 0x70
#define VALID	      0x80

void sense_write(const struct sense *sense, uint8_t out[SENSE_SIZE])
{
	bool placed = sense->placed && sense->at <= UINT32_MAX;

	memset(out, 0, SENSE_SIZE);
	out[0] = FIXED_CURRENT | (placed ? VALID : 0);
	out[2] = sense->key;
	if (placed)
		put_be32(out + 3, (uint32_t)sense->at);
	out[7] = SENSE_SIZE - 8;
	put_be16(out + 12, sense->code);
}

bool sense_parse(const char *text, struct sense *out)
{
	unsigned key, code, qualifier;
	int end = 0;

	if (sscanf(text, "%1x/%2x/%2x%n", &key, &code, &qualifier, &end) != 3 || text[end])
		return false;
	*out = (struct sense){ .key = (uint8_t)key, .code = (uint16_t)(code << 8 | qualifier) };
	return true;
}
