"""``prosody-ser compare``."""

import itertools
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ProsodySerError, chosen
from .options import Columns, Device, Family, Features, Folds, Force, Jobs, Scheduler, Seed, SplitFile
from .printing import print_lines

if TYPE_CHECKING:
    from ..results import Comparison, Result
    from ..tables.feature_table import FeatureTable


EXAMPLES = (
    "prosody-ser compare svm.json rf.json",
    "prosody-ser compare out.csv --models svm,lda --speaker-norm none,speaker",
    "prosody-ser compare a.csv b.parquet --sets prosody_v1,full_v1 --keep runs/",
)


def command(
    inputs: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[RESULTS | TABLES]",
            help="Results of 'cv' or 'tune' (.json), or feature tables of the same clips (.csv or .parquet); "
            "the word built-in for the table of EMO-DB that comes with the package.",
        ),
    ] = None,
    features: Features = None,
    family: Family = None,
    columns: Columns = None,
    models: Annotated[
        str | None,
        typer.Option(help="Models to compare, comma-separated: svm,rf,mlp (only with TABLES). [default: svm]"),
    ] = None,
    sets: Annotated[
        str | None, typer.Option(help="Feature sets to compare, comma-separated (only with TABLES).")
    ] = None,
    speaker_norm: Annotated[
        str | None,
        typer.Option(
            help="Speaker normalisations to compare, comma-separated: none, speaker or enrol; 'both' means "
            "none,speaker (only with TABLES). enrol cannot be compared with the others here; use 'cv' for that."
        ),
    ] = None,
    balance: Annotated[
        str | None, typer.Option(help="Values of --balance to compare, comma-separated; see 'cv' (only with TABLES).")
    ] = None,
    select: Annotated[
        str | None, typer.Option(help="Values of --select to compare, comma-separated; see 'cv' (only with TABLES).")
    ] = None,
    folds: Folds = "auto",
    split_file: SplitFile = None,
    test: Annotated[
        str,
        typer.Option(
            help="Test of the differences. wilcoxon: signed-rank test over speakers. t: corrected resampled t-test "
            "over folds. auto: t if the folds are repeated, else wilcoxon."
        ),
    ] = "auto",
    device: Device = None,
    seed: Seed = 0,
    jobs: Jobs = 1,
    scheduler: Scheduler = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="JSON file for the comparison.")] = Path("comparison.json"),
    plot: Annotated[
        Path | None, typer.Option(help="Picture of the comparison to write, .png, .svg or .pdf. [default: none]")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Folder in which to keep the result of every run (only with TABLES).")
    ] = None,
    form: Annotated[
        str, typer.Option("--format", help="Format of the printed comparison: text, markdown or latex.")
    ] = "text",
    force: Force = False,
) -> None:
    """Compare results that share the same folds.

    The comparison gives UAR with confidence intervals, paired tests over speakers, and effect sizes. The command takes
    results of 'cv' or 'tune' (A.json B.json ...); or it takes tables of the same clips (one TABLE, or one for each
    feature set), evaluates --models on them and compares the results. Results on different clips, labels or folds are
    refused. Results with and without speaker normalisation are shown side by side but not ranked against each other.

    Without RESULTS or TABLES, the command uses the table that 'extract' wrote last in this folder, or else
    the built-in EMO-DB table, and prints which one.
    """
    from ..atomic_write import check_places, check_suffix, refuse_existing
    from ..learn.comparison.compare import TESTS, compare
    from ..learn.evaluation.tracks import named_norms
    from ..plots.style import check_picture_suffix
    from ..report import comparison_text
    from ..report.grid import FORMATS
    from ..results import Result
    from .input_table import each_once, files_read, is_built_in, short_names, table_or_default, words
    from .inputs import RESULT, TABLE, check_inputs

    chosen("format", form, FORMATS)
    chosen("test", test, TESTS)
    paths = inputs or []
    built_in = len(paths) == 1 and is_built_in(paths[0])
    if built_in:
        paths = []
    check_inputs(paths, RESULT, TABLE)
    each_once(paths)
    are_results = _are_results(paths)
    if not paths and not built_in:
        paths = [path for path in [table_or_default(None)] if path]
    inputs_read = [file for path in paths for file in files_read(path)] + ([split_file] if split_file else [])
    written = [path for path in (out, plot) if path is not None]
    check_suffix(out, "a comparison", ".json")
    if plot is not None:
        check_picture_suffix(plot)
    check_places(*written, inputs=inputs_read)
    lists = {
        "--models": models,
        "--sets": sets,
        "--speaker-norm": speaker_norm,
        "--balance": balance,
        "--select": select,
    }
    if are_results:
        given = lists | {
            "--features": features,
            "--family": family,
            "--columns": columns,
            "--split-file": split_file,
            "--keep": keep,
            "--scheduler": scheduler,
            "--folds": None if folds == "auto" else folds,
        }
        if unusable := [option for option, value in given.items() if value is not None]:
            raise ProsodySerError(f"{unusable[0]} can be used with tables only; results are already evaluated")
        results = dict(zip(short_names(paths), map(Result.read_whole, paths), strict=True))
    else:
        wanted = {option: words(text, option) for option, text in lists.items()}
        if norms := wanted["--speaker-norm"]:
            wanted["--speaker-norm"] = named_norms(",".join(norms))
        chosen_features = words(features, "--features"), words(family, "--family")
        tables = _tables(paths, wanted["--sets"], columns, *chosen_features)
        results = _evaluated(
            tables, wanted, folds, split_file, device, seed, jobs, scheduler, keep, inputs_read, written, force
        )
    comparison = compare(list(results.values()), list(results), test=test)
    if are_results:  # with tables, the files were checked before the long work
        refuse_existing(*written, force=force)
    _write(comparison, out, plot)
    print(comparison_text(comparison.data, form))
    if form == "text":
        print_lines("", f"comparison -> {out}", *([] if plot is None else [f"picture    -> {plot}"]))


def _write(comparison: "Comparison", out: Path, plot: Path | None) -> None:
    """Write the comparison and, if `plot` is given, its picture: both files or neither."""
    from ..atomic_write import whole_file
    from ..plots.comparison import plot_comparison

    with whole_file(out) as temporary:
        comparison.write(temporary)
        if plot is not None:
            plot_comparison(comparison.data, plot)


def _are_results(paths: list[Path]) -> bool:
    """Whether the paths are results; False if they are tables. A mixture raises an error."""
    results = [path for path in paths if path.suffix.lower() == ".json"]
    if results and len(results) < len(paths):
        other = next(path for path in paths if path not in results)
        raise ProsodySerError(
            f"{results[0]} is a result, but {other} is a table: 'compare' takes either results (.json) or tables "
            "(.csv, .parquet), not both"
        )
    return bool(results)


def _evaluated(
    tables: "dict[str, FeatureTable]",
    wanted: Mapping[str, list[str] | None],
    folds: str,
    split_file: Path | None,
    device: str | None,
    seed: int,
    jobs: int,
    scheduler: str | None,
    keep: Path | None,
    read: list[Path],
    written: list[Path],
    force: bool,
) -> "dict[str, Result]":
    """Evaluate every combination of the listed options on the same folds; give the results by name."""
    from ..atomic_write import refuse_existing
    from ..learn.comparison.runs import evaluate_all
    from ..learn.pipeline import make_pipeline
    from ..parallel.dask_jobs import dask_cluster
    from .input_table import folds_or_file, warn_about_long_fits
    from .progress import progress_bar

    kinds = [wanted["--models"] or ["svm"]]
    kinds += [wanted[option] or ["none"] for option in ("--balance", "--speaker-norm", "--select")]
    if len(tables) * math.prod(map(len, kinds)) < 2:
        raise ProsodySerError(
            "there is only one model on one table, so nothing to compare: give several values to --models, --sets, "
            "--speaker-norm, --balance or --select"
        )
    pipelines = {}
    for model, balance, norm, select in itertools.product(*kinds):
        steps: dict[str, Any] = {"balance": balance, "speaker_norm": norm, "select": select, "seed": seed}
        if _is_network(model):
            steps["device"] = device
        pipelines[model, balance, norm, select] = make_pipeline(model, **steps)
    names = _names(tables, pipelines, kinds)
    first = next(iter(tables.values()))
    planned = folds_or_file(folds, split_file, first)
    refuse_existing(*written, force=force)
    files = _files_kept(keep, names, read, written, force)
    warn_about_long_fits(kinds[0], int(first.usable.sum()))

    def keep_one(run: tuple[str, Any], result: "Result") -> None:
        if run in files:
            result.write(files[run])

    kept = f"finished results are in {keep}" if keep else "nothing is kept, as --keep FOLDER was not given"
    with dask_cluster(scheduler), progress_bar("folds", kept) as progress:
        runs = evaluate_all(tables, pipelines, folds=planned, seed=seed, n_jobs=jobs, progress=progress, done=keep_one)
    return {names[run]: result for run, result in runs.items()}


def _is_network(model: str) -> bool:
    from ..learn.classifiers.registry import MODELS

    return model in MODELS and MODELS[model].network


def _names(
    tables: "dict[str, FeatureTable]", pipelines: Mapping[Any, Any], kinds: list[list[str]]
) -> dict[tuple[str, Any], str]:
    """Name each run by the options in which the runs differ."""
    from ..learn.comparison.runs import runs_of

    varied = [i for i, values in enumerate([tables, *kinds]) if len(values) > 1]
    labels = _labels(tables)
    runs = runs_of(tables, pipelines)
    return {(table, parts): " ".join((labels[table], *parts)[i] for i in varied) for table, parts in runs}


def _files_kept(
    folder: Path | None, names: Mapping[Any, str], read: list[Path], written: list[Path], force: bool
) -> dict[Any, Path]:
    """Give the file for each run's result in `folder`, which is created if missing; empty without a folder."""
    from ..atomic_write import check_outputs, check_places, refuse_existing

    if folder is None:
        return {}
    if not os.path.isdir(folder):
        check_outputs(folder, force=True)  # raises if the parent folder is missing or cannot be written
        if folder.exists():
            raise ProsodySerError(f"{folder}: --keep needs a folder, but this is a file")
        folder.mkdir()
    files = {run: folder / f"{name.replace(' ', '-').replace(':', '-')}.json" for run, name in names.items()}
    check_places(*written, *files.values(), inputs=read)
    refuse_existing(*files.values(), force=force)
    return files


def _tables(
    paths: list[Path],
    sets: list[str] | None,
    columns: str | None,
    features: list[str] | None,
    families: list[str] | None,
) -> "dict[str, FeatureTable]":
    """Open the tables, by path, in the order of `sets` if that is given; the built-in one without paths."""
    from ..learn.comparison.corpora import naming
    from ..tables.columns import with_features

    tables = _of_sets(paths, sets, columns, everything=bool(sets or features))
    chosen_parts = {}
    for name, table in tables.items():
        with naming(name):
            chosen_parts[name] = with_features(table, features, families)
    return chosen_parts


def _of_sets(
    paths: list[Path], sets: list[str] | None, columns: str | None, *, everything: bool
) -> "dict[str, FeatureTable]":
    """Open the tables, or the parts of them that are the sets; `everything`: not only the default features."""
    from .input_table import open_table

    wanted = "*" if everything and not paths else None
    opened = {name: table for table, name in (open_table(path, wanted, columns=columns) for path in (paths or (None,)))}
    if not sets:
        return opened
    tables = {}
    for name in sets:
        holding = {f"{path} ({name})": part for path, table in opened.items() if (part := _of_set(table, name))}
        if not holding:
            held = ", ".join(f"{path} holds {_held(table, name)}" for path, table in opened.items())
            raise ProsodySerError(
                f"no table holds the feature set {name}: {held}; write one with 'extract --set {name}' and name both"
            )
        tables.update(holding)
    return tables


def _held(table: "FeatureTable", wanted: str) -> str:
    held = table.about.get("feature_set") or "features of no known set"
    return f"part of {held}" if held == wanted else held


def _of_set(table: "FeatureTable", name: str) -> "FeatureTable | None":
    """Give the part of a table that is a feature set; None unless the table holds the whole set."""
    from ..catalogue import FEATURE_SETS, feature_set
    from ..tables.columns import with_features

    if name not in FEATURE_SETS:
        return table if table.about.get("feature_set") == name else None
    whole = {feature.name for feature in feature_set(name)} <= set(table.feature_names)
    return with_features(table, [name]) if whole else None


def _labels(tables: "dict[str, FeatureTable]") -> dict[str, str]:
    """Label each table in the comparison: by its feature set if these differ, else by its file."""
    from .input_table import short_names

    set_names = [str(table.about.get("feature_set") or "") for table in tables.values()]
    if all(set_names) and len(set(set_names)) == len(set_names):
        return dict(zip(tables, set_names, strict=True))
    return dict(zip(tables, short_names([Path(path) for path in tables]), strict=True))
