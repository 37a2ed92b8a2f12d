/* SPDX-License-Identifier: GPL-3.0-or-later */
/* medium.c - sectors in a file.
 * Owns: the descriptor of an open medium.   Threads: one. */
#include "medium.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rawright/size.h"

int medium_open(struct medium *m, const struct description *d, const char *path,
		struct rr_err *err)
{
	struct stat st;

	*m = (struct medium){ .sector_size = (uint32_t)d->sector_size, .beyond = d->beyond,
			      .write_protected = d->write_protected };
	m->fd = open(path, O_RDWR | O_CLOEXEC);
	if (m->fd < 0 && (errno == EACCES || errno == EROFS)) {
		m->write_protected = true;
		m->fd = open(path, O_RDONLY | O_CLOEXEC);
	}
	if (m->fd < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot open the image %s", path);
	if (fstat(m->fd, &st) < 0) {
		(void)rr_fail(err, RR_SYSTEM, errno, "cannot inspect the image %s", path);
	} else {
		m->sectors = d->sectors ? d->sectors : (uint64_t)st.st_size / m->sector_size;
		m->claim = d->claim ? d->claim : m->sectors;
		if (m->sectors > 0)
			return 0;
		(void)rr_fail(err, RR_FORMAT, 0, "the image %s has not one sector", path);
	}
	medium_close(m);
	return -1;
}

void medium_close(struct medium *m)
{
	if (m->fd >= 0)
		(void)close(m->fd);	/* a simulation: what the host flushed has been synced */
	m->fd = -1;
}

/* Where sector at truly is, and how many that follow it are there, too. False: nowhere. */
static bool place(const struct medium *m, uint64_t *at, uint64_t *run)
{
	if (*at >= m->sectors && m->beyond != BEYOND_WRAP)
		return false;
	*at %= m->sectors;
	*run = rr_min(*run, m->sectors - *at);
	return true;
}

/* Of the true ones; zeros behind the end of the file. */
static bool read_run(const struct medium *m, uint64_t at, uint64_t count, uint8_t *data)
{
	size_t len = count * m->sector_size, got = 0;
	off_t off = (off_t)(at * m->sector_size);

	while (got < len) {
		ssize_t n = pread(m->fd, data + got, len - got, off + (off_t)got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	memset(data + got, 0, len - got);
	return true;
}

static bool write_run(const struct medium *m, uint64_t at, uint64_t count, const uint8_t *data)
{
	size_t len = count * m->sector_size, done = 0;
	off_t off = (off_t)(at * m->sector_size);

	while (done < len) {
		ssize_t n = pwrite(m->fd, data + done, len - done, off + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

uint64_t medium_read(const struct medium *m, uint64_t first, uint64_t count, uint8_t *data)
{
	uint64_t done = 0;

	while (done < count) {
		uint64_t at = first + done, run = count - done;
		uint8_t *to = data + done * m->sector_size;

		if (place(m, &at, &run)) {
			if (!read_run(m, at, run, to))
				break;
		} else if (m->beyond == BEYOND_FAIL) {
			break;
		} else {
			memset(to, 0, run * m->sector_size);
		}
		done += run;
	}
	return done;
}

uint64_t medium_write(const struct medium *m, uint64_t first, uint64_t count,
		const uint8_t *data)
{
	uint64_t done = 0;

	while (done < count) {
		uint64_t at = first + done, run = count - done;

		if (place(m, &at, &run)) {
			if (!write_run(m, at, run, data + done * m->sector_size))
				break;
		} else if (m->beyond == BEYOND_FAIL) {
			break;
		}
		done += run;
	}
	return done;
}

int medium_flush(const struct medium *m)
{
	return fdatasync(m->fd);
}
