"""The usual range of each feature for each emotion, which contains most clips of the emotion."""

from dataclasses import dataclass

import pandas as pd

from ...corpus_names import corpora_in_words
from ...tables.feature_table import FeatureTable
from ..speakers.names import speakers_of

#: Quantiles that bound a range; it contains 80 % of the clips of an emotion.
LOW, HIGH = 0.1, 0.9
#: Smallest number of clips, with the feature defined, for which a range is computed.
LEAST_CLIPS = 10


@dataclass(frozen=True, eq=False)
class UsualRanges:
    """Ranges that contain 80 % of the clips of each emotion.

    Attributes
    ----------
    low, high : DataFrame of shape (n_emotions, n_features)
        Ends of the ranges, in the features' units; NaN if fewer than ten clips of the emotion have the feature.
    within_speaker : bool
        Whether the values are differences from the mean of the speaker's clips.
    source : str
        Description of the clips, to be used at the end of a sentence.
    """

    low: pd.DataFrame
    high: pd.DataFrame
    within_speaker: bool
    source: str

    def of(self, emotion: str, feature: str) -> tuple[float, float] | None:
        """The range of a feature for an emotion, or None if it is unknown."""
        if emotion not in self.low.index or feature not in self.low.columns:
            return None
        low, high = float(self.low.loc[emotion, feature]), float(self.high.loc[emotion, feature])
        return None if low != low or high != high else (low, high)


def usual_ranges(table: FeatureTable, *, within_speaker: bool = False, source: str = "") -> UsualRanges:
    """Compute the usual ranges from the 10th to the 90th percentile of each emotion's clips.

    Parameters
    ----------
    table : FeatureTable
        Its usable clips are used, without augmented copies.
    within_speaker : bool
        Whether to subtract the mean of the speaker's clips from each value, as for a model that normalises speakers.
    source : str
        Description of the clips for :attr:`UsualRanges.source`; by default the table's corpora.

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
    return UsualRanges(low, high, within_speaker, source or corpora_in_words(table.corpora, "the training clips"))
