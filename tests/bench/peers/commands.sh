# SPDX-License-Identifier: GPL-3.0-or-later
# commands.sh - who is held against whom, and the command lines, which go into docs/faults.md as
# they stand here. Sourced by ../faults on the host and by lib.sh inside of the machine.
#
# A line is NAME|COMMAND. $DEV is the drive, $SECTOR the size of its sectors. A program has at most
# two lines for one kind of work: as most people call it, and with what it offers against faults.

reading=(
	'rawright|rawright read $DEV out.img'
	'rawright --reread|rawright read --reread $DEV out.img'
	'dd|dd if=$DEV of=out.img bs=64K'
	'dd noerror|dd if=$DEV of=out.img bs=$SECTOR iflag=direct conv=noerror,sync'
	'ddrescue|ddrescue -d -r3 -b$SECTOR $DEV out.img out.map'
	'dc3dd|dc3dd if=$DEV of=out.img hash=sha256 log=log'
	'dcfldd|dcfldd if=$DEV of=out.img conv=noerror,sync hash=sha256 hashlog=log'
	'dcfldd bs=|dcfldd if=$DEV of=out.img bs=$SECTOR conv=noerror,sync hash=sha256 hashlog=log'
)
of_discs=(
	'readom|readom dev=$DEV f=out.img'
	'readom -noerror|readom dev=$DEV f=out.img -noerror retries=4'
	'cdrdao|cdrdao read-cd --device $DEV --driver generic-mmc --datafile out.img toc'
)
of_songs=(
	'readom -clone|readom dev=$DEV f=out.img -clone'
	'cdrdao|cdrdao read-cd --device $DEV --driver generic-mmc --datafile out.img toc'
)
writing=(
	'rawright|rawright write --yes in.img $DEV'
	'dd|dd if=in.img of=$DEV bs=64K'
	'dd direct|dd if=in.img of=$DEV bs=64K oflag=direct conv=fsync'
	'ddrescue|ddrescue -f -D in.img $DEV out.map'
	'dc3dd|dc3dd if=in.img fhod=$DEV hash=sha256 log=log'
	'dcfldd|dcfldd if=in.img of=$DEV && dcfldd if=in.img vf=$DEV'
)
# What they are called as packages of Debian.
packages="coreutils gddrescue dc3dd dcfldd wodim cdrdao"
peers="cdrdao dc3dd dcfldd dd ddrescue readom"
