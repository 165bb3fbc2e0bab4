"""What is usual of an emotion: between which values most clips of it lie, feature by feature."""

from dataclasses import dataclass

import pandas as pd

from ...tables.feature_table import FeatureTable
from ..speakers.names import speakers_of

#: Of the clips of an emotion eight in ten lie between these quantiles.
LOW, HIGH = 0.1, 0.9
#: Of fewer clips that have a feature nothing is called usual.
LEAST_CLIPS = 10


@dataclass(frozen=True, eq=False)
class UsualRanges:
    """Between which values eight in ten clips of each emotion lie.

    Attributes
    ----------
    low, high : DataFrame of shape (n_emotions, n_features)
        In the features' units; NaN where fewer than ten clips of the emotion have the feature.
    within_speaker : bool
        Whether the values are differences from the mean of the speaker's own clips.
    source : str
        Whose clips they are, as the end of a sentence.
    """

    low: pd.DataFrame
    high: pd.DataFrame
    within_speaker: bool
    source: str

    def of(self, emotion: str, feature: str) -> tuple[float, float] | None:
        """The range of a feature in an emotion, or None where nothing is known of it."""
        if emotion not in self.low.index or feature not in self.low.columns:
            return None
        low, high = float(self.low.loc[emotion, feature]), float(self.high.loc[emotion, feature])
        return None if low != low or high != high else (low, high)


def usual_ranges(table: FeatureTable, *, within_speaker: bool = False, source: str = "") -> UsualRanges:
    """Between which values most clips of each emotion lie: the 10th and the 90th percentile.

    Parameters
    ----------
    table : FeatureTable
        Its usable clips count; augmented copies don't.
    within_speaker : bool
        Whether to take from each value the mean of its speaker's clips: what counts for a model that normalises
        speakers.
    source : str
        Whose clips they are, for :attr:`UsualRanges.source`; the table's corpora if not given.

    Returns
    -------
    UsualRanges

    Examples
    --------
    >>> from prosody_ser.learn.inspection.usual_ranges import usual_ranges
    >>> [round(end, 1) for end in usual_ranges(ser.load_emodb_features()).of("anger", "f0_range_p20_p80_st")]
    [4.1, 7.8]
    """
    X = table.X
    values = X.reset_index(drop=True).astype(float)
    if within_speaker:
        values = values - values.groupby(speakers_of(X)).transform("mean")
    of_emotion = values.groupby(table.y.to_numpy(dtype=str))
    enough = of_emotion.count() >= LEAST_CLIPS
    low, high = (of_emotion.quantile(share).where(enough) for share in (LOW, HIGH))
    return UsualRanges(low, high, within_speaker, source or ", ".join(table.corpora) or "the training clips")
