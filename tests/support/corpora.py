"""Real recordings, which are not part of the project."""

from pathlib import Path

import pytest

from tests.support.project import ROOT

SHARED = ROOT.parent / "shared" / "data"


def corpus_folder(name: str, below: str = "") -> Path:
    """Give the folder of a real corpus, or skip the test."""
    folder = SHARED / name / below
    if not folder.is_dir():
        pytest.skip(f"needs the {name} recordings in {folder}, which are not part of the project")
    return folder


def case_file(name: str) -> Path:
    """Give a small input that once failed, as ``folder/file``, or skip the test."""
    path = SHARED.parent / "cases" / name
    if not path.exists():
        pytest.skip(f"needs {path}, which is not part of the project")
    return path
