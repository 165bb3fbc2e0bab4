"""What a corpus folder holds in one picture: clips by speaker and emotion, durations, formats.

Nothing is told by colour: the numbers stand in the cells, and greys only repeat them.
"""

import os
from typing import TYPE_CHECKING

import numpy as np

from ..survey import Survey
from ..survey.wording import cell_text, counts_text, person_text, plain
from .style import LABEL, NOTE, TITLE, new_figure, put_notes, write_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: More would be a picture that no one can read.
MAX_SPEAKERS, MAX_EMOTIONS = 120, 24
_LONGEST_NAME = 24
#: The darkest cell: numbers stay readable on every grey.
_DARKEST = 0.4
#: Height of a row, and at most, in inches.
_ROW_IN, _TALLEST_ROW_IN = 0.22, 0.4
#: Formats of one kind beyond these are summed up.
_MAX_FORMATS = 5


def plot_survey(survey: Survey, path: str | os.PathLike) -> None:
    """Draw what a corpus holds.

    Parameters
    ----------
    survey : Survey
    path : path_like
        A picture's path; its suffix (.png, .svg, .pdf) says the format.

    Raises
    ------
    ProsodySerError
        If the picture cannot be written or its suffix is no picture's.
    """
    write_figure(survey_figure(survey), path)


def survey_figure(survey: Survey) -> "Figure":
    """The picture, with three pairs of axes: classes by speaker, durations, formats."""
    classes = survey.classes_by_speaker()
    n_rows = min(len(classes.speakers), MAX_SPEAKERS) + 1
    n_columns = min(len(classes.emotions), MAX_EMOTIONS) + 1
    width_in = max(9.0, 6.2 + 0.62 * n_columns)
    height_in = max(5.6, 2.4 + _ROW_IN * n_rows)
    figure = new_figure(width_in, height_in)
    table_in = 1.6 + 0.62 * n_columns
    grid = figure.add_gridspec(2, 2, width_ratios=[table_in, width_in - table_in], height_ratios=[3, 2])
    rows_in = min(n_rows * _TALLEST_ROW_IN, height_in - 2.2)
    left = grid[:, 0].subgridspec(2, 1, height_ratios=[rows_in, max(height_in - 2.2 - rows_in, 0.01)])
    _heat_table(figure.add_subplot(left[0]), survey, classes)
    _durations(figure.add_subplot(grid[0, 1]), survey)
    _formats(figure.add_subplot(grid[1, 1]), survey)
    figure.suptitle(f"{survey.corpus}: {counts_text(survey)}", fontsize=TITLE, parse_math=False)
    put_notes(figure, *_notes(survey, classes))
    return figure


def _heat_table(axes, survey, classes):
    from matplotlib.patches import Rectangle

    people = survey.about_speakers()
    there = classes.there[:MAX_SPEAKERS, :MAX_EMOTIONS]
    absent = np.zeros_like(there) if classes.absent is None else classes.absent[:MAX_SPEAKERS, :MAX_EMOTIONS]
    n_speakers, n_emotions = there.shape
    shade = 1 - _DARKEST * there / max(there.max(initial=1), 1)
    axes.imshow(
        shade, cmap="gray", vmin=0, vmax=1, aspect="auto", extent=(-0.5, n_emotions - 0.5, n_speakers - 0.5, -0.5)
    )
    for row, column in np.ndindex(there.shape):
        n, lacking = there[row, column], absent[row, column]
        weight = "bold" if lacking or not n else "normal"
        axes.text(column, row, cell_text(n, lacking), ha="center", va="center", fontsize=NOTE, weight=weight)
        if not n:
            axes.add_patch(
                Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, hatch="////", edgecolor="0.75", linewidth=0)
            )
    sums = [(n_emotions, row, total) for row, total in enumerate(classes.there.sum(axis=1)[:n_speakers])]
    sums += [(column, n_speakers, total) for column, total in enumerate(classes.there.sum(axis=0)[:n_emotions])]
    for column, row, total in [*sums, (n_emotions, n_speakers, classes.there.sum())]:
        axes.text(column, row, str(total), ha="center", va="center", fontsize=NOTE)
    names = [_short(person_text(name, *people[name])) for name in classes.speakers[:n_speakers]]
    axes.set_yticks(range(n_speakers + 1), [*names, "all"], fontsize=NOTE, parse_math=False)
    emotions = [_short(name) for name in classes.emotions[:n_emotions]]
    axes.set_xticks(
        range(n_emotions + 1), [*emotions, "all"], fontsize=NOTE, rotation=40, ha="left", rotation_mode="anchor"
    )
    for label in axes.get_xticklabels():
        label.set_parse_math(False)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.set_xlim(-0.5, n_emotions + 0.5)
    axes.set_ylim(n_speakers + 0.5, -0.5)
    axes.hlines(np.arange(n_speakers - 1) + 0.5, -0.5, n_emotions - 0.5, color="white", linewidth=0.8)
    axes.vlines(np.arange(n_emotions - 1) + 0.5, -0.5, n_speakers - 0.5, color="white", linewidth=0.8)
    axes.spines[:].set_visible(False)
    axes.plot(
        [-0.5, n_emotions - 0.5, n_emotions - 0.5], [n_speakers - 0.5, n_speakers - 0.5, -0.5], "k", linewidth=0.8
    )
    axes.set_ylabel("speaker", fontsize=LABEL)


def _durations(axes, survey):
    groups = dict(list(survey.durations_by_emotion().items())[:MAX_EMOTIONS])
    axes.set_title("duration of the clips", fontsize=LABEL, loc="left")
    axes.set_xlabel("duration (s)", fontsize=LABEL)
    axes.tick_params(labelsize=NOTE)
    axes.spines[["top", "right"]].set_visible(False)
    if not groups:
        axes.text(0.5, 0.5, "no clip could be read", transform=axes.transAxes, ha="center", fontsize=NOTE)
        axes.set_yticks([])
        return
    drawn = axes.violinplot(
        list(groups.values()), range(len(groups)), orientation="horizontal", widths=0.85, showextrema=False
    )
    for body in drawn["bodies"]:
        body.set(facecolor="0.82", edgecolor="0.35", alpha=1, linewidth=0.8)
    for place, values in enumerate(groups.values()):
        low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
        axes.fill_between([low, high], place - 0.09, place + 0.09, color="0.2", linewidth=0)
        axes.plot([middle, middle], [place - 0.09, place + 0.09], color="white", linewidth=2, solid_capstyle="butt")
        axes.plot(values[[0, -1]], [place, place], "|", color="0.2", markersize=6)
    axes.set_yticks(range(len(groups)), [_short(name) for name in groups], fontsize=NOTE, parse_math=False)
    axes.set_ylim(len(groups) - 0.4, -0.6)
    axes.grid(axis="x", color="0.85", linewidth=0.6)
    axes.set_axisbelow(True)


def _formats(axes, survey):
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
    for place, (_, n) in enumerate(bars):
        axes.text(n + 0.015 * most, place, str(n), va="center", fontsize=NOTE)
    axes.set_yticks(range(len(bars)), [name for name, _ in bars], fontsize=NOTE, parse_math=False)
    axes.set_ylim(len(bars) - 0.4, -0.6)
    axes.set_xlim(0, 1.15 * most)
    axes.set_xlabel("files", fontsize=LABEL)
    axes.tick_params(labelsize=NOTE)
    axes.spines[["top", "right"]].set_visible(False)


def _format_name(kind, value):
    return {"1": "mono", "2": "stereo"}.get(value, f"{value} channels") if kind == "channels" else value


def _notes(survey, classes):
    cells = "Cells: clips of a speaker and emotion, the darker the more; hatched: none."
    if classes.absent is not None and classes.absent.any():
        cells += " 5/8: five there of the eight in the corpus."
    yield cells
    yield "Grey shapes: density of the durations, bar: their quartiles, white line: their median, ticks: the extremes."
    yield _missing(survey)
    grave = sum(duplicate.grave for duplicate in survey.duplicates)
    twice = f"Sounds there more than once: {len(survey.duplicates) or 'none'}"
    if grave:
        twice += f", {grave} of them with different speakers or emotions"
    n_odd = len({odd.file for odd in survey.odd})
    yield f"{twice}. Odd files: {n_odd or 'none'}."
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


def _missing(survey):
    if not survey.missing:
        return None
    present = {survey.speaker(clip.utterance) for clip in survey.clips}
    by_speaker = survey.missing_by_speaker()
    gone = [name for name in by_speaker if name not in present]
    text = f"Missing: {len(survey.missing)} clips"
    if gone:
        listed = ", ".join(gone) if len(gone) <= 24 else f"{', '.join(gone[:24])} and {len(gone) - 24} more"
        text += f", among them all of speakers {listed}"
    return text + "."


def _short(name):
    name = plain(name)
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
