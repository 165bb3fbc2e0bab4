"""``prosody-ser augment``."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Augment, AugmentSeed, Channel, Force
from .printing import print_lines

EXAMPLES = (
    "prosody-ser augment my.wav copies/",
    "prosody-ser augment my.wav copies/ --augment pitch:3,noise:10..20",
    "prosody-ser augment --list",
)


def command(
    file: Annotated[Path | None, typer.Argument(help="Recording to augment.")] = None,
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder for the copies; created if it does not exist.")
    ] = None,
    augment: Augment = None,
    seed: AugmentSeed = 0,
    channel: Channel = "auto",
    listing: Annotated[
        bool,
        typer.Option("--list", help="List the augmentations with their strengths and their effect on the features."),
    ] = False,
    force: Force = False,
) -> None:
    """Write augmented copies of a recording.

    The copies are WAV files to listen to, one for each augmentation. Without --augment, every augmentation is applied
    once. 'extract --augment' measures such copies of a whole corpus
    without writing them to files.
    """
    from ..augment import AUGMENTATIONS, parse_augmentations
    from ..errors import ProsodySerError

    if listing and file is not None:
        raise ProsodySerError("--list takes no recording: leave out FILE and DIR")
    if listing:
        from ..report.text.augmentations import augmentations_text

        print(augmentations_text())
        return
    if file is None or folder is None:
        raise ProsodySerError("name a recording and a folder for its copies, or list the augmentations with --list")
    from ..augment.files import write_copies
    from .inputs import RECORDING, check_input

    check_input(file, RECORDING)

    wanted = parse_augmentations(augment or list(AUGMENTATIONS))
    for copy in write_copies(file, folder, wanted, seed=seed, channel=channel, force=force):
        print_lines(f"{copy.variant!s:16} {copy.duration_s:6.2f} s  peak {copy.peak:.2f} -> {copy.path}")
