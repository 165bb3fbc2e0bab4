"""Check that names from archives and lists stay below a folder."""

import re
from pathlib import PurePosixPath

from ...errors import FetchError

#: Control characters, and characters that are special or not allowed on Windows.
_UNFIT = re.compile(r'[\x00-\x1f<>:"|?*\\]')


def safe_path(name: str, source: str) -> str:
    """Return the relative path of a name in an archive or a list (`source`, for the error).

    Raises
    ------
    FetchError
        If it is absolute, leads to a parent folder, or is not possible on every system.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or _UNFIT.search(name):
        raise FetchError(f"{source}: contains the path {name!r}, which is outside the folder; nothing was unpacked")
    return str(path)
