"""Shapley values as plain text for a terminal."""

from typing import Any

import pandas as pd

from ...terminal_view import fits, one_line
from ..grid import grid

#: What must be said beside any of them.
CAUTION = (
    "They say what the model did with this clip, not what causes an emotion; correlated features share what they say."
)


@fits
def explanation_text(explained: Any, number: int, emotion: str, top: int = 10) -> str:
    """What pushed one clip's score for an emotion, features and families.

    Parameters
    ----------
    explained : Explanation
        From :func:`prosody_ser.explain`.
    number : int
        Which of its clips.
    emotion : str
    top : int
        Features to list.
    """
    clip = explained.clips.iloc[number]
    right = "rightly" if clip["predicted"] == clip["emotion"] else "WRONGLY"
    named = one_line(f"{clip['file']}, speaker {clip['speaker']}: {clip['emotion']}")
    fold = f"by fold {clip['fold']}, which had not heard the speaker"
    head = f"{named}, predicted {right} as {one_line(clip['predicted'])} {fold}"
    return f"{head}\n{pushes_text(explained, number, emotion, top)}"


@fits
def pushes_text(explained: Any, number: int, emotion: str, top: int = 10) -> str:
    """The same without the line that says which clip it is."""
    at = explained.labels.index(emotion)
    base, output = explained.base[number, at], explained.output[number, at]
    shap = explained.of_clip(number, emotion)
    rows = [[row.feature, f"{row.shap:+.4f}", _valued(row)] for row in shap.head(top).itertuples()]
    if len(shap) > top:
        rows.append([f"the {len(shap) - top} others together", f"{shap['shap'].iloc[top:].sum():+.4f}", ""])
    families = explained.by_family(number, emotion).items()
    added = f"base {base:.3f} + what the features add ({output - base:+.3f})"
    lines = [
        f"{explained.kind} of {one_line(emotion)}: {output:.3f} = {added}",
        "",
        grid(["feature", "pushed by", "value"], rows),
        "",
        grid(["family", "pushed by"], [[family, f"{value:+.4f}"] for family, value in families]),
    ]
    return "\n".join(lines)


@fits
def explanations_text(explained: Any, method: str, top: int = 20) -> str:
    """The features and families that pushed most over all clips."""
    summary = explained.summary()
    rows = [
        [row["feature"], *(f"{row[name]:.4f}" for name in ("mean_abs_shap", *explained.labels))]
        for row in summary.head(top).to_dict("records")
    ]
    lines = [
        f"{len(explained.clips)} held-out clips; mean absolute push of the {explained.kind} of each emotion",
        f"{method}. {CAUTION}",
        "",
        grid(["feature", "mean", *explained.labels], rows),
    ]
    if len(summary) > top:
        lines.append(f"... and {len(summary) - top} more")
    lines += ["", "family (mean absolute push of the emotion predicted, its features together)"]
    lines += [f"{value:>9.4f}  {family}" for family, value in explained.by_family().items()]
    return "\n".join(lines)


def _valued(row: Any) -> str:
    return f"{row.value:.4g} {row.unit}".rstrip() if pd.notna(row.value) else "undefined"
