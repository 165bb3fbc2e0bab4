"""Emotion over time in one recording: predicted emotions, stacked probabilities, confidence and novelty.

The emotion is written on each segment, horizontally or, if there is no room, vertically. If segments are too narrow for
either, it is written once for neighbours with the same emotion.
"""

import os
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from ..colours import BLACK, fill_of, ink_on
from ..errors import counted
from ..model.abstention.doubts import UNLIKE
from .style import (
    LABEL,
    LETTER_IN,
    NOTE,
    filled,
    named_legend,
    new_figure,
    put_notes,
    put_title,
    shortened,
    write_figure,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INCHES_PER_SEGMENT, _LEAST_IN, _MOST_IN = 0.35, 7.0, 30.0
#: Sizes in inches: room beside the time axis, height of a line of text, margin between a name and its segment's border.
_BESIDE_IN, _LINE_IN, _MARGIN_IN = 2.4, 0.125, 0.06
#: Heights in inches: least height of the probabilities, confidence and novelty, room around the panels, and a line of
#: the legend.
_STACK_IN, _LOWER_IN, _AROUND_IN, _LEGEND_LINE_IN = 2.4, 1.1, 1.5, 0.18
#: Bottom and height of the bar that marks abstentions, above the probabilities.
_BAR = (1.03, 0.05)


class _Segment(NamedTuple):
    """A segment of the recording with its predicted emotion."""

    start: float
    end: float
    label: str
    abstain: bool

    @property
    def text(self) -> str:
        """The emotion, in brackets if the model abstains."""
        name = shortened(self.label)
        return f"({name})" if self.abstain else name


def plot_timeline(
    predictions: pd.DataFrame,
    labels: tuple[str, ...],
    threshold: float,
    path: str | os.PathLike,
    title: str,
    notice: str | None = None,
) -> None:
    """Draw the predictions for the segments of one recording.

    Parameters
    ----------
    predictions : DataFrame
        With `start`, `end`, `status`, `label`, `abstain`, `abstain_reason`, `confidence`, `novelty` and ``p_<label>``.
    labels : tuple of str
    threshold : float
        Confidence below which the model abstains.
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.
    title : str
    notice : str, optional
        Note to show below the picture, for synthetic data.

    Raises
    ------
    ProsodySerError
        If the picture cannot be written or its suffix is not one of these.

    Examples
    --------
    >>> import soundfile
    >>> soundfile.write("tone.wav", np.sin(2 * np.pi * 220 * np.arange(48000) / 16000), 16000)
    >>> model = ser.load_model(ser.default_model_path())
    >>> predictions = ser.predict_files(model, "tone.wav", segment=1.0, jobs=0)
    >>> ser.plot_timeline(predictions, model.labels, model.threshold, "timeline.png", "tone.wav")
    """
    write_figure(timeline_figure(predictions, labels, threshold, title, notice), path)


def timeline_figure(
    predictions: pd.DataFrame, labels: Sequence[str], threshold: float, title: str, notice: str | None = None
) -> "Figure":
    """Draw emotions, probabilities, and confidence with novelty, in three panels over the time from 0."""
    done = predictions[predictions["status"] == "ok"].sort_values("start")
    start, end = done["start"].to_numpy(float), done["end"].to_numpy(float)
    abstain = done["abstain"].to_numpy(bool)
    segments = [_Segment(*row) for row in zip(start, end, done["label"], abstain, strict=True)]
    length_s = predictions["end"].max(skipna=True)
    length_s = float(length_s) if length_s > 0 else 1.0  # the duration is unknown if nothing could be measured
    width_in = float(np.clip(len(predictions) * _INCHES_PER_SEGMENT, _LEAST_IN, _MOST_IN))
    names = _written(segments, (width_in - _BESIDE_IN) / length_s)
    stack_in = max(_STACK_IN, _LEGEND_LINE_IN * (len(labels) + 1))
    heights = (_strip_in(names), stack_in, _LOWER_IN)
    figure = new_figure(width_in, sum(heights) + _AROUND_IN)
    strip, stack, lower = figure.subplots(3, 1, sharex=True, height_ratios=heights)
    _strip(strip, segments, names, labels)
    _mark_abstentions(stack, start, end, abstain)
    _stack(stack, start, end, done[[f"p_{label}" for label in labels]].to_numpy(float), labels)
    unlike = done["abstain_reason"].to_numpy(object) == UNLIKE
    _confidence(lower, done, unlike, threshold)
    for axes in (stack, lower):
        axes.tick_params(labelsize=NOTE)
        axes.spines[["top", "right"]].set_visible(False)
    lower.set_xlim(0, length_s)
    lower.set_xlabel("time (s)", fontsize=LABEL)
    figure.align_ylabels([stack, lower])
    put_title(figure, title, taken_in=_BESIDE_IN)
    put_notes(figure, *_notes(predictions, abstain, unlike), notice)
    return figure


def _written(segments: list[_Segment], inches_per_s: float) -> list[tuple[_Segment, int]]:
    """The names to write, each with the angle in degrees: one for each segment, or one for a run of segments."""
    names: list[tuple[_Segment, int]] = []
    for _, numbered in groupby(_numbered_runs(segments), key=lambda pair: pair[0]):
        run = [segment for _, segment in numbered]
        angles = [_angle(segment, inches_per_s) for segment in run]
        if None in angles:  # one name for the whole run
            run = [run[0]._replace(end=run[-1].end)]
            angles = [_angle(run[0], inches_per_s)]
        names += [(segment, degrees) for segment, degrees in zip(run, angles, strict=True) if degrees is not None]
    return names


def _numbered_runs(segments: list[_Segment]) -> Iterator[tuple[int, _Segment]]:
    """Number the runs: neighbours with the same emotion and without a gap between them are in one run."""
    number = 0
    before: _Segment | None = None
    for segment in segments:
        if before and (segment.text != before.text or segment.start > before.end + 1e-6):
            number += 1
        before = segment
        yield number, segment


def _angle(segment: _Segment, inches_per_s: float) -> int | None:
    """The angle in degrees at which the name fits the segment, 0 or 90; None if there is no room."""
    room_in = (segment.end - segment.start) * inches_per_s - _MARGIN_IN
    if room_in >= LETTER_IN * len(segment.text):
        return 0
    return 90 if room_in >= _LINE_IN - _MARGIN_IN else None


def _strip_in(names: list[tuple[_Segment, int]]) -> float:
    """The height of the strip of emotions in inches, which the longest vertical name determines."""
    upright = [len(segment.text) for segment, degrees in names if degrees]
    return max(0.3, LETTER_IN * max(upright, default=0) + 2 * _MARGIN_IN)


def _strip(axes: "Axes", segments: list[_Segment], names: list[tuple[_Segment, int]], labels: Sequence[str]) -> None:
    """Draw a box for each segment, in the colour of its emotion or white if the model abstains, with its name."""
    for segment in segments:
        colour = "white" if segment.abstain else fill_of(labels.index(segment.label)).colour
        axes.broken_barh(
            [(segment.start, segment.end - segment.start)], (0, 1), facecolor=colour, edgecolor="0.3", linewidth=0.5
        )
    for segment, degrees in names:
        ink = BLACK if segment.abstain else ink_on(fill_of(labels.index(segment.label)).colour)
        centred: dict[str, Any] = {"ha": "center", "va": "center", "rotation": degrees, "rotation_mode": "anchor"}
        middle = (segment.start + segment.end) / 2
        axes.text(middle, 0.5, segment.text, color=ink, fontsize=NOTE, parse_math=False, **centred)
    if not segments:
        in_panel: dict[str, Any] = {"transform": axes.transAxes, "ha": "center", "va": "center"}
        axes.text(0.5, 0.5, "no segment could be measured", fontsize=NOTE, **in_panel)
    axes.set_ylim(0, 1)
    axes.set_yticks([])
    axes.tick_params(bottom=False, labelbottom=False)
    axes.spines[:].set_visible(False)


def _corners(start: np.ndarray, end: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Times and values of a step curve, with NaN where there is a gap between segments."""
    times = np.column_stack([start, end, end]).ravel()
    gap = np.append(start[1:] > end[:-1] + 1e-6, True)
    after = np.where(gap, np.nan, values)
    return times, np.column_stack([values, values, after]).ravel()


def _stack(axes: "Axes", start: np.ndarray, end: np.ndarray, shares: np.ndarray, labels: Sequence[str]) -> None:
    below = np.zeros(len(start))
    areas = []
    marks, their_names = axes.get_legend_handles_labels()  # of what has been drawn before
    for i, label in enumerate(labels):
        above = below + shares[:, i]
        times, low = _corners(start, end, below)
        high = _corners(start, end, above)[1]
        areas.append(axes.fill_between(times, low, high, label=label, **filled(fill_of(i))))
        below = above
    axes.set_ylim(0, _BAR[0] + _BAR[1])
    axes.set_yticks(np.linspace(0, 1, 6))
    axes.spines["left"].set_bounds(0, 1)
    axes.set_ylabel("probability of\neach emotion", fontsize=LABEL)
    # The emotions are in the order of the stack, from top to bottom.
    _legend(axes, [*areas[::-1], *marks], [*map(shortened, labels[::-1]), *their_names])


def _mark_abstentions(axes: "Axes", start: np.ndarray, end: np.ndarray, abstain: np.ndarray) -> None:
    """Draw a black bar above the segments of which the model abstains; their colours stay those of the legend."""
    if abstain.any():
        spans = np.column_stack([start, end - start])[abstain]
        axes.broken_barh(spans, _BAR, facecolor="black", linewidth=0, label="the model abstains")


def _confidence(axes: "Axes", done: pd.DataFrame, unlike: np.ndarray, threshold: float) -> None:
    start, end = done["start"].to_numpy(float), done["end"].to_numpy(float)
    for name, style in (("confidence", "-"), ("novelty", ":")):
        axes.plot(*_corners(start, end, done[name].to_numpy(float)), style, color="black", linewidth=1.2, label=name)
    if 0 < threshold <= 1:
        axes.axhline(threshold, color="0.5", linewidth=0.8, linestyle="--", label=f"abstains below {threshold:.2f}")
    if unlike.any():
        axes.plot((start + end)[unlike] / 2, np.full(unlike.sum(), 1.0), "kv", markersize=5, label=UNLIKE)
    axes.set_ylim(0, 1.08)
    axes.set_yticks((0.0, 0.5, 1.0))  # the same while the layout is computed as in the picture
    axes.set_ylabel("confidence,\nnovelty", fontsize=LABEL)
    _legend(axes, *axes.get_legend_handles_labels())


def _legend(axes: "Axes", handles: list[Any], names: list[str]) -> None:
    """Draw a legend at the right of the panel, where it hides nothing."""
    outside: dict[str, Any] = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5)}
    named_legend(axes, handles, names, **outside)


def _share(chosen: np.ndarray) -> str:
    return "" if chosen.size == 1 else f" ({chosen.sum()} of {chosen.size} segments)"


def _notes(predictions: pd.DataFrame, abstain: np.ndarray, unlike: np.ndarray) -> Iterator[str]:
    n_failed = int((predictions["status"] != "ok").sum())
    if abstain.any():
        yield f"In brackets and below a black bar: the model abstains{_share(abstain)}."
    if unlike.any():
        what = "Triangle: the segment is" if unlike.size == 1 else "Triangles: segments"
        yield f"{what} {UNLIKE}{_share(unlike)}."
    if n_failed:
        yield f"Gaps: {counted(n_failed, 'segment')} could not be measured."
