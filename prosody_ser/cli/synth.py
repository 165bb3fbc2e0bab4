"""``prosody-ser synth``."""

from pathlib import Path
from typing import Annotated

import typer

from .printing import say

EXAMPLES = ("prosody-ser synth corpus",)


def command(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write to; made if missing.")],
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of the variation between takes.")] = 0,
) -> None:
    """Write the built-in synthetic corpus: 320 clips, 8 speakers, 5 emotions, 4 sentences, 2 takes.

    Synthetic speech with emotion imposed by rule: for trying things out. Its scores say nothing about people.
    """
    from ..synth import synthesise
    from ..tables.feature_table import SYNTHETIC_NOTICE
    from .progress import progress_bar

    with progress_bar("synthesising", "run the same command again to have all recordings") as progress:
        files = synthesise(directory, seed, progress)
    say(f"NOTE: {SYNTHETIC_NOTICE}")
    say(f"{len(files)} clips -> {directory}")
