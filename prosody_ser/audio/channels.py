"""Choose which channel of a recording is measured: the mean of all channels, or one of them.

The mean is right if all channels contain the same sound at the same time, such as a mono recording that is stored
twice, or two microphones at one place. Otherwise it does harm: the mean of two microphones half a metre apart is a
comb filter, which moves formants and pitch; the mean of two channels of opposite polarity is silence; the mean with a
dead channel is 6 dB too weak. So ``auto`` compares all channels with the loudest one, over the loudest 30 s of the
first 5 min, between 100 Hz and 5 kHz. It uses the mean only if every channel

1. is less than 5 dB weaker: with a weaker one the mean would lower the noise by less than 1 dB and cost more than 2 dB
   of level;
2. contains the same sound: the coherence, averaged over the spectrum with weights by amplitude, is 0.3 or more;
3. is in phase: the mean cosine of the phase difference, weighted by coherence, is 0.9 or more. It is 0.86 for copies
   0.03 ms apart, and -1 for opposite polarity.

Otherwise it uses the loudest channel, and the first one of several within 1 dB. Independent noise in each channel does
not affect these criteria, because it is incoherent. Levels are A-weighted, and steady sound counts 20 dB less, so that
hum or hiss in a dead channel is not mistaken for speech.
"""

import contextlib
import heapq
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
import scipy.fft

from ..errors import ProtocolError, RecordingError, counted
from .files.decode import BLOCK_VALUES, ONE_READ_VALUES, Recording, mean_of_channels, open_recording

AUTO, MEAN, LOUDER = "auto", "mean", "louder"
_SIDES = {"left": "1", "right": "2"}
PIECE_S, PIECES, SEARCHED_S = 1.0, 30, 300.0
#: Window length, longer than the delays between microphones in one room, so that both contain the same sound.
WINDOW_S = 0.05
FLOOR_HZ, CEILING_HZ = 100.0, 5000.0
#: Weight of steady sound, which is the sound that is present in nine of ten windows.
STEADY, STEADY_QUANTILE = 0.01, 0.1
WEAK_DB = -5.0
AS_LOUD_DB = 1.0
SAME_COHERENCE = 0.3
IN_STEP = 0.9
#: A channel with a different sound is ignored as noise below this level, and counts as another speaker above it.
DEAD_DB = -20.0
SILENT_DB = 200.0
#: Factor on the mean coherence of independent sounds, which is one over the number of windows.
CHANCE = 2.0
_SILENCE = 1e-30

Blocks = Iterable[np.ndarray]


@dataclass(frozen=True)
class Mixing:
    """How the channels of a recording are mixed to one.

    Attributes
    ----------
    channel : str
        ``mean``, or a channel's number from 1; empty where there is only one.
    notes : tuple of str
        Why it is not the mean, if ``auto`` decided so.
    """

    channel: str = ""
    notes: tuple[str, ...] = ()

    def __call__(self, block: np.ndarray) -> np.ndarray:
        """Mix samples of shape (n, channels) to one channel of shape (n,)."""
        if not self.channel.isdecimal():
            return mean_of_channels(block)
        return np.ascontiguousarray(block[:, int(self.channel) - 1])


def parse_channel(text: str | int) -> str:
    """Normalise a channel that a user typed to ``auto``, ``mean``, ``louder`` or a number from 1.

    Raises
    ------
    ProtocolError
        If it is none of these, nor ``left`` or ``right``.
    """
    name = str(text).strip().lower()
    name = _SIDES.get(name, name)
    if name in (AUTO, MEAN, LOUDER) or (name.isdecimal() and int(name) > 0):
        return str(int(name)) if name.isdecimal() else name
    raise ProtocolError(
        f"invalid channel {text!r}: choose auto, mean, left, right, louder or a number (1 is the first channel)"
    )


def mixing_of_recording(recording: Recording, path: str | os.PathLike, wanted: str | int) -> Mixing:
    """Decide how a recording's channels are mixed; the file is opened a second time if its start has to be analysed.

    Parameters
    ----------
    recording : Recording
    path : path_like
        Its file.
    wanted : str or int
        As :func:`parse_channel` takes it.

    Raises
    ------
    RecordingError
        With status ``no_channel`` if it does not have the channel that is wanted.
    """

    def blocks() -> Iterator[np.ndarray]:
        with contextlib.suppress(RecordingError), open_recording(path) as ahead:
            yield from ahead.blocks(mix=lambda block: block)  # errors are raised later, when the recording is read

    return mixing(blocks, recording.n_channels, recording.sample_rate_hz, wanted)


def mixing(blocks: Callable[[], Blocks], n_channels: int, sample_rate_hz: float, wanted: str | int) -> Mixing:
    """Decide as :func:`mixing_of_recording`; `blocks` is called only if needed and yields shape (n, channels)."""
    wanted = parse_channel(wanted)
    if wanted.isdecimal() and int(wanted) > n_channels:
        raise RecordingError(
            "no_channel", f"channel {wanted} was requested, but the recording has only {counted(n_channels, 'channel')}"
        )
    if n_channels <= 1:
        return Mixing()
    if wanted.isdecimal() or wanted == MEAN:
        return Mixing(wanted)
    pieces = _loudest_pieces(blocks(), n_channels, sample_rate_hz)
    if all((piece == piece[:1]).all() for piece in pieces):
        return Mixing("1" if wanted == LOUDER else MEAN)
    return _compared(pieces, sample_rate_hz, wanted)


def _loudest_pieces(blocks: Blocks, n_channels: int, sample_rate_hz: float) -> list[np.ndarray]:
    """Return the loudest 30 s of the first 5 min, fewer with many channels, as seconds of shape (channels, n)."""
    size = min(round(PIECE_S * sample_rate_hz), BLOCK_VALUES // n_channels)
    n_most = max(1, min(PIECES, ONE_READ_VALUES // (size * n_channels)))
    searched = islice(_cut(blocks, size), round(SEARCHED_S * sample_rate_hz / size))
    finite = (piece for piece in searched if np.isfinite(piece.sum()))
    return heapq.nlargest(n_most, finite, key=lambda piece: float(piece[:, ::8].var(axis=1).max()))


def _cut(blocks: Blocks, size: int) -> Iterator[np.ndarray]:
    """Cut blocks into float32 pieces of shape (channels, size); the last piece holds the rest."""
    rest: list[np.ndarray] = []
    for block in blocks:
        buffered = np.concatenate([*rest, block]) if rest else block
        for first in range(0, len(buffered) - size + 1, size):
            yield np.array(buffered[first : first + size].T, dtype=np.float32, order="C")
        rest = [buffered[len(buffered) - len(buffered) % size :].copy()]  # a view would keep the whole block in memory
        del block, buffered
    if rest and rest[0].size:
        yield np.array(rest[0].T, dtype=np.float32, order="C")


def _compared(pieces: list[np.ndarray], sample_rate_hz: float, wanted: str) -> Mixing:
    """Compare channels that are not identical, and decide how they are mixed."""
    frequency_hz, spectra = _spectra(pieces, sample_rate_hz)
    power = np.abs(spectra) ** 2
    weighted = power @ _a_weight(frequency_hz)
    level = weighted.mean(axis=0) - (1 - STEADY) * np.quantile(weighted, STEADY_QUANTILE, axis=0)
    level_db = 10 * np.log10(level + _SILENCE)
    loudest = int((level_db > level_db.max() - AS_LOUD_DB).argmax())
    loudest_only = Mixing(str(loudest + 1))
    if wanted == LOUDER:
        return loudest_only
    band = frequency_hz >= FLOOR_HZ
    mean_power = power.mean(axis=0)
    for i in range(len(level_db)):
        joint_power = np.sqrt(mean_power[i] * mean_power[loudest])[band]
        cross = (spectra[:, i] * spectra[:, loudest].conj()).mean(axis=0)[band]
        coherency = cross / np.maximum(joint_power, _SILENCE)
        by_chance = CHANCE / len(spectra)
        if differs := _difference(coherency, by_chance, np.sqrt(joint_power), level_db[i] - level_db[loudest]):
            note = f"only channel {loudest_only.channel} was measured, because channel {i + 1} {differs}"
            return Mixing(loudest_only.channel, (note,))
    return Mixing(MEAN)


def _spectra(pieces: list[np.ndarray], sample_rate_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """Return frequencies up to 5 kHz, and spectra of half-overlapping windows, (n_windows, channels, n_frequencies)."""
    half = round(WINDOW_S * sample_rate_hz / 2)
    frequency_hz = np.fft.rfftfreq(2 * half, 1 / sample_rate_hz)
    n_kept = int((frequency_hz <= CEILING_HZ).sum())
    window = np.hanning(2 * half + 1)[:-1].astype(np.float32)  # periodic, so that DC does not leak above the second bin
    spectra = []
    for piece in pieces:
        piece = np.pad(piece, ((0, 0), (0, max(0, 2 * half - piece.shape[1]))))
        windows = np.lib.stride_tricks.sliding_window_view(piece, 2 * half, axis=1)[:, ::half]
        spectra.append(scipy.fft.rfft(windows * window)[:, :, :n_kept].swapaxes(0, 1))
    return frequency_hz[:n_kept], np.concatenate(spectra)


def _a_weight(frequency_hz: np.ndarray) -> np.ndarray:
    """Return the A-weighting of power, up to a constant factor (IEC 61672-1)."""
    f2 = frequency_hz**2
    poles = (f2 + 20.6**2) * (f2 + 12194.0**2) * np.sqrt((f2 + 107.7**2) * (f2 + 737.9**2))
    return (12194.0**2 * f2**2 / poles) ** 2


def _difference(coherency: np.ndarray, by_chance: float, weight: np.ndarray, level_db: float) -> str:
    """Say how a channel differs from the loudest one, in the words of a note; empty if they agree.

    Parameters
    ----------
    coherency : ndarray of complex, shape (n_frequencies,)
        Cross-spectrum with the loudest channel, divided by the geometric mean of both powers.
    by_chance : float
        Coherence (squared magnitude of the coherency) that independent sounds have with this number of windows.
    weight : ndarray, shape (n_frequencies,)
        Weight of each frequency in the mean coherence.
    level_db : float
        Level relative to the loudest channel.
    """
    coherence = np.abs(coherency) ** 2
    coherence[coherence < by_chance] = 0.0
    same = (weight * coherence).sum() >= SAME_COHERENCE * max(weight.sum(), _SILENCE)
    if level_db < (WEAK_DB if same else DEAD_DB):
        return f"is {-level_db:.0f} dB weaker" if level_db > -SILENT_DB else "is silent"
    if not same:
        return "has a different sound, perhaps another person; set the channel to be measured"
    in_step = (coherence * np.cos(np.angle(coherency))).sum() / coherence.sum()
    if in_step < -IN_STEP:
        return "has the opposite polarity"
    return "" if in_step >= IN_STEP else "has the same sound with a delay"
