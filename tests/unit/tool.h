/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tool.h - other programs, run to make what a test looks at; and a temporary file for it. */
#ifndef RR_TEST_TOOL_H
#define RR_TEST_TOOL_H

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOOL_MISSING 127
#define TOOL_WORDS   24

/* Runs a command line that is split at single blanks, with FILE in it standing for path, in at
 * standard input and out at standard output (-1: nothing, nowhere). Its exit status; TOOL_MISSING
 * where it is not installed. */
static inline int tool_run(const char *line, const char *path, int in, int out)
{
	char *copy = strdup(line), *argv[TOOL_WORDS + 1] = { NULL }, *rest = copy;
	posix_spawn_file_actions_t act;
	int status = -1;
	pid_t pid;

	for (size_t n = 0; n < TOOL_WORDS && rest; n++) {
		argv[n] = strsep(&rest, " ");
		if (strcmp(argv[n], "FILE") == 0)
			argv[n] = (char *)path;
	}
	(void)setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	posix_spawn_file_actions_init(&act);
	for (int fd = 0; fd <= STDERR_FILENO; fd++) {
		int from = fd == STDIN_FILENO ? in : fd == STDOUT_FILENO ? out : -1;

		if (from >= 0)
			posix_spawn_file_actions_adddup2(&act, from, fd);
		else
			posix_spawn_file_actions_addopen(&act, fd, "/dev/null", O_RDWR, 0);
	}
	if (posix_spawnp(&pid, argv[0], &act, NULL, argv, environ) != 0)
		status = TOOL_MISSING;
	else if (waitpid(pid, &status, 0) == pid)
		status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	posix_spawn_file_actions_destroy(&act);
	free(copy);
	return status;
}

/* A new file of so many zeros; path must end in XXXXXX. The descriptor, or -1. */
static inline int tool_file(char *path, off_t size)
{
	int fd = mkostemp(path, O_CLOEXEC);

	return fd >= 0 && ftruncate(fd, size) == 0 ? fd : -1;
}

#endif
