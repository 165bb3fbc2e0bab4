"""A user's own Python module, installed or in the working directory."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

from .errors import ProsodySerError

#: Parts of the paths of what is installed, and no module of the user's.
INSTALLED = ("site-packages", "dist-packages")


def user_module(name: str, what: str, error: type[ProsodySerError]) -> ModuleType:
    """Import a module; the working directory is looked through last.

    Parameters
    ----------
    name : str
        As in ``import name``.
    what : str
        What it is for, as the message names it.
    error : type
        What is raised.

    Raises
    ------
    ProsodySerError
        If it cannot be imported, whatever the reason.
    """
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)  # last: a file of the user's must not stand in for a library's module
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as failed:  # whatever a user's module does wrong is the user's to read
        raise error(f"{what} cannot be imported ({type(failed).__name__}: {failed})") from failed
