"""``prosody-ser page``."""

from pathlib import Path
from typing import Annotated

import typer

from .printing import print_lines

EXAMPLES = ("prosody-ser page", "prosody-ser page --model mine.skops --port 8600")


def command(
    model: Annotated[
        Path | None, typer.Option(help="Model file (.skops) written by 'train'. [default: the model in the package]")
    ] = None,
    host: Annotated[
        str,
        typer.Option(
            help="Network address to listen on. With any address but the default, other machines can open the page."
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Network port to listen on.")] = 8501,
) -> None:
    """Serve a web page that predicts and explains emotions.

    The page takes files and sound from the browser's microphone. It shows the probability of each emotion, the features
    that decided with their usual values in each emotion, pitch and formants, and the emotion over time in long
    recordings. A second page surveys a corpus, evaluates models on it and trains one; it exists only as long as no
    other machine can reach the page. Recordings are sent to the machine that runs this command only, and it does not
    store them on its disk. Needs the extra [page].
    """
    from ..page.serving import check_port, check_streamlit, serve
    from .inputs import MODEL, check_input
    from .progress import compile_once

    check_streamlit()
    if model is not None:
        check_input(model, MODEL)
    from ..page.settings import settings
    from ..page.warming import warm_up

    check_port(host, port)
    settings.model, settings.host = model, host
    compile_once()
    warm_up()
    if not settings.only_here:
        print_lines(
            f"NOTE: anyone who can reach {host} can use this page. Recordings are sent to it over a connection that is "
            "not encrypted. The corpus page is not available."
        )
    print_lines(f"page      http://{f'[{host}]' if ':' in host else host}:{port}   (Ctrl-C stops)", flush=True)
    serve(port)
