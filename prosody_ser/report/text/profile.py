"""A profile as plain text for a terminal."""

from textwrap import indent

import pandas as pd

from ...errors import counted
from ...terminal_view import fits, line_width, one_line
from ..grid import grid

_METHOD = (
    "g: Hedges' g within speaker, which is the difference of means divided by the speaker's standard deviation within "
    "emotions; mean over speakers with its 95 % interval. difference: in the feature's unit. p corr.: {test}, "
    "corrected by {correction}."
)
_TESTS = {"t": "t-test over speakers", "wilcoxon": "Wilcoxon over speakers"}
#: A change with a smaller corrected p is significant.
SIGNIFICANT = 0.05
#: Largest number of features without an effect that are named.
_UNDEFINED = 3
_CORRECTIONS = {"bh": "Benjamini-Hochberg", "holm": "Holm"}


@fits
def profile_text(effects: pd.DataFrame, notice: str | None, top: int = 10) -> str:
    """Format the features that each emotion changes significantly, those with the largest change first.

    Parameters
    ----------
    effects : DataFrame
        From :func:`prosody_ser.profile`.
    notice : str or None
        A note that is shown first.
    top : int
        Largest number of features for each emotion.
    """
    about = effects.attrs
    method = _METHOD.format(test=_TESTS[about["test"]], correction=_CORRECTIONS[about["correction"]])
    lines = [f"NOTE: {notice}", ""] if notice else []
    lines.append(method)
    for emotion, rows in effects.groupby("emotion", sort=False):
        lines += ["", *_of_emotion(emotion, rows, about["reference"], top)]
    return "\n".join(lines)


def profile_lines(data: dict) -> list[str]:
    """List the most changed features of each emotion of a result, in brief."""
    by_emotion: dict[str, list[str]] = {}
    for row in data["rows"]:
        shown = by_emotion.setdefault(row["emotion"], [])
        significant = row["effect"] is not None and row["p_corrected"] is not None and row["p_corrected"] < SIGNIFICANT
        if significant and len(shown) < 4:
            shown.append(f"{row['feature']} {row['effect']:+z.1f}")
    head = f"profile: the largest significant changes compared with {data['reference']}, within speaker (Hedges' g)"
    return [head] + [
        f"  {emotion}: {', '.join(shown) or 'no significant change, or too few speakers'}"
        for emotion, shown in by_emotion.items()
    ]


def _of_emotion(emotion: str, rows: pd.DataFrame, reference: str, top: int) -> list[str]:
    emotion = one_line(emotion)
    defined = rows[rows["effect"].notna()]
    changed = defined[defined["p_corrected"] < SIGNIFICANT]
    if not len(defined):
        return [f"{emotion} against {reference}: no effect can be computed ({rows['note'].iloc[0]})"]
    of_all = f"{len(changed)} of {counted(len(defined), 'feature')}"
    head = f"{emotion} against {reference}: {of_all} changed significantly (corrected p < {SIGNIFICANT})"
    undefined = rows[rows["effect"].isna()]
    left_out = [f"  not compared: {row.feature} ({row.note})" for row in undefined.head(_UNDEFINED).itertuples()]
    if len(undefined) > _UNDEFINED:
        left_out.append(f"  and {counted(len(undefined) - _UNDEFINED, 'more feature')} that cannot be compared")
    if not len(changed):
        return [head, *left_out]
    if len(changed) > top:
        head += f", the {top} largest:"
    rows_shown = []
    for row in changed.head(top).itertuples():
        p = "< 0.0001" if row.p_corrected < 0.0001 else f"{row.p_corrected:.4f}"
        difference = f"{row.difference:+.4g} {row.unit}".rstrip()
        numbers = [f"{row.effect:+z.2f}", f"{row.low:+z.2f} to {row.high:+z.2f}", p, difference, str(row.n_speakers)]
        rows_shown.append([row.feature, *numbers])
    header = ["feature", "g", "95 %", "p corr.", "difference", "speakers"]
    return [head, indent(grid(header, rows_shown, width=line_width() - 2), "  "), *left_out]
