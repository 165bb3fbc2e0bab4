"""Uploaded recordings as files that a worker process can read, in memory, so that nothing remains on a disk."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def readable(content: bytes) -> Iterator[str]:
    """Give a path from which processes of this user can read `content`, until the context ends.

    On Linux the content is in memory and disappears with this process, however it ends; elsewhere it is in a temporary
    file.

    Yields
    ------
    str
    """
    if hasattr(os, "memfd_create"):
        with open(os.memfd_create("upload"), "wb") as file:
            file.write(content)
            file.flush()
            yield f"/proc/{os.getpid()}/fd/{file.fileno()}"
        return
    handle, path = tempfile.mkstemp(prefix="prosody-ser-")
    try:
        with open(handle, "wb") as file:
            file.write(content)
        yield path
    finally:
        os.unlink(path)
