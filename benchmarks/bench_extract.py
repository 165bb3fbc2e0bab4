"""prosody-ser compared with openSMILE, in turn on the same clips: ``python benchmarks/bench_extract.py DIR [N]``.

Takes N clips (default 60) spread over the corpus folder, as they are and, where they are not at 16 kHz, stored at
16 kHz. On one core, A B A B ...: a round is all clips by ours, then all by openSMILE's; the ratio is the median over
the rounds (default 5), so that a noisy machine slows both. Then one process against two, and the share of each step.
openSMILE is for comparison only: ``pip install prosody-ser[opensmile]``; its licence forbids commercial use.
"""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from statistics import median

import opensmile
import soundfile
import soxr

from prosody_ser.audio.frames import SAMPLE_RATE_HZ
from prosody_ser.audio.prepare import read_audio
from prosody_ser.catalogue import CONTOURS, feature_set
from prosody_ser.contours import GROUPS, Analysis
from prosody_ser.datasets import find_utterances
from prosody_ser.extraction import extract_table
from prosody_ser.features import Job, RowPlan, measure_file
from prosody_ser.measures import MEASURE_GROUPS

PAIRS = (("prosody_v1", "eGeMAPSv02"), ("full_v1", "ComParE_2016"), ("wide_v1", "ComParE_2016"))
N_ROUNDS = 5
#: Steps that several contours and measures share, in the order of their dependence.
SHARED_STEPS = {
    "pitch": "pitch, two passes",
    "formants": "formant ceiling, formants",
    "pulses_s": "glottal pulses",
    "intensity_db": "intensity (Praat)",
    "mel_levels_db": "spectrogram, mel bands",
}


def seconds(function, files):
    """Wall-clock time of a function over all files."""
    started = time.perf_counter()
    for path in files:
        function(path)
    return time.perf_counter() - started


def race(files):
    """Print milliseconds per clip of both programs, and the median ratio, for each pair of sets."""
    for ours, theirs in PAIRS:
        job = Job(ours)
        smile = opensmile.Smile(opensmile.FeatureSet[theirs], opensmile.FeatureLevel.Functionals)
        runs = [lambda path, job=job: measure_file(path, job), smile.process_file]
        seconds(runs[0], files[:2])
        seconds(runs[1], files[:2])
        rounds = [[seconds(run, files) for run in runs] for _ in range(N_ROUNDS)]
        a, b = (1000 * median(column) / len(files) for column in zip(*rounds, strict=True))
        ratio = median(theirs_s / ours_s for ours_s, theirs_s in rounds)
        print(f"  {ours:10} {a:6.1f} ms   {theirs:12} {b:6.1f} ms   {ratio:.2f} times as fast")


def at_16_khz(files, folder):
    """Store the same clips as 16-bit WAV at 16 kHz."""
    stored = []
    for i, path in enumerate(files):
        samples, rate_hz = soundfile.read(path)
        stored.append(str(Path(folder) / f"{i:04}.wav"))
        soundfile.write(stored[-1], soxr.resample(samples, rate_hz, SAMPLE_RATE_HZ), SAMPLE_RATE_HZ)
    return stored


def two_processes(folder):
    """Print the speed-up of two processes over one, on the whole folder."""
    for name, _ in PAIRS:
        rounds = []
        for _ in range(3):
            spent = []
            for jobs in (1, 2):
                started = time.perf_counter()
                extract_table(folder, features=name, jobs=jobs, cache=False)
                spent.append(time.perf_counter() - started)
            rounds.append(spent[0] / spent[1])
        print(f"  {name:10} two processes {median(rounds):.2f} times as fast as one")


def profile(files):
    """Print milliseconds per clip of each step, in the order in which steps build on others."""
    steps = defaultdict(list)
    plans = {name: RowPlan(feature_set(name)) for name, _ in PAIRS}
    for path in files:
        started = time.perf_counter()

        def done(name):
            nonlocal started
            steps[name].append(time.perf_counter() - started)
            started = time.perf_counter()

        clip = Analysis(read_audio(path))
        done("decode, resample, endpoints")
        for step, name in SHARED_STEPS.items():
            getattr(clip, step)
            done(name)
        for group in dict.fromkeys(c.group for c in CONTOURS.values()):
            GROUPS[group](clip)
            done(f"contours: {group}")
        for group, measure in MEASURE_GROUPS.items():
            measure(clip)
            done(f"measures: {group}")
        for name, _ in PAIRS:
            started = time.perf_counter()
            plans[name].compute(clip)
            done(f"row of {name}: its contours again, and functionals")
    print("\n| step | ms a clip, median |\n|---|---|")
    for name, spent in sorted(steps.items(), key=lambda item: -median(item[1])):
        print(f"| {name} | {1000 * median(spent):.2f} |")


def main():
    """Measure the folder named on the command line."""
    folder = Path(sys.argv[1])
    n_wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    utterances = find_utterances(folder).utterances
    files = [str(folder / u.file) for u in utterances[:: max(1, len(utterances) // n_wanted)]]
    rates = {soundfile.info(path).samplerate for path in files}
    print(f"{folder}: {len(files)} clips as they are ({', '.join(map(str, sorted(rates)))} Hz)")
    race(files)
    if rates != {SAMPLE_RATE_HZ}:
        with tempfile.TemporaryDirectory() as copies:
            print("stored at 16 kHz")
            race(at_16_khz(files, copies))
    print(f"all {len(utterances)} clips")
    two_processes(folder)
    profile(files)


if __name__ == "__main__":
    main()
