"""``prosody-ser serve``."""

import os
from pathlib import Path
from typing import Annotated

import typer

from .printing import say

EXAMPLES = ("prosody-ser serve", "prosody-ser serve --model mine.skops --port 9000 --workers 4")


def command(
    model: Annotated[
        Path | None, typer.Option("--model", help="From 'train', .skops; the default model if not given.")
    ] = None,
    host: Annotated[str, typer.Option(help="Where to listen; 0.0.0.0 lets other machines ask.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for one that is free.")] = 8000,
    workers: Annotated[int | None, typer.Option(min=1, help="Worker processes; one a core if not given.")] = None,
    requests: Annotated[
        int | None, typer.Option(min=1, help="At once, before others are told to come again; 16 or more if not given.")
    ] = None,
    max_mb: Annotated[float, typer.Option(min=0.001, help="Megabytes that a request may have.")] = 32.0,
    max_seconds: Annotated[float, typer.Option(min=0.001, help="Seconds that a recording may last.")] = 600.0,
    timeout: Annotated[float, typer.Option(min=0.001, help="Seconds that a request may take.")] = 60.0,
) -> None:
    """Answer over HTTP what 'predict' says, until Ctrl-C (extra [serve]).

    POST /predict and POST /features take a recording as the body, or several as files of a form in the field 'file';
    /predict takes ?segment=vad or seconds, /features takes ?set=. GET /model is the model's card, GET /health says
    whether the service is ready, GET /openapi.json describes all of it. Errors are application/problem+json.
    What is sent stays in memory, and is gone with the answer. There is no login and no encryption: to let others in,
    put a web server in front that has both.
    """
    from ..errors import ProsodySerError
    from .inputs import MODEL, check_input
    from .progress import compile_once

    if model is not None:
        check_input(model, MODEL)
    try:
        from ..serve.limits import Limits
        from ..serve.run import serve
    except ImportError as error:
        raise ProsodySerError("the service needs the extra [serve]: pip install 'prosody-ser[serve]'") from error
    from ..model import load_model
    from ..prediction import default_model_path
    from ..prediction.recordings import check_measurable

    compile_once()
    opened = load_model(model or default_model_path())
    check_measurable(opened, lambda note: say(f"NOTE: {note}"))
    workers = workers or os.cpu_count() or 1
    requests = requests or max(16, 2 * workers)
    limits = Limits(workers, requests, size_mb=max_mb, duration_s=max_seconds, time_s=timeout)
    name = model.name if model else "the default model"

    def ready(address: str) -> None:
        say(f"{name} answers at {address} ({limits.workers} worker processes); Ctrl-C stops", flush=True)

    serve(opened, host, port, limits, ready)
