/* SPDX-License-Identifier: GPL-3.0-or-later */
/* containers.c - what a file is when it is no raw image, by its first or last bytes.
 * Owns: nothing.   Threads: any. */
#include <string.h>

#include "rawright/fs.h"
#include "rawright/inspect.h"
#include "rawright/text.h"

/* Bytes that must stand at a place. `also` must hold as well, where they alone are too
 * few. */
struct row {
	size_t at, len;
	const char *magic;
	bool (*also)(const unsigned char *head, size_t len);
	struct rr_container is;
};
#define AT(off, text) (off), sizeof(text) - 1, (text)

static bool starts(const unsigned char *head, size_t len, size_t at, const char *text)
{
	size_t n = strlen(text);

	return len >= at && len - at >= n && memcmp(head + at, text, n) == 0;
}

/* RFC 1952, 2.3.1: method 8 is deflate, there is no other; three flags are reserved. */
static bool is_gzip(const unsigned char *head, size_t len)
{
	return len >= 10 && head[2] == 8 && (head[3] & 0xe0) == 0;
}

/* Of LZW's 9 to 16 bits all encoders write 16 and block mode. */
static bool is_compress(const unsigned char *head, size_t len)
{
	return len > 3 && (head[2] == 0x90 || head[2] == 0x8c || head[2] == 0x10);
}

/* bzip2 1.0: the level, then the first block's pi, or the end's square root of pi. */
static bool is_bzip2(const unsigned char *head, size_t len)
{
	return len >= 10 && head[3] >= '1' && head[3] <= '9' &&
	       (memcmp(head + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 ||
		memcmp(head + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

/* The LZMA SDK, lzma.txt: properties 5D, a dictionary of a power of two from 64 KiB up, and a size
 * that is unknown or sane. No magic: only what encoders make is taken for it. */
static bool is_lzma(const unsigned char *head, size_t len)
{
	bool unknown = len >= 14 && memcmp(head + 5, "\xff\xff\xff\xff\xff\xff\xff\xff", 8) == 0;
	unsigned top = len >= 14 ? head[3] | (unsigned)head[4] << 8 : 0;

	return len >= 14 && head[1] == 0 && head[2] == 0 && top && (top & (top - 1)) == 0 &&
	       head[13] == 0 && (unknown || (head[11] == 0 && head[12] == 0));
}

/* TeleDisk: sequence 0, version 1.0 to 2.1, rates 0 to 2 (with the bit of FM). */
static bool is_teledisk(const unsigned char *head, size_t len)
{
	return len >= 12 && head[2] == 0 && head[4] >= 10 && head[4] <= 21 &&
	       (head[5] & 0x7f) <= 2;
}

/* ImageDisk: "IMD 1.18: 21/11/2026 12:00:00". */
static bool is_imd(const unsigned char *head, size_t len)
{
	return len >= 8 && head[4] >= '0' && head[4] <= '9' && head[5] == '.';
}

/* SuperCard Pro: the last track is not before the first, the width of cells 0 or 16. */
static bool is_scp(const unsigned char *head, size_t len)
{
	return len >= 16 && head[6] <= head[7] && head[7] < 168 &&
	       (head[9] == 0 || head[9] == 16);
}

/* KryoFlux: an out-of-band block 0D of type 4 (text), which names the maker. */
static bool is_kryoflux(const unsigned char *head, size_t len)
{
	for (size_t i = 4; i + 8 < len && i < 128; i++)
		if (starts(head, len, i, "KryoFlux"))
			return true;
	return false;
}

static bool is_text(const unsigned char *head, size_t len)
{
	return memchr(head, 0, len < 512 ? len : 512) == NULL;
}

/* A cue sheet begins with FILE, or with lines of REM, CATALOG, PERFORMER or TITLE before it. */
static bool is_cue(const unsigned char *head, size_t len)
{
	size_t end = len < 4096 ? len : 4096;

	for (size_t i = 0; is_text(head, len) && i < end; i++)
		if ((i == 0 || head[i - 1] == '\n') && starts(head, end, i, "FILE \""))
			return true;
	return false;
}

/* An XML text whose first element is bmaptool's. */
static bool is_bmap(const unsigned char *head, size_t len)
{
	size_t end = len < 4096 ? len : 4096;

	for (size_t i = 0; is_text(head, len) && i < end; i++)
		if (starts(head, end, i, "<bmap version="))
			return true;
	return false;
}

#define PACKED(program) "compressed with " program
#define OF(program) "a disk image of " program
#define FLUX(program) "a floppy as magnetic flux, of " program
#define QEMU(format) NULL, "qemu-img convert -f " format " -O raw %s raw.img"
#define LIBDSK(type) NULL, "dsktrans -itype " type " -otype raw %s raw.img"

/* The first that fits counts. */
static const struct row rows[] = {
	{ AT(0, "\x1f\x8b"), is_gzip, { "gzip", PACKED("gzip"), "gzip -dc %s", NULL } },
	{ AT(0, "\xfd" "7zXZ\0"), NULL, { "xz", PACKED("xz"), "xz -dc %s", NULL } },
	{ AT(0, "\x28\xb5\x2f\xfd"), NULL, { "zstd", PACKED("zstd"), "zstd -dc %s", NULL } },
	{ AT(0, "BZh"), is_bzip2, { "bzip2", PACKED("bzip2"), "bzip2 -dc %s", NULL } },
	{ AT(0, "\x04\x22\x4d\x18"), NULL, { "lz4", PACKED("lz4"), "lz4 -dc %s", NULL } },
	{ AT(0, "\x02\x21\x4c\x18"), NULL,
	  { "lz4-legacy", PACKED("lz4 (legacy frame)"), "lz4 -dc %s", NULL } },
	{ AT(0, "\x89LZO\0\r\n\x1a\n"), NULL, { "lzop", PACKED("lzop"), "lzop -dc %s", NULL } },
	{ AT(0, "LZIP\x01"), NULL, { "lzip", PACKED("lzip"), "lzip -dc %s", NULL } },
	{ AT(0, "\x1f\x9d"), is_compress,
	  { "compress", PACKED("compress"), "gzip -dc %s", NULL } },
	{ AT(0, "\x5d"), is_lzma, { "lzma", PACKED("lzma"), "xz --format=lzma -dc %s", NULL } },
	{ AT(0, "PK\x03\x04"), NULL,
	  { "zip", "a zip archive (an .imz is one, too)", "unzip -p %s", NULL } },
	{ AT(0, "PK\x05\x06"), NULL, { "zip", "an empty zip archive", NULL, NULL } },
	{ AT(0, "7z\xbc\xaf\x27\x1c"), NULL, { "7z", "a 7z archive", "7z x -so %s", NULL } },
	{ AT(0, "Rar!\x1a\x07"), NULL, { "rar", "a RAR archive", "unrar p -inul %s", NULL } },
	{ AT(257, "ustar"), NULL, { "tar", "a tar archive", "tar -xOf %s", NULL } },
	{ AT(0, "EVF\x09\x0d\x0a\xff\0"), NULL,
	  { "ewf", "an EnCase (Expert Witness) image, E01",
	    "ewfexport -u -q -f raw -t - %s", NULL } },
	{ AT(0, "EVF2\r\n\x81\0"), NULL,
	  { "ewf2", "an EnCase image of version 2, Ex01",
	    "ewfexport -u -q -f raw -t - %s", NULL } },
	{ AT(0, "LVF\x09\x0d\x0a\xff\0"), NULL,
	  { "ewf-logical", "an EnCase logical image, L01: files, no medium", NULL, NULL } },
	{ AT(0, "AFF10\r\n\0"), NULL,
	  { "aff", "an Advanced Forensic Format image (AFF)", "affcat %s", NULL } },
	{ AT(0, "AARUFRMT"), NULL, { "aaru", OF("Aaru"), NULL, NULL } },
	{ AT(0, "QFI\xfb"), NULL, { "qcow2", OF("QEMU (qcow)"), QEMU("qcow2") } },
	{ AT(0, "KDMV"), NULL, { "vmdk", OF("VMware (VMDK)"), QEMU("vmdk") } },
	{ AT(0, "# Disk DescriptorFile"), NULL,
	  { "vmdk", "the description of a VMware disk image, which is in other files",
	    QEMU("vmdk") } },
	{ AT(0, "conectix"), NULL, { "vhd", OF("Virtual PC (VHD)"), QEMU("vpc") } },
	{ AT(0, "vhdxfile"), NULL, { "vhdx", OF("Hyper-V (VHDX)"), QEMU("vhdx") } },
	{ AT(0x40, "\x7f\x10\xda\xbe"), NULL,
	  { "vdi", OF("VirtualBox (VDI)"), QEMU("vdi") } },
	{ AT(0, "MComprHD"), NULL, { "chd", OF("MAME (CHD)"), NULL, NULL } },
	{ AT(0, "\x3a\xff\x26\xed"), NULL,
	  { "android-sparse", "an Android sparse image", NULL, "simg2img %s raw.img" } },
	{ AT(0, "<?xml"), is_bmap,
	  { "bmap", "a block map of bmaptool: it tells about an image and is none",
	    NULL, NULL } },
	{ AT(0, "IMD "), is_imd,
	  { "imd", "a floppy image of ImageDisk (IMD)", LIBDSK("imd") } },
	{ AT(0, "TD"), is_teledisk,
	  { "teledisk", "a floppy image of TeleDisk (TD0)", LIBDSK("tele") } },
	{ AT(0, "td"), is_teledisk,
	  { "teledisk", "a floppy image of TeleDisk (TD0), compressed", LIBDSK("tele") } },
	{ AT(0, "HXCPICFE"), NULL,
	  { "hfe", "a floppy image of the HxC emulator (HFE)", NULL, NULL } },
	{ AT(0, "HXCHFEV3"), NULL,
	  { "hfe", "a floppy image of the HxC emulator (HFE 3)", NULL, NULL } },
	{ AT(0, "SCP"), is_scp, { "scp", FLUX("SuperCard Pro (SCP)"), NULL, NULL } },
	{ AT(0, "\x0d\x04"), is_kryoflux,
	  { "kryoflux", FLUX("KryoFlux, one track"), NULL, NULL } },
	{ AT(0, "MV - CPC"), NULL,
	  { "dsk", "a floppy image of CPC emulators (DSK)", LIBDSK("dsk") } },
	{ AT(0, "EXTENDED CPC DSK"), NULL,
	  { "edsk", "a floppy image of CPC emulators (extended DSK)", LIBDSK("edsk") } },
	{ AT(0, "86BF"), NULL, { "86f", "a floppy image of 86Box (86F)", NULL, NULL } },
	{ AT(0, "CQ\x14"), NULL, { "copyqm", "a floppy image of CopyQM", LIBDSK("copyqm") } },
	{ AT(0, "CAPS\0\0\0\x0c"), NULL, { "ipf", "a floppy image of SPS (IPF)", NULL, NULL } },
	{ AT(0, "2IMG"), NULL, { "2img", "an Apple II disk image (2IMG)", NULL, NULL } },
	{ AT(0, "[CloneCD]"), NULL,
	  { "ccd", "the description of a CloneCD image, which is the .img beside it",
	    NULL, NULL } },
	{ AT(0, "MEDIA DESCRIPTOR"), NULL,
	  { "mds", "the description of an Alcohol 120% image, which is the .mdf beside it",
	    NULL, NULL } },
	{ AT(0, ""), is_cue,
	  { "cue", "a cue sheet: it tells about a CD image, which is in other files",
	    NULL, NULL } },
};

static const struct row trailers[] = {
	{ AT(0, "koly"), NULL,
	  { "dmg", "a disk image of Apple (DMG)", NULL, "dmg2img %s raw.img" } },
	{ AT(0, "conectix"), NULL,
	  { "vhd-fixed", "a raw image with the footer of a fixed VHD behind it, 512 bytes",
	    "head -c -512 %s", NULL } },
};

static const struct rr_container *find(const struct row *row, size_t n, const void *bytes,
				       size_t len)
{
	for (size_t i = 0; i < n; i++, row++) {
		const unsigned char *p = bytes;

		if (len >= row->at && len - row->at >= row->len &&
		    (row->len == 0 || memcmp(p + row->at, row->magic, row->len) == 0) &&
		    (!row->also || row->also(p, len)))
			return &row->is;
	}
	return NULL;
}

const struct rr_container *rr_inspect_container(const void *head, size_t len)
{
	if (len > RR_CONTAINER_HEAD)
		len = RR_CONTAINER_HEAD;
	return len ? find(rows, sizeof(rows) / sizeof(*rows), head, len) : NULL;
}

const struct rr_container *rr_inspect_trailer(const void *tail, size_t len)
{
	return len == RR_CONTAINER_TAIL ?
		       find(trailers, sizeof(trailers) / sizeof(*trailers), tail, len) :
		       NULL;
}

int rr_inspect_file(int fd, const char *name, uint64_t size, const struct rr_container **out,
		    struct rr_err *err)
{
	rr_autofree unsigned char *bytes = malloc(RR_CONTAINER_HEAD);
	size_t got;
	int os;

	*out = NULL;
	if (!bytes)
		return rr_fail_memory(err);
	os = rr_pread(fd, bytes, RR_CONTAINER_HEAD, 0, &got);
	*out = rr_inspect_container(bytes, got);
	if (!*out && !os && size >= RR_CONTAINER_TAIL) {
		os = rr_pread(fd, bytes, RR_CONTAINER_TAIL, size - RR_CONTAINER_TAIL, &got);
		*out = rr_inspect_trailer(bytes, got);
	}
	return os ? rr_fail(err, RR_MEDIUM, os, "cannot read all of %s", name) : 0;
}

char *rr_container_command(const char *command, const char *path)
{
	const char *at = strstr(command, "%s");

	if (!at)
		return strdup(command);
	return rr_text_format("%.*s%s%s", (int)(at - command), command,
			      rr_text_is_shell_word(path) ? path : "FILE", at + 2);
}
