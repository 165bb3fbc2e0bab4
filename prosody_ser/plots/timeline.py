"""Emotion over the time of one recording: probabilities stacked, confidence, novelty, where the model abstains.

Emotions are told apart by colour, and in each area of some width by their name too.
"""

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from .style import LABEL, NOTE, new_figure, put_notes, put_title, write_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Okabe and Ito's colours, told apart by colour-blind readers too, then greys.
COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#999999", "#555555")
#: Novelty beyond which a segment is marked.
FAR = 0.99
_INCHES_PER_SEGMENT, _LEAST_IN, _MOST_IN = 0.35, 7.0, 24.0
#: Inches and share of the axis that a name needs.
_NAME_IN, _NAME_SHARE = 0.55, 0.14


def plot_timeline(
    predictions: pd.DataFrame,
    labels: tuple[str, ...],
    threshold: float,
    path: str | os.PathLike,
    title: str,
    notice: str | None = None,
) -> None:
    """Draw the predictions of one recording's segments.

    Parameters
    ----------
    predictions : DataFrame
        With `start`, `end`, `status`, `abstain`, `confidence`, `novelty` and ``p_<label>``.
    labels : tuple of str
    threshold : float
        Confidence below which the model abstains.
    path : path_like
        A picture's path; its suffix (.png, .svg, .pdf) says the format.
    title : str
    notice : str, optional
        Stands under it (synthetic data).

    Raises
    ------
    ProsodySerError
        If the file cannot be written or the suffix is no picture's.

    Examples
    --------
    >>> import soundfile
    >>> soundfile.write("tone.wav", np.sin(2 * np.pi * 220 * np.arange(48000) / 16000), 16000)
    >>> model = ser.load_model(ser.default_model_path())
    >>> said = ser.predict_files(model, "tone.wav", segment=1.0, jobs=0)
    >>> ser.plot_timeline(said, model.labels, model.threshold, "timeline.png", "tone.wav")
    """
    write_figure(timeline_figure(predictions, labels, threshold, title, notice), path)


def timeline_figure(
    predictions: pd.DataFrame, labels: Sequence[str], threshold: float, title: str, notice: str | None = None
) -> "Figure":
    """The picture: probabilities above, confidence and novelty below, over one time axis."""
    done = predictions[predictions["status"] == "ok"].sort_values("start")
    start, end = done["start"].to_numpy(float), done["end"].to_numpy(float)
    width_in = float(np.clip(len(done) * _INCHES_PER_SEGMENT, _LEAST_IN, _MOST_IN))
    figure = new_figure(width_in, 4.6)
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1.3))
    abstain = done["abstain"].to_numpy(bool)
    shares = done[[f"p_{label}" for label in labels]].to_numpy(float)
    _stack(upper, start, end, shares, labels)
    _mark_abstentions(upper, start, end, abstain)
    if len(done):
        _name_areas(upper, start, end, shares, labels, width_in)
    upper.set_ylim(0, 1)
    upper.set_ylabel("probability", fontsize=LABEL)
    legend = {"loc": "center left", "bbox_to_anchor": (1.0, 0.5), "fontsize": NOTE, "frameon": False}
    handles, names = upper.get_legend_handles_labels()
    upper.legend(handles[::-1], names[::-1], **legend)  # in the order in which they lie
    novelty = done["novelty"].to_numpy(float)
    _steps(lower, start, end, done["confidence"].to_numpy(float), "-", "black", "confidence")
    _steps(lower, start, end, novelty, ":", "#0072b2", "novelty")
    if 0 < threshold <= 1:
        lower.axhline(threshold, color="0.5", linewidth=0.8, linestyle="--", label="abstains below")
    far = novelty > FAR
    if far.any():
        lower.plot((start + end)[far] / 2, np.full(far.sum(), 1.0), "v", color="#d55e00", markersize=5, label="far")
    lower.set_ylim(0, 1.08)
    lower.set_xlabel("s", fontsize=LABEL)
    lower.legend(**legend)
    for axes in (upper, lower):
        axes.tick_params(labelsize=NOTE)
        axes.spines[["top", "right"]].set_visible(False)
    if len(done):
        lower.set_xlim(start[0], end[-1])
    put_title(figure, title, taken_in=2.2)
    put_notes(figure, *_notes(predictions, abstain, far), notice)
    return figure


def _corners(start: np.ndarray, end: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Times and values of steps, each segment with both ends, NaN between them where there is a gap."""
    times = np.column_stack([start, end, end]).ravel()
    gap = np.append(start[1:] > end[:-1] + 1e-6, True)
    nothing = np.where(gap, np.nan, values)
    return times, np.column_stack([values, values, nothing]).ravel()


def _stack(axes: "Axes", start: np.ndarray, end: np.ndarray, shares: np.ndarray, labels: Sequence[str]) -> None:
    below = np.zeros(len(start))
    for i, label in enumerate(labels):
        above = below + shares[:, i]
        times, low = _corners(start, end, below)
        high = _corners(start, end, above)[1]
        colour = COLOURS[i % len(COLOURS)]
        axes.fill_between(times, low, high, color=colour, linewidth=0, label=label)
        below = above


def _mark_abstentions(axes: "Axes", start: np.ndarray, end: np.ndarray, abstain: np.ndarray) -> None:
    if not abstain.any():
        return
    spans = np.column_stack([start, end - start])[abstain]
    axes.broken_barh(spans, (0, 1), facecolor=(1, 1, 1, 0.55), edgecolor="0.35", hatch="////", linewidth=0)


def _name_areas(
    axes: "Axes", start: np.ndarray, end: np.ndarray, shares: np.ndarray, labels: Sequence[str], width_in: float
) -> None:
    """The likeliest emotion's name, where there is room; not again while it stays."""
    inches_per_s = (width_in - 2.2) / max(end[-1] - start[0], 1e-9)
    before = -1
    for i, label in enumerate(shares.argmax(axis=1)):
        wide = (end[i] - start[i]) * inches_per_s >= _NAME_IN
        if label != before and wide and shares[i, label] >= _NAME_SHARE:
            middle = shares[i, :label].sum() + shares[i, label] / 2
            box = {"facecolor": "white", "alpha": 0.75, "linewidth": 0, "pad": 1.0}
            place: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": NOTE, "bbox": box, "parse_math": False}
            axes.text((start[i] + end[i]) / 2, middle, labels[label], **place)
        before = label if wide else before


def _steps(
    axes: "Axes", start: np.ndarray, end: np.ndarray, values: np.ndarray, style: str, colour: str, name: str
) -> None:
    axes.plot(*_corners(start, end, values), style, color=colour, linewidth=1.2, label=name)


def _notes(predictions: pd.DataFrame, abstain: np.ndarray, far: np.ndarray) -> Iterator[str]:
    n_failed = int((predictions["status"] != "ok").sum())
    said = []
    if abstain.any():
        said.append(f"Hatched: the model abstains ({abstain.sum()} of {abstain.size} segments).")
    if far.any():
        said.append(f"Triangles: farther from the training speech than {FAR:.0%} of it ({far.sum()}).")
    if n_failed:
        said.append(f"{n_failed} segments could not be measured.")
    yield " ".join(said)
