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


def other_version(found: object, known: int, command: str) -> str:
    """Say that a file has another schema version than the one that is read (`known`), and what to do.

    Examples
    --------
    >>> other_version(2, 1, "cv")
    'the file has the schema version 2, but this release reads version 1; update prosody-ser'
    """
    newer = isinstance(found, int) and found > known
    todo = f"update {PACKAGE}" if newer else f"run '{PACKAGE} {command}' again"
    return f"the file has the schema version {found!r:.20}, but this release reads version {known}; {todo}"


@cache  # it reads a file
def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:  # a checkout that is not installed
        return "not installed"
