/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dio.h - can this descriptor be read past the page cache? For the files of this folder. */
#ifndef RR_DIO_H
#define RR_DIO_H

#include <stdbool.h>
#include <stdint.h>

enum rr_dio {
	RR_DIO_NO,	/* the kernel says that it cannot */
	RR_DIO_YES,	/* it can, with these alignments */
	RR_DIO_UNKNOWN,	/* the kernel or the file system does not say: try */
};
/* statx(2) STATX_DIOALIGN (linux/stat.h, since 6.1). *mem and *off in bytes, set for YES. */
enum rr_dio rr_dio_ask(int fd, uint32_t *mem, uint32_t *off);

/* Does the file live in memory alone (tmpfs, ramfs)? Then O_DIRECT, where it is accepted, still
 * reads memory. statfs(2), linux/magic.h. */
bool rr_dio_in_memory(int fd);

#endif
