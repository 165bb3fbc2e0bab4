"""A comparison as a picture in grey: the UAR of every result with its interval, and its difference from the best."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..corpus_names import corpora_in_words
from ..errors import counted
from ..results import Comparison
from .scores import draw_dots
from .style import LABEL, MARKS, NOTE, new_figure, put_legend, put_notes, put_title, shortened, write_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LONGEST_NAME, _LONGEST_REFERENCE = 40, 20


class _Difference(NamedTuple):
    """The difference of the UAR of a result and that of the result that it is compared with."""

    uar: float
    interval: tuple[float, float] | None
    remark: str  #: p-value, or why there is none


def plot_comparison(result: Comparison | Mapping[str, Any] | str | os.PathLike, path: str | os.PathLike) -> None:
    """Draw the UAR of every result of a comparison and its difference from the best of its track, with intervals.

    Parameters
    ----------
    result : Comparison, dict or path_like
        As it is, its data (``Comparison.data``), or the path of its JSON file.
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.

    Raises
    ------
    ProsodySerError
        If the result cannot be read or is of another kind, or the picture cannot be written or its suffix is not one
        of these.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> results = [ser.evaluate(table, ser.make_pipeline(name), folds=2) for name in ("lda", "logreg")]
    >>> ser.plot_comparison(ser.compare(results), "comparison.png")
    """
    write_figure(comparison_figure(Comparison.of(result).data), path)


def comparison_figure(data: Mapping[str, Any]) -> "Figure":
    """Draw the picture with two panels: one line for each result, grouped by track, the best of each on top."""
    tracks = list(dict.fromkeys(result["track"] for result in data["results"]))
    results = sorted(data["results"], key=lambda result: (-tracks.index(result["track"]), -result["rank"]))
    figure = new_figure(9, 2.2 + 0.3 * len(results))
    scores, differences = figure.subplots(1, 2, sharey=True, width_ratios=(5, 4))
    for i, result in enumerate(results):
        if result["intervals"]:
            scores.hlines(i, *result["intervals"]["uar"], color="0.35", linewidth=1.4)
    dots = {
        track: [(result["uar"], i) for i, result in enumerate(results) if result["track"] == track] for track in tracks
    }
    names = [shortened(result["name"], _LONGEST_NAME) for result in results]
    draw_dots(scores, names, dots, data["chance"])
    scores.set_xlabel("UAR", fontsize=LABEL)
    from_best = [_from_best(result, data) for result in results]
    _draw_differences(differences, from_best, [tracks.index(result["track"]) for result in results])
    corpora = corpora_in_words(data["corpora"])
    put_title(
        figure,
        f"{corpora}: {data['split']}, {counted(data['n_clips'], 'clip')}, {counted(data['n_speakers'], 'speaker')}",
    )
    put_legend(figure, scores)
    put_notes(figure, *_notes(data, from_best, len(tracks)), data["notice"])
    return figure


def _from_best(result: Mapping[str, Any], data: Mapping[str, Any]) -> _Difference:
    """Give the paired difference of a result from the best of its track, or of the first track if it is alone."""
    tracks = [result["track"], data["results"][0]["track"]]
    alone = [other["track"] for other in data["results"]].count(tracks[0]) == 1
    best = min((other for other in data["results"] if other["track"] == tracks[alone]), key=lambda other: other["rank"])
    if best["name"] == result["name"]:
        return _Difference(0.0, None, "the best")
    remark = f"against {shortened(best['name'], _LONGEST_REFERENCE)}, not tested"
    for pair in data["pairs"]:
        if {pair["one"], pair["other"]} == {best["name"], result["name"]}:
            sign = 1 if pair["one"] == result["name"] else -1
            uar = pair["uar"]
            ends = None
            if uar["interval"]:
                low, high = sorted(sign * end for end in uar["interval"])
                ends = (low, high)
            p = uar["p_corrected"]
            tested = remark if p is None else "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
            return _Difference(sign * uar["difference"], ends, tested)
    return _Difference(result["uar"] - best["uar"], None, remark)


def _draw_differences(axes: "Axes", differences: Sequence[_Difference], tracks: Sequence[int]) -> None:
    """Draw one line for each result, as in the panel beside: the difference, its interval and p."""
    axes.axvline(0, color="0.4", linewidth=1)
    for i, (difference, track) in enumerate(zip(differences, tracks, strict=True)):
        marker, filling = MARKS[track % len(MARKS)]
        if difference.interval:
            axes.hlines(i, *difference.interval, color="0.35", linewidth=1.4)
        axes.plot(difference.uar, i, marker, color="black", markerfacecolor=filling, zorder=3)
        beside: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "ha": "left", "va": "center"}
        axes.text(1.03, i, difference.remark, fontsize=NOTE, parse_math=False, **beside)
    axes.margins(x=0.08)
    axes.locator_params(axis="x", nbins=6)
    axes.set_xlabel("difference of UAR from the best", fontsize=LABEL)
    axes.tick_params(axis="x", labelsize=NOTE)
    axes.tick_params(axis="y", left=False, labelleft=False)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _notes(data: Mapping[str, Any], differences: Sequence[_Difference], n_tracks: int) -> Iterator[str]:
    if any(result["intervals"] for result in data["results"]):
        yield f"Lines: 95 % intervals ({data['interval_method']}); those of the differences are paired."
    else:
        yield "There are too few speakers for intervals."
    if any(difference.remark.startswith("p ") for difference in differences):
        yield f"p: {data['test_note']}; corrected by {data['correction']}."
    if n_tracks > 1:
        yield "Tracks are not ranked against each other: each result is compared with the best of its own track."
