"""``prosody-ser explain``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ProtocolError, did_you_mean
from .beside import beside
from .evaluating import Evaluating
from .options import Force
from .printing import say
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
        str | None, typer.Option(metavar="FILE", help="The clip to explain, as the table names it.")
    ] = None,
    start: Annotated[float | None, typer.Option(help="In s: which stretch of FILE, if the table has several.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Explain every held-out clip.")] = False,
    emotion: Annotated[
        str | None, typer.Option(help="Explain the score of this emotion; if not given, of that predicted.")
    ] = None,
    background: Annotated[
        int, typer.Option(min=1, help="Training clips that stand for 'unknown' (svm, mlp, knn, ensemble).")
    ] = 50,
    out: Annotated[Path, typer.Option(help="The Shapley values as CSV.")] = Path("explain.csv"),
    plot: Annotated[Path | None, typer.Option(help="The picture; OUT with .png if not given.")] = None,
    force: Force = False,
) -> None:
    """Say which features pushed a prediction, by the fold that had not heard the speaker (SHAP).

    With --clip a waterfall from the base to the score, with --all a summary of every held-out clip, its values in OUT
    and means in OUT-summary.csv. Exact and quick for rf, hgb, linear-svm, logreg and lda; for best quick, and exact by
    family; slow for the others. Needs the extra [explain]. Without TABLE it takes the one that 'extract' wrote last in
    this folder, and says which.
    """
    from ..atomic_write import check_outputs
    from ..learn.inspection.shapley import check_shap, explain
    from ..parallel.dask_jobs import dask_cluster
    from ..plots.style import check_picture_suffix
    from .progress import progress_bar

    check_shap()
    if every == (clip is not None):
        raise ProtocolError("explain one clip (--clip FILE) or all of them (--all)")
    how = how.found(built_in=False)
    chart = plot or beside(out, suffix=".png")
    summary = beside(out, "-summary")
    check_outputs(out, chart, summary if every else None, inputs=how.files, force=force)
    check_picture_suffix(chart, "chart")
    pipeline = how.pipeline()
    table, name = how.open()
    plan = how.plan(table)
    if emotion is not None and emotion not in plan.labels:
        near = did_you_mean(emotion, plan.labels)
        raise ProtocolError(f"no usable clip is {emotion}; there are: {', '.join(plan.labels)}{near}")
    rows = None if clip is None else [_row_of(plan.X, clip, start)]
    with dask_cluster(how.scheduler), progress_bar("folds") as progress:
        found = explain(plan, pipeline, rows, n_background=background, n_jobs=how.jobs, progress=progress)
    say(f"table     {name}")
    if table.notice:
        say(f"NOTE: {table.notice}", "")
    if every:
        title = how.title(table, name, "what pushed the predictions")
        _all_clips(found, emotion, title, table.notice, out, summary, chart)
    else:
        _one_clip(found, emotion, table.notice, out, chart)


def _all_clips(
    found: "Explanation", emotion: str | None, title: str, notice: str | None, out: Path, summary: Path, chart: Path
) -> None:
    from ..atomic_write import whole_file
    from ..learn.inspection.shapley import METHODS
    from ..plots.explain import plot_explanations
    from ..report.text.explain import explanations_text

    said = {"notice": notice} if notice else {}
    with whole_file(out) as values, whole_file(summary) as means:  # all files or none
        found.of_emotion(emotion).assign(**said).to_csv(values, index=False, lineterminator="\n")
        found.summary().assign(**said).to_csv(means, index=False, lineterminator="\n")
        plot_explanations(found, chart, title, notice)
    print(explanations_text(found, METHODS[found.method]))
    say("", f"values  -> {out}", f"means   -> {summary}", f"picture -> {chart}")


def _one_clip(found: "Explanation", emotion: str | None, notice: str | None, out: Path, chart: Path) -> None:
    from ..atomic_write import whole_file
    from ..learn.inspection.shapley import METHODS
    from ..plots.explain import plot_waterfall
    from ..report.text.explain import CAUTION, explanation_text, pushes_text

    predicted, truth = found.clips[["predicted", "emotion"]].iloc[0]
    shown = emotion or predicted
    said = {"notice": notice} if notice else {}
    with whole_file(out) as values:
        found.of_clip(0, shown).assign(emotion=shown, **said).to_csv(values, index=False, lineterminator="\n")
        plot_waterfall(found, 0, shown, chart, notice)
    print(explanation_text(found, 0, shown))
    if emotion is None and truth != predicted:
        say("", "and what it is:")
        print(pushes_text(found, 0, truth))
    say("", f"{METHODS[found.method]}.", CAUTION)
    say("", f"values  -> {out}", f"picture -> {chart}")


def _row_of(X: "pd.DataFrame", clip: str, start: float | None) -> int:
    """Position of the one clip meant: its file as the table has it, or the end of its path."""
    import numpy as np

    names = sorted({Path(file).name for file in X.index.get_level_values("file").astype(str)})
    files = X.index.get_level_values("file").to_numpy(dtype=str)
    at = np.flatnonzero(files == clip)
    if not at.size:
        name = Path(clip).name
        at = np.flatnonzero([Path(file).name == name for file in files])
    if start is not None:
        at = at[np.isclose(X.index.get_level_values("start").to_numpy(dtype=float)[at], start, atol=1e-3)]
    if not at.size:
        there = f" starts there at {start:g} s" if start is not None else did_you_mean(Path(clip).name, names)
        raise ProtocolError(f"{clip}: no usable clip of the table{there}")
    if at.size > 1 and len(set(files[at])) == 1:
        starts = ", ".join(f"{s:g}" for s in X.index.get_level_values("start")[at][:5])
        raise ProtocolError(f"{clip}: {at.size} clips of the table; say which by --start ({starts} ...)")
    if at.size > 1:
        raise ProtocolError(f"{clip}: {at.size} files of the table end so; name one in full, such as {files[at[0]]}")
    return int(at[0])
