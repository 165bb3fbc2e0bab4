"""Changed copies of a recording as files, to be listened to."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..atomic_write import check_outputs, whole_file
from ..audio.channels import AUTO
from ..audio.content import content_digest
from ..audio.prepare import read_mono
from ..errors import ProsodySerError, RecordingError
from .variants import Variant, Wanted, draw


@dataclass(frozen=True)
class Copy:
    """One copy that was written."""

    path: Path
    variant: Variant
    duration_s: float
    peak: float  #: largest sample, 1 being full scale


def changed_copies(
    recording: str | os.PathLike, wanted: Sequence[Wanted], *, seed: int = 0, channel: str | int = AUTO
) -> tuple[np.ndarray, int, dict[Variant, np.ndarray]]:
    """A recording's mono samples, their rate in Hz, and its copies: those that ``extract --augment`` measures.

    Raises
    ------
    RecordingError
        If it cannot be read or changed; the message names it.
    """
    variants = draw(wanted, content_digest(recording) or b"", seed)
    try:
        samples, rate_hz = read_mono(recording, channel=channel)
        return samples, rate_hz, {variant: variant(samples, rate_hz) for variant in variants}
    except RecordingError as error:
        raise RecordingError(error.status, f"{os.fspath(recording)}: {error}") from error


def write_copies(
    recording: str | os.PathLike,
    folder: str | os.PathLike,
    wanted: Sequence[Wanted],
    *,
    seed: int = 0,
    channel: str | int = AUTO,
    force: bool = False,
) -> Iterator[Copy]:
    """Write the copies of a recording as WAV files of 32-bit floats at its own sample rate, so that nothing is clipped.

    Parameters
    ----------
    recording : path_like
    folder : path_like
        Made if missing. A copy is called after its recording and what was done to it: ``my_pitch_1.5.wav``.
    wanted : sequence of Wanted
        From :func:`prosody_ser.augment.parse_augmentations`.
    seed : int
        The copies are those that ``extract --augment`` measures with this seed.
    channel : {"auto", "mean", "left", "right", "louder"} or int
        Of a recording with several channels, as for :func:`prosody_ser.read_audio`.
    force : bool
        Whether files that are there are replaced.

    Yields
    ------
    Copy
        After it was written.

    Raises
    ------
    RecordingError
        If the recording cannot be read.
    ProsodySerError
        If a copy cannot be made or written, or is there already; nothing is written then.
    """
    import soundfile

    recording, folder = Path(recording), Path(folder)
    if os.path.realpath(folder) == os.path.dirname(os.path.realpath(recording)):
        raise ProsodySerError(
            f"{folder}: copies cannot be written beside their original, where they would pass for recordings of the "
            "corpus; choose another folder"
        )
    _, rate_hz, copies = changed_copies(recording, wanted, seed=seed, channel=channel)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProsodySerError(f"{folder}: the folder cannot be created ({error.strerror})") from error
    paths = [folder / f"{recording.stem[:100]}_{str(variant).replace(':', '_')}.wav" for variant in copies]
    check_outputs(*paths, inputs=[recording], force=force)
    for (variant, copy), path in zip(copies.items(), paths, strict=True):
        with whole_file(path) as temporary:
            soundfile.write(temporary, copy.astype(np.float32), rate_hz, subtype="FLOAT")
        yield Copy(path, variant, copy.size / rate_hz, float(np.abs(copy).max()))
