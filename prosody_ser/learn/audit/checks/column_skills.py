"""How well columns predict the emotion of held-out speakers, alone and in small groups, and which do so too well."""

from functools import cached_property

import numpy as np

from ..known_features import measured_from_sound
from ..material import Material
from ..quick_model import QuickModel
from ..recovery import skill_of_each
from .disguised import metadata_reasons
from .effects import omega_squared

#: Skill (0 is chance, 1 is perfect) of the best single feature on the easiest 2, 3, 4 ... emotions of EMO-DB, RAVDESS
#: and EMOVO, rounded up; the last one holds for more emotions (``python benchmarks/telling_features.py``).
REACHED = (1.0, 0.85, 0.6, 0.5, 0.4, 0.35)
#: The same for the best eight features together.
REACHED_BY_FEW = (1.0, 1.0, 0.95, 0.85, 0.75, 0.7)
#: A column that closes this share of the gap between the other columns and perfect is not measured from the voice.
MARGIN = 0.25
#: A small group of columns whose skill exceeds that of a quick model on all others by this much is not, either.
MARGIN_OF_FEW = 0.15
#: With this many columns that are known to be measured from sound, the best of them shows what sound can predict.
ENOUGH_KNOWN = 40
#: Skill from which a column of unknown origin gives a warning, whatever the other columns predict.
TELLING = 0.9
#: Upper limit of the skill of noise, in standard deviations of guessing above chance.
LEAST_Z = 5.0
#: Gap between the values of neighbouring emotions, in interquartile ranges within emotions, that no measurement has.
CLEAR_GAP = 5.0
#: Skill from which a column with at most two distinct values per emotion is a code of the label.
CODE_SKILL = 0.75
#: Largest size of a small group of columns.
FEW = 8
# Number of columns tested alone (those with the largest variance between emotions), of these tested one by one with the
# quick model, and tested together (those with the highest skill alone).
_MOST_ALONE, _ONE_BY_ONE, _MOST_TOGETHER = 256, 8, 256
#: From a group of columns with too much skill, columns are dropped as long as the lead shrinks by no more than this.
_SMALL_LEAD, _SMALL_SHARE = 0.06, 0.15
#: A column of unknown origin gives a warning if its skill exceeds that of known columns by this much.
_MORE = 0.05


class ColumnSkills:
    """How well the columns of a table predict the emotion.

    Attributes
    ----------
    skill : ndarray of shape (n_features,)
        Skill of each column alone, from chance (0) to perfect (1); 0 for columns that were not tested.
    known, unknown : ndarray of bool, shape (n_features,)
        Whether a column is known to be measured from sound. Columns that look like metadata are in neither, because
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
        """Whether the table has enough known columns to show what sound can predict."""
        return int(self.known.sum()) >= ENOUGH_KNOWN

    def uar(self, columns: np.ndarray) -> float:
        """UAR of the best of some columns alone; that of chance if there are none."""
        skill = max(self.skill[columns].max(initial=0.0), 0.0)
        return float(skill + (1 - skill) / self._n_labels)

    def all_but(self, columns: np.ndarray) -> np.ndarray:
        """Positions of all columns except these and those that look like metadata."""
        return np.setdiff1d(np.flatnonzero(self.known | self.unknown), columns)

    def alone(self) -> np.ndarray:
        """Positions of unknown columns that predict more than any measurement of sound."""
        least = self._worth_a_look()
        leaking = self.unknown & (self.skill >= max(self._most_of_sound(), least))
        for column in np.flatnonzero(self.unknown & ~leaking & (self.skill >= least)):
            leaking[column] = self._maps_onto_label(int(column))
        return np.flatnonzero(leaking)

    def few(self, apart: np.ndarray, margin: float) -> np.ndarray:
        """Small group of unknown columns whose skill exceeds that of a quick model on all others by `margin`.

        Columns in `apart` are in neither of the two.

        Columns with the smallest weights are removed repeatedly. Among the groups that remain on the way, the one with
        the largest lead over all other columns is chosen, and then reduced to the columns that the lead needs.
        """
        columns = np.setdiff1d(np.flatnonzero(self.unknown), apart)
        columns = columns[np.argsort(-self.skill[columns], kind="stable")[:_MOST_TOGETHER]]
        least = 0.5 if self.enough_known else _for_labels(REACHED_BY_FEW, self._n_labels)
        group, largest = columns[:0], margin
        while columns.size > 1:
            if columns.size <= FEW and self.quick.score(columns).skill > least:
                lead = self._lead(columns, apart)
                if lead > largest:
                    group, largest = columns, lead
            n_left = columns.size - 1 if columns.size <= 2 * FEW else int(0.7 * columns.size)
            columns = columns[np.argsort(-self.quick.weights(columns), kind="stable")[:n_left]]
        enough = max(largest - max(_SMALL_LEAD, _SMALL_SHARE * largest), margin)
        for column in group[::-1]:
            fewer = group[group != column]
            if fewer.size > 1 and self._lead(fewer, apart) > enough:
                group = fewer
        return np.sort(group)

    def _lead(self, columns: np.ndarray, apart: np.ndarray) -> float:
        """Skill of a quick model on some columns minus that of one on all others, with `apart` in neither."""
        others = self.all_but(np.append(apart, columns).astype(int))
        return self.quick.score(columns).skill - self.quick.score(others).skill

    def telling(self) -> np.ndarray:
        """Positions of columns whose skill alone is high enough for a warning."""
        known = self.known & (self.skill > max(_beyond(self._reached), self._of_noise))
        return np.flatnonzero(known | (self.unknown & (self.skill >= self._worth_a_look())))

    def _skills(self) -> np.ndarray:
        between = omega_squared(self._values, self._label)
        skill = np.zeros(between.size)
        for asked in (self.known, self.unknown):
            columns = np.flatnonzero(asked)
            columns = columns[np.argsort(-between[columns], kind="stable")[:_MOST_ALONE]]
            skill[columns] = skill_of_each(self._values[:, columns], self._label, self._group)
        if columns.size:  # unknown columns are also tested after speaker normalisation
            centred = skill_of_each(_centred(self._values[:, columns], self._speaker), self._label, self._group)
            skill[columns] = np.maximum(skill[columns], centred)
        for column in columns[np.argsort(-skill[columns], kind="stable")[:_ONE_BY_ONE]]:
            skill[column] = max(skill[column], self.quick.score(np.array([column])).skill)
        return skill

    @property
    def _reached(self) -> float:
        """Skill that single features reach with this number of emotions."""
        return _for_labels(REACHED, self._n_labels)

    @cached_property
    def _of_noise(self) -> float:
        """Skill that no column of noise reaches with this number of clips."""
        chance = 1 / self._n_labels
        n_each = np.maximum(np.bincount(self._label, minlength=self._n_labels), 1)
        deviation = np.sqrt((chance * (1 - chance) / n_each).sum()) * chance
        return float(LEAST_Z * deviation / (1 - chance))

    def _worth_a_look(self) -> float:
        """Skill from which an unknown column gives at least a warning."""
        usual = self.skill[self.known].max() if self.enough_known else self._reached
        return max(min(float(usual) + _MORE, TELLING), self._of_noise)

    def _most_of_sound(self) -> float:
        """Skill above which a single column is not measured from sound."""
        if self.enough_known:
            return _beyond(float(self.skill[self.known].max()))
        # Without enough known columns, look for a large gap between the best columns and all others.
        skill = np.append(np.sort(self.skill[self.known | self.unknown])[::-1], 0.0)
        apart = (skill[:-1] - skill[1:] >= MARGIN) & (skill[:-1] > _beyond(self._reached))
        return float(skill[np.flatnonzero(apart)[-1]]) if apart.any() else np.inf

    def _maps_onto_label(self, column: int) -> bool:
        """Whether a column's values are a code of the label, or form one clearly separated cluster for each label."""
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
    """Values minus the mean of their speaker."""
    member = (speaker == np.arange(speaker.max() + 1)[:, None]).astype(float)
    finite = np.isfinite(values)
    mean = member @ np.where(finite, values, 0.0) / np.maximum(member @ finite.astype(float), 1)
    return values - mean[speaker]
