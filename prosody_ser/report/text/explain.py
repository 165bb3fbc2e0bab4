"""Shapley values as plain text for a terminal."""

import textwrap
from typing import Any

import pandas as pd

#: What must be said beside any of them.
CAUTION = (
    "They say what the model did with this clip, not what causes an emotion; correlated features share what they say."
)


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
    at = explained.labels.index(emotion)
    base, output = explained.base[number, at], explained.output[number, at]
    right = "rightly" if clip["predicted"] == clip["emotion"] else "WRONGLY"
    shap = explained.of_clip(number, emotion)
    lines = [
        f"{clip['file']}, speaker {clip['speaker']}: {clip['emotion']}, predicted {right} as {clip['predicted']} "
        f"by fold {clip['fold']}, which had not heard the speaker",
        f"{explained.kind} of {emotion}: {output:.3f} = base {base:.3f} + what the features add ({output - base:+.3f})",
        "",
        f"{'pushed by':>9}  {'feature':{_width(shap, top)}}  value",
    ]
    for row in shap.head(top).itertuples():
        lines.append(f"{row.shap:>+9.4f}  {row.feature:{_width(shap, top)}}  {_valued(row)}")
    if len(shap) > top:
        lines.append(f"{shap['shap'].iloc[top:].sum():>+9.4f}  the {len(shap) - top} others together")
    lines += ["", f"{'pushed by':>9}  family"]
    lines += [f"{value:>+9.4f}  {family}" for family, value in explained.by_family(number, emotion).items()]
    return "\n".join(lines)


def explanations_text(explained: Any, method: str, top: int = 20) -> str:
    """The features and families that pushed most over all clips."""
    summary = explained.summary()
    shown = ["mean_abs_shap", *explained.labels]
    widths = [max(8, len(name)) for name in ["mean", *explained.labels]]
    lines = [
        f"{len(explained.clips)} held-out clips; mean absolute push of the {explained.kind} of each emotion",
        *textwrap.wrap(f"{method}. {CAUTION}", 100),
        "",
        "rank"
        + "".join(f"  {name:>{w}}" for name, w in zip(["mean", *explained.labels], widths, strict=True))
        + "  feature",
    ]
    for row in summary.head(top).to_dict("records"):
        numbers = "".join(f"  {row[name]:>{w}.4f}" for name, w in zip(shown, widths, strict=True))
        lines.append(f"{row['rank']:>4}{numbers}  {row['feature']}")
    if len(summary) > top:
        lines.append(f"... and {len(summary) - top} more")
    lines += ["", "family (mean absolute push of the emotion predicted, its features together)"]
    lines += [f"{value:>9.4f}  {family}" for family, value in explained.by_family().items()]
    return "\n".join(lines)


def _valued(row: Any) -> str:
    return f"{row.value:.4g} {row.unit}".rstrip() if pd.notna(row.value) else "undefined"


def _width(shap: pd.DataFrame, top: int) -> int:
    return max(len(name) for name in shap["feature"].head(top))
