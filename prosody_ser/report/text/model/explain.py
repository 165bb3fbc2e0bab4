"""Shapley values as plain text for a terminal."""

from typing import Any

import pandas as pd

from ....errors import counted
from ....terminal_view import fits, one_line
from ...grid import grid

#: A caution that is shown with Shapley values.
CAUTION = (
    "Shapley values describe what the model did, not what causes an emotion; correlated features share their "
    "contribution."
)


@fits
def explanation_text(explained: Any, number: int, emotion: str, top: int = 10) -> str:
    """Format the contributions of features and families to one clip's score of an emotion.

    Parameters
    ----------
    explained : Explanation
        From :func:`prosody_ser.explain`.
    number : int
        Position of the clip in `explained`.
    emotion : str
    top : int
        Number of features to list.
    """
    clip = explained.clips.iloc[number]
    correct = "correctly" if clip["predicted"] == clip["emotion"] else "WRONGLY"
    name = one_line(f"{clip['file']}, speaker {clip['speaker']}: {clip['emotion']}")
    fold = f"in fold {clip['fold'] + 1}, whose model was trained without the speaker"
    head = f"{name}, {correct} predicted as {one_line(clip['predicted'])} {fold}"
    return f"{head}\n{pushes_text(explained, number, emotion, top)}"


@fits
def pushes_text(explained: Any, number: int, emotion: str, top: int = 10) -> str:
    """Format the same as :func:`explanation_text`, without the line that describes the clip."""
    column = explained.labels.index(emotion)
    base, output = explained.base[number, column], explained.output[number, column]
    shap = explained.of_clip(number, emotion)
    rows = [[row.feature, f"{row.shap:+z.4f}", _valued(row)] for row in shap.head(top).itertuples()]
    if len(shap) > top:
        rows.append(
            [f"{counted(len(shap) - top, 'other feature')} together", f"{shap['shap'].iloc[top:].sum():+z.4f}", ""]
        )
    families = explained.by_family(number, emotion).items()
    added = f"base value {base:.3f} + contributions of the features ({output - base:+z.3f})"
    lines = [
        f"{explained.kind} of {one_line(emotion)}: {output:.3f} = {added}",
        "",
        grid(["feature", "contribution", "value"], rows),
        "",
        grid(["family", "contribution"], [[family, f"{value:+z.4f}"] for family, value in families]),
    ]
    return "\n".join(lines)


@fits
def explanations_text(explained: Any, method: str, top: int = 20) -> str:
    """Format the features and families that contributed most over all clips."""
    summary = explained.summary()
    rows = [
        [row["feature"], *(f"{row[name]:.4f}" for name in ("mean_abs_shap", *explained.labels))]
        for row in summary.head(top).to_dict("records")
    ]
    lines = [
        f"{counted(len(explained.clips), 'held-out clip')}; mean absolute contribution to the {explained.kind} of each "
        "emotion",
        f"{method}. {CAUTION}",
        "",
        grid(["feature", "mean", *explained.labels], rows),
    ]
    if len(summary) > top:
        lines.append(f"... and {len(summary) - top} more")
    lines += ["", "by family (mean absolute contribution to the predicted emotion, all features of a family together)"]
    lines += [f"{value:>9.4f}  {family}" for family, value in explained.by_family().items()]
    return "\n".join(lines)


def _valued(row: Any) -> str:
    return f"{row.value:.4g} {row.unit}".rstrip() if pd.notna(row.value) else "undefined"
