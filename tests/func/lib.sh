# SPDX-License-Identifier: GPL-3.0-or-later
# lib.sh - what the functional tests share; tests/README.md tells how to use it. Source it first.
#
# A test is a bash script: one function for each case, named after its id in ids.txt, and a last
# line "cases ID...". Each case runs in a subshell and folder of its own, under set -e, and whatever
# it put up is taken down again, however it ends.

set -uE
export LC_ALL=C.UTF-8 TZ=UTC
srcdir=$(cd "${srcdir:-.}" && pwd)
builddir=$(cd "${builddir:-.}" && pwd)
RAWRIGHT=${RAWRIGHT:-$builddir/rawright}
FAULTDISK=${FAULTDISK:-$builddir/tests/fake/faultdisk.so}
SECONDS_MAX=${SECONDS_MAX:-60}		# the longest that any one command may take
SLOWER=${SLOWER:-1}			# factor for time limits: sanitizers and valgrind raise it
PATH=$PATH:/usr/sbin:/sbin
ulimit -c 0
ulimit -S -f $((4 * 1024 * 1024))	# KiB: a tool that runs away must not fill the disk

# ------------------------------------------------------------------------------ ends and reasons
say() { printf '%s\n' "$*"; }
skip() { say "SKIP: $*"; exit 77; }
fail() { say "FAIL: $(place): $*"; exit 1; }
# Where in the test script we are: "faults.test:31".
place() {
	local i

	for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
		[ "${BASH_SOURCE[i]}" != "${BASH_SOURCE[0]}" ] && break
	done
	say "${BASH_SOURCE[i]##*/}:${BASH_LINENO[i - 1]}"
}

# needs WORD... - skips the case unless all of that is there.
needs() {
	local word

	for word; do
		need_$word
	done
}
need_root() { [ "$(id -u)" = 0 ] || skip "needs root"; }
need_loop() { need_root; [ -e /dev/loop-control ] || skip "needs loop devices"; }
need_fuse() { [ -c /dev/fuse ] || skip "needs /dev/fuse"; need_tool fusermount3 nbdfuse; }
need_nbdkit() { need_tool nbdkit; [ -e "$FAULTDISK" ] || skip "needs $FAULTDISK (nbdkit)"; }
need_faults() { needs loop fuse nbdkit; }
need_mount() {
	needs loop
	unshare -m true 2>/dev/null || skip "needs the right to mount"
}
need_tool() {
	local tool

	for tool; do
		command -v "$tool" >/dev/null || skip "needs the program $tool"
	done
}
need_umockdev() { need_tool umockdev-run; }
need_jsonschema() {
	/usr/bin/python3 -c 'import jsonschema' 2>/dev/null || skip "needs python3-jsonschema"
}

# later CMD ARG... - runs when the case ends; the last one first.
LATER=()
later() { LATER+=("$(printf '%q ' "$@")"); }
take_down() {
	local i

	trap - EXIT ERR
	set +e
	for ((i = ${#LATER[@]} - 1; i >= 0; i--)); do
		eval "${LATER[i]}" >>"$WORK/.down" 2>&1
	done
	cd /
}

# ----------------------------------------------------------------------------------- running cases
describe() { sed -n "s/^$1[[:space:]][[:space:]]*//p" "$srcdir/tests/func/ids.txt"; }
run_case() {
	trap take_down EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	trap 'say "FAIL: ${BASH_SOURCE[0]##*/}:$LINENO: $BASH_COMMAND"' ERR
	WORK=$TOP/$1
	CASE=$1
	mkdir "$WORK"
	cd "$WORK"
	"$1"
}

# cases ID... - runs them, tells of each, and ends the script. ONLY="ID ID" picks some.
cases() {
	local id rc failed=0 passed=0 text

	[ -x "$RAWRIGHT" ] || { say "SKIP: there is no program $RAWRIGHT"; exit 77; }
	TOP=$(mktemp -d "${TMPDIR:-/tmp}/rr-XXXXXX")
	mkdir "$TOP/bin"
	ln -s "$RAWRIGHT" "$TOP/bin/rawright"
	PATH=$TOP/bin:$PATH
	trap 'rm -rf --one-file-system "$TOP"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	for id; do
		[[ -z ${ONLY-} || " $ONLY " == *" $id "* ]] || continue
		text=$(describe "$id")
		[ -n "$text" ] || text="(this id is missing in tests/func/ids.txt)"
		(set -e; LATER=(); run_case "$id")
		rc=$?
		case $rc in
		0) say "ok $id $text"; passed=1 ;;	# tests/check/ids finds unknown ones
		77) say "skip $id $text" ;;
		*) say "not ok $id $text"; failed=1 ;;
		esac
	done
	[ $failed = 0 ] || exit 1
	[ $passed = 1 ] || exit 77
	exit 0
}

# ------------------------------------------------------------------------------- running programs
# What a program said stands in the files $OUT and $ERR of the case's folder.
OUT=.out ERR=.err
now_ms() { say $((${EPOCHREALTIME/[.,]/} / 1000)); }
shown() { sed 's/^/  | /' "$1" | tail -n 40; }
judge() {
	local want=$1 got=$2

	shift 2
	STATUS=$got
	if grep -qE 'Sanitizer|runtime error:' "$ERR"; then
		shown "$ERR"
		fail "a sanitizer spoke: $*"
	fi
	[ "$got" = "$want" ] && return
	shown "$OUT"
	shown "$ERR"
	fail "exit status $got where $want was expected: $*"
}

# expect STATUS CMD... - runs it with nothing on standard input; another status fails the case.
expect() {
	local want=$1 got=0

	shift
	timeout -k 5 "$SECONDS_MAX" "$@" >$OUT 2>$ERR </dev/null || got=$?
	judge "$want" "$got" "$@"
}

# typed STATUS KEYS CMD... - runs CMD on a terminal of its own; each time it asks, HOOK (a command,
# or nothing) is run and KEYS are typed: "yes\n", "\003" (Ctrl-C), "\004" (end of input). What it
# showed stands in $OUT.
typed() {
	local want=$1 keys=$2 got=0

	shift 2
	: >$ERR
	HOOK=${HOOK-} timeout -k 5 "$SECONDS_MAX" /usr/bin/python3 - "$keys" "$@" \
		>$OUT <<'PY' || got=$?
import os, pty, select, subprocess, sys
keys = sys.argv[1].encode().decode("unicode_escape").encode("latin-1")
pid, fd = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm"
    os.execvp(sys.argv[2], sys.argv[2:])
shown, answered = b"", 0
while True:
    try:
        got = os.read(fd, 4096)
    except OSError:
        break
    if not got:
        break
    shown += got
    if shown.count(b"to go on: ") > answered:
        answered += 1
        if os.environ["HOOK"]:
            subprocess.run(["bash", "-c", os.environ["HOOK"]], check=True,
                           stdout=subprocess.DEVNULL)
        os.write(fd, keys)
    sys.stdout.buffer.write(got)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.flush()
sys.exit(status if status >= 0 else 128 - status)
PY
	judge "$want" "$got" "$@"
}

# says FILE REGEX... - each must be found in it (extended, letter case ignored).
says() {
	local file=$1 text

	shift
	for text; do
		grep -qiE -e "$text" "$file" && continue
		shown "$file"
		fail "nothing in $file says '$text'"
	done
}

# told WHEN [FILE] - what the program answered to being asked to write WHEN, for the table of the
# README (tests/check/told): its words, with the names of this run replaced by such that last.
told() {
	local text

	text=$(tr -d '\r' <"${2-$ERR}" | sed -n 's/^rawright: //p' | head -n 1)
	[ -n "$text" ] || fail "nothing was said"
	text=$(sed -E "s,${PART:-no-part},/dev/sdx1,g; s,${DEV:-no-dev},/dev/sdx,g
		s,${MNT:-no-mnt},/media/ann/PHOTOS,g; s,$WORK/,,g; s/\([0-9]+\)/(4711)/g
		s,(loop|/dev/loop)[0-9]+,\1N,g; s/\|/\\\\|/g" <<<"$text")
	say "told $CASE|$1|$text|exit $STATUS"
}

# start CMD... - in the background, its pid in PID; its own session and process group; signals are
# as a terminal would leave them.
start() {
	setsid env --default-signal=INT,QUIT,PIPE,HUP "$@" >$OUT 2>$ERR </dev/null &
	PID=$!
	COMMAND=$*
	later kill -KILL -- "-$PID"
}
reap() { kill -KILL "$1" 2>/dev/null; wait "$1" 2>/dev/null; }
# A zombie whose threads are gone has closed all it held.
running() {
	local tasks

	[ -e "/proc/$1/stat" ] || return 1
	grep -qs ') [ZX] ' "/proc/$1/stat" || return 0
	tasks=("/proc/$1/task/"*)
	[ ${#tasks[@]} -gt 1 ]
}

# finish STATUS [MS] - waits for the program of start; MS: and it must not take longer than that.
finish() {
	local want=$1 limit=${2-$((SECONDS_MAX * 1000))} from got=0 took

	from=$(now_ms)
	while running "$PID" && [ $(($(now_ms) - from)) -lt $((SECONDS_MAX * 1000)) ]; do
		sleep 0.01
	done
	took=$(($(now_ms) - from))
	running "$PID" && { shown $ERR; fail "it did not end in $SECONDS_MAX seconds: $COMMAND"; }
	wait "$PID" || got=$?
	judge "$want" "$got" "$COMMAND"
	[ "$took" -le $((limit * SLOWER)) ] || fail "it took $took ms to end, not $limit: $COMMAND"
}

# wait_for SECONDS CMD... - until it succeeds.
wait_for() {
	local from limit=$(($1 * 1000 * SLOWER))

	shift
	from=$(now_ms)
	until "$@" 2>/dev/null; do
		[ $(($(now_ms) - from)) -lt $limit ] || fail "waited in vain for: $*"
		sleep 0.01
	done
}

# child_of PID - the pid of its first child.
child_of() { awk '{ print $1 }' "/proc/$1/task/$1/children"; }

# --------------------------------------------------------------------------------- files and bytes
make_image() { head -c "$2" /dev/urandom >"$1"; }
size_of() { stat -c %s "$1"; }
same() { cmp "$1" "$2" || fail "$1 and $2 differ"; }
differs() { ! cmp -s "$1" "$2" || fail "$1 and $2 should differ and do not"; }
there() { local f; for f; do [ -e "$f" ] || fail "$f is missing"; done; }
absent() { local f; for f; do [ ! -e "$f" ] || fail "$f should not be there"; done; }
sha256() { sha256sum <"$1" | cut -d' ' -f1; }

# zeroed TRUTH FILE S N [S N]... - a copy of TRUTH with these sectors of 512 bytes as zeros.
zeroed() {
	local file=$2

	cp --sparse=never "$1" "$2"
	shift 2
	while [ $# -gt 0 ]; do
		dd if=/dev/zero of="$file" bs=512 seek="$1" count="$2" conv=notrunc status=none
		shift 2
	done
}

# flip FILE OFFSET - turns the bits of one byte.
flip() {
	/usr/bin/python3 - "$1" "$2" <<'PY'
import sys
with open(sys.argv[1], "r+b") as f:
    f.seek(int(sys.argv[2]))
    byte = f.read(1)[0]
    f.seek(int(sys.argv[2]))
    f.write(bytes([byte ^ 255]))
PY
}

# place_in HAY NEEDLE OFFSET - where in the file HAY the 512 bytes at OFFSET of NEEDLE stand.
place_in() {
	/usr/bin/python3 - "$1" "$2" "$3" <<'PY'
import mmap, sys
with open(sys.argv[2], "rb") as f:
    f.seek(int(sys.argv[3]))
    needle = f.read(512)
with open(sys.argv[1], "rb") as f:
    print(mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ).find(needle))
PY
}

# json FILE PATH - the value at result.bad.0.offset; "#" is a list's length; "none": not there.
json() {
	/usr/bin/python3 - "$1" "$2" <<'PY'
import json, sys
value = json.load(open(sys.argv[1]))
for key in sys.argv[2].split("."):
    try:
        if isinstance(value, list):
            value = len(value) if key == "#" else value[int(key)]
        else:
            value = value[key]
    except (KeyError, IndexError, TypeError):
        value = None
        break
print("none" if value is None else json.dumps(value).strip('"'))
PY
}

# record FILE PATH VALUE - what stands there in a record.
record() {
	local got

	got=$(json "$1" "$2")
	[ "$got" = "$3" ] || fail "$1: $2 is '$got', not '$3'"
}

# valid SCHEMA FILE - each line of FILE (or all of it) obeys docs/SCHEMA.schema.json.
valid() {
	/usr/bin/python3 - "$srcdir/docs/$1.schema.json" "$2" <<'PY'
import json, jsonschema, sys
schema = json.load(open(sys.argv[1]))
text = open(sys.argv[2]).read()
try:
    values = [json.loads(text)]
except ValueError:
    values = [json.loads(line) for line in text.splitlines()]
check = jsonschema.Draft7Validator(schema) if "draft-07" in schema.get("$schema", "") \
    else jsonschema.Draft202012Validator(schema)
check.check_schema(schema)
bad = [e for v in values for e in check.iter_errors(v)]
for e in bad[:5]:
    print("FAIL:", "/".join(map(str, e.absolute_path)), e.message[:200])
sys.exit(1 if bad or not values else 0)
PY
}

# zeros FILE OFFSET LENGTH - are there zeros and nothing else?
zeros() {
	cmp -s <(head -c "$3" /dev/zero) <(tail -c +$(($2 + 1)) "$1" | head -c "$3") ||
		fail "$1 holds more than zeros in the $3 bytes at $2"
}
# holds DEVICE FILE - does it begin with the bytes of the file?
holds() { cmp -s -n "$(size_of "$2")" "$1" "$2" || fail "$1 does not hold $2"; }

# bad_sectors RECORD - "S N" lines of its unreadable ranges, in sectors of 512 bytes.
bad_sectors() {
	/usr/bin/python3 -c 'import json, sys
for r in json.load(open(sys.argv[1]))["result"]["bad"]:
    print(r["offset"] // 512, r["length"] // 512)' "$1"
}

# ----------------------------------------------------------------------------------- drives to read
COUNT=0

# loop FILE [losetup option]... - DEV becomes a loop device over it.
loop() {
	local file=$1 try

	shift
	for try in 1 2 3 4 5 6 7 8 9 10; do
		DEV=$(losetup -f --show "$@" "$file" 2>.losetup) && break
		sleep 0.1
	done
	[ -b "$DEV" ] || fail "losetup: $(cat .losetup)"
	later unloop "$DEV"
	# the flag of BLKROSET outlives whoever had the device before
	[[ " $* " == *" -r "* ]] || blockdev --setrw "$DEV"
	settle
}
unloop() {
	local try

	blockdev --setrw "$1"
	losetup -d "$1"
	for ((try = 0; try < 100; try++)); do
		losetup "$1" >/dev/null 2>&1 || return 0
		sleep 0.05
	done
}
# A udevd that looks at a new drive reads it: let it, before anything is counted.
settle() { ! command -v udevadm >/dev/null || udevadm settle --timeout=5 2>/dev/null || :; }

# flag_is 0|1 - the read-only flag of DEV.
flag_is() {
	[ "$(blockdev --getro "$DEV")" = "$1" ] || fail "the read-only flag of $DEV is not $1"
}

# part N START SECTORS - /dev/loopNpN of DEV, in sectors, without a partition table: PART. The
# kernel of a test machine may know no tables, but it knows partitions.
part() {
	addpart "$DEV" "$1" "$2" "$3"
	PART=${DEV}p$1
	later delpart "$DEV" "$1"
	[ -b "$PART" ] || mknod "$PART" b $(tr : ' ' <"/sys/class/block/${PART#/dev/}/dev")
}

# fault_disk SECTORS [RULE]... - DEV becomes a drive that obeys tests/fake/faultdisk.c, IMG the file
# with its true bytes, RULES and LOG the plugin's files. LOOP_ARGS: further options of losetup.
# The bytes are random; SPARSE=1: zeros that take no room.
fault_disk() {
	local sectors=$1 name=disk$((++COUNT))

	shift
	mkdir "$name" "$name/mnt"
	IMG=$PWD/$name/truth RULES=$PWD/$name/rules LOG=$PWD/$name/log
	if [ -n "${SPARSE-}" ]; then
		truncate -s $((sectors * 512)) "$IMG"
	else
		make_image "$IMG" $((sectors * 512))
	fi
	: >"$RULES"
	serve "$name" "$FAULTDISK" file="$IMG" rules="$RULES" log="$LOG"
	loop "$name/mnt/nbd" --direct-io=on ${LOOP_ARGS-}
	# before the detaching: ends whatever still waits in it
	later kill "$(cat "$name/nbdkit.pid")"
	[ $# = 0 ] || rules "$@"
	: >"$LOG"
}

# serve NAME NBDKIT-ARG... - what nbdkit serves becomes the file NAME/mnt/nbd.
serve() {
	local name=$1

	shift
	nbdkit -f -U "$PWD/$name/sock" -P "$PWD/$name/nbdkit.pid" "$@" >"$name/nbdkit.log" 2>&1 &
	later reap $!
	wait_for 10 test -s "$name/nbdkit.pid"
	nbdfuse -P "$PWD/$name/nbdfuse.pid" "$PWD/$name/mnt/" --unix "$PWD/$name/sock" \
		>"$name/nbdfuse.log" 2>&1 &
	later unserve "$name" $! "$(cat "$name/nbdkit.pid")"
	wait_for 10 test -s "$name/nbdfuse.pid"
}
unserve() {
	kill "$3"
	fusermount3 -u "$WORK/$1/mnt" || fusermount3 -uz "$WORK/$1/mnt"
	wait "$2"
}

# rules [RULE]... - from now on these and no others.
rules() {
	printf '%s\n' "$@" >"$RULES.new"
	mv "$RULES.new" "$RULES"
}

# reads_of S [N] - how many logged reads touched these sectors.
reads_of() {
	awk -v a=$(($1 * 512)) -v e=$((($1 + ${2-1}) * 512)) \
		'$1 == "read" && $2 < e && a < $2 + $3 { n++ } END { print n + 0 }' "$LOG"
}
touched() { [ "$(reads_of "$@")" -gt 0 ]; }

# ext4 MIB - MNT becomes an ext4 file system of that size on a loop device of its own (FS).
ext4() {
	local name=fs$((++COUNT))

	truncate -s "$1M" "$name"
	mkfs.ext4 -q -F -m 0 -E lazy_itable_init=0,nodiscard "$name"
	loop "$name"
	mount_at "$name.mnt" "$DEV"
}
# fault_ext4 MIB [mkfs option]... - the same on a drive of fault_disk, which leaves IMG, RULES, LOG.
fault_ext4() {
	local mib=$1

	shift
	SPARSE=1 fault_disk $((mib * 2048))
	mkfs.ext4 -q -F -m 0 -E lazy_itable_init=0,nodiscard "$@" "$DEV"
	mount_at "fs$((++COUNT)).mnt" "$DEV"
}
# tmpfs SIZE - MNT becomes a tmpfs of that size.
tmpfs() { mount_at tmpfs$((++COUNT)).mnt -t tmpfs -o size="$1" none; }
# mount_at FOLDER MOUNT-ARG...
mount_at() {
	mkdir "$1"
	MNT=$PWD/$1
	shift
	mount "$@" "$MNT"
	later umount -l "$MNT"
	later umount "$MNT"
}
