"""The cost of speaker normalisation if speakers have only some of the emotions: ``python benchmarks/tied_speakers.py``.

The built-in table of EMO-DB is thinned out: each speaker keeps the clips of K emotions drawn at random, five draws for
each K. Printed are the mean share of what tells the emotions apart that lies between speakers
(:mod:`prosody_ser.learn.speakers.tied`) and the mean UAR of an SVM on ``prosody_v1``, leave one speaker out, blind and
speaker-normalised. For K = 1 the normaliser is fitted although an evaluation would refuse it.
"""

import sys

import numpy as np
from sklearn.metrics import balanced_accuracy_score

from prosody_ser import FeatureTable, load_emodb_features, make_pipeline
from prosody_ser.errors import ProtocolError
from prosody_ser.learn.evaluation.predictions import predict_held_out
from prosody_ser.learn.speakers.tied import share_between
from prosody_ser.learn.splits.evaluation_plan import EvaluationPlan


def thinned(table: FeatureTable, n_kept: int, rng: np.random.Generator) -> EvaluationPlan:
    """Make a plan of the table with `n_kept` emotions of each speaker, so that all emotions can be evaluated."""
    frame = table.frame
    emotions = sorted(frame["emotion"].unique())
    while True:
        names = sorted(frame["speaker"].unique())
        emotions_of = {name: set(rng.choice(emotions, n_kept, replace=False)) for name in names}
        kept = [emotion in emotions_of[name] for name, emotion in zip(frame["speaker"], frame["emotion"], strict=True)]
        try:
            return EvaluationPlan.of(FeatureTable(frame[kept].reset_index(drop=True), table.feature_names))
        except ProtocolError:  # an emotion has only one speaker: draw again
            continue


def uar(plan: EvaluationPlan, speaker_norm: str) -> float:
    """UAR of held-out speakers."""
    held_out = predict_held_out(plan, make_pipeline("svm", speaker_norm=speaker_norm))
    return balanced_accuracy_score(plan.y.to_numpy(dtype=object)[held_out.row], held_out.predicted)


def main(n_draws: int = 5) -> None:
    """Print a Markdown table."""
    table = load_emodb_features("prosody_v1")
    print("| emotions a speaker | between speakers | blind | speaker-normalised |\n|---|---|---|---|")
    for n_kept in (1, 2, 3, 4, 5, 7):
        rng = np.random.default_rng(n_kept)
        rows = []
        for _ in range(1 if n_kept == 7 else n_draws):
            plan = thinned(table, n_kept, rng)
            share = share_between(plan.speakers, plan.y.to_numpy(dtype=object))
            rows.append([share, uar(plan, "none"), uar(plan, "speaker")])
        share, blind, normed = np.mean(rows, axis=0)
        print(f"| {n_kept} of 7 | {share:.2f} | {blind:.3f} | {normed:.3f} |", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
