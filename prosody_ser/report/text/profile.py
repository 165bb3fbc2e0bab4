"""A profile as plain text for a terminal."""

from textwrap import indent

import pandas as pd

from ...terminal_view import fits, line_width, one_line
from ..grid import grid

_METHOD = (
    "Hedges' g within speaker: difference of means divided by the speaker's standard deviation within emotions; mean "
    "over speakers with its 95 % interval. Difference in the feature's unit. p: {test}, corrected by {correction}."
)
_TESTS = {"t": "t-test over speakers", "wilcoxon": "Wilcoxon over speakers"}
_CORRECTIONS = {"bh": "Benjamini-Hochberg", "holm": "Holm"}


@fits
def profile_text(found: pd.DataFrame, notice: str | None, top: int = 10) -> str:
    """The features that each emotion moves most.

    Parameters
    ----------
    found : DataFrame
        From :func:`prosody_ser.profile`.
    notice : str or None
        What must be said beside it.
    top : int
        Features for each emotion.
    """
    about = found.attrs
    method = _METHOD.format(test=_TESTS[about["test"]], correction=_CORRECTIONS[about["correction"]])
    lines = [f"NOTE: {notice}", ""] if notice else []
    lines.append(method)
    for emotion, rows in found.groupby("emotion", sort=False):
        lines += ["", *_of_emotion(emotion, rows, about["reference"], top)]
    return "\n".join(lines)


def profile_lines(data: dict) -> list[str]:
    """What a result holds of a profile, in brief: the first features of each emotion."""
    by_emotion: dict[str, list[str]] = {}
    for row in data["rows"]:
        shown = by_emotion.setdefault(row["emotion"], [])
        if row["effect"] is not None and len(shown) < 4:
            shown.append(f"{row['feature']} {row['effect']:+.1f}")
    return [f"against {data['reference']}, within speaker (Hedges' g)"] + [
        f"  {emotion}: {', '.join(shown) or 'too few speakers'}" for emotion, shown in by_emotion.items()
    ]


def _of_emotion(emotion: str, rows: pd.DataFrame, reference: str, top: int) -> list[str]:
    emotion = one_line(emotion)
    defined = rows[rows["effect"].notna()]
    moved = int((defined["p_corrected"] < 0.05).sum())
    head = f"{emotion} against {reference}: {moved} of {len(defined)} features moved (corrected p < 0.05)"
    if not len(defined):
        return [f"{emotion} against {reference}: nothing can be said ({rows['note'].iloc[0]})"]
    rows_shown = []
    for row in defined.head(top).itertuples():
        p = "< 0.0001" if row.p_corrected < 0.0001 else f"{row.p_corrected:.4f}"
        difference = f"{row.difference:+.4g} {row.unit}".rstrip()
        numbers = [f"{row.effect:+.2f}", f"{row.low:+.2f} to {row.high:+.2f}", p, difference, str(row.n_speakers)]
        rows_shown.append([row.feature, *numbers])
    header = ["feature", "g", "95 %", "p corr.", "difference", "speakers"]
    return [head, indent(grid(header, rows_shown, width=line_width() - 2), "  ")]
