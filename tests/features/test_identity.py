"""Cache keys of rows change with all code on which the values depend."""

import subprocess
import sys
from pathlib import Path

import pytest

import prosody_ser
from prosody_ser.features import identity
from tests.support.signals import speech_like, write_wav

PACKAGE = Path(prosody_ser.__file__).parent
#: Loaded while a clip is measured, but of no influence on its values.
PLUMBING = {"__init__.py", "errors.py", "paths.py", "plugin_files.py", "user_module.py", "versions.py"}
MEASURE = """
import sys
from prosody_ser.features import Job, Task, measure_task
from prosody_ser.audio.segments import parse_segmentation
for job in (Job("prosody_v1"), Job("full_v1"), Job("prosody_v1", segmentation=parse_segmentation("vad"))):
    rows = measure_task(Task(sys.argv[1]), job)
    assert [row.facts["status"] for row in rows] == ["ok"], rows
for name, module in sys.modules.items():
    if name.partition(".")[0] == "prosody_ser":
        print(module.__file__)
"""


def test_every_module_that_measures_is_in_the_key(tmp_path):
    wav = write_wav(tmp_path / "a.wav", speech_like())
    command = [sys.executable, "-c", MEASURE, str(wav)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = {Path(line).relative_to(PACKAGE).as_posix() for line in printed.splitlines()}
    assert len(used) > 30
    assert used - PLUMBING <= {file.relative_to(PACKAGE).as_posix() for file in identity.code_files()}


def test_a_source_that_is_gone_is_no_empty_source(monkeypatch, tmp_path):
    for gone in ("gone.py", "gone"):
        monkeypatch.setattr(identity, "_SOURCES", ("units.py", gone))
        with pytest.raises(FileNotFoundError, match=gone):
            identity._code_digest()
    (tmp_path / "empty").mkdir()
    monkeypatch.setattr(identity, "_PACKAGE", tmp_path)
    monkeypatch.setattr(identity, "_SOURCES", ("empty",))
    with pytest.raises(FileNotFoundError, match="empty"):
        identity._code_digest()


def test_a_change_or_a_move_deep_inside_a_folder_changes_the_key(monkeypatch, tmp_path):
    monkeypatch.setattr(identity, "_PACKAGE", tmp_path)
    monkeypatch.setattr(identity, "_SOURCES", ("room",))
    kernel = tmp_path / "room" / "deep" / "kernel.py"
    kernel.parent.mkdir(parents=True)
    kernel.write_text("A = 1\n")
    first = identity._code_digest()
    kernel.write_text("A = 2\n")
    second = identity._code_digest()
    kernel.rename(tmp_path / "room" / "kernel.py")
    assert len({first, second, identity._code_digest()}) == 3
