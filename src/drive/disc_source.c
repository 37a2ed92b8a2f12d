/* SPDX-License-Identifier: GPL-3.0-or-later */
/* disc_source.c - a disc as a source, with all the sectors that it has.
 * Owns: the source that reads the device.   Threads: the reader.
 *
 * The kernel takes an error in the last 75 sectors for the end of the disc and makes the device end
 * there (drivers/scsi/sr.c, sr_done()): what stands behind cannot be read any more, and no error
 * says so. It is read past the kernel, by commands to the drive. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "disc_source.h"
#include "rawright/size.h"
#include "scsi.h"

#define PIECE 16u	/* sectors of a command; every adapter takes so many */

struct disc_source {
	struct rr_source base;
	struct rr_source *inner;
	int fd;
	struct rr_disc disc;
};

static struct disc_source *as_disc(struct rr_source *src)
{
	return (struct disc_source *)src;
}

static int fail_read(struct disc_source *s, const struct rr_sense *sense, int os, uint64_t off,
		     struct rr_err *err)
{
	char where[RR_SIZE_TEXT], sector[RR_SIZE_TEXT];

	if (rr_sense_is_other_medium(sense))
		return rr_fail(err, RR_GONE, 0, "the medium in %s was taken out or changed",
			       s->base.name);
	if (rr_errno_is_gone(os))
		return rr_fail(err, RR_GONE, os, "%s went away", s->base.name);
	rr_size_grouped(where, off);
	rr_size_grouped(sector, off / RR_DISC_SECTOR);
	if (!rr_errno_is_unreadable(os)) /* a command that was not even sent */
		return rr_fail(err, RR_SYSTEM, os, "cannot read %s at %s (sector %s)", s->base.name,
			       where, sector);
	rr_fail(err, RR_MEDIUM, sense->key == RR_SENSE_MEDIUM ? ENODATA : EIO,
		"cannot read %s at %s (sector %s; sense %x/%02x/%02x)", s->base.name, where, sector,
		sense->key, sense->code, sense->qualifier);
	return rr_fail_at(err, off, RR_DISC_SECTOR);
}

/* Whole sectors, by commands. */
static int read_past_kernel(struct disc_source *s, unsigned char *buf, size_t len, uint64_t off,
			    size_t *got, struct rr_err *err)
{
	for (*got = 0; *got < len;) {
		uint64_t n = rr_min((len - *got) / RR_DISC_SECTOR, PIECE);
		uint64_t lba = (off + *got) / RR_DISC_SECTOR;
		struct rr_sense sense;
		int os = rr_scsi_read(s->fd, (uint32_t)lba, (uint16_t)n, buf + *got, &sense);

		if (os)
			return fail_read(s, &sense, os, off + *got, err);
		*got += n * RR_DISC_SECTOR;
	}
	return 0;
}

/* The reason stands before the flag falls, as in the inner source. */
static void follow(struct disc_source *s)
{
	if (atomic_load(&s->base.direct) && !atomic_load(&s->inner->direct)) {
		memcpy(s->base.why_buffered, s->inner->why_buffered, sizeof(s->base.why_buffered));
		atomic_store(&s->base.direct, false);
	}
}

/* What is recorded there: by the kernel, and where that sees an end too early, past it. */
static int read_data(struct disc_source *s, unsigned char *buf, size_t len, uint64_t off,
		     size_t *got, struct rr_err *err)
{
	uint64_t now;
	size_t more = 0;
	int rc = s->inner->ops->read(s->inner, buf, len, off, got, err);

	follow(s);
	*got = (size_t)rr_align_down(*got, RR_DISC_SECTOR);
	if (rc < 0 || *got == len)
		return rc;
	rc = read_past_kernel(s, buf + *got, len - *got, off + *got, &more, err);
	if (more && s->inner->ops->alive(s->inner, &now, err) < 0)
		return -1; /* nobody knows of which disc these sectors are */
	*got += more;
	return rc;
}

static int disc_read(struct rr_source *src, void *buf, size_t len, uint64_t off, size_t *got,
		     struct rr_err *err)
{
	struct disc_source *s = as_disc(src);
	unsigned char *to = buf;

	for (*got = 0; *got < len;) {
		uint64_t at = off + *got;
		struct rr_span span = rr_disc_span(&s->disc, (uint32_t)(at / RR_DISC_SECTOR));
		size_t n = (size_t)rr_min(len - *got, (uint64_t)span.end * RR_DISC_SECTOR - at);
		size_t more = n;
		int rc = 0;

		if (span.kind == RR_SPAN_NOTHING)
			memset(to + *got, 0, n);
		else
			rc = read_data(s, to + *got, n, at, &more, err);
		*got += more;
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* The drive, and not the kernel, says whether the disc is as large as it was. It is asked first: an
 * exchange that it tells us of, the kernel would not hear of any more. */
static int disc_alive(struct rr_source *src, uint64_t *size_now, struct rr_err *err)
{
	struct disc_source *s = as_disc(src);
	struct rr_sense sense = { 0, 0, 0 };
	uint32_t capacity = 0;
	int os = rr_scsi_capacity(s->fd, &capacity, &sense);

	if (rr_sense_is_other_medium(&sense) || (!os && capacity != s->disc.capacity))
		return rr_fail(err, RR_GONE, 0, "the medium in %s was taken out or changed",
			       src->name);
	if (s->inner->ops->alive(s->inner, size_now, err) < 0)
		return -1;
	if (!os && capacity)
		*size_now = src->size;
	return 0;
}

static bool disc_blank(struct rr_source *src, uint64_t off)
{
	uint32_t lba = (uint32_t)(off / RR_DISC_SECTOR);

	return rr_disc_span(&as_disc(src)->disc, lba).kind == RR_SPAN_NOTHING;
}

static void disc_close(struct rr_source *src)
{
	struct disc_source *s = as_disc(src);

	rr_source_close(s->inner);
	free(src->name);
	free(s);
}

static const struct rr_source_ops disc_source_ops = { .read = disc_read,
						      .alive = disc_alive,
						      .blank = disc_blank,
						      .close = disc_close };

int rr_disc_source_new(struct rr_source *inner, int fd, const struct rr_disc *disc,
		       struct rr_source **out, struct rr_err *err)
{
	struct disc_source *s = calloc(1, sizeof(*s));
	uint32_t kernel = (uint32_t)(inner->size / RR_DISC_SECTOR);

	if (!s) {
		rr_source_close(inner);
		return rr_fail_memory(err);
	}
	s->base.ops = &disc_source_ops;
	s->inner = inner;
	s->fd = fd;
	s->disc = *disc;
	s->base.size = (uint64_t)rr_disc_sectors(disc, kernel) * RR_DISC_SECTOR;
	s->base.sector = RR_DISC_SECTOR;
	s->base.name = strdup(inner->name);
	atomic_init(&s->base.direct, atomic_load(&inner->direct));
	memcpy(s->base.why_buffered, inner->why_buffered, sizeof(s->base.why_buffered));
	if (!s->base.name) {
		disc_close(&s->base);
		return rr_fail_memory(err);
	}
	*out = &s->base;
	return 0;
}
