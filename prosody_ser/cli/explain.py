"""``prosody-ser explain``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ProtocolError, did_you_mean
from .beside import beside
from .evaluating import Evaluating
from .options import Force
from .printing import print_lines
from .takes import takes

if TYPE_CHECKING:
    import pandas as pd

    from ..learn.inspection.shapley import Explanation

EXAMPLES = (
    "prosody-ser explain out.csv --clip 03a01Wa.wav",
    "prosody-ser explain out.csv --all --model logreg --out why.csv",
)


@takes(Evaluating, model="rf")
def command(
    how: Evaluating,
    clip: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Clip to explain: its file, as written in the table, or the file's name."),
    ] = None,
    start: Annotated[
        float | None,
        typer.Option(help="Start of the segment to explain, in s, if the table has several segments of FILE."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Explain every held-out clip.")] = False,
    emotion: Annotated[
        str | None, typer.Option(help="Emotion whose score is explained. [default: the predicted emotion]")
    ] = None,
    background: Annotated[
        int,
        typer.Option(
            min=1, help="Number of training clips from which the background of SHAP is taken (svm, mlp, knn, ensemble)."
        ),
    ] = 50,
    out: Annotated[Path, typer.Option("--out", "-o", help="CSV file for the Shapley values.")] = Path("explain.csv"),
    plot: Annotated[
        Path | None, typer.Option(help="Picture to write, .png, .svg or .pdf. [default: OUT with .png]")
    ] = None,
    force: Force = False,
) -> None:
    """Explain held-out predictions by Shapley values.

    The values say how much each feature raised or lowered the score of an emotion (SHAP). Each clip is explained by the
    model of its fold, which was trained without the clip's speaker. --clip draws a waterfall plot from the base value
    to the score; --all draws a summary of all held-out clips and writes their values to OUT and the means to
    OUT-summary.csv. The values are exact and quick for rf, hgb, linear-svm, logreg and lda; for best they are quick,
    and exact by family; the other models are slow. Needs the extra [explain].

    Without TABLE, the command uses the table that 'extract' wrote last in this folder and prints its name.
    """
    from ..atomic_write import check_places, check_suffix, refuse_existing
    from ..errors import chosen
    from ..learn.inspection.shapley import check_shap, explain
    from ..parallel.dask_jobs import dask_cluster
    from ..plots.style import check_picture_suffix
    from .progress import progress_bar

    check_shap()
    if every == (clip is not None):
        raise ProtocolError("give either --clip FILE, to explain one clip, or --all")
    chosen("speaker-norm", how.speaker_norm, ("none", "speaker"))
    how = how.resolved(built_in=False)
    chart = plot or beside(out, suffix=".png")
    summary = beside(out, "-summary")
    written = [out, chart, summary if every else None]
    check_suffix(out, "a file for Shapley values", ".csv")
    check_places(*written, inputs=how.files)
    check_picture_suffix(chart, "a chart")
    pipeline = how.pipeline()
    table, name = how.open()
    plan = how.plan(table)
    if emotion is not None and emotion not in plan.labels:
        near = did_you_mean(emotion, plan.labels)
        raise ProtocolError(
            f"--emotion {emotion}: no usable clip has this label; the labels are {', '.join(plan.labels)}{near}"
        )
    rows = None if clip is None else [_row_of(plan.X, clip, start)]
    refuse_existing(*written, force=force)
    with dask_cluster(how.scheduler), progress_bar("folds") as progress:
        explanation = explain(plan, pipeline, rows, n_background=background, n_jobs=how.jobs, progress=progress)
    print_lines(f"table     {name}")
    if table.notice:
        print_lines(f"NOTE: {table.notice}", "")
    if every:
        title = how.title(table, name, "Shapley values of the predictions")
        _all_clips(explanation, emotion, title, table.notice, out, summary, chart)
    else:
        _one_clip(explanation, emotion, table.notice, out, chart)


def _all_clips(
    explanation: "Explanation",
    emotion: str | None,
    title: str,
    notice: str | None,
    out: Path,
    summary: Path,
    chart: Path,
) -> None:
    from ..atomic_write import whole_file
    from ..learn.inspection.shapley import METHODS
    from ..plots.explain import plot_explanations
    from ..report.text.model.explain import explanations_text

    notice_column = {"notice": notice} if notice else {}
    with whole_file(out) as values, whole_file(summary) as means:  # all files or none
        explanation.of_emotion(emotion).assign(**notice_column).to_csv(values, index=False, lineterminator="\n")
        explanation.summary().assign(**notice_column).to_csv(means, index=False, lineterminator="\n")
        plot_explanations(explanation, chart, title, notice)
    print(explanations_text(explanation, METHODS[explanation.method]))
    print_lines("", f"values  -> {out}", f"means   -> {summary}", f"picture -> {chart}")


def _one_clip(explanation: "Explanation", emotion: str | None, notice: str | None, out: Path, chart: Path) -> None:
    from ..atomic_write import whole_file
    from ..learn.inspection.shapley import METHODS
    from ..plots.explain import plot_waterfall
    from ..report.text.model.explain import CAUTION, explanation_text, pushes_text

    predicted, truth = explanation.clips[["predicted", "emotion"]].iloc[0]
    shown = emotion or predicted
    columns = {"emotion": shown} | ({"notice": notice} if notice else {})
    with whole_file(out) as values:
        explanation.of_clip(0, shown).assign(**columns).to_csv(values, index=False, lineterminator="\n")
        plot_waterfall(explanation, 0, shown, chart, notice)
    print(explanation_text(explanation, 0, shown))
    if emotion is None and truth != predicted:
        print_lines("", "The score of the true label:")
        print(pushes_text(explanation, 0, truth))
    print_lines("", f"{METHODS[explanation.method]}.", CAUTION)
    print_lines("", f"values  -> {out}", f"picture -> {chart}")


def _row_of(X: "pd.DataFrame", clip: str, start: float | None) -> int:
    """Find the position of the clip whose file, or whose file name, is `clip`, and which begins at `start`."""
    import numpy as np

    names = sorted({Path(file).name for file in X.index.get_level_values("file").astype(str)})
    files = X.index.get_level_values("file").to_numpy(dtype=str)
    rows = np.flatnonzero(files == clip)
    if not rows.size:
        name = Path(clip).name
        rows = np.flatnonzero([Path(file).name == name for file in files])
    if start is not None:
        rows = rows[np.isclose(X.index.get_level_values("start").to_numpy(dtype=float)[rows], start, atol=1e-3)]
    if not rows.size:
        hint = f" that starts at {start:g} s" if start is not None else did_you_mean(Path(clip).name, names)
        raise ProtocolError(f"{clip}: the table has no usable clip of this file{hint}")
    if rows.size > 1 and len(set(files[rows])) == 1:
        starts = ", ".join(f"{s:g}" for s in X.index.get_level_values("start")[rows][:5])
        raise ProtocolError(
            f"{clip}: the table has {rows.size} clips of this file; choose one with --start ({starts} ...)"
        )
    if rows.size > 1:
        raise ProtocolError(
            f"{clip}: {rows.size} files of the table have this name; give the whole path, such as {files[rows[0]]}"
        )
    return int(rows[0])
