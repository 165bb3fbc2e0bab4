"""How well one number alone tells the emotion of unheard speakers, and how well it would by chance.

A histogram classifier: the number's range in equal parts of the rows, in each part the emotion that is most frequent
there for its own frequency among the other speakers' clips. Counting is all there is to fitting, so every speaker can
be held out in turn in no time.

Chance is first that of shuffling the true labels within each speaker while the predictions stand; its expectation and
variance have closed forms (hypergeometric), which also allow for speakers who lack an emotion. That variance is too
small, as two held-out speakers learn from each other: whatever passes it is tried again on labels shuffled before
fitting (:attr:`Material.shuffled_labels`).
"""

from dataclasses import dataclass

import numpy as np

from .material import Material

N_PARTS = 12
#: Counts that :func:`skill_of_each` holds at a time.
_MOST_COUNTS = 2_000_000
#: Standard deviations above chance that count: 2 false alarms in 41,500 simulated tables (a normal bound has 1.3).
LEAST_Z = 4.0


@dataclass(frozen=True)
class Recovery:
    """What one number recovers."""

    #: `uar`, `chance`: pooled over held-out speakers; its expectation under labels shuffled within speakers
    uar: float
    chance: float
    z: float  #: their difference in standard deviations of the shuffles

    @property
    def above_chance(self) -> bool:
        """Whether it is beyond what chance explains."""
        return self.z >= LEAST_Z

    @property
    def skill(self) -> float:
        """How far from chance (0) to perfect (1)."""
        return (self.uar - self.chance) / (1 - self.chance) if self.chance < 1 else 0.0

    @property
    def data(self) -> dict[str, float]:
        """Rounded, for the evidence."""
        return {"uar": round(self.uar, 3), "chance": round(self.chance, 3), "z": round(min(self.z, 1e6), 1)}


def recover(material: Material, number: np.ndarray) -> Recovery | None:
    """How well `number` tells emotions, each speaker held out in turn; None where it is constant or unknown."""
    part = _parts(number)
    if part.max() < 1 or material.labels.size < 2 or material.speakers.size < 2:
        return None
    found = against_chance(material.label, _predicted(part, material.label, material.speaker), material.speaker)
    if not found.above_chance:
        return found
    uars = []
    for label in material.shuffled_labels:
        predicted = _predicted(part, label, material.speaker)
        hits = np.bincount(label[label == predicted], minlength=material.labels.size)
        uars.append((hits / np.bincount(label, minlength=material.labels.size)).mean())
    chance, spread = float(np.mean(uars)), float(np.std(uars, ddof=1))
    return Recovery(found.uar, chance, (found.uar - chance) / spread if spread > 0 else 0.0)


def skill_of_each(values: np.ndarray, label: np.ndarray, group: np.ndarray) -> np.ndarray:
    """How far from chance (0) to perfect (1) each column alone is, each group held out in turn.

    The same histogram classifier, for all columns at once and without the shuffles: chance is 1 / number of labels.
    Labels and groups are ints from 0.
    """
    n_groups, n_labels = group.max() + 1, label.max() + 1
    n_each = np.bincount(label, minlength=n_labels)
    chance = 1 / max(int(np.count_nonzero(n_each)), 2)
    at_once = max(1, _MOST_COUNTS // (n_groups * (N_PARTS + 1) * n_labels))
    uar = np.zeros(values.shape[1])
    for first in range(0, values.shape[1], at_once):
        part = _parts_of_each(values[:, first : first + at_once])
        shape = (n_labels, part.shape[1], n_groups, N_PARTS + 1)
        cell = np.ravel_multi_index((label[:, None], np.arange(shape[1]), group[:, None], part), shape)
        counts = np.bincount(cell.ravel(), minlength=np.prod(shape)).reshape(shape)
        said = _most_frequent(counts.sum(axis=2, keepdims=True) - counts)
        for one in np.flatnonzero(n_each):
            hits = np.where(said == one, counts[one], 0).sum(axis=(1, 2))
            uar[first : first + at_once] += hits * chance / n_each[one]
    return (uar - chance) / (1 - chance)


def _parts_of_each(values: np.ndarray) -> np.ndarray:
    """Which part of its column's range each value is in, as :func:`_parts` has it; undefined values are the last."""
    ordered = np.sort(values, axis=0)
    finite = np.isfinite(values)
    n_finite = finite.sum(axis=0)
    places = np.arange(1, N_PARTS)[:, None] * n_finite // N_PARTS
    edges = ordered[np.minimum(places, len(values) - 1), np.arange(values.shape[1])]
    n_distinct = (np.diff(ordered, axis=0) > 0).sum(axis=0) + 1
    for column in np.flatnonzero(n_distinct <= N_PARTS):
        distinct = np.unique(values[finite[:, column], column])[1:]
        edges[:, column] = np.append(distinct, np.full(N_PARTS - 1 - distinct.size, np.inf))
    part = np.zeros(values.shape, dtype=int)
    for edge in edges:
        part += values >= edge
    return np.where(finite, part, N_PARTS)


def _predicted(part: np.ndarray, label: np.ndarray, speaker: np.ndarray) -> np.ndarray:
    """The label of each row as the other speakers' clips tell it."""
    shape = (label.max() + 1, speaker.max() + 1, part.max() + 1)
    counts = np.bincount(np.ravel_multi_index((label, speaker, part), shape), minlength=np.prod(shape)).reshape(shape)
    return _most_frequent(counts.sum(axis=1, keepdims=True) - counts)[speaker, part]


def _most_frequent(counts: np.ndarray) -> np.ndarray:
    """Of counts of shape (labels, ..., parts) the label that is most frequent in each part for its own frequency."""
    share = counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    # Neighbouring parts count half: less noise where clips are few.
    smooth = share.copy()
    smooth[..., 1:] += 0.5 * share[..., :-1]
    smooth[..., :-1] += 0.5 * share[..., 1:]
    most, said = smooth[0], np.zeros(counts.shape[1:], dtype=int)
    for one in range(1, len(smooth)):
        said[smooth[one] > most] = one
        most = np.maximum(most, smooth[one])
    return said


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


def _parts(number: np.ndarray) -> np.ndarray:
    """Which part of its range each value is in: parts of equal size; each value its own part if they are few."""
    finite = np.isfinite(number)
    values = np.unique(number[finite])
    if values.size > N_PARTS:
        values = np.unique(np.quantile(number[finite], np.linspace(0, 1, N_PARTS + 1)[:-1]))
    part = np.searchsorted(values, number, side="right") - 1
    return np.where(finite, np.clip(part, 0, None), max(values.size, 1) * (values.size > 0))
