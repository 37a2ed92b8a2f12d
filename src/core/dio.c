/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dio.c - asks the kernel what direct I/O a descriptor takes.
 * Owns: nothing.   Threads: any.
 * Stands alone because <linux/stat.h> and the C library's <sys/stat.h> exclude each other. */
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/stat.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "dio.h"

enum rr_dio rr_dio_ask(int fd, uint32_t *mem, uint32_t *off)
{
	struct statx st;

	memset(&st, 0, sizeof(st));
	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_DIOALIGN, &st) < 0 ||
	    !(st.stx_mask & STATX_DIOALIGN))
		return RR_DIO_UNKNOWN;
	*mem = st.stx_dio_mem_align;
	*off = st.stx_dio_offset_align;
	return *mem && *off ? RR_DIO_YES : RR_DIO_NO;
}

bool rr_dio_in_memory(int fd)
{
	struct statfs fs;
	struct statx st;

	memset(&st, 0, sizeof(st));
	if (syscall(SYS_statx, fd, "", AT_EMPTY_PATH, STATX_TYPE, &st) < 0 ||
	    (st.stx_mode & S_IFMT) != S_IFREG)
		return false; /* of a device, statfs tells of the folder its node is in */
	return fstatfs(fd, &fs) == 0 && (fs.f_type == TMPFS_MAGIC || fs.f_type == RAMFS_MAGIC);
}
