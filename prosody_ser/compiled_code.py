"""What every compiled function asks of numba, and where numba keeps what it compiled, ours and librosa's.

The place is a folder that can be written, in a strange container too.

Left to itself, numba refuses to load a function where neither the folder of its module nor the user's cache can be
written, as for a user without a home in a container.
"""

import os
import tempfile
from importlib.util import find_spec
from pathlib import Path

from numba import config
from numba.misc.appdirs import AppDirs

from .paths import private_folder

#: For sums in any order, so that they run in vectors; NaN stays NaN.
ANY_ORDER = {"reassoc", "contract", "nsz"}
_VARIABLE = "NUMBA_CACHE_DIR"


def _find_a_place() -> None:
    """Give numba, here and in processes to come, a private folder if it has no place that it can write to."""
    named: str = config.CACHE_DIR  # type: ignore[attr-defined] # by the user, in the environment
    if not any(map(_all_writable, ([named], _beside_the_modules(), [_user_wide()]))):
        os.environ[_VARIABLE] = str(private_folder() / "numba")
        config.CACHE_DIR = os.environ[_VARIABLE]  # type: ignore[attr-defined]


def _beside_the_modules() -> list[str]:
    librosa = find_spec("librosa")
    homes = [Path(__file__).parent, *([] if librosa is None else [Path(librosa.origin or "").parent])]
    # numba asks folder by folder; one of each package stands for the others, since an installation is of one owner.
    return [str(home / room / "__pycache__") for home, room in zip(homes, ("contours", "core"), strict=False)]


def _user_wide() -> str:
    place = AppDirs(appname="numba", appauthor=False).user_cache_dir
    return place if os.path.isabs(place) else ""  # without a home it would be a folder of the name "~" right here


def _all_writable(folders: list[str]) -> bool:
    return all(map(_writable, folders))


def _writable(folder: str) -> bool:
    """Whether numba would take it: it makes the folder, then a file in it."""
    if not folder:
        return False
    try:
        os.makedirs(folder, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


_find_a_place()  # as this is imported: numba looks for the place when its functions are loaded
