/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fs.h - small files and whole transfers: read all, write all, save by rename. */
#ifndef RR_FS_H
#define RR_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "rawright/clean.h"
#include "rawright/err.h"

#define RR_STREAM UINT64_MAX
/* pread, or read for off == RR_STREAM, until len bytes or end of file; *got says how many. Returns
 * 0, or the errno; what came before it is in *got. */
RR_MUST int rr_pread(int fd, void *buf, size_t len, uint64_t off, size_t *got);

/* pwrite, or write for off == RR_STREAM, until all is out. Returns 0 or the errno; *put (may be
 * NULL) says how much went out before it. */
RR_MUST int rr_pwrite(int fd, const void *buf, size_t len, uint64_t off, size_t *put);

/* Would a short line go out at once? Progress is left out for a reader that does not read (a
 * terminal held by Ctrl-S, a full pipe): the next one says more. */
bool rr_out_ready(int fd);

/* A whole file of at most limit bytes, NUL-terminated, and its length (may be NULL). A larger
 * one is RR_FORMAT. The caller frees *out. */
RR_MUST int rr_file_load(const char *path, size_t limit, char **out, size_t *len,
		struct rr_err *err);

/* One line of a small kernel file without its line end; NULL when there is none. Caller frees. */
RR_MUST char *rr_file_line(const char *path);

enum rr_save { RR_SAVE_NEW, RR_SAVE_REPLACE };

/* Writes a temporary file beside path, syncs it, renames it to path and syncs the folder: at no
 * moment does path hold half of it. RR_SAVE_NEW fails with EEXIST when path exists. The mode is
 * 0666 less the umask. Nothing is left behind on failure.
 * What stands at path and is no plain file is never replaced: RR_REFUSED. */
RR_MUST int rr_file_save(const char *path, const void *data, size_t len, enum rr_save how,
		struct rr_err *err);

/* Removes path and syncs its folder; a path that is not there is no error. */
RR_MUST int rr_file_remove(const char *path, struct rr_err *err);

/* fsync of the folder that holds path. */
RR_MUST int rr_dir_sync(const char *path, struct rr_err *err);

/* Does anything stand at path, a dangling link included? */
bool rr_path_exists(const char *path);

/* Is there nothing at path, or a plain file? RR_USAGE when not. NULL allowed. */
RR_MUST int rr_path_check_plain(const char *path, struct rr_err *err);

/* Bytes that the file system of path's folder gives to this user: f_bavail * f_frsize. */
RR_MUST int rr_space_free(const char *path, uint64_t *bytes, struct rr_err *err);

#endif
