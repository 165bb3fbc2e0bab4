"""What computed a number: versions of Python and of the libraries, for tables and results."""

import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGE = "prosody-ser"


def library_versions(*libraries: str) -> dict[str, str]:
    """Versions of Python, of this package and of the named distributions."""
    found = {"python": platform.python_version()}
    for library in (PACKAGE, *libraries):
        try:
            found[library] = version(library)
        except PackageNotFoundError:  # a checkout that is not installed
            found[library] = "not installed"
    return found
