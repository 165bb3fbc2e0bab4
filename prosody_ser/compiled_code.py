"""Options for numba, and a folder in which it can store the compiled functions of this package and of librosa.

By itself, numba fails to load a function if neither the folder of its module nor the user's cache can be written, for
example for a user without a home folder in a container. Then a private temporary folder is used.
"""

import os
import tempfile
from importlib.util import find_spec
from pathlib import Path

from numba import config
from numba.misc.appdirs import AppDirs

from .paths import private_folder

#: Options that allow sums in any order, for vector instructions; NaN stays NaN.
ANY_ORDER = {"reassoc", "contract", "nsz"}
_VARIABLE = "NUMBA_CACHE_DIR"


def _find_a_place() -> None:
    """Set a private cache folder for numba, here and in child processes, if it could not write any other."""
    named: str = config.CACHE_DIR  # type: ignore[attr-defined] # set by the user
    if not any(map(_all_writable, ([named], _beside_the_modules(), [_user_wide()]))):
        os.environ[_VARIABLE] = str(private_folder() / "numba")
        config.CACHE_DIR = os.environ[_VARIABLE]  # type: ignore[attr-defined]


def _beside_the_modules() -> list[str]:
    librosa = find_spec("librosa")
    homes = [Path(__file__).parent, *([] if librosa is None else [Path(librosa.origin or "").parent])]
    # numba checks every folder; one folder per package is enough here, because an installation has one owner.
    return [str(home / room / "__pycache__") for home, room in zip(homes, ("contours", "core"), strict=False)]


def _user_wide() -> str:
    place = AppDirs(appname="numba", appauthor=False).user_cache_dir
    return place if os.path.isabs(place) else ""  # without a home folder it would start with "~"


def _all_writable(folders: list[str]) -> bool:
    return all(map(_writable, folders))


def _writable(folder: str) -> bool:
    """Return whether numba can use a folder: create it, and a file in it."""
    if not folder:
        return False
    try:
        os.makedirs(folder, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


_find_a_place()  # at import, because numba chooses the folder when its functions are loaded
