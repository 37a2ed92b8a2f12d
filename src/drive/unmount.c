/* SPDX-License-Identifier: GPL-3.0-or-later */
/* unmount.c - takes the file systems of a drive out of use, gently.
 * Owns: nothing.   Threads: main. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "rawright/drive.h"
#include "rawright/fs.h"
#include "rawright/text.h"

static bool is_inside(const char *path, const char *where)
{
	size_t len = strlen(where);

	return strncmp(path, where, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

/* Where a link of /proc leads; "" when it cannot be read. Nothing is asked of what it leads to: a
 * dead network server would not answer. */
static bool leads_inside(const char *folder, const char *link, const char *where)
{
	rr_autofree char *path = rr_text_format("%s/%s", folder, link);
	char target[4096];
	ssize_t len = path ? readlink(path, target, sizeof(target) - 1) : -1;

	if (len < 0)
		return false;
	target[len] = '\0';
	return is_inside(target, where);
}

static bool process_uses(const char *pid, const char *where)
{
	static const char *const links[] = { "cwd", "root", "exe" };
	rr_autofree char *folder = rr_text_format("/proc/%s", pid);
	rr_autofree char *files = rr_text_format("/proc/%s/fd", pid);
	rr_autodir DIR *dir = files ? opendir(files) : NULL;

	for (size_t i = 0; folder && i < sizeof(links) / sizeof(*links); i++)
		if (leads_inside(folder, links[i], where))
			return true;
	for (struct dirent *e; dir && (e = readdir(dir)) != NULL;)
		if (leads_inside(files, e->d_name, where))
			return true;
	return false;
}

/* "bash (1234)"; NULL: nobody is seen. */
static char *find_user(const char *where)
{
	rr_autodir DIR *proc = opendir("/proc");

	for (struct dirent *e; proc && (e = readdir(proc)) != NULL;) {
		rr_autofree char *comm = NULL, *name = NULL;

		if (!isdigit((unsigned char)e->d_name[0]) || !process_uses(e->d_name, where))
			continue;
		comm = rr_text_format("/proc/%s/comm", e->d_name);
		name = comm ? rr_file_line(comm) : NULL;
		return rr_text_format("%s (%s)", name ? name : "process", e->d_name);
	}
	return NULL;
}

static int fail_unmount(const char *where, int os, struct rr_err *err)
{
	rr_autofree char *user = os == EBUSY ? find_user(where) : NULL;

	if (os == EBUSY)
		return rr_fail(err, RR_REFUSED, os, "cannot unmount %s, it is used by %s: end that",
			       where, user ? user : "something that /proc does not show");
	if (os == EPERM || os == EACCES)
		return rr_fail(err, RR_SYSTEM, os,
			       "you may not unmount %s: become root, or unmount it yourself "
			       "(udisksctl unmount)",
			       where);
	return rr_fail(err, RR_SYSTEM, os, "cannot unmount %s", where);
}

/* Only then does the path mean the mount that is meant. Kernels before 5.8 do not tell. */
static int check_on_top(const char *where, int id, struct rr_err *err)
{
	struct statx st;

	if (statx(AT_FDCWD, where, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_MNT_ID, &st) < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot look at %s, to unmount it", where);
	if (!(st.stx_mask & STATX_MNT_ID) || st.stx_mnt_id == (uint64_t)id)
		return 0;
	return rr_fail(err, RR_REFUSED, 0,
		       "another file system is mounted over %s, or it is mounted where only others "
		       "see it: unmount that yourself",
		       where);
}

int rr_unmount(const struct rr_use *use, void (*told)(void *ctx, const char *where), void *ctx,
	       struct rr_err *err)
{
	for (size_t i = use->nmount; i-- > 0;) {
		if (check_on_top(use->mount[i], use->mount_id[i], err) < 0)
			return -1;
		if (umount2(use->mount[i], UMOUNT_NOFOLLOW) < 0)
			return fail_unmount(use->mount[i], errno, err);
		told(ctx, use->mount[i]);
	}
	return 0;
}
