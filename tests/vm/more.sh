# SPDX-License-Identifier: GPL-3.0-or-later
# more.sh - what goes into a machine beside the base: programs with their libraries, our own USB
# drive, the module for floppy errors. Sourced by run, on the host's side.

# Programs that others trust, to hold our drives against. A case asks for them by need_tool.
TRUSTED="cd-info ddrescue readom sg_raw sg_vpd wodim"
# A terminal for the screen, and what is known of its kind.
TERMINAL="tmux" TERMINFO=/lib/terminfo/s/screen

# bring PROGRAM AS - with the libraries that it needs.
bring() {
	local library from

	from=$(readlink -f "$1")
	install -D "$from" "$work/add$2"
	while read -r library; do
		[ -e "$work/add$library" ] ||
			install -D "$(readlink -f "$library")" "$work/add$library"
	done < <(ldd "$from" 2>/dev/null | grep -oE '/[^ ]+')
}

# The module, or a file that says why there is none.
bring_fdfault() {
	local module

	module=$("$here/fdfault/build" "$base" "$(<"$base/version")" 2>"$work/fdfault.said") ||
		{ cp "$work/fdfault.said" "$work/add/test/fdfault.said"; return 0; }
	cp "$module" "$work/add/test/fdfault.ko"
}

bring_more() {
	local name

	[ ! -e $TERMINFO ] || install -D $TERMINFO "$work/add$TERMINFO"
	for name in $TRUSTED $TERMINAL; do
		[ -z "$(command -v "$name")" ] || bring "$(command -v "$name")" "/bin/$name"
	done
	[ ! -x "$builddir/tests/vm/vusb/vusb" ] || bring "$builddir/tests/vm/vusb/vusb" /bin/vusb
	bring_fdfault
}
