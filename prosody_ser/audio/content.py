"""The bytes of a recording's file: what tells it from others, wherever it lies and whatever it is called."""

import hashlib
import os
import stat


def content_digest(path: str | os.PathLike) -> bytes | None:
    """SHA-256 of a file's bytes; None where they cannot be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # opening a pipe would wait for its other end
            return None
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return None
