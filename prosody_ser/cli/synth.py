"""``prosody-ser synth``."""

from pathlib import Path
from typing import Annotated

import typer

from ..errors import counted
from .printing import print_lines

EXAMPLES = ("prosody-ser synth corpus",)


def command(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="Folder for the corpus; created if it does not exist.")
    ],
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Seed of the random variation between takes.")] = 0,
) -> None:
    """Write the synthetic corpus.

    It has 320 clips of 8 speakers, 5 emotions and 4 sentences, in 2 takes each. The speech is synthetic and its
    emotions are made by rules. Use it to try out commands; scores on it say nothing about people.
    """
    from ..synth import synthesise
    from ..tables.feature_table import SYNTHETIC_NOTICE
    from .progress import progress_bar

    with progress_bar("synthesising", "run the same command again to write all recordings") as progress:
        files = synthesise(directory, seed, progress)
    print_lines(f"NOTE: {SYNTHETIC_NOTICE}")
    print_lines(f"{counted(len(files), 'clip')} -> {directory}")
