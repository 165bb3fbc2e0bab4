"""Where the real recordings are, which are not part of the project."""

from pathlib import Path

import pytest

from tests.support.project import ROOT

SHARED = ROOT.parent / "shared" / "data"


def corpus_folder(name: str, below: str = "") -> Path:
    """Folder of a real corpus, or skip."""
    folder = SHARED / name / below
    if not folder.is_dir():
        pytest.skip(f"needs the {name} recordings in {folder}, which are not part of the project")
    return folder


def case_file(name: str) -> Path:
    """A small input that failed once, as ``folder/file``, or skip."""
    path = SHARED.parent / "cases" / name
    if not path.exists():
        pytest.skip(f"needs {path}, which is not part of the project")
    return path
