"""Memory of the parent process when it extracts many clips: ``python benchmarks/bench_memory.py [N ...]`` (1000 20000).

Writes N different clips of 0.3 s (synthetic buzzes), extracts them to a CSV without the cache, and prints the largest
resident memory of the process that writes the table, and its speed.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile

RATE_HZ = 16000
CHILD = """
import resource, sys
from prosody_ser.extraction import Extraction, extract_to_file
extraction = Extraction(sys.argv[1])
extract_to_file(extraction, sys.argv[2], cache=False)
tally = extraction.tally
peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(f"{tally.clips:6} clips  {peak_mb:7.1f} MB at the most  {tally.seconds:6.1f} s  {tally.clips_per_s:6.1f} clips/s")
"""


def write_clips(folder, n_clips):
    """Write harmonic buzzes with different pitches."""
    t = np.arange(int(0.3 * RATE_HZ)) / RATE_HZ
    for i in range(n_clips):
        f0_hz = 80 * 2 ** (2 * i / n_clips)
        samples = sum(np.sin(2 * np.pi * k * f0_hz * t) / k**2 for k in range(1, 10))
        emotion = ("anger", "sadness")[i % 2]
        (folder / emotion).mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / emotion / f"s{i % 20:02}_{i:06}.wav", 0.3 * samples, RATE_HZ)


def main():
    """Measure each number of clips named on the command line."""
    for n_clips in map(int, sys.argv[1:] or (1000, 20000)):
        with tempfile.TemporaryDirectory() as folder:
            write_clips(Path(folder) / "corpus", n_clips)
            command = [sys.executable, "-c", CHILD, f"{folder}/corpus", f"{folder}/features.csv"]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
