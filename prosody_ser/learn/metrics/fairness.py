"""Fairness: scores by sex, age group and language of the speakers."""

from typing import Any

import numpy as np
import pandas as pd

from ...errors import counted
from .intervals import gap_interval
from .scores import confusion_counts, mean_recall, plain_scores

#: First year of each age group, and its name.
AGE_GROUPS = {0: "under 20", **{decade: f"{decade} to {decade + 9}" for decade in range(20, 60, 10)}, 60: "60 and over"}


def age_group(years: pd.Series) -> pd.Series:
    """Name of the age group: under 20, then decades, 60 and over; empty if the age is unknown."""
    edges = [-np.inf, *list(AGE_GROUPS)[1:], np.inf]
    return pd.cut(years, edges, right=False, labels=list(AGE_GROUPS.values())).astype(object).fillna("")


def by_group(
    metadata: pd.DataFrame, speaker: np.ndarray, truth: np.ndarray, predicted: np.ndarray, labels: list[str]
) -> dict[str, Any]:
    """Compute scores by sex, age group and language, each if at least two groups are known.

    `metadata` has the columns `sex`, `age` (years) and `language`, with one row per prediction; `speaker`, `truth` and
    `predicted` are positions.

    The gap is the UAR of the best group minus that of the worst, over the emotions that all groups have. Its interval
    (:func:`prosody_ser.learn.metrics.intervals.gap_interval`) is that of the difference between these two groups. They
    were selected on the same clips, so the gap tends to be somewhat too large.
    """
    properties = {"sex": metadata["sex"], "age_group": age_group(metadata["age"]), "language": metadata["language"]}
    by_property = {}
    for name, values in properties.items():
        group = values.to_numpy(dtype=object)
        names = sorted(set(group) - {""}, key=list(AGE_GROUPS.values()).index if name == "age_group" else None)
        if len(names) > 1:
            by_property[name] = _one_property(name, names, group, speaker, truth, predicted, labels)
    return by_property


def _one_property(
    name: str,
    names: list[str],
    group: np.ndarray,
    speaker: np.ndarray,
    truth: np.ndarray,
    predicted: np.ndarray,
    labels: list[str],
) -> dict[str, Any]:
    n_speakers = int(speaker.max()) + 1
    counts, groups = [], {}
    for group_name in names:
        mask = group == group_name
        by_speaker = confusion_counts(speaker[mask], truth[mask], predicted[mask], n_speakers, len(labels))
        counts.append(by_speaker)
        groups[group_name] = {
            "n_clips": int(mask.sum()),
            "n_speakers": int(np.unique(speaker[mask]).size),
            **plain_scores(by_speaker.sum(axis=0), ("uar", "accuracy", "macro_f1")),
        }
    gap, between, interval, notes = _gap(counts, names, groups, labels)
    unknown = int((group == "").sum())
    if unknown:
        notes.append(f"predictions left out because the {name.replace('_', ' ')} is unknown: {unknown}")
    return {
        "groups": groups,
        "gap": gap,
        "gap_between": between,
        "gap_interval": interval,
        "note": "; ".join(notes) or None,
    }


def _gap(
    counts: list[np.ndarray], names: list[str], groups: dict[str, dict[str, Any]], labels: list[str]
) -> tuple[float | None, list[str], list[float] | None, list[str]]:
    """Best minus worst UAR, the names of the two groups, the interval, and notes."""
    common = np.all([by_speaker.sum(axis=(0, 2)) > 0 for by_speaker in counts], axis=0)
    if common.sum() < 2:
        return None, [], None, ["no gap was computed, because the groups have fewer than two emotions in common"]
    lacking = [label for label, shared in zip(labels, common, strict=True) if not shared]
    uar = [float(mean_recall(by_speaker.sum(axis=0), common)) for by_speaker in counts]
    best, worst = int(np.argmax(uar)), int(np.argmin(uar))
    if best == worst:  # all groups have the same UAR
        worst = 1
    notes = []
    if lacking:
        having = [label for label, shared in zip(labels, common, strict=True) if shared]
        notes.append(
            f"the gap is over the emotions that all groups have ({', '.join(having)}): UAR {uar[best]:.3f} for "
            f"{names[best]} and {uar[worst]:.3f} for {names[worst]}; it leaves out {', '.join(lacking)}"
        )
    interval = gap_interval(counts[best], counts[worst], common)
    if interval == [-1.0, 1.0]:  # every gap is inside, so it says nothing
        interval = None
    if interval is None:
        few = [f"{names[i]} has {counted(groups[names[i]]['n_speakers'], 'speaker')}" for i in (best, worst)]
        notes.insert(
            0, f"no interval of the gap can be computed, because there are too few speakers: {' and '.join(few)}"
        )
    return uar[best] - uar[worst], [names[best], names[worst]], interval, notes
