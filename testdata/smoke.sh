#!/bin/sh
# A quick look at the programs in a folder: do they start, work together and
# fail as they should?
#
#	sh testdata/smoke.sh [-e] FOLDER [EMULATOR]
#
# -e says that the programs have an entry point of their own, as `make` gives
# them on some machines. EMULATOR runs programs that were built for another
# machine (qemu-s390x).
set -eu
entry=
if [ "$1" = -e ]; then
	entry=yes
	shift
fi
bin=$(cd "$1" && pwd)
programs=$(ls "$(dirname "$0")/../cmd")
emulator=${2-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

echo() { $emulator "$bin/echo" "$@"; }
cat() { $emulator "$bin/cat" "$@"; }
base64() { $emulator "$bin/base64" "$@"; }
tee() { $emulator "$bin/tee" "$@"; }

# is WANT GOT
is() {
	[ "$1" = "$2" ] && return
	printf 'want: %s\n got: %s\n' "$1" "$2" >&2
	exit 1
}

# fails WANT COMMAND...: it exits with status 1 and says WANT.
fails() {
	want=$1
	shift
	if said=$("$@" 2>&1); then said="exit status 0"; fi
	is "$want" "$said"
}

for program in $programs; do
	case $($program --version) in
	"$program (fd42) "*) ;;
	*) is "$program (fd42) VERSION" "$($program --version)" ;;
	esac
done

# One line through all four. The text is longer than the eight bytes that cat
# looks at in one go.
is 'd2l0aG91dCBhIHdvcmQJCIDDvwo=' "$(echo -e 'without a word\t\b\x80\xc3\xbf' | tee copy | base64)"
is 'without a word^I^HM-^@M-CM-?$' "$(base64 copy | base64 -d | cat -A)"
is '     1	one
     2	two' "$(printf 'one\n\n\ntwo' | cat -s | cat -b | base64 -w 5 | base64 -di | cat -s | tr -s '\n')"

# Megabytes of all kinds of bytes, between files and through pipes.
cat "$bin/echo" "$bin/cat" "$bin/base64" "$bin/tee" >all
cat "$bin/tee" | cat "$bin/echo" "$bin/cat" "$bin/base64" - | cmp - all
base64 all | base64 -d | cmp - all
tee one two <all | cat | tee three | cmp - all
cat all | tee -a one >/dev/null
cat all all | cmp - one
cmp two all
cmp three all

# What cannot be done is said, and the rest is done.
fails 'cat: nope: No such file or directory' cat nope
fails 'cat: all: input file is output file' sh -c 'exec "$@" >>all' sh $emulator "$bin/cat" all
fails 'abcbase64: invalid input' sh -c 'printf "YWJj*" | "$@"' sh $emulator "$bin/base64" -d
is 'still here' "$(echo still here | tee nowhere/at/all 2>said || :)"
is 'tee: nowhere/at/all: No such file or directory' "$(cat said)"
{ cat all all || printf %s $? >status; } | sh -c 'exec <&-' # SIGPIPE: 128 + 13
is 141 "$(cat status)"

[ "$entry" ] || exit 0

# Born without a descriptor, or with SIGPIPE ignored.
fails 'echo: write error: Bad file descriptor' sh -c 'exec "$@" >&-' sh $emulator "$bin/echo" hi
fails 'cat: -: Bad file descriptor' sh -c 'exec "$@" <&-' sh $emulator "$bin/cat"
fails 'tee: read error: Bad file descriptor' sh -c 'exec "$@" <&- >&-' sh $emulator "$bin/tee" one two
fails '' sh -c 'exec "$@" <&- >&- 2>&-' sh $emulator "$bin/base64"
is 'still here' "$(echo still here | sh -c 'exec "$@" 2>&-' sh $emulator "$bin/cat")"
is 'cat: write error: Broken pipe' "$(
	{ sh -c 'trap "" PIPE; exec "$@" 2>&3' sh $emulator "$bin/cat" all all | sh -c 'exec <&-'; } 3>&1
)"
