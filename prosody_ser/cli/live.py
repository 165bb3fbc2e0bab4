"""``prosody-ser live``."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ..live.hop import Moment
    from ..model.trained_model import TrainedModel

EXAMPLES = ("prosody-ser live", "prosody-ser live mine.skops --from talk.wav --fast --json")


def command(
    model: Annotated[
        Path | None, typer.Argument(metavar="MODEL", help="From 'train', .skops; the default model if not given.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="A recording in place of the microphone.")
    ] = None,
    fast: Annotated[
        bool, typer.Option("--fast", help="With --from: as fast as can be, not at the recording's pace.")
    ] = False,
    window: Annotated[float, typer.Option(help="Seconds that each prediction is of, 1 to 30.")] = 3.0,
    hop: Annotated[float, typer.Option(help="Seconds from one prediction to the next.")] = 0.5,
    smooth: Annotated[
        float, typer.Option(help="Time constant in s of the mean over windows that the label is of; 0 for none.")
    ] = 1.0,
    device: Annotated[
        str | None, typer.Option(help="Microphone: its number or part of its name; the system's if not given.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON each hop.")] = False,
) -> None:
    """Listen, and say what is heard, until Ctrl-C: level, pitch, emotion, how sure, how unlike the training speech.

    Where nobody speaks nothing is measured. A label is shown with the mean of the probabilities of the last windows
    (--smooth), and 'not sure' where the model abstains. A recording's windows are predicted as 'predict --channel mean'
    does the same stretches: of several channels the mean is heard. If the computer is too slow, the oldest sound is
    dropped, and counted. The microphone needs the extra [live].
    """
    from ..errors import LiveError

    if fast and source is None:
        raise LiveError("--fast goes with --from FILE: a microphone has its own pace")
    if device is not None and source is not None:
        raise LiveError("both --from and --device: take one")
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
    heard = FileSource(source, fast=fast) if source is not None else Microphone(_number(device))
    try:
        listener = Listener(opened, heard, window_s=window, hop_s=hop, smooth_s=smooth)
    except BaseException:
        heard.close()
        raise
    title = f"{heard.title}, {model.name if model else 'the default model'}"
    try:
        with nullcontext() if as_json or not sys.stdout.isatty() else _view(opened, title) as draw:
            listener.warm_up()
            for moment in listener.moments():
                if draw:
                    draw(moment)
                else:
                    _print(moment, as_json)
    except KeyboardInterrupt:  # how listening ends
        pass
    except BrokenPipeError:  # nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        listener.close()
        from ..report.text.live import live_summary

        print(live_summary(listener.summary), file=sys.stderr if as_json else sys.stdout, flush=True)


def _number(device: str | None) -> int | str | None:
    return int(device) if device is not None and device.isdecimal() else device


def _print(moment: "Moment", as_json: bool) -> None:
    from ..report.text.live import live_line

    print(moment.json_line() if as_json else live_line(moment), flush=True)


@contextmanager
def _view(model: "TrainedModel", title: str) -> "Iterator[Callable[[Moment], None]]":
    """Give what draws a moment in place of the last."""
    from rich.live import Live

    from ..report.text.live import live_view

    notes: tuple[str, ...] = ("Ctrl-C stops. It hears how something is said, not what a person feels.",)
    notice = model.card["training"].get("notice")
    notes += (f"NOTE: {notice}",) if notice else ()
    with Live(live_view(None, model.labels, title), auto_refresh=False) as live:
        yield lambda moment: live.update(live_view(moment, model.labels, title, notes), refresh=True)
