/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pick_walk.c - walks through the pages: drives that are not there, keys that nobody pressed.
 * Owns: what a walk has.   Threads: main. */
#include "pick_scenes.h"

/* ------------------------------------------------------------------ drives */

struct sample {
	const char *path, *kind, *vendor, *model, *serial, *port;
	uint64_t bytes, diskseq;
	const char *table, *fs, *label;
	enum rr_ban ban;
	const char *rule, *brief, *text;
};

static const struct sample stick = {
	.path = "/dev/sdb", .kind = "usb-stick", .vendor = "SanDisk", .model = "Ultra",
	.serial = "4C530001230611", .port = "usb 2-1.3", .bytes = 30752000000, .diskseq = 41,
	.table = "dos", .fs = "vfat", .label = "PHOTOS",
};
static const struct sample mounted = {
	.path = "/dev/sdc", .kind = "usb-stick", .vendor = "Kingston", .model = "DataTraveler 3.0",
	.serial = "60A44C413E", .port = "usb 2-1.1", .bytes = 62109253632, .diskseq = 42,
	.table = "gpt", .fs = "ext4", .label = "backup",
	.ban = RR_BAN_LIFTABLE, .rule = "mounted", .brief = "mounted on /media/ann/backup",
	.text = "/dev/sdc is mounted on /media/ann/backup: unmount it, or say --unmount",
};
static const struct sample floppy = {
	.path = "/dev/fd0", .kind = "floppy", .bytes = 1474560, .diskseq = 3,
	.fs = "vfat", .label = "DISK 12",
};
static const struct sample reader = {
	.path = "/dev/sdd", .kind = "card-reader", .vendor = "Generic", .model = "STORAGE DEVICE",
	.port = "usb 1-4", .diskseq = 9,
	.ban = RR_BAN_REFUSED, .rule = "medium", .brief = "no medium",
	.text = "there is no medium in /dev/sdd",
};
static const struct sample fixed = {
	.path = "/dev/nvme0n1", .kind = "disk", .model = "Samsung SSD 980 1TB",
	.serial = "S649NL0T", .bytes = 1000204886016, .diskseq = 1, .table = "gpt", .fs = "ext4",
	.ban = RR_BAN_PROTECTED, .rule = "system", .brief = "system: /",
	.text = "/dev/nvme0n1 is needed by the running system (/): it is never written",
};
static const struct sample hostile = {
	.path = "/dev/sde", .kind = "usb-stick", .vendor = "\033[2JEvil",
	.model = "\xe2\x80\xaetxt\xff",
	.serial = "a\nb\tc", .bytes = 8000000000, .diskseq = 50, .fs = "vfat",
	.label = "\033]0;pwned\007 yes",
};
static const struct sample *const many[] = { &floppy, &fixed, &stick, &mounted, &reader };
static const struct sample *const one[] = { &stick };
static const struct sample *const hostiles[] = { &hostile };

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static void make(struct rr_seen *seen, const struct sample *from)
{
	struct rr_node *node = &seen->node;
	struct rr_part *part;

	*seen = (struct rr_seen){ .write = { .ban = from->ban, .rule = from->rule } };
	*node = (struct rr_node){ .path = copy(from->path), .name = copy(from->path + 5),
				  .kind = from->kind, .vendor = copy(from->vendor),
				  .model = copy(from->model), .serial = copy(from->serial),
				  .port = copy(from->port), .bytes = from->bytes,
				  .diskseq = from->diskseq, .block = true,
				  .medium = from->bytes != 0 };
	(void)snprintf(seen->write.brief, sizeof(seen->write.brief), "%s",
		       from->brief ? from->brief : "");
	(void)snprintf(seen->write.text, sizeof(seen->write.text), "%s",
		       from->text ? from->text : "");
	node->content.known = node->medium;
	node->content.table = copy(from->table);
	node->label = copy(from->label);
	if (!from->fs)
		return;
	part = rr_content_add(&node->content);
	assert_non_null(part);
	part->number = from->table ? 1 : 0;
	part->fs = copy(from->fs);
	part->label = copy(from->label);
}

static void survey_of(struct rr_survey *survey, enum walk_drives drives)
{
	const struct sample *const *from = drives == MANY_DRIVES ? many :
					   drives == ONE_STICK	 ? one :
								   hostiles;
	size_t n = drives == NO_DRIVE ? 0 : drives == MANY_DRIVES ? 5 : 1;

	*survey = (struct rr_survey){ .drive = calloc(n + 1, sizeof(*survey->drive)), .n = n };
	assert_non_null(survey->drive);
	for (size_t i = 0; i < n; i++)
		make(&survey->drive[i], from[i]);
}

/* ------------------------------------------------------------------ the walk */

static void go_to(struct walk *w, const struct rr_pick_page *page)
{
	struct rr_err err;

	w->page = page;
	w->panel = (struct rr_panel){ .title = page->title,
				      .help = page->help,
				      .hints = page->hints,
				      .free = page->free };
	w->pick.news = page->news;
	assert_int_equal(page->enter(&w->pick, &w->panel, &err), 0);
	w->panel.notice = w->pick.notice;
}

void walk_begin(struct walk *w, enum walk_drives drives)
{
	*w = (struct walk){ .pick = { .wake = -1, .surveyed = true } };
	survey_of(&w->pick.survey, drives);
	go_to(w, &rr_pick_drives_page);
}

void walk_to(struct walk *w, const struct rr_pick_page *page)
{
	for (size_t i = 0; rr_pick_page_at(&w->pick, i); i++)
		if (rr_pick_page_at(&w->pick, i) == page)
			w->at = i;
	go_to(w, page);
}

void walk_end(struct walk *w)
{
	rr_pick_clear(&w->pick);
}

static void on(struct walk *w, enum rr_did did, unsigned key)
{
	enum rr_pick_next next = rr_pick_is_lost(&w->pick, w->page) ?
					 RR_PICK_AGAIN :
					 w->page->on(&w->pick, &w->panel, did, key);

	w->panel.notice = w->pick.notice;
	if (next == RR_PICK_STAY)
		return;
	w->at = next == RR_PICK_FORWARD ? w->at + 1 :
		next == RR_PICK_BACK && w->at ? w->at - 1 :
						0;
	assert_non_null(rr_pick_page_at(&w->pick, w->at));
	go_to(w, rr_pick_page_at(&w->pick, w->at));
}

void walk_news(struct walk *w, enum walk_drives drives)
{
	struct rr_survey now;

	survey_of(&now, drives);
	rr_pick_take_survey(&w->pick, &now);
	on(w, RR_DID_WAKE, 0);
}

void walk_key(struct walk *w, unsigned key)
{
	w->did = rr_panel_key(&w->panel, 24, 80, key);
	if (w->did == RR_DID_NOTHING || w->did == RR_DID_QUIT)
		return;
	rr_pick_say(&w->pick, NULL);
	on(w, w->did, key);
}

void walk_type(struct walk *w, const char *text)
{
	for (; *text; text++)
		walk_key(w, (unsigned char)*text);
}
