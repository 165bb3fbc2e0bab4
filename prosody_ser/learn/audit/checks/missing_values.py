"""Undefined features that reveal the emotion: most clips of one emotion lack values that nearly all others have.

A model sees this, because an imputed value differs from a measured one. It happens if the emotions were measured or
processed differently, for example with two feature sets, two programs, or at two sampling rates.
"""

import numpy as np

from ..finding import SHOWN, WARNING, Finding
from ..material import Material

CHECK = "missing values"
#: Largest difference of two shares of clips that is not reported. On EMO-DB, sad clips have more pauses: .63.
LARGEST = 0.8
_LEAST_ROWS = 10


def find(material: Material) -> list[Finding]:
    """Find the emotion that missing values, in one feature or counted over all, separate most from the others."""
    missing = ~np.isfinite(material.values)
    columns = np.flatnonzero(missing.any(axis=0) & ~missing.all(axis=0))
    n_each = np.bincount(material.label)
    if not columns.size or len(n_each) < 2 or n_each.min() < _LEAST_ROWS:
        return []
    of_emotion = np.eye(len(n_each), dtype=bool)[:, material.label]
    total, missing = missing.sum(axis=1), missing[:, columns]
    found: list[tuple[float, int, np.ndarray]] = []
    for number, mine in enumerate(of_emotion):
        single = np.abs(missing[mine].mean(axis=0) - missing[~mine].mean(axis=0))
        found.append((max(float(single.max()), _largest_difference(total[mine], total[~mine])), number, single))
    difference, number, single = max(found, key=lambda one: one[:2])
    if difference <= LARGEST:
        return []
    mine, emotion = of_emotion[number], str(material.labels[number])
    names = [material.features[columns[i]] for i in np.argsort(-single, kind="stable")[:SHOWN]]
    sentence = (
        f"Missing values separate {emotion} from the other emotions: its clips lack {total[mine].mean():.1f} of "
        f"{len(material.features)} features on average, those of the others {total[~mine].mean():.1f} (the largest "
        f"difference is in {names[0]})."
    )
    effect = (
        "If the emotions were measured or processed differently, the model can recognise this instead of the voice, "
        "and the score is too high. Measure all recordings in the same way, or remove the features that only some have."
    )
    return [Finding(WARNING, CHECK, sentence, effect, {"emotion": emotion, "features": names})]


def _largest_difference(one: np.ndarray, other: np.ndarray) -> float:
    """Largest difference of the distribution functions of two samples of counts (Kolmogorov-Smirnov)."""
    n_bins = int(max(one.max(), other.max())) + 1
    shares = (np.cumsum(np.bincount(sample, minlength=n_bins)) / len(sample) for sample in (one, other))
    return float(np.abs(np.subtract(*shares)).max())
