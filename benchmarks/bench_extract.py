"""Milliseconds a clip on one core: ``python benchmarks/bench_extract.py DIR [N]``.

Measures N clips (default 60) spread over the folder, in one process with one thread, after one clip to warm up,
and prints the median and the share of each step.
"""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import sys
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

from prosody_ser.audio import read_audio
from prosody_ser.catalogue import CONTOUR_GROUPS, DEFAULT_SET
from prosody_ser.contours import Analysis
from prosody_ser.datasets import find_utterances
from prosody_ser.extract import measure_file
from prosody_ser.measures import MEASURES


def steps_of(path):
    """Seconds that each step of one clip takes, in the order in which the steps share their work."""
    spent = {}
    started = time.perf_counter()

    def done(name):
        nonlocal started
        spent[name], started = time.perf_counter() - started, time.perf_counter()

    clip = Analysis(read_audio(path))
    done("decode, resample, endpoints")
    for group in CONTOUR_GROUPS:
        clip.contour_group(group)
        done(f"contours: {group}")
    for group, measure in MEASURES.items():
        measure(clip)
        done(f"measures: {group}")
    return spent


def main():
    """Measure the folder named on the command line."""
    folder = Path(sys.argv[1])
    n_wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    _, utterances, _ = find_utterances(folder)
    files = [str(folder / u.file) for u in utterances[:: max(1, len(utterances) // n_wanted)]]
    measure_file(files[0])
    whole, audio_s, steps = [], [], defaultdict(list)
    for path in files:
        started = time.perf_counter()
        audio_s.append(measure_file(path)["end"])
        whole.append(time.perf_counter() - started)
        for name, seconds in steps_of(path).items():
            steps[name].append(seconds)
    print(f"{folder}: {len(files)} clips of {median(audio_s):.1f} s (median), set {DEFAULT_SET}, one core")
    print(f"{1000 * median(whole):7.1f} ms a clip (median), {sum(audio_s) / sum(whole):.0f} x real time")
    for name, seconds in sorted(steps.items(), key=lambda item: -median(item[1])):
        print(f"{1000 * median(seconds):7.1f} ms {name}")


if __name__ == "__main__":
    main()
