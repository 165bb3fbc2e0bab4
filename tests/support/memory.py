"""The memory that some code takes."""

import os
import subprocess
import sys

import pytest


def peak_mib(code):
    """Most memory that a fresh process takes for some code, over what its imports take, in MiB."""
    if not os.path.exists("/proc/self/status"):
        pytest.skip("needs /proc to see how much memory a process took")
    script = f"""
import prosody_ser.audio.segments
from prosody_ser.audio.prepare import read_audio
from prosody_ser.errors import RecordingError
def peak():  # not getrusage, which after exec still counts what pytest took
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024
before = peak()
{code}
print(peak() - before)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    return float(done.stdout.split()[-1])
