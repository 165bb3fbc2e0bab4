"""A real Dask scheduler and its workers, each a process on this machine."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time

from tests.support.project import ROOT


class DaskProcesses(contextlib.ExitStack):
    """A scheduler at ``address``, at first without workers; all processes run in the folder of its files."""

    def __init__(self, folder):
        super().__init__()
        self._folder = folder
        where = folder / "scheduler.json"
        options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(where)]
        self.scheduler = self._start("dask_scheduler", *options)
        deadline = time.monotonic() + 300
        while not where.is_file() or not where.read_text():
            assert time.monotonic() < deadline, "the scheduler does not start"
            time.sleep(0.05)
        self.address = json.loads(where.read_text())["address"]

    def worker(self, code=ROOT, threads=1):
        """Start a worker with the code in a folder, by default that of this project."""
        options = ["--no-nanny", "--no-dashboard", "--local-directory", str(self._folder)]
        return self._start("dask_worker", self.address, "--nthreads", str(threads), *options, code=code)

    def _start(self, module, *arguments, code=ROOT):
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(code), str(self._folder)])}
        process = subprocess.Popen(command, cwd=self._folder, env=environment, stderr=subprocess.DEVNULL)
        self.callback(process.wait)
        self.callback(process.kill)
        return process


def changed_code(folder, file, old, new):
    """Copy the package to a folder, with a change in one of its files; give the folder."""
    copy = folder / "prosody_ser"
    shutil.copytree(ROOT / "prosody_ser", copy, ignore=shutil.ignore_patterns("__pycache__"))
    text = (copy / file).read_text()
    assert old in text
    (copy / file).write_text(text.replace(old, new))
    return folder
