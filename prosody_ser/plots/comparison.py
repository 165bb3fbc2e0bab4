"""A comparison for a paper: the UAR of every result with its interval. In grey."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .scores import draw_dots
from .style import LABEL, new_figure, put_notes, put_title, write_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_comparison(data: Mapping[str, Any], path: str | os.PathLike) -> None:
    """Draw the UAR of every result of a comparison, with its interval over speakers.

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
    """The picture, with one pair of axes: a line a result, the tracks apart, the best of each on top."""
    tracks = list(dict.fromkeys(result["track"] for result in data["results"]))
    results = sorted(data["results"], key=lambda result: (-tracks.index(result["track"]), -result["rank"]))
    figure = new_figure(6.5, 1.9 + 0.3 * len(results))
    axes = figure.add_subplot()
    for i, result in enumerate(results):
        if result["intervals"]:
            axes.hlines(i, *result["intervals"]["uar"], color="0.35", linewidth=1.4)
    dots = {
        track: [(result["uar"], i) for i, result in enumerate(results) if result["track"] == track] for track in tracks
    }
    draw_dots(axes, [result["name"] for result in results], dots, data["chance"])
    axes.set_xlabel("UAR", fontsize=LABEL)
    corpora = ", ".join(data["corpora"]) or "corpus not named"
    put_title(figure, f"{corpora}: {data['split']}, {data['n_clips']} clips, {data['n_speakers']} speakers")
    apart = "Tracks are not ranked against each other." if len(tracks) > 1 else ""
    known = "Lines: 95 % interval over speakers." if any(result["intervals"] for result in results) else ""
    put_notes(figure, f"{known} {apart}".strip(), data["notice"])
    return figure
