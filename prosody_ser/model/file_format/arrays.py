"""Arrays as .npy members with a few plain data types, read without numpy's own header parser.

numpy's reader evaluates the header as a Python literal, creates any dtype that it names, and allocates the stated shape
before it looks at the data. Here the header must match one of a few exact forms, and the data must have the stated
length.
"""

import math
import re
from typing import Any

import numpy as np

from ...errors import ModelError

#: Data types that a model may contain, in numpy's notation: little-endian floats, integers and bytes.
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
    """The data type with which an array is stored."""
    return array.dtype.newbyteorder("<").str


def array_bytes(array: np.ndarray) -> bytes:
    """The bytes of a .npy file for an array with a type from :data:`KINDS` and one to three dimensions."""
    kind = kind_of(array)
    if kind not in KINDS or not 1 <= array.ndim <= 3:
        raise TypeError(f"an array of type {array.dtype} with {array.ndim} dimensions cannot be stored")
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {array.shape!r}, }}".encode()
    n_spaces = -(len(_MAGIC) + 2 + len(header) + 1) % _ALIGNMENT
    header += b" " * n_spaces + b"\n"
    data = np.ascontiguousarray(array, dtype=KINDS[kind]).tobytes()
    return _MAGIC + len(header).to_bytes(2, "little") + header + data


def array_from(content: bytes, name: str) -> np.ndarray:
    """Read the array of a .npy file; a ModelError if the file is not as :func:`array_bytes` writes it."""
    start = len(_MAGIC) + 2
    length = int.from_bytes(content[len(_MAGIC) : start], "little")
    header = _HEADER.fullmatch(content[start : start + length])
    if not content.startswith(_MAGIC) or header is None:
        raise ModelError(f"the member {name} is not an array of a supported type")
    dtype = KINDS[header[1].decode()]
    shape = tuple(int(n) for n in header[2].decode().split(",") if n.strip())
    data = content[start + length :]
    # numpy refuses a shape that is too large even if it is empty because of a 0.
    too_large = math.prod(max(n, 1) for n in shape) * dtype.itemsize >= 2**63
    if not shape or too_large or math.prod(shape) * dtype.itemsize != len(data):
        raise ModelError(f"the member {name} has {len(data)} bytes of data, but its header states another size")
    return np.frombuffer(data, dtype=dtype).reshape(shape).astype(dtype.newbyteorder("="))  # an aligned, writable copy
