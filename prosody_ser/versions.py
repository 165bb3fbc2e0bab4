"""What computed a number: versions of Python and of the libraries, for tables and results."""

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

PACKAGE = "prosody-ser"


def library_versions(*libraries: str) -> dict[str, str]:
    """Versions of Python, of this package and of the named distributions."""
    found = {"python": platform.python_version()}
    return found | {library: _version(library) for library in (PACKAGE, *libraries)}


@cache  # it reads a file
def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:  # a checkout that is not installed
        return "not installed"
