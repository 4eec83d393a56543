#include "textflag.h"

// before_main is where the kernel starts a program that was linked with
// `-E before_main`. It fills a closed descriptor 0, 1 or 2, notes the signals
// that are ignored, puts GOMAXPROCS=1 into the environment, and goes on to the
// entry point of Go's runtime. README.md in this folder says why.
//
// No Go code has run yet: there is a stack, with the arguments on it, and
// nothing else. A system call takes its number in AX and its arguments in DI,
// SI, DX and R10; it leaves the result in AX, and changes CX and R11 besides.
// A call that fails is no reason to stop: Go's runtime then finds what it
// would have found anyway.

#define SYS_rt_sigaction 13
#define SYS_fcntl        72
#define SYS_openat       257

#define AT_FDCWD -100
#define EBADF    9
#define F_GETFD  1
#define O_PATH   0x200000
#define SIG_IGN  1

TEXT before_main(SB), NOSPLIT|NOFRAME|TOPFRAME, $0
	MOVQ DX, R12      // the dynamic linker's, where there is one
	SUBQ $32, SP      // as large as the kernel's struct sigaction
	MOVQ $'/', 0(SP)  // the path "/": on this machine the lowest byte comes first

	// Each of the descriptors 0, 1 and 2 in turn: if it is closed, open "/" there.
	// open gives the lowest free number, and those below are taken by now.
	MOVL $0, BX
descriptor:
	MOVL $SYS_fcntl, AX
	MOVL BX, DI
	MOVL $F_GETFD, SI
	SYSCALL
	CMPQ AX, $-EBADF
	JNE  isOpen
	MOVL $SYS_openat, AX
	MOVQ $AT_FDCWD, DI
	MOVQ SP, SI
	MOVL $O_PATH, DX
	SYSCALL
isOpen:
	INCL BX
	CMPL BX, $3
	JNE  descriptor

	// Each signal from 1 to 31: if its action is to ignore it, set its bit in R13.
	MOVQ $0, R13
	MOVL $1, BX
signal:
	MOVL $SYS_rt_sigaction, AX
	MOVL BX, DI
	MOVL $0, SI
	MOVQ SP, DX
	MOVL $8, R10
	SYSCALL
	TESTQ AX, AX
	JNE  next
	CMPQ 0(SP), $SIG_IGN
	JNE  next
	BTSQ BX, R13
next:
	INCL BX
	CMPL BX, $32
	JNE  signal

	SHRQ $1, R13  // signal 1 is the lowest bit
	MOVQ R13, ·ignoredAtEntry(SB)

	ADDQ $32, SP

	// On the stack are the number of arguments, a pointer to each, a null, and a
	// pointer to each string of the environment. Move all that is before the
	// environment down by two words, and fill the gap: by two, because the stack
	// pointer must remain a multiple of 16.
	MOVQ 0(SP), CX
	ADDQ $2, CX
	MOVQ SP, SI
	SUBQ $16, SP
	MOVQ SP, DI
	CLD
	REP; MOVSQ
	LEAQ oneProcessor<>(SB), AX
	MOVQ AX, 0(DI)
	MOVQ AX, 8(DI)

	MOVQ R12, DX
	JMP  _rt0_amd64_linux(SB)

DATA oneProcessor<>+0(SB)/8, $"GOMAXPRO"
DATA oneProcessor<>+8(SB)/5, $"CS=1\x00"
GLOBL oneProcessor<>(SB), RODATA, $13
