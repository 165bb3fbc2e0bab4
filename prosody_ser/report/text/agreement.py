"""The agreement of the two engines, as plain text."""

import pandas as pd

from ...errors import counted
from ...terminal_view import fits
from ..grid import grid

#: Smaller differences count as none, in standard deviations of the feature.
SAME_SD = 0.001
#: Number of clips that are listed.
N_CLIPS = 5


@fits
def agreement_text(differences: pd.DataFrame, clips: pd.DataFrame, top: int) -> str:
    """Summarise the differences of the engines, and list the features and clips that differ most.

    Parameters
    ----------
    differences : DataFrame
        From :func:`prosody_ser.tables.agreement.agreement`.
    clips : DataFrame
        From :func:`prosody_ser.tables.agreement.clip_differences`.
    top : int
        Number of features that are listed.
    """
    measured = differences[differences["n_clips"] > 0]
    same = (measured["largest_sd"].fillna(0) < SAME_SD).sum()
    usual = (measured["median_sd"].fillna(0) < SAME_SD).sum()
    ordered = measured.sort_values("largest_sd", ascending=False).head(top)
    rows = [
        [
            name,
            f"{row['median']:.2g} {row['unit']}",
            f"{row['largest']:.2g} {row['unit']}",
            f"{row['median_sd']:.1e}",
            f"{row['largest_sd']:.1e}",
            f"{row['n_in_one']}",
            row["clip"],
        ]
        for name, row in ordered.iterrows()
    ]
    head = ["feature", "median", "largest", "median/sd", "largest/sd", "in one", "clip that differs most"]
    worst = [[row["file"], f"{row['largest_sd']:.2g}", row["feature"]] for _, row in clips.head(N_CLIPS).iterrows()]
    return "\n".join(
        [
            f"{counted(len(measured), 'feature')} of {counted(len(clips), 'clip')}. sd: standard deviation over the "
            "clips; in one: number of clips for which only one engine gives a value.",
            f"The engines differ by less than {SAME_SD:g} sd in the median clip for {counted(usual, 'feature')}, and "
            f"in every clip for {counted(same, 'feature')}.",
            "",
            "the features that differ most:",
            grid(head, rows),
            "",
            "the clips that differ most:",
            grid(["clip", "largest/sd", "feature"], worst),
        ]
    )
