"""Import a Python module of the user, installed or in the working directory."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

from .errors import ProsodySerError

#: Parts of the paths of installed packages, which are not modules of the user.
INSTALLED = ("site-packages", "dist-packages")


def user_module(name: str, what: str, error: type[ProsodySerError]) -> ModuleType:
    """Import a module; the working directory is searched last.

    Parameters
    ----------
    name : str
        Name as in ``import name``.
    what : str
        What it is, for the message.
    error : type
        Type of the error.

    Raises
    ------
    ProsodySerError
        If the module cannot be imported, for any reason.
    """
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)  # last, so that a file of the user cannot replace a module of a library
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as failed:  # any error in the module is reported to the user
        plain = name.removesuffix(".py").replace("/", ".")
        advice = f"; write {plain}, the name in 'import {plain}'" if plain != name else ""
        raise error(f"{what} cannot be imported ({type(failed).__name__}: {failed}){advice}") from failed
