"""Names that come from outside, as paths that stay below a folder."""

import re
from pathlib import PurePosixPath

from ...errors import FetchError

#: A drive, a control character, or what Windows would split at or not take.
_UNFIT = re.compile(r'[\x00-\x1f<>:"|?*\\]')


def safe_path(name: str, source: str) -> str:
    """The relative path that a name in an archive or a list (`source`, for the error) means.

    Raises
    ------
    FetchError
        If it is absolute, leads upwards, or is no path that every system can hold.
    """
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or _UNFIT.search(name):
        raise FetchError(f"{source}: contains the unsafe path {name!r}, outside the folder; nothing was unpacked")
    return str(path)
