# SPDX-License-Identifier: GPL-3.0-or-later
# vusb.sh - words for a USB drive of our own (../vusb/README.md) and for floppy errors
# (../fdfault/fdfault.c), inside of the machine.

need_vusb() { need_tool vusb; }
need_fdfault() {
	[ ! -e /test/fdfault.said ] || {
		grep -q '^SKIP: ' /test/fdfault.said || fail "$(cat /test/fdfault.said)"
		skip "$(sed 's/^SKIP: //' /test/fdfault.said)"
	}
	modprobe floppy && insmod /test/fdfault.ko
	later rmmod fdfault
}
# fdfault LINE - one rule more, or "clear".
fdfault() { echo "$*" >/sys/module/fdfault/parameters/rules; }
fdfault_acted() { sed -n "s/^$1 acted //p" /sys/module/fdfault/parameters/rules; }

# vusb_start FILE - plugs the drive in that FILE describes, as VUSB; SAID is what it says.
VUSB='' SAID=.vusb
vusb_start() {
	needs vusb
	modprobe vhci-hcd
	vusb "$1" >$SAID 2>&1 &
	VUSB=$!
	later reap "$VUSB"
}
# vusb_plug FILE - waits for it, too; DEV is its node. Its serial number is the case's name, unless
# its description has another one, given as SERIAL.
vusb_plug() {
	vusb_start "$1"
	drive "${2-$CASE}"
}
vusb_reread() { kill -HUP "$VUSB"; }		# the description
vusb_hand() { kill -USR1 "$VUSB"; }		# takes the medium out, or puts it in
vusb_pull() { kill -TERM "$VUSB"; wait "$VUSB"; }

# stick FILE LINE... - describes one with the image FILE, and plugs it in.
stick() { describe_drive stick "$@"; }
floppy_drive() { describe_drive floppy "$@"; }
describe_drive() {
	local kind=$1 image=$2

	shift 2
	{
		printf '%s\n' "kind $kind" "image $image" "serial $CASE" "log asked"
		printf '%s\n' "$@"
	} >drive.txt
	vusb_plug drive.txt
}
# add LINE... - to the description, which is read again.
add() { printf '%s\n' "$@" >>drive.txt; vusb_reread; }

# patience SECONDS - how long the kernel waits for an answer.
patience() { echo "$1" >"/sys/block/${DEV#/dev/}/device/timeout"; }

# sector N [COUNT [SIZE]] - reads it past the cache, at once, into the file got.
sector() {
	dd if="$DEV" of=got iflag=direct bs="${3-512}" skip="$1" count="${2-1}" 2>dd ||
		return 1
}
# whole FILE - the medium has all its bytes.
whole() {
	dd if="$DEV" of=got iflag=direct bs=64k status=none
	same "$1" got
}
# good FILE N [COUNT [SIZE]] - it is that of FILE. bad N WHY [COUNT] - it cannot be read.
good() {
	sector "${@:2}" || fail "sector $2: $(cat dd)"
	dd if="$1" of=true bs="${4-512}" skip="$2" count="${3-1}" status=none
	same true got
}
bad() {
	! sector "$1" "${3-1}" "${4-512}" || fail "sector $1 can be read"
	says dd "$2"
}
NODATA='No data available' IO='Input/output error'

# came_back - did the kernel look at the drive anew after it was gone?
came_back() { sed -n '/ gone$/,$p' asked | grep -q '^capacity good$'; }

# asked REGEX - did the drive hear that, and answer so? Lines as "read 1000 8 3/11/00".
asked() { grep -qE "^$1\$" asked || { tail asked; fail "the drive was not asked '$1'"; }; }

# raw BYTE... - a command to the drive; its answer is in the file got.
raw() { sg_raw -o got -r "$1" "$DEV" "${@:2}" >sg_raw 2>&1; }
hex() { od -An -v -tx1 ${2+-j "$2"} ${3+-N "$3"} "$1" | tr -d ' \n'; }
is_hex() { [ "$(hex "${@:2}")" = "$1" ] || fail "$(hex "${@:2}") instead of $1"; }

property() { udevadm info --query=property "$DEV" | sed -n "s/^$1=//p"; }
is_property() { [ "$(property "$1")" = "$2" ] || fail "udev: $1 is '$(property "$1")', not $2"; }
empty() { [ "$(<"/sys/block/${DEV#/dev/}/size")" = 0 ]; }
holds() { [ "$(<"/sys/block/${DEV#/dev/}/size")" = "$1" ]; }
