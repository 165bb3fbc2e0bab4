"""A long job as the page sees it: its progress, its results, and a way to end it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from pathlib import Path
from typing import Any

from .job_process import end_group

_ERRORS = "errors.txt"


class Job:
    """A process that does one of :data:`prosody_ser.page.job_process.JOBS`; it ends with the session that holds it.

    Parameters
    ----------
    job : str
        Name of the job.
    **arguments
        Arguments of the job.
    """

    def __init__(self, job: str, **arguments: Any) -> None:
        self.job, self.arguments = job, arguments
        self.done, self.total = 0, 0
        self.error: str | None = None
        self.files: list[str] | None = None
        self.cancelled = False
        self._folder = Path(tempfile.mkdtemp(prefix="prosody-ser-page-"))
        command = [sys.executable, "-m", "prosody_ser.page.job_process"]
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
        try:
            with open(self.path(_ERRORS), "w") as errors:
                # a group of its own, so that its worker processes can be ended with it
                self._process = subprocess.Popen(
                    command, stderr=errors, start_new_session=True, env=_own_package(), **pipes
                )
        except OSError:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self._forget = weakref.finalize(self, _forget, self._process, self._folder)
        assert self._process.stdin is not None  # a pipe
        self._process.stdin.write(json.dumps({"job": job, "folder": str(self._folder), **arguments}) + "\n")
        self._process.stdin.flush()
        self._listener = threading.Thread(target=_listen, args=(self._process, weakref.ref(self)), daemon=True)
        self._listener.start()

    @property
    def running(self) -> bool:
        """Whether the job is still running."""
        return self._listener.is_alive()

    def path(self, name: str) -> Path:
        """Path of one of the files that the job wrote; the files exist as long as this object."""
        return self._folder / name

    def cancel(self) -> None:
        """End the job; none of its results is used."""
        self.cancelled = True
        _end(self._process)
        self._listener.join()

    def close(self) -> None:
        """End the job and remove its files."""
        self.cancelled = True
        self._forget()

    def wait(self, timeout_s: float | None = None) -> None:
        """Wait until the job is done."""
        self._listener.join(timeout_s)

    def _ended(self, status: int) -> None:
        if self.files is None and self.error is None and not self.cancelled:
            lines = self.path(_ERRORS).read_text(errors="replace").split("\n")
            last = next((line.strip() for line in reversed(lines) if line.strip()), "there was no error message")
            self.error = f"the job ended without a result, with exit status {status}: {last}"


def _own_package() -> dict[str, str]:
    """Give an environment in which the process can import this package, wherever it is installed."""
    parent = str(Path(__file__).resolve().parents[2])
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [parent, os.environ.get("PYTHONPATH")]))}


def _listen(process: subprocess.Popen, listening: "weakref.ref[Job]") -> None:
    """Copy the messages of the process to the job, as long as the job exists."""
    assert process.stdout is not None and process.stdin is not None  # noqa: PT018 # pipes
    with process.stdout, process.stdin:
        for line in process.stdout:
            message, job = json.loads(line), listening()
            if job is None:
                break
            for name, value in message.items():
                setattr(job, name, value)
            del job
    status = process.wait()
    job = listening()
    if job is not None:
        job._ended(status)


def _end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        end_group(process.pid)


def _forget(process: subprocess.Popen, folder: Path) -> None:
    _end(process)
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)
