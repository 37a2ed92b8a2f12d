/* SPDX-License-Identifier: GPL-3.0-or-later */
/* faultdisk.c - nbdkit plugin: a plain file served as a drive that misbehaves by a file of rules.
 * Owns: that file, the rules, the log.   Threads: nbdkit's, many at once; the rules have a mutex.
 *
 * Parameters: file=PATH, rules=PATH (read again at each request), log=PATH, blocksize=BYTES.
 * A rule is a line; S and N count sectors of 512 bytes. A line that stays keeps its count.
 *   bad S N            reads fail with EIO, for ever
 *   flaky S N TIMES    the first TIMES reads fail with EIO, later ones are good
 *   slow S N MS        each read takes so many milliseconds longer
 *   hang S N SECONDS   the same for patient people
 *   hold S N           reads wait until the line is gone
 *   gone S             from the first read of S on all fails with EIO, until the line is gone
 *   differ S N         the first read is true; each further one gives other bytes
 *   zero S N           reads give zeros and no error
 *   badw S N           writes fail with EIO
 *   enospc S N         writes fail with ENOSPC
 *   sloww S N MS       each write takes so many milliseconds longer
 *   holdw S N          writes wait until the line is gone
 *   noflush            what was written cannot be brought to the medium: EIO
 * The log gets a line for each request as it comes: "read OFFSET LENGTH" or "write ...", bytes. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NBDKIT_API_VERSION 2
#include <nbdkit-plugin.h>

#define THREAD_MODEL NBDKIT_THREAD_MODEL_PARALLEL
#define UNIT 512u
#define RULES_MAX 64
#define TEXT_MAX 8192
#define STEP_NS 5000000u

enum fault { BAD, FLAKY, SLOW, HANG, HOLD, GONE, DIFFER, ZERO, NO_SPACE,
	     NO_FLUSH };

struct word {
	const char *name;
	enum fault fault;
	int numbers;
	bool writing;
};

static const struct word words[] = {
	{ "bad", BAD, 2, false },	{ "badw", BAD, 2, true },
	{ "flaky", FLAKY, 3, false },	{ "enospc", NO_SPACE, 2, true },
	{ "slow", SLOW, 3, false },	{ "sloww", SLOW, 3, true },
	{ "hold", HOLD, 2, false },	{ "holdw", HOLD, 2, true },
	{ "hang", HANG, 3, false },	{ "gone", GONE, 1, false },
	{ "differ", DIFFER, 2, false },	{ "zero", ZERO, 2, false },
	{ "noflush", NO_FLUSH, 0, true },
};

/* What nbdkit asks for. */
struct request {
	uint64_t off;
	uint32_t len;
	bool writing;
};

struct rule {
	char line[96];
	enum fault fault;
	bool writing;
	uint64_t off, len, arg;
	uint64_t hits;
};

struct rules {
	struct rule rule[RULES_MAX];
	size_t n;
};

/* nbdkit hands its parameters to callbacks without a context: the one disk has to be static. */
static struct {
	char *file, *rules_path, *log_path;
	uint32_t blocksize;
	int fd, log_fd;
	pthread_mutex_t mu;	/* of what follows */
	char text[TEXT_MAX];
	struct rules rules;
} disk = { .fd = -1, .log_fd = -1, .mu = PTHREAD_MUTEX_INITIALIZER };

static bool touches(const struct rule *rule, const struct request *req)
{
	return rule->writing == req->writing && rule->off < req->off + req->len &&
	       req->off < rule->off + rule->len;
}

static bool line_parse(const char *line, struct rule *rule)
{
	char name[16];
	uint64_t n[3] = { 0, 1, 0 };
	int got = sscanf(line, "%15s %" SCNu64 " %" SCNu64 " %" SCNu64, name, &n[0], &n[1], &n[2]);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(name, words[i].name) != 0 || got != 1 + words[i].numbers)
			continue;
		*rule = (struct rule){ .fault = words[i].fault, .writing = words[i].writing,
				       .off = n[0] * UNIT, .len = n[1] * UNIT, .arg = n[2] };
		got = snprintf(rule->line, sizeof(rule->line), "%s", line);
		return got < (int)sizeof(rule->line);
	}
	return false;
}

static uint64_t hits_of(const struct rules *rules, const char *line)
{
	for (size_t i = 0; i < rules->n; i++) {
		if (strcmp(rules->rule[i].line, line) == 0)
			return rules->rule[i].hits;
	}
	return 0;
}

/* Takes the text apart; text is spoiled. */
static int rules_parse(char *text, const struct rules *before, struct rules *out)
{
	char *line;

	out->n = 0;
	while ((line = strsep(&text, "\n"))) {
		struct rule *rule = &out->rule[out->n];

		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (out->n == RULES_MAX - 1 || !line_parse(line, rule)) {
			nbdkit_error("%s: cannot understand the rule '%s'",
				     disk.rules_path, line);
			return -1;
		}
		rule->hits = hits_of(before, line);
		out->n++;
	}
	return 0;
}

static int text_load(char text[TEXT_MAX])
{
	int fd = open(disk.rules_path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0) {
		nbdkit_error("cannot open %s: %m", disk.rules_path);
		return -1;
	}
	while (n > 0 && len < TEXT_MAX - 1) {
		n = read(fd, text + len, TEXT_MAX - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	(void)close(fd);	/* was read from */
	text[len] = '\0';
	if (n != 0)
		nbdkit_error("cannot read %s whole", disk.rules_path);
	return n == 0 ? 0 : -1;
}

/* Called with the mutex. */
static int rules_load(void)
{
	char text[TEXT_MAX];
	struct rules *fresh;
	int rc;

	if (!disk.rules_path)
		return 0;
	if (text_load(text) < 0)
		return -1;
	if (strcmp(text, disk.text) == 0)
		return 0;
	fresh = calloc(1, sizeof(*fresh));
	if (!fresh)
		return -1;
	(void)memcpy(disk.text, text, sizeof(text));
	rc = rules_parse(text, &disk.rules, fresh);
	if (rc == 0)
		disk.rules = *fresh;
	else
		disk.text[0] = '\0';
	free(fresh);
	return rc;
}

static int note(const struct request *req)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "%s %" PRIu64 " %" PRIu32 "\n",
			 req->writing ? "write" : "read", req->off, req->len);

	if (disk.log_fd < 0 || write(disk.log_fd, line, (size_t)n) == n)
		return 0;
	nbdkit_error("cannot write %s: %m", disk.log_path);
	return -1;
}

static uint64_t now_ns(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_MONOTONIC, &now);	/* this clock is always there */
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static uint64_t rule_delay_ns(const struct rule *rule)
{
	switch (rule->fault) {
	case SLOW:
		return rule->arg * 1000000u;
	case HANG:
		return rule->arg * 1000000000u;
	case HOLD:
		return UINT64_MAX;
	default:
		return 0;
	}
}

/* Must this request, come so long ago, still wait? -1: the rules cannot be read. */
static int must_wait(const struct request *req, uint64_t ago_ns)
{
	int wait;

	pthread_mutex_lock(&disk.mu);
	wait = rules_load();
	for (size_t i = 0; wait == 0 && i < disk.rules.n; i++) {
		if (touches(&disk.rules.rule[i], req))
			wait = rule_delay_ns(&disk.rules.rule[i]) > ago_ns;
	}
	pthread_mutex_unlock(&disk.mu);
	return wait;
}

/* In small steps, so that a rule that is taken away lets go; nbdkit_nanosleep ends when nbdkit is
 * told to go. */
static int wait_turn(const struct request *req)
{
	uint64_t from = now_ns();
	int wait;

	while ((wait = must_wait(req, now_ns() - from)) > 0) {
		if (nbdkit_nanosleep(0, STEP_NS) < 0)
			return -1;
	}
	return wait;
}

/* The errno that this rule has for a request, 0 for none; counts. */
static int rule_error(struct rule *rule, const struct request *req)
{
	bool hit = touches(rule, req);

	switch (rule->fault) {
	case GONE:
		rule->hits += hit;
		return rule->hits > 0 ? EIO : 0;
	case BAD:
		return hit ? EIO : 0;
	case FLAKY:
		return hit && rule->hits++ < rule->arg ? EIO : 0;
	case NO_SPACE:
		return hit ? ENOSPC : 0;
	default:
		return 0;
	}
}

static int request_error(const struct request *req)
{
	int error = 0;

	pthread_mutex_lock(&disk.mu);
	if (rules_load() < 0)
		error = EIO;
	for (size_t i = 0; i < disk.rules.n; i++) {
		int os = rule_error(&disk.rules.rule[i], req);

		error = error ? error : os;
	}
	pthread_mutex_unlock(&disk.mu);
	return error;
}

/* Logs the request and gives it what the rules have for it. 0 or an errno. */
static int undergo(const struct request *req)
{
	if (note(req) < 0 || wait_turn(req) < 0)
		return EIO;
	if (disk.blocksize && (req->off % disk.blocksize || req->len % disk.blocksize))
		return EINVAL;
	return request_error(req);
}

static void spoil(struct rule *rule, const struct request *req, unsigned char *data)
{
	uint64_t from = rule->off > req->off ? rule->off : req->off;
	uint64_t rule_end = rule->off + rule->len, req_end = req->off + req->len;
	uint64_t end = rule_end < req_end ? rule_end : req_end;
	unsigned char mask = (unsigned char)(1 + rule->hits % 255);

	if (rule->fault == ZERO)
		(void)memset(data + (from - req->off), 0, end - from);
	if (rule->fault != DIFFER || rule->hits++ == 0)
		return;
	for (uint64_t at = from; at < end; at++)
		data[at - req->off] ^= mask;
}

static int refuse(int os)
{
	nbdkit_set_error(os);
	return -1;
}

static int fault_pread(void *handle, void *buf, uint32_t count, uint64_t offset, uint32_t flags)
{
	struct request req = { .off = offset, .len = count };
	int os = undergo(&req);

	(void)handle;
	(void)flags;
	if (os)
		return refuse(os);
	for (uint32_t done = 0; done < count;) {
		ssize_t n = pread(disk.fd, (char *)buf + done, count - done,
				  (off_t)(offset + done));

		if (n <= 0)
			return refuse(n < 0 ? errno : EIO);
		done += (uint32_t)n;
	}
	pthread_mutex_lock(&disk.mu);
	for (size_t i = 0; i < disk.rules.n; i++) {
		if (touches(&disk.rules.rule[i], &req))
			spoil(&disk.rules.rule[i], &req, buf);
	}
	pthread_mutex_unlock(&disk.mu);
	return 0;
}

static int fault_pwrite(void *handle, const void *buf, uint32_t count, uint64_t offset,
			uint32_t flags)
{
	struct request req = { .off = offset, .len = count, .writing = true };
	int os = undergo(&req);

	(void)handle;
	(void)flags;
	if (os)
		return refuse(os);
	for (uint32_t done = 0; done < count;) {
		ssize_t n = pwrite(disk.fd, (const char *)buf + done, count - done,
				   (off_t)(offset + done));

		if (n < 0)
			return refuse(errno);
		done += (uint32_t)n;
	}
	return 0;
}

static int fault_flush(void *handle, uint32_t flags)
{
	bool fail;

	(void)handle;
	(void)flags;
	pthread_mutex_lock(&disk.mu);
	fail = rules_load() < 0;
	for (size_t i = 0; i < disk.rules.n; i++)
		fail |= disk.rules.rule[i].fault == NO_FLUSH;
	pthread_mutex_unlock(&disk.mu);
	if (fail)
		return refuse(EIO);
	return fdatasync(disk.fd) < 0 ? refuse(errno) : 0;
}

static int fault_config(const char *key, const char *value)
{
	char **path = strcmp(key, "file") == 0    ? &disk.file
		      : strcmp(key, "rules") == 0 ? &disk.rules_path
		      : strcmp(key, "log") == 0   ? &disk.log_path
						  : NULL;

	if (strcmp(key, "blocksize") == 0)
		return nbdkit_parse_uint32_t(key, value, &disk.blocksize);
	if (!path) {
		nbdkit_error("unknown parameter '%s'", key);
		return -1;
	}
	free(*path);
	*path = nbdkit_absolute_path(value);
	return *path ? 0 : -1;
}

static int fault_get_ready(void)
{
	int rc;

	if (!disk.file) {
		nbdkit_error("which file? file=PATH");
		return -1;
	}
	disk.fd = open(disk.file, O_RDWR | O_CLOEXEC);
	if (disk.fd < 0) {
		nbdkit_error("cannot open %s: %m", disk.file);
		return -1;
	}
	if (disk.log_path)
		disk.log_fd = open(disk.log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (disk.log_path && disk.log_fd < 0) {
		nbdkit_error("cannot open %s: %m", disk.log_path);
		return -1;
	}
	pthread_mutex_lock(&disk.mu);
	rc = rules_load();
	pthread_mutex_unlock(&disk.mu);
	return rc;
}

static void *fault_open(int readonly)
{
	(void)readonly;
	return &disk;
}

static int64_t fault_get_size(void *handle)
{
	struct stat st;

	(void)handle;
	if (fstat(disk.fd, &st) < 0) {
		nbdkit_error("cannot inspect %s: %m", disk.file);
		return -1;
	}
	return st.st_size;
}

static int fault_can_multi_conn(void *handle)
{
	(void)handle;
	return 1;	/* one descriptor for all: each sees what the others flushed */
}

static void fault_unload(void)
{
	free(disk.file);
	free(disk.rules_path);
	free(disk.log_path);
}

static struct nbdkit_plugin plugin = {
	.name = "faultdisk",
	.longname = "a drive that misbehaves by rules",
	.config = fault_config,
	.config_help = "file=PATH rules=PATH log=PATH blocksize=BYTES",
	.get_ready = fault_get_ready,
	.open = fault_open,
	.get_size = fault_get_size,
	.can_multi_conn = fault_can_multi_conn,
	.pread = fault_pread,
	.pwrite = fault_pwrite,
	.flush = fault_flush,
	.unload = fault_unload,
};

NBDKIT_REGISTER_PLUGIN(plugin)
