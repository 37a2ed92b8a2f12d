# SPDX-License-Identifier: GPL-3.0-or-later
# completion.bash - bash completion of rawright: commands, options, digests and columns come from
# the program itself, so that what is offered is what is there. Installed as "rawright" where bash
# looks.

# _rawright_rows PROGRAM KIND [COMMAND] - columns after these, tab-separated.
_rawright_rows() {
	"$1" --help-rows 2>/dev/null | while IFS=$'\t' read -r kind rest; do
		[[ $kind == "$2" && (-z ${3-} || $rest == "$3"$'\t'*) ]] || continue
		printf '%s\n' "${rest#"${3+$3$'\t'}"}"
	done
}

_rawright_words() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2"); }

_rawright_files() {
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

# Files, and drives: below /dev nothing else.
_rawright_operands() {
	local name keep=()

	_rawright_files "$1"
	for name in "${COMPREPLY[@]}"; do
		[[ $name != /dev/* || -b $name || -d $name ]] && keep+=("$name")
	done
	for name in /sys/block/*; do
		name=/dev/${name##*/}
		[[ -z $1 && -b $name && ! $name =~ /dev/(loop|ram|zram|dm-) ]] && keep+=("$name")
	done
	COMPREPLY=("${keep[@]}")
}

# _rawright_list "NAME..." WORD - "sha256,md5,sh": the last one of the list.
_rawright_list() {
	local before=''

	[[ $2 == *,* ]] && before=${2%,*},
	compopt -o nospace 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -P "$before" -W "$1" -- "${2##*,}")
}

_rawright_digests() { _rawright_list "$(_rawright_rows "$1" digest | cut -f1)" "$2"; }

# "+SERIAL,po": names of columns, in capitals; a plus may stand before the first.
_rawright_columns() {
	local plus='' word=${2^^} names

	names=$(_rawright_rows "$1" column | cut -f1)
	[[ $word == +* ]] && plus=+ word=${word#+}
	[[ $word == *[+,]* || $plus ]] || names+=' all'
	_rawright_list "$names" "$word"
	[[ -z $plus ]] || COMPREPLY=("${COMPREPLY[@]/#/+}")
}

# _rawright_value PROGRAM COMMAND OPTION WORD EQUALS - the value of an option; fails when WORD is
# none. EQUALS is empty when WORD stands behind a blank.
_rawright_value() {
	local name letter type arg

	while IFS=$'\t' read -r name letter type arg _; do
		[[ $3 == "$name" || $3 == "$letter" ]] || continue
		case $name:$type:$arg in
		*:flag:*) return 1 ;;
		--hash:*) _rawright_digests "$1" "$4" ;;
		--columns:*) _rawright_columns "$1" "$4" ;;
		*:word:*) _rawright_words "${arg//|/ }" "$4" ;;
		*:FILE | *:PATH) _rawright_files "$4" ;;
		esac
		[[ $type != maybe || $5 ]]
		return
	done < <(_rawright_rows "$1" option "$2")
	return 1
}

# Bash takes "--name=value" for three words.
_rawright() {
	local program=$1 word=$2 option=$3 equals='' command=${COMP_WORDS[1]} words

	COMPREPLY=()
	if [[ ${COMP_WORDS[COMP_CWORD]} == = ]]; then
		word='' equals=yes
	elif [[ $option == = ]]; then
		option=${COMP_WORDS[COMP_CWORD - 2]} equals=yes
	fi
	if ((COMP_CWORD == 1)); then
		words=$(_rawright_rows "$program" command | cut -f1)
		_rawright_words "$words --help --version" "$word"
	elif [[ $option == -* ]] &&
		_rawright_value "$program" "$command" "$option" "$word" "$equals"; then
		return
	elif [[ $word == -* ]]; then
		words=$(_rawright_rows "$program" option "$command" | cut -f1)
		_rawright_words "$words --help" "$word"
	elif [[ $command != list ]]; then
		_rawright_operands "$word"
	fi
}

complete -F _rawright rawright
