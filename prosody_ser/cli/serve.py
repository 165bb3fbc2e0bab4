"""``prosody-ser serve``."""

import os
from pathlib import Path
from typing import Annotated

import typer

from .printing import print_lines

EXAMPLES = ("prosody-ser serve", "prosody-ser serve --model mine.skops --port 9000 --workers 4")


def command(
    model: Annotated[
        Path | None,
        typer.Option("--model", help="Model file (.skops) written by 'train'. [default: the model in the package]"),
    ] = None,
    host: Annotated[
        str, typer.Option(help="Network address to listen on; 0.0.0.0 accepts requests from other machines.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Network port to listen on; 0 chooses a free one.")
    ] = 8000,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Number of worker processes. [default: one per core]")
    ] = None,
    requests: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Largest number of requests at the same time; further ones are refused and may be repeated later. "
            "[default: twice --workers, but at least 16]",
        ),
    ] = None,
    max_mb: Annotated[float, typer.Option(min=0.001, help="Largest size of a request, in MB.")] = 32.0,
    max_seconds: Annotated[float, typer.Option(min=0.001, help="Largest duration of a recording, in s.")] = 600.0,
    timeout: Annotated[float, typer.Option(min=0.001, help="Time limit of a request, in s.")] = 60.0,
) -> None:
    """Serve predictions and features over HTTP.

    The service runs until it is stopped by Ctrl-C. POST /predict and POST /features take one recording as the body, or
    several as files of a form in the field 'file'. /predict accepts ?segment=vad or a number of seconds; /features
    accepts ?set= with the name of a feature set. GET /model gives the model's card, GET /health says whether the
    service is ready, and GET /openapi.json describes the interface. Errors are of type application/problem+json.

    Recordings are kept in memory only, until the answer is sent. The service has no login and no encryption: to open it
    to others, put a web server in front of it that has both. Needs the extra [serve].
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
    check_measurable(opened, lambda note: print_lines(f"NOTE: {note}"))
    workers = workers or os.cpu_count() or 1
    requests = requests or max(16, 2 * workers)
    limits = Limits(workers, requests, size_mb=max_mb, duration_s=max_seconds, time_s=timeout)
    name = model.name if model else "the default model"

    def ready(address: str) -> None:
        print_lines(f"{name} answers at {address} ({limits.workers} worker processes); Ctrl-C stops", flush=True)

    serve(opened, host, port, limits, ready)
