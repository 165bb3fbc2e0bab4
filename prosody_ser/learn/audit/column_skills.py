"""How well columns tell the emotion of unheard speakers, alone and few together, and which of them tell too much."""

from functools import cached_property

import numpy as np

from .disguised import metadata_reasons
from .effects import omega_squared
from .known_features import measured_from_sound
from .material import Material
from .quick_model import QuickModel
from .recovery import skill_of_each

#: Skill (0 chance, 1 perfect) of the best single feature on the easiest 2, 3, 4 ... emotions of EMO-DB, RAVDESS and
#: EMOVO, and a little more; for more emotions the last one (``python benchmarks/telling_features.py``).
REACHED = (1.0, 0.85, 0.6, 0.5, 0.4, 0.35)
#: The same of the best eight features together.
REACHED_BY_FEW = (1.0, 1.0, 0.95, 0.85, 0.75, 0.7)
#: A column that beats the others by this share of what they leave is no feature of the voice like the others.
MARGIN = 0.25
#: Few columns that together beat a quick model on all others by this much skill know more than sound tells.
MARGIN_OF_FEW = 0.15
#: With so many columns that are known to be measured from sound, the best of them shows what sound can tell.
ENOUGH_KNOWN = 40
#: Skill from which a column that nobody knows is worth a warning, whatever the others tell.
TELLING = 0.9
#: A column of noise tells no more than this many standard deviations of guessing above chance.
LEAST_Z = 5.0
#: The gap between the values of neighbouring emotions, in interquartile ranges within them, that no measurement has.
CLEAR_GAP = 5.0
#: Skill from which a column with no more distinct values than two for each emotion is a code of the label.
CODE_SKILL = 0.75
#: Few columns are so many at most.
FEW = 8
# Columns that are asked alone (those with most variance between emotions), of these also one by one of the quick model,
# and together (those that tell most alone).
_MOST_ALONE, _ONE_BY_ONE, _MOST_TOGETHER = 256, 8, 256
#: Of columns that tell too much together, those are left out without which no more of the lead goes than this.
_SMALL_LEAD, _SMALL_SHARE = 0.06, 0.15
#: An unknown column is worth a warning if it tells this much more than known ones.
_MORE = 0.05


class ColumnSkills:
    """What the columns of a table tell.

    Attributes
    ----------
    skill : ndarray of shape (n_features,)
        From chance (0) to perfect (1), alone; 0 of columns that were not asked.
    known, unknown : ndarray of bool, shape (n_features,)
        Whether sound is known to be what a column was measured from. Columns that look like metadata are neither:
        :mod:`.disguised` reports them.
    quick : QuickModel
    """

    def __init__(self, material: Material):
        rows = material.sample
        self._values, self._label = material.values[rows], material.label[rows]
        self._speaker, self._group = material.speaker[rows], material.speaker_group[rows]
        self._n_labels = material.labels.size
        self.quick = QuickModel(material)
        self.known = measured_from_sound(material)
        self.unknown = ~self.known
        self.skill = self._skills()
        if (self.skill[self.unknown] >= self._worth_a_look()).any():
            metadata = list(metadata_reasons(material))
            self.known[metadata] = self.unknown[metadata] = False

    @property
    def enough_known(self) -> bool:
        """Whether the table itself shows what sound can tell."""
        return int(self.known.sum()) >= ENOUGH_KNOWN

    def uar(self, columns: np.ndarray) -> float:
        """UAR of the most telling of some columns alone; that of chance if there are none."""
        skill = max(self.skill[columns].max(initial=0.0), 0.0)
        return float(skill + (1 - skill) / self._n_labels)

    def all_but(self, columns: np.ndarray) -> np.ndarray:
        """All columns, by position, but some and those that look like metadata."""
        return np.setdiff1d(np.flatnonzero(self.known | self.unknown), columns)

    def alone(self) -> np.ndarray:
        """Unknown columns that tell more than any measurement of sound, by position."""
        least = self._worth_a_look()
        found = self.unknown & (self.skill >= max(self._most_of_sound(), least))
        for column in np.flatnonzero(self.unknown & ~found & (self.skill >= least)):
            found[column] = self._maps_onto_label(int(column))
        return np.flatnonzero(found)

    def few(self, apart: np.ndarray, margin: float) -> np.ndarray:
        """Few unknown columns that together tell `margin` more skill than a quick model on all others.

        Those in `apart` are neither here nor there.

        The column with the smallest weight is left out again and again. Of what is left then, the columns with the
        largest lead over all others are taken, and of these the ones that the lead needs.
        """
        columns = np.setdiff1d(np.flatnonzero(self.unknown), apart)
        columns = columns[np.argsort(-self.skill[columns], kind="stable")[:_MOST_TOGETHER]]
        least = 0.5 if self.enough_known else _for_labels(REACHED_BY_FEW, self._n_labels)
        found, largest = columns[:0], margin
        while columns.size > 1:
            if columns.size <= FEW and self.quick.score(columns).skill > least:
                lead = self._lead(columns, apart)
                if lead > largest:
                    found, largest = columns, lead
            n_left = columns.size - 1 if columns.size <= 2 * FEW else int(0.7 * columns.size)
            columns = columns[np.argsort(-self.quick.weights(columns), kind="stable")[:n_left]]
        enough = max(largest - max(_SMALL_LEAD, _SMALL_SHARE * largest), margin)
        for column in found[::-1]:
            fewer = found[found != column]
            if fewer.size > 1 and self._lead(fewer, apart) > enough:
                found = fewer
        return np.sort(found)

    def _lead(self, columns: np.ndarray, apart: np.ndarray) -> float:
        """Skill of a quick model on some columns less that of one on all others, `apart` in neither."""
        others = self.all_but(np.append(apart, columns).astype(int))
        return self.quick.score(columns).skill - self.quick.score(others).skill

    def telling(self) -> np.ndarray:
        """Columns that tell enough alone to be worth a look, by position."""
        known = self.known & (self.skill > max(_beyond(self._reached), self._of_noise))
        return np.flatnonzero(known | (self.unknown & (self.skill >= self._worth_a_look())))

    def _skills(self) -> np.ndarray:
        between = omega_squared(self._values, self._label)
        skill = np.zeros(between.size)
        for asked in (self.known, self.unknown):
            columns = np.flatnonzero(asked)
            columns = columns[np.argsort(-between[columns], kind="stable")[:_MOST_ALONE]]
            skill[columns] = skill_of_each(self._values[:, columns], self._label, self._group)
        if columns.size:  # the unknown ones, also as speaker normalisation shows them to a model
            centred = skill_of_each(_centred(self._values[:, columns], self._speaker), self._label, self._group)
            skill[columns] = np.maximum(skill[columns], centred)
        for column in columns[np.argsort(-skill[columns], kind="stable")[:_ONE_BY_ONE]]:
            skill[column] = max(skill[column], self.quick.score(np.array([column])).skill)
        return skill

    @property
    def _reached(self) -> float:
        """Skill that single features reach on so many emotions."""
        return _for_labels(REACHED, self._n_labels)

    @cached_property
    def _of_noise(self) -> float:
        """Skill that no column of noise has, among so few clips."""
        chance = 1 / self._n_labels
        n_each = np.maximum(np.bincount(self._label, minlength=self._n_labels), 1)
        deviation = np.sqrt((chance * (1 - chance) / n_each).sum()) * chance
        return float(LEAST_Z * deviation / (1 - chance))

    def _worth_a_look(self) -> float:
        """Skill from which an unknown column is at least a warning."""
        usual = self.skill[self.known].max() if self.enough_known else self._reached
        return max(min(float(usual) + _MORE, TELLING), self._of_noise)

    def _most_of_sound(self) -> float:
        """Skill beyond which a single column is no measurement of sound."""
        if self.enough_known:
            return _beyond(float(self.skill[self.known].max()))
        # The columns tell it themselves: where the most telling ones stand far apart from all others.
        skill = np.append(np.sort(self.skill[self.known | self.unknown])[::-1], 0.0)
        apart = (skill[:-1] - skill[1:] >= MARGIN) & (skill[:-1] > _beyond(self._reached))
        return float(skill[np.flatnonzero(apart)[-1]]) if apart.any() else np.inf

    def _maps_onto_label(self, column: int) -> bool:
        """Whether a column's values are a code of the label, or lie in heaps far apart, one for each label."""
        values = self._values[:, column]
        label, values = self._label[np.isfinite(values)], values[np.isfinite(values)]
        if np.unique(values).size <= 2 * self._n_labels:
            return bool(self.skill[column] >= CODE_SKILL)
        quantiles = np.array([np.quantile(values[label == k], (0.1, 0.25, 0.75, 0.9)) for k in np.unique(label)])
        low, first, third, high = quantiles[np.argsort(quantiles.mean(axis=1))].T
        return bool((low[1:] - high[:-1]).min(initial=np.inf) > CLEAR_GAP * np.median(third - first))


def _beyond(skill: float) -> float:
    return skill + MARGIN * (1 - skill)


def _for_labels(by_number: tuple[float, ...], n_labels: int) -> float:
    return by_number[min(n_labels - 2, len(by_number) - 1)]


def _centred(values: np.ndarray, speaker: np.ndarray) -> np.ndarray:
    """Values less their speaker's mean."""
    member = (speaker == np.arange(speaker.max() + 1)[:, None]).astype(float)
    finite = np.isfinite(values)
    mean = member @ np.where(finite, values, 0.0) / np.maximum(member @ finite.astype(float), 1)
    return values - mean[speaker]
