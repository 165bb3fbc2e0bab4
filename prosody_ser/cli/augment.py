"""``prosody-ser augment``."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Augment, AugmentSeed, Channel, Force
from .printing import say

EXAMPLES = (
    "prosody-ser augment my.wav copies/",
    "prosody-ser augment my.wav copies/ --augment pitch:3,noise:10..20",
    "prosody-ser augment --list",
)


def command(
    file: Annotated[Path | None, typer.Argument(help="A recording.")] = None,
    folder: Annotated[
        Path | None, typer.Argument(metavar="DIR", help="Folder to write the copies to; made if missing.")
    ] = None,
    augment: Augment = None,
    seed: AugmentSeed = 0,
    channel: Channel = "auto",
    listing: Annotated[
        bool, typer.Option("--list", help="Say what can be done, how strongly, and what it does to the features.")
    ] = False,
    force: Force = False,
) -> None:
    """Write changed copies of a recording, to be listened to: one WAV for each augmentation.

    Without --augment every augmentation is done once. 'extract --augment' measures such copies of a whole corpus
    without writing them.
    """
    from ..augment import AUGMENTATIONS, parse_augmentations
    from ..errors import ProsodySerError

    if listing and file is not None:
        raise ProsodySerError("--list lists what can be done; leave out the recording")
    if listing:
        from ..report.text.augmentations import augmentations_text

        print(augmentations_text())
        return
    if file is None or folder is None:
        raise ProsodySerError("name a recording and a folder for its copies, or ask with --list what can be done")
    from ..augment.files import write_copies
    from .inputs import RECORDING, check_input

    check_input(file, RECORDING)

    wanted = parse_augmentations(augment or list(AUGMENTATIONS))
    for copy in write_copies(file, folder, wanted, seed=seed, channel=channel, force=force):
        say(f"{copy.variant!s:16} {copy.duration_s:6.2f} s  peak {copy.peak:.2f} -> {copy.path}")
