"""How much sound the header of a file says it holds, and where in the file it does lie.

Of a file that was cut off, libsndfile quietly takes what is there; of one whose header says too little, what the header
says; of several chunks of samples, one. Nobody would learn that half of the sound is missing. Walked through here are
the chunks of WAV (RIFF, RIFX, RF64), AIFF, W64 and CAF, and the header of AU; other formats say their sizes through
libsndfile. Nothing is read or allocated because a header says so.
"""

import re
import struct
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

#: Writers that cannot go back (pipes, recorders) leave 0, or about the largest signed or unsigned number.
_LARGEST = tuple((1 << bits) - 1 for bits in (31, 32, 63, 64))
_NEAR_LARGEST = 1 << 16
#: More chunks than this, and it is no recording.
_MOST_CHUNKS = 1000
#: Where nothing says where the samples end, chunks behind them are looked for in so many bytes at the end of the file.
_TAIL = 1 << 22
#: Bytes behind the samples that are no chunk and fewer than this, 10 ms at the lowest rates, are no loss.
_LEAST = 80
#: What stands behind samples and is neither a chunk nor sound: tags of MP3 and APE.
_TAGS = (b"TAG", b"ID3", b"3DI", b"APETAGEX", b"LYRICSBEGIN")
_NO_TEXT = re.compile(rb"[^\t\n\r -~]")
_LEAST_NO_TEXT = 0.05
_PRINTABLE = re.compile(rb"[ -~]{4}")
_SECOND_FILE = (b"RIFF", b"RIFX", b"RF64")
#: Chunks that follow samples; they are known even where they are cut off.
_KNOWN = frozenset({b"LIST", b"id3 ", b"ID3 ", b"bext", b"fact", b"cue ", b"smpl", b"iXML", b"_PMX", *_SECOND_FILE})
#: Chunks of text whose content, too, gives them away.
_SURE = re.compile(rb"LIST....(INFO|adtl)|[iI][dD]3 ....ID3|_PMX....<|iXML....<", re.DOTALL)


@dataclass(frozen=True)
class DataSize:
    """The samples of a file, as its header says and as they lie there."""

    expected: int  #: bytes of samples by the header, or as many as there are where it does not say or says too few
    stretches: tuple[tuple[int, int], ...]  #: where they lie in the file, from byte to byte
    #: where in the header the size stands, and what it must be for all of the samples to be read and nothing else;
    #: empty where the file can be read as it is
    at: int = 0
    mend: bytes = b""
    declared: int | None = None  #: bytes that the header speaks of, where there are more
    other: bool = False  #: whether a recording in another format follows, which is not among the stretches

    @property
    def present(self) -> int:
        """Bytes of samples that are there."""
        return sum(end - start for start, end in self.stretches)


@dataclass(frozen=True)
class _Form:
    """How a format writes its chunks."""

    magic: re.Pattern[bytes]
    order: str = "<"
    data: bytes = b"data"  #: how the name of the chunk of samples begins; empty where there are no chunks
    first: int = 12  #: where the first chunk begins
    name: int = 4  #: bytes of a name
    size: str = "I"
    whole: bool = False  #: whether a size counts name and size, too
    align: int = 2
    skip: int = 0  #: bytes in the chunk before the samples

    @property
    def head(self) -> int:
        """Bytes of name and size."""
        return self.name + struct.calcsize(self.size)


_FORMS = (
    _Form(re.compile(rb"(RIFF|RF64)....WAVE", re.DOTALL)),
    _Form(re.compile(rb"RIFX....WAVE", re.DOTALL), order=">"),
    _Form(re.compile(rb"FORM....AIF[FC]", re.DOTALL), order=">", data=b"SSND", skip=8),
    _Form(re.compile(rb"riff\x2e\x91\xcf\x11"), first=40, name=16, size="Q", whole=True, align=8),
    _Form(re.compile(rb"caff\0\x01"), order=">", first=8, size="Q", align=1, skip=4),
    # Of AU, the place of the samples and their size stand where the first chunk would have its name and size.
    _Form(re.compile(rb"\.snd"), order=">", first=4, data=b"", align=1),
    _Form(re.compile(rb"dns\."), first=4, data=b"", align=1),
)


def data_size(file: BinaryIO, file_size: int) -> DataSize | None:
    """Where the samples lie in a WAV, AIFF, W64, CAF or AU file.

    Parameters
    ----------
    file : binary file
        Open at its beginning.
    file_size : int
        In bytes.

    Returns
    -------
    DataSize or None
        None if the file is of another kind or has no samples.
    """
    head = file.read(12)
    form = next((form for form in _FORMS if form.magic.match(head)), None)
    return None if form is None else _Walk(file, file_size, form).data_size()


class _Walk:
    """A walk through a file from chunk to chunk."""

    def __init__(self, file: BinaryIO, file_size: int, form: _Form) -> None:
        self._file, self._end, self._form = file, file_size, form
        self._stretches: list[tuple[int, int]] = []
        self._expected = 0
        self._declared: int | None = None
        #: Place and form of the size, and whether it must be mended.
        self._at, self._size, self._mend = 0, form.order + form.size, False
        self._ds64: tuple[int, int] | None = None  #: bytes of samples of an RF64, and where they stand

    def data_size(self) -> DataSize | None:
        """What the walk finds."""
        other = self._go()
        if not self._stretches:
            return None
        mend = b""
        if self._mend or len(self._stretches) > 1:
            n_bytes = sum(end - start for start, end in self._stretches) + self._form.skip
            n_bytes += self._form.head if self._form.whole else 0
            mend = struct.pack(self._size, min(n_bytes, (1 << 8 * struct.calcsize(self._size)) - 1))
        return DataSize(self._expected, tuple(self._stretches), self._at, mend, self._declared, other)

    def _go(self) -> bool:
        """Walk; whether it ends at a recording in another format."""
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
                if self._stretches and this != kind:
                    return True
                kind = this
            elif name == b"ds64" and not self._stretches:
                sizes = self._bytes(start + 8, 8)
                self._ds64 = (struct.unpack("<Q", sizes)[0], start + 8) if len(sizes) == 8 else None
            second_file = name in _SECOND_FILE and self._bytes(start, 4) == b"WAVE"
            self._mend |= second_file  # libsndfile would stumble over it
            position = start + (4 if second_file else size + -size % form.align)
        return False

    def _samples(self, at: int, start: int, size: int) -> int | None:
        """Take in a chunk of samples; where the next chunk begins, None at the end."""
        if self._ds64 is not None and size == 0xFFFFFFFF:
            size, at = self._ds64
            self._size = "<Q"
        if not self._stretches:
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
            # Of a W64 libsndfile reads on to the end, a CAF that ends early it refuses.
            self._mend |= self._form.size == "Q" and until < max(self._end, stop)
            self._expected += max(stop, start) - until
        self._expected += until - start
        self._stretches.append((start, until))
        return following

    def _bytes(self, position: int, n: int) -> bytes:
        if position >= self._end:
            return b""
        self._file.seek(position)
        return self._file.read(min(n, _TAIL))

    def _following(self, start: int, size: int) -> int | None:
        """Where behind a chunk another one begins, whether or not it was aligned; None if none does."""
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
        """Whether what lies behind a chunk's end could be samples: no tag, no text, not only zeros."""
        if self._end - position < _LEAST:
            return False
        head = self._bytes(position, 4096).lstrip(b"\0")
        if head.startswith(_TAGS) or len(_NO_TEXT.findall(head)) < _LEAST_NO_TEXT * len(head):
            return False
        return any(self._bytes(place, _TAIL).strip(b"\0") for place in range(position, self._end, _TAIL))

    def _sound_until(self, start: int) -> int:
        """Where the chunks begin that stand at the end of the file, behind samples whose end nothing tells."""
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
    """Whether an MP3 that begins at `start` says how long it is; else libsndfile guesses from the first frames."""
    file.seek(start)
    head = file.read(10)
    if head[:3] == b"ID3" and len(head) == 10:
        start += 10 + sum((byte & 127) << 7 * i for i, byte in enumerate(reversed(head[6:])))
    file.seek(start)
    frames = file.read(4096)
    return any(mark in frames for mark in (b"Xing", b"Info", b"VBRI"))
