# The setup of a lesson's sh. The echo that runs is the one in PATH.
unset ENV
set +o emacs 2>/dev/null
set +o vi 2>/dev/null
alias echo='env echo'
__fd42_over() {
	__fd42_away= # descriptor 1 is a pipe to the prompt here
	[ -t 0 ] || __fd42_away=0
	[ -t 2 ] || __fd42_away=${__fd42_away}2
	{
		@STTY @MODE
		printf '\033]42;@NONCE;over;%s;;%s;%s\n\a' "$1" "$__fd42_away" "$PWD"
	} </dev/tty >/dev/tty 2>&1
}
tour() {
	set -- $? "$@"
	__fd42_status=$1
	shift
	printf '\033]42;@NONCE;tour;%s\a' "$*" >/dev/tty
	return $__fd42_status
}
alias '?=tour ' '?hint=tour hint' '?check=tour check' '?why=tour why' '?draw=tour draw' '?go=tour go'
alias '?back=tour back' '?reset=tour reset' '?quit=tour quit' '?answer=tour answer'
PS1='$(__fd42_over "$?")@PROMPT' PS2='@MORE'
# What runs in the background ends with the shell. The tour looks for more in
# /proc, which not every system has. The list goes through a file: in $( ) a
# shell may have no jobs.
__fd42_end() {
	jobs -p >"$FD42_TRACE.jobs"
	while read -r __fd42_job; do
		kill -s KILL -- "-$__fd42_job"
	done <"$FD42_TRACE.jobs"
}
trap '__fd42_end 2>/dev/null' EXIT
