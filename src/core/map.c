/* SPDX-License-Identifier: GPL-3.0-or-later */
/* map.c - what became of each range: sorted pieces without gaps, neighbours differ.
 * Owns: its pieces.   Threads: one at a time. */
#include <string.h>

#include "rawright/map.h"
#include "rawright/size.h"

struct piece {
	uint64_t off;
	enum rr_state state;
};

struct rr_map {
	struct piece *piece;
	size_t count, room;
	uint64_t end;
	uint64_t total[RR_STATES];
};

int rr_map_new(struct rr_map **out, uint64_t off, uint64_t len, enum rr_state state,
	       struct rr_err *err)
{
	struct rr_map *map = calloc(1, sizeof(*map));

	if (map) {
		map->room = 16;
		map->piece = calloc(map->room, sizeof(*map->piece));
	}
	if (!map || !map->piece) {
		free(map);
		return rr_fail_memory(err);
	}
	map->piece[0] = (struct piece){ off, state };
	map->count = 1;
	map->end = off + len;
	map->total[state] = len;
	*out = map;
	return 0;
}

int rr_map_copy(struct rr_map **out, const struct rr_map *map, struct rr_err *err)
{
	struct rr_map *copy = malloc(sizeof(*copy));

	if (!copy)
		return rr_fail_memory(err);
	*copy = *map;
	copy->room = map->count + 2;
	copy->piece = calloc(copy->room, sizeof(*copy->piece));
	if (!copy->piece) {
		free(copy);
		return rr_fail_memory(err);
	}
	memcpy(copy->piece, map->piece, map->count * sizeof(*copy->piece));
	*out = copy;
	return 0;
}

void rr_map_free(struct rr_map *map)
{
	if (!map)
		return;
	free(map->piece);
	free(map);
}

uint64_t rr_map_start(const struct rr_map *map)
{
	return map->piece[0].off;
}

uint64_t rr_map_end(const struct rr_map *map)
{
	return map->end;
}

size_t rr_map_count(const struct rr_map *map)
{
	return map->count;
}

static uint64_t piece_end(const struct rr_map *map, size_t i)
{
	return i + 1 < map->count ? map->piece[i + 1].off : map->end;
}

struct rr_extent rr_map_at(const struct rr_map *map, size_t i)
{
	uint64_t off = map->piece[i].off;

	return (struct rr_extent){ off, piece_end(map, i) - off, map->piece[i].state };
}

/* The piece that holds off, which lies inside the map. */
static size_t find(const struct rr_map *map, uint64_t off)
{
	size_t low = 0, high = map->count;

	while (high - low > 1) {
		size_t mid = low + (high - low) / 2;

		if (map->piece[mid].off <= off)
			low = mid;
		else
			high = mid;
	}
	return low;
}

static int make_room(struct rr_map *map, size_t more, struct rr_err *err)
{
	size_t room = map->room;
	struct piece *piece;

	while (room < map->count + more)
		room *= 2;
	if (room == map->room)
		return 0;
	piece = realloc(map->piece, room * sizeof(*piece));
	if (!piece)
		return rr_fail_memory(err);
	map->piece = piece;
	map->room = room;
	return 0;
}

/* Pieces [from, to) give way to n others. The room is there. */
static void splice(struct rr_map *map, size_t from, size_t to, const struct piece *with, size_t n)
{
	memmove(map->piece + from + n, map->piece + to, (map->count - to) * sizeof(*map->piece));
	memcpy(map->piece + from, with, n * sizeof(*with));
	map->count = map->count - (to - from) + n;
}

int rr_map_set(struct rr_map *map, uint64_t off, uint64_t len, enum rr_state state,
	       struct rr_err *err)
{
	uint64_t end = off + len;
	struct piece with[3];
	size_t first, last, n = 0;

	if (len == 0)
		return 0;
	if (make_room(map, 2, err) < 0)
		return -1;
	first = find(map, off);
	last = find(map, end - 1);
	for (size_t i = first; i <= last; i++)
		map->total[map->piece[i].state] -= rr_min(piece_end(map, i), end) -
						   rr_max(map->piece[i].off, off);
	map->total[state] += len;

	if (map->piece[first].off < off && map->piece[first].state != state)
		with[n++] = map->piece[first];
	else if (map->piece[first].off < off)
		off = map->piece[first].off;
	else if (first > 0 && map->piece[first - 1].state == state)
		off = map->piece[--first].off;
	with[n++] = (struct piece){ off, state };
	if (piece_end(map, last) > end && map->piece[last].state != state)
		with[n++] = (struct piece){ end, map->piece[last].state };
	else if (piece_end(map, last) == end && last + 1 < map->count &&
		 map->piece[last + 1].state == state)
		last++;
	splice(map, first, last + 1, with, n);
	return 0;
}

bool rr_map_next(const struct rr_map *map, uint64_t from, unsigned states, struct rr_extent *out)
{
	if (from >= map->end)
		return false;
	from = rr_max(from, rr_map_start(map));
	for (size_t i = find(map, from); i < map->count; i++) {
		if (!(states & 1u << map->piece[i].state))
			continue;
		*out = rr_map_at(map, i);
		if (out->off < from) {
			out->len -= from - out->off;
			out->off = from;
		}
		return true;
	}
	return false;
}

enum rr_state rr_map_state(const struct rr_map *map, uint64_t off)
{
	return map->piece[find(map, off)].state;
}

uint64_t rr_map_total(const struct rr_map *map, enum rr_state state)
{
	return map->total[state];
}

bool rr_map_is(const struct rr_map *map, enum rr_state state)
{
	return map->count == 1 && map->piece[0].state == state;
}

bool rr_map_equal(const struct rr_map *a, const struct rr_map *b)
{
	if (a->count != b->count || a->end != b->end)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (a->piece[i].off != b->piece[i].off || a->piece[i].state != b->piece[i].state)
			return false;
	return true;
}
