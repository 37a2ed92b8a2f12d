/* SPDX-License-Identifier: GPL-3.0-or-later */
/* place.c - a destination of a read: what stands there already, and the files beside it.
 * Owns: the paths, the map found, the stage.   Threads: main. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "identity.h"
#include "place.h"
#include "rawright/fs.h"
#include "rawright/size.h"
#include "rawright/text.h"

#define MAP_LIMIT ((size_t)256 << 20)

static int beside(const char *path, const char *suffix, char **out, struct rr_err *err)
{
	*out = rr_text_format("%s%s", path, suffix);
	return *out ? 0 : rr_fail_memory(err);
}

static int name_files(struct rr_place *place, const struct rr_capture_conf *conf, bool first,
		      struct rr_err *err)
{
	const char *map = first ? conf->map_path : NULL, *record = first ? conf->record_path : NULL;

	if (record && beside(record, "", &place->record_path, err) < 0)
		return -1;
	if (place->stream)
		return 0;
	if (beside(map ? map : place->path, map ? "" : ".map", &place->map_path, err) < 0)
		return -1;
	if (first && !record && beside(place->path, ".json", &place->record_path, err) < 0)
		return -1;
	return first ? beside(place->path, ".sums", &place->sums_path, err) : 0;
}

static int load_map(struct rr_place *place, const struct rr_capture_conf *conf,
		    const struct rr_job *job, struct rr_err *err)
{
	rr_autofree char *text = NULL;

	if (rr_file_load(place->map_path, MAP_LIMIT, &text, NULL, err) < 0)
		return -1;
	return rr_map_parse(text, place->map_path, conf->offset, conf->length, job->src->sector,
			    &place->have, &place->info, err);
}

static int exists(const char *what, bool force, struct rr_err *err)
{
	if (force)
		return 0;
	return rr_fail(err, RR_REFUSED, 0,
		       "%s exists: nothing is overwritten; take another name, or say --force",
		       what);
}

/* A program that was ended while its disk did not answer holds the image until it does; most
 * others let go as soon. A signal ends the wait. */
#define LOCK_MS	     5000u
#define LOCK_STEP_MS 100
static int lock_image(struct rr_place *place, struct rr_err *err)
{
	unsigned waited = 0;

	place->lock = open(place->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (place->lock < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot open %s", place->path);
	while (flock(place->lock, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			return 0; /* a file system without locks */
		if (waited >= LOCK_MS)
			return rr_fail(err, RR_REFUSED, 0,
				       "%s is being written by another program: wait for its end",
				       place->path);
		if (poll(NULL, 0, LOCK_STEP_MS) < 0)
			return rr_fail(err, RR_STOPPED, 0, "stopped while %s was in use",
				       place->path);
		waited += LOCK_STEP_MS;
	}
	return 0;
}

/* Nothing is in the image yet, says the map. That is to be believed of a map that this program
 * made for this source; any other may have been cut, or lie beside the wrong file. */
static int may_begin_anew(const struct rr_place *place, const struct rr_capture_conf *conf,
			  const struct rr_job *job, struct rr_err *err)
{
	struct rr_err why;

	if (conf->force || (rr_map_info_get(&place->info, "length") &&
			    rr_identity_marks(job, conf, place, &why) == 0))
		return 0;
	return rr_fail(err, RR_REFUSED, 0,
		       "%s says that nothing is in %s yet, and was not made for this source: "
		       "remove the one that is wrong, or begin anew with --force",
		       place->map_path, place->path);
}

/* An image with a map beside it is not whole, and is gone on with. A map alone is what an
 * interruption before the image's creation leaves. */
static int look_at_map(struct rr_place *place, const struct rr_capture_conf *conf,
		       const struct rr_job *job, bool image, struct rr_err *err)
{
	bool nothing;

	if (load_map(place, conf, job, err) < 0)
		return -1;
	nothing = rr_map_total(place->have, RR_FINISHED) == 0;
	if (!image && !nothing && !conf->force)
		return rr_fail(err, RR_REFUSED, 0,
			       "%s says what is in %s, which is not there: bring it back, "
			       "or begin anew with --force",
			       place->map_path, place->path);
	if (image && nothing && may_begin_anew(place, conf, job, err) < 0)
		return -1;
	place->begin_anew = nothing || !image;
	place->resume = !place->begin_anew;
	if (place->begin_anew) {
		rr_map_free(place->have);
		place->have = NULL;
	}
	return 0;
}

static int look_at_file(struct rr_place *place, const struct rr_capture_conf *conf,
			const struct rr_job *job, bool image, struct rr_err *err)
{
	place->map_stood = rr_path_exists(place->map_path);
	if (place->map_stood)
		return look_at_map(place, conf, job, image, err);
	if (image && exists(place->path, conf->force, err) < 0)
		return -1;
	if (place->record_path && rr_path_exists(place->record_path) &&
	    exists(place->record_path, conf->force, err) < 0)
		return -1;
	if (place->sums_path && rr_path_exists(place->sums_path) &&
	    exists(place->sums_path, conf->force, err) < 0)
		return -1;
	place->begin_anew = conf->force;
	return 0;
}

static int refuse_kind(const char *path, mode_t mode, struct rr_err *err)
{
	if (S_ISBLK(mode))
		return rr_fail(err, RR_USAGE, 0, "%s is a device: read writes images, not devices",
			       path);
	if (S_ISDIR(mode))
		return rr_fail(err, RR_USAGE, 0, "%s is a folder: name the image in it", path);
	return rr_fail(err, RR_USAGE, 0, "%s cannot be written as an image", path);
}

/* Leaves the folder of path; false: path has none, it is the current one. */
static bool cut_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		slash[slash == path ? 1 : 0] = '\0';
	return slash != NULL;
}

static int no_such_file(const char *path, struct rr_err *err)
{
	rr_autofree char *real = NULL;
	rr_autofree char *folder = strdup(path);

	if (!folder)
		return rr_fail_memory(err);
	real = realpath(cut_last(folder) ? folder : ".", NULL);
	if (!real)
		return rr_fail(err, RR_SYSTEM, errno, "cannot reach the folder of %s", path);
	if ((strcmp(real, "/dev") == 0 || strncmp(real, "/dev/", 5) == 0) &&
	    strncmp(real, "/dev/shm", 8) != 0)
		return rr_fail(err, RR_USAGE, 0, "there is no %s, and no file is made under /dev",
			       path);
	return 0;
}

int rr_place_look(struct rr_place *place, const struct rr_capture_conf *conf,
		  const struct rr_job *job, size_t i, struct rr_err *err)
{
	struct stat st;
	bool image;

	place->path = conf->dest[i];
	place->lock = -1;
	place->stream = strcmp(place->path, "-") == 0;
	image = !place->stream && lstat(place->path, &st) == 0;
	if (image && S_ISLNK(st.st_mode) && stat(place->path, &st) < 0)
		return rr_fail(err, RR_USAGE, errno, "%s is a link that leads nowhere",
			       place->path);
	if (!image && !place->stream && no_such_file(place->path, err) < 0)
		return -1;
	place->stream |= image && (S_ISCHR(st.st_mode) || S_ISFIFO(st.st_mode));
	if (image && !place->stream && !S_ISREG(st.st_mode))
		return refuse_kind(place->path, st.st_mode, err);
	if (name_files(place, conf, i == 0, err) < 0 ||
	    rr_path_check_plain(place->map_path, err) < 0 ||
	    rr_path_check_plain(place->record_path, err) < 0 ||
	    rr_path_check_plain(place->sums_path, err) < 0)
		return -1;
	if (place->stream)
		return place->record_path && rr_path_exists(place->record_path) ?
			       exists(place->record_path, conf->force, err) :
			       0;
	if (look_at_file(place, conf, job, image, err) < 0)
		return -1;
	return image ? lock_image(place, err) : 0;
}

/* Two names of one file: the same folder and last part, or the same inode. */
static bool same_file(const char *a, const char *b)
{
	rr_autofree char *fa = strdup(a), *fb = strdup(b);
	const char *base_a = strrchr(a, '/'), *base_b = strrchr(b, '/');
	struct stat sa, sb;

	if (stat(a, &sa) == 0 && stat(b, &sb) == 0)
		return sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
	if (!fa || !fb || strcmp(base_a ? base_a + 1 : a, base_b ? base_b + 1 : b) != 0)
		return false;
	cut_last(fa);
	cut_last(fb);
	return stat(base_a ? fa : ".", &sa) == 0 && stat(base_b ? fb : ".", &sb) == 0 &&
	       sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

/* Every file that a read makes is another one, and none is the source. */
int rr_place_clash(const struct rr_place *place, size_t n, const char *source, struct rr_err *err)
{
	const char *name[4 * 64 + 1] = { source };
	size_t count = 1;

	for (size_t i = 0; i < n; i++) {
		const char *each[] = { place[i].stream ? NULL : place[i].path, place[i].map_path,
				       place[i].record_path, place[i].sums_path };

		for (size_t j = 0; j < 4; j++)
			if (each[j] && count < sizeof(name) / sizeof(*name))
				name[count++] = each[j];
	}
	for (size_t i = 1; i < count; i++)
		for (size_t j = 0; j < i; j++)
			if (same_file(name[i], name[j]))
				return rr_fail(err, j ? RR_USAGE : RR_REFUSED, 0,
					       j ? "%s and %s are one file: each needs its own" :
						   "%s would replace what is read, %s",
					       name[i], name[j]);
	return 0;
}

/* Bytes that path will still take from its file system. */
static uint64_t still_needed(const struct rr_place *place, uint64_t bytes)
{
	struct stat st;
	uint64_t has = 0;

	if ((place->resume || place->begin_anew) && stat(place->path, &st) == 0)
		has = (uint64_t)st.st_blocks * 512; /* stat(2): always of 512 bytes */
	return has < bytes ? bytes - has : 0;
}

static dev_t folder_dev(const char *path)
{
	rr_autofree char *folder = strdup(path);
	struct stat st;

	return folder && stat(cut_last(folder) ? folder : ".", &st) == 0 ? st.st_dev : 0;
}

int rr_place_room(const struct rr_place *place, size_t n, uint64_t bytes, struct rr_err *err)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t need = 0, room;
		dev_t dev = folder_dev(place[i].path);
		char a[RR_SIZE_TEXT], b[RR_SIZE_TEXT];

		if (place[i].stream)
			continue;
		for (size_t j = 0; j < n; j++)
			if (!place[j].stream && folder_dev(place[j].path) == dev &&
			    __builtin_add_overflow(need, still_needed(&place[j], bytes), &need))
				need = UINT64_MAX;
		if (rr_space_free(place[i].path, &room, err) < 0)
			return -1;
		if (need > room)
			return rr_fail(err, RR_REFUSED, 0,
				       "no room for %s: %s bytes are needed and %s are free; make "
				       "room, take another disk, or try all the same with --force",
				       place[i].path, rr_size_grouped(a, need),
				       rr_size_grouped(b, room));
	}
	return 0;
}

static int open_stream(const struct rr_place *place, struct rr_sink **sink, struct rr_err *err)
{
	bool out = strcmp(place->path, "-") == 0;
	int fd = out ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0) :
		       open(place->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 && errno == EINTR)
		return rr_fail(err, RR_STOPPED, 0, "stopped before anyone read %s", place->path);
	if (fd < 0)
		return rr_fail(err, RR_SYSTEM, errno, "cannot open %s",
			       out ? "standard output" : place->path);
	return rr_stream_sink_new(out ? "standard output" : place->path, fd, sink, err);
}

static int open_file(struct rr_place *place, const struct rr_capture_conf *conf,
		     struct rr_sink **sink, struct rr_err *err)
{
	struct rr_file_sink_conf file = { .path = place->path,
					  .size = conf->length,
					  .resume = place->resume };

	if (place->begin_anew && rr_file_remove(place->path, err) < 0)
		return -1;
	if (rr_file_sink_new(&file, sink, err) < 0)
		return -1;
	place->made = !place->resume;
	return rr_dir_sync(place->path, err);
}

int rr_place_open(struct rr_place *place, const struct rr_capture_conf *conf, struct rr_err *err)
{
	struct rr_sink_stage_conf stage = { .base = conf->offset, .sparse = conf->sparse };
	int rc = place->stream ? open_stream(place, &stage.sink, err) :
				 open_file(place, conf, &stage.sink, err);

	if (rc == 0)
		rc = rr_stage_sink_new(&stage, &place->stage, err);
	if (rc < 0)
		rr_sink_close(stage.sink);
	return rc;
}

int rr_place_undo(struct rr_place *place, struct rr_err *err)
{
	if (place->made && rr_file_remove(place->path, err) < 0)
		return -1;
	return place->map_made ? rr_file_remove(place->map_path, err) : 0;
}

void rr_place_free(struct rr_place *place)
{
	rr_stage_free(place->stage);
	rr_map_free(place->have);
	rr_map_free(place->durable);
	if (place->lock >= 0)
		(void)close(place->lock); /* only locked */
	rr_map_info_free(&place->info);
	free(place->map_path);
	free(place->record_path);
	free(place->sums_path);
}
