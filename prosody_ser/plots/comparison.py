"""A comparison for a paper: the UAR of every result with its interval, and its difference from the best. In grey."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from .scores import draw_dots
from .style import LABEL, MARKS, NOTE, new_figure, put_legend, put_notes, put_title, shortened, write_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LONGEST_NAME, _LONGEST_REFERENCE = 40, 20


class _Difference(NamedTuple):
    """By how much the UAR of a result exceeds that of the result that it is compared with."""

    uar: float
    interval: tuple[float, float] | None
    remark: str  #: what stands beside it: its p-value, or why there is none


def plot_comparison(data: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draw the UAR of every result of a comparison and its difference from the best of its track, with intervals.

    Parameters
    ----------
    data : dict
        As ``Comparison.data``.
    path : path_like
        A picture's path; its suffix (.png, .svg, .pdf) says the format.

    Raises
    ------
    ProsodySerError
        If the picture cannot be written or its suffix is no picture's.

    Examples
    --------
    >>> table = ser.load_emodb_features("chroma")
    >>> results = [ser.evaluate(table, ser.make_pipeline(name), folds=2) for name in ("lda", "logreg")]
    >>> ser.plot_comparison(ser.compare(results).data, "comparison.png")
    """
    write_figure(comparison_figure(data), path)


def comparison_figure(data: Mapping[str, Any]) -> "Figure":
    """The picture, with two pairs of axes: a line a result, the tracks apart, the best of each on top."""
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
    corpora = ", ".join(data["corpora"]) or "corpus not named"
    put_title(figure, f"{corpora}: {data['split']}, {data['n_clips']} clips, {data['n_speakers']} speakers")
    put_legend(figure, scores)
    put_notes(figure, *_notes(data, from_best, len(tracks)), data["notice"])
    return figure


def _from_best(result: Mapping[str, Any], data: Mapping[str, Any]) -> _Difference:
    """The paired difference of a result from the best of its track; of one that is alone there, of the first track."""
    tracks = [result["track"], data["results"][0]["track"]]
    alone = [other["track"] for other in data["results"]].count(tracks[0]) == 1
    best = min((other for other in data["results"] if other["track"] == tracks[alone]), key=lambda other: other["rank"])
    if best["name"] == result["name"]:
        return _Difference(0.0, None, "the best")
    remark = f"against {shortened(best['name'], _LONGEST_REFERENCE)}, not tested"
    for pair in data["pairs"]:
        if {pair["one"], pair["other"]} == {best["name"], result["name"]}:
            sign = 1 if pair["one"] == result["name"] else -1
            found = pair["uar"]
            ends = None
            if found["interval"]:
                low, high = sorted(sign * end for end in found["interval"])
                ends = (low, high)
            p = found["p_corrected"]
            tested = remark if p is None else "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
            return _Difference(sign * found["difference"], ends, tested)
    return _Difference(result["uar"] - best["uar"], None, remark)


def _draw_differences(axes: "Axes", found: Sequence[_Difference], tracks: Sequence[int]) -> None:
    """A line for each result as in the panel beside it: the difference, its interval and p."""
    axes.axvline(0, color="0.4", linewidth=1)
    for i, (one, track) in enumerate(zip(found, tracks, strict=True)):
        marker, filling = MARKS[track % len(MARKS)]
        if one.interval:
            axes.hlines(i, *one.interval, color="0.35", linewidth=1.4)
        axes.plot(one.uar, i, marker, color="black", markerfacecolor=filling, zorder=3)
        beside: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "ha": "left", "va": "center"}
        axes.text(1.03, i, one.remark, fontsize=NOTE, parse_math=False, **beside)
    axes.margins(x=0.08)
    axes.locator_params(axis="x", nbins=6)
    axes.set_xlabel("difference of UAR from the best", fontsize=LABEL)
    axes.tick_params(axis="x", labelsize=NOTE)
    axes.tick_params(axis="y", left=False, labelleft=False)
    axes.spines[["top", "right", "left"]].set_visible(False)


def _notes(data: Mapping[str, Any], found: Sequence[_Difference], n_tracks: int) -> Iterator[str]:
    if any(result["intervals"] for result in data["results"]):
        yield f"Lines: 95 % intervals ({data['interval_method']}); those of the differences are paired."
    else:
        yield "There are too few speakers for intervals."
    if any(one.remark.startswith("p ") for one in found):
        yield f"p: {data['test_note']}; corrected by {data['correction']}."
    if n_tracks > 1:
        yield "Tracks are not ranked against each other: each result is compared with the best of its own track."
