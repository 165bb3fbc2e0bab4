"""``prosody-ser predict``."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import Channel, Force
from .printing import print_lines, print_notice

if TYPE_CHECKING:
    import pandas as pd

    from ..model.trained_model import TrainedModel

EXAMPLES = (
    "prosody-ser predict my.wav",
    "prosody-ser predict mine.skops recordings/ --out predicted.csv",
    "prosody-ser predict talk.wav --segment vad --timeline t.vtt --plot t.png",
)

_MODEL_SUFFIX, _PAGE_SUFFIX = ".skops", ".html"
_OUT_SUFFIXES = (".csv", ".json", _PAGE_SUFFIX)


def command(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="[MODEL] PATHS...",
            help="Recordings, or folders of recordings; '-' reads a list of them from standard input, one per line. "
            "MODEL is a file (.skops) written by 'train'. [default of MODEL: the model in the package]",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="File for the predictions, .csv, .json or .html. [default: print to the terminal]"
        ),
    ] = None,
    enrol: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Folder of enrolment clips, for a model trained with '--speaker-norm enrol': five or more clips of "
            "mixed emotions, all of the person who speaks in all PATHS. A clip that is also among PATHS is not used "
            "for enrolment.",
        ),
    ] = None,
    segment: Annotated[
        str | None,
        typer.Option(
            help="Cut recordings into segments, one row each: a length in seconds, or 'vad' to cut at pauses. "
            "[default: not cut]"
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            help="Program that computes the contours, fast or reference; see 'extract'. [default: the one of the "
            "model's training recordings]"
        ),
    ] = None,
    channel: Channel = "auto",
    timeline: Annotated[
        Path | None,
        typer.Option(
            help="File for the emotion over time, .csv, .TextGrid (Praat) or .vtt (captions); for one recording, with "
            "--segment. [default: none]"
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            help="Picture of the emotion over time, .png, .svg or .pdf; for one recording, with --segment. [default: "
            "none]"
        ),
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Number of worker processes. [default: one per core]")] = None,
    timeout: Annotated[
        float,
        typer.Option(
            min=0.001, help="Time limit for measuring a recording, in seconds for each minute (or part) of its length."
        ),
    ] = 60.0,
    cache: Annotated[
        bool, typer.Option("--cache", help="Use the cache: read rows measured in earlier runs and store new ones.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with status 2 if any recording failed.")] = False,
    force: Force = False,
) -> None:
    """Predict the emotion in recordings.

    Each recording gives one row: the label, which is the most probable emotion; the confidence, which is its
    probability, calibrated for speech like the training corpus; the probability of every emotion; and the families of
    features that decided, each with its contribution to the score of the label (0: as in an average clip).

    The row also says whether the model abstains, and why: no speech found, too short, unlike the training speech, or
    two emotions are close. The label is then only its best guess. The novelty says how unlike the training speech the
    recording is: the share of the training clips that are more similar to the training speech, from 0 to 1.

    A recording that cannot be measured gets a row with 'status' and 'error', and the command continues with the others.
    If all fail, the exit status is 2. 'prosody-ser model show MODEL' shows what a model was trained on, its scores and
    what it must not be used for.
    """
    from ..atomic_write import check_places, refuse_existing, write_text
    from ..errors import ProsodySerError

    model_path, sources = _split(paths)
    _check_asked(out, timeline, plot, segment)
    check_places(out, timeline, plot, inputs=[model_path, *sources])
    from ..model import load_model
    from ..prediction import default_model_path, predict_files, write_predictions
    from ..prediction.recordings import check_request
    from ..prediction.sources import recordings_of
    from ..report.text.model.predictions import predictions_text, summary_text
    from .inputs import FOLDER, MODEL, RECORDING, check_input, check_inputs
    from .progress import GOES_ON, compile_once, progress_bar

    if model_path is not None:
        check_input(model_path, MODEL)
    _refuse_output_without_option(paths, out)
    check_inputs((path for path in paths if path != model_path and str(path) != "-"), RECORDING, FOLDER, MODEL)
    if enrol is not None:
        check_input(enrol, RECORDING, FOLDER)
    named = recordings_of(sources)
    if (timeline or plot) and len(named) > 1:
        raise ProsodySerError(f"--timeline and --plot need exactly one recording, but {len(named)} are named")
    model = load_model(model_path or default_model_path())
    check_request(model, named, segment=segment, enrol=enrol, engine=engine, channel=channel)
    refuse_existing(out, timeline, plot, force=force)
    title = _name(model.card, model_path)
    notes: list[str] = []
    how: dict[str, Any] = {"segment": segment, "engine": engine, "channel": channel}
    how |= {"jobs": jobs, "timeout_s": timeout, "cache": cache, "on_note": notes.append}
    compile_once()
    kept = GOES_ON if cache else "nothing is kept, as --cache was not given"
    with progress_bar("predicting", kept) as progress:
        predictions = predict_files(model, sources, enrol=[enrol] if enrol else None, progress=progress, **how)
    for note in notes:
        print_notice(f"prosody-ser: {note}")
    if out is not None and out.suffix.lower() == _PAGE_SUFFIX:
        from ..report.html.predictions import predictions_html

        write_text(out, predictions_html(predictions, model.card, notes))
    elif out is not None:
        write_predictions(predictions, out, model.card, tuple(notes))
    if (predictions["status"] == "unreadable").all():
        timeline = plot = None  # there is nothing to draw, and existing files stay
    _over_time(predictions, model, named[0].path, title, timeline, plot)
    print_lines(f"model     {title}")
    if notice := model.card["training"]["notice"]:
        print_lines(f"NOTE: {notice}")
    if out is None:
        print(predictions_text(predictions))
    print(summary_text(predictions, model.card))
    for what, path in (("rows", out), ("timeline", timeline), ("picture", plot)):
        if path is not None:
            print_lines(f"{what:9} -> {path}")
    _fail_if_failed(predictions, strict)


def _over_time(
    predictions: "pd.DataFrame",
    model: "TrainedModel",
    recording: str,
    title: str,
    timeline: Path | None,
    plot: Path | None,
) -> None:
    """Write the emotion over time as a file and as a picture, where a path is given."""
    from ..prediction import write_timeline

    notice = model.card["training"]["notice"]
    if timeline is not None:
        write_timeline(predictions, recording, timeline, notice)
    if plot is not None:
        from ..plots.timeline import plot_timeline

        plot_title = f"{Path(predictions['file'].iloc[0]).name}: predictions of {title}"
        plot_timeline(predictions, model.labels, model.threshold, plot, plot_title, notice)


def _fail_if_failed(predictions: "pd.DataFrame", strict: bool) -> None:
    """Exit with status 2 if no recording could be measured, or if one could not and `strict` is set."""
    from ..errors import ProsodySerError

    failed = predictions["status"] != "ok"
    if failed.all() and len(predictions) == 1:
        raise ProsodySerError(f"{predictions['file'].iloc[0]}: {predictions['error'].iloc[0]}")
    if failed.all():
        raise ProsodySerError(f"none of the {len(predictions)} recordings could be measured")
    if strict and failed.any():
        raise typer.Exit(2)


def _split(paths: list[Path]) -> tuple[Path | None, list[Path]]:
    """Split the paths into the model, if one is named, and the recordings; ``-`` stands for those listed on stdin."""
    from ..errors import ProsodySerError
    from ..prediction.sources import listed

    models = [path for path in paths if path.suffix.lower() == _MODEL_SUFFIX]
    if len(models) > 1:
        raise ProsodySerError(f"two models are named, {models[0]} and {models[1]}: name only one")
    sources: list[Path] = []
    for path in paths:
        if path.suffix.lower() == _MODEL_SUFFIX:
            continue
        sources += map(Path, listed(_stdin())) if str(path) == "-" else [path]
    if not sources:
        raise ProsodySerError("no recording is named; usage: prosody-ser predict [MODEL] PATHS...")
    return (models[0] if models else None), sources


def _refuse_output_without_option(paths: list[Path], out: Path | None) -> None:
    """Refuse a missing file that is named last as if it were the output."""
    from ..errors import ProsodySerError

    last = paths[-1]
    if out is None and len(paths) > 1 and last.suffix.lower() in _OUT_SUFFIXES and not last.exists():
        raise ProsodySerError(f"{last}: no such file; to write the predictions to it, use '-o {last}'")


def _stdin() -> Iterable[str]:
    if sys.stdin is None:  # closed
        return ()
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="surrogateescape")  # names need not be UTF-8
    return sys.stdin


def _check_asked(out: Path | None, timeline: Path | None, plot: Path | None, segment: str | None) -> None:
    """Refuse outputs with unknown suffixes, and emotion over time where recordings are not cut."""
    from ..errors import ProsodySerError
    from ..plots.style import check_picture_suffix
    from ..prediction.timeline import check_timeline_suffix
    from ..prediction.writing import check_predictions_suffix

    if (timeline or plot) and segment is None:
        raise ProsodySerError("--timeline and --plot need segments: add --segment SECONDS or --segment vad")
    if out is not None:
        check_predictions_suffix(out, _PAGE_SUFFIX)
    if timeline is not None:
        check_timeline_suffix(timeline)
    if plot is not None:
        check_picture_suffix(plot)


def _name(card: Mapping[str, Any], path: Path | None) -> str:
    from ..corpus_names import corpora_in_words, has_name

    names = [corpus["name"] for corpus in card["training"]["corpora"]]
    corpora = corpora_in_words(names) if all(map(has_name, names)) else "its training recordings"
    where = path.name if path else "the default model"
    score = f"UAR {card['score']['uar']:.2f} on held-out speakers of {corpora}"
    return f"{where} ({card['model']['name']}, {card['model']['track']}; {score})"
