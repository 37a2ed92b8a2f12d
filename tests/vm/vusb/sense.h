/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sense.h - why a command failed: key, additional code, and the place. */
#ifndef VUSB_SENSE_H
#define VUSB_SENSE_H

#include <stdbool.h>
#include <stdint.h>

/* Sense keys: SPC-4, table 29. */
enum sense_key {
	NO_SENSE = 0x0,
	NOT_READY = 0x2,
	MEDIUM_ERROR = 0x3,
	HARDWARE_ERROR = 0x4,
	ILLEGAL_REQUEST = 0x5,
	UNIT_ATTENTION = 0x6,
	DATA_PROTECT = 0x7,
	ABORTED_COMMAND = 0xb,
};

/* Additional codes with their qualifiers, as 0xCCQQ: SPC-4, annex F. */
enum sense_code {
	CODE_BECOMING_READY = 0x0401,
	CODE_WRITE_ERROR = 0x0c00,
	CODE_READ_ERROR = 0x1100,
	CODE_L_EC_ERROR = 0x1105,
	CODE_BAD_COMMAND = 0x2000,
	CODE_OUT_OF_RANGE = 0x2100,
	CODE_BAD_FIELD = 0x2400,
	CODE_NO_LUN = 0x2500,
	CODE_PROTECTED = 0x2700,
	CODE_CHANGED = 0x2800,
	CODE_NO_MEDIUM = 0x3a00,
	CODE_NO_MEDIUM_CLOSED = 0x3a01,
	CODE_NO_MEDIUM_OPEN = 0x3a02,
	CODE_FAILURE = 0x4400,
	CODE_REMOVAL_PREVENTED = 0x5302,
	CODE_ILLEGAL_MODE = 0x6400,
};

struct sense {
	uint8_t key;
	uint16_t code;
	bool placed;		/* at holds the first sector that failed */
	uint64_t at;
};

#define SENSE_SIZE 18

/* In the fixed format: SPC-4, 4.5.3. A place beyond 32 bits does not fit and is left out. */
void sense_write(const struct sense *sense, uint8_t out[SENSE_SIZE]);

/* "3/11/00", as wordings of sense have it. False for anything else. */
bool sense_parse(const char *text, struct sense *out);

#endif
