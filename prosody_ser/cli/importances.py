"""``prosody-ser importances``."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Balance, FeatureSet, Folds, Jobs, Model, Seed, SpeakerNorm, SplitFile, Table


def command(
    table: Table = None,
    features: FeatureSet = None,
    model: Model = "rf",
    folds: Folds = "auto",
    split_file: SplitFile = None,
    balance: Balance = "none",
    speaker_norm: SpeakerNorm = "none",
    by: Annotated[
        str,
        typer.Option(
            metavar="feature|cluster|family|all",
            help="What is shuffled: one feature, a cluster of correlated ones jointly, a family jointly, or all three.",
        ),
    ] = "feature",
    repeats: Annotated[int, typer.Option(min=1, help="Shuffles per feature.")] = 10,
    drop_family: Annotated[
        bool, typer.Option("--drop-family", help="Also fit again without each family: the UAR that is lost.")
    ] = False,
    in_sample: Annotated[
        bool, typer.Option("--in-sample", help="Also coefficients or impurity of a fit on all clips; not held out.")
    ] = False,
    seed: Seed = 0,
    jobs: Jobs = 1,
    out: Annotated[Path, typer.Option(help="The ranking as CSV; others go beside it.")] = Path("importances.csv"),
    plot: Annotated[Path | None, typer.Option(help="The bar chart; OUT with .png if not given.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="All that was found as JSON, if wanted.")] = None,
):
    """Rank features by how much UAR unheard speakers lose when one is shuffled.

    Held-out permutation importance over speaker-disjoint folds: a table, a CSV and a bar chart. Correlated features
    share their importance: --by cluster shuffles them jointly, --by family all of a kind. With --by all, clusters and
    families go to OUT-clusters.csv and OUT-families.csv. Without TABLE it takes features.csv in this folder, else the
    built-in synthetic corpus (measured with --set), and says which.
    """
    from ..atomic_write import check_outputs, write_json
    from ..errors import ProtocolError
    from ..learn.inspection.ablation import check_families, drop_family_block
    from ..learn.inspection.ablation import drop_family as dropped
    from ..learn.inspection.importances import BY, importances_block, importances_by
    from ..learn.inspection.in_sample import in_sample as within
    from ..learn.inspection.in_sample import in_sample_block
    from ..learn.pipeline import make_pipeline
    from ..learn.preprocessing.speaker_norm import SPEAKER_NORMS
    from ..learn.splits.evaluation_plan import EvaluationPlan
    from ..plots.importances import plot_drop_family, plot_importances
    from ..plots.style import check_picture_suffix
    from ..report import drop_family_text, importances_text, in_sample_text
    from .input_table import files_read, folds_or_file, open_table, table_or_default
    from .progress import progress_bar

    if by not in (*BY, "all"):
        raise ProtocolError(f"unknown --by {by!r}; choose from {', '.join(BY)}, all")
    words = list(BY) if by == "all" else [by]
    table = table_or_default(table)
    chart = plot or out.parent / f"{out.stem}.png"
    suffixes = ("", "-clusters", "-families") if by == "all" else ("",)
    places = {word: _beside(out, chart, suffix) for word, suffix in zip(words, suffixes, strict=True)}
    if drop_family:
        places["drop-family"] = _beside(out, chart, "-drop-family")
    in_sample_out, _ = _beside(out, chart, "-in-sample")
    outputs = [path for pair in places.values() for path in pair]
    outputs += [in_sample_out] * in_sample + ([json_out] if json_out else [])
    check_outputs(*outputs, inputs=[*files_read(table), *([split_file] if split_file else [])])
    check_picture_suffix(chart, "chart")
    pipeline = make_pipeline(model, balance=balance, speaker_norm=speaker_norm, seed=seed)
    opened, name = open_table(table, features)
    if drop_family:
        check_families(opened)
    plan = EvaluationPlan.of(opened, folds_or_file(folds, split_file, opened), seed=seed)
    weights = within(plan, pipeline) if in_sample else None  # a refusal comes before the long work
    with progress_bar("folds") as progress:
        found = importances_by(plan, pipeline, words, n_repeats=repeats, n_jobs=jobs, progress=progress)
    blocks = {"importances": importances_block(found, repeats, opened.notice)}
    corpora = ", ".join(sorted(set(opened.frame["corpus"]) - {""})) or name
    track = SPEAKER_NORMS[speaker_norm]
    print(f"table     {name}")
    for word, frame in found.items():
        csv, picture = places[word]
        plain = frame.assign(features=frame["features"].map(" ".join)) if word == "cluster" else frame
        title = f"{corpora}: permutation importance, {model}, {track}"
        _write(plain, csv, opened.notice, lambda: plot_importances(frame, picture, title, opened.notice))  # noqa: B023
        print(("" if word == words[0] else "\n") + importances_text(frame, opened.notice))
        print(f"\nranking -> {csv}\nchart   -> {picture}")
    if drop_family:
        with progress_bar("fits without a family") as progress:
            lost = dropped(plan, pipeline, n_jobs=jobs, progress=progress)
        blocks["drop_family"] = drop_family_block(lost)
        csv, picture = places["drop-family"]
        title = f"{corpora}: loss without a family, {model}, {track}"
        _write(lost, csv, opened.notice, lambda: plot_drop_family(lost, picture, title, opened.notice))
        print(f"\n{drop_family_text(lost)}\n\nwithout a family -> {csv}\nchart            -> {picture}")
    if weights is not None:
        blocks["in_sample"] = in_sample_block(weights)
        _write(weights.assign(warning=weights.attrs["warning"]), in_sample_out, opened.notice)
        print(f"\n{in_sample_text(weights)}\n\nin-sample -> {in_sample_out}")
    if json_out is not None:
        write_json(json_out, blocks)
        print(f"all as JSON -> {json_out}")


def _beside(out, chart, what):
    return tuple(path.parent / (path.stem + what + path.suffix) if what else path for path in (out, chart))


def _write(frame, path, notice, draw=None):
    """The frame as CSV, and what `draw` draws: both files or neither."""
    from ..atomic_write import whole_file

    with whole_file(path) as temporary:
        (frame.assign(notice=notice) if notice else frame).to_csv(temporary, index=False, lineterminator="\n")
        if draw is not None:
            draw()
