"""Write augmented copies of a recording as files, for listening."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..atomic_write import check_outputs, whole_file
from ..audio.channels import AUTO
from ..audio.files.content import content_digest
from ..audio.prepare import read_mono
from ..errors import ProsodySerError, RecordingError
from .variants import Variant, Wanted, draw


@dataclass(frozen=True)
class Copy:
    """An augmented copy that was written."""

    path: Path
    variant: Variant
    duration_s: float
    peak: float  #: largest absolute sample; full scale is 1


def changed_copies(
    recording: str | os.PathLike, wanted: Sequence[Wanted], *, seed: int = 0, channel: str | int = AUTO
) -> tuple[np.ndarray, int, dict[Variant, np.ndarray]]:
    """Read a recording and make its copies, the same as ``extract --augment``; return mono samples, rate, copies.

    Raises
    ------
    RecordingError
        If it cannot be read or changed; the message names the file.
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
    """Write augmented copies of a recording as WAV files of 32-bit floats, which cannot clip, at its own rate.

    Parameters
    ----------
    recording : path_like
    folder : path_like
        Created if missing. A copy is named after the recording and its augmentation: ``my_pitch_1.5.wav``.
    wanted : sequence of Wanted
        From :func:`prosody_ser.augment.parse_augmentations`.
    seed : int
        With the same seed, ``extract --augment`` measures the same copies.
    channel : {"auto", "mean", "left", "right", "louder"} or int
        Which channel of several to use, as for :func:`prosody_ser.read_audio`.
    force : bool
        Whether existing files are replaced.

    Yields
    ------
    Copy
        Each copy, after it was written.

    Raises
    ------
    RecordingError
        If the recording cannot be read.
    ProsodySerError
        If a copy cannot be made or written, or exists already. Nothing is written then.
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
