# SPDX-License-Identifier: GPL-3.0-or-later
# lib.sh - the tool box inside of the machine: that of the functional tests, and hands that plug,
# unplug and change media. The files of the hardware stand in $HOST, as QEMU has them.
. "$srcdir/tests/func/lib.sh" || exit 99
HOST=/host

# Where in the case we are: "floppy.case:31".
place() {
	local i

	for ((i = 1; i < ${#BASH_SOURCE[@]}; i++)); do
		[[ ${BASH_SOURCE[i]} = *.case ]] && break
	done
	say "${BASH_SOURCE[i]##*/}:${BASH_LINENO[i - 1]}"
}

# json FILE PATH - the value at result.bad.0.errno. There is no Python in here, but jq.
json() {
	jq -r --arg path "$2" 'reduce ($path / ".")[] as $key (.;
		if type == "array" then (if $key == "#" then length else .[$key | tonumber]? end)
		else .[$key]? end) | if . == null then "none" else . end' "$1"
}

bad_sectors() { jq -r '.result.bad[] | "\(.offset / 512) \(.length / 512)"' "$1"; }

# ------------------------------------------------------------------------- hands on the hardware
# monitor WORD... - a command to QEMU (see "QEMU Monitor" in its manual); an answer is a complaint.
MONITOR=/dev/virtio-ports/monitor
ask() {
	local line

	printf '%s\n' "$1" >&8
	while IFS= read -r -t 10 line <&8; do
		case $line in
		*'"return"'* | *'"error"'*) ANSWER=${line%$'\r'}; return ;;
		esac
	done
	fail "QEMU does not answer: $1"
}
tell() {
	exec 8<>$MONITOR
	ask '{"execute":"qmp_capabilities"}'		# an error from the second time on
	ask "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"$*\"}}"
	exec 8>&-
}
monitor() {
	tell "$@"
	[[ $ANSWER =~ '"return": "'(OK.r.n)?'"' ]] || fail "QEMU: $*: $ANSWER"
}
# free_to WORD... - a command, which is refused while QEMU still holds a drive that was unplugged.
free_to() {
	tell "$@"
	[[ $ANSWER != *"Duplicate ID"* ]]
}

# put_in NAME FILE [read-only] - another medium in the drive; take_out NAME - none.
put_in() { monitor change "$1-file" "$(<$HOST/folder)/$2" raw "${3-read-write}"; }
take_out() { monitor eject -f "$1-file"; }
# unplug NAME; plug NAME [FILE] - a stick of USB; with FILE's bytes. PORT: into that port; RATE: so
# many bytes a second.
unplug() { monitor device_del "$1"; }
plug() {
	wait_for 10 free_to drive_add 0 \
		"if=none,id=$1-file,format=raw,file=$(<$HOST/folder)/${2-$1}\
${RATE+,throttling.bps-total=$RATE}"
	monitor device_add "usb-storage,bus=usb-bus.0,id=$1,drive=$1-file,removable=on,serial=$1\
${PORT+,port=$PORT}"
}

# drive SERIAL - DEV becomes the drive with that serial number, once udev has looked at it.
links() { compgen -G "/dev/disk/by-id/*$1*"; }
linked() { links "$1" >/dev/null; }
drive() {
	wait_for 10 linked "$1"
	udevadm settle --timeout=20
	DEV=$(readlink -f "$(links "$1" | head -n 1)")
	[ -b "$DEV" ] || fail "there is no drive with the serial number $1"
}
# gone SERIAL - is no longer there?
gone() { ! linked "$1" && [ ! -e "$DEV" ]; }

# ----------------------------------------------------------------------------- list --watch
# watch OPTION...; unwatch - has it begun, ends it.
watch() {
	start rawright list --watch --json "$@"
	wait_for 10 test -s .out
}
unwatch() {
	kill -INT "$PID"
	finish 130 1000
}
# hears WORD FILTER - waits until it has told of that: "added", "removed", or one of those that a
# change of the drive was told with ("medium", "use" ...). The filter is jq's, of the drive.
hears() {
	HEARD=''
	wait_for 10 has_heard "$1" "$2"
}
has_heard() {
	local said

	said=$(<.out)
	[ "$said" != "$HEARD" ] || return 1	# nothing new
	HEARD=$said
	jq -c --arg word "$1" "select(.event == \$word or (.what // [] | index(\$word))) |
		.drive | select($2)" <<<"$said" | grep -q .
}

# -------------------------------------------------------------------------------------- results
bytes() { make_image "$1" "$2"; }
# copies FILE NAME - has the drive NAME these bytes at its beginning, on the host's side?
copies() { cmp -n "$(size_of "$1")" "$1" "$HOST/$2" || fail "the medium $2 does not hold $1"; }
no_bad_in() { ! grep -qE '^0x[0-9A-Fa-f]+ +0x[0-9A-Fa-f]+ +-' "$1" || fail "$1 has bad sectors"; }
# under_way - did the program of start tell one percent or more?
under_way() { grep -qE '^[1-9]' .err; }
# What the file "ev" of --json=ev tells. told_last KEY - the value in the last event of progress.
# past PHASE PERCENT - is that pass, by what it told, so far?
told_last() {
	# not what each of several drives has (a list), and by sed: jq takes its time here
	sed -n "/\"event\":\"progress\"/{s/\[[^]]*\]//;s/.*\"$1\":\([^,}]*\).*/\1/p}" ev |
		tail -n 1
}
past() {
	local bytes total

	[ "$(told_last phase)" = "\"$1\"" ] && bytes=$(told_last bytes) total=$(told_last total)
	[ $((${bytes:-0} * 100)) -ge $((${total:-1} * $2)) ]
}

# on_screen COMMAND - on a terminal of its own; the file "status" says how it ended.
# screen_says TEXT - is it seen there now? press KEY... - as tmux calls keys.
on_screen() {
	tmux -S tm -f /dev/null new-session -d -x 80 -y 24 \
		"TERM=screen $1; echo ended \$? >status; sleep 100"
	later tmux -S tm kill-server
}
need_tool_tmux() { need_tool tmux; }
screen_says() { tmux -S tm capture-pane -p >screen && grep -qF -e "$1" screen; }
press() { tmux -S tm send-keys "$@"; }

# refused_for IMAGE WHY - the drive that is in is not the one that IMAGE was begun from: reading on
# is refused, and neither image nor map is touched.
refused_for() {
	cp "$1" before.img
	cp "$1.map" before.map
	expect 6 rawright read "$DEV" "$1"
	says .err "not what $1 was begun from: $2"
	same before.img "$1"
	same before.map "$1.map"
}
. "$srcdir/tests/vm/guest/vusb.sh"
