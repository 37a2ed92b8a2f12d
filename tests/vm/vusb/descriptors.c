/* SPDX-License-Identifier: GPL-3.0-or-later */
/* descriptors.c - what the device says of itself: USB 2.0, 9.6; USB 3.2, 9.6.
 * Owns: nothing.   Threads: any. */
#include <string.h>

#include "bytes.h"
#include "usb.h"

#define TYPE_DEVICE	   1
#define TYPE_CONFIGURATION 2
#define TYPE_STRING	   3
#define TYPE_INTERFACE	   4
#define TYPE_ENDPOINT	   5
#define TYPE_QUALIFIER	   6
#define TYPE_BOS	   15
#define TYPE_COMPANION	   48

#define CLASS_STORAGE	 0x08
#define SUBCLASS_MMC	 0x02
#define SUBCLASS_UFI	 0x04
#define SUBCLASS_SCSI	 0x06
#define PROTOCOL_CBI	 0x00
#define PROTOCOL_BULK	 0x50
#define ENGLISH		 0x0409
#define BULK_TRANSFER	 2
#define INTERRUPT	 3
#define TO_HOST		 0x80

enum { STRING_LANGUAGES, STRING_VENDOR, STRING_PRODUCT, STRING_SERIAL };

size_t descriptor_packet(const struct description *as)
{
	static const size_t packets[] = {
		[FULL_SPEED] = 64, [HIGH_SPEED] = 512, [SUPER_SPEED] = 1024
	};

	return packets[as->speed];
}

static uint32_t version_of(const struct description *as)
{
	static const uint16_t versions[] = {
		[FULL_SPEED] = 0x0110, [HIGH_SPEED] = 0x0200, [SUPER_SPEED] = 0x0300
	};

	return versions[as->speed];
}

static size_t device(const struct description *as, uint8_t *out)
{
	put_le16(out + 2, version_of(as));
	out[7] = as->speed == SUPER_SPEED ? 9 : 64;	/* at super speed a power of two */
	put_le16(out + 8, (uint32_t)as->usb_vendor);
	put_le16(out + 10, (uint32_t)as->usb_product);
	put_le16(out + 12, 0x0100);
	out[14] = STRING_VENDOR;
	out[15] = STRING_PRODUCT;
	out[16] = *as->serial ? STRING_SERIAL : 0;	/* 0: it has none */
	out[17] = 1;
	return 18;
}

static size_t qualifier(const struct description *as, uint8_t *out)
{
	if (as->speed != HIGH_SPEED)
		return 0;
	put_le16(out + 2, version_of(as));
	out[7] = 64;
	out[8] = 1;
	return 10;
}

static size_t endpoint(const struct description *as, uint8_t *out, uint8_t address, uint8_t type)
{
	bool interrupt = type == INTERRUPT;

	out[0] = 7;
	out[1] = TYPE_ENDPOINT;
	out[2] = address;
	out[3] = type;
	put_le16(out + 4, interrupt ? 2 : (uint32_t)descriptor_packet(as));
	out[6] = interrupt ? 32 : 0;
	if (as->speed != SUPER_SPEED)
		return 7;
	out[7] = 6;
	out[8] = TYPE_COMPANION;
	return 13;
}

static size_t configuration(const struct description *as, uint8_t *out)
{
	static const uint8_t subclasses[] = {
		[STICK] = SUBCLASS_SCSI, [FLOPPY] = SUBCLASS_UFI, [CD] = SUBCLASS_MMC
	};
	bool is_cbi = as->transport == CBI;
	size_t len = 9;
	uint8_t *p = out + len;

	out[4] = 1;		/* one interface */
	out[5] = 1;		/* its number */
	out[7] = 0x80;		/* powered by the bus */
	out[8] = as->speed == SUPER_SPEED ? 63 : 250;	/* in units of 8 or 2 mA */
	p[0] = 9;
	p[1] = TYPE_INTERFACE;
	p[4] = is_cbi ? 3 : 2;
	p[5] = CLASS_STORAGE;
	p[6] = subclasses[as->kind];
	p[7] = is_cbi ? PROTOCOL_CBI : PROTOCOL_BULK;
	len += 9;
	len += endpoint(as, out + len, ENDPOINT_IN | TO_HOST, BULK_TRANSFER);
	len += endpoint(as, out + len, ENDPOINT_OUT, BULK_TRANSFER);
	if (is_cbi)
		len += endpoint(as, out + len, ENDPOINT_INTERRUPT | TO_HOST, INTERRUPT);
	put_le16(out + 2, (uint32_t)len);
	return len;
}

/* Binary object store: a super speed device has to have one, with these two in it. */
static size_t object_store(const struct description *as, uint8_t *out)
{
	static const uint8_t capabilities[] = {
		7,  16, 2, 0, 0, 0, 0,				/* USB 2.0 extension */
		10, 16, 3, 0, 0x0e, 0, 1, 10, 0xff, 0x07,	/* speeds; times to wake up */
	};

	if (as->speed != SUPER_SPEED)
		return 0;
	put_le16(out + 2, 5 + sizeof(capabilities));
	out[4] = 2;
	memcpy(out + 5, capabilities, sizeof(capabilities));
	return 5 + sizeof(capabilities);
}

static size_t string(const struct description *as, uint8_t index, uint8_t *out)
{
	const char *text = index == STRING_VENDOR  ? as->vendor :
			   index == STRING_PRODUCT ? as->product :
			   index == STRING_SERIAL  ? as->serial :
						     NULL;
	size_t len = 2;

	if (index == STRING_LANGUAGES) {
		put_le16(out + 2, ENGLISH);
		return 4;
	}
	for (; text && *text && len + 2 <= DESCRIPTOR_MAX - 2; text++, len += 2)
		put_le16(out + len, (uint8_t)*text);
	return text ? len : 0;
}

size_t descriptor_get(const struct description *as, uint8_t type, uint8_t index,
		uint8_t out[DESCRIPTOR_MAX])
{
	size_t len = 0;

	memset(out, 0, DESCRIPTOR_MAX);
	switch (type) {
	case TYPE_DEVICE:
		len = device(as, out);
		break;
	case TYPE_CONFIGURATION:
		len = index == 0 ? configuration(as, out) : 0;
		break;
	case TYPE_STRING:
		len = string(as, index, out);
		break;
	case TYPE_QUALIFIER:
		len = qualifier(as, out);
		break;
	case TYPE_BOS:
		len = object_store(as, out);
		break;
	default:
		break;
	}
	out[0] = type == TYPE_CONFIGURATION ? 9 : type == TYPE_BOS ? 5 : (uint8_t)len;
	out[1] = type;
	return len;
}
