"""``prosody-ser compare``."""

import itertools
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import ProsodySerError, chosen
from .options import Columns, Device, Folds, Force, Jobs, Scheduler, Seed, SplitFile
from .printing import say

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
        typer.Argument(metavar="[RESULTS | TABLES]", help="Results of 'cv' (.json); or tables of the same clips."),
    ] = None,
    columns: Columns = None,
    models: Annotated[
        str | None, typer.Option(help="Models to compare, comma-separated: svm,rf,mlp (only with TABLES).")
    ] = None,
    sets: Annotated[
        str | None, typer.Option(help="Feature sets to compare, comma-separated (only with TABLES).")
    ] = None,
    speaker_norm: Annotated[
        str | None, typer.Option(help="Tracks to compare: none, speaker or none,speaker (only with TABLES).")
    ] = None,
    balance: Annotated[
        str | None, typer.Option(help="Ways of balancing, comma-separated; see 'cv' (only with TABLES).")
    ] = None,
    select: Annotated[
        str | None, typer.Option(help="Ways of selecting, comma-separated; see 'cv' (only with TABLES).")
    ] = None,
    folds: Folds = "auto",
    split_file: SplitFile = None,
    test: Annotated[
        str,
        typer.Option(
            help="wilcoxon: signed ranks over speakers; t: corrected resampled t over folds; auto: t if repeated."
        ),
    ] = "auto",
    device: Device = None,
    seed: Seed = 0,
    jobs: Jobs = 1,
    scheduler: Scheduler = None,
    out: Annotated[Path, typer.Option(help="The comparison as JSON.")] = Path("comparison.json"),
    plot: Annotated[Path | None, typer.Option(help="A picture of the comparison: .png, .svg or .pdf.")] = None,
    keep: Annotated[Path | None, typer.Option(help="A folder for the result of every run (only with TABLES).")] = None,
    form: Annotated[str, typer.Option("--format", help="text, markdown or latex.")] = "text",
    force: Force = False,
) -> None:
    """Compare results on the same folds: UAR with intervals, paired tests over speakers, effect sizes.

    Takes results of 'cv' (A.json B.json ...), or evaluates --models on tables of the same clips (TABLE, or one for each
    feature set) and compares what comes out. Results of other clips, labels or folds are refused; blind and
    speaker-normalised are shown side by side but never ranked against each other. Without RESULTS or TABLES it takes
    the table that 'extract' wrote last in this folder, else the built-in table of EMO-DB, and says which.
    """
    from ..atomic_write import check_outputs
    from ..learn.comparison.compare import TESTS, compare
    from ..plots.style import check_picture_suffix
    from ..report import comparison_text
    from ..report.grid import FORMATS
    from ..results import Result
    from .input_table import each_once, files_read, short_names, table_or_default, words
    from .inputs import RESULT, TABLE, check_inputs

    chosen("format", form, FORMATS)
    chosen("test", test, TESTS)
    paths = inputs or []
    check_inputs(paths, RESULT, TABLE)
    each_once(paths)
    are_results = _are_results(paths)
    paths = paths or [path for path in [table_or_default(None)] if path]
    precious = [file for path in paths for file in files_read(path)] + ([split_file] if split_file else [])
    written = [path for path in (out, plot) if path is not None]
    check_outputs(*written, inputs=precious, force=force)
    if plot is not None:
        check_picture_suffix(plot)
    lists = {
        "--models": models,
        "--sets": sets,
        "--speaker-norm": speaker_norm,
        "--balance": balance,
        "--select": select,
    }
    if are_results:
        given = lists | {
            "--columns": columns,
            "--split-file": split_file,
            "--keep": keep,
            "--scheduler": scheduler,
            "--folds": None if folds == "auto" else folds,
        }
        if useless := [option for option, value in given.items() if value is not None]:
            raise ProsodySerError(f"{useless[0]} is for tables: results are what they are")
        found = dict(zip(short_names(paths), map(Result.read, paths), strict=True))
    else:
        wanted = {option: words(text, option) for option, text in lists.items()}
        tables = _tables(paths, wanted["--sets"], columns)
        kept_safe = [*precious, *written]
        found = _evaluated(tables, wanted, folds, split_file, device, seed, jobs, scheduler, keep, kept_safe, force)
    comparison = compare(list(found.values()), list(found), test=test)
    _write(comparison, out, plot)
    print(comparison_text(comparison.data, form))
    if form == "text":
        say("", f"comparison -> {out}", *([] if plot is None else [f"picture    -> {plot}"]))


def _write(comparison: "Comparison", out: Path, plot: Path | None) -> None:
    """The comparison and, if it is wanted, its picture: both files or neither."""
    from ..atomic_write import whole_file
    from ..plots.comparison import plot_comparison

    with whole_file(out) as temporary:
        comparison.write(temporary)
        if plot is not None:
            plot_comparison(comparison.data, plot)


def _are_results(paths: list[Path]) -> bool:
    """Whether results are named, not tables; both is an error."""
    results = [path for path in paths if path.suffix.lower() == ".json"]
    if results and len(results) < len(paths):
        other = next(path for path in paths if path not in results)
        raise ProsodySerError(f"{other}: no result (.json) as {results[0]} is: name results, or tables, not both")
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
    precious: list[Path],
    force: bool,
) -> "dict[str, Result]":
    """Every combination of what is listed, evaluated on the same folds: results by name."""
    from ..learn.comparison.runs import evaluate_all
    from ..learn.pipeline import make_pipeline
    from ..parallel.dask_jobs import dask_cluster
    from .input_table import folds_or_file, say_what_takes_long
    from .progress import progress_bar

    kinds = [wanted["--models"] or ["svm"]]
    kinds += [wanted[option] or ["none"] for option in ("--balance", "--speaker-norm", "--select")]
    if len(tables) * math.prod(map(len, kinds)) < 2:
        raise ProsodySerError(
            "one model on one table: name several with --models, --sets, --speaker-norm, --balance, --select"
        )
    pipelines = {}
    for model, way, track, kept in itertools.product(*kinds):
        steps: dict[str, Any] = {"balance": way, "speaker_norm": track, "select": kept, "seed": seed}
        of_model = steps | ({"device": device} if _is_network(model) else {})
        pipelines[model, way, track, kept] = make_pipeline(model, **of_model)
    names = _names(tables, pipelines, kinds)
    files = _files_kept(keep, names, precious, force)
    first = next(iter(tables.values()))
    planned = folds_or_file(folds, split_file, first)
    say_what_takes_long(kinds[0], int(first.usable.sum()))

    def keep_one(run: tuple[str, Any], result: "Result") -> None:
        if run in files:
            result.write(files[run])

    kept = f"the results that are finished are in {keep}" if keep else "nothing is kept without --keep FOLDER"
    with dask_cluster(scheduler), progress_bar("folds", kept) as progress:
        runs = evaluate_all(tables, pipelines, folds=planned, seed=seed, n_jobs=jobs, progress=progress, done=keep_one)
    return {names[run]: result for run, result in runs.items()}


def _is_network(model: str) -> bool:
    from ..learn.classifiers.registry import MODELS

    return model in MODELS and MODELS[model].network


def _names(
    tables: "dict[str, FeatureTable]", pipelines: Mapping[Any, Any], kinds: list[list[str]]
) -> dict[tuple[str, Any], str]:
    """What each run is called: all in which the runs differ."""
    from ..learn.comparison.runs import runs_of

    varied = [i for i, values in enumerate([tables, *kinds]) if len(values) > 1]
    labels = _labels(tables)
    runs = runs_of(tables, pipelines)
    return {(table, parts): " ".join((labels[table], *parts)[i] for i in varied) for table, parts in runs}


def _files_kept(folder: Path | None, names: Mapping[Any, str], precious: list[Path], force: bool) -> dict[Any, Path]:
    """The file of each run's result in a folder, which is made if it is not there; none without a folder."""
    from ..atomic_write import check_outputs

    if folder is None:
        return {}
    if not os.path.isdir(folder):
        check_outputs(folder, force=True)  # says what is wrong with the place
        if folder.exists():
            raise ProsodySerError(f"{folder}: is a file; name a folder")
        folder.mkdir()
    files = {run: folder / f"{name.replace(' ', '-').replace(':', '-')}.json" for run, name in names.items()}
    check_outputs(*files.values(), inputs=precious, force=force)
    return files


def _tables(paths: list[Path], sets: list[str] | None, columns: str | None) -> "dict[str, FeatureTable]":
    """The tables by path, in the order of `sets` if that is given; the built-in one if there is none."""
    from .input_table import open_table

    # Of the built-in one the set that commands take, or with --sets all that it has.
    wanted = "*" if sets and not paths else None
    opened = {name: table for table, name in (open_table(path, wanted, columns=columns) for path in (paths or (None,)))}
    if not sets:
        return opened
    found = {}
    for name in sets:
        holding = {f"{path} ({name})": part for path, table in opened.items() if (part := _of_set(table, name))}
        if not holding:
            held = ", ".join(f"{path} holds {_held(table, name)}" for path, table in opened.items())
            raise ProsodySerError(f"no table of {name}: {held}; measure it with 'extract --set {name}' and name both")
        found.update(holding)
    return found


def _held(table: "FeatureTable", wanted: str) -> str:
    own = table.about.get("feature_set") or "features of its own"
    return f"part of {own}" if own == wanted else own


def _of_set(table: "FeatureTable", name: str) -> "FeatureTable | None":
    """What a table holds of a feature set, if it holds all of it."""
    from ..catalogue import FEATURE_SETS, feature_set
    from ..tables.columns import with_features

    if name not in FEATURE_SETS:
        return table if table.about.get("feature_set") == name else None
    whole = {feature.name for feature in feature_set(name)} <= set(table.feature_names)
    return with_features(table, [name]) if whole else None


def _labels(tables: "dict[str, FeatureTable]") -> dict[str, str]:
    """What each table is called in the comparison: its feature set where those differ, else its file."""
    from .input_table import short_names

    own = [str(table.about.get("feature_set") or "") for table in tables.values()]
    if all(own) and len(set(own)) == len(own):
        return dict(zip(tables, own, strict=True))
    return dict(zip(tables, short_names([Path(path) for path in tables]), strict=True))
