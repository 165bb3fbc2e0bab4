"""``prosody-ser live``."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..live.hop import Hop
    from ..model.trained_model import TrainedModel

EXAMPLES = ("prosody-ser live", "prosody-ser live mine.skops --from talk.wav --fast --json")


def command(
    model: Annotated[
        Path | None,
        typer.Argument(
            metavar="MODEL", help="Model file (.skops) written by 'train'. [default: the model in the package]"
        ),
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Recording to use in place of the microphone.")
    ] = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="Analyse the recording of --from as fast as possible, not at its own pace.")
    ] = False,
    window: Annotated[
        float, typer.Option(help="Length of the window that each prediction is made from, 1 to 30 s.")
    ] = 3.0,
    hop: Annotated[float, typer.Option(help="Time from one prediction to the next, in s.")] = 0.5,
    smooth: Annotated[
        float,
        typer.Option(
            help="Time constant of the smoothing, in s: the label is that of a weighted mean over the last windows. 0 "
            "turns smoothing off."
        ),
    ] = 1.0,
    device: Annotated[
        str | None,
        typer.Option(help="Microphone to use, by its number or part of its name. [default: the system's choice]"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON for each hop.")] = False,
) -> None:
    """Predict emotions in live sound, or in a file over time.

    The command runs until the file ends or Ctrl-C stops it. At every hop it shows the level, the pitch, the emotion,
    its confidence, and the novelty (how unlike the training speech the sound is). While nobody speaks, nothing is
    measured. The label belongs to the smoothed probabilities (--smooth); 'not sure' means that the model abstains.
    Windows of a file are predicted exactly as 'predict --channel mean' predicts the same segments. If the computer is
    too slow, the oldest sound is dropped and counted. The microphone needs the extra [live].
    """
    from ..errors import LiveError

    if fast and source is None:
        raise LiveError("--fast can be used with --from FILE only: a microphone has its own pace")
    if device is not None and source is not None:
        raise LiveError("both --from and --device are given: give only one")
    from .inputs import MODEL, RECORDING, check_input
    from .progress import compile_once

    if model is not None:
        check_input(model, MODEL)
    if source is not None:
        check_input(source, RECORDING)
    from ..live import FileSource, Listener, Microphone
    from ..model import load_model
    from ..prediction import default_model_path

    compile_once()
    opened = load_model(model or default_model_path())
    sound = FileSource(source, fast=fast) if source is not None else Microphone(_number(device))
    try:
        listener = Listener(opened, sound, window_s=window, hop_s=hop, smooth_s=smooth)
    except BaseException:
        sound.close()
        raise
    title = f"{sound.title}, {model.name if model else 'the default model'}"
    try:
        with nullcontext() if as_json or not sys.stdout.isatty() else _view(opened, title) as draw:
            listener.warm_up()
            for result in listener.hops():
                if draw:
                    draw(result)
                else:
                    _print(result, as_json)
    except KeyboardInterrupt:  # the usual way to stop
        pass
    except BrokenPipeError:  # the reader of the output has closed it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        listener.close()
        from ..report.text.model.live import live_summary

        print(live_summary(listener.summary), file=sys.stderr if as_json else sys.stdout, flush=True)


def _number(device: str | None) -> int | str | None:
    return int(device) if device is not None and device.isdecimal() else device


def _print(hop: "Hop", as_json: bool) -> None:
    from ..report.text.model.live import live_line

    print(hop.json_line() if as_json else live_line(hop), flush=True)


@contextmanager
def _view(model: "TrainedModel", title: str) -> "Iterator[Callable[[Hop], None]]":
    """Give a function that draws a hop in place of the one before."""
    from rich.live import Live

    from ..report.text.model.live import live_view

    notes: tuple[str, ...] = ("Ctrl-C stops. The model judges how something is said, not what a person feels.",)
    notice = model.card["training"].get("notice")
    notes += (f"NOTE: {notice}",) if notice else ()
    with Live(live_view(None, model.labels, title), auto_refresh=False) as live:
        yield lambda hop: live.update(live_view(hop, model.labels, title, notes), refresh=True)
