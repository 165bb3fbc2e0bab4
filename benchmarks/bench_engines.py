"""Both engines on the same clips: ``python benchmarks/bench_engines.py DIR [N]``.

First the time of N clips (30 if not given), in turn, A B A B, in this process; then the whole folder by both, the UAR
of each, and of a model trained on rows of one engine and tested on rows of the other: leave one speaker out, pooled,
``prosody_v1``. How far the features themselves differ: ``prosody-ser compare-engines DIR --set full_v1``.
"""

import sys
import time
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.metrics import recall_score
from threadpoolctl import threadpool_limits

from prosody_ser import extract_table, make_pipeline
from prosody_ser.catalogue import ENGINES, FEATURE_SETS
from prosody_ser.features import Job, measure_file

ROUNDS = 2
MODELS = ("svm", "lda")


def seconds_a_clip(files, features, engine):
    """Measure the clips one after the other, in this process."""
    job = Job(features, engine=engine)
    started = time.perf_counter()
    for file in files:
        measure_file(str(file), job)
    return (time.perf_counter() - started) / len(files)


def crossed(trained_on, tested_on, model):
    """Pooled UAR of speakers left out one by one, trained on one table and tested on the other."""
    y, speakers = trained_on.y.to_numpy(), trained_on.X.index.get_level_values("speaker").to_numpy()
    predictions = np.empty(len(y), dtype=object)
    for speaker in np.unique(speakers):
        out = speakers == speaker
        fitted = clone(make_pipeline(model)).fit(trained_on.X[~out], y[~out])
        predictions[out] = fitted.predict(tested_on.X[out])
    return recall_score(y, predictions.astype(str), average="macro")


def main(folder, n_clips=30):
    """Print the times, then the scores."""
    files = sorted(path for path in Path(folder).rglob("*") if path.suffix in (".wav", ".flac"))
    some = files[:: max(1, len(files) // n_clips)][:n_clips]
    with threadpool_limits(1):
        for features in FEATURE_SETS:
            for engine in ENGINES:  # compile and import before the times are taken
                seconds_a_clip(some[:1], features, engine)
            rounds = [[seconds_a_clip(some, features, engine) for engine in ENGINES] for _ in range(ROUNDS)]
            fast, reference = np.median(rounds, axis=0)
            told = f"fast {1000 * fast:6.1f} ms   reference {1000 * reference:6.1f} ms   {reference / fast:.1f} times"
            print(f"{features:10}  {len(some)} clips  {told}", flush=True)
    tables = {engine: extract_table(folder, engine=engine) for engine in ENGINES}
    for model in MODELS:
        for trained in ENGINES:
            for tested in ENGINES:
                uar = crossed(tables[trained], tables[tested], model)
                print(f"{model:4} trained on {trained:9} tested on {tested:9} UAR {uar:.4f}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
