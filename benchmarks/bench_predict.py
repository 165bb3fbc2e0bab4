"""Duration of a prediction: ``python benchmarks/bench_predict.py [CLIP] [N]``.

CLIP is a recording (a synthetic sentence of 4 s if not given), N how often each is timed (default 5; medians are
printed). Measured are the command line the very first time after installation (no compiled kernel on disk), the command
line after that, and in a running process, on one core: a recording to its row, and of it reading and measuring, and
the model. The first time is measured once, into an empty cache of kernels.
"""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import soundfile

ROOT = Path(__file__).resolve().parents[1]
RATE_HZ = 16000


def made_clip(folder):
    """Write four seconds of syllables with changing pitch, and pauses."""
    rng = np.random.default_rng(0)
    t = np.arange(4 * RATE_HZ) / RATE_HZ
    phase = 2 * np.pi * np.cumsum(160 * 2 ** (0.4 * np.sin(t * 3))) / RATE_HZ
    voice = sum(np.sin(k * phase) / k**1.5 for k in range(1, 25))
    syllables = np.clip(np.sin(2 * np.pi * 2.2 * t), 0, 1) * (np.sin(2 * np.pi * 0.4 * t) > -0.8)
    samples = 0.1 * voice * syllables + 1e-3 * rng.normal(size=t.size)
    path = Path(folder) / "clip.wav"
    soundfile.write(path, samples, RATE_HZ)
    return path


def command_s(clip, **environment):
    """Wall-clock time of ``prosody-ser predict CLIP``."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "prosody_ser", "predict", str(clip)]
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": paths} | environment)
    return time.perf_counter() - started


def timed_ms(function, n):
    """Median time of a function in ms, without its first call."""
    function()
    times_ms = []
    for _ in range(n):
        started = time.perf_counter()
        function()
        times_ms.append(1000 * (time.perf_counter() - started))
    return median(times_ms)


def in_a_process(clip, n):
    """Print times within this process."""
    from prosody_ser import default_model_path, load_model, predict_files, predict_table
    from prosody_ser.features import Job, measure_file

    model = load_model(default_model_path())
    job = Job(model.feature_set)
    values = measure_file(str(clip), job).values
    import pandas as pd

    X = pd.DataFrame(values, columns=list(model.features))
    yield "a recording to its row", timed_ms(lambda: predict_files(model, [clip], jobs=0), n)
    yield "  of it: reading and measuring", timed_ms(lambda: measure_file(str(clip), job), n)
    yield "  of it: the model, with reasons", timed_ms(lambda: predict_table(model, X), n)


def main():
    """Print what was measured."""
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(sys.argv[1]) if len(sys.argv) > 1 else made_clip(folder)
        print(f"{clip.name}: {soundfile.info(clip).duration:.1f} s, {os.cpu_count()} cores")
        first = command_s(clip, NUMBA_CACHE_DIR=str(Path(folder) / "kernels"))
        print(f"command, very first time          {first:7.2f} s   (at most 6)")
        command_s(clip)
        print(f"command, after that               {median(command_s(clip) for _ in range(n)):7.2f} s   (at most 2)")
        for what, took_ms in in_a_process(clip, 4 * n):
            print(f"{what:33} {took_ms:7.1f} ms" + ("  (at most 60)" if what.startswith("a ") else ""))


if __name__ == "__main__":
    main()
