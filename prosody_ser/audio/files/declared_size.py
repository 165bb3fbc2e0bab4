"""Find how many bytes of samples a file's header declares, and where the samples really are.

libsndfile reads files with a wrong header without a warning: of a truncated file it reads what is there, of a file
whose header declares too little it reads that much, and of several chunks of samples it reads one. Users would not
notice that half of the sound is missing. This module therefore walks through the chunks of WAV (RIFF, RIFX, RF64),
AIFF, W64 and CAF files, and reads the header of AU files; for other formats libsndfile reports the size. Sizes in a
header are never trusted: nothing is read or allocated because of them alone.
"""

import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

#: Programs that cannot rewrite the header (pipes, recorders) leave a size of 0, or about the largest integer.
_LARGEST = tuple((1 << bits) - 1 for bits in (31, 32, 63, 64))
_NEAR_LARGEST = 1 << 16
#: A file with more chunks than this is not a recording.
_MOST_CHUNKS = 1000
#: If the end of the samples is unknown, chunks after them are searched for in this many bytes at the end of the file.
_TAIL = 1 << 22
#: Fewer bytes than this after the samples (10 ms at the lowest sampling rates) are ignored.
_LEAST = 80
#: Tags of MP3 and APE, which may follow the samples and are neither a chunk nor sound.
_TAGS = (b"TAG", b"ID3", b"3DI", b"APETAGEX", b"LYRICSBEGIN")
_NO_TEXT = re.compile(rb"[^\t\n\r -~]")
_LEAST_NO_TEXT = 0.05
_PRINTABLE = re.compile(rb"[ -~]{4}")
_SECOND_FILE = (b"RIFF", b"RIFX", b"RF64")
#: Names of chunks that often follow the samples; they are recognised even if they are truncated.
_KNOWN = frozenset({b"LIST", b"id3 ", b"ID3 ", b"bext", b"fact", b"cue ", b"smpl", b"iXML", b"_PMX", *_SECOND_FILE})
#: Beginnings of text chunks that can be recognised with certainty.
_SURE = re.compile(rb"LIST....(INFO|adtl)|[iI][dD]3 ....ID3|_PMX....<|iXML....<", re.DOTALL)


@dataclass(frozen=True)
class DataSize:
    """The samples of a file, as declared in its header and as they really are."""

    #: bytes of samples that the header declares; those present if it declares nothing or too little
    expected: int
    parts: tuple[tuple[int, int], ...]  #: their places in the file: first byte, and the one after the last
    #: `at`, `mend`: position of the size in the header, and the bytes to put there so that exactly the samples are
    #: read; `mend` is empty if the file can be read unchanged
    at: int = 0
    mend: bytes = b""
    declared: int | None = None  #: bytes declared in the header, if the file has more
    other: bool = False  #: whether a recording in another format follows, which is not included

    @property
    def present(self) -> int:
        """Number of bytes of samples that are present."""
        return sum(end - start for start, end in self.parts)


@dataclass(frozen=True)
class _Form:
    """The layout of chunks in a file format."""

    magic: re.Pattern[bytes]
    order: str = "<"
    data: bytes = b"data"  #: beginning of the name of the sample chunk; empty for a format without chunks
    first: int = 12  #: position of the first chunk
    name: int = 4  #: bytes of a chunk name
    size: str = "I"
    whole: bool = False  #: whether a chunk size includes the name and the size field
    align: int = 2
    skip: int = 0  #: bytes in the chunk before the first sample

    @property
    def head(self) -> int:
        """Number of bytes of the name and the size field."""
        return self.name + struct.calcsize(self.size)


_FORMS = (
    _Form(re.compile(rb"(RIFF|RF64)....WAVE", re.DOTALL)),
    _Form(re.compile(rb"RIFX....WAVE", re.DOTALL), order=">"),
    _Form(re.compile(rb"FORM....AIF[FC]", re.DOTALL), order=">", data=b"SSND", skip=8),
    _Form(re.compile(rb"riff\x2e\x91\xcf\x11"), first=40, name=16, size="Q", whole=True, align=8),
    _Form(re.compile(rb"caff\0\x01"), order=">", first=8, size="Q", align=1, skip=4),
    # In AU, the position and the size of the samples take the place of the first chunk's name and size.
    _Form(re.compile(rb"\.snd"), order=">", first=4, data=b"", align=1),
    _Form(re.compile(rb"dns\."), first=4, data=b"", align=1),
)


def data_size(file: BinaryIO, file_size: int) -> DataSize | None:
    """Locate the samples in a WAV, AIFF, W64, CAF or AU file.

    Parameters
    ----------
    file : binary file
        Open at its beginning.
    file_size : int
        In bytes.

    Returns
    -------
    DataSize or None
        None if the file has another format or no samples.
    """
    head = file.read(12)
    form = next((form for form in _FORMS if form.magic.match(head)), None)
    return None if form is None else _Walk(file, file_size, form).data_size()


class _Walk:
    """A walk through a file from chunk to chunk."""

    def __init__(self, file: BinaryIO, file_size: int, form: _Form) -> None:
        self._file, self._end, self._form = file, file_size, form
        self._parts: list[tuple[int, int]] = []
        self._expected = 0
        self._declared: int | None = None
        #: Position and struct format of the size field, and whether it must be replaced.
        self._at, self._size, self._mend = 0, form.order + form.size, False
        self._ds64: tuple[int, int] | None = None  #: bytes of samples in an RF64 file, and the position of this number

    def data_size(self) -> DataSize | None:
        """Walk through the file and return where its samples are."""
        other = self._go()
        if not self._parts:
            return None
        mend = b""
        if self._mend or len(self._parts) > 1:
            n_bytes = sum(end - start for start, end in self._parts) + self._form.skip
            n_bytes += self._form.head if self._form.whole else 0
            mend = struct.pack(self._size, min(n_bytes, (1 << 8 * struct.calcsize(self._size)) - 1))
        return DataSize(self._expected, tuple(self._parts), self._at, mend, self._declared, other)

    def _go(self) -> bool:
        """Walk through the chunks; return whether a recording in another format follows."""
        form, position, kind = self._form, self._form.first, b""
        for _ in range(_MOST_CHUNKS):
            head = self._bytes(position, form.head)
            if len(head) < form.head:
                break
            name, size = head[: form.name], struct.unpack(form.order + form.size, head[form.name :])[0]
            start = position + form.head
            size = max(size - form.head, 0) if form.whole else size
            if name.startswith(form.data):
                if not form.data:
                    start = struct.unpack(form.order + "I", name)[0]
                following = self._samples(position + form.name, start, size)
                if following is None:
                    break
                position = following
                continue
            if name == b"fmt ":
                this = self._bytes(start, min(size, 16))
                if self._parts and this != kind:
                    return True
                kind = this
            elif name == b"ds64" and not self._parts:
                sizes = self._bytes(start + 8, 8)
                self._ds64 = (struct.unpack("<Q", sizes)[0], start + 8) if len(sizes) == 8 else None
            second_file = name in _SECOND_FILE and self._bytes(start, 4) == b"WAVE"
            self._mend |= second_file  # libsndfile cannot read past it
            position = start + (4 if second_file else size + -size % form.align)
        return False

    def _samples(self, at: int, start: int, size: int) -> int | None:
        """Add a chunk of samples; return the position of the next chunk, or None at the end."""
        if self._ds64 is not None and size == 0xFFFFFFFF:
            size, at = self._ds64
            self._size = "<Q"
        if not self._parts:
            self._at = at
        following = self._following(start, size)
        is_open = size == 0 or any(abs(size - largest) <= _NEAR_LARGEST for largest in _LARGEST)
        start, stop = min(start + self._form.skip, self._end), start + size
        if is_open and following is None:
            until = self._sound_until(start)
            self._mend = True
        elif following is None and self._is_sound(stop):
            until = self._sound_until(stop)
            self._mend, self._declared = True, self._expected + stop - start
        else:
            until = max(start, min(stop, self._end))
            # libsndfile reads a W64 file on to its end, and refuses a CAF file that ends early.
            self._mend |= self._form.size == "Q" and until < max(self._end, stop)
            self._expected += max(stop, start) - until
        self._expected += until - start
        self._parts.append((start, until))
        return following

    def _bytes(self, position: int, n: int) -> bytes:
        if position >= self._end:
            return b""
        self._file.seek(position)
        return self._file.read(min(n, _TAIL))

    def _following(self, start: int, size: int) -> int | None:
        """Return the position of the chunk that follows, aligned or not; None if there is none."""
        for position in (start + size + -size % self._form.align, start + size):
            head = self._bytes(position, self._form.head) if self._form.data else b""
            if len(head) < self._form.head or not _PRINTABLE.match(head):
                continue
            chunk_bytes = struct.unpack(self._form.order + self._form.size, head[self._form.name :])[0]
            fits = position + self._form.head * (not self._form.whole) + chunk_bytes <= self._end
            if fits or head[:4] in _KNOWN or head.startswith(self._form.data):
                return position
        return None

    def _is_sound(self, position: int) -> bool:
        """Return whether the bytes after a chunk could be samples: not a tag, not text, not only zeros."""
        if self._end - position < _LEAST:
            return False
        head = self._bytes(position, 4096).lstrip(b"\0")
        if head.startswith(_TAGS) or len(_NO_TEXT.findall(head)) < _LEAST_NO_TEXT * len(head):
            return False
        return any(self._bytes(place, _TAIL).strip(b"\0") for place in range(position, self._end, _TAIL))

    def _sound_until(self, start: int) -> int:
        """Return the position of the chunks at the end of the file, after samples of unknown size."""
        first = max(start, self._end - _TAIL)
        tail = self._bytes(first, self._end - first)
        sure = _SURE.search(tail)
        end = sure.start() if sure else len(tail)
        if self._form.size != "I" or not self._form.data or len(tail) < 8:
            return first + end
        values = np.frombuffer(tail, np.uint8)
        printable = (values >= 32) & (values < 127)
        places = np.flatnonzero(printable[:-7] & printable[1:-6] & printable[2:-5] & printable[3:-4])
        sizes = np.stack([values[places + 4 + i] for i in range(4)], axis=1)
        sizes = np.ascontiguousarray(sizes).view(self._form.order + "u4")[:, 0].astype(np.int64)
        ends = places + 8 + sizes
        while True:
            before = places[(ends == end) | ((sizes % 2 == 1) & (ends == end - 1))]
            if not before.size or before[0] >= end:
                return first + end
            end = int(before[0])


def mpeg_says_length(file: BinaryIO, start: int) -> bool:
    """Return whether an MP3 that begins at `start` states its length; otherwise libsndfile estimates it."""
    file.seek(start)
    head = file.read(10)
    if head[:3] == b"ID3" and len(head) == 10:
        start += 10 + sum((byte & 127) << 7 * i for i, byte in enumerate(reversed(head[6:])))
    file.seek(start)
    frames = file.read(4096)
    return any(mark in frames for mark in (b"Xing", b"Info", b"VBRI"))
