"""How much sound the header of a file says it holds, and how much the file does hold.

Of a file that was cut off, libsndfile quietly takes what is there: nobody would learn that half of it is missing.
Read here are the sizes of WAV (RIFF, RIFX, RF64) and AIFF; other formats say them through libsndfile.
"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

#: Writers that cannot go back (pipes, recorders) leave 0, or about the largest signed or unsigned number.
_LARGEST = (0x7FFFFFFF, 0xFFFFFFFF)
_NEAR_LARGEST = 1 << 16
#: More chunks than this before the samples, and it is no recording.
_MOST_CHUNKS = 1000


@dataclass(frozen=True)
class DataSize:
    """The chunk of samples."""

    said: int  #: bytes of samples as in the header
    #: bytes from where they begin to the end of the file, `said` at the most; all of them if `said` is a placeholder
    present: int
    is_placeholder: bool  #: whether `said` means "until the file ends"
    at: int  #: position of the size within the file


def data_size(file: BinaryIO, file_size: int) -> DataSize | None:
    """Size of the samples in a WAV or AIFF file.

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
    if head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:] == b"WAVE":
        order, wanted, extra = (">" if head[:4] == b"RIFX" else "<"), b"data", 0
    elif head[:4] == b"FORM" and head[8:] in (b"AIFF", b"AIFC"):
        order, wanted, extra = ">", b"SSND", 8  # SSND begins with an offset and a block size
    else:
        return None
    position, in_ds64 = 12, None
    for _ in range(_MOST_CHUNKS):
        file.seek(position)
        chunk = file.read(8)
        if len(chunk) < 8:
            return None
        name, said = chunk[:4], struct.unpack(order + "I", chunk[4:])[0]
        position += 8
        if name == wanted:
            rest = max(file_size - position, 0)
            if in_ds64 is not None and said == 0xFFFFFFFF:
                said = in_ds64
            elif _is_placeholder(said) and not (said == 0 and (rest < 8 or _begins_a_chunk(file.read(8), order, rest))):
                return DataSize(said, rest, True, position - 4)
            return DataSize(max(said - extra, 0), max(min(rest, said) - extra, 0), False, position - 4)
        if name == b"ds64" and head[:4] == b"RF64":
            sizes = file.read(16)
            in_ds64 = struct.unpack("<Q", sizes[8:])[0] if len(sizes) == 16 else None
        position += said + said % 2
    return None


def _is_placeholder(said: int) -> bool:
    return said == 0 or any(abs(said - largest) <= _NEAR_LARGEST for largest in _LARGEST)


def _begins_a_chunk(head: bytes, order: str, rest: int) -> bool:
    """Whether after no samples another chunk follows, so that the 0 is meant."""
    return all(32 <= byte < 127 for byte in head[:4]) and struct.unpack(order + "I", head[4:8])[0] <= rest - 8
