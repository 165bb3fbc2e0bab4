"""Describe what computed a result: versions of Python and of the libraries, and a digest of the code."""

import hashlib
import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGE = "prosody-ser"


def library_versions(*libraries: str) -> dict[str, str]:
    """Return the versions of Python, of this package and of the named distributions."""
    versions = {"python": platform.python_version()}
    return versions | {library: _version(library) for library in (PACKAGE, *libraries)}


def code_digest(files: Iterable[Path], root: Path) -> str:
    """Return a digest of the contents of files, and of their paths below a folder."""
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(root).as_posix()}\0".encode() + file.read_bytes())
    return digest.hexdigest()


@cache  # it reads a file
def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:  # a checkout that is not installed
        return "not installed"
