"""Listening to a source: a prediction for the newest window at every hop, for hours, in bounded memory."""

import math
import os
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

import numpy as np

from ..errors import LiveError, ProsodySerError, RecordingError
from ..model.answers import Judged, judge
from ..model.file import as_model
from ..model.trained_model import TrainedModel
from ..parallel.one_thread import one_thread
from ..paths import OnePath
from .hop import SILENCE, Hop, Prediction
from .ring_buffer import Ring
from .smoothing import Smoother
from .sources import FileSource, Source
from .speech_gate import Gate
from .window_features import WindowMeasurer, level_db

WINDOW_S, HOP_S, SMOOTH_S = 3.0, 0.5, 1.0
SHORTEST_WINDOW_S, LONGEST_WINDOW_S = 1.0, 30.0
SHORTEST_HOP_S = 0.1
#: Default of the longest delay of the analysis before sound is dropped.
SLACK_S = 5.0
#: A source that gives no sound for so long is taken to have failed.
GONE_AFTER_S = 5.0
#: Longest wait, so that Ctrl-C is noticed on every system.
_WAIT_S = 0.25


@dataclass
class Summary:
    """Counts over all hops since the start."""

    heard_s: float = 0.0  #: seconds of sound that the source has given
    hops: int = 0  #: hops analysed
    measured: int = 0  #: hops with a prediction
    abstained: int = 0  #: hops whose smoothed prediction abstains
    labels: Counter = field(default_factory=Counter)  #: hops of each smoothed label, where the model does not abstain
    failed: Counter = field(default_factory=Counter)  #: hops whose window could not be measured, by status
    skipped: int = 0  #: hops left out, because their window was dropped before it was analysed
    dropped_s: float = 0.0  #: seconds of sound that were in no window
    overruns: int = 0  #: number of times that the source itself lost sound

    def add(self, hop: Hop) -> None:
        """Count a hop."""
        self.hops += 1
        if hop.smoothed is None:
            if hop.status != SILENCE:
                self.failed[hop.status] += 1
            return
        self.measured += 1
        if hop.smoothed.abstain:
            self.abstained += 1
        else:
            self.labels[hop.smoothed.label] += 1


class Listener:
    """Rolling predictions on a stream of sound.

    The first windows are shorter: they begin with the stream, and end at the first hops from 1 s on. Each window is cut
    at the source's own sampling rate and prepared as the same segment of a file would be, so that the features are
    identical.

    Parameters
    ----------
    model : TrainedModel or path_like
    source : Source or path_like
        A path is played as :class:`prosody_ser.live.FileSource` plays it, at its own pace.
    window_s, hop_s : float
        Length of a window, and the time from one window to the next.
    smooth_s : float
        Time constant of the smoothing, see :mod:`prosody_ser.live.smoothing`; 0 for none.
    slack_s : float
        Longest delay of the analysis before the oldest sound is dropped.

    Attributes
    ----------
    summary : Summary

    Raises
    ------
    LiveError
        If the model cannot follow a stream, or window or hop are out of range.
    ModelError, RecordingError
        If the model or the recording cannot be opened.

    Examples
    --------
    >>> import soundfile
    >>> soundfile.write("tone.wav", np.sin(2 * np.pi * 220 * np.arange(32000) / 16000), 16000)
    >>> source = ser.FileSource("tone.wav", fast=True)
    >>> [hop.end_s for hop in ser.Listener(ser.default_model_path(), source, hop_s=1.0).hops()]
    [1.0, 2.0]
    """

    def __init__(
        self,
        model: TrainedModel | OnePath,
        source: Source | OnePath,
        *,
        window_s: float = WINDOW_S,
        hop_s: float = HOP_S,
        smooth_s: float = SMOOTH_S,
        slack_s: float = SLACK_S,
    ):
        if not SHORTEST_WINDOW_S <= window_s <= LONGEST_WINDOW_S:
            raise LiveError(
                f"the window must be from {SHORTEST_WINDOW_S:g} to {LONGEST_WINDOW_S:g} s long (got {window_s:g} s)"
            )
        if not SHORTEST_HOP_S <= hop_s <= window_s:
            raise LiveError(
                f"the hop must be from {SHORTEST_HOP_S:g} s to the window's {window_s:g} s long (got {hop_s:g} s)"
            )
        if not 0 <= smooth_s < math.inf:
            raise LiveError(f"the time constant of the smoothing must be 0 s or more (got {smooth_s:g} s)")
        self._model = as_model(model)
        self._measurer = WindowMeasurer(self._model)
        self._source: Source = FileSource(source) if isinstance(source, str | os.PathLike) else source
        self._window_s, self._hop_s = window_s, hop_s
        self._rate_hz = self._source.sample_rate_hz
        self._gate = Gate(self._rate_hz)
        self._smoother = Smoother(smooth_s, window_s)
        self._ring = Ring(math.ceil((window_s + hop_s + slack_s) * self._rate_hz))
        self._n = math.ceil(SHORTEST_WINDOW_S / hop_s)  # number of the next hop
        self._gated = 0  # samples that the gate has seen or that were lost
        self._ended = self._closed = False
        self._failure: Exception | None = None
        self.summary = Summary()

    @property
    def nbytes(self) -> int:
        """Memory that the sound takes, in bytes; it is bounded."""
        return self._ring.nbytes + self._gate.nbytes

    def warm_up(self) -> None:
        """Load the libraries and compiled code that would delay the first window."""
        noise = np.random.default_rng(0).normal(scale=0.1, size=self._rate_hz)
        with suppress(RecordingError):
            features, *_ = self._measurer.measure(noise, self._rate_hz, self._hop_s)
            judge(self._model, self._model.columns_of(features))

    def hops(self) -> Iterator[Hop]:
        """Analyse the stream hop by hop, until the source ends.

        Yields
        ------
        Hop

        Raises
        ------
        ProsodySerError
            If the source fails; the hops before are yielded first.
        """
        try:
            with one_thread():
                yield from self._pulled() if self._source.waits else self._pushed()
        finally:
            self.close()

    def close(self) -> None:
        """Stop listening."""
        self._closed = True
        self._source.close()
        self._count()

    def _pulled(self) -> Iterator[Hop]:
        largest = max(1, round(self._hop_s * self._rate_hz))
        for block in self._source.blocks():
            for first in range(0, block.size, largest):  # a longer block would overwrite sound before it is analysed
                self._ring.write(block[first : first + largest])
                yield from self._due()

    def _pushed(self) -> Iterator[Hop]:
        """Read the source in a thread of its own, so that sound is taken while a window is measured."""
        Thread(target=self._take, name="listening", daemon=True).start()
        changed, n_written, last_change_s = self._ring.changed, 0, time.monotonic()
        while True:
            yield from self._due()
            with changed:
                if not self._ended and self._ring.written < self._end(self._n):
                    changed.wait(_WAIT_S)
                if self._ring.written != n_written:
                    n_written, last_change_s = self._ring.written, time.monotonic()
                ended = self._ended
            if ended:
                yield from self._due()
                if self._failure is not None:
                    raise self._failure
                return
            if time.monotonic() - last_change_s > GONE_AFTER_S:
                raise LiveError(f"{self._source.title}: no sound has arrived for {GONE_AFTER_S:g} s; is it connected?")

    def _take(self) -> None:
        try:
            for block in self._source.blocks():
                if self._closed:
                    return
                self._ring.write(block)
        except Exception as error:  # raised later, by the thread that consumes the hops
            self._failure = error
        finally:
            with self._ring.changed:
                self._ended = True
                self._ring.changed.notify_all()

    def _bounds_s(self, n: int) -> tuple[float, float]:
        """Start and end of the window of a hop, rounded so that they can be written and read again."""
        end_s = round(n * self._hop_s, 6)
        return max(0.0, round(end_s - self._window_s, 6)), end_s

    def _end(self, n: int) -> int:
        return round(self._bounds_s(n)[1] * self._rate_hz)

    def _due(self) -> Iterator[Hop]:
        """Analyse the hops whose windows are complete."""
        while self._end(self._n) <= self._ring.written:
            start_s, end_s = self._bounds_s(self._n)
            end = self._end(self._n)
            samples = self._ring.read(round(start_s * self._rate_hz), end)
            self._n += 1
            if samples is None:
                self.summary.skipped += 1
                continue
            hop = self._hop(start_s, end_s, samples, end)
            self.summary.add(hop)
            yield hop

    def _hop(self, start_s: float, end_s: float, samples: np.ndarray, end: int) -> Hop:
        n_new = min(end - self._gated, samples.size)
        if n_new < end - self._gated:
            self._gate.lose(end - self._gated - n_new)
        self._gate.add(samples[samples.size - n_new :])
        self._gated = end
        self._ring.seen(end)
        self._count()
        facts: dict[str, Any] = {
            "sound_s": self._gate.sound_s(end_s - start_s)[0],
            "level_db": level_db(samples[-round(self._hop_s * self._rate_hz) :]),
            "dropped_s": self.summary.dropped_s,
        }
        if not self._gate.is_open(end_s - start_s):
            return Hop(start_s, end_s, SILENCE, **facts)
        try:
            features, pitch_hz, speech_s = self._measurer.measure(samples, self._rate_hz, self._hop_s)
            judged = judge(self._model, self._model.columns_of(features), [speech_s])
        except RecordingError as error:
            return Hop(start_s, end_s, error.status, str(error), **facts)
        except ProsodySerError as error:  # values so large that the model gives no probabilities
            return Hop(start_s, end_s, "unpredictable", str(error), **facts)
        return Hop(
            start_s,
            end_s,
            "ok",
            pitch_hz=pitch_hz,
            prediction=self._prediction(judged, judged.probabilities[0]),
            smoothed=self._prediction(judged, self._smoother.add(judged.probabilities[0], end_s)),
            novelty=float(judged.novelty[0]),
            features=features,
            **facts,
        )

    def _prediction(self, judged: Judged, probabilities: np.ndarray) -> Prediction:
        doubt = judged.doubts(self._model, probabilities[np.newaxis])[0]
        return Prediction.of(self._model, probabilities, str(doubt))

    def _count(self) -> None:
        self.summary.heard_s = self._ring.written / self._rate_hz
        self.summary.dropped_s = self._ring.lost / self._rate_hz
        self.summary.overruns = self._source.overruns
