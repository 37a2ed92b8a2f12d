# SPDX-License-Identifier: GPL-3.0-or-later
# terminal.sh - a real terminal (tmux) in which a person at the keyboard is played. For *.test that
# have read lib.sh.

tm() { tmux -S "$WORK/tmux" -f /dev/null "$@"; }

# terminal COLUMNS ROWS - a shell in a window of that size. Its prompt is "rr> ".
terminal() {
	tm new-session -d -x "$1" -y "$2" "env PS1='rr> ' bash --norc --noprofile"
	later tm kill-server
	await 10 'rr>'
	tm send-keys "stty -g >before; clear" Enter
	wait_for 10 test -s before
}
seen() { tm capture-pane -p; }
shows() { seen | grep -qF -e "$1"; }
# await SECONDS TEXT - until the terminal shows it.
await() {
	local from limit=$(($1 * 1000 * SLOWER))

	from=$(now_ms)
	until shows "$2"; do
		[ $(($(now_ms) - from)) -lt $limit ] || { seen; fail "it never showed '$2'"; }
		sleep 0.05
	done
}
lacks() { ! shows "$1"; }
keys() { tm send-keys "$@"; }
# run COMMAND - typed into the shell; "ended STATUS" is shown when it is over.
run() { keys "clear; $1; echo ended \$?" Enter; }
# window COLUMNS ROWS
window() { tm resize-window -x "$1" -y "$2"; }
# The program that works: the child of the one that was started.
worker() { pgrep -P "$(pgrep -nx rawright -P "$(tm display -p '#{pane_pid}')")"; }

# ended STATUS - it is over, with that; and the terminal is as it was before.
ended() {
	await 20 "ended $1"
	[ "$(tm display -p '#{alternate_on} #{cursor_flag}')" = "0 1" ] ||
		fail "the terminal was not given back"
	rm -f after
	keys "stty -g >after" Enter
	wait_for 10 test -s after
	wait_for 2 cmp -s before after
}

# frame COLUMNS ROWS - the title is in the first line, the keys are in the last one, and all fits.
frame() { wait_for 5 is_frame "$@" || { seen; fail "not as it should be in $1x$2"; }; }
is_frame() {
	seen >frame
	head -n 1 frame | grep -q '^ rawright' && [ "$(wc -l <frame)" = "$2" ] &&
		tail -n 1 frame | grep -qE ' q Stop| Esc Back| Enter Choose' &&
		[ "$(wc -L <frame)" -le "$1" ]
}
need_tool_tmux() { need_tool tmux pgrep; }
