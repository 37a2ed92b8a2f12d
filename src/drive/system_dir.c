/* SPDX-License-Identifier: GPL-3.0-or-later */
/* system_dir.c - which mount points a running system cannot do without.
 * Owns: nothing.   Threads: any. */
#include <string.h>

#include "guard.h"

/* Levels below a directory that count with it: a file system on /home/ann is her home, one on
 * /home/ann/stick is her stick. NEVER takes out what a directory above would take in. */
enum { NEVER = -1, ITSELF = 0, ONE_LEVEL = 1, ALL = 1000 };

/* The weightiest first, as messages name only one. /media, /mnt, /run and /tmp are not here: what
 * people plug in is mounted there; nor are live systems' media, which the layers of "/" find. */
static const struct system_dir {
	const char *path;
	int levels;
} dirs[] = {
	{ "/", ITSELF },
	{ "/usr", ALL },
	{ "/boot", ALL },
	{ "/efi", ALL },
	{ "/var/mnt", NEVER },		/* ostree: /mnt and /media are links to these */
	{ "/var/media", NEVER },
	{ "/var/run", NEVER },
	{ "/var/home", ONE_LEVEL },	/* ostree: /home is a link to it */
	{ "/var/tmp", ITSELF },
	{ "/var", ALL },
	{ "/home", ONE_LEVEL },
	{ "/etc", ALL },
	{ "/opt", ALL },
	{ "/root", ALL },
	{ "/srv", ITSELF },
	{ "/bin", ALL },
	{ "/sbin", ALL },
	{ "/lib", ALL },
	{ "/lib32", ALL },
	{ "/lib64", ALL },
	{ "/libx32", ALL },
	{ "/nix", ALL },		/* NixOS, Guix: all programs */
	{ "/gnu", ALL },
	{ "/snap", ALL },
	{ "/ostree", ALL },
	{ "/sysroot", ALL },
};
#define DIRS (sizeof(dirs) / sizeof(*dirs))

/* How many levels mount is below dir; -1: it is not. Nothing counts as below "/". */
static int levels_below(const char *mount, const char *dir)
{
	size_t len = strlen(dir);
	int levels = 0;

	if (strcmp(mount, dir) == 0)
		return 0;
	if (len == 1 || strncmp(mount, dir, len) != 0 || mount[len] != '/')
		return -1;
	for (const char *p = mount + len; *p; p++)
		levels += *p == '/';
	return levels;
}

int rr_system_rank(const char *mount)
{
	for (size_t i = 0; i < DIRS; i++) {
		int levels = levels_below(mount, dirs[i].path);

		if (levels >= 0)
			return levels <= dirs[i].levels ? (int)i : -1;
	}
	return -1;
}
