/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenes.c - the scenes of the golden screens: from a job that has just begun to one that failed.
 * Owns: a scene its model.   Threads: the test's. */
#include <errno.h>
#include <stdio.h>

#include "scenes.h"

#define MB    UINT64_C(1000000)
#define DAY_S (14 * 3600 + 2 * 60 + 7)

static void tell(struct scene *s, struct rr_event ev)
{
	ev.ms = s->ms;
	ev.result = &s->result;
	rr_model_event(s->model, &ev);
}

static void start(struct scene *s, const char *const *plan, size_t n)
{
	tell(s, (struct rr_event){ .type = RR_EV_START, .plan = plan, .nplan = n });
}

static void phase(struct scene *s, const char *name)
{
	s->phase = name;
	s->phase_ms = s->ms;
	s->done = 0;
	tell(s, (struct rr_event){ .type = RR_EV_PHASE, .name = name });
}

static void note(struct scene *s, const char *kind, const char *text)
{
	tell(s, (struct rr_event){ .type = RR_EV_NOTE, .name = kind, .text = text });
}

static void digest(struct scene *s)
{
	tell(s, (struct rr_event){ .type = RR_EV_DIGEST,
				   .name = "sha256",
				   .text = "7f3a09c1d2e4b5a69788776655443322110ffeeddccbbaa99"
					   "8877665544332211" });
}

static void bad(struct scene *s, uint64_t off, uint64_t len)
{
	tell(s, (struct rr_event){ .type = RR_EV_RANGE,
				   .name = "unreadable",
				   .off = off,
				   .len = len,
				   .state = RR_BAD,
				   .os = EIO });
	s->bad += len;
}

static void look(struct scene *s, uint64_t bytes, uint64_t rate, uint64_t silent_ms)
{
	uint64_t elapsed = s->ms - s->phase_ms, total = s->result.length;
	bool proof = rr_phase_proves(s->phase);
	struct rr_event ev = { .type = RR_EV_PROGRESS };

	if (bytes > s->done)
		tell(s, (struct rr_event){ .type = RR_EV_DONE,
					   .name = s->phase,
					   .off = s->done,
					   .len = bytes - s->done,
					   .state = RR_FINISHED });
	s->done = bytes > s->done ? bytes : s->done;
	ev.now = (struct rr_progress){ .phase = s->phase,
				       .bytes = bytes,
				       .total = total,
				       .rate = rate,
				       .mean = elapsed ? bytes * 1000 / elapsed : 0,
				       .bad = s->bad,
				       .eta_ms = UINT64_MAX,
				       .elapsed_ms = elapsed,
				       .silent_ms = silent_ms,
				       .pos = bytes + (proof ? 0 : s->result.offset),
				       .sector = s->result.source.sector,
				       .retried = s->retried,
				       .slowest = s->slowest,
				       .share = s->share,
				       .nshare = s->result.ndest };
	for (size_t i = 0; i < s->result.ndest; i++)
		if (!s->share[i].failed)
			s->share[i] = (struct rr_share){ .active = true, .bytes = bytes };
	rr_model_event(s->model, &(struct rr_event){ .type = RR_EV_PROGRESS,
						     .ms = s->ms,
						     .result = &s->result,
						     .now = ev.now });
}

/* So many seconds, at a rate that goes up and down a little. */
static void work(struct scene *s, unsigned seconds, uint64_t rate)
{
	static const unsigned wave[] = { 90, 100, 110, 120, 112, 100, 95, 85, 70, 80 };
	uint64_t bytes = s->done;

	for (unsigned i = 0; i < 5 * seconds; i++) {
		uint64_t now = rate * wave[i / 5 % 10] / 100;

		s->ms += 200;
		bytes += now / 5 / 512 * 512;
		look(s, bytes < s->result.length ? bytes : s->result.length, now, 0);
	}
}

/* ------------------------------------------------------------------ what is read or written */

static const char *const read_plan[] = { "copy", "flush", "verify" };
static const char *const write_plan[] = { "write", "flush", "verify" };

static struct rr_node stick(const char *path, const char *port, const char *serial)
{
	return (struct rr_node){ .path = (char *)path,
				 .name = (char *)path + 5,
				 .kind = "usb-stick",
				 .vendor = (char *)"SanDisk",
				 .model = (char *)"Ultra",
				 .serial = (char *)serial,
				 .port = (char *)port,
				 .bytes = 30800 * MB,
				 .sector = 512,
				 .block = true };
}

static void a_stick_to_an_image(struct scene *s)
{
	s->result.task = RR_TASK_READ;
	s->result.source = stick("/dev/sdb", "usb 2-1.3", "4C530001230611");
	s->result.length = 783 * MB / 512 * 512;
	s->dest[0].path = (char *)"stick-2026-11.img";
	s->result.ndest = 1;
	start(s, read_plan, 3);
}

static void a_floppy_to_an_image(struct scene *s)
{
	s->result.task = RR_TASK_READ;
	s->result.source = (struct rr_node){ .path = (char *)"/dev/fd0",
					     .name = (char *)"fd0",
					     .kind = "floppy",
					     .bytes = 1474560,
					     .sector = 512,
					     .block = true };
	s->result.length = 1474560;
	s->dest[0].path = (char *)"letters-94.img";
	s->result.ndest = 1;
	start(s, read_plan, 3);
}

static void an_image_to_sticks(struct scene *s, size_t n)
{
	static const char *const paths[] = { "/dev/sdb", "/dev/sdc", "/dev/sdd", "/dev/sde",
					     "/dev/sdf", "/dev/sdg", "/dev/sdh", "/dev/sdi",
					     "/dev/sdj", "/dev/sdk", "/dev/sdl", "/dev/sdm" };
	static const char *const ports[] = { "usb 2-1.1", "usb 2-1.2", "usb 2-1.3", "usb 2-1.4",
					     "usb 2-2.1", "usb 2-2.2", "usb 2-2.3", "usb 2-2.4",
					     "usb 2-3.1", "usb 2-3.2", "usb 2-3.3", "usb 2-3.4" };

	s->result.task = RR_TASK_WRITE;
	s->result.source = (struct rr_node){ .path = (char *)"debian-13.1.0-amd64-netinst.iso",
					     .name = (char *)"debian-13.1.0-amd64-netinst.iso",
					     .kind = "file",
					     .bytes = 783 * MB / 512 * 512,
					     .sector = 512 };
	s->result.length = s->result.source.bytes;
	for (size_t i = 0; i < n; i++) {
		s->node[i] = stick(paths[i], ports[i], "4C530001230611");
		s->dest[i] = (struct rr_dest){ .path = s->node[i].path, .drive = &s->node[i] };
	}
	s->result.ndest = n;
	start(s, write_plan, 3);
	note(s, "unmounted", "unmounted /media/ann/PHOTOS");
	phase(s, "write");
}

static void end(struct scene *s, int status)
{
	s->result.exit = status;
	s->result.bytes_read = s->result.length;
	tell(s, (struct rr_event){ .type = RR_EV_END });
}

/* ------------------------------------------------------------------ scenes */

static void play_start(struct scene *s)
{
	a_stick_to_an_image(s);
}

static void play_running(struct scene *s)
{
	a_stick_to_an_image(s);
	phase(s, "copy");
	s->slowest = "source";
	work(s, 24, 12 * MB);
}

static void play_slow(struct scene *s)
{
	an_image_to_sticks(s, 1);
	s->slowest = "destination";
	work(s, 12, 14 * MB);
	work(s, 70, 2 * MB);
}

static void play_stuck(struct scene *s)
{
	play_running(s);
	for (unsigned i = 1; i <= 200; i++) {
		s->ms += 200;
		look(s, s->done, 0, i * 200);
	}
}

static void play_errors(struct scene *s)
{
	a_floppy_to_an_image(s);
	phase(s, "copy");
	note(s, "io", "/dev/fd0 is read through the page cache (the driver takes no direct reads)");
	s->slowest = "source";
	work(s, 8, 40000);
	bad(s, 18432, 512);
	bad(s, 102400, 1536);
	s->retried = 8;
	work(s, 6, 30000);
}

static void play_verify(struct scene *s)
{
	play_running(s);
	work(s, 45, 12 * MB);
	phase(s, "flush");
	s->ms += 3000;
	digest(s);
	phase(s, "verify");
	s->slowest = "digest";
	work(s, 5, 90 * MB);
}

static void play_many(struct scene *s)
{
	an_image_to_sticks(s, 12);
	work(s, 20, 9 * MB);
	s->share[2].failed = true;
	s->share[5].silent_ms = 12000;
	s->ms += 200;
	look(s, s->done, 9 * MB, 0);
	s->share[5].silent_ms = 12000;
	rr_model_event(s->model, &(struct rr_event){ .type = RR_EV_PROGRESS,
						     .ms = s->ms,
						     .now = { .phase = "write",
							      .bytes = s->done,
							      .total = s->result.length,
							      .rate = 9 * MB,
							      .mean = 9 * MB,
							      .elapsed_ms = s->ms,
							      .sector = 512,
							      .share = s->share,
							      .nshare = 12 } });
}

static void play_paused(struct scene *s)
{
	struct rr_progress now;

	play_running(s);
	now = s->model->progress;
	now.paused = true;
	s->view.wish = RR_WISH_PAUSE;
	tell(s, (struct rr_event){ .type = RR_EV_PROGRESS, .now = now });
	s->ms += 5000;
	tell(s, (struct rr_event){ .type = RR_EV_PROGRESS, .now = now });
}

static void play_question(struct scene *s)
{
	play_slow(s);
	s->view.asked = RR_ASKED_STOP;
}

static void play_done(struct scene *s)
{
	play_verify(s);
	work(s, 4, 90 * MB);
	s->algo = (struct rr_digest_algo){ .name = "sha256", .tag = "SHA256", .size = 32 };
	s->digest = (struct rr_digest_value){ .algo = &s->algo, .value = { 0x7f, 0x3a } };
	s->result.digest = &s->digest;
	s->result.ndigest = 1;
	s->dest[0].status = RR_DEST_VERIFIED;
	s->result.outcome = RR_COMPLETE;
	end(s, RR_EXIT_OK);
}

static void play_failed(struct scene *s)
{
	an_image_to_sticks(s, 2);
	work(s, 20, 9 * MB);
	s->dest[0].status = RR_DEST_NOT_VERIFIED;
	s->dest[1].status = RR_DEST_FAILED;
	(void)rr_fail(&s->dest[1].err, RR_SYSTEM, EIO, "cannot write /dev/sdc at sector 4,711");
	note(s, "destination", s->dest[1].err.text);
	end(s, RR_EXIT_FAILED);
}

static void play_map(struct scene *s)
{
	play_errors(s);
	s->view.page = RR_PAGE_MAP;
	s->view.at = 102400;
}

static void play_log(struct scene *s)
{
	play_errors(s);
	s->view.page = RR_PAGE_LOG;
	for (unsigned i = 0; i < 60; i++)
		bad(s, 204800 + i * 1024, 512);
	s->view.up = 2;
}

static void play_help(struct scene *s)
{
	play_running(s);
	s->view.page = RR_PAGE_HELP;
}

/* Burned twice: two tracks, and one more behind the end of the first session. */
static void a_disc_to_an_image(struct scene *s)
{
	s->result.task = RR_TASK_READ;
	s->result.source = (struct rr_node){ .path = (char *)"/dev/sr0",
					     .name = (char *)"sr0",
					     .kind = "optical",
					     .vendor = (char *)"HL-DT-ST",
					     .model = (char *)"DVDRAM GP57EB40",
					     .bytes = 330000 * 2048,
					     .sector = 2048,
					     .block = true };
	s->result.disc = (struct rr_disc){
		.known = true, .sessions = 2, .ntrack = 3, .lead_out = 330000, .capacity = 330000
	};
	s->result.disc.track[0] = (struct rr_track){ 1, 1, false, 0, false, 0, 150000 };
	s->result.disc.track[1] = (struct rr_track){ 2, 1, false, 0, true, 150000, 210000 };
	s->result.disc.track[2] = (struct rr_track){ 3, 2, false, 0, false, 221400, 330000 };
	s->result.length = 330000 * 2048;
	s->dest[0].path = (char *)"backup-2003.img";
	s->result.ndest = 1;
	start(s, read_plan, 3);
}

static void play_disc(struct scene *s)
{
	a_disc_to_an_image(s);
	phase(s, "copy");
	s->slowest = "source";
	work(s, 70, 7 * MB);
	bad(s, 150000 * 2048, 2 * 2048); /* where the second track begins */
	work(s, 4, 2 * MB);
}

static void play_disc_map(struct scene *s)
{
	play_disc(s);
	s->view.page = RR_PAGE_MAP;
	s->view.at = 150000 * 2048;
}

/* Names that would steer a terminal, or take two columns, or none. */
static void play_hostile(struct scene *s)
{
	s->result.task = RR_TASK_CLONE;
	s->result.source = stick("/dev/sdb", "usb \033[2J",
				 "\xe2\x80\xae"
				 "0611\007");
	s->result.source.vendor = (char *)"\xe6\x97\xa5\xe6\x9c\xac";
	s->result.source.model = (char *)"e\xcc\x81t\xc3\xa9 \xff\033]0;x\007";
	s->result.length = 64 * MB;
	s->node[0] = stick("/dev/sdc", "usb 1-1", "1");
	s->node[0].model = (char *)"\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5"
				   "\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac\xe6\x97\xa5\xe6\x9c\xac";
	s->dest[0] = (struct rr_dest){ .path = s->node[0].path, .drive = &s->node[0] };
	s->result.ndest = 1;
	start(s, write_plan, 3);
	phase(s, "write");
	note(s, "io",
	     "a\nb\r\033[31mc\xc2\x9b"
	     "d");
	work(s, 4, 3 * MB);
}

const struct scene_kind scene_kinds[] = {
	{ "start", play_start },   { "running", play_running },	  { "slow", play_slow },
	{ "stuck", play_stuck },   { "errors", play_errors },	  { "verify", play_verify },
	{ "many", play_many },	   { "paused", play_paused },	  { "done", play_done },
	{ "failed", play_failed }, { "question", play_question }, { "map", play_map },
	{ "log", play_log },	   { "help", play_help },	  { "hostile", play_hostile },
	{ "disc", play_disc },	   { "disc-map", play_disc_map }, { NULL, NULL },
};

void scene_begin(struct scene *s, const struct scene_kind *kind)
{
	memset(s, 0, sizeof(*s));
	s->result.dest = s->dest;
	s->result.run = &s->run;
	s->result.nrun = 1;
	assert_int_equal(rr_model_new(DAY_S, &s->model, NULL), 0);
	kind->play(s);
}

void scene_end(struct scene *s)
{
	rr_model_free(s->model);
}
