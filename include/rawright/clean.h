/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clean.h - things of function scope that clean themselves. */
#ifndef RR_CLEAN_H
#define RR_CLEAN_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define RR_MUST __attribute__((warn_unused_result))

static inline void rr_clean_free(void *p)
{
	free(*(void **)p);
}

/* For descriptors that were read from, or whose writing has been fsynced already: close() has
 * nothing left to say about them. */
static inline void rr_clean_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
}

static inline void rr_clean_dir(DIR **dir)
{
	if (*dir)
		(void)closedir(*dir);
}

/* For streams that were read from. */
static inline void rr_clean_file(FILE **file)
{
	if (*file)
		(void)fclose(*file);
}

#define rr_autofree __attribute__((cleanup(rr_clean_free)))
#define rr_autofd __attribute__((cleanup(rr_clean_fd)))
#define rr_autodir __attribute__((cleanup(rr_clean_dir)))
#define rr_autofile __attribute__((cleanup(rr_clean_file)))

#endif
