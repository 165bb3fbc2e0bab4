"""Explanations of the scores of held-out clips, from :func:`prosody_ser.learn.inspection.shapley.explain`."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...errors import counted
from .feature_groups import family_of, ranked, unit_of


@dataclass(frozen=True, eq=False, repr=False)
class Explanation:
    """Contributions of features to the scores of held-out clips.

    Attributes
    ----------
    clips : DataFrame
        One row per clip: `row` (position in the table's X), the columns of X's index, the true `emotion`, `predicted`,
        `fold`.
    features : list of str
    labels : list of str
        The emotions, in the order of the last axis below.
    values : ndarray of float, shape (n_clips, n_features, n_labels)
        Shapley values: the contribution of a feature's value to the score of an emotion; 0 for a feature that a
        selection has removed.
    base : ndarray of float, shape (n_clips, n_labels)
        The score if nothing is known about the clip. ``base + values.sum(axis=1)`` equals `output`.
    output : ndarray of float, shape (n_clips, n_labels)
        The model's score.
    inputs : ndarray of float, shape (n_clips, n_features)
        The values in the table.
    kind : str
        Kind of the scores: ``probability``, ``log odds`` or ``margin``.
    method : str
        Method with which the values were computed, a key of :data:`prosody_ser.learn.inspection.shapley.METHODS`.
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

    def __repr__(self) -> str:
        sizes = (counted(len(self.clips), "clip"), counted(len(self.features), "feature"))
        return f"<Explanation of {' by '.join(sizes)}, for {counted(len(self.labels), 'emotion')} ({self.kind})>"

    def of_emotion(self, emotion: str | None = None) -> pd.DataFrame:
        """Shapley values for the score of an emotion; by default of the emotion predicted for each clip.

        Returns
        -------
        DataFrame
            One row per clip: the clip, `explained` (the emotion), `base`, `output`, then a column for each feature.
        """
        at = self._explained(emotion)
        rows = np.arange(len(at))
        values = pd.DataFrame(self.values[rows, :, at], columns=self.features)
        head = self.clips.drop(columns="row").assign(
            explained=[self.labels[i] for i in at], base=self.base[rows, at], output=self.output[rows, at]
        )
        return pd.concat([head.reset_index(drop=True), values], axis=1)

    def of_clip(self, number: int, emotion: str | None = None) -> pd.DataFrame:
        """Contributions to one clip's score for an emotion (by default the predicted one), the largest first.

        Returns
        -------
        DataFrame
            The columns are `feature`, `family`, `unit`, `value` (as in the table) and `shap`.
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
        """Mean absolute Shapley value of each feature over clips: for each emotion, and the mean over emotions.

        Returns
        -------
        DataFrame
            Sorted by `mean_abs_shap`, the mean over emotions. The columns are `rank`, `feature`, `family`,
            `mean_abs_shap`, then one for each emotion.
        """
        strength = np.abs(self.values).mean(axis=0)
        rows = pd.DataFrame(strength, columns=self.labels)
        rows.insert(0, "feature", self.features)
        rows.insert(1, "family", [family_of(name) for name in self.features])
        rows.insert(2, "mean_abs_shap", strength.mean(axis=1))
        return ranked(rows, "mean_abs_shap")

    def by_family(self, number: int | None = None, emotion: str | None = None) -> pd.Series:
        """Shapley values summed over each family, sorted by absolute value.

        With `number`, the sums for one clip and an emotion (by default the predicted one). Without it, the mean
        absolute sums over all clips, for the emotion predicted for each.
        """
        at = self._explained(emotion)
        values = self.values[np.arange(len(at)), :, at]
        family = np.array([family_of(name) for name in self.features])
        families = list(dict.fromkeys(family))
        sums = pd.DataFrame([[row[family == name].sum() for name in families] for row in values], columns=families)
        chosen = sums.abs().mean() if number is None else sums.iloc[number]
        return chosen.sort_values(key=abs, ascending=False, kind="stable")

    def _explained(self, emotion: str | None) -> list[int]:
        """Position in `labels` of the emotion that is explained for each clip."""
        return [self.labels.index(emotion or label) for label in self.clips["predicted"]]
