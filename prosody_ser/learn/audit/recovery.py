"""How well a single number per clip predicts the emotion of held-out speakers, compared with chance.

The classifier is a histogram. The range of the number is divided into parts with equal numbers of rows. In each part it
predicts the emotion that is most frequent there relative to its overall frequency, among the clips of the other
speakers. Fitting only needs counts, so it is fast to hold out every speaker in turn.

Chance is first computed by shuffling the true labels within each speaker with fixed predictions. Its expectation and
variance have closed forms (hypergeometric), which also hold for speakers who lack an emotion. That variance is too
small, because held-out speakers learn from each other. Therefore anything above this chance is tested again with labels
shuffled before fitting (:attr:`Material.shuffled_labels`).
"""

from dataclasses import dataclass

import numpy as np

from .material import Material

N_PARTS = 12
#: Largest number of counts that :func:`skill_of_each` holds in memory at a time.
_MOST_COUNTS = 2_000_000
#: Number of standard deviations above chance for a finding. In 41,500 simulated tables there were 2 false alarms; a
#: normal distribution predicts 1.3.
LEAST_Z = 4.0


@dataclass(frozen=True)
class Recovery:
    """The UAR of some predictions compared with chance."""

    uar: float  #: UAR pooled over held-out speakers
    chance: float  #: expectation of the UAR for labels shuffled within speakers
    z: float  #: difference of the two in standard deviations of the shuffles

    @property
    def above_chance(self) -> bool:
        """Whether chance cannot explain the UAR."""
        return self.z >= LEAST_Z

    @property
    def skill(self) -> float:
        """The UAR scaled so that chance is 0 and perfect predictions are 1."""
        return (self.uar - self.chance) / (1 - self.chance) if self.chance < 1 else 0.0

    @property
    def data(self) -> dict[str, float]:
        """Rounded numbers for the evidence of a finding."""
        return {"uar": round(self.uar, 3), "chance": round(self.chance, 3), "z": round(min(self.z, 1e6), 1)}


def recover(material: Material, number: np.ndarray) -> Recovery | None:
    """How well `number` predicts emotions, with each speaker held out in turn; None if it is constant or undefined."""
    part = _parts(number)
    if part.max() < 1 or material.labels.size < 2 or material.speakers.size < 2:
        return None
    recovery = against_chance(material.label, _predicted(part, material.label, material.speaker), material.speaker)
    if not recovery.above_chance:
        return recovery
    uars = []
    for label in material.shuffled_labels:
        predicted = _predicted(part, label, material.speaker)
        hits = np.bincount(label[label == predicted], minlength=material.labels.size)
        uars.append((hits / np.bincount(label, minlength=material.labels.size)).mean())
    chance, spread = float(np.mean(uars)), float(np.std(uars, ddof=1))
    return Recovery(recovery.uar, chance, (recovery.uar - chance) / spread if spread > 0 else 0.0)


def skill_of_each(values: np.ndarray, label: np.ndarray, group: np.ndarray) -> np.ndarray:
    """Skill of each column alone, from chance (0) to perfect (1), with each group held out in turn.

    This is the same histogram classifier for all columns at once, without shuffles: chance is 1 / number of labels.
    Labels and groups are integers from 0.
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
        predicted = _most_frequent(counts.sum(axis=2, keepdims=True) - counts)
        for emotion in np.flatnonzero(n_each):
            hits = np.where(predicted == emotion, counts[emotion], 0).sum(axis=(1, 2))
            uar[first : first + at_once] += hits * chance / n_each[emotion]
    return (uar - chance) / (1 - chance)


def _parts_of_each(values: np.ndarray) -> np.ndarray:
    """The part of its column's range in which each value lies, as in :func:`_parts`; the last part is undefined."""
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
    """Label of each row, predicted from the clips of the other speakers."""
    shape = (label.max() + 1, speaker.max() + 1, part.max() + 1)
    counts = np.bincount(np.ravel_multi_index((label, speaker, part), shape), minlength=np.prod(shape)).reshape(shape)
    return _most_frequent(counts.sum(axis=1, keepdims=True) - counts)[speaker, part]


def _most_frequent(counts: np.ndarray) -> np.ndarray:
    """The label that is most frequent in each part relative to its overall frequency; counts (labels, ..., parts)."""
    share = counts / np.maximum(counts.sum(axis=-1, keepdims=True), 1)
    # Neighbouring parts have half the weight, which reduces noise if there are few clips.
    smooth = share.copy()
    smooth[..., 1:] += 0.5 * share[..., :-1]
    smooth[..., :-1] += 0.5 * share[..., 1:]
    most, predicted = smooth[0], np.zeros(counts.shape[1:], dtype=int)
    for label in range(1, len(smooth)):
        predicted[smooth[label] > most] = label
        most = np.maximum(most, smooth[label])
    return predicted


def against_chance(truth: np.ndarray, predicted: np.ndarray, group: np.ndarray) -> Recovery:
    """UAR, and its expectation and standard deviation if true labels are shuffled within groups (integers from 0)."""
    n_labels = max(truth.max(), predicted.max()) + 1
    true_counts, predicted_counts = np.zeros((2, group.max() + 1, n_labels))
    np.add.at(true_counts, (group, truth), 1)
    np.add.at(predicted_counts, (group, predicted), 1)
    size = np.maximum(true_counts.sum(axis=1, keepdims=True), 1)
    present = true_counts.sum(axis=0) > 0
    weight = np.where(present, 1 / np.maximum(true_counts.sum(axis=0), 1), 0.0) / present.sum()
    hits = np.bincount(truth[truth == predicted], minlength=n_labels)
    expected = (true_counts * predicted_counts / size).sum(axis=0)
    # Variance of each label's hits and covariance of each two, within a group and with the weights of the UAR.
    product = weight * true_counts * predicted_counts
    divisor = (size**2 * np.maximum(size - 1, 1)).ravel()
    variances = weight**2 * true_counts * predicted_counts * (size - true_counts) * (size - predicted_counts)
    covariances = product.sum(axis=1) ** 2 - (product**2).sum(axis=1)
    variance = float(((variances.sum(axis=1) + covariances) / divisor).sum())
    uar, chance = float(weight @ hits), float(weight @ expected)
    return Recovery(uar, chance, (uar - chance) / variance**0.5 if variance > 0 else 0.0)


def within_speaker(material: Material, number: np.ndarray) -> np.ndarray:
    """Rank of `number` among the clips of the same speaker, from 0 to 1."""
    ranks = np.full(number.size, np.nan)
    for speaker in range(material.speakers.size):
        rows = np.flatnonzero((material.speaker == speaker) & np.isfinite(number))
        values, position = np.unique(number[rows], return_inverse=True)
        ranks[rows] = position / max(values.size - 1, 1)
    return ranks


def _parts(number: np.ndarray) -> np.ndarray:
    """The part of the range in which each value lies: parts of equal size, or one part per value if there are few."""
    finite = np.isfinite(number)
    values = np.unique(number[finite])
    if values.size > N_PARTS:
        values = np.unique(np.quantile(number[finite], np.linspace(0, 1, N_PARTS + 1)[:-1]))
    part = np.searchsorted(values, number, side="right") - 1
    return np.where(finite, np.clip(part, 0, None), max(values.size, 1) * (values.size > 0))
