"""Cache keys of rows, from the sound and everything else that the values depend on."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from ..augment import Variant
from ..plugin import load_plugin
from ..versions import code_digest, library_versions
from .clip import Job, column_names
from .parameters import feature_parameters

#: Libraries that influence the values.
LIBRARIES = ("praat-parselmouth", "librosa", "numpy", "scipy", "numba", "soundfile", "soxr")
_PACKAGE = Path(__file__).resolve().parents[1]
#: Files and folders of the package's own code that computes values. The values of a draft feature set can change with
#: this code, under the same name.
_SOURCES = (
    *("units.py", "compiled_code.py", "catalogue", "functionals", "audio", "augment", "contours", "measures"),
    *("plugin.py", "features"),
)


def provenance(job: Job) -> dict[str, Any]:
    """Return engine, parameters, versions and plugin, as stored with every table."""
    from parselmouth import PRAAT_VERSION

    versions = {"praat": PRAAT_VERSION} | library_versions(*LIBRARIES)
    about: dict[str, Any] = {"engine": job.engine, "parameters": feature_parameters(), "versions": versions}
    return about | ({"plugin": load_plugin(job.plugin).about} if job.plugin else {})


def computed_by(job: Job) -> dict[str, str]:
    """Return what computes the rows of a job in this process; rows of another process are valid only if all agree.

    The keys are Python, this package and the libraries, with their versions, ``code`` for the digest of the package's
    own code, and ``plugin`` for the digest of the user's module, if there is one.
    """
    about = provenance(job)
    versions = about["versions"] | {"code": _own_code_digest()[:12]}
    return versions | ({"plugin": about["plugin"]["sha256"][:12]} if job.plugin else {})


def recording_key(job: Job, content: bytes, start_s: float, end_s: float, variant: Variant | None = None) -> bytes:
    """Return the key (32 bytes) of the rows of a segment of a recording (NaN for its end), or of an augmented copy.

    `content` is a digest of the file's bytes.
    """
    changed = "" if variant is None else f" {variant!r}"
    return hashlib.sha256(_job_digest(job) + content + f"{start_s!r} {end_s!r}{changed}".encode()).digest()


@cache
def _job_digest(job: Job) -> bytes:
    facts = [repr(job), column_names(job), provenance(job), _own_code_digest()]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).digest()


@cache  # of the loaded code: the files may be replaced while this process runs
def _own_code_digest() -> str:
    return _code_digest()


def _code_digest() -> str:
    """Return the digest of the paths and contents of :func:`code_files`."""
    return code_digest(code_files(), _PACKAGE)


def code_files() -> list[Path]:
    """Return the source files of the package that the values depend on, in a fixed order.

    Raises
    ------
    FileNotFoundError
        If a source is missing or a folder contains no code, because a key would then not cover all code.
    """
    sources: list[Path] = []
    for name in _SOURCES:
        place = _PACKAGE / name
        files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
        if not files or not all(file.is_file() for file in files):
            raise FileNotFoundError(f"{place}: no source code was found, so cached rows cannot be matched to it")
        sources += files
    return sources
