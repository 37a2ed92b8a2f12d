# SPDX-License-Identifier: GPL-3.0-or-later
# hardware.sh - the words with which a case says what its machine is made of, on the host's side.
# Each adds to the arguments of QEMU. A drive called NAME stands on the file NAME of the case's
# folder, and NAME is its serial number where it has one. Where there is no such file, one of random
# bytes is made. The guest finds the folder as /host.
QEMU=()
USB=0

# tools PROGRAM... - skips the case on a machine that has not all of them.
tools() {
	local tool

	for tool; do
		command -v "$tool" >/dev/null || { say "SKIP: needs the program $tool"; exit 77; }
	done
}

# bytes NAME SIZE - a file of random bytes; SIZE as of head: 1440K, 16M.
bytes() { head -c "$2" /dev/urandom >"$1"; }
file_for() { [ -e "$1" ] || bytes "$1" "$2"; }
# backing NAME - what QEMU keeps its bytes in. RATE=BYTES: so many a second and no more. BAD=SECTOR:
# that one (of 512 bytes) cannot be read. BAD_WRITE=SECTOR: not written.
backing() {
	printf 'if=none,id=%s-file,format=raw' "$1"
	if [ -n "${BAD-}${BAD_WRITE-}" ]; then
		printf ',file.driver=blkdebug,file.image.driver=file,file.image.filename=%s' \
			"$PWD/$1"
		printf ',file.inject-error.0.%s' event=none errno=$MEDIUM_ERROR \
			${BAD:+sector="$BAD" iotype=read} \
			${BAD_WRITE:+sector="$BAD_WRITE" iotype=write}
	else
		printf ',file=%s' "$PWD/$1"
	fi
	[ -z "${RATE-}" ] || printf ',throttling.bps-total=%s' "$RATE"
}
MEDIUM_ERROR=61		# ENODATA: QEMU's SCSI drives then say MEDIUM ERROR, 3/11/00
drive_of() { QEMU+=(-drive "$(backing "$1")${2-}"); }

# floppy NAME SIZE [144|288] - in the PC's own drive, which takes 1.44 or 2.88 MB. A second one is
# /dev/fd1.
FLOPPIES=0
floppy() {
	file_for "$1" "$2"
	drive_of "$1"
	QEMU+=(-device "floppy,id=$1,drive=$1-file,unit=$((FLOPPIES++)),drive-type=${3-144}")
}

usb_bus() {
	[ $((USB++)) = 0 ] || return 0
	QEMU+=(-device qemu-xhci,id=usb-bus,p2=15,p3=15)
}
# usb_stick NAME SIZE [,PROPERTY=...] - sectors of 512 bytes; a PROPERTY is one of its backing:
# ",readonly=on". What stands first in a case is plugged into the first port.
# usb_disk NAME SIZE - as a disk in a case of its own: nothing can be taken out of it.
usb_stick() { usb_bus; usb_storage usb-bus on "$@"; }
usb_disk() { usb_bus; usb_storage usb-bus off "$@"; }
# usb_ehci, usb_uhci NAME SIZE - a stick on a bus of its own, of USB 2 and of USB 1.
usb_ehci() { QEMU+=(-device "usb-ehci,id=$1-bus"); usb_storage "$1-bus" on "$@"; }
usb_uhci() { QEMU+=(-device "piix3-usb-uhci,id=$1-bus"); usb_storage "$1-bus" on "$@"; }
usb_storage() {
	file_for "$3" "${4-}"
	drive_of "$3" "${5-}"
	QEMU+=(-device "usb-storage,bus=$1.0,id=$3,drive=$3-file,removable=$2,serial=$3")
}
# usb_4k NAME SIZE - sectors of 4,096 bytes. usb_uas NAME SIZE - by USB Attached SCSI.
usb_4k() {
	usb_scsi "$1" "$2" usb-bot "logical_block_size=4096,physical_block_size=4096,removable=on"
}
usb_uas() { usb_scsi "$1" "$2" usb-uas "removable=off"; }
usb_scsi() {
	usb_bus
	file_for "$1" "$2"
	drive_of "$1"
	QEMU+=(-device "$3,id=$1,bus=usb-bus.0,serial=$1"
		-device "scsi-hd,bus=$1.0,lun=0,drive=$1-file,serial=$1,$4")
}
# usb_reader NAME SIZE - a card reader of two slots: a card of that size, and nothing.
usb_reader() {
	usb_scsi "$1" "$2" usb-bot removable=on
	QEMU+=(-drive "if=none,id=$1-empty"
		-device "scsi-hd,bus=$1.0,lun=1,drive=$1-empty,serial=$1,removable=on")
}

# sd_card NAME SIZE - in a reader on PCI, not USB; SIZE must be a power of two.
sd_card() {
	file_for "$1" "$2"
	drive_of "$1"
	QEMU+=(-device sdhci-pci -device "sd-card,id=$1,drive=$1-file")
}

# Fixed disks: ata_disk NAME SIZE [UNIT], scsi_disk NAME SIZE, virtio_disk NAME SIZE,
# nvme_disk NAME SIZE.
ata_disk() { disk "$1" "${2-}" "ide-hd,bus=ide.0,unit=${3-0}"; }
scsi_disk() { scsi_bus; disk "$1" "$2" scsi-hd,bus=scsi-bus.0; }
virtio_disk() { disk "$1" "$2" virtio-blk-pci; }
nvme_disk() { disk "$1" "$2" nvme; }
disk() {
	file_for "$1" "${2-}"
	drive_of "$1"
	QEMU+=(-device "$3,id=$1,drive=$1-file,serial=$1")
}

SCSI=0
scsi_bus() { [ $((SCSI++)) != 0 ] || QEMU+=(-device virtio-scsi-pci,id=scsi-bus); }

# cd_ata, cd_scsi, cd_usb NAME [none] - a CD drive with the disc NAME, or with none.
CD=0
cd_ata() { cd_drive "$1" "${2-}" "ide-cd,bus=ide.1,unit=$((CD++))"; }
cd_scsi() { scsi_bus; cd_drive "$1" "${2-}" scsi-cd,bus=scsi-bus.0; }
cd_usb() {
	usb_bus
	QEMU+=(-device "usb-bot,id=$1-bot,bus=usb-bus.0,serial=$1")
	cd_drive "$1" "${2-}" "scsi-cd,bus=$1-bot.0,lun=0"
}
cd_drive() {
	if [ "$2" = none ]; then
		QEMU+=(-drive "if=none,id=$1-file,media=cdrom,readonly=on")
	else
		drive_of "$1" ",media=cdrom,readonly=on"
	fi
	QEMU+=(-device "$3,id=$1,drive=$1-file,serial=$1")
}
