"""What was uploaded, where a worker process can read it as a file; on no disk, so that nothing can stay there."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def readable(content: bytes) -> Iterator[str]:
    """A path under which processes of this user can read some bytes, for as long as this lasts.

    On Linux they lie in memory, and are gone with this process however it ends; elsewhere in a temporary file.

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
