"""``prosody-ser predict``."""

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .options import Channel, Force
from .printing import say, tell

if TYPE_CHECKING:
    import pandas as pd

    from ..model.trained_model import TrainedModel

EXAMPLES = (
    "prosody-ser predict my.wav",
    "prosody-ser predict mine.skops recordings/ --out predicted.csv",
    "prosody-ser predict talk.wav --segment vad --timeline t.vtt --plot t.png",
)

_MODEL_SUFFIX, _PAGE_SUFFIX = ".skops", ".html"


def command(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="[MODEL] PATHS...",
            help="Recordings and folders of them, - for a list on stdin, one a line. MODEL: from 'train', .skops; "
            "the one that comes with the package if not given.",
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="A .csv, .json or .html in place of lines on the terminal.")
    ] = None,
    enrol: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Clips of the one who speaks in all PATHS, to normalise them by."),
    ] = None,
    segment: Annotated[
        str | None, typer.Option(help="Cut long recordings: SECONDS, or vad (at pauses). Several rows each.")
    ] = None,
    engine: Annotated[
        str | None, typer.Option(help="fast or reference; the engine of the model's own recordings if not given.")
    ] = None,
    channel: Channel = "auto",
    timeline: Annotated[
        Path | None, typer.Option(help="Of one recording, with --segment: .csv, .TextGrid (Praat) or .vtt (captions).")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(help="Of one recording, with --segment: emotion over time, .png, .svg or .pdf.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Worker processes; all cores if not given.")] = None,
    timeout: Annotated[
        float, typer.Option(min=0.001, help="Seconds that a recording may take for each minute begun.")
    ] = 60.0,
    cache: Annotated[
        bool, typer.Option("--cache", help="Take rows measured in earlier runs and keep these (see 'cache').")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 2 if any recording failed.")] = False,
    force: Force = False,
) -> None:
    """Say which emotion is heard in recordings, how sure that is, and why.

    A row each: the label; confidence, its probability, calibrated for speech like the training corpus; abstain, where
    the model does not claim the label (which is then its best guess), and why not: no speech found, too short, unlike
    the training speech, two emotions are close; novelty, the share of the training speech that lies nearer to what the
    model knows; the families of features that decided, with what each added to the evidence (0: as in a middling
    clip); and the probability of every emotion. A recording that cannot be measured gets a row with 'status' and
    'error'; the others go on. Exits with 2 if all failed.
    What a model knows, how good it is and what it must not be used for: 'model show MODEL'.
    """
    from ..atomic_write import check_outputs, write_text
    from ..errors import ProsodySerError

    model_path, sources = _split(paths)
    _check_asked(out, timeline, plot, segment)
    check_outputs(out, timeline, plot, inputs=[model_path, *sources], force=force)
    from ..model import load_model
    from ..prediction import default_model_path, predict_files, write_predictions
    from ..prediction.sources import recordings_of
    from ..report.text.predictions import predictions_text, summary_text
    from .inputs import FOLDER, MODEL, RECORDING, check_input, check_inputs
    from .progress import GOES_ON, compile_once, progress_bar

    if model_path is not None:
        check_input(model_path, MODEL)
    check_inputs((path for path in paths if path != model_path and str(path) != "-"), RECORDING, FOLDER)
    named = recordings_of(sources)
    if (timeline or plot) and len(named) > 1:
        raise ProsodySerError(f"--timeline and --plot are of one recording, {len(named)} are named")
    model = load_model(model_path or default_model_path())
    title = _name(model.card, model_path)
    notes: list[str] = []
    how: dict[str, Any] = {"segment": segment, "engine": engine, "channel": channel}
    how |= {"jobs": jobs, "timeout_s": timeout, "cache": cache, "say": notes.append}
    compile_once()
    kept = GOES_ON if cache else "nothing is kept without --cache"
    with progress_bar("predicting", kept) as progress:
        found = predict_files(model, sources, enrol=[enrol] if enrol else None, progress=progress, **how)
    for note in notes:
        tell(f"prosody-ser: {note}")
    if out is not None and out.suffix.lower() == _PAGE_SUFFIX:
        from ..report.html.predictions import predictions_html

        write_text(out, predictions_html(found, model.card, notes))
    elif out is not None:
        write_predictions(found, out, model.card, tuple(notes))
    if (found["status"] == "unreadable").all():
        timeline = plot = None  # there is nothing to draw, and what is there stays
    _over_time(found, model, named[0].path, title, timeline, plot)
    say(f"model     {title}")
    if notice := model.card["training"]["notice"]:
        say(f"NOTE: {notice}")
    if out is None:
        print(predictions_text(found))
    print(summary_text(found, model.card))
    for what, path in (("rows", out), ("timeline", timeline), ("picture", plot)):
        if path is not None:
            say(f"{what:9} -> {path}")
    _complain(found, strict)


def _over_time(
    found: "pd.DataFrame", model: "TrainedModel", recording: str, title: str, timeline: Path | None, plot: Path | None
) -> None:
    """The emotion over time as a file and as a picture, if they are wanted."""
    from ..prediction import write_timeline

    notice = model.card["training"]["notice"]
    if timeline is not None:
        write_timeline(found, recording, timeline, notice)
    if plot is not None:
        from ..plots.timeline import plot_timeline

        heard = f"{Path(found['file'].iloc[0]).name}: what {title} hears"
        plot_timeline(found, model.labels, model.threshold, plot, heard, notice)


def _complain(found: "pd.DataFrame", strict: bool) -> None:
    """Exit with 2 if nothing could be measured, or not everything and that is not to be."""
    from ..errors import ProsodySerError

    failed = found["status"] != "ok"
    if failed.all() and len(found) == 1:
        raise ProsodySerError(f"{found['file'].iloc[0]}: {found['error'].iloc[0]}")
    if failed.all():
        raise ProsodySerError(f"none of the {len(found)} recordings could be measured")
    if strict and failed.any():
        raise typer.Exit(2)


def _split(paths: list[Path]) -> tuple[Path | None, list[Path]]:
    """The model, if one is named, and the recordings; ``-`` is what stdin lists."""
    from ..errors import ProsodySerError
    from ..prediction.sources import listed

    models = [path for path in paths if path.suffix.lower() == _MODEL_SUFFIX]
    if len(models) > 1:
        raise ProsodySerError(f"two models are named: {models[0]} and {models[1]}; take one")
    sources: list[Path] = []
    for path in paths:
        if path.suffix.lower() == _MODEL_SUFFIX:
            continue
        sources += map(Path, listed(_stdin())) if str(path) == "-" else [path]
    if not sources:
        raise ProsodySerError("no recording is named: prosody-ser predict [MODEL] PATHS...")
    return (models[0] if models else None), sources


def _stdin() -> Iterable[str]:
    if sys.stdin is None:  # closed
        return ()
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="surrogateescape")  # names need not be UTF-8
    return sys.stdin


def _check_asked(out: Path | None, timeline: Path | None, plot: Path | None, segment: str | None) -> None:
    """Refuse outputs of other suffixes, and emotion over time where recordings are not cut."""
    from ..errors import ProsodySerError
    from ..plots.style import check_picture_suffix
    from ..prediction.timeline import check_timeline_suffix
    from ..prediction.writing import check_predictions_suffix

    if (timeline or plot) and segment is None:
        raise ProsodySerError("--timeline and --plot need --segment SECONDS or --segment vad")
    if out is not None:
        check_predictions_suffix(out, _PAGE_SUFFIX)
    if timeline is not None:
        check_timeline_suffix(timeline)
    if plot is not None:
        check_picture_suffix(plot)


def _name(card: Mapping[str, Any], path: Path | None) -> str:
    corpora = ", ".join(corpus["name"] for corpus in card["training"]["corpora"])
    where = path.name if path else "the default model"
    score = f"UAR {card['score']['uar']:.2f} on unheard speakers of {corpora}"
    return f"{where} ({card['model']['name']}, {card['model']['track']}; {score})"
