"""The distribution of a feature in groups of clips: half a violin for each group, with every speaker's median beside.

The picture does not depend on colours, so that it can be printed in grey.
"""

import os
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from ..catalogue import CONTOURS, all_features
from ..corpus_names import corpora_in_words
from ..errors import TableError, counted, did_you_mean, listed
from ..tables.columns import columns_by_descriptor, families_of, measured_by
from ..tables.families import is_augmented
from ..tables.feature_table import FRAMES, TEXT_COLUMNS, FeatureTable
from ..tables.file import read_table
from .style import LABEL, NOTE, new_figure, put_notes, put_title, shortened, wrapped, write_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Largest number of groups whose labels can be read.
MAX_GROUPS = 120
#: Values farther beyond the quartiles of a group, in interquartile ranges, are not shown.
_SHOWN_IQR = 4.0
#: Labels are rotated from this number of groups on, or if a name has more letters.
_UPRIGHT_FROM, _LETTERS_ACROSS = 13, 16
_LONGEST_NAME = 40
#: Widths in inches of a group whose label is rotated, and largest width of the picture.
_WITH_SPEAKERS_IN, _ALONE_IN, _WIDEST_IN = 0.5, 0.18, 30.0
#: Largest number of features that a message names.
_NAMED = 5
#: Columns of text that do not group rows.
_NO_GROUPS = ("file", "parent", "status", "error", "note")
#: Marker and its filling, by sex.
_SEX_MARKS = {"female": ("o", "black"), "male": ("^", "white"), "sex unknown": ("s", "0.6")}


def plot_distributions(table: FeatureTable | str | os.PathLike, feature: str, by: str, path: str | os.PathLike) -> None:
    """Draw the distribution of a feature in each group of clips, and the median of each speaker.

    Parameters
    ----------
    table : FeatureTable or path_like
        Table of clips or of frames, or the path of its file. Rows that could not be measured are left out.
    feature : str
        One of ``table.feature_names``.
    by : str
        Column with the groups: ``emotion``, ``speaker``, ``sex`` or any other column of text.
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.

    Raises
    ------
    TableError
        If the table lacks the feature or the column, or has no value of it.
    ProsodySerError
        If the picture cannot be written or its suffix is not one of these.

    Examples
    --------
    >>> ser.plot_distributions(ser.load_emodb_features(), "f0_mean_st", "emotion", "f0.png")
    """
    read = table if isinstance(table, FeatureTable) else read_table(table)
    write_figure(distributions_figure(read, feature, by), path)


def distributions_figure(table: FeatureTable, feature: str, by: str) -> "Figure":
    """Draw one feature by group, in one panel."""
    rows = _rows(table, feature, by)
    seen = rows.dropna(subset="value")
    groups = sorted(rows["group"].unique(), key=_with_numbers)
    upright = len(groups) >= _UPRIGHT_FROM or max(map(len, groups)) > _LETTERS_ACROSS
    names = [shortened(group, _LONGEST_NAME) for group in groups]
    speakers = by != "speaker" and bool(seen["speaker"].any())
    group_in = 1.05 if not upright else _WITH_SPEAKERS_IN if speakers else _ALONE_IN
    width_in = max(7.5, min(2.5 + group_in * len(groups), _WIDEST_IN))
    figure = new_figure(width_in, 5.1 + 0.07 * max(map(len, names)) if upright else 5.5)
    axes = figure.add_subplot()
    values = [seen.loc[seen["group"] == group, "value"].to_numpy() for group in groups]
    _violins(axes, values, "low" if speakers else "both")
    if speakers:
        _speaker_medians(axes, seen[seen["speaker"] != ""], groups)
    counts = seen.groupby("group")["clip"].nunique().reindex(groups, fill_value=0)
    gap = "  " if upright else "\n"
    labels = [f"{name}{gap}n = {counts[group]}" for name, group in zip(names, groups, strict=True)]
    axes.set_xticks(range(len(groups)), labels, fontsize=NOTE, rotation=90 if upright else 0, parse_math=False)
    axes.set_xlim(-0.6, len(groups) - 0.4)
    axes.set_xlabel(f"{by} (n: clips)", fontsize=LABEL, parse_math=False)
    axes.set_ylabel(_described(feature), fontsize=LABEL, parse_math=False)
    axes.tick_params(axis="y", labelsize=NOTE)
    axes.grid(axis="y", color="0.85", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    put_title(figure, _title(table, seen), taken_in=4)
    put_notes(figure, *_notes(table, speakers, len(rows) - len(seen), _limit(axes, values)), table.notice)
    return figure


def _with_numbers(label: str) -> list[int | str]:
    """Sorting key that puts speaker 2 before speaker 10."""
    return [int(part) if i % 2 else part for i, part in enumerate(re.split("([0-9]+)", label))]


def _notes(table: FeatureTable, speakers: bool, n_undefined: int, n_outside: int) -> Iterator[str]:
    what = "frames" if table.level == FRAMES else "clips"
    yield f"Grey: density of the {what}; bar: quartiles; white line: median."
    if speakers:
        yield "Points: median of each speaker, joined by lines, from left to right by overall median."
    causes = [f"{n} {cause}" for n, cause in ((n_undefined, "undefined"), (n_outside, "beyond the axis")) if n]
    if causes:
        yield f"Values not shown: {', '.join(causes)}."


def _rows(table: FeatureTable, feature: str, by: str) -> pd.DataFrame:
    """Value, group, speaker, sex and clip of each measured row that has a group."""
    _check_names(table, feature, by)
    frame = table.frame[(table.frame["status"] == "ok") & ~is_augmented(table.frame)]
    several = frame["corpus"].nunique() > 1  # speaker names may be the same in two corpora
    speaker = (
        (frame["corpus"] + ":" + frame["speaker"]).where(frame["speaker"] != "", "") if several else frame["speaker"]
    )
    group = speaker if by == "speaker" else frame[by].fillna("").astype(str)
    clip = frame["corpus"] + "\0" + frame["file"] + "\0" + frame["variant"]
    if table.level != FRAMES:
        clip = clip + "\0" + frame["start"].astype(str)
    rows = pd.DataFrame(
        {"value": frame[feature], "group": group, "speaker": speaker, "sex": frame["sex"], "clip": clip}
    )
    rows = rows[rows["group"] != ""]
    if rows.empty:
        raise TableError(f"the column {by!r} is empty in all measured rows")
    if rows["group"].nunique() > MAX_GROUPS:
        raise TableError(
            f"the column {by!r} has {rows['group'].nunique()} values, but a picture can show at most {MAX_GROUPS}"
        )
    if not rows["value"].notna().any():
        raise TableError(f"{feature} is undefined in all {len(rows)} rows")
    return rows


def _check_names(table: FeatureTable, feature: str, by: str) -> None:
    if not len(table):
        raise TableError("the table has no rows")
    if feature not in table.feature_names:
        raise TableError(f"the table has no feature {feature!r}{_one_instead(feature, table.feature_names)}")
    known = [c for c in TEXT_COLUMNS if c not in _NO_GROUPS]
    extra = [c for c in table.other_columns if not pd.api.types.is_numeric_dtype(table.frame[c])]
    possible = [c for c in [*known, *extra] if table.frame[c].fillna("").astype(str).any()]
    if by not in possible:
        raise TableError(f"the table cannot be grouped by {by!r}; choose one of {', '.join(possible)}")


def _one_instead(feature: str, names: Sequence[str]) -> str:
    """Say which single feature to name in place of one that the table lacks, as the end of a message."""
    several = (columns_by_descriptor(names) | families_of(names)).get(feature, ())
    if several:
        one_of = listed((name for name in names if name in several), _NAMED)
        return f"; this is the name of several features: choose one of {one_of}"
    return measured_by(feature) or did_you_mean(feature, names) or f"; it has {listed(names, _NAMED)}"


def _violins(axes: "Axes", values: list[np.ndarray], side: Literal["both", "low"]) -> None:
    filled = [i for i, group in enumerate(values) if group.size]
    shaped = [i for i in filled if np.ptp(_in_sight(values[i])) > 0]  # equal values have no density
    if shaped:
        seen = [_in_sight(values[i]) for i in shaped]
        drawn: Any = axes.violinplot(seen, shaped, widths=0.8, showextrema=False, side=side)
        for body in drawn["bodies"]:
            body.set(facecolor="0.82", edgecolor="0.35", alpha=1, linewidth=0.8)
    for i in filled:
        low, middle, high = np.quantile(values[i], (0.25, 0.5, 0.75))
        ends = [i - 0.09, i] if side == "low" else [i - 0.06, i + 0.06]
        if i not in shaped:
            axes.plot([i - 0.25, ends[1]], [middle, middle], color="0.2", linewidth=2, solid_capstyle="butt")
            continue
        axes.fill_between(ends, low, high, color="0.2", linewidth=0)
        axes.plot(ends, [middle, middle], color="white", linewidth=2, solid_capstyle="butt")


def _speaker_medians(axes: "Axes", rows: pd.DataFrame, groups: list[str]) -> None:
    """Draw one point for each speaker and group, with the speakers in the same order in every group."""
    medians = rows.pivot_table(values="value", index="speaker", columns="group", aggfunc="median")
    order = rows.groupby("speaker")["value"].median().sort_values(kind="stable").index
    sexes = rows.groupby("speaker")["sex"].first()
    size = float(np.clip(16 / np.sqrt(len(order)), 2, 5))
    sample = {}
    for speaker, offset in zip(order, np.linspace(0.06, 0.4, len(order)), strict=True):
        sex = sexes[speaker] if sexes[speaker] in _SEX_MARKS else "sex unknown"
        marker, fill = _SEX_MARKS[sex]
        known = medians.loc[speaker].dropna()
        x = [groups.index(group) + offset for group in known.index]
        axes.plot(x, known, color="0.45", linewidth=min(0.6, 8 / len(order)), zorder=2.1)
        points: dict[str, Any] = {"marker": marker, "markerfacecolor": fill, "markersize": size, "markeredgewidth": 0.7}
        (sample[sex],) = axes.plot(x, known, color="black", linestyle="", label=speaker, zorder=3, **points)
    shown = [sex for sex in _SEX_MARKS if sex in sample]
    if shown != ["sex unknown"]:
        above: dict[str, Any] = {"loc": "lower right", "bbox_to_anchor": (1, 1)}  # outside the panel
        handles = [sample[sex] for sex in shown]
        axes.legend(handles, shown, fontsize=NOTE, ncols=len(shown), frameon=False, markerscale=5 / size, **above)


def _limit(axes: "Axes", values: list[np.ndarray]) -> int:
    """Limit the axis to the central values of the groups; give the number of values beyond it."""
    low = min(_in_sight(group).min() for group in values if group.size)
    high = max(_in_sight(group).max() for group in values if group.size)
    margin = 0.04 * (high - low) or 0.5
    axes.set_ylim(low - margin, high + margin)
    return sum(int(((group < low - margin) | (group > high + margin)).sum()) for group in values)


def _in_sight(group: np.ndarray) -> np.ndarray:
    """Values of a group without those far beyond its quartiles."""
    low, high = np.quantile(group, (0.25, 0.75))
    reach = _SHOWN_IQR * (high - low)
    return group[(group >= low - reach) & (group <= high + reach)]


def _described(feature: str) -> str:
    """Name, unit and definition of a feature, as far as the catalogue has them."""
    known = {contour.name: (contour.unit, contour.text) for contour in CONTOURS.values()}
    known |= {name: (entry.unit, entry.definition) for name, entry in all_features().items()}
    if feature not in known:
        return feature
    unit, text = known[feature]
    return f"{feature} ({unit})\n{wrapped(text, 4, LABEL)}"


def _title(table: FeatureTable, seen: pd.DataFrame) -> str:
    corpora = corpora_in_words(table.corpora, "")
    n_clips, n_speakers = seen["clip"].nunique(), seen.loc[seen["speaker"] != "", "speaker"].nunique()
    counts = counted(n_clips, "clip")
    counts += f" of {counted(n_speakers, 'speaker')}" if n_speakers else ""
    if table.level == FRAMES:
        counts = f"{counted(len(seen), 'frame')} of {counts}"
    return f"{corpora}: {counts}" if corpora else counts
