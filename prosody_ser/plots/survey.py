"""The survey of a corpus folder as a picture: clips by speaker and emotion, durations and formats.

The picture does not depend on colours: the cells have numbers, and their grey only repeats these.
"""

import math
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ..datasets.survey import Survey
from ..datasets.survey.overview import Classes
from ..datasets.survey.wording import cell_text, counts_text, person_text
from ..errors import counted, listed
from .style import LABEL, NOTE, TITLE, new_figure, put_notes, shortened, write_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.gridspec import SubplotSpec

#: Largest numbers of speakers and emotions that can be read.
MAX_SPEAKERS, MAX_EMOTIONS = 120, 24
#: Darkness of the darkest cell, on which numbers can still be read.
_DARKEST = 0.4
#: Largest number of speakers in one table; further ones are in another table beside it.
_ROWS = 48
#: Sizes in inches: least height of the picture; least and largest height of a row; width of a column.
_LEAST_IN, _ROW_IN, _TALLEST_ROW_IN, _COLUMN_IN = 5.6, 0.22, 0.4, 0.62
#: Width and largest height of the panels at the right, in inches.
_RIGHT_IN, _TALLEST_RIGHT_IN = 4.6, 6.0
#: Fewer clips are drawn one by one, not as a density.
_DENSITY_FROM = 10
#: Largest number of formats of one kind; further ones are summed up.
_MAX_FORMATS = 5


def plot_survey(survey: Survey, path: str | os.PathLike) -> None:
    """Draw the survey of a corpus.

    Parameters
    ----------
    survey : Survey
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.

    Raises
    ------
    ProsodySerError
        If the picture cannot be written or its suffix is not one of these.

    Examples
    --------
    >>> import soundfile
    >>> from prosody_ser.datasets.survey.corpus import survey
    >>> for name in ("03a01Fa", "03a01Wa", "08a01Na"):
    ...     soundfile.write(f"{name}.wav", np.random.default_rng(0).uniform(-0.5, 0.5, 16000), 16000)
    >>> ser.plot_survey(survey(".", jobs=1), "survey.png")
    """
    write_figure(survey_figure(survey), path)


def survey_figure(survey: Survey) -> "Figure":
    """Draw classes by speaker, in several tables side by side if there are many speakers, and durations and formats."""
    classes = survey.classes_by_speaker()
    n_speakers = min(len(classes.speakers), MAX_SPEAKERS)
    n_tables = math.ceil(n_speakers / _ROWS)
    n_rows = math.ceil(n_speakers / n_tables)
    table_in = 1.6 + _COLUMN_IN * (min(len(classes.emotions), MAX_EMOTIONS) + 1)
    height_in = max(_LEAST_IN, 2.4 + _ROW_IN * (n_rows + 1))
    figure = new_figure(max(9.0, n_tables * table_in + _RIGHT_IN), height_in)
    widths = [*[table_in] * n_tables, max(_RIGHT_IN, 9.0 - table_in)]
    grid = figure.add_gridspec(1, n_tables + 1, width_ratios=widths)
    inside_in = height_in - 2.2
    for i in range(n_tables):
        rows = slice(i * n_rows, min((i + 1) * n_rows, n_speakers))
        part = _top(grid[i], min((n_rows + 1) * _TALLEST_ROW_IN, inside_in), inside_in)
        _heat_table(figure.add_subplot(part), survey, classes, rows, n_rows, rows.stop == n_speakers)
    right = _top(grid[n_tables], min(inside_in, _TALLEST_RIGHT_IN), inside_in).subgridspec(2, 1, height_ratios=[3, 2])
    _durations(figure.add_subplot(right[0]), survey)
    _formats(figure.add_subplot(right[1]), survey)
    figure.suptitle(f"{survey.corpus}: {counts_text(survey)}", fontsize=TITLE, parse_math=False)
    put_notes(figure, *_notes(survey, classes))
    return figure


def _top(cell: "SubplotSpec", wanted_in: float, available_in: float) -> "SubplotSpec":
    """Give the upper part of a cell of a grid."""
    return cell.subgridspec(2, 1, height_ratios=[wanted_in, max(available_in - wanted_in, 0.01)])[0]


def _heat_table(axes: "Axes", survey: Survey, classes: Classes, rows: slice, n_rows: int, is_last: bool) -> None:
    """Draw the counts and sums of some speakers; below the last speaker also the sums of all tables."""
    from matplotlib.patches import Rectangle

    people = survey.about_speakers()
    there, absent = classes.there[rows, :MAX_EMOTIONS], classes.absent[rows, :MAX_EMOTIONS]
    n_speakers, n_emotions = there.shape
    shade = 1 - _DARKEST * there / max(classes.there.max(initial=1), 1)
    edges = (-0.5, n_emotions - 0.5, n_speakers - 0.5, -0.5)
    axes.imshow(shade, cmap="gray", vmin=0, vmax=1, aspect="auto", extent=edges)
    centred: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": NOTE}
    for row, column in np.ndindex(there.shape):
        n, lacking = int(there[row, column]), int(absent[row, column])
        axes.text(column, row, cell_text(n, lacking), weight="bold" if lacking or not n else "normal", **centred)
        if not n:
            corner = (column - 0.5, row - 0.5)
            axes.add_patch(Rectangle(corner, 1, 1, fill=False, hatch="////", edgecolor="0.75", linewidth=0))
    for row, total in enumerate(classes.there[rows].sum(axis=1)):
        axes.text(n_emotions, row, str(total), **centred)
    names = [shortened(person_text(name, *people[name])) for name in classes.speakers[rows]]
    if is_last:
        for column, total in enumerate(classes.there.sum(axis=0)[:n_emotions]):
            axes.text(column, n_speakers, str(total), **centred)
        axes.text(n_emotions, n_speakers, str(classes.there.sum()), **centred)
        names.append("all")
    axes.set_yticks(range(len(names)), names, fontsize=NOTE, parse_math=False)
    emotions = [shortened(name) for name in classes.emotions[:n_emotions]]
    upright: dict[str, Any] = {"rotation": 40, "ha": "left", "rotation_mode": "anchor", "parse_math": False}
    axes.set_xticks(range(n_emotions + 1), [*emotions, "all"], fontsize=NOTE, **upright)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_xlim(-0.5, n_emotions + 0.5)
    axes.set_ylim(n_rows + 0.5, -0.5)
    axes.hlines(np.arange(n_speakers - 1) + 0.5, -0.5, n_emotions - 0.5, color="white", linewidth=0.8)
    axes.vlines(np.arange(n_emotions - 1) + 0.5, -0.5, n_speakers - 0.5, color="white", linewidth=0.8)
    axes.spines[:].set_visible(False)
    axes.plot(
        [-0.5, n_emotions - 0.5, n_emotions - 0.5], [n_speakers - 0.5, n_speakers - 0.5, -0.5], "k", linewidth=0.8
    )
    if rows.start == 0:
        axes.set_ylabel("speaker", fontsize=LABEL)


def _durations(axes: "Axes", survey: Survey) -> None:
    groups = dict(list(survey.durations_by_emotion().items())[:MAX_EMOTIONS])
    axes.set_title("duration of the clips", fontsize=LABEL, loc="left")
    axes.set_xlabel("duration (s)", fontsize=LABEL)
    axes.tick_params(labelsize=NOTE)
    axes.spines[["top", "right"]].set_visible(False)
    if not groups:
        axes.text(0.5, 0.5, "no clip could be read", transform=axes.transAxes, ha="center", fontsize=NOTE)
        axes.set_yticks([])
        return
    for y, values in enumerate(groups.values()):
        if values.size < _DENSITY_FROM:
            axes.plot(values, np.full(values.size, y), "|", color="0.2", markersize=9)
            continue
        violin: Any = axes.violinplot([values], [y], orientation="horizontal", widths=0.85, showextrema=False)
        violin["bodies"][0].set(facecolor="0.82", edgecolor="0.35", alpha=1, linewidth=0.8)
        low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
        axes.fill_between([low, high], y - 0.09, y + 0.09, color="0.2", linewidth=0)
        axes.plot([middle, middle], [y - 0.09, y + 0.09], color="white", linewidth=2, solid_capstyle="butt")
        axes.plot(values[[0, -1]], [y, y], "|", color="0.2", markersize=6)
    axes.set_yticks(range(len(groups)), [shortened(name) for name in groups], fontsize=NOTE, parse_math=False)
    axes.set_ylim(len(groups) - 0.4, -0.6)
    axes.grid(axis="x", color="0.85", linewidth=0.6)
    axes.set_axisbelow(True)


def _formats(axes: "Axes", survey: Survey) -> None:
    axes.set_title("formats of the files", fontsize=LABEL, loc="left")
    bars = []
    for kind, counts in survey.formats().items():
        shown = list(counts.items())
        if len(shown) > _MAX_FORMATS:
            rest = shown[_MAX_FORMATS - 1 :]
            shown = [*shown[: _MAX_FORMATS - 1], (f"{len(rest)} others", sum(n for _, n in rest))]
        bars += [(_format_name(kind, value), n) for value, n in shown]
    axes.barh(range(len(bars)), [n for _, n in bars], color="0.75", edgecolor="0.35", height=0.7)
    most = max((n for _, n in bars), default=1)
    for y, (_, n) in enumerate(bars):
        axes.text(n + 0.015 * most, y, str(n), va="center", fontsize=NOTE)
    axes.set_yticks(range(len(bars)), [name for name, _ in bars], fontsize=NOTE, parse_math=False)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlim(0, 1.15 * most)
    axes.locator_params(axis="x", integer=True)
    axes.set_xlabel("files", fontsize=LABEL)
    axes.tick_params(labelsize=NOTE)
    axes.spines[["top", "right"]].set_visible(False)


def _format_name(kind: str, value: str) -> str:
    return {"1": "mono", "2": "stereo"}.get(value, f"{value} channels") if kind == "channels" else value


def _notes(survey: Survey, classes: Classes) -> Iterator[str | None]:
    cells = "Cells: number of clips of a speaker and emotion, darker for more; hatched: none."
    if classes.absent.any():
        cells += " A cell such as 5/8: 5 clips are here, and the complete corpus has 8."
    yield cells
    sizes = [values.size for values in survey.durations_by_emotion().values()]
    if max(sizes, default=0) >= _DENSITY_FROM:
        yield "Grey shapes: density of the durations; bar: quartiles; white line: median; ticks: extremes."
    if min(sizes, default=_DENSITY_FROM) < _DENSITY_FROM:
        yield f"Durations of fewer than {_DENSITY_FROM} clips: one tick for each clip."
    yield _missing(survey)
    grave = sum(duplicate.grave for duplicate in survey.duplicates)
    duplicates = f"Sounds that occur more than once: {len(survey.duplicates) or 'none'}"
    if grave:
        duplicates += f", {grave} of them with different speakers or emotions"
    n_odd = len({odd.file for odd in survey.odd})
    yield f"{duplicates}. Unusual files: {n_odd or 'none'}."
    hidden = [
        f"{n - most} {what}"
        for n, most, what in (
            (len(classes.speakers), MAX_SPEAKERS, "speakers"),
            (len(classes.emotions), MAX_EMOTIONS, "emotions"),
        )
        if n > most
    ]
    if hidden:
        yield f"Not shown: {' and '.join(hidden)}."


def _missing(survey: Survey) -> str | None:
    if not survey.missing:
        return None
    present = {survey.speaker(clip.utterance) for clip in survey.clips}
    by_speaker = survey.missing_by_speaker()
    absent = [name for name in by_speaker if name not in present]
    text = f"Missing: {counted(len(survey.missing), 'clip')}"
    if absent:
        text += f", among them all clips of the speakers {listed(absent, 24)}"
    return text + "."
