"""Commands check their surroundings before they begin, and report a fault in one line."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.support.processes import PATIENCE_S

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell that closes streams")
#: The exit status that a shell gives for SIGPIPE.
SIGPIPE = 141
COMMAND = f"{sys.executable} -m prosody_ser"


def shell(line, folder):
    return subprocess.run(
        ["bash", "-c", line], cwd=folder, capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"{COMMAND} --version >&-", "standard output is closed"),
        (f"{COMMAND} --version 2>&-", "standard error is closed"),
        (f"{COMMAND} --version >&- 2>&-", None),
        (f"mkdir gone; cd gone; rmdir ../gone; {COMMAND} --version", "the working directory cannot be used"),
        (f"ulimit -v 600000; {COMMAND} --version", "limited to 614 MB"),
    ],
)
def test_what_would_lose_the_work_is_one_line(tmp_path, line, message):
    done = shell(line, tmp_path)
    assert done.returncode == 2
    output = done.stdout + done.stderr
    assert output.startswith(f"prosody-ser: {message}") or message in output if message else output == ""
    assert output.count("\n") == (message is not None)


def test_a_reader_that_has_gone_before_ends_it_without_a_word(tmp_path):
    ours, theirs = os.pipe()
    os.close(ours)
    with os.fdopen(theirs, "w") as unread:
        command = [sys.executable, "-m", "prosody_ser", "--version"]
        done = subprocess.run(
            command, stdout=unread, stderr=subprocess.PIPE, text=True, check=False, timeout=PATIENCE_S
        )
    assert (done.returncode, done.stderr) == (SIGPIPE, "")


def test_a_reader_that_has_seen_enough_ends_it_without_a_word(tmp_path):
    command = [sys.executable, "-m", "prosody_ser", "features", "--format", "json", "--set", "full_v1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert run.stdout.read(1) == "{"
        run.stdout.close()  # more is to come than a pipe holds
        assert run.stderr.read() == ""
        assert run.wait(PATIENCE_S) == SIGPIPE


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_errors_that_nobody_can_be_told_keep_their_exit_status(tmp_path):
    assert shell(f"{COMMAND} --nonsense 2>/dev/full >/dev/null", tmp_path).returncode == 2
