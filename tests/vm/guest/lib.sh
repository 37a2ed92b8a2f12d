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
monitor() {
	exec 8<>$MONITOR
	ask '{"execute":"qmp_capabilities"}'		# an error from the second time on
	ask "{\"execute\":\"human-monitor-command\",\"arguments\":{\"command-line\":\"$*\"}}"
	exec 8>&-
	[[ $ANSWER =~ '"return": "'(OK.r.n)?'"' ]] || fail "QEMU: $*: $ANSWER"
}

# put_in NAME FILE [read-only] - another medium in the drive; take_out NAME - none.
put_in() { monitor change "$1-file" "$(<$HOST/folder)/$2" raw "${3-read-write}"; }
take_out() { monitor eject -f "$1-file"; }
# unplug NAME; plug NAME - a stick of USB, into the first port that is free.
unplug() { monitor device_del "$1"; }
plug() {
	monitor drive_add 0 "if=none,id=$1-file,format=raw,file=$(<$HOST/folder)/$1"
	monitor device_add "usb-storage,bus=usb-bus.0,id=$1,drive=$1-file,removable=on,serial=$1"
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

# -------------------------------------------------------------------------------------- results
bytes() { make_image "$1" "$2"; }
# copies FILE NAME - has the drive NAME these bytes at its beginning, on the host's side?
copies() { cmp -n "$(size_of "$1")" "$1" "$HOST/$2" || fail "the medium $2 does not hold $1"; }
no_bad_in() { ! grep -qE '^0x[0-9A-Fa-f]+ +0x[0-9A-Fa-f]+ +-' "$1" || fail "$1 has bad sectors"; }
# under_way - did the program of start tell one percent or more?
under_way() { grep -qE '^[1-9]' .err; }
. "$srcdir/tests/vm/guest/vusb.sh"
