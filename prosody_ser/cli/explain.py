"""``prosody-ser explain``."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Balance, Family, Features, Folds, Jobs, Model, Seed, SpeakerNorm, SplitFile, Table


def command(
    table: Table = None,
    clip: Annotated[
        str | None, typer.Option(metavar="FILE", help="The clip to explain, as the table names it.")
    ] = None,
    start: Annotated[float | None, typer.Option(help="In s: which stretch of FILE, if the table has several.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Explain every held-out clip.")] = False,
    emotion: Annotated[
        str | None, typer.Option(help="Explain the score of this emotion; if not given, of that predicted.")
    ] = None,
    features: Features = None,
    family: Family = None,
    model: Model = "rf",
    folds: Folds = "auto",
    split_file: SplitFile = None,
    balance: Balance = "none",
    speaker_norm: SpeakerNorm = "none",
    background: Annotated[
        int, typer.Option(min=1, help="Training clips that stand for 'unknown' (svm, mlp, knn, ensemble).")
    ] = 50,
    seed: Seed = 0,
    jobs: Jobs = 1,
    out: Annotated[Path, typer.Option(help="The Shapley values as CSV.")] = Path("explain.csv"),
    plot: Annotated[Path | None, typer.Option(help="The picture; OUT with .png if not given.")] = None,
):
    """Say which features pushed a prediction, by the fold that had not heard the speaker (SHAP).

    With --clip a waterfall from the base to the score, with --all a summary of every held-out clip, its values in OUT
    and means in OUT-summary.csv. Exact and quick for rf, hgb, linear-svm, logreg and lda; slow for the others. Needs
    the extra [explain]. Without TABLE it takes the one that 'extract' wrote last in this folder, and says which.
    """
    from ..atomic_write import check_outputs, whole_file
    from ..errors import ProtocolError
    from ..learn.inspection.shapley import METHODS, check_shap, explain
    from ..learn.pipeline import make_pipeline
    from ..learn.preprocessing.speaker_norm import SPEAKER_NORMS
    from ..plots.explain import plot_explanations, plot_waterfall
    from ..plots.style import check_picture_suffix
    from ..report.text.explain import CAUTION, explanation_text, explanations_text
    from .input_table import files_read, folds_or_file, last_table, open_table
    from .progress import progress_bar

    check_shap()
    if every == (clip is not None):
        raise ProtocolError("explain one clip (--clip FILE) or all of them (--all)")
    table = table or last_table()
    chart = plot or out.parent / f"{out.stem}.png"
    summary = out.parent / f"{out.stem}-summary{out.suffix}"
    outputs = [out, chart, *([summary] if every else [])]
    check_outputs(*outputs, inputs=[*files_read(table), *([split_file] if split_file else [])])
    check_picture_suffix(chart, "chart")
    pipeline = make_pipeline(model, balance=balance, speaker_norm=speaker_norm, seed=seed)
    opened, name = open_table(table, features, family)
    labels = sorted(set(opened.y))
    if emotion is not None and emotion not in labels:
        raise ProtocolError(f"no usable clip is {emotion}; there are: {', '.join(labels)}")
    rows = None if every else [_row_of(opened.X, clip, start)]
    wanted = folds_or_file(folds, split_file, opened)
    with progress_bar("folds") as progress:
        found = explain(
            opened, pipeline, rows, folds=wanted, n_background=background, seed=seed, n_jobs=jobs, progress=progress
        )
    said = {"notice": opened.notice} if opened.notice else {}
    print(f"table     {name}")
    if opened.notice:
        print(f"NOTE: {opened.notice}\n")
    if every:
        corpora = ", ".join(sorted(set(opened.frame["corpus"]) - {""})) or name
        title = f"{corpora}: what pushed the predictions, {model}, {SPEAKER_NORMS[speaker_norm]}"
        with whole_file(out) as values, whole_file(summary) as means:  # all files or none
            found.of_emotion(emotion).assign(**said).to_csv(values, index=False, lineterminator="\n")
            found.summary().assign(**said).to_csv(means, index=False, lineterminator="\n")
            plot_explanations(found, chart, title, opened.notice)
        print(explanations_text(found, METHODS[found.method]))
        print(f"\nvalues  -> {out}\nmeans   -> {summary}\npicture -> {chart}")
        return
    predicted = found.clips["predicted"].iloc[0]
    shown = emotion or predicted
    with whole_file(out) as values:
        found.of_clip(0, shown).assign(emotion=shown, **said).to_csv(values, index=False, lineterminator="\n")
        plot_waterfall(found, 0, shown, chart, opened.notice)
    print(explanation_text(found, 0, shown))
    truth = found.clips["emotion"].iloc[0]
    if emotion is None and truth != predicted:
        print(f"\nand what it is:\n{explanation_text(found, 0, truth).partition(chr(10))[2]}")
    print(f"\n{METHODS[found.method]}.\n{CAUTION}")
    print(f"\nvalues  -> {out}\npicture -> {chart}")


def _row_of(X, clip, start):
    """Position of the one clip meant: its file as the table has it, or the end of its path."""
    import numpy as np

    from ..errors import ProtocolError

    files = X.index.get_level_values("file").to_numpy(dtype=str)
    original = X.index.get_level_values("variant") == "original"
    at = np.flatnonzero((files == clip) & original)
    if not at.size:
        name = Path(clip).name
        at = np.flatnonzero([Path(file).name == name for file in files] & original)
    if start is not None:
        at = at[np.isclose(X.index.get_level_values("start").to_numpy(dtype=float)[at], start, atol=1e-3)]
    if not at.size:
        raise ProtocolError(
            f"{clip}: no usable clip of the table" + ("" if start is None else f" starts there at {start:g} s")
        )
    if at.size > 1 and len(set(files[at])) == 1:
        starts = ", ".join(f"{s:g}" for s in X.index.get_level_values("start")[at][:5])
        raise ProtocolError(f"{clip}: {at.size} clips of the table; say which by --start ({starts} ...)")
    if at.size > 1:
        raise ProtocolError(f"{clip}: {at.size} files of the table end so; name one in full, such as {files[at[0]]}")
    return int(at[0])
