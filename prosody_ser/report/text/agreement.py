"""How far the two engines agree, as plain text."""

import pandas as pd

from ...terminal_view import fits
from ..grid import grid

#: In standard deviations: below, nobody could tell the engines apart by a feature.
SAME_SD = 0.001
#: Clips that are named.
N_CLIPS = 5


@fits
def agreement_text(found: pd.DataFrame, clips: pd.DataFrame, top: int) -> str:
    """What differs most, and how much differs at all.

    Parameters
    ----------
    found : DataFrame
        From :func:`prosody_ser.tables.agreement.agreement`.
    clips : DataFrame
        From :func:`prosody_ser.tables.agreement.clips_apart`.
    top : int
        Features that are listed.
    """
    measured = found[found["n_clips"] > 0]
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
            f"{len(measured)} features of {len(clips)} clips; sd: standard deviation over the clips; "
            "in one: clips for which only one engine has a value",
            f"in {usual} features the median clip, and in {same} every clip, differs by less than {SAME_SD:g} sd",
            "",
            f"the {len(rows)} features that differ most:",
            grid(head, rows),
            "",
            f"the {len(worst)} clips that differ most:",
            grid(["clip", "largest/sd", "feature"], worst),
        ]
    )
