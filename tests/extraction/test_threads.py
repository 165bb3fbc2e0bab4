"""Several threads that measure at once."""

import subprocess
import sys

from tests.support.signals import voice, write_wav

SCRIPT = """
import sys, threading
from prosody_ser import extract_table
def measure():
    table = extract_table(sys.argv[1], jobs=1, cache=False)
    sys.stdout.write(",".join(table.frame["status"]) + "\\n")  # in one piece: print writes the end of the line apart
threads = [threading.Thread(target=measure) for _ in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_threads_do_not_wait_for_each_other_without_end(tmp_path):
    """A process that is forked while another thread prepares would wait two minutes for an unfinished import."""
    for i in range(2):
        write_wav(tmp_path / "sad" / f"bob_{i}.wav", voice(120 + i, 0.3))
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["ok,ok"] * 3
