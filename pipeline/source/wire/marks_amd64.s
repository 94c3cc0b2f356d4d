#include "textflag.h"

// Each routine goes through blocks of 64 bytes, four times sixteen, by SSE2, which every amd64 has. PMOVMSKB gathers the upper
// bits of sixteen bytes; four times sixteen make the word of a block.

#define EACH(byte, reg) \
	MOVQ $byte, AX; \
	MOVQ AX, reg; \
	PUNPCKLQDQ reg, reg

// STOPS sets the bits of sixteen bytes at off that end the plain part of a string. By xor with 2, in X9, only the quote and
// control characters are at most 0x20, in X10; X11 holds backslashes. X8 collects the bytes.
#define STOPS(off, to) \
	MOVOU off(SI), X0; \
	MOVO X0, X1; \
	POR X0, X8; \
	PXOR X9, X1; \
	MOVO X1, X2; \
	PCMPEQB X11, X0; \
	PMINUB X10, X2; \
	PCMPEQB X1, X2; \
	POR X2, X0; \
	PMOVMSKB X0, to

// func MarkStops(marks []uint64, text []byte) (high uint64)
TEXT ·MarkStops(SB), NOSPLIT, $0-56
	MOVQ marks_base+0(FP), DI
	MOVQ marks_len+8(FP), CX
	MOVQ text_base+24(FP), SI
	EACH(0x0202020202020202, X9)
	EACH(0x2020202020202020, X10)
	EACH(0x5c5c5c5c5c5c5c5c, X11)
	PXOR X8, X8
	TESTQ CX, CX
	JZ   done

loop:
	STOPS(0, AX)
	STOPS(16, BX)
	STOPS(32, DX)
	STOPS(48, R8)
	SHLQ $16, BX
	SHLQ $32, DX
	SHLQ $48, R8
	ORQ  BX, AX
	ORQ  R8, DX
	ORQ  DX, AX
	MOVQ AX, (DI)
	ADDQ $8, DI
	ADDQ $64, SI
	DECQ CX
	JNZ  loop

done:
	PMOVMSKB X8, AX
	MOVQ AX, high+48(FP)
	RET

// FIELDS sets the bits of sixteen bytes at off that are commas (X9) or line feeds (X10), line feeds, and quotes (X11).
#define FIELDS(off, delims, feeds, quotes) \
	MOVOU off(SI), X0; \
	MOVO X0, X1; \
	MOVO X0, X2; \
	POR X0, X8; \
	PCMPEQB X9, X0; \
	PCMPEQB X10, X1; \
	PCMPEQB X11, X2; \
	POR X1, X0; \
	PMOVMSKB X1, feeds; \
	PMOVMSKB X2, quotes; \
	PMOVMSKB X0, delims

#define JOIN(shift, delims, feeds, quotes) \
	SHLQ $shift, delims; \
	SHLQ $shift, feeds; \
	SHLQ $shift, quotes; \
	ORQ delims, AX; \
	ORQ feeds, BX; \
	ORQ quotes, DX

// func markFields(marks []fieldMarks, text []byte) (high uint64)
TEXT ·markFields(SB), NOSPLIT, $0-56
	MOVQ marks_base+0(FP), DI
	MOVQ marks_len+8(FP), CX
	MOVQ text_base+24(FP), SI
	EACH(0x2c2c2c2c2c2c2c2c, X9)
	EACH(0x0a0a0a0a0a0a0a0a, X10)
	EACH(0x2222222222222222, X11)
	PXOR X8, X8
	TESTQ CX, CX
	JZ   done

loop:
	FIELDS(0, AX, BX, DX)
	FIELDS(16, R8, R9, R10)
	JOIN(16, R8, R9, R10)
	FIELDS(32, R8, R9, R10)
	JOIN(32, R8, R9, R10)
	FIELDS(48, R8, R9, R10)
	JOIN(48, R8, R9, R10)
	MOVQ AX, (DI)
	MOVQ BX, 8(DI)
	MOVQ DX, 16(DI)
	ADDQ $24, DI
	ADDQ $64, SI
	DECQ CX
	JNZ  loop

done:
	PMOVMSKB X8, AX
	MOVQ AX, high+48(FP)
	RET
