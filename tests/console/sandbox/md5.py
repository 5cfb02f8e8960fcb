"""MD5 written out from RFC 1321, to attack and to check a signature without the library that makes it."""

import math
import struct

State = tuple[int, int, int, int]
BEGIN: State = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476)
SHIFTS = [7, 12, 17, 22] * 4 + [5, 9, 14, 20] * 4 + [4, 11, 16, 23] * 4 + [6, 10, 15, 21] * 4
SINES = [int(abs(math.sin(i + 1)) * 2**32) & 0xFFFFFFFF for i in range(64)]
WORDS = (
    [*range(16)]
    + [(5 * i + 1) % 16 for i in range(16)]
    + [(3 * i + 5) % 16 for i in range(16)]
    + [(7 * i) % 16 for i in range(16)]
)
STEPS = list(zip(SINES, SHIFTS, WORDS, strict=True))


def padding(length: int) -> bytes:
    """What MD5 appends to a message of `length` bytes."""
    return b"\x80" + b"\x00" * ((55 - length) % 64) + struct.pack("<Q", length * 8)


def block(state: State, words: tuple[int, ...]) -> State:
    """One block of sixteen words."""
    a, b, c, d = state
    for i, (sine, shift, word) in enumerate(STEPS):
        if i < 16:
            mix = d ^ (b & (c ^ d))
        elif i < 32:
            mix = c ^ (d & (b ^ c))
        elif i < 48:
            mix = b ^ c ^ d
        else:
            mix = c ^ (b | (d ^ 0xFFFFFFFF))
        total = (a + mix + sine + words[word]) & 0xFFFFFFFF
        a, d, c = d, c, b
        b = (b + ((total << shift) | (total >> (32 - shift)))) & 0xFFFFFFFF
    return (
        (state[0] + a) & 0xFFFFFFFF,
        (state[1] + b) & 0xFFFFFFFF,
        (state[2] + c) & 0xFFFFFFFF,
        (state[3] + d) & 0xFFFFFFFF,
    )


def finish(state: State, done: int, rest: bytes) -> str:
    """The hex of a message of which `done` bytes (whole blocks) led to `state` and `rest` follows."""
    message = rest + padding(done + len(rest))
    for at in range(0, len(message), 64):
        state = block(state, struct.unpack("<16I", message[at : at + 64]))
    return struct.pack("<4I", *state).hex()


def md5(text: str) -> str:
    """The hex of a text's UTF-8 bytes."""
    return finish(BEGIN, 0, text.encode())
