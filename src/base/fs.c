/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fs.c - small files and whole transfers: read all, write all, save by rename.
 * Owns: nothing.   Threads: any. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "rawright/fs.h"
#include "rawright/text.h"

/* For a descriptor that somebody else has made non-blocking. */
static bool wait_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

int rr_pread(int fd, void *buf, size_t len, uint64_t off, size_t *got)
{
	for (*got = 0; *got < len;) {
		char *to = (char *)buf + *got;
		ssize_t n = off == RR_STREAM ? read(fd, to, len - *got) :
					       pread(fd, to, len - *got, (off_t)(off + *got));

		if (n == 0)
			break;
		if (n < 0 && (errno == EINTR || (errno == EAGAIN && wait_readable(fd))))
			continue;
		if (n < 0)
			return errno;
		*got += (size_t)n;
	}
	return 0;
}

int rr_pwrite(int fd, const void *buf, size_t len, uint64_t off, size_t *put)
{
	size_t done = 0;
	int os = 0;

	while (done < len && !os) {
		const char *from = (const char *)buf + done;
		ssize_t n = off == RR_STREAM ? write(fd, from, len - done) :
					       pwrite(fd, from, len - done, (off_t)(off + done));

		if (n > 0)
			done += (size_t)n;
		else if (n == 0)
			os = EIO; /* POSIX allows it only for len 0: no endless loop */
		else if (errno != EINTR)
			os = errno;
	}
	if (put)
		*put = done;
	return os;
}

bool rr_out_ready(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) == 1;
}

int rr_file_load(const char *path, size_t limit, char **out, size_t *len, struct rr_err *err)
{
	rr_autofd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	rr_autofree char *text = NULL;
	struct stat st;
	size_t got;
	int os;

	if (fd < 0 || fstat(fd, &st) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot read %s", path);
	if (!S_ISREG(st.st_mode))
		return rr_fail(err, RR_FORMAT, 0, "%s is no plain file", path);
	if ((uint64_t)st.st_size > limit)
		return rr_fail(err, RR_FORMAT, 0,
			       "%s is larger (%jd bytes) than any file of its kind", path,
			       (intmax_t)st.st_size);
	text = malloc((size_t)st.st_size + 1);
	if (!text)
		return rr_fail_memory(err);
	os = rr_pread(fd, text, (size_t)st.st_size, 0, &got);
	if (os)
		return rr_fail(err, RR_SYSTEM, os, "cannot read %s", path);
	text[got] = '\0';
	if (len)
		*len = got;
	*out = text;
	text = NULL; /* now the caller's */
	return 0;
}

char *rr_file_line(const char *path)
{
	rr_autofd int fd = open(path, O_RDONLY | O_CLOEXEC);
	char line[4097];
	size_t got;

	if (fd < 0 || rr_pread(fd, line, sizeof(line) - 1, 0, &got) != 0)
		return NULL;
	line[got] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return strdup(line);
}

/* The folder of path, opened; *base is the last part. */
static int folder_open(const char *path, const char **base)
{
	const char *slash = strrchr(path, '/');
	rr_autofree char *folder = NULL;

	*base = slash ? slash + 1 : path;
	folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path)) : strdup(".");
	return folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
}

static int save_at(int dir, const char *temp, const char *base, const void *data, size_t len,
		   enum rr_save how)
{
	rr_autofd int fd = openat(dir, temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
				  0666);
	int os = fd < 0 ? errno : rr_pwrite(fd, data, len, 0, NULL);

	if (fd < 0)
		return os;
	if (!os && fsync(fd) < 0)
		os = errno;
	if (!os && how == RR_SAVE_REPLACE && renameat(dir, temp, dir, base) < 0)
		os = errno;
	if (!os && how == RR_SAVE_NEW && renameat2(dir, temp, dir, base, RENAME_NOREPLACE) < 0)
		os = errno;
	if (os == EINVAL && how == RR_SAVE_NEW) /* no such rename here (vfat of old) */
		os = faccessat(dir, base, F_OK, AT_SYMLINK_NOFOLLOW) == 0 ? EEXIST :
		     renameat(dir, temp, dir, base) < 0			  ? errno :
									    0;
	if (os)
		(void)unlinkat(dir, temp, 0); /* the first error is the one to tell */
	else if (fsync(dir) < 0 && errno != EINVAL)
		os = errno;
	return os;
}

int rr_file_save(const char *path, const void *data, size_t len, enum rr_save how,
		 struct rr_err *err)
{
	const char *base;
	rr_autofd int dir = folder_open(path, &base);
	struct stat st;
	char temp[64];
	uint64_t nonce = 0;
	int os;

	if (dir < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot open the folder of %s", path);
	if (fstatat(dir, base, &st, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISREG(st.st_mode))
		return rr_fail(err, RR_REFUSED, 0, "%s is no plain file: it is not replaced", path);
	if (getrandom(&nonce, sizeof(nonce), 0) != (ssize_t)sizeof(nonce))
		return rr_fail(err, RR_SYSTEM, errno, "cannot name a temporary file");
	(void)snprintf(temp, sizeof(temp), ".rawright-%016" PRIx64 ".tmp", nonce);
	os = save_at(dir, temp, base, data, len, how);
	if (os)
		return rr_fail(err, RR_SYSTEM, os, "cannot save %s", path);
	return 0;
}

int rr_dir_sync(const char *path, struct rr_err *err)
{
	const char *base;
	rr_autofd int dir = folder_open(path, &base);

	/* EINVAL: a file system that does not sync folders */
	if (dir < 0 || (fsync(dir) < 0 && errno != EINVAL))
		return rr_fail(err, RR_SYSTEM, errno, "cannot sync the folder of %s", path);
	return 0;
}

int rr_file_remove(const char *path, struct rr_err *err)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return rr_fail(err, RR_SYSTEM, errno, "cannot remove %s", path);
	return rr_dir_sync(path, err);
}

bool rr_path_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 || errno != ENOENT;
}

int rr_path_check_plain(const char *path, struct rr_err *err)
{
	struct stat st;

	if (!path || lstat(path, &st) < 0 || S_ISREG(st.st_mode))
		return 0;
	return rr_fail(err, RR_USAGE, 0, "%s is no plain file: it is not replaced", path);
}

int rr_space_free(const char *path, uint64_t *bytes, struct rr_err *err)
{
	const char *base;
	rr_autofd int dir = folder_open(path, &base);
	struct statvfs st;

	if (dir < 0 || fstatvfs(dir, &st) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot ask for the space left for %s", path);
	if (__builtin_mul_overflow((uint64_t)st.f_bavail, (uint64_t)st.f_frsize, bytes))
		*bytes = UINT64_MAX;
	return 0;
}
