/* SPDX-License-Identifier: GPL-3.0-or-later */
/* machine.c - makes a sysfs and a proc of plain files from the text of a machine.
 * Owns: a folder below /tmp.   Threads: one. */
#include <errno.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cmocka.h>

#include "machine.h"
#include "rawright/text.h"

#define MOST  1000
#define WORDS 12

/* A device, a further node of one, or a file; what stat(2) and udev would know of it. */
struct item {
	char *path;		/* "/dev/sdb1" */
	char *name, *disk;	/* of a device; disk: of a partition */
	char *kind;
	dev_t dev;		/* its own, or the one that it is stored on */
	ino_t ino;		/* 0: a device */
	uint64_t bytes;
	bool removable, read_only, empty, member;
	char *backing, *pool;
};
static struct {
	char root[40];
	char *sys, *proc;
	struct item item[MOST];
	size_t n;
	struct rr_str own, init, swaps;		/* files in the making */
	bool hidden, container;
} m;

static struct item *find_path(const char *path)
{
	for (size_t i = 0; i < m.n; i++)
		if (strcmp(m.item[i].path, path) == 0)
			return &m.item[i];
	return NULL;
}

static struct item *find_device(const char *name)
{
	for (size_t i = 0; i < m.n; i++)
		if (m.item[i].name && strcmp(m.item[i].name, name) == 0)
			return &m.item[i];
	fail_msg("no device %s", name);
	return NULL;
}

static int fake_stat(const char *path, struct stat *st)
{
	const struct item *item = find_path(path);

	memset(st, 0, sizeof(*st));
	if (!item) {
		errno = ENOENT;
		return -1;
	}
	st->st_mode = item->ino ? S_IFREG : S_IFBLK;
	st->st_ino = item->ino;
	*(item->ino ? &st->st_dev : &st->st_rdev) = item->dev;
	return 0;
}

static char *fake_real(const char *path, char *buf)
{
	struct stat st;

	(void)buf;
	return fake_stat(path, &st) < 0 ? NULL : strdup(path);
}

static bool fake_member(dev_t dev, char **pool)
{
	for (size_t i = 0; i < m.n; i++) {
		if (m.item[i].dev != dev || !m.item[i].member)
			continue;
		*pool = m.item[i].pool ? strdup(m.item[i].pool) : NULL;
		return true;
	}
	*pool = NULL;
	return false;
}

static void make_folder(char *path)
{
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		assert_true(mkdir(path, 0777) == 0 || errno == EEXIST);
		*p = '/';
	}
	assert_true(mkdir(path, 0777) == 0 || errno == EEXIST);
}

static void make_above(const char *path)
{
	rr_autofree char *folder = strndup(path, (size_t)(strrchr(path, '/') - path));

	make_folder(folder);
}

void machine_file(const char *name, const char *text)
{
	rr_autofree char *path = rr_text_format("%s/%s", m.root, name);
	FILE *file;

	make_above(path);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void make_link(const char *path, const char *target)
{
	make_above(path);
	if (symlink(target, path) < 0)
		fail_msg("%s: %s", path, strerror(errno));
}

/* Where the device is below the root. */
static char *folder_of(const struct item *d)
{
	return rr_text_format("sys/devices/%s%s%s", d->disk ? d->disk : "", d->disk ? "/" : "",
			      d->name);
}

static void make_attr(const struct item *d, const char *attr, const char *text)
{
	rr_autofree char *folder = folder_of(d);
	rr_autofree char *path = rr_text_format("%s/%s", folder, attr);
	rr_autofree char *line = rr_text_format("%s\n", text);

	machine_file(path, line);
}

static dev_t number(const char *text)
{
	unsigned maj = 0, min = 0;

	if (!text || sscanf(text, "%u:%u", &maj, &min) != 2)
		fail_msg("no device number: %s", text);
	return makedev(maj, min);
}

static struct item *add_item(char *path, const char *dev)
{
	struct item *item = &m.item[m.n++];

	assert_true(m.n < MOST);
	assert_non_null(path);
	*item = (struct item){ .path = path, .dev = number(dev) };
	return item;
}

static void add_device(const char *name, const char *dev, const char *disk, const char *kind)
{
	struct item *d = add_item(rr_text_format("/dev/%s", name), dev);
	rr_autofree char *link = rr_text_format("%s/dev/block/%s", m.sys, dev);
	rr_autofree char *folder = NULL, *target = NULL;

	d->name = strdup(name);
	d->disk = disk ? strdup(disk) : NULL;
	d->kind = strdup(kind);
	d->bytes = 4000000000;
	make_attr(d, "dev", dev);
	if (disk)
		make_attr(d, "partition", "1");
	folder = folder_of(d);
	target = rr_text_format("%s/%s", m.root, folder);
	make_link(link, target);
}

static void link_to_device(const char *folder, const char *name)
{
	rr_autofree char *path = rr_text_format("%s/%s/%s", m.root, folder, name);
	rr_autofree char *at = folder_of(find_device(name));
	rr_autofree char *target = rr_text_format("%s/%s", m.root, at);

	make_link(path, target);
}

static void add_holder(const char *of, const char *holder)
{
	rr_autofree char *folder = folder_of(find_device(of));
	rr_autofree char *holders = rr_text_format("%s/holders", folder);

	link_to_device(holders, holder);
}

static void set_fact(struct item *d, const char *word)
{
	if (strcmp(word, "removable") == 0)
		d->removable = true;
	else if (strcmp(word, "empty") == 0)
		d->empty = true;
	else if (strncmp(word, "bytes=", 6) == 0)
		d->bytes = strtoull(word + 6, NULL, 10);
	else if (strcmp(word, "read-only") == 0)
		d->read_only = true;
	else
		fail_msg("what is %s?", word);
	if (d->read_only)
		make_attr(d, "ro", "1");
}

static void make_disk(char **w, size_t n)
{
	add_device(w[1], w[2], NULL, w[3]);
	for (size_t i = 4; i < n; i++)
		set_fact(&m.item[m.n - 1], w[i]);
}

/* "\040" for a blank, as the kernel writes it in other places. */
static void put_blanks_in(char *s)
{
	char *mark;

	while ((mark = strstr(s, "\\040")) != NULL) {
		*mark = ' ';
		memmove(mark + 1, mark + 4, strlen(mark + 4) + 1);
	}
}

static void make_loop(char **w, size_t n)
{
	struct item *d;

	put_blanks_in(w[3]);
	add_device(w[1], w[2], NULL, "loop");
	d = &m.item[m.n - 1];
	d->backing = strdup(w[3]);
	make_attr(d, "loop/backing_file", w[3]);
	for (size_t i = 4; i < n; i++)
		set_fact(d, w[i]);
}

static void make_part(char **w, size_t n)
{
	(void)n;
	add_device(w[1], w[2], w[3], find_device(w[3])->kind);
}

static void make_holder(char **w, size_t n)
{
	for (size_t i = 2; i < n; i++)
		add_holder(w[1], w[i]);
}

static void make_btrfs(char **w, size_t n)
{
	rr_autofree char *folder = rr_text_format("sys/fs/btrfs/%s/devices", w[1]);

	for (size_t i = 2; i < n; i++)
		link_to_device(folder, w[i]);
}

static void make_member(char **w, size_t n)
{
	struct item *d = find_device(w[1]);

	d->member = true;
	d->pool = n > 2 ? strdup(w[2]) : NULL;
}

static void make_pool(char **w, size_t n)
{
	rr_autofree char *path = rr_text_format("proc/spl/kstat/zfs/%s/io", w[1]);

	(void)n;
	machine_file("proc/spl/kstat/zfs/arcstats", "13 1 0x01\n");
	machine_file(path, "12 3 0x00\n");
}

static void make_node(char **w, size_t n)
{
	(void)n;
	(void)add_item(strdup(w[1]), w[2]);
}

static void make_stored(char **w, size_t n)
{
	(void)n;
	add_item(strdup(w[1]), w[2])->ino = (ino_t)(100 + m.n);
}

static void make_resume(char **w, size_t n)
{
	(void)n;
	machine_file("sys/power/resume", w[1]);
}

static void make_hidden(char **w, size_t n)
{
	(void)w, (void)n;
	m.hidden = true;
}

static void make_container(char **w, size_t n)
{
	(void)w, (void)n;
	m.container = true;
}

static const struct maker {
	const char *word;
	size_t words;		/* at least, the first one counted */
	void (*make)(char **w, size_t n);
} makers[] = {
	{ "disk", 4, make_disk },	{ "part", 4, make_part },    { "loop", 4, make_loop },
	{ "holder", 3, make_holder },	{ "btrfs", 3, make_btrfs },  { "member", 2, make_member },
	{ "pool", 2, make_pool },	{ "node", 3, make_node },    { "file", 3, make_stored },
	{ "resume", 2, make_resume },	{ "hidden", 1, make_hidden },
	{ "container", 1, make_container },
};

static void make_words(char *line)
{
	char *w[WORDS], *rest, *word = strtok_r(line, " ", &rest);
	size_t n = 0;

	for (; word && n < WORDS; word = strtok_r(NULL, " ", &rest))
		w[n++] = word;
	for (size_t i = 0; i < sizeof(makers) / sizeof(*makers); i++) {
		if (strcmp(makers[i].word, w[0]) != 0)
			continue;
		if (n < makers[i].words)
			fail_msg("too little after %s", w[0]);
		makers[i].make(w, n);
		return;
	}
	fail_msg("what is %s?", w[0]);
}

static bool starts(const char *line, const char *word)
{
	return strncmp(line, word, strlen(word)) == 0;
}

static void make_line(char *line)
{
	if (starts(line, "mount "))
		rr_str_addf(&m.own, "%s\n", line + 6);
	else if (starts(line, "host "))
		rr_str_addf(&m.init, "%s\n", line + 5);
	else if (starts(line, "swap "))
		rr_str_addf(&m.swaps, "%s 100 0 -2\n", line + 5);
	else if (*line && *line != '#' && !starts(line, "ask ") && !starts(line, "blind "))
		make_words(line);
}

static void make_proc(void)
{
	rr_autofree char *ns = rr_text_format("%s/self/ns/pid", m.proc);

	machine_file("proc/self/mountinfo", m.own.s);
	if (!m.hidden)
		machine_file("proc/1/mountinfo", m.init.len ? m.init.s : m.own.s);
	machine_file("proc/swaps", m.swaps.s);
	make_link(ns, m.container ? "pid:[4026532250]" : "pid:[4026531836]");
}

void machine_make(const char *text)
{
	rr_autofree char *copy = strdup(text);
	char *line;

	machine_remove();
	(void)snprintf(m.root, sizeof(m.root), "/tmp/rawright-machine-XXXXXX");
	assert_non_null(mkdtemp(m.root));
	m.sys = rr_text_format("%s/sys", m.root);
	m.proc = rr_text_format("%s/proc", m.root);
	rr_str_addf(&m.own, "%s", "");
	rr_str_addf(&m.init, "%s", "");
	rr_str_addf(&m.swaps, "Filename\tType\tSize\tUsed\tPriority\n");
	for (char *rest = copy; (line = strsep(&rest, "\n")) != NULL;)
		make_line(line);
	make_proc();
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

void machine_remove(void)
{
	if (!m.root[0])
		return;
	assert_int_equal(nftw(m.root, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
	for (size_t i = 0; i < m.n; i++) {
		free(m.item[i].path);
		free(m.item[i].name);
		free(m.item[i].disk);
		free(m.item[i].kind);
		free(m.item[i].backing);
		free(m.item[i].pool);
	}
	free(m.sys);
	free(m.proc);
	rr_str_free(&m.own);
	rr_str_free(&m.init);
	rr_str_free(&m.swaps);
	memset(&m, 0, sizeof(m));
}

const struct rr_guard_places *machine_places(void)
{
	static struct rr_guard_places at = {
		.stat = fake_stat,
		.real = fake_real,
		.zfs_member = fake_member,
	};

	at.sys = m.sys;
	at.proc = m.proc;
	return &at;
}

struct rr_guard *machine_guard(void)
{
	struct rr_guard *guard;
	struct rr_err err;

	if (rr_guard_new_at(machine_places(), &guard, &err) < 0)
		fail_msg("%s", err.text);
	return guard;
}

void machine_node(const char *name, struct rr_node *node)
{
	const struct item *item = name[0] == '/' ? find_path(name) : find_device(name);

	memset(node, 0, sizeof(*node));
	assert_non_null(item);
	node->path = strdup(item->path);
	node->block = item->ino == 0;
	node->kind = "file";
	node->medium = !item->empty;
	node->bytes = item->empty ? 0 : item->bytes;
	if (!node->block)
		return;
	node->kind = rr_kind_find(item->kind)->name;
	node->dev = item->dev;
	node->removable = item->removable;
	node->read_only = item->read_only;
	node->partition = item->disk != NULL;
	node->parent = item->disk ? rr_text_format("/dev/%s", item->disk) : NULL;
	node->backing = item->backing ? strdup(item->backing) : NULL;
}
