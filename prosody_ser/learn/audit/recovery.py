"""How well one number alone tells the emotion of unheard speakers, and how well it would by chance.

A histogram classifier: the number's range in equal parts of the rows, in each part the emotion that is most frequent
there for its own frequency among the other speakers' clips. Counting is all there is to fitting, so every speaker can
be held out in turn in no time.

Chance is exact: hold the predictions, shuffle the true labels within each speaker. The expectation and the variance of
UAR over all such shuffles have closed forms (hypergeometric), which also allow for speakers who lack an emotion.
"""

from dataclasses import dataclass

import numpy as np

from .material import Material

N_PARTS = 12
#: Standard deviations above chance that count: by a normal bound 3 false alarms in 100,000.
LEAST_Z = 4.0


@dataclass(frozen=True)
class Recovery:
    """What one number recovers.

    Attributes
    ----------
    uar, chance : float
        Pooled over held-out speakers; its expectation under labels shuffled within speakers.
    z : float
        Their difference in standard deviations of the shuffles.
    """

    uar: float
    chance: float
    z: float

    @property
    def above_chance(self) -> bool:
        """Whether it is beyond what chance explains."""
        return self.z >= LEAST_Z

    @property
    def skill(self) -> float:
        """How far from chance (0) to perfect (1)."""
        return (self.uar - self.chance) / (1 - self.chance)

    @property
    def data(self) -> dict[str, float]:
        """Rounded, for the evidence."""
        return {"uar": round(self.uar, 3), "chance": round(self.chance, 3), "z": round(min(self.z, 1e6), 1)}


def recover(material: Material, number: np.ndarray) -> Recovery | None:
    """How well `number` tells emotions, each speaker held out in turn; None where it is constant or unknown."""
    part = _parts(number)
    n_parts, n_labels, n_speakers = part.max() + 1, material.labels.size, material.speakers.size
    if n_parts < 2 or n_labels < 2 or n_speakers < 2:
        return None
    counts = np.zeros((n_speakers, n_parts, n_labels))
    np.add.at(counts, (material.speaker, part, material.label), 1)
    others = counts.sum(axis=0) - counts
    share = others / np.maximum(others.sum(axis=1, keepdims=True), 1)
    # Neighbouring parts count half: less noise where clips are few.
    smooth = share.copy()
    smooth[:, 1:] += 0.5 * share[:, :-1]
    smooth[:, :-1] += 0.5 * share[:, 1:]
    predicted = smooth.argmax(axis=2)[material.speaker, part]
    return against_chance(material.label, predicted, material.speaker)


def against_chance(truth: np.ndarray, predicted: np.ndarray, group: np.ndarray) -> Recovery:
    """UAR, and its expectation and deviation when true labels are shuffled within groups (all as ints from 0)."""
    n_labels = max(truth.max(), predicted.max()) + 1
    true_counts, said_counts = np.zeros((2, group.max() + 1, n_labels))
    np.add.at(true_counts, (group, truth), 1)
    np.add.at(said_counts, (group, predicted), 1)
    size = np.maximum(true_counts.sum(axis=1, keepdims=True), 1)
    present = true_counts.sum(axis=0) > 0
    weight = np.where(present, 1 / np.maximum(true_counts.sum(axis=0), 1), 0.0) / present.sum()
    hits = np.bincount(truth[truth == predicted], minlength=n_labels)
    expected = (true_counts * said_counts / size).sum(axis=0)
    # Hits of one group: variance of each label, covariance of two; with the weights of UAR.
    product = weight * true_counts * said_counts
    divisor = (size**2 * np.maximum(size - 1, 1)).ravel()
    own = (weight**2 * true_counts * said_counts * (size - true_counts) * (size - said_counts)).sum(axis=1)
    cross = product.sum(axis=1) ** 2 - (product**2).sum(axis=1)
    variance = float(((own + cross) / divisor).sum())
    uar, chance = float(weight @ hits), float(weight @ expected)
    return Recovery(uar, chance, (uar - chance) / variance**0.5 if variance > 0 else 0.0)


def within_speaker(material: Material, number: np.ndarray) -> np.ndarray:
    """Rank of `number` among the clips of the same speaker, from 0 to 1."""
    ranks = np.full(number.size, np.nan)
    for speaker in range(material.speakers.size):
        own = np.flatnonzero((material.speaker == speaker) & np.isfinite(number))
        values, position = np.unique(number[own], return_inverse=True)
        ranks[own] = position / max(values.size - 1, 1)
    return ranks


def _parts(number):
    """Which part of its range each value is in: parts of equal size; each value its own part if they are few."""
    finite = np.isfinite(number)
    values = np.unique(number[finite])
    if values.size > N_PARTS:
        values = np.unique(np.quantile(number[finite], np.linspace(0, 1, N_PARTS + 1)[:-1]))
    part = np.searchsorted(values, number, side="right") - 1
    return np.where(finite, np.clip(part, 0, None), max(values.size, 1) * (values.size > 0))
