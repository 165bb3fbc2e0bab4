"""A recording and an augmented copy of it, side by side."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ..audio.channels import AUTO
from ..audio.prepare import prepare_blocks
from ..augment import Variant, parse_augmentations
from ..augment.files import changed_copies
from ..catalogue import FAST
from ..contours import Analysis, PitchRange
from ..datasets.corpora import synthetic
from ..errors import ProtocolError, RecordingError, whole_number
from ..features import engine_of
from ..tables.feature_table import SYNTHETIC_NOTICE
from ..units import hz_to_st
from .clip import draw_sound
from .style import LABEL, TITLE, new_figure, put_notes, shortened, write_figure

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def plot_augmentation(
    recording: str | os.PathLike,
    what: str,
    path: str | os.PathLike,
    *,
    seed: int = 0,
    engine: str = FAST,
    channel: str | int = AUTO,
    pitch_floor_hz: float | None = None,
    pitch_ceiling_hz: float | None = None,
) -> Variant:
    """Draw a recording before and after an augmentation.

    Parameters
    ----------
    recording : path_like
        Any file that :func:`prosody_ser.read_audio` reads.
    what : str
        One augmentation, as for :func:`prosody_ser.augment_signal`.
    path : path_like
        Path of the picture; its suffix (.png, .svg or .pdf) determines the format.
    seed : int
        Seed of the random strength and of noise. ``extract --augment`` with this seed and this augmentation alone makes
        the same copy.
    engine, channel, pitch_floor_hz, pitch_ceiling_hz
        As for :func:`prosody_ser.plot_clip`.

    Returns
    -------
    Variant
        The augmentation with the strength that was drawn.

    Raises
    ------
    ProtocolError
        If the augmentation is unknown, or several are named.
    RecordingError
        If the recording cannot be read or measured.
    ProsodySerError
        If the picture cannot be written or its suffix is not one of these.

    Examples
    --------
    >>> import soundfile
    >>> soundfile.write("tone.wav", np.sin(2 * np.pi * 220 * np.arange(16000) / 16000), 16000)
    >>> print(ser.plot_augmentation("tone.wav", "pitch:2", "pitch.png"))
    pitch:2
    """
    whole_number("seed", seed, 0)
    wanted = parse_augmentations(what)
    if len(wanted) != 1:
        raise ProtocolError(f"{what!r} names {len(wanted)} augmentations, but a picture can show only one")
    recording = Path(recording)
    samples, rate_hz, copies = changed_copies(recording, wanted, seed=seed, channel=channel)
    ((variant, changed),) = copies.items()
    sounds = {"as recorded": samples, str(variant): changed}
    try:
        audios = {name: prepare_blocks([sound], rate_hz) for name, sound in sounds.items()}
        pitch_range = PitchRange(pitch_floor_hz, pitch_ceiling_hz)
        analyses = {name: engine_of(engine).analyse(audio, pitch_range) for name, audio in audios.items()}
    except RecordingError as error:
        raise RecordingError(error.status, f"{recording}: {error}") from error
    name = os.fsencode(recording.name).decode("utf-8", "backslashreplace")
    notice = SYNTHETIC_NOTICE if synthetic.parse(recording) else None
    write_figure(augmentation_figure(analyses, name, notice), path)
    return variant


def augmentation_figure(analyses: dict[str, Analysis], name: str, notice: str | None = None) -> "Figure":
    """Draw the waveform, the spectrogram with formants, and the pitch of each sound, in columns with equal scales."""
    figure = new_figure(12, 7)
    rows = figure.subplots(3, len(analyses), sharex=True, sharey="row", height_ratios=(1, 2.2, 1.6), squeeze=False)
    longest_s = max(analysis.audio.duration_s for analysis in analyses.values())
    for column, (title, analysis) in enumerate(analyses.items()):
        panels = rows[:, column].tolist()
        draw_sound(panels, analysis, float(np.clip(8 / longest_s, 1, 4)))
        if column:
            for axes in panels:
                axes.set_ylabel("")
        panels[-1].set_xlabel("time (s)", fontsize=LABEL)
        panels[0].set_title(f"{shortened(name, 50)}, {title}", fontsize=TITLE, loc="left", parse_math=False)
    peak = 1.05 * max(np.abs(analysis.audio.samples).max() for analysis in analyses.values())
    rows[0, 0].set_ylim(-peak, peak)
    voiced = np.concatenate([hz_to_st(analysis.pitch.f0_hz[analysis.voiced]) for analysis in analyses.values()])
    if voiced.size:
        middle, half = (voiced.max() + voiced.min()) / 2, max(0.55 * np.ptp(voiced), 6)
        rows[2, 0].set_ylim(middle - half, middle + half)
    rows[0, 0].set_xlim(0, longest_s)
    put_notes(figure, "Hatched: silence before and after the speech, not measured.", notice)
    return figure
