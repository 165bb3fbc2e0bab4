"""Listens to a source and says, hop by hop, what its newest window holds; in bounded memory, for hours."""

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
from .hop import SILENCE, Moment, Said
from .ring_buffer import Ring
from .smoothing import Smoother
from .sources import FileSource, Source
from .speech_gate import Gate
from .window_features import WindowMeasurer, level_db

WINDOW_S, HOP_S, SMOOTH_S = 3.0, 0.5, 1.0
SHORTEST_WINDOW_S, LONGEST_WINDOW_S = 1.0, 30.0
SHORTEST_HOP_S = 0.1
#: How far the analysis may be behind before sound is lost.
SLACK_S = 5.0
#: A source that gives nothing for so long has gone without a word.
GONE_AFTER_S = 5.0
#: Ctrl-C is heard between waits of so long, on every system.
_TURN_S = 0.25


@dataclass
class Summary:
    """What came of listening."""

    heard_s: float = 0.0
    hops: int = 0
    measured: int = 0  #: hops at which the model said something
    abstained: int = 0  #: of these, at which it was not sure (its smoothed label)
    labels: Counter = field(default_factory=Counter)  #: hops of each smoothed label of which it was
    failed: Counter = field(default_factory=Counter)  #: hops at which the window could not be measured, by status
    skipped: int = 0  #: hops left out, since their window was gone before they came to their turn
    dropped_s: float = 0.0  #: sound that no window has seen
    overruns: int = 0  #: how often the source itself lost sound

    def add(self, moment: Moment) -> None:
        """Count a hop."""
        self.hops += 1
        if moment.smoothed is None:
            if moment.status != SILENCE:
                self.failed[moment.status] += 1
            return
        self.measured += 1
        if moment.smoothed.abstain:
            self.abstained += 1
        else:
            self.labels[moment.smoothed.label] += 1


class Listener:
    """Rolling predictions.

    The first windows are shorter: they begin with the stream, and end at the first hop after 1 s and on. Each window
    is cut at the source's own rate and prepared as the same stretch of a file would be, so that both agree exactly.

    Parameters
    ----------
    model : TrainedModel or path_like
    source : Source or path_like
        A path is a recording at its own pace, as :class:`prosody_ser.live.FileSource`.
    window_s, hop_s : float
        A window of so many seconds every so many.
    smooth_s : float
        See :mod:`prosody_ser.live.smoothing`; 0 for none.
    slack_s : float
        How far the analysis may be behind before the oldest sound is dropped.

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
    >>> [moment.end_s for moment in ser.Listener(ser.default_model_path(), source, hop_s=1.0).moments()]
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
            raise LiveError(f"window is {window_s:g} s: take {SHORTEST_WINDOW_S:g} to {LONGEST_WINDOW_S:g}")
        if not SHORTEST_HOP_S <= hop_s <= window_s:
            raise LiveError(f"hop is {hop_s:g} s: take {SHORTEST_HOP_S:g} to the window's {window_s:g}")
        if not 0 <= smooth_s < math.inf:
            raise LiveError(f"smooth is {smooth_s:g} s: take 0 or more")
        self._model = as_model(model)
        self._measurer = WindowMeasurer(self._model)
        self._source: Source = FileSource(source) if isinstance(source, str | os.PathLike) else source
        self._window_s, self._hop_s = window_s, hop_s
        self._rate_hz = self._source.sample_rate_hz
        self._gate = Gate(self._rate_hz)
        self._smoother = Smoother(smooth_s, window_s)
        self._ring = Ring(math.ceil((window_s + hop_s + slack_s) * self._rate_hz))
        self._n = math.ceil(SHORTEST_WINDOW_S / hop_s)  # of the next hop
        self._heard = 0  # by the gate
        self._ended = self._closed = False
        self._failure: Exception | None = None
        self.summary = Summary()

    @property
    def nbytes(self) -> int:
        """Memory that the sound takes; it does not grow."""
        return self._ring.nbytes + self._gate.nbytes

    def warm_up(self) -> None:
        """Load what the first window would have to wait for."""
        noise = np.random.default_rng(0).normal(scale=0.1, size=self._rate_hz)
        with suppress(RecordingError):
            features, *_ = self._measurer.measure(noise, self._rate_hz, self._hop_s)
            judge(self._model, self._model.columns_of(features))

    def moments(self) -> Iterator[Moment]:
        """What is said, hop by hop, until the source ends.

        Yields
        ------
        Moment

        Raises
        ------
        ProsodySerError
            If the source fails, after what was heard before has been said.
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

    def _pulled(self) -> Iterator[Moment]:
        largest = max(1, round(self._hop_s * self._rate_hz))
        for block in self._source.blocks():
            for first in range(0, block.size, largest):  # else a long one would push out what nobody has seen
                self._ring.write(block[first : first + largest])
                yield from self._due()

    def _pushed(self) -> Iterator[Moment]:
        """A thread takes what comes, so that it comes in also while a window is measured."""
        Thread(target=self._take, name="listening", daemon=True).start()
        changed, heard, at = self._ring.changed, 0, time.monotonic()
        while True:
            yield from self._due()
            with changed:
                if not self._ended and self._ring.written < self._end(self._n):
                    changed.wait(_TURN_S)
                if self._ring.written != heard:
                    heard, at = self._ring.written, time.monotonic()
                over = self._ended
            if over:
                yield from self._due()
                if self._failure is not None:
                    raise self._failure
                return
            if time.monotonic() - at > GONE_AFTER_S:
                raise LiveError(f"{self._source.title}: is gone; no sound has come for {GONE_AFTER_S:g} s")

    def _take(self) -> None:
        try:
            for block in self._source.blocks():
                if self._closed:
                    return
                self._ring.write(block)
        except Exception as error:  # said by the thread that is listened to
            self._failure = error
        finally:
            with self._ring.changed:
                self._ended = True
                self._ring.changed.notify_all()

    def _bounds_s(self, n: int) -> tuple[float, float]:
        """Start and end of the window of a hop; such that they can be written and read again."""
        end_s = round(n * self._hop_s, 6)
        return max(0.0, round(end_s - self._window_s, 6)), end_s

    def _end(self, n: int) -> int:
        return round(self._bounds_s(n)[1] * self._rate_hz)

    def _due(self) -> Iterator[Moment]:
        """The hops whose windows are complete."""
        while self._end(self._n) <= self._ring.written:
            start_s, end_s = self._bounds_s(self._n)
            end = self._end(self._n)
            samples = self._ring.read(round(start_s * self._rate_hz), end)
            self._n += 1
            if samples is None:
                self.summary.skipped += 1
                continue
            moment = self._moment(start_s, end_s, samples, end)
            self.summary.add(moment)
            yield moment

    def _moment(self, start_s: float, end_s: float, samples: np.ndarray, end: int) -> Moment:
        fresh = min(end - self._heard, samples.size)
        if fresh < end - self._heard:
            self._gate.lose(end - self._heard - fresh)
        self._gate.hear(samples[samples.size - fresh :])
        self._heard = end
        self._ring.seen(end)
        self._count()
        heard: dict[str, Any] = {
            "sound_s": self._gate.sound_s(end_s - start_s)[0],
            "level_db": level_db(samples[-round(self._hop_s * self._rate_hz) :]),
            "dropped_s": self.summary.dropped_s,
        }
        if not self._gate.is_open(end_s - start_s):
            return Moment(start_s, end_s, SILENCE, **heard)
        try:
            features, pitch_hz, speech_s = self._measurer.measure(samples, self._rate_hz, self._hop_s)
            judged = judge(self._model, self._model.columns_of(features), [speech_s])
        except RecordingError as error:
            return Moment(start_s, end_s, error.status, str(error), **heard)
        except ProsodySerError as error:  # values so large that there is no answer
            return Moment(start_s, end_s, "unpredictable", str(error), **heard)
        return Moment(
            start_s,
            end_s,
            "ok",
            pitch_hz=pitch_hz,
            said=self._said(judged, judged.probabilities[0]),
            smoothed=self._said(judged, self._smoother.add(judged.probabilities[0], end_s)),
            novelty=float(judged.novelty[0]),
            features=features,
            **heard,
        )

    def _said(self, judged: Judged, probabilities: np.ndarray) -> Said:
        doubt = judged.doubts(self._model, probabilities[np.newaxis])[0]
        return Said.of(self._model, probabilities, str(doubt))

    def _count(self) -> None:
        self.summary.heard_s = self._ring.written / self._rate_hz
        self.summary.dropped_s = self._ring.lost / self._rate_hz
        self.summary.overruns = self._source.overruns
