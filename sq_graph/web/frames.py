"""What the server and its worker processes say to each other, over a socket.

Either side sends frames: one letter for the kind, the length, the content. A worker says `R` (ready) once. Then it
gets jobs (`J`) and does one after the other. It answers each with `A` (the whole answer), or with `H` (its head),
any number of `D` (data) and `E` (its end), or with `X` (refused) at any moment; `A`, `E` and `X` end it.
"""

from __future__ import annotations

import json
import marshal
import os
import struct
from collections.abc import Iterator
from typing import Any, NamedTuple

_FRAME = struct.Struct(">cI")
_HEAD = struct.Struct(">IBB")


class Head(NamedTuple):
    """What is known of an answer beside its bytes."""

    rows: int = 0
    gives_rows: bool = True
    zipped: bool = False


def frame(kind: bytes, content: bytes = b"") -> bytes:
    """One frame, ready to be sent."""
    return _FRAME.pack(kind, len(content)) + content


def job(content: dict[str, Any]) -> bytes:
    """A job; only the server sends these, so their content is trusted."""
    return frame(b"J", marshal.dumps(content))


def read_job(content: bytes) -> dict[str, Any]:
    """What a job asks for."""
    found: dict[str, Any] = marshal.loads(content)
    return found


def answer(kind: bytes, head: Head, data: bytes = b"") -> bytes:
    """An answer whole (`A`), its head (`H`) or its end (`E`).

    >>> read_answer(answer(b"A", Head(2), b"abc")[5:])
    (Head(rows=2, gives_rows=True, zipped=False), b'abc')
    """
    return frame(kind, _HEAD.pack(*head) + data)


def read_answer(content: bytes) -> tuple[Head, bytes]:
    """The head and the data of an answer's frame."""
    rows, gives_rows, zipped = _HEAD.unpack_from(content)
    return Head(rows, bool(gives_rows), bool(zipped)), content[_HEAD.size :]


def refused(status: int, sentence: str) -> bytes:
    """An answer that will not come."""
    return frame(b"X", json.dumps([status, sentence]).encode())


def read_refused(content: bytes) -> tuple[int, str]:
    """The status and the sentence of a refusal."""
    status, sentence = json.loads(content)
    return int(status), str(sentence)


class Frames:
    """Takes bytes as they arrive and gives the frames that are complete.

    >>> frames = Frames()
    >>> list(frames.feed(frame(b"D", b"abc")[:6])), list(frames.feed(b"bc" + frame(b"R")))
    ([], [(b'D', b'abc'), (b'R', b'')])
    """

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> Iterator[tuple[bytes, bytes]]:
        """The frames that these bytes complete."""
        data, place = self._rest + data if self._rest else data, 0
        size = len(data)
        while size - place >= _FRAME.size:
            kind, length = _FRAME.unpack_from(data, place)
            begin = place + _FRAME.size
            if size < begin + length:
                break
            place = begin + length
            yield kind, data[begin:place]
        self._rest = data[place:]


def incoming(descriptor: int) -> Iterator[bytes]:
    """The contents of the frames that arrive at a file descriptor, until its other end is closed."""
    frames = Frames()
    while data := os.read(descriptor, 1 << 16):
        for _, content in frames.feed(data):
            yield content


def send(descriptor: int, data: bytes) -> None:
    """Sends bytes to the end, however many the system takes at once."""
    sent = os.write(descriptor, data)
    while sent < len(data):
        data = data[sent:]
        sent = os.write(descriptor, data)
