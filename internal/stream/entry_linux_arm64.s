#include "textflag.h"

// before_main is where the kernel starts a program that was linked with
// `-E before_main`. It fills a closed descriptor 0, 1 or 2, notes the signals
// that are ignored, puts GOMAXPROCS=1 into the environment, and goes on to the
// entry point of Go's runtime. README.md in this folder says why.
//
// No Go code has run yet: there is a stack, with the arguments on it, and
// nothing else. A system call takes its number in R8 and its arguments in R0
// to R3; it leaves the result in R0, and changes nothing else. A call that
// fails is no reason to stop: Go's runtime then finds what it would have found
// anyway.

#define SYS_fcntl        25
#define SYS_openat       56
#define SYS_rt_sigaction 134

#define AT_FDCWD -100
#define EBADF    9
#define F_GETFD  1
#define O_PATH   0x200000
#define SIG_IGN  1

TEXT before_main(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVD R0, R19      // the dynamic linker's, where there is one
	SUB  $32, RSP     // as large as the kernel's struct sigaction
	MOVD $'/', R1     // the path "/": on this machine the lowest byte comes first
	MOVD R1, 0(RSP)

	// Each of the descriptors 0, 1 and 2 in turn: if it is closed, open "/" there.
	// open gives the lowest free number, and those below are taken by now.
	MOVD $0, R20
descriptor:
	MOVD $SYS_fcntl, R8
	MOVD R20, R0
	MOVD $F_GETFD, R1
	SVC
	CMP  $-EBADF, R0
	BNE  isOpen
	MOVD $SYS_openat, R8
	MOVD $AT_FDCWD, R0
	MOVD RSP, R1
	MOVD $O_PATH, R2
	MOVD $0, R3
	SVC
isOpen:
	ADD  $1, R20
	CMP  $3, R20
	BNE  descriptor

	// Each signal from 1 to 31: if its action is to ignore it, set its bit in R21.
	// R22 is the bit.
	MOVD $0, R21
	MOVD $1, R22
	MOVD $1, R20
signal:
	MOVD $SYS_rt_sigaction, R8
	MOVD R20, R0
	MOVD $0, R1
	MOVD RSP, R2
	MOVD $8, R3
	SVC
	CBNZ R0, next
	MOVD 0(RSP), R1
	CMP  $SIG_IGN, R1
	BNE  next
	ORR  R22, R21
next:
	LSL  $1, R22
	ADD  $1, R20
	CMP  $32, R20
	BNE  signal

	MOVD R21, ·ignoredAtEntry(SB)

	ADD  $32, RSP

	// On the stack are the number of arguments, a pointer to each, a null, and a
	// pointer to each string of the environment. Move all that is before the
	// environment down by two words, and fill the gap: by two, because the stack
	// pointer must remain a multiple of 16.
	MOVD 0(RSP), R1
	ADD  $2, R1
	MOVD RSP, R2
	SUB  $16, RSP
	MOVD RSP, R3
word:
	MOVD.P 8(R2), R4
	MOVD.P R4, 8(R3)
	SUBS $1, R1, R1
	BNE  word
	MOVD $oneProcessor<>(SB), R4
	MOVD R4, 0(R3)
	MOVD R4, 8(R3)

	MOVD R19, R0
	JMP  _rt0_arm64_linux(SB)

DATA oneProcessor<>+0(SB)/8, $"GOMAXPRO"
DATA oneProcessor<>+8(SB)/5, $"CS=1\x00"
GLOBL oneProcessor<>(SB), RODATA, $13
