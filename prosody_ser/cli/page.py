"""``prosody-ser page``."""

from pathlib import Path
from typing import Annotated

import typer

from .printing import say

EXAMPLES = ("prosody-ser page", "prosody-ser page --model mine.skops --port 8600")


def command(
    model: Annotated[
        Path | None, typer.Option(help="From 'train', .skops; the one that comes with the package if not given.")
    ] = None,
    host: Annotated[
        str, typer.Option(help="Address to listen at; any other than this machine's own lets others reach the page.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen at.")] = 8501,
) -> None:
    """Open a page in the browser to drop recordings on: which emotion is heard, how sure that is, and why.

    It takes files and the browser's microphone, and shows probabilities, reasons with what is usual of each emotion,
    pitch and formants, and long recordings over time. A second page, which is there only while nobody but this machine
    can reach it, looks into a corpus, scores models on it and trains one. No recording leaves this machine, and none
    stays on its disk. Needs the extra [page].
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
        say(
            f"NOTE: whoever can reach {host} can use this page, and sends recordings over a connection that is not "
            "encrypted. The corpus page is left out."
        )
    say(f"page      http://{f'[{host}]' if ':' in host else host}:{port}   (Ctrl-C stops)", flush=True)
    serve(port)
