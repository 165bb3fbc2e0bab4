"""Time to open a model file: ``python benchmarks/bench_model.py MODEL.skops...``; each in separate processes.

What scikit-learn's own import takes stands apart: it is the same for every program that predicts with it.
"""

import statistics
import subprocess
import sys

N_RUNS = 5
TIMED = """
import sys, time
start = time.perf_counter()
import pandas, sklearn.impute, sklearn.preprocessing, sklearn.pipeline
libraries = time.perf_counter()
from prosody_ser import load_model
load_model(sys.argv[1])
first = time.perf_counter()
load_model(sys.argv[1])
print(libraries - start, first - libraries, time.perf_counter() - first)
"""


def main(paths):
    """Print medians in ms."""
    print(f"{'model':30}  {'pandas, sklearn':>15}  {'first load':>10}  {'later':>7}   ms, medians of {N_RUNS}")
    for path in paths:
        runs = [
            subprocess.run([sys.executable, "-c", TIMED, path], capture_output=True, check=True) for _ in range(N_RUNS)
        ]
        times = [[float(part) * 1000 for part in run.stdout.split()] for run in runs]
        libraries, first, later = map(statistics.median, zip(*times, strict=True))
        print(f"{path[-30:]:30}  {libraries:15.0f}  {first:10.0f}  {later:7.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
