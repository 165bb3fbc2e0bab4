"""Identify a recording by the bytes of its file, independent of the file's name and place."""

import hashlib
import os
import stat


def content_digest(path: str | os.PathLike) -> bytes | None:
    """Return the SHA-256 of a file's bytes, or None if they cannot be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # opening a pipe would wait for its other end
            return None
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return None
