"""Compiled code always has a folder, but never one that another user could have filled."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests.support.project import ROOT

LOAD = """
import os
import prosody_ser.contours
from numba import config
from librosa.util.utils import abs2  # it, too, is compiled and kept
print(config.CACHE_DIR)
print(os.stat(config.CACHE_DIR).st_uid, oct(os.stat(os.path.dirname(config.CACHE_DIR)).st_mode & 0o777))
"""
STRANGER = 54321


@pytest.fixture
def shared():
    """A temporary folder for all users, unlike those of pytest."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o1777)
        yield Path(folder)


@pytest.mark.thorough
@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="needs root, who can become a user without a home",
)
def test_a_user_who_can_write_nowhere_but_to_temporary_folders(shared):
    become = ["setpriv", "--reuid", str(STRANGER), "--regid", str(STRANGER), "--clear-groups"]
    environment = {"HOME": "/nonexistent", "TMPDIR": str(shared), "PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}

    def run(script):
        command = [*become, sys.executable, "-c", script]
        return subprocess.run(command, cwd="/", env=environment, capture_output=True, text=True, check=False)

    if run("import tempfile, numpy, prosody_ser; tempfile.TemporaryFile().close()").returncode != 0:
        pytest.skip("Python or this folder is closed to other users")
    done = run(LOAD)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(shared / f"prosody-ser-{STRANGER}" / "numba"), str(STRANGER), "0o700"]
