"""The microphone, through PortAudio (extra ``[live]``)."""

from collections.abc import Iterator
from contextlib import suppress
from threading import Lock
from typing import Any

import numpy as np

from ..errors import LiveError
from .sources import BLOCK_S

#: Longest wait for a read to end, when the microphone is closed.
CLOSING_S = 1.0


class Microphone:
    """The first channel of a microphone, at its own sampling rate.

    Parameters
    ----------
    device : int or str, optional
        Number of the microphone, or part of its name; the system's default if not given.

    Attributes
    ----------
    overruns : int
        Number of times that the driver's buffer was full before it was read. Each time, sound of unknown length was
        lost.

    Raises
    ------
    LiveError
        If sounddevice or PortAudio is missing, or the microphone does not exist.

    Examples
    --------
    >>> listener = ser.Listener(ser.default_model_path(), ser.Microphone())  # doctest: +SKIP
    >>> for hop in listener.hops():  # doctest: +SKIP
    ...     print(hop)
    """

    waits = False

    def __init__(self, device: int | str | None = None):
        sounddevice = _sounddevice()
        self.overruns = 0
        self._closed, self._reading = False, Lock()
        # Errors of PortAudio, and of sounddevice if a name matches no microphone or several.
        self._errors: tuple[type[Exception], ...] = (sounddevice.PortAudioError, ValueError, OSError)
        try:
            about = sounddevice.query_devices(device, "input")
            self.title = f"microphone {about['name']}"
            self.sample_rate_hz = round(about["default_samplerate"])
            self._stream = sounddevice.InputStream(
                samplerate=self.sample_rate_hz, device=device, channels=1, dtype="float32", latency="high"
            )
        except self._errors as error:
            name = "" if device is None else f" {device!r}"
            raise LiveError(
                f"no microphone{name} can be opened ({_first_line(error)}); to listen to a file, use --from FILE"
            ) from error

    def blocks(self) -> Iterator[np.ndarray]:
        """Record from now on, until the microphone is closed.

        Yields
        ------
        ndarray of float64, shape (n_samples,)
            In [-1, 1].

        Raises
        ------
        LiveError
            If the microphone fails or is disconnected.
        """
        size = round(BLOCK_S * self.sample_rate_hz)
        try:
            with self._reading:
                if not self._closed:
                    self._stream.start()
            while True:
                with self._reading:
                    if self._closed:
                        return
                    read, overrun = self._stream.read(size)
                self.overruns += bool(overrun)
                yield read[:, 0].astype(np.float64)
        except self._errors as error:
            raise LiveError(f"{self.title}: recording failed ({_first_line(error)}); is it still connected?") from error

    def close(self) -> None:
        """Stop recording and release the microphone."""
        self._closed = True
        # Wait for a read in another thread, but not for ever: reading a disconnected microphone may never return.
        if self._reading.acquire(timeout=CLOSING_S):
            with suppress(*self._errors):  # it may be disconnected
                self._stream.close()
            self._reading.release()


def _sounddevice() -> Any:
    try:
        import sounddevice
    except ImportError as error:
        raise LiveError(
            "the microphone needs the extra [live]: pip install 'prosody-ser[live]'; to listen to a file, use --from "
            "FILE"
        ) from error
    except OSError as error:
        raise LiveError(
            f"the microphone needs PortAudio ({_first_line(error)}; on Debian: apt install libportaudio2); to listen "
            "to a file, use --from FILE"
        ) from error
    return sounddevice


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
