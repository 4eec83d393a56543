# The setup of a lesson's bash. The echo that runs is the one in PATH.
unset HISTFILE HISTTIMEFORMAT HISTCONTROL ENV
HISTIGNORE=" . */unseen'"
enable -n echo
set +H
bind 'set enable-bracketed-paste off' 2>/dev/null
bind 'set bell-style none' 2>/dev/null
# set -x is the learner's affair and ends where the tour begins.
__fd42_begins() { { set +x; } 2>/dev/null; { printf '\033]42;@NONCE;run;'; history 1; printf '\a'; } >/dev/tty; }
__fd42_over() {
	local - away=
	{ set +x; } 2>/dev/null
	[ -t 0 ] || away=0
	[ -t 1 ] || away=${away}1
	[ -t 2 ] || away=${away}2
	{
		@STTY @MODE
		printf '\033]42;@NONCE;over;%s;%s;%s;%s\n' "$1" "$2" "$away" "$PWD"
		history 1
		printf '\a'
	} </dev/tty >/dev/tty 2>&1
}
tour() {
	local status=$?
	printf '\033]42;@NONCE;tour;%s\a' "$*" >/dev/tty
	return $status
}
alias '?=tour ' '?hint=tour hint' '?check=tour check' '?why=tour why' '?draw=tour draw' '?go=tour go'
alias '?back=tour back' '?reset=tour reset' '?quit=tour quit' '?answer=tour answer'
PS0='$(__fd42_begins)'
PS1='@PROMPT' PS2='@MORE'
PROMPT_COMMAND='__fd42_over "$?" "${PIPESTATUS[*]}"'
readonly PROMPT_COMMAND
# What runs in the background ends with the shell. The tour looks for more in
# /proc, which not every system has.
trap 'for __fd42_job in $(jobs -p); do kill -s KILL -- "-$__fd42_job"; done 2>/dev/null' EXIT
