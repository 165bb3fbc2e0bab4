"""The effect of augmentation on features and on scores.

``python benchmarks/augmentation.py effects DIR [N]``: N recordings (100 if not given) and copies of them at the ends of
each augmentation's usual range; the median change of each feature of ``prosody_v1``, in standard deviations of the
feature over the recordings, and which it moves most.

``python benchmarks/augmentation.py scores DIR... [--features prosody_v1] [--models svm,lda,mlp] [--naive]``: UAR of
each corpus, leave one speaker out, blind: without copies, and what each augmentation adds, with its interval over the
speakers (the same, paired); with ``--naive`` also the last step of the naive order, of the first model, counted on the
recordings alone.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from prosody_ser import evaluate, extract_table, make_pipeline
from prosody_ser.augment import AUGMENTATIONS
from prosody_ser.catalogue import feature_set
from prosody_ser.learn.evaluation.naive import with_naive
from prosody_ser.learn.metrics.intervals import difference_interval
from prosody_ser.learn.metrics.scores import counts_by
from prosody_ser.tables.columns import with_features

SHOWN = 6
PAIR = "speed:0.93,speed:1.07"
#: Sets of copies that are compared.
TRIED = {
    "none": (),
    **{name: (name,) for name in AUGMENTATIONS},
    "speed .93 and 1.07": tuple(PAIR.split(",")),
    "noise, stretch, shift, pitch": ("noise", "stretch", "shift", "pitch"),
    "all eight": tuple(AUGMENTATIONS),
}


def effects(folder, n_clips=100):
    """Print how much each augmentation changes the features."""
    files = sorted(path for path in Path(folder).rglob("*") if path.suffix in (".wav", ".flac"))
    files = files[:: max(1, len(files) // n_clips)][:n_clips]
    asked = [f"{name}:{end:g}" for name, one in AUGMENTATIONS.items() for end in one.usual if end not in (0.0, 1.0)]
    table = extract_table(files, augment=asked)
    names = list(table.feature_names)
    families = {feature.name: feature.family for feature in feature_set("prosody_v1")}
    frame = table.frame.set_index("file")
    plain = frame[frame["variant"] == "original"][names]
    for item in asked:
        copies = frame[frame["variant"] == item][names]
        moved = ((copies - plain) / plain.std()).median()
        most = moved.reindex(moved.abs().sort_values(ascending=False).index)[:SHOWN]
        by_family = moved.abs().groupby(pd.Series(families)).median().sort_values(ascending=False)
        print(f"\n{item}: " + ", ".join(f"{name} {value:+.2f}" for name, value in most.items()))
        print("    by family: " + ", ".join(f"{name} {value:.2f}" for name, value in by_family.items()))


def scores(folders, features, models, naive, tried):
    """Print a Markdown table for each corpus."""
    asked = [*AUGMENTATIONS, *PAIR.split(",")]
    for folder in folders:
        everything = with_features(extract_table(folder, features="full_v1", augment=asked), [features])
        # speed is named three times; the first is the one with its usual range
        first = everything.frame["variant"].str.partition(":")[0]
        order = everything.frame.groupby(["file", "start"]).cumcount()
        kind = np.where(order > len(AUGMENTATIONS), everything.frame["variant"], first)
        print(f"\n{folder}: {everything.usable.sum()} clips, {features}\n")
        print(f"| copies | {' | '.join(models)} |" + (f" naive {models[0]} |" if naive else ""))
        print("|---|" + "---|" * (len(models) + naive), flush=True)
        plain = {}
        for name, wanted in tried.items():
            rows = (everything.frame["variant"] == "original") | np.isin(kind, wanted)
            table = replace(everything, frame=everything.frame[rows])
            cells, claimed = [], []
            for model in models:
                result = evaluate(table, make_pipeline(model), n_jobs=2)
                predictions = result.predictions
                speakers, emotions, predicted = (predictions[name] for name in ("speaker", "emotion", "predicted"))
                counts = counts_by(speakers, emotions, predicted, result.data["labels"])
                if name == "none":
                    plain[model] = result.uar, counts
                    cells.append(f"{result.uar:.3f}")
                else:
                    low, high = difference_interval(counts, plain[model][1]) or (np.nan, np.nan)
                    cells.append(f"{result.uar - plain[model][0]:+.3f} ({low:+.3f} {high:+.3f})")
                if naive and model == models[0]:
                    wrong = with_naive(result, table, make_pipeline(model)).data["naive"]
                    claimed.append(f"{wrong['inflated_uar']:.3f}")
            print(f"| {name} | {' | '.join(cells + claimed)} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["effects", "scores"])
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--features", default="prosody_v1")
    parser.add_argument("--models", default="svm,lda,mlp")
    parser.add_argument("--naive", action="store_true")
    parser.add_argument("--only", help="rows of the table, separated by semicolons, 'none' first")
    asked = parser.parse_args()
    if asked.what == "effects":
        effects(asked.folders[0], *map(int, asked.folders[1:2]))
    else:
        tried = {name: TRIED[name] for name in (asked.only.split(";") if asked.only else TRIED)}
        scores(asked.folders, asked.features, asked.models.split(","), asked.naive, tried)
