/* SPDX-License-Identifier: GPL-3.0-or-later */
/* describe.c - reads a description, fills in what it leaves out, and says whether it makes sense.
 * Owns: nothing.   Threads: any. */
#include "describe.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys.h"
#include "rawright/clean.h"

#define TEXT_MAX (64 * 1024)

/* What a drive of each kind is unless its description says otherwise. The numbers of USB are of
 * nobody whom the kernel treats in a special way (unusual_devs.h). */
static const struct {
	const char *vendor, *product;
	enum speed speed;
	uint64_t sector_size, usb_product;
} usual[] = {
	[STICK] = { "VUSB", "STICK", HIGH_SPEED, 512, 0x0001 },
	[FLOPPY] = { "VUSB", "FLOPPY", FULL_SPEED, 512, 0x0002 },
	[CD] = { "VUSB", "CD DRIVE", HIGH_SPEED, 2048, 0x0003 },
};

#define USUAL_USB_VENDOR 0x1209

static int fill(char **text, const char *usually)
{
	if (!*text)
		*text = strdup(usually);
	return *text ? 0 : -1;
}

static int fill_in(struct description *d, struct rr_err *err)
{
	if (d->speed == (enum speed)-1)
		d->speed = usual[d->kind].speed;
	if (d->sector_size == 0)
		d->sector_size = usual[d->kind].sector_size;
	if (d->usb_product == 0)
		d->usb_product = usual[d->kind].usb_product;
	if (fill(&d->vendor, usual[d->kind].vendor) < 0 ||
	    fill(&d->product, usual[d->kind].product) < 0 || fill(&d->revision, "1.00") < 0 ||
	    fill(&d->serial, "VUSB00000001") < 0)
		return rr_fail_memory(err);
	return 0;
}

static int check(const struct description *d, struct rr_err *err)
{
	const char *why = NULL;
	uint64_t size = d->sector_size;

	if (size != 512 && size != 1024 && size != 2048 && size != 4096)
		why = "a sector has 512, 1024, 2048 or 4096 bytes";
	else if (d->kind == CD && size != 2048)
		why = "a sector of a CD has 2048 bytes";
	else if (d->kind == CD && d->image)
		why = "a CD is made of tracks, not of an image";
	else if (d->kind != CD && d->ntrack > 0)
		why = "only a CD has tracks";
	else if (d->transport == CBI && (d->kind != FLOPPY || d->speed != FULL_SPEED))
		why = "only a floppy drive at full speed talks by CBI";
	else if (!d->image && d->ntrack == 0 && !d->no_medium)
		why = "no medium is described: say image or track, or no-medium";
	return why ? rr_fail(err, RR_FORMAT, 0, "%s: %s", d->path, why) : 0;
}

static int parse_lines(struct description *d, char *text, struct rr_err *err)
{
	struct words w = { .path = d->path };
	char *line;

	while ((line = strsep(&text, "\n"))) {
		w.line++;
		if (words_split(&w, line, err) < 0 || keys_take(d, &w, err) < 0)
			return -1;
	}
	return 0;
}

struct description *description_parse(const char *path, char *text, struct rr_err *err)
{
	struct description *d = calloc(1, sizeof(*d));

	if (d) {
		*d = (struct description){ .path = strdup(path), .speed = (enum speed)-1,
					   .usb_vendor = USUAL_USB_VENDOR, .port = UINT64_MAX };
	}
	if (!d || !d->path) {
		(void)rr_fail_memory(err);	/* told by NULL */
	} else if (parse_lines(d, text, err) == 0 && fill_in(d, err) == 0 && check(d, err) == 0) {
		return d;
	}
	description_free(d);
	return NULL;
}

struct description *description_load(const char *path, struct rr_err *err)
{
	rr_autofd int fd = open(path, O_RDONLY | O_CLOEXEC);
	rr_autofree char *text = calloc(1, TEXT_MAX + 1);
	size_t len = 0;
	ssize_t n = 1;

	if (!text) {
		(void)rr_fail_memory(err);	/* told by NULL */
		return NULL;
	}
	while (fd >= 0 && n > 0 && len < TEXT_MAX) {
		n = read(fd, text + len, TEXT_MAX - len);
		len += n > 0 ? (size_t)n : 0;
	}
	if (fd < 0 || n != 0) {
		(void)rr_fail(err, RR_SYSTEM, n > 0 ? EFBIG : errno, "cannot read %s", path);
		return NULL;
	}
	if (strlen(text) != len) {
		(void)rr_fail(err, RR_FORMAT, 0, "%s is not a text", path);
		return NULL;
	}
	return description_parse(path, text, err);
}

void description_free(struct description *d)
{
	if (!d)
		return;
	for (size_t i = 0; i < d->nfault; i++)
		fault_clear(&d->fault[i]);
	for (size_t i = 0; i < d->ntrack; i++) {
		free(d->track[i].image);
		free(d->track[i].title);
		free(d->track[i].performer);
		free(d->track[i].isrc);
	}
	free(d->fault);
	free(d->path);
	free(d->image);
	free(d->vendor);
	free(d->product);
	free(d->revision);
	free(d->serial);
	free(d->log);
	free(d->title);
	free(d->performer);
	free(d->catalog);
	free(d);
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool description_other_drive(const struct description *a, const struct description *b)
{
	return a->kind != b->kind || !same(a->vendor, b->vendor) ||
	       !same(a->product, b->product) || !same(a->revision, b->revision) ||
	       !same(a->serial, b->serial) || a->usb_vendor != b->usb_vendor ||
	       a->usb_product != b->usb_product || a->speed != b->speed ||
	       a->transport != b->transport || a->port != b->port || a->fixed != b->fixed;
}

static bool other_track(const struct track_plan *a, const struct track_plan *b)
{
	return a->kind != b->kind || !same(a->image, b->image) || a->pregap != b->pregap ||
	       a->new_session != b->new_session || !same(a->title, b->title) ||
	       !same(a->performer, b->performer) || !same(a->isrc, b->isrc);
}

bool description_other_medium(const struct description *a, const struct description *b)
{
	if (!same(a->image, b->image) || a->sector_size != b->sector_size ||
	    a->sectors != b->sectors || a->claim != b->claim || a->beyond != b->beyond ||
	    a->write_protected != b->write_protected || a->no_medium != b->no_medium ||
	    a->run_out != b->run_out || a->recordable != b->recordable ||
	    a->ntrack != b->ntrack || !same(a->title, b->title) ||
	    !same(a->performer, b->performer) || !same(a->catalog, b->catalog))
		return true;
	for (size_t i = 0; i < a->ntrack; i++)
		if (other_track(&a->track[i], &b->track[i]))
			return true;
	return false;
}
