"""What pushed the scores of held-out clips, as :func:`prosody_ser.learn.inspection.shapley.explain` found it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .feature_groups import family_of, ranked, unit_of


@dataclass(frozen=True, eq=False)
class Explanation:
    """What pushed the scores of held-out clips.

    Attributes
    ----------
    clips : DataFrame
        One row a clip: `row` (position in the table's X), the columns of X's index, `emotion` (true), `predicted`,
        `fold`.
    features : list of str
    labels : list of str
        The emotions, in the order of the last axis below.
    values : ndarray of float, shape (n_clips, n_features, n_labels)
        Shapley values: by how much a feature's value moved the score of an emotion. 0 for a feature that a selection
        dropped.
    base : ndarray of float, shape (n_clips, n_labels)
        The score where nothing is known of the clip. ``base + values.sum(axis=1)`` is `output`.
    output : ndarray of float, shape (n_clips, n_labels)
        The model's score.
    inputs : ndarray of float, shape (n_clips, n_features)
        The values as the table has them.
    kind : str
        What a score is: ``probability``, ``log odds`` or ``margin``.
    method : str
        Of :data:`prosody_ser.learn.inspection.shapley.METHODS`, how the values were found.
    """

    clips: pd.DataFrame
    features: list[str]
    labels: list[str]
    values: np.ndarray
    base: np.ndarray
    output: np.ndarray
    inputs: np.ndarray
    kind: str
    method: str

    def of_emotion(self, emotion: str | None = None) -> pd.DataFrame:
        """Shapley values of the score of an emotion, or of that predicted for each clip.

        Returns
        -------
        DataFrame
            One row a clip: which it is, `explained` (the emotion), `base`, `output`, then a column for each feature.
        """
        at = self._explained(emotion)
        rows = np.arange(len(at))
        found = pd.DataFrame(self.values[rows, :, at], columns=self.features)
        head = self.clips.drop(columns="row").assign(
            explained=[self.labels[i] for i in at], base=self.base[rows, at], output=self.output[rows, at]
        )
        return pd.concat([head.reset_index(drop=True), found], axis=1)

    def of_clip(self, number: int, emotion: str | None = None) -> pd.DataFrame:
        """What pushed one clip's score for an emotion (that predicted, if not given): the strongest first.

        Returns
        -------
        DataFrame
            `feature`, `family`, `unit`, `value` (as in the table), `shap`.
        """
        shap = self.values[number, :, self._explained(emotion)[number]]
        order = np.argsort(-np.abs(shap), kind="stable")
        names = [self.features[i] for i in order]
        return pd.DataFrame(
            {
                "feature": names,
                "family": [family_of(name) for name in names],
                "unit": [unit_of(name) for name in names],
                "value": self.inputs[number, order],
                "shap": shap[order],
            }
        )

    def summary(self) -> pd.DataFrame:
        """Mean absolute Shapley value of each feature over clips: for each emotion, and their mean (`mean_abs_shap`).

        Returns
        -------
        DataFrame
            `rank`, `feature`, `family`, `mean_abs_shap`, then a column for each emotion; sorted.
        """
        strength = np.abs(self.values).mean(axis=0)
        found = pd.DataFrame(strength, columns=self.labels)
        found.insert(0, "feature", self.features)
        found.insert(1, "family", [family_of(name) for name in self.features])
        found.insert(2, "mean_abs_shap", strength.mean(axis=1))
        return ranked(found, "mean_abs_shap")

    def by_family(self, number: int | None = None, emotion: str | None = None) -> pd.Series:
        """Shapley values summed over each family, sorted by size.

        Of one clip, for an emotion (that predicted, if not given); or, without `number`, the mean absolute sum over
        all clips for the emotion that each is predicted as.
        """
        at = self._explained(emotion)
        values = self.values[np.arange(len(at)), :, at]
        family = np.array([family_of(name) for name in self.features])
        families = list(dict.fromkeys(family))
        sums = pd.DataFrame([[row[family == one].sum() for one in families] for row in values], columns=families)
        found = sums.abs().mean() if number is None else sums.iloc[number]
        return found.sort_values(key=abs, ascending=False, kind="stable")

    def _explained(self, emotion: str | None) -> list[int]:
        """Position in `labels` of the emotion that is explained of each clip."""
        return [self.labels.index(emotion or label) for label in self.clips["predicted"]]
