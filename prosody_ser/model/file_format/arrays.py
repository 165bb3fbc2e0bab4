"""Arrays as .npy members: of a few plain kinds, read without numpy's own parser of headers.

numpy's reader evaluates the header as a Python literal, makes any dtype that it names, and allocates whatever shape
stands there before the data are looked at. Here a header is one of a handful of exact forms, and the data must be
as long as it says.
"""

import math
import re
from typing import Any

import numpy as np

from ...errors import ModelError

#: The kinds of numbers that a model may hold, as numpy writes them: little-endian floats, whole numbers, bytes.
KINDS: dict[str, np.dtype[Any]] = {
    "<f8": np.dtype("<f8"),
    "<f4": np.dtype("<f4"),
    "<i8": np.dtype("<i8"),
    "<i4": np.dtype("<i4"),
    "|u1": np.dtype("|u1"),
}
_MAGIC = b"\x93NUMPY\x01\x00"
_HEADER = re.compile(
    rb"\{'descr': '(<f8|<f4|<i8|<i4|\|u1)', 'fortran_order': False, "
    rb"'shape': \(((?:\d{1,12},)?|\d{1,12}(?:, \d{1,12}){1,2})\), \} *\n"
)
_ALIGNMENT = 64


def kind_of(array: np.ndarray) -> str:
    """The kind that an array is stored as."""
    return array.dtype.newbyteorder("<").str


def array_bytes(array: np.ndarray) -> bytes:
    """An array of one of :data:`KINDS`, of one to three dimensions, as a .npy file, always the same bytes."""
    kind = kind_of(array)
    if kind not in KINDS or not 1 <= array.ndim <= 3:
        raise TypeError(f"an array of {array.dtype} with {array.ndim} dimensions cannot be stored")
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {array.shape!r}, }}".encode()
    n_spaces = -(len(_MAGIC) + 2 + len(header) + 1) % _ALIGNMENT
    header += b" " * n_spaces + b"\n"
    data = np.ascontiguousarray(array, dtype=KINDS[kind]).tobytes()
    return _MAGIC + len(header).to_bytes(2, "little") + header + data


def array_from(content: bytes, name: str) -> np.ndarray:
    """The array of a .npy file; a ModelError if it is not as :func:`array_bytes` writes it."""
    start = len(_MAGIC) + 2
    length = int.from_bytes(content[len(_MAGIC) : start], "little")
    header = _HEADER.fullmatch(content[start : start + length])
    if not content.startswith(_MAGIC) or header is None:
        raise ModelError(f"{name} is no array of plain numbers")
    dtype = KINDS[header[1].decode()]
    shape = tuple(int(n) for n in header[2].decode().split(",") if n.strip())
    data = content[start + length :]
    # numpy refuses a shape that is too large also where a 0 in it makes it empty.
    too_large = math.prod(max(n, 1) for n in shape) * dtype.itemsize >= 2**63
    if not shape or too_large or math.prod(shape) * dtype.itemsize != len(data):
        raise ModelError(f"{name} holds {len(data)} bytes, its header says another number")
    return np.frombuffer(data, dtype=dtype).reshape(shape).astype(dtype.newbyteorder("="))  # a copy: aligned, its own
