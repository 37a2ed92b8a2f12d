# SPDX-License-Identifier: GPL-3.0-or-later
# lib.sh - inside of the machine: each program meets a fault with a drive of its own, in a folder of
# its own. What they left stands in $HOST/runs/FAULT/PROGRAM/1, 2..., where ../judge looks at it.
. "$srcdir/tests/vm/cases/commands.sh"
RUNS=$HOST/runs
LIMIT=60		# seconds for one program
BLOCKS=16384		# KiB: the largest file that it may make
ROUNDS=1		# more where it is a matter of luck what comes of it
PATIENCE=2		# seconds that the kernel waits for an answer; 30 unless set
echo 2000 >/sys/module/block/parameters/events_dfl_poll_msecs	# as udev has it
mkdir -p "$RUNS" /test/bin
uname -rv >$HOST/kernel
ln -s "$RAWRIGHT" /test/bin/rawright
PATH=/test/bin:$PATH

# In the place of those of the functional tests: there is one function, and no promises.
cases() { "$1"; }

# fault NAME TITLE FACT... -- WORD... - what the judge must know, then what is done for each
# program: WORD is one of the functions below with its arguments. ONLY picks faults by their names.
fault() {
	local name=$1 title=$2 line facts=() folder round

	shift 2
	while [ "$1" != -- ]; do
		facts+=("$1")
		shift
	done
	shift
	[[ -z ${ONLY-} || " $ONLY " == *" $name "* ]] || return 0
	folder=$RUNS/$name
	mkdir "$folder"
	printf '%s\n' "title=$title" "${facts[@]}" >"$folder/fault"
	for line in "${PROGRAMS[@]}"; do
		for ((round = 1; round <= ROUNDS; round++)); do
			(meet "$folder/${line%%|*}/$round" "${line#*|}" "$@")
		done
	done
	say "met $name"
}

# meet FOLDER COMMAND WORD... - in a subshell.
meet() {
	LEFT=$1 COMMAND=$2
	shift 2
	mkdir -p "$LEFT"
	CASE=D$RANDOM$RANDOM
	WORK=/tmp/$CASE
	LATER=()
	mkdir "$WORK"
	cd "$WORK" || exit
	command -v "${COMMAND%% *}" >/dev/null || { echo absent >"$LEFT/status"; return; }
	dmesg -c >/dev/null
	trap 'trap - EXIT; keep; take_down; rm -rf "$WORK"' EXIT
	set -e
	"$@" || say "FAIL: $LEFT: the drive could not be made"
}

# run_program - with nothing on standard input. Called twice, what it said the second time counts.
run_program() {
	local status=0

	{
		(
			ulimit -S -f $BLOCKS
			DEV=$DEV SECTOR=$SECTOR timeout -k 5 $LIMIT bash -c "$COMMAND"
		) >said 2>&1 </dev/null || status=$?
	} 2>/dev/null
	echo $status >status
}

# keep - what is left, for the host. The drive's own files too: what stood on the medium.
keep() {
	[ -z "$VUSB" ] || { kill -TERM "$VUSB"; wait "$VUSB"; } 2>/dev/null || :
	dmesg | tail -n 40 >dmesg
	rm -f in.img
	cp -r . "$LEFT/"
}

# ----------------------------------------------------------------------------------- the drives
# stick_read LINE... - a stick with the bytes of truth.
stick_read() {
	SECTOR=512
	cp $HOST/truth $HOST/other .
	printf '%s\n' "kind stick" "image other" "serial other" >other.txt
	stick truth "$@"
	patience $PATIENCE
	run_program
	rm truth other
}
# stick_again LINE... - the same, and once more on whatever stick is there then, if it did not end
# with 0.
stick_again() {
	stick_read "$@"
	[ "$(<status)" != 0 ] || return 0
	cp $HOST/truth $HOST/other .
	mkdir first
	cp said status first/
	vusb_reread
	drive other
	patience $PATIENCE
	run_program
	rm truth other
}
# stick_write SIZE LINE... - a stick of which so much is true; it holds other bytes.
stick_write() {
	SECTOR=512
	head -c "$1" $HOST/other >medium
	cp $HOST/truth in.img
	shift
	stick medium "$@"
	patience $PATIENCE
	run_program
	sync
}
# pc_floppy LINE... - in the PC's own drive, with fdfault.
pc_floppy() {
	local line

	SECTOR=512 DEV=/dev/fd0
	echo 3 >/proc/sys/vm/drop_caches
	fdfault clear
	for line; do
		fdfault "$line"
	done
	run_program
	fdfault clear
}
# disc LINE... - a CD; its tracks are among the lines.
disc() {
	local file

	SECTOR=2048
	for file in truth data song1 song2; do
		[ ! -e "$HOST/$file" ] || cp "$HOST/$file" .
	done
	{
		printf '%s\n' "kind cd" "serial $CASE" "log asked"
		printf '%s\n' "$@"
	} >drive.txt
	vusb_plug drive.txt
	patience $PATIENCE
	run_program
	rm -f truth data song1 song2
}
