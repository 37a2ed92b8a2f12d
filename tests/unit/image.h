/* SPDX-License-Identifier: GPL-3.0-or-later */
/* image.h - images that tools make for the tests of src/inspect, and what is found on them. */
#ifndef RR_TEST_IMAGE_H
#define RR_TEST_IMAGE_H

#include "rawright/fs.h"
#include "rawright/inspect.h"
#include "tool.h"

#define MIB (UINT64_C(1) << 20)

/* An image of zeros; gone with the test. */
struct image {
	char path[32];
	int fd;
};

static inline struct image image_new(uint64_t size)
{
	struct image im = { .path = "/tmp/rr-inspect-XXXXXX" };

	im.fd = tool_file(im.path, (off_t)size);
	assert_true(im.fd >= 0);
	return im;
}

static inline void image_close(struct image *im)
{
	(void)unlink(im->path);	/* made by image_new */
	(void)close(im->fd);
}

/* Runs a tool on the image, which is given away where the tool is not installed. */
static inline void make(struct image *im, const char *line)
{
	int rc = tool_run(line, im->path, -1, -1);

	if (rc == TOOL_MISSING) {
		image_close(im);
		skip();
	}
	assert_int_equal(rc, 0);
}

/* sfdisk reads what it is to make. */
static inline void partition(struct image *im, const char *script, const char *line)
{
	char path[] = "/tmp/rr-script-XXXXXX";
	int in = tool_file(path, 0), rc;

	assert_true(in >= 0);
	assert_int_equal(rr_pwrite(in, script, strlen(script), 0, NULL), 0);
	rc = tool_run(line, im->path, in, -1);
	(void)unlink(path);
	(void)close(in);
	if (rc == TOOL_MISSING) {
		image_close(im);
		skip();
	}
	assert_int_equal(rc, 0);
}

static inline void put(const struct image *im, uint64_t off, const void *bytes, size_t len)
{
	assert_int_equal(rr_pwrite(im->fd, bytes, len, off, NULL), 0);
}

static inline struct rr_content look(const struct image *im, uint32_t sector)
{
	struct rr_content content;
	struct rr_err err = { 0 };

	if (rr_inspect_content(im->fd, im->path, sector, 0, &content, &err) < 0)
		fail_msg("%s", err.text);
	assert_true(content.known);
	return content;
}

/* Two partitions of 4 MiB, from 1 MiB on. */
#define TWO_PARTS "label: gpt\n" \
	"start=2048, size=8192, type=U, name=EFI\n" \
	"start=10240, size=8192, type=L, name=\"\xc3\x84 root\"\n"

/* All facts about the image. */
static inline struct rr_fact_list facts_of(const struct image *im, const struct rr_content *content)
{
	struct rr_subject s = { .fd = im->fd, .name = im->path, .sector = 512, .content = content };
	struct rr_fact_list facts = { 0 };
	struct rr_err err;

	s.size = (uint64_t)lseek(im->fd, 0, SEEK_END);
	for (size_t i = 0; rr_inspectors[i]; i++)
		assert_int_equal(rr_inspectors[i]->look(&s, &facts, &err), 0);
	assert_false(facts.fail);
	return facts;
}

#endif
