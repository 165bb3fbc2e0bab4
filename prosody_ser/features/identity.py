"""What the values of a row depend on besides the sound: the key under which finished rows are kept."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from ..plugin import load_plugin
from ..versions import library_versions
from .clip import Job, column_names
from .parameters import feature_parameters

#: Libraries that compute values.
LIBRARIES = ("praat-parselmouth", "librosa", "numpy", "scipy", "numba", "soundfile", "soxr")
_PACKAGE = Path(__file__).resolve().parents[1]
#: The package's own code that computes values. A draft set changes with it under the same name.
_SOURCES = (
    "header.py",
    "decode.py",
    "audio.py",
    "segments.py",
    "voice_activity.py",
    "functionals.py",
    "units.py",
    "plugin.py",
)
_SOURCE_FOLDERS = ("contours", "measures", "catalogue", "features")


def provenance(job: Job) -> dict[str, Any]:
    """Parameters, versions and the user's own module, as they stand beside every table."""
    from parselmouth import PRAAT_VERSION

    versions = {"praat": PRAAT_VERSION} | library_versions(*LIBRARIES)
    about: dict[str, Any] = {"parameters": feature_parameters(), "versions": versions}
    return about | ({"plugin": load_plugin(job.plugin).about} if job.plugin else {})


def recording_key(job: Job, content: bytes, start_s: float, end_s: float) -> bytes:
    """Key of the rows that a job makes of a stretch of a sound.

    Parameters
    ----------
    job : Job
    content : bytes
        Digest of the file's bytes.
    start_s, end_s : float
        The stretch; NaN for its natural end.

    Returns
    -------
    bytes
        32 of them.
    """
    return hashlib.sha256(_job_digest(job) + content + f"{start_s!r} {end_s!r}".encode()).digest()


@cache
def _job_digest(job: Job) -> bytes:
    facts = [repr(job), column_names(job), provenance(job), _code_digest()]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).digest()


def _code_digest() -> str:
    files = [_PACKAGE / name for name in _SOURCES]
    files += [file for folder in _SOURCE_FOLDERS for file in sorted((_PACKAGE / folder).glob("*.py"))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.name}\0".encode() + (file.read_bytes() if file.is_file() else b""))
    return digest.hexdigest()
